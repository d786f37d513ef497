#include "sim/walk.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "floor/outbox/outbox.hpp"
#include "floor/sign/standard_webhook.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/ledger/ledger.hpp"
#include "rooms/live/session.hpp"
#include "rooms/stock/stock.hpp"

namespace barrow::sim {
namespace {

std::uint64_t mix(std::uint64_t hash, std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return hash;
}

std::int64_t number(store::Tx& tx, std::string_view text, std::initializer_list<store::Value> values = {}) {
    const auto rows = tx.run(store::Query{"", text}, values);
    EXPECT_TRUE(rows) << rows.error().text << "\n  " << text;
    return rows && !rows->empty() ? (*rows)[0].integer("n") : -1;
}

// What a page says to people.
std::string words_of(const http::Response& response) {
    const auto at = response.body.find("<main");
    return at == std::string::npos ? response.body.substr(0, 400) : response.body.substr(at, 600);
}

const Fields address = {{"name", "Noa Blum"},     {"email", "noa@example.org"}, {"street", "Hafenstraße 3"},
                        {"postal_code", "18119"}, {"city", "Rostock"},          {"country", "DE"}};

}  // namespace

Walk::Walk(std::string database_url, std::uint64_t seed) : world_(std::move(database_url), seed) {
    const auto demo = world_.app().command("demo", wire::Json::object());
    EXPECT_TRUE(demo) << demo.error().text;
    owner_.log_in();
    const auto read = world_.db().read_now([&](store::Tx& tx) -> Status {
        const auto rows = TRY(tx.run(store::Query{"", "SELECT id FROM shop"}, {}));
        shop_ = rows[0].text("id");
        session_ = TRY(live::find(tx, {shop_}, live_slug_)).id.text;
        for (const auto& product : TRY(catalog::all(tx, {shop_}))) products_.push_back(product.id.text);
        return {};
    });
    EXPECT_TRUE(read) << read.error().text;
    world_.provider_trouble_percent = static_cast<int>(world_.chance.below(4)) * 10;
    viewers_.resize(3 + world_.chance.below(8));
    for (std::size_t i = 0; i < viewers_.size(); ++i) viewers_[i].peer = "10.0.0." + std::to_string(i + 1);
}

void Walk::note(const http::Response& response) {
    told_.hash = mix(told_.hash * 31 + static_cast<std::uint64_t>(response.status), response.body);
    told_.hash = mix(told_.hash, response.header("location"));
    EXPECT_LT(response.status, 500) << words_of(response);
}

// What the viewer does next: one request, or the same one twice.
std::vector<http::Call> Walk::wish(Viewer& viewer) {
    auto& chance = world_.chance;
    const auto one_in = [&](std::uint64_t n) { return chance.below(n) == 0; };
    std::vector<http::Call> calls;
    switch (viewer.at) {
        case At::away: {
            if (!one_in(3)) return {};
            static constexpr std::string_view starts[] = {"/s/tuesday", "/s/lamp",    "/s/today",     "/s/tuesday",
                                                          "/",          "/s/nowhere", "/p/tide-lamp", "/p/tea-bowl"};
            viewer.target = starts[chance.below(std::size(starts))];
            viewer.at = viewer.target.starts_with("/s/") ? At::link : At::page;
            viewer.patience = 12;
            calls.push_back(get(viewer.target));
            break;
        }
        case At::link:
        case At::page:
            calls.push_back(get(viewer.target));
            break;
        case At::hold_form: {
            auto form = viewer.form;
            if (one_in(4)) form.set("pieces", std::to_string(1 + chance.below(4)));
            if (one_in(25)) form.set("quote", form.value("quote") + "x");                      // somebody tries
            if (one_in(25)) form.set("allotment", products_[chance.below(products_.size())]);  // another door
            calls.push_back(post(form.action, form.fields));
            if (one_in(6)) calls.push_back(calls.back());
            break;
        }
        case At::held: {
            if (one_in(5)) return {};  // looks for the purse
            if (one_in(6)) {
                calls.push_back(get("/holds/" + viewer.token));
            } else {
                auto fields = address;
                if (one_in(10)) fields[1].second = "no address";
                calls.push_back(post("/holds/" + viewer.token + "/orders", fields));
                if (one_in(4)) calls.push_back(calls.back());
            }
            break;
        }
        case At::pay: {
            if (one_in(3)) return {};
            static constexpr std::string_view decisions[] = {"approve", "approve", "approve", "decline", "approve_late"};
            if (one_in(8)) {
                viewer.at = At::away;  // never pays
                return {};
            }
            calls.push_back(post(viewer.target, {{"decision", std::string(decisions[chance.below(std::size(decisions))])}}));
            if (one_in(4)) calls.push_back(post(viewer.target, {{"decision", std::string(decisions[chance.below(std::size(decisions))])}}));
            break;
        }
        case At::receipt:
            // Back to the form and sent once more, perhaps an hour later and at another price.
            if (one_in(4))
                calls.push_back(post("/holds/" + viewer.hold + "/orders", address));
            else
                calls.push_back(get("/orders/" + viewer.token));
            break;
    }
    for (auto& call : calls) {
        call.peer = viewer.peer;
        if (call.target.starts_with("/s/") && call.target != "/s/nowhere") {
            ++clicks_most_;
            // Who comes back within two seconds is one click still: each opening is somebody else's.
            call.peer = "10.1." + std::to_string(clicks_most_ / 250) + "." + std::to_string(clicks_most_ % 250);
        }
    }
    return calls;
}

void Walk::take(Viewer& viewer, At at, const http::Call& call, const http::Response& response) {
    note(response);
    const std::string location(response.header("location"));
    const auto leave = [&] { viewer.at = At::away; };
    if (--viewer.patience < 0 && at != At::pay) return leave();
    switch (at) {
        case At::away:
            return;
        case At::link:
            if (response.status != 302) {
                EXPECT_EQ(viewer.target, "/s/nowhere");
                EXPECT_EQ(response.status, 404);
                return leave();
            }
            EXPECT_NE(location.find("c="), std::string::npos) << location;
            ++clicks_waiting_;
            viewer.target = location;
            viewer.at = At::page;
            return;
        case At::page: {
            EXPECT_EQ(response.status, 200) << viewer.target;
            if (auto form = find_form(response.body, "/holds")) {
                viewer.form = std::move(*form);
                viewer.at = At::hold_form;
            } else if (const auto link = find_link(response.body, "/p/"); link && world_.chance.below(2) == 0) {
                viewer.target = *link;
            } else {
                leave();
            }
            return;
        }
        case At::hold_form:
            if (response.status == 303 && location.starts_with("/holds/")) {
                viewer.token = location.substr(7);
                viewer.at = At::held;
                viewer.held = world_.clock.now();
                ++told_.holds;
            } else if (response.status == 303) {
                EXPECT_NE(location.find("?why="), std::string::npos) << location;
                if (viewer.at == At::hold_form) {
                    viewer.target = location;
                    viewer.at = At::page;
                }
            } else {
                EXPECT_TRUE(response.status == 400 || response.status == 403 || response.status == 404 || response.status == 410)
                    << response.status << " " << words_of(response);
                leave();
            }
            return;
        case At::held: {
            if (response.status == 404 && world_.clock.now() - viewer.held > hours(20)) return leave();  // forgotten after a day
            if (call.method == http::Method::get) {
                EXPECT_EQ(response.status, 200);
                return;
            }
            const auto hold = call.target.substr(7, call.target.find('/', 7) - 7);
            if (response.status == 422) return;
            EXPECT_EQ(response.status, 303) << call.target << " " << response.status << " " << words_of(response);
            if (location.find("why=") != std::string::npos) {
                EXPECT_FALSE(order_of_hold_.contains(hold)) << "an order was made of this hold, and its second tap is sent away";
                return leave();
            }
            if (location.starts_with("/pay/")) {
                viewer.target = location;
                viewer.at = At::pay;
                const auto page = world_.ask(get(location));
                note(page);
                const auto order = find_link(page.body, "/orders/").value_or("");
                EXPECT_NE(order, "") << location;
                viewer.token = order.substr(std::min<std::size_t>(order.size(), 8));
            } else {
                ASSERT_TRUE(location.starts_with("/orders/")) << location;
                viewer.token = location.substr(8);
                viewer.at = At::receipt;
                viewer.patience = 4;
            }
            viewer.hold = hold;
            const auto [known, fresh] = order_of_hold_.emplace(hold, viewer.token);
            EXPECT_EQ(known->second, viewer.token) << "one hold, two orders";
            receipts_.insert(viewer.token);
            told_.orders += fresh ? 1 : 0;
            return;
        }
        case At::pay:
            EXPECT_EQ(response.status, 303);
            EXPECT_EQ(location, "/orders/" + viewer.token);
            viewer.at = At::receipt;
            viewer.patience = 4;
            return;
        case At::receipt: {
            if (call.method == http::Method::post) {
                if (response.status == 404 && world_.clock.now() - viewer.held > hours(20)) return leave();
                EXPECT_EQ(response.status, 303) << "the form sent once more: " << response.status << words_of(response);
                EXPECT_TRUE(location == "/orders/" + viewer.token || location.starts_with("/pay/"))
                    << "the form sent once more leads to " << location;
                return;
            }
            EXPECT_EQ(response.status, 200) << viewer.token;
            // Whatever the provider did when the order was placed: once it answers, the order's page leads to it.
            if (world_.provider_trouble_percent == 0 && response.body.find("Waiting for the payment") != std::string::npos) {
                EXPECT_TRUE(find_link(response.body, "/pay/"))
                    << "an order waits for a payment that nobody can make: " << words_of(response);
            }
            if (const auto pay = find_link(response.body, "/pay/"); pay && world_.chance.below(2) == 0) {
                viewer.target = *pay;
                viewer.at = At::pay;
            }
            return;
        }
    }
}

void Walk::creator_acts() {
    auto& chance = world_.chance;
    const auto product = products_[chance.below(products_.size())];
    const auto price = std::to_string(5 + chance.below(40)) + "." + std::to_string(10 + chance.below(90));
    const auto control = "/studio/live/" + session_;
    const auto good = [&](const http::Response& response) {
        note(response);
        EXPECT_TRUE(response.status == 303 || response.status == 422 || response.status == 200 || response.status == 409 ||
                    response.status == 410)
            << response.status << " " << words_of(response);
    };
    switch (chance.below(9)) {
        case 0:
        case 1:
            return good(owner_.act(control + "/pin", {{"product", product}}));
        case 2:
            return good(owner_.act(control + "/pin", {{"product", ""}}));
        case 3:
            return good(owner_.act(control + "/drop", {{"product", product},
                                                       {"price", price},
                                                       {"units", std::to_string(1 + chance.below(9))},
                                                       {"minutes", std::to_string(1 + chance.below(20))}}));
        case 4:
            return good(owner_.act(control + "/price", {{"product", product}, {"price", price}}));
        case 5: {
            // A delivery.
            const auto received = world_.db().write_now([&](store::Tx& tx) -> Status {
                TRY(stock::receive(tx, {shop_}, {product}, static_cast<std::int64_t>(1 + chance.below(6)),
                                   "delivery " + std::to_string(told_.rounds), world_.clock.now()));
                return {};
            });
            EXPECT_TRUE(received) << received.error().text;
            return;
        }
        case 6: {
            const auto orders = owner_.see("/studio/orders?state=paid");
            note(orders);
            if (const auto form = find_form(orders.body, "/sent")) good(owner_.act(form->action));
            return;
        }
        case 7: {
            if (chance.below(6) != 0) return;
            good(owner_.act(control + "/end"));
            const auto made = owner_.act("/studio/live", {{"name", "Evening " + std::to_string(++sessions_count_)},
                                                          {"starts", "2026-12-24T20:00"},
                                                          {"product", products_[0]},
                                                          {"product", products_[1]}});
            good(made);
            const std::string location(made.header("location"));
            if (made.status != 303) return;
            session_ = location.substr(location.rfind('/') + 1);
            live_slug_ = "evening-" + std::to_string(sessions_count_);
            good(owner_.act("/studio/live/" + session_ + "/start"));
            good(owner_.act("/studio/live/" + session_ + "/pin", {{"product", products_[0]}}));
            return good(owner_.act("/studio/today", {{"target", "/live/" + live_slug_}}));
        }
        default: {
            for (const auto* page : {"/studio/links", "/studio/live", "/studio/orders", "/studio/numbers", "/"}) note(owner_.see(page));
            note(owner_.see(control));
            return;
        }
    }
}

// The provider says again what it said, or a no after its yes.
void Walk::tell_again() {
    auto& heard = world_.provider().heard;
    if (heard.empty()) return;
    const auto delivery = heard[world_.chance.below(heard.size())];
    auto call = post("/webhooks/sandbox", {});
    call.body = delivery.body;
    call.headers = delivery.headers;
    if (world_.chance.below(3) == 0) {
        auto body = delivery.body;
        if (const auto at = body.find("payment.captured"); at != std::string::npos) {
            // A no after the yes, or a second yes under another name.
            const bool no = world_.chance.below(2) == 0;
            if (no) body.replace(at, 16, "payment.declined");
            const auto headers = sign::sign_webhook(world_.webhook_key(), (no ? "contrary-" : "twice-") + std::to_string(told_.rounds),
                                                    body, world_.clock.now());
            call.body = body;
            call.headers = {{"webhook-id", headers.id}, {"webhook-timestamp", headers.timestamp}, {"webhook-signature", headers.signature}};
        }
    } else if (world_.chance.below(4) == 0 && !call.body.empty()) {
        call.body[world_.chance.below(call.body.size())] ^= 1;  // somebody in between
    }
    call.headers.emplace_back("content-type", "application/json");
    const auto response = world_.ask(std::move(call));
    if (response.status != 502) note(response);  // the line is down
    ++told_.webhooks_again;
}

void Walk::look_at_receipts(std::size_t count_max) {
    std::size_t seen = 0;
    const auto from = receipts_.empty() ? 0 : world_.chance.below(receipts_.size());
    auto at = std::next(receipts_.begin(), static_cast<std::ptrdiff_t>(from));
    for (; at != receipts_.end() && seen < count_max; ++at, ++seen) {
        const auto response = world_.ask(get("/orders/" + *at));
        note(response);
        EXPECT_EQ(response.status, 200) << "the receipt " << *at << " does not answer: " << words_of(response);
    }
}

void Walk::look_around() {
    const auto looked = world_.db().read_now([&](store::Tx& tx) -> Status {
        const auto books = TRY(ledger::check(tx, shop_));
        EXPECT_TRUE(books.sound());
        std::int64_t difference = 0;
        for (const auto& sum : books.sums) difference += sum.debit_minor - sum.credit_minor;
        EXPECT_EQ(difference, 0) << "the books do not sum to zero";

        for (const auto& product : TRY(catalog::all(tx, {shop_}))) {
            std::int64_t inside = 0, gone = 0;
            for (const auto& allotment : TRY(stock::allotments(tx, {shop_}, product.id))) {
                EXPECT_TRUE(TRY(stock::adds_up(tx, {shop_}, allotment.id))) << product.name << " does not add up";
                inside += allotment.left_count + allotment.held_count;
                gone += allotment.taken_count;
            }
            const auto received = number(tx,
                                         "SELECT CAST(COALESCE(SUM(CASE WHEN m.kind = 'received' THEN m.pieces ELSE -m.pieces END), 0) AS "
                                         "BIGINT) AS n FROM movement m "
                                         "JOIN allotment a ON a.shop_id = m.shop_id AND a.id = m.allotment_id WHERE m.kind IN ('received', "
                                         "'removed') AND a.product_id = $1",
                                         {product.id});
            EXPECT_EQ(inside + gone, received) << product.name << ": what came in is not what is there and what left";
            const auto sold = number(tx,
                                     "SELECT CAST(COALESCE(SUM(l.pieces), 0) AS BIGINT) AS n FROM order_line l JOIN orders o ON o.shop_id "
                                     "= l.shop_id AND o.id = l.order_id "
                                     "WHERE o.state IN ('paid', 'fulfilled') AND l.product_id = $1",
                                     {product.id});
            EXPECT_EQ(gone, sold) << product.name << ": what left is not what was paid";
        }
        EXPECT_EQ(number(tx, "SELECT COUNT(*) AS n FROM (SELECT claim_id FROM order_line GROUP BY claim_id HAVING COUNT(*) > 1) AS twice"),
                  0)
            << "one hold, two orders";
        EXPECT_EQ(number(tx, "SELECT COUNT(*) AS n FROM (SELECT subject FROM payment GROUP BY subject HAVING COUNT(*) > 1) AS twice"), 0)
            << "one order, two payments";
        EXPECT_EQ(
            number(tx,
                   "SELECT COUNT(*) AS n FROM orders o WHERE o.state IN ('paid', 'fulfilled') AND NOT EXISTS "
                   "(SELECT p.id FROM payment p WHERE p.id = o.payment_id AND p.state = 'captured' AND p.amount_minor = o.sum_minor)"),
            0)
            << "an order is paid that nobody paid";
        EXPECT_EQ(number(tx,
                         "SELECT COUNT(*) AS n FROM orders o JOIN order_line l ON l.order_id = o.id JOIN claim c ON c.id = l.claim_id "
                         "WHERE o.state = 'placed' AND c.state <> 'held'"),
                  0)
            << "an order waits for its payment and its units are gone";
        EXPECT_EQ(number(tx,
                         "SELECT COUNT(*) AS n FROM orders o JOIN order_line l ON l.order_id = o.id JOIN claim c ON c.id = l.claim_id "
                         "WHERE o.state = 'cancelled' AND c.state = 'held'"),
                  0)
            << "an order was let go and its units were not";
        EXPECT_EQ(
            number(tx,
                   "SELECT COUNT(*) AS n FROM orders o JOIN payment p ON p.id = o.payment_id JOIN payment_fact f ON f.payment_id = p.id "
                   "WHERE o.state = 'cancelled' AND o.cancel_reason = 'declined' AND p.state = 'captured' AND f.kind = 'declined' AND "
                   "f.event_id LIKE 'contrary-%'"),
            0)
            << "a no that came after the yes undid the order";
        EXPECT_EQ(number(tx, "SELECT COUNT(*) AS n FROM promise WHERE state = 'given_up'"), 0) << "a promise was given up";
        return {};
    });
    EXPECT_TRUE(looked) << looked.error().text;
}

// The world heals and time passes: now everything must have come to its end.
void Walk::rest() {
    world_.provider_trouble_percent = 0;
    for (int step = 0; step < 400; ++step) {
        world_.clock.advance(minutes(step < 100 ? 2 : 45));
        world_.tick();
        const auto waiting = world_.db().read_now([&](store::Tx& tx) -> Result<std::int64_t> {
            return number(tx, "SELECT COUNT(*) AS n FROM promise WHERE state = 'due'") +
                   number(tx, "SELECT COUNT(*) AS n FROM orders WHERE state = 'placed'") +
                   number(tx, "SELECT COUNT(*) AS n FROM claim WHERE state = 'held'");
        });
        if (waiting && *waiting == 0) break;
    }
    look_around();
    look_at_receipts(receipts_.size());
    const auto ended = world_.db().read_now([&](store::Tx& tx) -> Status {
        EXPECT_EQ(number(tx, "SELECT COUNT(*) AS n FROM promise WHERE state = 'due'"), 0) << "the outbox does not become empty";
        EXPECT_EQ(number(tx, "SELECT COUNT(*) AS n FROM claim WHERE state = 'held'"), 0) << "units are held for nobody";
        EXPECT_EQ(number(tx, "SELECT COUNT(*) AS n FROM orders WHERE state = 'placed'"), 0) << "an order waits for ever";
        // Money: whoever paid has the goods, or the money back.
        told_.paid = number(tx, "SELECT COUNT(*) AS n FROM orders WHERE state IN ('paid', 'fulfilled')");
        told_.refunds = number(tx, "SELECT COUNT(*) AS n FROM payment WHERE state = 'refunded'");
        EXPECT_EQ(told_.paid, number(tx, "SELECT COUNT(*) AS n FROM payment WHERE state = 'captured'"))
            << "captured payments are not paid orders";
        EXPECT_EQ(told_.refunds,
                  number(tx, "SELECT COUNT(*) AS n FROM orders WHERE state = 'cancelled' AND cancel_reason = 'sold_out_late'"))
            << "money of sold-out orders did not go back";
        EXPECT_EQ(number(tx, "SELECT COUNT(*) AS n FROM payment_refund WHERE state <> 'done'"), 0);
        const auto taken =
            number(tx, "SELECT CAST(COALESCE(SUM(sum_minor), 0) AS BIGINT) AS n FROM orders WHERE state IN ('paid', 'fulfilled')");
        EXPECT_EQ(TRY(ledger::balance(tx, shop_, {ledger::AccountKind::psp_clearing, ""}, euro)).minor, taken)
            << "the provider holds another sum than buyers paid";
        EXPECT_EQ(TRY(ledger::balance(tx, shop_, {ledger::AccountKind::refund_liability, ""}, euro)).minor, 0)
            << "somebody waits for a refund";
        EXPECT_EQ(number(tx, "SELECT COUNT(*) AS n FROM orders"),
                  static_cast<std::int64_t>(number(tx, "SELECT CAST(COALESCE(MAX(number), 0) AS BIGINT) AS n FROM orders")))
            << "order numbers have gaps";
        told_.clicks = number(tx, "SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) AS n FROM touch_count WHERE kind = 'click'");
        EXPECT_GE(told_.clicks, clicks_least_ + clicks_waiting_) << "clicks were lost";
        EXPECT_LE(told_.clicks, clicks_most_) << "clicks were counted twice";
        if (told_.crashes == 0) { EXPECT_EQ(told_.clicks, clicks_most_) << "clicks made are not clicks counted"; }
        return {};
    });
    EXPECT_TRUE(ended) << ended.error().text;
    EXPECT_TRUE(world_.log.errors.empty()) << world_.log.errors.front();
}

Told Walk::play(std::int64_t rounds) {
    auto& chance = world_.chance;
    const auto began = world_.clock.now();
    const bool dies_at_times = chance.below(4) != 0;
    for (; told_.rounds < rounds && !::testing::Test::HasFailure(); ++told_.rounds) {
        std::vector<Sent> sent;
        std::vector<http::Call> calls;
        for (auto& viewer : viewers_) {
            for (auto& call : wish(viewer)) {
                sent.push_back({&viewer, viewer.at, call});
                calls.push_back(std::move(call));
            }
        }
        told_.requests += static_cast<std::int64_t>(calls.size());
        const auto with = chance.below(3) == 0 ? World::Tick::with_them : World::Tick::no;
        std::optional<std::int64_t> dies;
        if (dies_at_times && chance.below(40) == 0) dies = 1 + static_cast<std::int64_t>(chance.below(40));
        // What was counted and not yet written is lost with the process: clicks are allowed that, nothing else is.
        const auto answers = world_.ask(std::move(calls), with, dies);
        if (dies) {
            ++told_.crashes;
            clicks_waiting_ = 0;
        }
        for (std::size_t i = 0; i < answers.size(); ++i) {
            if (answers[i]) take(*sent[i].viewer, sent[i].at, sent[i].call, *answers[i]);
        }
        if (dies) clicks_waiting_ = 0;
        if (chance.below(4) == 0) creator_acts();
        if (chance.below(8) == 0) tell_again();
        if (chance.below(5) == 0) {
            const auto sure = clicks_waiting_;
            world_.tick();
            clicks_least_ += sure;
            clicks_waiting_ -= sure;
        }
        const auto jump = chance.below(100);
        if (jump < 70)
            world_.clock.advance(milliseconds(static_cast<std::int64_t>(1 + chance.below(5'000))));
        else if (jump < 97)
            world_.clock.advance(seconds(static_cast<std::int64_t>(1 + chance.below(400))));
        else if (jump < 99)
            world_.clock.advance(minutes(static_cast<std::int64_t>(5 + chance.below(40))));
        else
            world_.clock.advance(hours(static_cast<std::int64_t>(1 + chance.below(26))));
        if (told_.rounds % 8 == 7) look_around();
        if (told_.rounds % 16 == 15) look_at_receipts(3);
        if (chance.below(50) == 0) world_.provider_trouble_percent = static_cast<int>(chance.below(4)) * 10;
    }
    if (!::testing::Test::HasFailure()) rest();
    told_.virtual_minutes = (world_.clock.now() - began).us / 60'000'000;
    return told_;
}

}  // namespace barrow::sim
