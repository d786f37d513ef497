// A real `barrow serve` under real buyers: two hundred at once for twenty lamps, and a server that is killed while they buy.
//
//   BARROW_KILL_ROUNDS=20 barrow_tests --gtest_filter='*Stress*'
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

#include "floor/base/random.hpp"
#include "floor/outbox/outbox.hpp"
#include "floor/store/store.hpp"
#include "floor/wire/json.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/ledger/ledger.hpp"
#include "rooms/links/link.hpp"
#include "rooms/stock/stock.hpp"
#include "sim/world.hpp"
#include "stress/client.hpp"
#include "support/databases.hpp"
#include "support/paths.hpp"

namespace barrow::stress {
namespace {

using testing::Engine;
using testing::TestDatabase;

const std::string address = sim::encode_form({{"name", "Noa Blum"},
                                              {"email", "noa@example.org"},
                                              {"street", "Hafen 3"},
                                              {"postal_code", "18119"},
                                              {"city", "Rostock"},
                                              {"country", "DE"}});

int kill_rounds() {
    const char* text = std::getenv("BARROW_KILL_ROUNDS");
    return text == nullptr ? 2 : std::max(1, std::atoi(text));
}

class Stress : public ::testing::TestWithParam<Engine> {
protected:
    Stress() : db_(GetParam()) {
        folder_ = std::filesystem::temp_directory_path() /
                  ("barrow-stress-" + std::to_string(getpid()) + (GetParam() == Engine::sqlite ? "-s" : "-p"));
        std::filesystem::create_directories(folder_);
        const auto made = run(words({"demo", "--json"}), log());
        EXPECT_EQ(made.status, 0) << made.said;
    }
    ~Stress() override {
        if (HasFailure())
            std::cout << "the server's log is kept: " << log() << "\n";
        else
            std::filesystem::remove_all(folder_);
    }

    [[nodiscard]] std::string log() const { return (folder_ / "log").string(); }
    [[nodiscard]] std::vector<std::string> words(std::vector<std::string> list) const {
        list.insert(list.begin(), tests::program());
        for (const auto& word : {std::string("--data"), folder_.string()}) list.push_back(word);
        if (GetParam() == Engine::postgres) {
            list.emplace_back("--database");
            list.push_back(db_.url());
        }
        return list;
    }
    // Serves until it is stopped; returns the port.
    int serve() {
        server_ = Child::start(words({"serve", "--port", "0"}), log());
        constexpr std::string_view said = "serving on port ";
        const auto line = server_.read_line();
        EXPECT_TRUE(line.starts_with(said)) << "\"" << line << "\"; see " << log();
        return line.size() > said.size() ? std::atoi(line.c_str() + said.size()) : 0;
    }
    // Looks with our own connection, while no server runs.
    template <class Look>
    void look(Look look) {
        const auto url = GetParam() == Engine::sqlite ? "sqlite:" + (folder_ / "barrow.db").string() : db_.url();
        const auto database =
            store::Database::open(url, {.readers = 1, .writers = 1, .sqlite_vfs = {}, .inline_mode = true, .observer = {}});
        ASSERT_TRUE(database) << database.error().text;
        const auto looked = (*database)->write_now([&](store::Tx& tx) -> Status {
            const auto rows = TRY(tx.run(store::Query{"", "SELECT id FROM shop"}));
            return look(tx, rows[0].template id<access::Shop>("id"));
        });
        EXPECT_TRUE(looked) << looked.error().text;
    }
    static std::int64_t number(store::Tx& tx, std::string_view text) {
        const auto rows = tx.run(store::Query{"", text});
        EXPECT_TRUE(rows) << rows.error().text;
        return rows ? (*rows)[0].integer("n") : -1;
    }
    static std::string form_of(const sim::Form& form) { return sim::encode_form(form.fields); }

    // The receipt says so at once or, when many pay in the same moment, at one of the next reloads.
    static bool shows_paid(int port, const std::string& receipt) {
        for (int tries = 0; tries < 100; ++tries) {
            const auto body = get(port, receipt).body;
            if (body.find("Waiting for the payment") == std::string::npos) return body.find("Paid. Thank you.") != std::string::npos;
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        return false;
    }

    // What is always true when nobody buys.
    void all_is_well() {
        look([](store::Tx& tx, const Id<access::Shop>& shop) -> Status {
            for (const auto& product : TRY(catalog::all(tx, shop))) {
                for (const auto& allotment : TRY(stock::allotments(tx, shop, product.id)))
                    EXPECT_TRUE(TRY(stock::adds_up(tx, shop, allotment.id))) << product.name;
            }
            EXPECT_EQ(
                number(tx, "SELECT COUNT(*) AS n FROM (SELECT claim_id FROM order_line GROUP BY claim_id HAVING COUNT(*) > 1) AS twice"),
                0);
            EXPECT_EQ(number(tx, "SELECT COUNT(*) AS n FROM (SELECT subject FROM payment GROUP BY subject HAVING COUNT(*) > 1) AS twice"),
                      0);
            EXPECT_EQ(number(tx,
                             "SELECT COUNT(*) AS n FROM orders o WHERE o.state = 'paid' AND NOT EXISTS (SELECT p.id FROM payment p WHERE "
                             "p.id = o.payment_id AND p.state = 'captured')"),
                      0);
            return {};
        });
        const auto books = run(words({"ledger", "check", "--json"}), log());
        EXPECT_EQ(books.status, 0) << books.said;
        const auto json = wire::read_json(books.said);
        ASSERT_TRUE(json) << books.said;
        EXPECT_TRUE(json->find("sound")->boolean()) << books.said;
        EXPECT_EQ(json->find("debit_minor")->integer(), json->find("credit_minor")->integer()) << books.said;
    }

    TestDatabase db_;
    std::filesystem::path folder_;
    Child server_;
};
BARROW_BOTH_ENGINES(Stress);

TEST_P(Stress, two_hundred_buyers_and_twenty_lamps) {
    static constexpr int buyers = 200, units = 20;
    const int port = serve();
    ASSERT_GT(port, 0);
    std::atomic<int> ordered = 0, refused = 0, unclear = 0;
    std::mutex mutex;
    std::map<int, int> statuses;
    std::string first_unclear;
    std::vector<std::thread> crowd;
    // Everybody looked at the page in time: each has a form of their own.
    std::vector<sim::Form> forms(buyers);
    for (auto& form : forms) {
        if (auto found = sim::find_form(get(port, "/live/tuesday").body, "/holds")) form = std::move(*found);
        ASSERT_NE(form.action, "");
    }
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < buyers; ++i) {
        crowd.emplace_back([&, i] {
            const auto odd = [&](const Answer& answer, const char* where) {
                const std::scoped_lock lock(mutex);
                ++unclear;
                ++statuses[answer.status];
                if (first_unclear.empty())
                    first_unclear = std::string(where) + " " + std::to_string(answer.status) + " " + answer.header("location") + " " +
                                    answer.body.substr(0, 200);
            };
            const auto& form = forms[static_cast<std::size_t>(i)];
            const auto held = ask(port, "POST", form.action, form_of(form));
            if (held.status != 303) return odd(held, "hold");
            const auto location = held.header("location");
            if (location.find("?why=quicker") != std::string::npos) {
                // The refusal is a page with words.
                const auto page = get(port, location);
                if (page.status == 200 && page.body.find("Somebody was quicker") != std::string::npos)
                    ++refused;
                else
                    odd(page, "refusal");
                return;
            }
            if (!location.starts_with("/holds/")) return odd(held, "hold");
            const auto order = ask(port, "POST", location + "/orders", address);
            if (order.status == 303 && order.header("location").starts_with("/pay/"))
                ++ordered;
            else
                return odd(order, "order");
            const auto pay = order.header("location");
            const auto paid = ask(port, "POST", pay, "decision=approve");
            if (paid.status != 303 || !shows_paid(port, paid.header("location"))) odd(paid, "pay");
        });
    }
    for (auto& buyer : crowd) buyer.join();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
    EXPECT_EQ(ordered, units);
    EXPECT_EQ(refused, buyers - units);
    EXPECT_EQ(unclear, 0) << first_unclear;
    EXPECT_EQ(server_.stop(SIGTERM), 0);
    look([](store::Tx& tx, const Id<access::Shop>&) -> Status {
        EXPECT_EQ(number(tx, "SELECT COUNT(*) AS n FROM orders"), units);
        EXPECT_EQ(number(tx, "SELECT COUNT(*) AS n FROM orders WHERE state = 'paid'"), units);
        return {};
    });
    all_is_well();
    std::cout << buyers << " buyers, " << ordered << " orders, " << refused << " refusals in " << took << " ms\n";
}

// A link for the first fifty, and ten thousand taps from a hundred at once.
TEST_P(Stress, fifty_places_and_ten_thousand_clicks) {
    static constexpr int crowd_size = 100, taps = 100, places = 50;
    look([](store::Tx& tx, const Id<access::Shop>& shop) -> Status {
        SystemRandom random;
        TRY(links::add(tx, shop, {.slug = "first", .target = "https://drop.example/", .clicks_max = places}, SystemClock().now(), random));
        return {};
    });
    const int port = serve();
    ASSERT_GT(port, 0);
    std::atomic<int> through = 0, told_full = 0, other = 0;
    std::vector<std::thread> crowd;
    for (int i = 0; i < crowd_size; ++i) {
        crowd.emplace_back([&] {
            for (int tap = 0; tap < taps; ++tap) {
                const auto answer = get(port, "/s/first");
                ++(answer.status == 302 ? through : answer.status == 410 ? told_full : other);
            }
        });
    }
    for (auto& one : crowd) one.join();
    EXPECT_EQ(through, places);
    EXPECT_EQ(told_full, crowd_size * taps - places);
    EXPECT_EQ(other, 0);
    server_.stop(SIGTERM);
    std::cout << crowd_size * taps << " clicks, " << through << " went through\n";
    const auto audit = run(words({"clicks", "audit", "--json"}), log());
    EXPECT_EQ(audit.status, 0) << audit.said;
    const auto told = wire::read_json(audit.said).value();
    EXPECT_EQ(told.find("clicks")->integer() + told.find("not_counted")->integer(), crowd_size * taps);
}

// What was answered a second ago is written.
TEST_P(Stress, a_killed_server_has_every_click_of_a_second_ago) {
    static constexpr int crowd_size = 8;
    std::int64_t opened = 0;
    for (int round = 0; round < kill_rounds() && !HasFailure(); ++round) {
        const int port = serve();
        ASSERT_GT(port, 0);
        std::atomic<bool> enough = false;
        std::atomic<std::int64_t> now_opened = 0;
        std::vector<std::thread> crowd;
        for (int i = 0; i < crowd_size; ++i) {
            crowd.emplace_back([&] {
                while (!enough) {
                    if (get(port, "/s/today").status == 302) ++now_opened;
                }
            });
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(700));
        enough = true;
        for (auto& one : crowd) one.join();
        opened += now_opened;
        std::this_thread::sleep_for(std::chrono::seconds(1));
        server_.stop(SIGKILL);
        const auto audit = run(words({"clicks", "audit", "--json"}), log());
        const auto told = wire::read_json(audit.said).value();
        EXPECT_EQ(audit.status, 0) << audit.said;
        EXPECT_EQ(told.find("clicks")->integer() + told.find("not_counted")->integer(), opened) << "round " << round;
    }
    std::cout << kill_rounds() << " kills: " << opened << " clicks answered, all of them in the log\n";
    EXPECT_GT(opened, 100);
}

TEST_P(Stress, a_killed_server_forgets_nothing_that_it_said) {
    struct Promised {
        std::string pay, receipt;  // "" when that was not told
        bool approved = false;     // and the answer came
    };
    std::map<std::string, Promised> promised;  // by the hold's path
    std::mutex mutex;
    SystemRandom random;
    int acknowledged = 0, approved = 0, cut = 0;
    for (int round = 0; round < kill_rounds() && !HasFailure(); ++round) {
        // A delivery, so that there is always something to buy.
        look([&](store::Tx& tx, const Id<access::Shop>& shop) -> Status {
            for (const auto& product : TRY(catalog::all(tx, shop))) {
                TRY(stock::receive(tx, shop, product.id, 400, "round " + std::to_string(round), SystemClock().now()));
            }
            return {};
        });
        const int port = serve();
        ASSERT_GT(port, 0);
        std::atomic<bool> dead = false;
        std::vector<std::thread> crowd;
        for (int i = 0; i < 12; ++i) {
            crowd.emplace_back([&, i] {
                const auto* const page = i % 3 == 0 ? "/p/tea-bowl" : i % 3 == 1 ? "/p/field-notebook" : "/live/tuesday";
                while (!dead) {
                    const auto form = sim::find_form(get(port, page).body, "/holds");
                    if (!form) continue;
                    const auto held = ask(port, "POST", form->action, form_of(*form), 3'000).header("location");
                    if (!held.starts_with("/holds/")) continue;
                    const auto order = ask(port, "POST", held + "/orders", address, 3'000);
                    if (order.status == 0) {
                        const std::scoped_lock lock(mutex);
                        ++cut;
                        continue;
                    }
                    if (order.status != 303 || !order.header("location").starts_with("/pay/")) {
                        if (order.status >= 500)
                            ADD_FAILURE() << "an order was answered with " << order.status << " " << order.body.substr(0, 200);
                        continue;
                    }
                    {
                        const std::scoped_lock lock(mutex);
                        promised[held].pay = order.header("location");
                        ++acknowledged;
                    }
                    if (i % 2 == 0) continue;
                    const auto paid = ask(port, "POST", order.header("location"), "decision=approve", 3'000);
                    const std::scoped_lock lock(mutex);
                    if (paid.status == 303) {
                        promised[held].receipt = paid.header("location");
                        promised[held].approved = true;
                        ++approved;
                    }
                }
            });
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(400 + random.below(900)));
        // A busy machine gets there later: nothing is killed before there is something to forget.
        const auto enough = [&] {
            const std::scoped_lock lock(mutex);
            return acknowledged > 10 && approved > 5;
        };
        for (int tries = 0; tries < 400 && !enough(); ++tries) std::this_thread::sleep_for(std::chrono::milliseconds(50));
        EXPECT_EQ(server_.stop(SIGKILL), 128 + SIGKILL);
        dead = true;
        for (auto& buyer : crowd) buyer.join();

        // The dead process holds leases on what it was doing: they run out.
        look([](store::Tx& tx, const Id<access::Shop>&) -> Status {
            TRY(tx.run(store::Query{"", "UPDATE promise SET due_us = due_us - $1 WHERE state = 'due' AND due_us < $2"},
                       {outbox::lease.us, SystemClock().now() + outbox::lease}));
            return {};
        });
        // After a restart everything that was said is there, once.
        const int again = serve();
        ASSERT_GT(again, 0);
        for (auto& [hold, told] : promised) {
            const auto tapped = ask(again, "POST", hold + "/orders", address);
            EXPECT_EQ(tapped.status, 303) << "the order of " << hold << " is gone: " << tapped.body.substr(0, 200);
            const auto location = tapped.header("location");
            if (location.starts_with("/pay/")) {
                EXPECT_EQ(location, told.pay) << "the second tap leads to another payment";
            } else if (!told.receipt.empty()) {
                EXPECT_EQ(location, told.receipt) << "the second tap leads to another order";
            }
            if (!told.approved) continue;
            EXPECT_TRUE(shows_paid(again, told.receipt)) << told.receipt << " was approved and is not paid";
        }
        EXPECT_EQ(server_.stop(SIGTERM), 0);
        look([&](store::Tx& tx, const Id<access::Shop>&) -> Status {
            EXPECT_GE(number(tx, "SELECT COUNT(*) AS n FROM orders"), static_cast<std::int64_t>(promised.size()));
            // One charge for each paid order, and one journal of it.
            EXPECT_EQ(number(tx, "SELECT COUNT(*) AS n FROM orders WHERE state = 'paid'"),
                      number(tx, "SELECT COUNT(*) AS n FROM payment WHERE state = 'captured'"));
            EXPECT_EQ(number(tx, "SELECT COUNT(*) AS n FROM orders WHERE state = 'paid'"),
                      number(tx, "SELECT COUNT(*) AS n FROM journal WHERE kind = 'captured'"));
            EXPECT_EQ(number(tx,
                             "SELECT COUNT(*) AS n FROM orders o JOIN journal j ON j.subject = o.id "
                             "WHERE o.state = 'paid' AND j.kind = 'captured'"),
                      number(tx, "SELECT COUNT(*) AS n FROM orders WHERE state = 'paid'"));
            return {};
        });
        all_is_well();
    }
    EXPECT_GT(acknowledged, 10);
    EXPECT_GT(approved, 5);
    std::cout << kill_rounds() << " kills: " << acknowledged << " orders acknowledged, " << approved << " approvals, " << cut
              << " orders cut off\n";
}

}  // namespace
}  // namespace barrow::stress
