// The click log, where the database lets it down.
#include "rooms/telemetry/clicks.hpp"

#include <gtest/gtest.h>

#include "support/app.hpp"

namespace barrow::testing {
namespace {

// A database whose answers to writes can get lost after the commit, as with a connection that breaks at that moment.
class Lossy final : public store::Database {
public:
    explicit Lossy(store::Database& real) : real_(real) {}
    int lost = 0;  // so many of the next answers

    [[nodiscard]] Engine engine() const override { return real_.engine(); }
    Result<int> migrate() override { return real_.migrate(); }
    void submit(Job job) override {
        if (job.kind == Kind::write && lost > 0) {
            --lost;
            job.done = [done = std::move(job.done)](const Status&) { done(fail(Fault::storage, "the connection is lost")); };
        }
        real_.submit(std::move(job));
    }
    void drain() override { real_.drain(); }

private:
    store::Database& real_;
};

class ClickLog : public ::testing::TestWithParam<Engine> {
protected:
    Status flush() {
        auto flushed = clicks.flush(db, app.clock.now());
        return app.loop.wait(flushed_of(std::move(flushed)));
    }
    static Task<Status> flushed_of(Later<Status> later) { co_return co_await later; }
    void click(std::int64_t link, int n = 1) {
        for (int i = 0; i < n; ++i) clicks.note({.shop = app.mira.id.text, .link = link, .country = {}, .referrer = {}, .source = {}});
    }
    std::int64_t logged() {
        const auto audit = app.db->read_now([&](store::Tx& tx) -> Result<telemetry::Audit> {
            access::Directory directory(app.secrets());
            TRY(directory.reload(tx));
            return telemetry::audit(tx, *directory.by_slug("mira"), {});
        });
        EXPECT_TRUE(audit.value().good());
        return audit.value().clicks;
    }

    TestApp app{GetParam()};
    Lossy db{*app.db};
    telemetry::Clicks clicks{"chain"};
};
BARROW_BOTH_ENGINES(ClickLog);

TEST_P(ClickLog, ACommitWhoseAnswerIsLostIsNeitherLostNorWrittenTwice) {
    click(1, 3);
    db.lost = 2;
    EXPECT_FALSE(flush());
    click(1, 4);
    EXPECT_FALSE(flush());
    EXPECT_TRUE(flush()) << "the block that stands there already is taken as written";
    EXPECT_TRUE(flush());
    click(2);
    EXPECT_TRUE(flush());
    EXPECT_TRUE(app.db->write_now([&](store::Tx& tx) -> Status {
        TRY(telemetry::roll_up(tx));
        return {};
    }));
    EXPECT_EQ(logged(), 8);
}

TEST_P(ClickLog, EveryShopsChainIsSealedHoweverManyThereAre) {
    constexpr int shops = 620;  // more than a turn seals, and most of them unknown here
    for (int i = 0; i < shops; ++i) {
        const auto shop = "shop-" + std::to_string(1'000 + i);
        clicks.note({.shop = shop, .link = 1, .country = {}, .referrer = {}, .source = {}});
    }
    click(1);
    ASSERT_TRUE(flush());
    access::Directory directory(app.secrets());
    ASSERT_TRUE(directory.reload(*app.db));
    int turns = 0;
    for (auto behind = std::optional(telemetry::ChainName()); behind; ++turns) {
        const auto sealed =
            app.db->write_now([&](store::Tx& tx) { return telemetry::seal_chains(tx, directory, *behind, app.clock.now()); });
        ASSERT_TRUE(sealed);
        behind = *sealed;
    }
    EXPECT_EQ(turns, 2);
    EXPECT_EQ(app.db.sql("SELECT shop_id FROM click_seal WHERE shop_id = '" + app.mira.id.text + "'").size(), 1U);
    for (int turn = 0; turn < 10; ++turn) {
        ASSERT_TRUE(app.db->write_now([&](store::Tx& tx) -> Status {
            TRY(telemetry::roll_up(tx));
            return {};
        }));
    }
    EXPECT_EQ(app.db.sql("SELECT chain FROM click_chain WHERE rolled < last").size(), 0U) << "no shop's totals stand still";
}

}  // namespace
}  // namespace barrow::testing
