#include "app/demo.hpp"

#include "rooms/access/shops.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/experiments/experiments.hpp"
#include "rooms/ledger/ledger.hpp"
#include "rooms/links/link.hpp"
#include "rooms/live/session.hpp"
#include "rooms/snippets/snippet.hpp"
#include "rooms/stock/stock.hpp"

namespace barrow::app {
namespace {

struct Goods {
    catalog::Product product;
    std::int64_t on_hand;
    snippets::Words words;
};

std::vector<Goods> goods() {
    return {
        {{.slug = "tide-lamp",
          .name = "Tide lamp",
          .price = {2400, euro},
          .tax_basis_points = 1900,
          .image = "/demo/tide-lamp.svg",
          .image_alt = "A round lamp of beech and frosted glass, glowing like a low sun",
          .page = {.gets = {"One lamp of beech and glass", "A cable of 2 m with a switch", "A tide table of your coast for a year"},
                   .delivery = "With you in three working days",
                   .refund = "Send it back within 30 days for the whole price.",
                   .steps = {"Choose your harbour on the ring", "Put it where evening finds you", "It grows bright as the water comes in"},
                   .limits = {"Not for bathrooms: it is not proof against steam", "Too dim to read by; it is for sitting with"},
                   .questions = {{"Does it need the net?", "No. The table is printed into it for 20 years."},
                                 {"What if my coast is not on the ring?", "Write to me; I set it by hand before it leaves."}}}},
         20,
         {.title = "Bring the tide of your coast into the room",
          .how = "A lamp that brightens and dims with the water at the harbour you choose.",
          .proof = "Kept within 4 minutes of the harbour's table over 60 days",
          .proof_source = "Measured at Warnemünde, summer 2026",
          .action = "See the lamp"}},
        {{.slug = "tea-bowl",
          .name = "Tea bowl",
          .price = {1850, euro},
          .tax_basis_points = 1900,
          .image = "/demo/tea-bowl.svg",
          .image_alt = "A low bowl with a grey-blue glaze and an unglazed foot",
          .page = {.gets = {"One bowl, 300 ml, each a little different"},
                   .delivery = "With you in three working days",
                   .refund = "Send it back within 30 days for the whole price.",
                   .steps = {"Pour", "Hold it with both hands", "Drink before it cools"},
                   .limits = {"Not for dishwashers"},
                   .questions = {{"Is the glaze safe for food?", "Yes: no lead, fired at 1,240 °C."}}}},
         36,
         {.title = "Hold warm tea without burning your fingers",
          .how = "A double foot keeps the heat off the rim for ten minutes.",
          .action = "See the bowl"}},
        {{.slug = "field-notebook",
          .name = "Field notebook",
          .price = {1200, euro},
          .tax_basis_points = 700,
          .image = "/demo/field-notebook.svg",
          .image_alt = "A notebook in green cloth with a pencil in its spine",
          .page = {.gets = {"96 sheets that take wet ink", "A pencil in the spine"},
                   .delivery = "With you in three working days",
                   .refund = "Send it back within 30 days for the whole price.",
                   .steps = {},
                   .limits = {"Not for fountain pens with broad nibs"},
                   .questions = {}}},
         120,
         {.title = "Write outdoors when the page is wet",
          .how = "Stone paper that takes pencil in the rain and dries flat.",
          .action = "See the notebook"}},
    };
}

}  // namespace

Status make_demo(store::Tx& tx, const access::Secrets& secrets, Instant now, Random& random) {
    const auto shop = TRY(access::make_shop(tx,
                                            {.slug = "mira",
                                             .name = "Mira's stall",
                                             .bio = "Lamps, bowls and notebooks made in a shed by the sea. Live on Tuesdays.",
                                             .legal_name = "Mira Sand",
                                             .contact = "Hafenstr. 2\n18055 Rostock, Germany\nhello@mira.example"},
                                            secrets, now, random));
    std::vector<Id<catalog::Product>> products;
    for (auto& one : goods()) {
        now = now + milliseconds(1);  // ids sort by birth
        const auto product = TRY(catalog::add(tx, shop, one.product, now, random));
        TRY(stock::receive(tx, shop.id, product.id, one.on_hand, "opening stock", now));
        const auto snippet = TRY(snippets::publish(
            tx, shop, {.slug = product.slug, .product = product.id, .publication = {.words = one.words}}, secrets, now, random));
        if (products.empty()) {
            // Two ways to say it; buyers decide.
            auto other = one.words;
            other.title = "Know high water without looking at a screen";
            const auto second =
                TRY(snippets::publish_again(tx, shop, snippet.id, {.surfaces = snippet.surfaces, .words = other}, secrets, now));
            TRY(experiments::start(
                tx, shop.id, {.name = "Lamp: feeling or use", .snippet_id = snippet.id.text, .versions = {snippet.version, second.version}},
                now, random));
            TRY(ledger::set_split(
                tx, shop.id.text, product.id.text,
                {{{ledger::AccountKind::creator_payable, ""}, 9'000}, {{ledger::AccountKind::partner_payable, "glassblower"}, 1'000}}));
        }
        products.push_back(product.id);
    }
    auto session =
        TRY(live::schedule(tx, shop, {.title = "Tuesday lamps", .slug = "tuesday", .starts = now, .products = products}, now, random));
    session = TRY(live::start(tx, shop.id, session.id, now));
    TRY(live::pin(tx, shop.id, session.id, products.front(), now));
    TRY(links::add(tx, shop.id, {.slug = "tuesday", .target = "/live/tuesday", .title = "Tuesday's live show", .on_bio = true}, now,
                   random));
    TRY(links::add(tx, shop.id, {.slug = "lamp", .target = "/p/tide-lamp", .title = "The tide lamp"}, now, random));
    TRY(links::add(tx, shop.id, {.slug = "today", .target = "/live/tuesday", .title = "Today's link"}, now, random));
    return {};
}

Result<wire::Json> demo_addresses(store::Tx& tx, const access::Shop& shop, const std::string& address) {
    auto addresses = wire::Json::object({{"bio", address + "/"}});
    const auto products = TRY(catalog::all(tx, shop.id));
    if (!products.empty()) addresses.set("product", address + "/p/" + products.front().slug);
    const auto links = TRY(links::list(tx, shop.id));
    if (!links.empty()) addresses.set("link", address + "/s/" + links.back().slug);
    const auto sessions = TRY(live::newest(tx, shop.id));
    if (!sessions.empty()) {
        addresses.set("live", address + "/live/" + sessions.front().slug);
        addresses.set("overlay", address + "/overlay/" + sessions.front().id.text);
    }
    return addresses;
}

}  // namespace barrow::app
