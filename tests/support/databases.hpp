// Throw-away databases: one fresh, migrated database for each test, on either engine.
//
// The PostgreSQL server is started by the first test that asks for it, in a directory of its own, on a unix socket only, and
// stopped when the test program ends. BARROW_TEST_POSTGRES=postgres://… takes a server that is running already instead.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "floor/base/random.hpp"
#include "floor/base/time.hpp"
#include "floor/store/store.hpp"

namespace barrow::testing {

using Engine = store::Database::Engine;

enum class Schema : std::uint8_t { migrated, empty };

class TestDatabase {
public:
    explicit TestDatabase(Engine engine, store::Options options = {}, Schema schema = Schema::migrated);
    ~TestDatabase();
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;

    store::Database& operator*() { return *database_; }
    store::Database* operator->() { return database_.get(); }
    [[nodiscard]] const std::string& url() const { return url_; }
    // Closes the database and opens it again, as a restarted program does.
    void reopen(store::Options options = {});
    // Runs SQL text that no room has: tables of a test, a look at rows. Statements without an answer give empty rows.
    store::Rows sql(const std::string& text, std::vector<store::Value> values = {});

private:
    Engine engine_;
    Schema schema_;
    std::string place_, url_;  // the directory (SQLite) or the database's name (PostgreSQL)
    std::unique_ptr<store::Database> database_;
};

// TEST_P cases of a fixture below this one run on SQLite and on PostgreSQL; name it in BARROW_BOTH_ENGINES.
class OnBothEngines : public ::testing::TestWithParam<Engine> {
protected:
    TestDatabase db{GetParam()};
    SeededRandom random{1};
    Instant now{1'795'000'000'000'000};  // an afternoon in November 2026
};

inline std::string engine_name(const ::testing::TestParamInfo<Engine>& info) {
    return info.param == Engine::sqlite ? "sqlite" : "postgres";
}

}  // namespace barrow::testing

#define BARROW_BOTH_ENGINES(fixture)                                                                                                      \
    INSTANTIATE_TEST_SUITE_P(Engines, fixture, ::testing::Values(::barrow::testing::Engine::sqlite, ::barrow::testing::Engine::postgres), \
                             ::barrow::testing::engine_name)
