// What the store promises, on both engines.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <limits>

#include "floor/store/batch.hpp"
#include "floor/store/engine.hpp"
#include "support/databases.hpp"

namespace barrow::store {
namespace {

using testing::Engine;
using testing::TestDatabase;

constexpr Query add_thing{"test.add_thing", "INSERT INTO thing (shop_id, id, name, count) VALUES ($1, $2, $3, $4)"};
constexpr Query read_thing{"test.read_thing", "SELECT id, name, count FROM thing WHERE shop_id = $1 AND id = $2"};
constexpr Query count_things{"test.count_things", "SELECT CAST(COUNT(*) AS BIGINT) AS n FROM thing WHERE shop_id = $1"};
constexpr Query set_count{"test.set_count", "UPDATE thing SET count = $3 WHERE shop_id = $1 AND id = $2"};
constexpr Query take_one{"test.take_one",
                         "UPDATE thing SET count = count - $3 WHERE shop_id = $1 AND id = $2 AND count >= $3 RETURNING count"};
constexpr Query add_part{"test.add_part", "INSERT INTO part (shop_id, thing_id, id) VALUES ($1, $2, $3)"};

class Store : public testing::OnBothEngines {
protected:
    void SetUp() override {
        db.sql(
            "CREATE TABLE thing (shop_id TEXT NOT NULL, id TEXT NOT NULL, name TEXT, count BIGINT CHECK (count >= 0), "
            "PRIMARY KEY (shop_id, id))");
        db.sql(
            "CREATE TABLE part (shop_id TEXT NOT NULL, thing_id TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (shop_id, id), "
            "FOREIGN KEY (shop_id, thing_id) REFERENCES thing (shop_id, id))");
    }
    Status add(const char* id, Value count = 1, Value name = "lamp") {
        return db->write_now([&](Tx& tx) -> Status {
            TRY(tx.run(add_thing, {"a", id, name, count}));
            return {};
        });
    }
    std::int64_t things() {
        return db->read_now([](Tx& tx) -> Result<std::int64_t> { return TRY(tx.run(count_things, {"a"}))[0].integer("n"); }).value();
    }
    std::int64_t count_of(const char* id) {
        return db
            ->read_now([&](Tx& tx) -> Result<std::int64_t> {
                const auto rows = TRY(tx.run(read_thing, {"a", id}));
                return rows[0].integer("count");
            })
            .value();
    }
};
BARROW_BOTH_ENGINES(Store);

TEST_P(Store, gives_values_back_as_they_were) {
    struct Case {
        const char* id;
        Value name, count;
    };
    const Case cases[] = {{"plain", "lamp", 7},
                          {"nothing", nullptr, nullptr},
                          {"empty", "", 0},
                          {"quotes", "O'Brien \"x\" \\ $1 -- ;", amount_minor_max},
                          {"unicode", "Lämpchen 灯 🏮\nsecond line", std::numeric_limits<std::int64_t>::max()}};
    for (const auto& c : cases) ASSERT_TRUE(add(c.id, c.count, c.name)) << c.id;
    for (const auto& c : cases) {
        const auto rows = db.sql("SELECT id, name, count FROM thing WHERE shop_id = $1 AND id = $2", {"a", c.id});
        ASSERT_EQ(rows.size(), 1U);
        EXPECT_EQ(rows[0].at("name"), c.name) << c.id;
        EXPECT_EQ(rows[0].at("count"), c.count) << c.id;
        EXPECT_EQ(rows[0].maybe_integer("count").has_value(), !c.count.is_null());
    }
}

TEST_P(Store, binds_by_the_number_and_not_by_first_appearance) {
    const auto rows = db.sql("SELECT CAST($2 AS TEXT) AS second, CAST($1 AS TEXT) AS first, CAST($2 AS TEXT) AS again", {"one", "two"});
    EXPECT_EQ(rows[0].text("first"), "one");
    EXPECT_EQ(rows[0].text("second"), "two");
    EXPECT_EQ(rows[0].text("again"), "two");
}

TEST_P(Store, an_error_undoes_all_that_the_write_wrote) {
    const auto outcome = db->write_now([&](Tx& tx) -> Result<int> {
        TRY(tx.run(add_thing, {"a", "x", "lamp", 1}));
        return fail(Fault::sold_out, "no");
    });
    EXPECT_EQ(outcome.error().fault, Fault::sold_out);
    EXPECT_EQ(things(), 0);
}

TEST_P(Store, an_attempt_undoes_only_its_own_part) {
    const auto outcome = db->write_now([&](Tx& tx) -> Status {
        TRY(tx.run(add_thing, {"a", "before", "lamp", 1}));
        const auto part = tx.attempt([&]() -> Status {
            TRY(tx.run(add_thing, {"a", "inside", "lamp", 1}));
            const auto inner = tx.attempt([&]() -> Status {
                TRY(tx.run(add_thing, {"a", "before", "twice", 1}));
                return {};
            });
            EXPECT_EQ(inner.error().fault, Fault::conflict);
            return fail(Fault::conflict, "undo me");
        });
        EXPECT_FALSE(part);
        TRY(tx.run(add_thing, {"a", "after", "lamp", 1}));
        return {};
    });
    ASSERT_TRUE(outcome) << outcome.error().text;
    EXPECT_EQ(things(), 2);
}

TEST_P(Store, says_which_kind_of_refusal_it_was) {
    ASSERT_TRUE(add("x"));
    EXPECT_EQ(add("x").error().fault, Fault::conflict);
    EXPECT_EQ(add("negative", -1).error().fault, Fault::storage);
    const auto orphan = db->write_now([](Tx& tx) { return tx.run(add_part, {"a", "nobody", "p"}); });
    EXPECT_EQ(orphan.error().fault, Fault::conflict);
    const auto nonsense = db->write_now([](Tx& tx) { return tx.run(Query{"", "SELECT nothing FROM nowhere"}); });
    EXPECT_EQ(nonsense.error().fault, Fault::storage);
    EXPECT_EQ(things(), 1);
}

TEST_P(Store, a_swallowed_error_never_becomes_half_a_commit) {
    ASSERT_TRUE(add("x"));
    const auto outcome = db->write_now([&](Tx& tx) -> Status {
        TRY(tx.run(add_thing, {"a", "y", "lamp", 1}));
        (void)tx.run(add_thing, {"a", "x", "lamp", 1}).ok();
        return {};
    });
    // SQLite undoes the one statement and goes on; PostgreSQL refuses the whole. Neither tells a lie.
    EXPECT_EQ(things(), outcome ? 2 : 1);
}

TEST_P(Store, many_sets_of_values_are_answered_in_order) {
    ASSERT_TRUE(add("x", 10));
    const auto answers = db->write_now([&](Tx& tx) -> Result<std::vector<Rows>> {
        const std::vector<std::vector<Value>> sets = {{"a", "x", 4}, {"a", "x", 7}, {"a", "x", 6}, {"a", "y", 1}};
        return tx.run_many(take_one, sets);
    });
    ASSERT_TRUE(answers) << answers.error().text;
    ASSERT_EQ(answers->size(), 4U);
    EXPECT_EQ((*answers)[0][0].integer("count"), 6);
    EXPECT_TRUE((*answers)[1].empty());
    EXPECT_EQ((*answers)[2][0].integer("count"), 0);
    EXPECT_TRUE((*answers)[3].empty());

    const auto refused = db->write_now([&](Tx& tx) -> Status {
        const std::vector<std::vector<Value>> sets = {{"a", "y", "lamp", 1}, {"a", "x", "twice", 1}, {"a", "z", "lamp", 1}};
        const auto part = tx.attempt([&]() -> Status {
            TRY(tx.run_many(add_thing, sets));
            return {};
        });
        EXPECT_EQ(part.error().fault, Fault::conflict);
        TRY(tx.run(add_thing, {"a", "afterwards", "lamp", 1}));
        return {};
    });
    ASSERT_TRUE(refused) << refused.error().text;
    EXPECT_EQ(things(), 2);
}

TEST_P(Store, a_read_cannot_write_and_sees_one_moment) {
    ASSERT_TRUE(add("x", 1));
    EXPECT_FALSE(db->read_now([](Tx& tx) { return tx.run(add_thing, {"a", "y", "lamp", 1}); }));
    EXPECT_EQ(things(), 1);
    const auto seen = db->read_now([&](Tx& tx) -> Result<std::int64_t> {
        TRY(tx.run(count_things, {"a"}));
        EXPECT_TRUE(add("y"));
        return TRY(tx.run(count_things, {"a"}))[0].integer("n");
    });
    EXPECT_EQ(*seen, 1);
    EXPECT_EQ(things(), 2);
}

TEST_P(Store, what_was_told_is_there_after_a_restart) {
    ASSERT_TRUE(add("x", 5));
    db.reopen();
    EXPECT_EQ(count_of("x"), 5);
}

// Reads a row, thinks, writes it back: on either engine two such writes must not lose one another's change.
TEST_P(Store, writes_that_cross_lose_nothing) {
    ASSERT_TRUE(add("x", 0));
    std::vector<std::thread> people;
    std::atomic<int> told = 0;
    for (int i = 0; i < 4; ++i) {
        people.emplace_back([&] {
            for (int n = 0; n < 10; ++n) {
                const auto outcome = db->write_now([&](Tx& tx) -> Status {
                    const auto rows = TRY(tx.run(read_thing, {"a", "x"}));
                    TRY(tx.run(set_count, {"a", "x", rows[0].integer("count") + 1}));
                    return {};
                });
                if (outcome) ++told;
            }
        });
    }
    for (auto& person : people) person.join();
    EXPECT_EQ(told, 40);
    EXPECT_EQ(count_of("x"), told);
}

TEST_P(Store, runs_everything_on_the_calling_thread_when_asked_to) {
    ASSERT_TRUE(add("x", 1));
    db.reopen({.readers = 2, .writers = 4, .sqlite_vfs = {}, .inline_mode = true, .observer = {}});
    const auto here = std::this_thread::get_id();
    Loop loop;
    auto task = [](Database& database, std::thread::id me) -> Task<Result<std::int64_t>> {
        const auto written = co_await database.write([me](Tx& tx) -> Status {
            EXPECT_TRUE(std::this_thread::get_id() == me);
            TRY(tx.run(set_count, {"a", "x", 9}));
            return {};
        });
        EXPECT_TRUE(written);
        co_return co_await database.read([me](Tx& tx) -> Result<std::int64_t> {
            EXPECT_TRUE(std::this_thread::get_id() == me);
            const auto rows = TRY(tx.run(read_thing, {"a", "x"}));
            return rows[0].integer("count");
        });
    };
    const auto count = loop.wait(task(*db, here));
    EXPECT_EQ(*count, 9);
}

TEST_P(Store, shows_every_statement_to_the_observer) {
    std::vector<std::string> seen;
    db.reopen({.readers = 1,
               .writers = 1,
               .sqlite_vfs = {},
               .inline_mode = true,
               .observer = [&](const Query& query, std::span<const Value> values, const Result<Rows>& rows) {
                   seen.push_back(std::string(query.name) + " " + std::to_string(values.size()) + (rows ? " ok" : " refused"));
               }});
    seen.clear();
    (void)add("x").ok();
    (void)add("x").ok();
    EXPECT_EQ(seen, (std::vector<std::string>{"test.add_thing 4 ok", "test.add_thing 4 refused"}));
}

TEST_P(Store, a_batch_locks_a_hot_row_once_for_all_who_wait) {
    ASSERT_TRUE(add("x", 20));
    std::atomic<int> transactions = 0;
    Batcher<int, std::int64_t> batcher(*db, [&](Tx& tx, std::span<const int> wanted) -> Result<std::vector<Result<std::int64_t>>> {
        ++transactions;
        std::vector<std::vector<Value>> sets;
        for (const auto pieces : wanted) sets.push_back({"a", "x", pieces});
        const auto answers = TRY(tx.run_many(take_one, sets));
        std::vector<Result<std::int64_t>> replies;
        for (const auto& rows : answers) {
            if (rows.empty()) {
                replies.emplace_back(fail(Fault::sold_out, "none left"));
            } else {
                replies.emplace_back(rows[0].integer("count"));
            }
        }
        return replies;
    });
    Loop loop;
    int won = 0, lost = 0, answered = 0;
    auto buyer = [](Batcher<int, std::int64_t>& line) -> Task<Result<std::int64_t>> { co_return co_await line.add("a", 1); };
    for (int i = 0; i < 200; ++i) {
        start<Result<std::int64_t>>(loop, buyer(batcher), [&](Result<std::int64_t> left) {
            ++answered;
            ++(left ? won : lost);
        });
    }
    while (answered < 200) loop.run_ready();
    EXPECT_EQ(won, 20);
    EXPECT_EQ(lost, 180);
    EXPECT_EQ(count_of("x"), 0);
    EXPECT_LE(transactions, 100);
    db->drain();
}

TEST_P(Store, drain_waits_for_what_was_submitted) {
    std::atomic<int> answered = 0;
    for (int i = 0; i < 50; ++i) {
        db->submit({Database::Kind::write,
                    [i](Tx& tx) -> Status {
                        TRY(tx.run(add_thing, {"a", std::to_string(i), "lamp", 1}));
                        return {};
                    },
                    [&](Status status) { answered += status.ok() ? 1 : 0; }});
    }
    db->drain();
    EXPECT_EQ(answered, 50);
    EXPECT_EQ(things(), 50);
}

// One fsync for a group: and when it fails, nobody of the group was told yes.
TEST(SqliteGroup, a_failed_commit_is_told_to_all_of_the_group) {
    TestDatabase db(Engine::sqlite);
    db.sql("CREATE TABLE thing (id TEXT PRIMARY KEY)");
    db.sql("CREATE TABLE part (id TEXT PRIMARY KEY, thing_id TEXT REFERENCES thing (id))");
    std::promise<void> busy, gather;
    std::vector<std::future<bool>> told;
    const auto submit = [&](std::function<Status(Tx&)> run) {
        auto promise = std::make_shared<std::promise<bool>>();
        told.push_back(promise->get_future());
        db->submit({Database::Kind::write, std::move(run), [promise](Status status) { promise->set_value(status.ok()); }});
    };
    const auto insert = [](const char* text) {
        return [text](Tx& tx) -> Status {
            TRY(tx.run(Query{"", text}));
            return {};
        };
    };
    submit([&](Tx&) -> Status {
        busy.set_value();
        gather.get_future().wait();
        return {};
    });
    busy.get_future().wait();  // the writer is at work alone, so what follows gathers into one group
    submit(insert("INSERT INTO thing (id) VALUES ('good')"));
    submit([](Tx& tx) -> Status {
        // An orphan that only the COMMIT will notice.
        TRY(tx.run(Query{"", "PRAGMA defer_foreign_keys = ON"}));
        TRY(tx.run(Query{"", "INSERT INTO part (id, thing_id) VALUES ('orphan', 'nobody')"}));
        return {};
    });
    submit([](Tx&) -> Status { return fail(Fault::sold_out, "decided on a neighbour's row"); });
    gather.set_value();
    std::vector<bool> answers;
    for (auto& one : told) answers.push_back(one.get());
    EXPECT_EQ(answers, (std::vector<bool>{true, false, false, false}));
    EXPECT_EQ(db.sql("SELECT id FROM thing").size(), 0U);
    // The next write finds the writer in order.
    EXPECT_TRUE(db->write_now(insert("INSERT INTO thing (id) VALUES ('next')")));
    EXPECT_EQ(db.sql("SELECT id FROM thing").size(), 1U);
}

TEST(SqliteGroup, one_refusal_does_not_touch_its_neighbours) {
    TestDatabase db(Engine::sqlite);
    db.sql("CREATE TABLE thing (id BIGINT PRIMARY KEY)");
    std::promise<void> gather;
    auto open = std::make_shared<std::shared_future<void>>(gather.get_future());
    std::atomic<int> yes = 0, no = 0;
    for (int i = 0; i < 30; ++i) {
        db->submit({Database::Kind::write,
                    [i, open](Tx& tx) -> Status {
                        open->wait();
                        TRY(tx.run(Query{"test.add", "INSERT INTO thing (id) VALUES ($1)"}, {i}));
                        if (i % 3 == 0) return fail(Fault::conflict, "not this one");
                        return {};
                    },
                    [&](Status status) { ++(status ? yes : no); }});
    }
    gather.set_value();
    db->drain();
    EXPECT_EQ(yes, 20);
    EXPECT_EQ(no, 10);
    EXPECT_EQ(db.sql("SELECT id FROM thing").size(), 20U);
}

TEST(Postgres, comes_back_when_its_connections_were_cut) {
    TestDatabase db(Engine::postgres);
    db.sql("CREATE TABLE thing (id BIGINT PRIMARY KEY)");
    TestDatabase other(Engine::postgres);
    other.sql(
        "SELECT CAST(COUNT(pg_terminate_backend(pid)) AS BIGINT) AS n FROM pg_stat_activity WHERE datname <> current_database() "
        "AND datname LIKE 'barrow_test_%'");
    db.sql("INSERT INTO thing (id) VALUES (1)");
    EXPECT_EQ(db->read_now([](Tx& tx) { return tx.run(Query{"", "SELECT id FROM thing"}); })->size(), 1U);
}

class Migrations : public ::testing::TestWithParam<Engine> {};
BARROW_BOTH_ENGINES(Migrations);

constexpr Migration first{
    1, "0001_first",
    "-- A table.\nCREATE TABLE first (\n  id TEXT PRIMARY KEY -- its name\n);\n\nINSERT INTO first (id) VALUES ('a;b');\n"};
constexpr Migration second{2, "0002_second", "CREATE TABLE second (id TEXT PRIMARY KEY);\n"};
constexpr Migration broken{3, "0003_broken", "CREATE TABLE third (id TEXT PRIMARY KEY);\nCREATE TABLE second (id TEXT PRIMARY KEY);\n"};

TEST_P(Migrations, are_applied_once_in_order_and_each_whole_or_not_at_all) {
    TestDatabase db(GetParam(), {}, testing::Schema::empty);
    const Migration both[] = {first, second};
    const Migration all[] = {first, second, broken};
    EXPECT_EQ(*migrate(*db, std::span(both, 1)), 1);
    EXPECT_EQ(*migrate(*db, both), 1);
    EXPECT_EQ(*migrate(*db, both), 0);
    EXPECT_FALSE(migrate(*db, all));
    db.sql("CREATE TABLE third (id TEXT PRIMARY KEY)");
    EXPECT_EQ(db.sql("SELECT number, name FROM schema_version").size(), 2U);
    EXPECT_EQ(db.sql("SELECT id FROM first")[0].text("id"), "a;b");
}

TEST_P(Migrations, refuse_a_schema_from_the_future) {
    TestDatabase db(GetParam());
    db.sql("INSERT INTO schema_version (number, name) VALUES (9999, '9999_later')");
    EXPECT_FALSE(db->migrate());
    EXPECT_EQ(Database::open(db.url()).error().fault, Fault::storage);
}

class Queries : public ::testing::TestWithParam<Engine> {};
BARROW_BOTH_ENGINES(Queries);

// Every named statement of every room is understood by both engines, with the schema as it is.
TEST_P(Queries, are_understood) {
    TestDatabase db(GetParam());
    for (const auto* query : all_queries()) {
        std::size_t count = 0;
        for (std::size_t n = 1; query->text.find("$" + std::to_string(n)) != std::string_view::npos; ++n) count = n;
        const std::vector<Value> nothing(count, Value(nullptr));
        const auto text = "EXPLAIN " + std::string(query->text);
        const auto outcome = db->write_now([&](Tx& tx) -> Status {
            auto rows = tx.run(Query{"", text}, nothing);
            // SQLite's plan has columns that are no text; a statement that cannot be prepared fails otherwise.
            if (!rows && rows.error().text.find("neither an integer nor text") == std::string::npos) return std::move(rows).error();
            return {};
        });
        EXPECT_TRUE(outcome) << query->name << ": " << outcome.error().text;
    }
}

TEST(Open, refuses_what_is_no_database) {
    EXPECT_EQ(Database::open("mysql://x").error().fault, Fault::bad_input);
    EXPECT_EQ(Database::open("sqlite:/nowhere/at/all.db").error().fault, Fault::storage);
    EXPECT_EQ(Database::open("postgres:///x?host=/nowhere").error().fault, Fault::storage);
}

}  // namespace
}  // namespace barrow::store
