// Two engines, one text: the same script on SQLite and on PostgreSQL, compared statement by statement. Every named query of
// every room has its turn.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include "floor/outbox/outbox.hpp"
#include "floor/store/migrations.hpp"
#include "rooms/access/certificates.hpp"
#include "rooms/access/domains.hpp"
#include "rooms/access/login.hpp"
#include "rooms/access/quotas.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/checkout/discount.hpp"
#include "rooms/checkout/hold.hpp"
#include "rooms/checkout/shipping.hpp"
#include "rooms/checkout/tax.hpp"
#include "rooms/drafts/draft.hpp"
#include "rooms/experiments/experiments.hpp"
#include "rooms/experiments/tally.hpp"
#include "rooms/guard/touchpoints.hpp"
#include "rooms/ledger/ledger.hpp"
#include "rooms/letters/letters.hpp"
#include "rooms/links/apps.hpp"
#include "rooms/links/conversion.hpp"
#include "rooms/links/doubt.hpp"
#include "rooms/links/escapes.hpp"
#include "rooms/links/import/kept.hpp"
#include "rooms/links/link.hpp"
#include "rooms/links/pages/numbers.hpp"
#include "rooms/links/shown_on.hpp"
#include "rooms/live/session.hpp"
#include "rooms/orders/order.hpp"
#include "rooms/orders/to_send.hpp"
#include "rooms/snippets/snippet.hpp"
#include "rooms/stock/stock.hpp"
#include "rooms/telemetry/clicks.hpp"
#include "rooms/webhooks/webhooks.hpp"
#include "sim/walk.hpp"
#include "sim/world.hpp"
#include "support/databases.hpp"

namespace barrow {
namespace {

using testing::Engine;
using testing::TestDatabase;

// Queries that no script runs, and why.
const std::map<std::string_view, std::string_view>& excused() {
    static const std::map<std::string_view, std::string_view> list = {};
    return list;
}

std::string text_of(const store::Value& value) {
    return value.is_null() ? "NULL" : value.is_integer() ? std::to_string(value.integer()) : "'" + value.text() + "'";
}

struct Statement {
    std::string_view name;
    std::string asked, answered;
};

// What a statement answered, with its rows in order where the statement gives one; engines return rows of an UPDATE as they like.
std::string answer_of(const store::Query& query, const Result<store::Rows>& rows) {
    if (!rows) return "fault " + std::string(name(rows.error().fault));
    std::string text;
    for (const auto& column : rows->columns) text += column + " ";
    std::vector<std::string> lines;
    for (const auto& values : rows->values) {
        auto& line = lines.emplace_back();
        for (const auto& value : values) line += text_of(value) + " ";
    }
    if (query.text.find("ORDER BY") == std::string_view::npos || query.text.find("RETURNING") != std::string_view::npos)
        std::ranges::sort(lines);
    for (const auto& line : lines) text += "\n    " + line;
    return text;
}

class Recorder {
public:
    store::Observer observer() {
        return [this](const store::Query& query, std::span<const store::Value> values, const Result<store::Rows>& rows) {
            if (query.name.empty()) return;  // a look of the test itself
            std::string asked;
            for (const auto& value : values) asked += text_of(value) + " ";
            trace.push_back({query.name, std::move(asked), answer_of(query, rows)});
        };
    }
    std::vector<Statement> trace;
};

const sim::Fields address = {{"name", "Noa Blum"},     {"email", "noa@example.org"}, {"street", "Hafen 3"},
                             {"postal_code", "18119"}, {"city", "Rostock"},          {"country", "DE"}};

// A buyer from the page to the payment's page; returns its path, "" when there was none.
struct Bought {
    std::string hold, pay, receipt;
};

class Script {
public:
    Script(const std::string& url, store::Observer observer) : world_(url, 5, std::move(observer)) {}

    void play() {
        expect("demo", world_.app().command("demo", wire::Json::object()).ok());
        shop();
        owner_.log_in();
        pages();
        buyers();
        money_back();
        creator();
        verbs();
        commands();
        ends();
    }

private:
    static void expect(const char* what, bool good) { EXPECT_TRUE(good) << what; }
    void shop() {
        const auto read = world_.db().read_now([&](store::Tx& tx) -> Status {
            const auto rows = TRY(tx.run(store::Query{"", "SELECT id FROM shop"}, {}));
            shop_ = {rows[0].text("id")};
            session_ = TRY(live::find(tx, shop_, "tuesday")).id;
            products_ = TRY(catalog::all(tx, shop_));
            return {};
        });
        ASSERT_TRUE(read) << read.error().text;
    }
    http::Response see(const std::string& target) { return world_.ask(sim::get(target)); }
    void status(const http::Response& response, int wanted) { EXPECT_EQ(response.status, wanted) << response.body.substr(0, 300); }

    void pages() {
        for (const auto* target : {"/",
                                   "/s/tuesday",
                                   "/s/lamp",
                                   "/s/nowhere",
                                   "/p/tide-lamp",
                                   "/p/tea-bowl",
                                   "/live/tuesday",
                                   "/live/tuesday/qr.svg",
                                   "/qr/lamp.svg",
                                   "/verify",
                                   "/.well-known/did.json",
                                   "/did.json",
                                   "/embed/tide-lamp",
                                   "/oembed?url=http%3A%2F%2Flocalhost%3A8080%2Fp%2Ftide-lamp",
                                   "/snippets/tide-lamp.json",
                                   "/snippets/tide-lamp.quote.json",
                                   "/snippets/tide-lamp",
                                   "/orders/nobody",
                                   "/holds/nobody",
                                   "/metrics",
                                   "/@mira/",
                                   "/studio/login",
                                   "/demo/tide-lamp.svg"}) {
            EXPECT_LT(see(target).status, 500) << target;
        }
        status(see("/overlay/" + session_.text), 200);
        status(see("/overlay/" + session_.text + "/events"), 200);
        world_.tick();
    }
    Bought buy(const std::string& page) {
        const auto link = see("/s/lamp");
        const auto shown = see(page == "/p/tide-lamp" ? std::string(link.header("location")) : page);
        const auto form = sim::find_form(shown.body, "/holds");
        EXPECT_TRUE(form) << page;
        if (!form) return {};
        world_.ask(sim::post(form->action, form->fields));
        const auto held = world_.ask(sim::post(form->action, form->fields));
        const std::string hold(held.header("location"));
        status(held, 303);
        status(see(hold), 200);
        status(world_.ask(sim::post(hold + "/orders", {{"name", ""}})), 422);
        const auto ordered = world_.ask(sim::post(hold + "/orders", address));
        const std::string pay(ordered.header("location"));
        EXPECT_TRUE(pay.starts_with("/pay/")) << pay;
        EXPECT_EQ(world_.ask(sim::post(hold + "/orders", address)).header("location"), pay);
        const auto receipt = sim::find_link(see(pay).body, "/orders/").value_or("");
        status(see(receipt), 200);
        return {hold, pay, receipt};
    }
    void decide(const Bought& bought, const char* decision) {
        status(world_.ask(sim::post(bought.pay, {{"decision", decision}})), 303);
        status(see(bought.receipt), 200);
    }
    void buyers() {
        const auto paid = buy("/p/tide-lamp");
        decide(paid, "approve");
        decide(paid, "decline");
        decide(buy("/live/tuesday"), "decline");
        const auto late = buy("/p/tea-bowl");
        decide(late, "approve_late");
        const auto never = buy("/p/field-notebook");
        (void)see(never.pay);
        // Somebody who comes back when the time is over.
        const auto form = sim::find_form(see("/p/tea-bowl").body, "/holds");
        const std::string hold(world_.ask(sim::post(form->action, form->fields)).header("location"));
        world_.clock.advance(minutes(11));
        world_.tick();
        status(world_.ask(sim::post(hold + "/orders", address)), 303);
        world_.clock.advance(minutes(5));
        world_.tick();  // the late one's order is let go …
        world_.clock.advance(minutes(5));
        world_.tick();  // … and then paid: its bowl is still there
        EXPECT_NE(see(late.receipt).body.find("Thank you"), std::string::npos) << "who paid late did not get what is still there";
        world_.tick();
        // The money comes, the units are somebody else's: it goes back.
        const auto product = products_[2].id;
        const auto drop =
            owner_.act(control() + "/drop", {{"product", product.text}, {"price", "9.00"}, {"units", "1"}, {"minutes", "60"}});
        status(drop, 303);
        const auto slow = buy("/live/tuesday");
        decide(slow, "approve_late");
        world_.clock.advance(minutes(16));
        world_.tick();
        const auto quick = buy("/live/tuesday");
        decide(quick, "approve");
        world_.clock.advance(minutes(6));
        for (int i = 0; i < 4; ++i) world_.tick();
        EXPECT_NE(see(slow.receipt).body.find("goes back"), std::string::npos) << "the late buyer's money did not go back";
    }
    // A bank takes a payment back and is answered; a refund is taken back, and another one goes out.
    void money_back() {
        const auto bought = buy("/p/tide-lamp");
        decide(bought, "approve_disputed");
        world_.clock.advance(minutes(2));
        for (int i = 0; i < 3; ++i) world_.tick();
        const auto order = sim::find_link(owner_.see("/studio/orders").body, "/studio/orders/").value_or("");
        const auto dispute = "/disputes/dispute-" + bought.pay.substr(bought.pay.rfind('/') + 1);
        ASSERT_TRUE(sim::find_form(owner_.see(order).body, dispute)) << "an open dispute can be answered";
        status(owner_.act(order + dispute, {{"evidence", "it was handed over on Tuesday"}}), 303);
        world_.clock.advance(minutes(2));
        for (int i = 0; i < 3; ++i) world_.tick();
        const auto give_back = [&](const char* amount) {
            const auto refund = sim::find_form(owner_.see(order).body, "/refunds");
            ASSERT_TRUE(refund) << "what was won can be given back";
            status(owner_.act(refund->action, {{"amount_0", amount}, {"back_0", "1"}, {"reason", "changed_mind"}, {"key", amount}}), 303);
        };
        give_back("24.00");
        const auto undo = sim::find_form(owner_.see(order).body, "/undo");
        ASSERT_TRUE(undo);
        status(owner_.act(undo->action), 303);
        give_back("4.00");
        world_.clock.advance(minutes(1));
        for (int i = 0; i < 3; ++i) world_.tick();
        EXPECT_NE(owner_.see(order).body.find("went back"), std::string::npos);
        status(see(bought.receipt), 200);
        write("disputes", [&](store::Tx& tx) -> Status {
            EXPECT_TRUE(TRY(payments::open_disputes(tx, shop_)).empty());
            EXPECT_TRUE(TRY(payments::failed_refunds(tx, shop_, world_.clock.now() - days(30))).empty());
            TRY(ledger::available(tx, shop_.text, {ledger::AccountKind::creator_payable, ""}, euro));
            return {};
        });
    }
    [[nodiscard]] std::string control() const { return "/studio/live/" + session_.text; }
    void creator() {
        for (const auto* target :
             {"/studio/orders", "/studio/orders?state=paid", "/studio/links", "/studio/numbers", "/studio/live", "/studio/page"})
            status(owner_.see(target), 200);
        status(owner_.see(control()), 200);
        if (const auto form = sim::find_form(owner_.see("/studio/orders").body, "/sent")) {
            status(owner_.act(form->action), 303);
            status(owner_.act(form->action), 303);
            const auto undo = form->action.substr(0, form->action.rfind('/')) + "/not-sent";
            status(owner_.act(undo), 303);
            status(owner_.act(undo), 303);
            status(owner_.act(form->action), 303);
        }
        status(owner_.act("/studio/links", {{"slug", "shed"}, {"target", "/p/tea-bowl"}}), 303);
        status(owner_.act("/studio/links", {{"slug", "shed"}, {"target", "/p/tea-bowl"}}), 422);
        status(owner_.act("/studio/links/shed/end"), 303);
        status(see("/s/shed"), 410);
        status(owner_.act("/studio/links/shed/resume"), 303);
        status(owner_.act("/studio/today", {{"target", "/p/tide-lamp"}}), 303);
        status(owner_.act(control() + "/pin", {{"product", products_[1].id.text}}), 303);
        status(owner_.act(control() + "/pin", {{"product", ""}}), 303);
        status(owner_.act(control() + "/price", {{"product", products_[1].id.text}, {"price", "17.00"}}), 303);
        status(owner_.act(control() + "/products", {{"name", "Sea glass"}, {"price", "3.50"}, {"units", "4"}}), 303);
        status(owner_.act("/studio/page", {{"name", "Mira's shed"}, {"bio", "By the sea."}}), 303);
        status(owner_.act(control() + "/start"), 422);
    }
    template <class Verb>
    void write(const char* what, Verb verb) {
        const auto done = world_.db().write_now([&](store::Tx& tx) -> Status { return verb(tx); });
        EXPECT_TRUE(done) << what << ": " << done.error().text;
    }
    // What no page leads to yet.
    void verbs() {
        const auto now = world_.clock.now();
        SeededRandom random(9);
        const auto lamp = products_[0].id;
        write("snippets", [&](store::Tx& tx) -> Status {
            const auto snippet = TRY(snippets::find(tx, shop_, "tide-lamp", now));
            TRY(snippets::find(tx, shop_, snippet.id, now));
            TRY(snippets::versions(tx, shop_, snippet.id));
            TRY(snippets::find_version(tx, shop_, snippet.number, 1));
            TRY(snippets::find_version(tx, shop_, snippet.id, 1));
            EXPECT_EQ(snippets::find_digest(tx, shop_, "sha256-none").error().fault, Fault::not_found);
            EXPECT_EQ(snippets::call_off(tx, shop_, snippet.id, 9, now).error().fault, Fault::not_found);
            TRY(snippets::revoke(tx, shop_, snippet.id, now));
            return snippets::restore(tx, shop_, snippet.id, now);
        });
        expect("rotate-key", world_.app().command("rotate_signing_key", wire::Json::object()).ok());
        write("experiments", [&](store::Tx& tx) -> Status {
            const auto running = TRY(experiments::running(tx, shop_));
            EXPECT_FALSE(running.empty());
            return experiments::end(tx, shop_, running.front().id, now);
        });
        write("stock", [&](store::Tx& tx) -> Status {
            TRY(stock::join_waitlist(tx, shop_, lamp, "wait@example.org", now));
            TRY(stock::waiting_count(tx, shop_, lamp));
            TRY(stock::tell_waiting(tx, shop_, lamp, 5, now));
            TRY(stock::receive(tx, shop_, lamp, -1, "broken", now));
            EXPECT_EQ(TRY(stock::received_under(tx, shop_, lamp, "broken")), -1);
            TRY(stock::allotments(tx, shop_, lamp));
            TRY(stock::movements(tx, shop_, stock::open_allotment(lamp), 50));
            const stock::Drop drop{.id = {"drop-of-the-script"}, .product = lamp, .units = 3, .per_buyer_max = 1, .closes = now + hours(1)};
            TRY(stock::open_drop(tx, shop_, drop, now));
            std::vector<stock::Claim> claims;
            for (const auto* id : {"c1", "c2", "c3"}) {
                claims.push_back({.shop = shop_,
                                  .id = {id},
                                  .allotment = drop.id,
                                  .pieces = 1,
                                  .buyer = id[1] == '3' ? "b2" : "b1",
                                  .expires = now + minutes(2)});
            }
            TRY(stock::claim(tx, claims, now));
            TRY(stock::take(tx, shop_, {"c1"}, now));
            TRY(stock::let_go(tx, shop_, {"c3"}, now));
            TRY(stock::close_drop(tx, shop_, drop.id, now));
            EXPECT_TRUE(TRY(stock::adds_up(tx, shop_, drop.id)));
            const stock::Drop brief{.id = {"brief-drop"}, .product = lamp, .units = 2, .per_buyer_max = {}, .closes = now + minutes(1)};
            TRY(stock::open_drop(tx, shop_, brief, now));
            EXPECT_EQ(TRY(stock::close_due(tx, shop_, now + minutes(1))), 1);
            EXPECT_GT(TRY(stock::version_of(tx, shop_, lamp)), 0);
            return checkout::forget_holds(tx, shop_, now - days(1));
        });
        write("books", [&](store::Tx& tx) -> Status {
            const auto books = TRY(ledger::check(tx, shop_.text));
            EXPECT_TRUE(books.sound());
            TRY(ledger::balance(tx, shop_.text, {ledger::AccountKind::psp_clearing, ""}, euro));
            const ledger::Posting posting{.idempotency_key = "by hand",
                                          .kind = "correction",
                                          .subject = "x",
                                          .provider_ref = "",
                                          .occurred = now,
                                          .legs = {{ledger::Side::debit, {ledger::AccountKind::bank, ""}, {100, euro}},
                                                   {ledger::Side::credit, {ledger::AccountKind::reserve, ""}, {100, euro}}}};
            TRY(ledger::post(tx, shop_.text, posting, now, random));
            TRY(ledger::post(tx, shop_.text, posting, now, random));
            TRY(outbox::given_up(tx, shop_.text, 10));
            return {};
        });
        write("links", [&](store::Tx& tx) -> Status {
            TRY(links::next_moment(tx, shop_, now));
            TRY(links::on_bio(tx, shop_));
            TRY(links::moment_of(tx, shop_, "tuesday", now));
            const links::Change by_hand{.who = "owner", .what = "by hand", .at = now};
            TRY(links::add(tx, shop_, {.slug = "Case", .target = "/", .clicks_max = 3, .tags = {"a", "b"}}, now, random));
            TRY(links::find(tx, shop_, "cASE", links::Case::ignored));
            auto link = TRY(links::find(tx, shop_, "Case"));
            link.tags = {"c"};
            TRY(links::change(tx, shop_, "Case", link, by_hand));
            EXPECT_EQ(TRY(links::history(tx, shop_, link.number)).size(), 1U);
            link.aliases = {"Word"};
            TRY(links::change(tx, shop_, "Case", link, by_hand));
            EXPECT_EQ(TRY(links::find(tx, shop_, "Word")).number, link.number);
            EXPECT_EQ(TRY(links::find(tx, shop_, "wORD", links::Case::ignored)).number, link.number);
            EXPECT_FALSE(links::examine_free(tx, shop_, "Word"));
            TRY(links::put_back(tx, shop_, "Word", 2, by_hand));
            TRY(links::put_back(tx, shop_, "Case", 1, by_hand));
            TRY(links::folders(tx, shop_));
            EXPECT_EQ(TRY(links::tags(tx, shop_)).size(), 2U);
            const std::vector<links::Place> wanted(5, {.shop = shop_, .slug = "Case"});
            const auto through = TRY(links::let_through(tx, wanted));
            EXPECT_EQ(std::ranges::count_if(through, [](const auto& one) { return *one; }), 3);
            TRY(links::set_utm_template(tx, shop_, {"clips", "utm_source=tiktok"}));
            EXPECT_EQ(TRY(links::utm_templates(tx, shop_)).size(), 1U);
            TRY(links::set_utm_template(tx, shop_, {"clips", ""}));
            TRY(links::warn(tx, shop_, "Case", "by hand"));
            const links::Report said{.at = now, .kind = "scam", .words = "by hand"};
            EXPECT_EQ(TRY(links::report(tx, shop_, "Case", said)), 1);
            EXPECT_EQ(TRY(links::reports_of(tx, shop_, link.number)).size(), 1U);
            const auto reported = TRY(links::reported_links(tx, {}, 10));
            EXPECT_EQ(reported.size(), 1U);
            EXPECT_EQ(TRY(links::reported_links(tx, reported.at(0).mark(), 10)).size(), 0U);
            EXPECT_EQ(TRY(links::judged_links(tx, {}, 10)).size(), 1U);
            EXPECT_EQ(TRY(links::count_reported(tx)), 1);
            TRY(links::dismiss_reports(tx, shop_, "Case"));
            EXPECT_EQ(TRY(links::count_reported(tx)), 0);
            TRY(links::deny_host(tx, "evil.example", "by hand", now));
            EXPECT_EQ(TRY(links::denied_hosts(tx, "", 10)).size(), 1U);
            TRY(links::allow_host(tx, "evil.example"));
            TRY(links::clear(tx, shop_, "Case"));
            TRY(links::apps_of(tx, shop_));
            TRY(links::set_apps(tx, shop_, {.ios = "9JA89QQLNQ.com.example.tide", .paths = {}, .android = "", .fingerprints = {}}));
            TRY(links::add(tx, shop_, {.slug = "gone", .target = "/", .tags = {"c"}}, now, random));
            auto word = TRY(links::find(tx, shop_, "gone"));
            word.aliases = {"gone-too"};
            TRY(links::change(tx, shop_, "gone", word, by_hand));
            TRY(links::remove(tx, shop_, "gone", by_hand));
            EXPECT_EQ(TRY(links::removed_at(tx, shop_, now)).size(), 1U);
            TRY(links::put_removed_back(tx, shop_, "gone", by_hand));
            TRY(links::remove(tx, shop_, "gone", by_hand));
            TRY(links::make_room(tx, shop_, "gone-too"));
            TRY(links::forget_removed(tx, shop_, now + days(31)));
            EXPECT_FALSE(TRY(links::find_any(tx, shop_, "gone")));
            const links::import::Report looked{.service = "csv", .links = {{.slug = "a", .target = "/"}}};
            std::string kept;
            for (int i = 0; i < 4; ++i) kept = TRY(links::import::keep(tx, shop_, looked, "", "slug,target\na,/\n", now, random));
            EXPECT_EQ(TRY(links::import::kept_file(tx, shop_, kept)).size(), 16U);
            EXPECT_TRUE(TRY(links::import::begin(tx, shop_, kept)));
            EXPECT_FALSE(TRY(links::import::begin(tx, shop_, kept)));
            const links::import::Taken taken{.links = {{.state = links::import::State::added, .slug = "a", .target = "/"}}};
            TRY(links::import::advance(tx, shop_, kept, 0, taken));
            EXPECT_FALSE(links::import::advance(tx, shop_, kept, 0, taken)) << "no piece is in twice";
            TRY(links::import::end(tx, shop_, kept));
            EXPECT_EQ(TRY(links::import::find_kept(tx, shop_, kept, now)).added, 1);
            TRY(links::import::forget_kept(tx, shop_, now + hours(2)));
            return links::block(tx, shop_, "Case", "by hand");
        });
        write("ways out", [&](store::Tx& tx) -> Status {
            TRY(links::set_ask(tx, shop_, "selling"));
            EXPECT_EQ(TRY(links::ask_of(tx, shop_)), links::Ask::selling);
            const links::Try out{.recipe = "tiktok-ios", .link = 1, .nonce = "nonce", .made = now};
            EXPECT_FALSE(TRY(links::note_tap(tx, shop_, out, now, random)));
            EXPECT_TRUE(TRY(links::note_arrival(tx, shop_, out, now)));
            for (const auto to : {links::Turn::off, links::Turn::on}) {
                for (const auto* recipe : {"tiktok-ios", "*"}) {
                    TRY(links::turn(tx, shop_, recipe, to, now));
                    TRY(links::turn_everywhere(tx, recipe, to, now));
                }
                EXPECT_EQ(TRY(links::in_force(tx, shop_)).any(), to == links::Turn::on);
            }
            EXPECT_EQ(TRY(links::standings(tx, shop_, now)).recipes.size(), links::recipes().size());
            EXPECT_EQ(TRY(links::standings_everywhere(tx, now)).recipes.size(), links::recipes().size());
            return links::set_ask(tx, shop_, "never");
        });
        write("pages", [&](store::Tx& tx) -> Status {
            const links::Change by_hand{.who = "owner", .what = "by hand", .at = now};
            auto bio = pages::first_bio();
            bio.blocks.push_back({.id = 9,
                                  .kind = pages::kind_named("link"),
                                  .from = {},
                                  .until = {},
                                  .values = {{"link", "/p/tide-lamp"}, {"label", "The lamp"}},
                                  .items = {}});
            TRY(pages::save(tx, shop_, "", bio, by_hand, random));
            TRY(pages::publish(tx, shop_, "", by_hand, random));
            const auto page = TRY(pages::find(tx, shop_, ""));
            const auto past = TRY(pages::history(tx, shop_, page, pages::PastKind::draft));
            EXPECT_EQ(past.size(), 1U);
            TRY(pages::put_back(tx, shop_, "", past.front().number, by_hand, random));
            EXPECT_EQ(pages::numbers_of(tx, shop_, page, page.draft, now).value().taps.month, 0);
            pages::Content landing;
            landing.title = "The spring drop";
            TRY(pages::add(tx, shop_, "drop", landing, now, random));
            TRY(pages::remove(tx, shop_, "drop", now));
            TRY(pages::restore(tx, shop_, "drop"));
            TRY(pages::forget_removed(tx, shop_, now + days(31)));
            EXPECT_EQ(TRY(pages::all(tx, shop_)).size(), 2U);
            return {};
        });
        EXPECT_EQ(see("/").status, 200);
        world_.tick();
        write("clicks", [&](store::Tx& tx) -> Status {
            access::Directory directory(world_.secrets());
            TRY(directory.reload(tx));
            const auto audit = TRY(telemetry::audit(tx, *directory.first(), {}));
            EXPECT_TRUE(audit.good()) << audit.wrong[0].what;
            EXPECT_GT(audit.seals, 0);
            TRY(telemetry::parts_of(tx, shop_, 1, 0));
            return {};
        });
        write("domains", [&](store::Tx& tx) -> Status {
            TRY(access::add_domain(tx, shop_, "links.example", true, now));
            TRY(access::set_case_rule(tx, shop_, "links.example", false));
            EXPECT_EQ(TRY(access::domains_of(tx, shop_)).size(), 1U);
            EXPECT_EQ(TRY(access::all_domains(tx)).size(), 1U);
            EXPECT_TRUE(TRY(access::all_hosts(tx)).empty());
            return access::remove_domain(tx, shop_, "links.example");
        });
        write("certificates", [&](store::Tx& tx) -> Status {
            const auto& secrets = world_.secrets();
            EXPECT_TRUE(TRY(access::claim_certificate(tx, "links.example", "https://ca.example/dir", now, now + minutes(10))));
            EXPECT_FALSE(TRY(access::claim_certificate(tx, "links.example", "https://ca.example/dir", now, now + minutes(10))));
            TRY(access::note_certificate_failed(tx, "links.example", "no address", std::nullopt));
            TRY(access::ask_for_certificate_again(tx, "links.example", now));
            EXPECT_FALSE(access::ask_for_certificate_sooner(tx, "links.example", now)) << "nothing failed";
            TRY(access::keep_certificate(tx, "links.example", {"chain", "key"}, now, now + days(90), secrets, random));
            EXPECT_TRUE(TRY(access::find_certificate(tx, "links.example", secrets)));
            EXPECT_TRUE(TRY(access::certificate_state(tx, "links.example")));
            EXPECT_EQ(TRY(access::certificate_states(tx)).size(), 1U);
            TRY(access::acme_account(tx, "https://ca.example/dir", "key", secrets, now, random));
            TRY(access::set_acme_account_url(tx, "https://ca.example/dir", "https://ca.example/1"));
            TRY(access::put_acme_challenge(tx, "token", "answer", now));
            EXPECT_EQ(TRY(access::acme_challenge(tx, "token", now)), "answer");
            return access::forget_certificate(tx, "links.example");
        });
        write("home and lists", [&](store::Tx& tx) -> Status {
            EXPECT_FALSE(TRY(experiments::tallies(tx, shop_)).empty());
            EXPECT_FALSE(TRY(experiments::tallies_by_surface(tx, shop_, 1)).empty());
            TRY(orders::unsent(tx, shop_, now, 5));
            TRY(orders::newest_unsent(tx, shop_, 0, 5));
            EXPECT_GT(TRY(orders::counts(tx, shop_)).all, 0);
            EXPECT_TRUE(TRY(orders::sold_something(tx, shop_)));
            return {};
        });
        selling(now);
        letters_and_webhooks(now);
        drafts(now);
        conversions(now);
        shops();
        guard();
        uploaded(now);
        // A promise that nobody keeps.
        write("a promise of nobody", [&](store::Tx& tx) -> Status { return outbox::promise(tx, shop_.text, "nobody", "1", "{}", now); });
        world_.tick();
    }
    void shops() {
        write("quotas", [&](store::Tx& tx) -> Status {
            TRY(access::set_quota(tx, shop_, "links", 1));
            EXPECT_EQ(TRY(access::quotas(tx, shop_)).size(), 1U);
            EXPECT_FALSE(access::within_quota(tx, shop_, "links", 2));
            TRY(access::set_quota(tx, shop_, "links", std::nullopt));
            const auto now = world_.clock.now();
            const auto mails = TRY(access::mails_today(tx, shop_, now));
            TRY(access::set_quota(tx, shop_, "mails", mails + 1));
            TRY(access::use_mail(tx, shop_, now));
            EXPECT_FALSE(access::use_mail(tx, shop_, now));
            TRY(access::set_quota(tx, shop_, "mails", std::nullopt));
            EXPECT_GT(TRY(telemetry::numbers_given(tx, shop_, "link")), 0);
            EXPECT_GE(TRY(telemetry::clicks_since(tx, shop_, 0)), 0);
            TRY(access::set_zone(tx, shop_, "Europe/Berlin"));
            TRY(access::set_zone(tx, shop_, "UTC"));
            TRY(access::set_language(tx, shop_, "de"));
            TRY(access::set_language(tx, shop_, "en"));
            TRY(access::set_home_country(tx, shop_, "de"));
            TRY(access::set_home_country(tx, shop_, ""));
            TRY(access::suspend_shop(tx, shop_, "a test"));
            return access::suspend_shop(tx, shop_, "");
        });
    }
    void selling(Instant now) {
        SeededRandom random(14);
        access::Shop shop;
        shop.id = shop_;
        shop.home_country = "DE";
        write("selling", [&](store::Tx& tx) -> Status {
            const checkout::Zone zone{.id = {},
                                      .name = "Nearby",
                                      .countries = {"DE"},
                                      .rates = {{.name = "Standard", .price = {490, euro}, .free_from = Money{5'000, euro}}}};
            const auto kept = TRY(checkout::put_zone(tx, shop, zone, now, random));
            EXPECT_EQ(TRY(checkout::zones(tx, shop)).size(), 1U);
            TRY(checkout::remove_zone(tx, shop_, kept.id));
            TRY(checkout::set_tax_rates(tx, shop, {{.country = "FR", .basis_points = 2'000}}));
            EXPECT_EQ(TRY(checkout::tax_table(tx, shop)).rates.size(), 1U);
            TRY(checkout::set_tax_rates(tx, shop, {}));
            const checkout::Discount wanted{.code = "SPRING",
                                            .kind = checkout::Discount::Kind::percent,
                                            .basis_points = 1'000,
                                            .amount = {0, euro},
                                            .goods_min = {0, euro},
                                            .products = {},
                                            .starts = now,
                                            .ends = {},
                                            .uses_max = 1,
                                            .per_customer_max = 1};
            const auto code = TRY(checkout::add_discount(tx, shop, wanted, now, random));
            EXPECT_EQ(TRY(checkout::discounts(tx, shop)).size(), 1U);
            EXPECT_EQ(TRY(checkout::state_of(tx, shop, code, "ada", now)), checkout::CodeState::good);
            const checkout::Use use{.shop = shop_, .discount = code.id, .order = "order-of-the-script", .customer = "ada", .creator = ""};
            EXPECT_TRUE(TRY(checkout::use_discount(tx, use, now)));
            EXPECT_FALSE(TRY(checkout::use_discount(tx, use, now)));
            TRY(checkout::give_back(tx, shop_, use.order, now));
            TRY(checkout::use_again(tx, shop_, use.order));
            EXPECT_EQ(TRY(checkout::find_discount(tx, shop, "spring")).uses, 1);
            EXPECT_TRUE(TRY(checkout::attribution(tx, shop_, use.order)));
            return checkout::switch_discount(tx, shop_, "SPRING", checkout::Switch::off);
        });
    }
    void drafts(Instant now) {
        SeededRandom random(13);
        drafts::Pens pens;
        write("drafts", [&](store::Tx& tx) -> Status {
            drafts::Pen pen(pens);
            const auto made = TRY(drafts::keep(tx, shop_, {.id = "", .values = {{"title", "Bring the tide"}}, .seen = {}, .by = "the form"},
                                               pen, now, random));
            auto away = made.document;
            drafts::write(away, {.device = new_id_text(now, random), .by = "Mac", .ms = now.us / 1'000}, {{"title", "Größe", {}}});
            const auto both = TRY(drafts::take(tx, shop_, away, now, random));
            EXPECT_EQ(drafts::choices(both.document, "title").size(), 2U);
            EXPECT_EQ(TRY(drafts::take(tx, shop_, away, now, random)).digest, both.digest);
            EXPECT_EQ(TRY(drafts::all(tx, shop_)).size(), 1U);
            TRY(drafts::turn(tx, shop_, made.document.id, drafts::life_removed, {}, pen, now, random));
            EXPECT_TRUE(TRY(drafts::all(tx, shop_)).empty());
            EXPECT_EQ(TRY(drafts::lines(tx, shop_)).size(), 1U);
            TRY(drafts::forget(tx, shop_, now + drafts::ended_kept_for + minutes(1)));
            EXPECT_TRUE(TRY(drafts::lines(tx, shop_)).empty());
            return {};
        });
    }
    void conversions(Instant now) {
        write("conversions", [&](store::Tx& tx) -> Status {
            access::Directory directory(world_.secrets());
            TRY(directory.reload(tx));
            const auto tenant = directory.by_slug("mira");
            const links::Touched touched{.token = {}, .slug = TRY(links::made_after(tx, shop_, 0)).at(0).slug};
            const links::Conversion sale{.kind = links::ConversionKind::sale, .key = "1", .amount = Money{500, euro}};
            const auto made = TRY(links::record(tx, *tenant, sale, touched, now));
            EXPECT_FALSE(TRY(links::record(tx, *tenant, sale, touched, now)).is_new);
            const links::Conversion refund{.kind = links::ConversionKind::refund, .key = "1", .sale = "1", .amount = Money{200, euro}};
            TRY(links::record(tx, *tenant, refund, {}, now));
            EXPECT_EQ(TRY(links::conversions(tx, shop_, 0, 10)).size(), 2U);
            EXPECT_EQ(TRY(links::brought_by(tx, shop_, made.conversion.link, now)).sales.at(0).net, (Money{300, euro}));
            return {};
        });
    }
    void uploaded(Instant now) {
        SeededRandom random(11);
        access::Shop shop;
        shop.id = shop_;
        write("uploads", [&](store::Tx& tx) -> Status {
            uploads::Upload upload{
                .id = new_id_text(now, random), .ending = ".webp", .width = 1'080, .height = 810, .bytes = 70'000, .created = now};
            TRY(uploads::add(tx, shop_, upload));
            EXPECT_EQ(TRY(uploads::totals(tx, shop_)).bytes, 70'000);
            EXPECT_EQ(TRY(uploads::list(tx, shop_)).size(), 1U);
            TRY(uploads::set_alt(tx, shop_, upload.id, "A lamp"));
            EXPECT_EQ(TRY(uploads::find(tx, shop_, upload.id)).alt, "A lamp");
            EXPECT_EQ(TRY(links::shown_on(tx, shop, upload)), "");
            EXPECT_EQ(TRY(uploads::remove(tx, shop_, upload.id)).id, upload.id);
            return {};
        });
    }
    void letters_and_webhooks(Instant now) {
        const letters::Key key{};
        SeededRandom random(10);
        access::Shop shop;
        shop.id = shop_;
        const auto endpoint = owner_.act("/studio/webhooks", {{"url", "https://crm.example/hook"}});
        status(endpoint, 303);
        write("letters", [&](store::Tx& tx) -> Status {
            TRY(letters::put_list(tx, shop, {.slug = "drops", .name = "Drops", .words = "Before each drop."}));
            for (const auto* one : {"ada@mail.example", "bob@mail.example", "ada@mail.example"})
                TRY(letters::ask(tx, shop, {.list = "drops", .address = one}, key, now, random));
            const auto people = TRY(letters::page(tx, shop_, "", 10));
            EXPECT_EQ(people.size(), 2U);
            auto ada = TRY(letters::find_by_token(tx, shop_, letters::token_of(people[0], key)));
            ada = TRY(letters::confirm(tx, shop_, TRY(letters::find(tx, shop_, ada.id)), now));
            TRY(letters::stop(tx, shop_, ada, now));
            TRY(letters::bounce(tx, shop_, people[1].id, now));
            TRY(letters::newest(tx, shop_, 10));
            EXPECT_EQ(TRY(letters::lists(tx, shop)).size(), 2U);
            return letters::forget_unconfirmed(tx, shop_, now);
        });
        status(owner_.see("/studio/letters"), 200);
        world_.tick();  // nobody answers at the webhook
        write("webhooks", [&](store::Tx& tx) -> Status {
            const auto id = TRY(webhooks::endpoints(tx, shop_)).at(0).id;
            TRY(webhooks::send_test(tx, shop_, id, now));
            const auto sent = TRY(webhooks::deliveries(tx, shop_, id, "", 10, now));
            EXPECT_GT(sent.size(), 1U);
            TRY(webhooks::send_failed_again(tx, shop_, id, Instant{}, now));
            TRY(webhooks::send_again(tx, shop_, id, sent.back().id, now));
            TRY(webhooks::deliveries(tx, shop_, id, sent.front().id, 10, now));
            return outbox::give_up(tx, shop_.text, "nobody", "", "it is off", now);
        });
        world_.fetcher.answer("https://crm.example/hook", {.status = 200});
        for (int i = 0; i < 3; ++i) world_.tick();
        const auto page = owner_.see("/studio/webhooks").body;
        for (const auto* act : {"/rotate", "/remove"}) {
            const auto form = sim::find_form(page, act);
            ASSERT_TRUE(form) << act;
            status(owner_.act(form->action), 303);
        }
    }
    void guard() {
        write("links that lead nowhere", [&](store::Tx& tx) -> Status {
            const auto now = world_.clock.now();
            SeededRandom random(11);
            TRY(links::add(tx, shop_, {.slug = "nowhere-now", .target = "https://dead.example/x"}, now, random));
            TRY(links::add(tx, shop_, {.slug = "over", .target = "/", .ends = now}, now, random));
            return guard::set_mail_address(tx, shop_, "mira@mail.example");
        });
        status(owner_.act("/studio/touchpoints", {{"name", "Bio"}, {"address", "https://people.example/mira"}, {"link", "lamp"}}), 303);
        for (int i = 0; i < 15; ++i) {
            world_.clock.advance(minutes(1));
            world_.tick();
        }
        for (const auto* page : {"/studio/health", "/studio/touchpoints", "/studio/touchpoints.csv"}) status(owner_.see(page), 200);
        const auto act = [&](sim::Fields fields) {
            fields.emplace_back("target", "https://dead.example/x");
            fields.emplace_back("slug", "nowhere-now");
            status(owner_.act("/studio/health", fields), 303);
        };
        act({{"act", "look"}});
        act({{"act", "ignore"}, {"days", "1"}});
        act({{"act", "hear"}});
        act({{"act", "back"}});
        write("the digest, and who else leads there", [&](store::Tx& tx) -> Status {
            TRY(guard::promise_digest(tx, shop_, world_.clock.now()));
            SeededRandom random(12);
            const auto twin = TRY(links::add(tx, shop_, {.slug = "twin", .target = "https://dead.example/x"}, world_.clock.now(), random));
            TRY(guard::note_links(tx, shop_, {twin}, twin.number - 1, twin.number, world_.clock.now()));
            return {};
        });
        act({{"act", "retarget"}, {"to", "/p/tide-lamp"}});
        write("an outside profile", [&](store::Tx& tx) -> Status {
            const auto profile = TRY(guard::profiles(tx, shop_)).at(0);
            TRY(guard::change_profile(tx, shop_, profile, world_.clock.now()));
            return guard::remove_profile(tx, shop_, profile.id);
        });
    }
    void commands() {
        auto& app = world_.app();
        const auto key = app.command("create_key", wire::Json::object({{"name", "till"}}));
        ASSERT_TRUE(key);
        write("the key", [&](store::Tx& tx) -> Status {
            TRY(access::find_api_key(tx, shop_, key->find("secret")->text()));
            EXPECT_EQ(TRY(access::api_keys(tx, shop_)).size(), 1U);
            return {};
        });
        expect("revoke", app.command("revoke_key", wire::Json::object({{"id", key->find("id")->text()}})).ok());
        links::import::Batch batch;
        batch.links.push_back({.where = "line 2", .link = {.slug = "abc", .target = "https://x.example/"}, .password = ""});
        batch.days.push_back({.slug = "abc", .day = 20'780, .clicks = 2});
        for (const char* times : {"import", "import again"}) {
            for (const auto& piece : links::import::pieces(batch)) {
                const auto arguments =
                    wire::Json::object({{"service", "yourls"}, {"dry_run", false}, {"piece", links::import::piece_json(piece)}});
                expect(times, app.command("import_links", arguments).ok());
            }
        }
        write("what was imported", [&](store::Tx& tx) -> Status {
            const auto link = TRY(links::find(tx, shop_, "abc"));
            EXPECT_EQ(TRY(links::import::imported_days(tx, shop_, link)).size(), 1U);
            EXPECT_FALSE(TRY(links::made_after(tx, shop_, 0)).empty());
            return {};
        });
    }
    void ends() {
        status(owner_.act(control() + "/end"), 303);
        status(owner_.act("/studio/live", {{"name", "Wednesday"}, {"starts", "2026-12-24T20:00"}, {"product", products_[0].id.text}}), 303);
        world_.clock.advance(days(2));
        for (int i = 0; i < 3; ++i) world_.tick();
        status(owner_.act("/studio/logout"), 303);
        // Two years and two months later: the old clicks are let go, and what came since is not.
        world_.clock.advance(days(792));
        status(see("/s/lamp"), 302);
        for (int i = 0; i < 4; ++i) world_.tick();
        write("what is left of the clicks", [&](store::Tx& tx) -> Status {
            access::Directory directory(world_.secrets());
            TRY(directory.reload(tx));
            const auto audit = TRY(telemetry::audit(tx, *directory.first(), {}));
            EXPECT_TRUE(audit.good()) << audit.wrong[0].what;
            EXPECT_GT(audit.gone.blocks, 0);
            EXPECT_EQ(audit.blocks, 1);
            return {};
        });
        EXPECT_TRUE(world_.log.errors.empty()) << world_.log.errors.front();
    }

    sim::World world_;
    sim::Owner owner_{world_};
    Id<access::Shop> shop_;
    Id<live::Session> session_;
    std::vector<catalog::Product> products_;
};

std::vector<Statement> played_on(Engine engine) {
    TestDatabase db(engine);
    Recorder recorder;
    Script(db.url(), recorder.observer()).play();
    return std::move(recorder.trace);
}

TEST(Conformance, every_query_answers_alike_on_both_engines) {
    const auto sqlite = played_on(Engine::sqlite);
    const auto postgres = played_on(Engine::postgres);
    int different = 0;
    for (std::size_t i = 0; i < std::min(sqlite.size(), postgres.size()) && different < 5; ++i) {
        const auto& [name, asked, answered] = sqlite[i];
        const bool same = name == postgres[i].name && asked == postgres[i].asked && answered == postgres[i].answered;
        different += same ? 0 : 1;
        EXPECT_TRUE(same) << "statement " << i << "\n  SQLite     " << name << " (" << asked << ")\n    " << answered << "\n  PostgreSQL "
                          << postgres[i].name << " (" << postgres[i].asked << ")\n    " << postgres[i].answered;
    }
    EXPECT_EQ(sqlite.size(), postgres.size());

    std::set<std::string_view> executed;
    for (const auto& statement : sqlite) executed.insert(statement.name);
    for (const auto* query : store::all_queries()) {
        EXPECT_NE(executed.contains(query->name), excused().contains(query->name))
            << query->name << (executed.contains(query->name) ? " is excused and has its turn" : " has no turn in the script");
    }
    std::cout << sqlite.size() << " statements, " << executed.size() << " of " << store::all_queries().size() << " queries\n";
}

// The simulator's walk, too: the same seed is the same walk on either engine.
TEST(Conformance, the_same_walk_on_both_engines) {
    std::uint64_t hashes[2]{};
    for (const auto engine : {Engine::sqlite, Engine::postgres}) {
        TestDatabase db(engine);
        hashes[engine == Engine::postgres ? 1 : 0] = sim::Walk(db.url(), 11).play(60).hash;
    }
    EXPECT_EQ(hashes[0], hashes[1]);
}

}  // namespace
}  // namespace barrow
