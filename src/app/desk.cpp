#include "app/desk.hpp"

#include "app/demo.hpp"
#include "rooms/access/login.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/links/import/import.hpp"

namespace barrow::app {
namespace {

std::string shop_address(const Desk& desk, const access::Shop& shop) {
    if (!shop.host.empty()) return "https://" + shop.host;
    const auto first = desk.directory.first();
    const auto origin = (desk.secure ? "https://" : "http://") + desk.authority;
    return first && first->shop.id == shop.id ? origin : origin + "/@" + shop.slug;
}

Result<wire::Json> login(Desk& desk, const access::Tenant& tenant) {
    const auto now = desk.clock.now();
    const auto token = TRY(desk.db.write_now([&](store::Tx& tx) { return access::make_login_link(tx, tenant.shop.id, now, desk.random); }));
    return wire::Json::object({{"shop", tenant.shop.slug},
                               {"url", shop_address(desk, tenant.shop) + "/studio/login?token=" + token},
                               {"valid_until", iso(now + access::login_link_life)}});
}

Result<wire::Json> create_key(Desk& desk, const access::Tenant& tenant, const wire::Json& arguments) {
    wire::Fields fields(arguments, "key");
    const auto name = TRY(fields.text("name", 80));
    const auto now = desk.clock.now();
    const auto key =
        TRY(desk.db.write_now([&](store::Tx& tx) { return access::make_api_key(tx, tenant.shop.id, name, now, desk.random); }));
    return wire::Json::object({{"id", key.id}, {"secret", key.secret}, {"name", name}});
}

Result<wire::Json> revoke_key(Desk& desk, const access::Tenant& tenant, const wire::Json& arguments) {
    wire::Fields fields(arguments, "key");
    const auto id = TRY(fields.text("id", 40));
    const auto now = desk.clock.now();
    TRY(desk.db.write_now([&](store::Tx& tx) { return access::revoke_api_key(tx, tenant.shop.id, id, now); }));
    return wire::Json::object({{"revoked", id}});
}

Result<wire::Json> import_links(Desk& desk, const access::Tenant& tenant, const wire::Json& arguments) {
    wire::Fields fields(arguments, "import");
    const auto service_name = TRY(fields.text("service", 40));
    const auto dry_run = TRY(fields.boolean_or("dry_run", false));
    const auto* file = arguments.find("file");
    if (file == nullptr || !file->is_text()) return fail(Fault::bad_input, "import: the file is missing");
    const auto* service = links::import::find_service(service_name);
    if (service == nullptr)
        return fail(Fault::bad_input, "there is no importer for \"" + service_name + "\"; there are: " + links::import::services_text());
    const auto now = desk.clock.now();
    const auto batch = TRY(service->read(file->text(), now));
    // A dry run does all of it and rolls it back: what it tells is what would happen.
    links::import::Summary summary;
    const auto taken = desk.db.write_now([&](store::Tx& tx) -> Status {
        summary = TRY(links::import::take(tx, tenant.shop.id, batch, now, desk.random));
        if (dry_run) return fail(Fault::conflict, "dry run");
        return access::note_audit(tx, tenant.shop.id, "command", "import_links", service_name, now, desk.random);
    });
    if (!taken && !(dry_run && taken.error().fault == Fault::conflict)) return taken.error();
    desk.changed(tenant.shop.id);
    constexpr std::size_t refused_shown_max = 1'000;
    wire::Json::Array refused;
    for (const auto& one : summary.refused) {
        if (refused.size() < refused_shown_max)
            refused.push_back(wire::Json::object({{"where", one.where}, {"slug", one.slug}, {"why", one.why}}));
    }
    return wire::Json::object({{"service", service_name},
                               {"dry_run", dry_run},
                               {"added", summary.added},
                               {"same", summary.same},
                               {"refused_count", summary.refused.size()},
                               {"refused", std::move(refused)},
                               {"note", summary.note}});
}

Result<wire::Json> create_shop(Desk& desk, const wire::Json& arguments) {
    wire::Fields fields(arguments, "shop");
    access::Shop wanted{.slug = TRY(fields.text("slug", 40)),
                        .name = TRY(fields.text("name", 200)),
                        .host = TRY(fields.text_or("host", "", 253)),
                        .currency = TRY(Currency::read(TRY(fields.text("currency", 3))))};
    const auto now = desk.clock.now();
    const auto shop = TRY(desk.db.write_now([&](store::Tx& tx) -> Result<access::Shop> {
        auto made = TRY(access::make_shop(tx, wanted, desk.secrets, now, desk.random));
        TRY(access::note_audit(tx, made.id, "command", "create_shop", made.slug, now, desk.random));
        return made;
    }));
    TRY(desk.directory.reload(desk.db));
    const auto tenant = desk.directory.by_slug(shop.slug);
    check(tenant != nullptr);
    const auto link = TRY(login(desk, *tenant));
    return wire::Json::object({{"shop", shop.slug}, {"bio", shop_address(desk, shop) + "/"}, {"studio", link.find("url")->text()}});
}

Result<wire::Json> demo(Desk& desk) {
    if (desk.directory.first() == nullptr) {
        TRY(desk.db.write_now([&](store::Tx& tx) { return make_demo(tx, desk.secrets, desk.clock.now(), desk.random); }));
        TRY(desk.directory.reload(desk.db));
    }
    const auto tenant = desk.directory.first();
    auto addresses =
        TRY(desk.db.read_now([&](store::Tx& tx) { return demo_addresses(tx, tenant->shop, shop_address(desk, tenant->shop)); }));
    const auto link = TRY(login(desk, *tenant));
    addresses.set("studio", *link.find("url"));
    return addresses;
}

}  // namespace

Result<std::shared_ptr<const access::Tenant>> choose_shop(const access::Directory& directory, std::string_view slug) {
    const auto all = directory.all();
    if (all.empty())
        return fail(Fault::not_found,
                    "there is no shop yet; make one with: barrow shop create SLUG --name NAME, or a demo with: barrow demo");
    if (slug.empty()) {
        if (all.size() == 1) return all.front();
        std::string names;
        for (std::size_t i = 0; i < all.size() && i < 10; ++i) names += (i == 0 ? "" : ", ") + all[i]->shop.slug;
        return fail(Fault::bad_input, "there are several shops (" + names + "); choose one with --shop");
    }
    auto tenant = directory.by_slug(slug);
    if (!tenant) return fail(Fault::not_found, "there is no shop \"" + std::string(slug) + "\" here");
    return tenant;
}

Result<wire::Json> run_command(Desk& desk, std::string_view name, const wire::Json& arguments) {
    if (name == "demo") return demo(desk);
    if (name == "create_shop") return create_shop(desk, arguments);
    const auto* slug = arguments.find("shop");
    const auto tenant = TRY(choose_shop(desk.directory, slug != nullptr && slug->is_text() ? slug->text() : ""));
    if (name == "login") return login(desk, *tenant);
    if (name == "create_key") return create_key(desk, *tenant, arguments);
    if (name == "revoke_key") return revoke_key(desk, *tenant, arguments);
    if (name == "import_links") return import_links(desk, *tenant, arguments);
    return fail(Fault::not_found, "there is no command \"" + std::string(name) + "\"");
}

Result<std::unique_ptr<Offline>> Offline::open(const Config& config, DataFolder::Missing missing) {
    SystemRandom random;
    auto folder = TRY(DataFolder::open(config, missing, random));
    auto offline = std::unique_ptr<Offline>(new Offline(config, std::move(folder)));
    TRY(offline->directory_.reload(offline->db()));
    return offline;
}

Desk Offline::desk() {
    const auto authority = config_.public_address.empty() ? "localhost:" + std::to_string(config_.port) : config_.public_address;
    return {.db = db(),
            .secrets = folder_.secrets,
            .directory = directory_,
            .clock = clock_,
            .random = random_,
            .authority = authority,
            .secure = !config_.certificate.empty(),
            .changed = [](const Id<access::Shop>&) {}};
}

}  // namespace barrow::app
