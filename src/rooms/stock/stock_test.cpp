#include "rooms/stock/stock.hpp"

#include <gtest/gtest.h>

#include "rooms/stock/standing.hpp"
#include "support/databases.hpp"

namespace barrow::stock {
namespace {

const Id<access::Shop> mira{"mira"}, tom{"tom"};
const Id<catalog::Product> lamp{"lamp"};
const Id<Allotment> open = open_allotment(lamp);
const Id<Allotment> drop{"drop"};

class Stock : public testing::OnBothEngines {
protected:
    template <class Fn>
    auto write(Fn fn) {
        return db->write_now(fn);
    }
    void deliver(const Id<access::Shop>& shop, std::int64_t pieces, const char* subject = "delivery") {
        const auto left = write([&](store::Tx& tx) { return receive(tx, shop, lamp, pieces, subject, now); });
        ASSERT_TRUE(left) << left.error().text;
    }
    Result<Allotment> make_drop(std::int64_t units, std::optional<std::int64_t> per_buyer = {}, std::optional<Instant> closes = {}) {
        return write([&](store::Tx& tx) {
            return open_drop(tx, mira, {.id = drop, .product = lamp, .units = units, .per_buyer_max = per_buyer, .closes = closes}, now);
        });
    }
    Claim wish(const char* id, std::int64_t pieces = 1, const char* buyer = "", const Id<Allotment>& from = open,
               const Id<access::Shop>& shop = mira) {
        return {.shop = shop, .id = {id}, .allotment = from, .pieces = pieces, .buyer = buyer, .expires = now + minutes(5)};
    }
    std::vector<Result<Held>> claim_all(std::vector<Claim> wishes) {
        auto replies = write([&](store::Tx& tx) { return claim(tx, wishes, now); });
        EXPECT_TRUE(replies) << replies.error().text;
        return replies ? std::move(*replies) : std::vector<Result<Held>>();
    }
    // "ok", or why not.
    std::string claim_one(const Claim& wish) {
        const auto replies = claim_all({wish});
        return replies[0] ? "ok" : std::string(name(replies[0].error().fault));
    }
    std::string counts(const Id<Allotment>& id, const Id<access::Shop>& shop = mira) {
        return db
            ->read_now([&](store::Tx& tx) -> Result<std::string> {
                const auto found = TRY(find(tx, shop, id));
                const auto sound = TRY(adds_up(tx, shop, id));
                return std::to_string(found.left_count) + " left " + std::to_string(found.held_count) + " held " +
                       std::to_string(found.taken_count) + " taken" + (sound ? "" : " BUT THE MOVEMENTS SAY OTHERWISE");
            })
            .value();
    }
    Standing seen(Instant at) {
        return db->read_now([&](store::Tx& tx) { return standing(tx, mira, lamp, drop, at); }).value();
    }
    std::int64_t version() {
        return db->read_now([&](store::Tx& tx) { return version_of(tx, mira, lamp); }).value();
    }
    Status step() { return loop.wait(tick(*db, now)); }
    Loop loop;
    std::string take_it(const char* id) {
        const auto outcome = write([&](store::Tx& tx) { return take(tx, mira, {id}, now); });
        return outcome ? "ok" : std::string(name(outcome.error().fault));
    }
    std::string let_it_go(const char* id) {
        const auto outcome = write([&](store::Tx& tx) { return let_go(tx, mira, {id}, now); });
        if (!outcome) return std::string(name(outcome.error().fault));
        return *outcome ? std::to_string((*outcome)->left_count) + " left" : "nothing";
    }
};
BARROW_BOTH_ENGINES(Stock);

TEST_P(Stock, is_claimed_first_come_first_served_and_never_twice) {
    deliver(mira, 5);
    deliver(tom, 1);
    const auto replies =
        claim_all({wish("a", 2), wish("b", 4), wish("c", 3), wish("d"), wish("a", 2), wish("none", 1, "", {"nowhere"}), wish("zero", 0)});
    const std::string expected[] = {"ok", "sold_out", "ok", "sold_out", "ok", "not_found", "bad_input"};
    for (std::size_t i = 0; i < std::size(expected); ++i) {
        EXPECT_EQ(replies[i] ? "ok" : std::string(name(replies[i].error().fault)), expected[i]) << i;
    }
    EXPECT_EQ(replies[0]->left_count, 0);
    EXPECT_EQ(counts(open), "0 left 5 held 0 taken");
    // Asked again after the answer was lost.
    EXPECT_EQ(claim_one(wish("a", 2)), "ok");
    EXPECT_EQ(counts(open), "0 left 5 held 0 taken");
    EXPECT_EQ(counts(open, tom), "1 left 0 held 0 taken");
    EXPECT_EQ(claim_one(wish("a", 1, "", open, tom)), "ok");
    EXPECT_EQ(claim_one(wish("b", 1, "", open, tom)), "sold_out");
}

TEST_P(Stock, a_claim_is_taken_or_let_go_once) {
    deliver(mira, 3);
    EXPECT_EQ(claim_one(wish("a")), "ok");
    EXPECT_EQ(claim_one(wish("b", 2)), "ok");
    EXPECT_EQ(take_it("a"), "ok");
    EXPECT_EQ(take_it("a"), "ok");
    EXPECT_EQ(let_it_go("a"), "conflict");
    EXPECT_EQ(let_it_go("b"), "2 left");
    EXPECT_EQ(let_it_go("b"), "nothing");
    EXPECT_EQ(take_it("b"), "gone");
    EXPECT_EQ(claim_one(wish("b")), "gone");
    EXPECT_EQ(take_it("never"), "not_found");
    EXPECT_EQ(counts(open), "2 left 0 held 1 taken");
}

TEST_P(Stock, a_drop_has_its_own_units_a_limit_and_a_deadline) {
    deliver(mira, 10);
    EXPECT_EQ(make_drop(11).error().fault, Fault::sold_out);
    EXPECT_EQ(make_drop(6, 2, now).error().fault, Fault::bad_input);
    ASSERT_TRUE(make_drop(6, 2, now + minutes(10)));
    EXPECT_EQ(counts(open), "4 left 0 held 0 taken");
    const auto replies = claim_all({wish("a", 2, "ana", drop), wish("b", 1, "ana", drop), wish("c", 1, "ben", drop),
                                    wish("d", 2, "ben", drop), wish("e", 3, "cem", drop)});
    EXPECT_TRUE(replies[0]);
    EXPECT_EQ(replies[1].error().fault, Fault::conflict);
    EXPECT_TRUE(replies[2]);
    EXPECT_EQ(replies[3].error().fault, Fault::conflict);
    EXPECT_EQ(replies[4].error().fault, Fault::conflict);
    EXPECT_EQ(claim_one(wish("f", 1, "ana", drop)), "conflict");
    EXPECT_EQ(claim_one(wish("g", 5)), "sold_out");  // plain sale has its own four
    EXPECT_EQ(let_it_go("a"), "5 left");
    EXPECT_EQ(claim_one(wish("h", 2, "ana", drop)), "ok");
    now = now + minutes(10) - microseconds(1);
    EXPECT_EQ(claim_one(wish("i", 1, "dee", drop)), "ok");
    now = now + microseconds(1);
    EXPECT_EQ(claim_one(wish("j", 1, "eva", drop)), "gone");
}

TEST_P(Stock, what_a_drop_did_not_sell_goes_back_to_plain_sale) {
    deliver(mira, 10);
    ASSERT_TRUE(make_drop(6));
    EXPECT_EQ(claim_one(wish("a", 1, "", drop)), "ok");
    EXPECT_EQ(claim_one(wish("b", 2, "", drop)), "ok");
    EXPECT_EQ(take_it("a"), "ok");
    const auto close = [&] { return write([&](store::Tx& tx) { return close_drop(tx, mira, drop, now); }); };
    EXPECT_TRUE(close());
    EXPECT_TRUE(close());
    EXPECT_EQ(counts(drop), "0 left 2 held 1 taken");
    EXPECT_EQ(counts(open), "7 left 0 held 0 taken");
    EXPECT_EQ(claim_one(wish("c", 1, "", drop)), "gone");
    EXPECT_EQ(let_it_go("b"), "9 left");
    EXPECT_EQ(counts(drop), "0 left 0 held 1 taken");
    EXPECT_EQ(counts(open), "9 left 0 held 0 taken");
}

// Nobody has to press a button: at its deadline a drop is over for whoever looks, and a step later its rest is for sale again.
TEST_P(Stock, a_drop_ends_at_its_deadline_by_itself) {
    deliver(mira, 10);
    const auto deadline = now + minutes(3);
    ASSERT_TRUE(make_drop(6, {}, deadline));
    EXPECT_EQ(claim_one(wish("a", 2, "", drop)), "ok");
    EXPECT_EQ(seen(deadline - microseconds(1)).words, "4 left");
    EXPECT_EQ(seen(deadline - microseconds(1)).allotment, drop);
    // The clock has not stepped yet. What is offered is what can be held.
    EXPECT_EQ(seen(deadline).allotment, open);
    EXPECT_FALSE(seen(deadline).closes);
    now = deadline - microseconds(1);
    EXPECT_TRUE(step());
    EXPECT_EQ(counts(drop), "4 left 2 held 0 taken");
    now = deadline;
    EXPECT_EQ(claim_one(wish("b", 1, "", drop)), "gone");
    EXPECT_TRUE(step());
    EXPECT_TRUE(step());
    EXPECT_EQ(counts(drop), "0 left 2 held 0 taken");
    EXPECT_EQ(counts(open), "8 left 0 held 0 taken");
    // Overlays hear of it.
    EXPECT_EQ(db.sql("SELECT key FROM promise WHERE shop_id = 'mira' AND key LIKE '%:closed:%'").size(), 2U);
    // What was held when it ended goes the same way.
    now = now + minutes(2);
    EXPECT_TRUE(step());
    EXPECT_EQ(counts(drop), "0 left 0 held 0 taken");
    EXPECT_EQ(counts(open), "10 left 0 held 0 taken");
}

TEST_P(Stock, the_end_of_a_drop_that_sold_out_is_heard_too) {
    deliver(mira, 2);
    ASSERT_TRUE(make_drop(2, {}, now + minutes(3)));
    EXPECT_EQ(claim_one(wish("a", 2, "", drop)), "ok");
    EXPECT_EQ(take_it("a"), "ok");
    now = now + minutes(3);
    EXPECT_TRUE(step());
    EXPECT_EQ(counts(drop), "0 left 0 held 2 taken");
    EXPECT_EQ(db.sql("SELECT key FROM promise WHERE shop_id = 'mira' AND key = 'drop:closed'").size(), 1U);
}

TEST_P(Stock, one_shops_trouble_is_not_the_others) {
    for (const auto& shop : {mira, tom}) {
        deliver(shop, 3);
        EXPECT_EQ(claim_one(wish("a", 2, "", open, shop)), "ok");
    }
    // Mira's claim cannot be let go: that movement is there already.
    db.sql("INSERT INTO movement (shop_id, allotment_id, kind, subject, pieces, at_us) VALUES ('mira', 'lamp', 'let_go', 'a', 2, 0)");
    now = now + minutes(5);
    const auto stepped = step();
    ASSERT_FALSE(stepped);
    EXPECT_TRUE(stepped.error().text.starts_with("claims of shop mira: ")) << stepped.error().text;
    EXPECT_EQ(counts(open, tom), "3 left 0 held 0 taken");
    db.sql("DELETE FROM movement WHERE shop_id = 'mira' AND kind = 'let_go'");
    EXPECT_TRUE(step());
    EXPECT_EQ(counts(open), "3 left 0 held 0 taken");
}

// By it whoever listens drops a count that was overtaken on its way.
TEST_P(Stock, every_change_of_a_product_raises_its_version) {
    deliver(mira, 10);
    auto before = version();
    const auto risen = [&](const char* what) {
        EXPECT_GT(version(), before) << what;
        before = version();
    };
    ASSERT_TRUE(make_drop(6, {}, now + minutes(3)));
    risen("a drop opens");
    EXPECT_EQ(claim_one(wish("a", 1, "", drop)), "ok");
    risen("a claim of the drop");
    EXPECT_EQ(claim_one(wish("b")), "ok");
    risen("a claim of plain sale");
    EXPECT_EQ(take_it("a"), "ok");
    risen("taken");
    EXPECT_EQ(let_it_go("b"), "4 left");
    risen("let go");
    now = now + minutes(3);
    EXPECT_TRUE(step());
    risen("the drop ends");
    EXPECT_TRUE(step());
    EXPECT_EQ(version(), before);
}

TEST_P(Stock, claims_nobody_came_back_for_are_let_go_at_their_time) {
    deliver(mira, 10);
    claim_all({wish("a", 2), wish("b", 3), wish("c", 1)});
    EXPECT_TRUE(write([&](store::Tx& tx) { return extend(tx, mira, {"c"}, now + minutes(15)); }));
    EXPECT_EQ(take_it("b"), "ok");
    const auto expire = [&](Instant at) { return write([&](store::Tx& tx) { return expire_due(tx, mira, at); }).value(); };
    EXPECT_TRUE(expire(now + minutes(5) - microseconds(1)).empty());
    EXPECT_EQ(db->read_now([&](store::Tx& tx) { return shops_with_due_claims(tx, now + minutes(5), 10); })->size(), 1U);
    const auto freed = expire(now + minutes(5));
    ASSERT_EQ(freed.size(), 1U);
    EXPECT_EQ(freed[0].pieces, 2);
    EXPECT_EQ(freed[0].left_count, 6);
    EXPECT_EQ(counts(open), "6 left 1 held 3 taken");
    EXPECT_EQ(expire(now + minutes(15)).size(), 1U);
    EXPECT_EQ(counts(open), "7 left 0 held 3 taken");
    EXPECT_TRUE(db->read_now([&](store::Tx& tx) { return shops_with_due_claims(tx, now + days(1), 10); })->empty());
}

TEST_P(Stock, a_delivery_counts_once_and_breakage_cannot_exceed_what_is_left) {
    deliver(mira, 5, "monday");
    const auto twice = write([&](store::Tx& tx) { return receive(tx, mira, lamp, 5, "monday", now); });
    EXPECT_EQ(twice.error().fault, Fault::conflict);
    EXPECT_EQ(claim_one(wish("a", 4)), "ok");
    EXPECT_EQ(write([&](store::Tx& tx) { return receive(tx, mira, lamp, -2, "broken", now); }).error().fault, Fault::sold_out);
    EXPECT_EQ(*write([&](store::Tx& tx) { return receive(tx, mira, lamp, -1, "broken", now); }), 0);
    EXPECT_EQ(counts(open), "0 left 4 held 0 taken");
}

// Any order of deliveries, drops, claims, takings and expiries: the movements add up to the rows.
TEST_P(Stock, adds_up_whatever_happens) {
    deliver(mira, 40);
    ASSERT_TRUE(make_drop(15, 3));
    std::vector<std::string> ids;
    for (int step = 0; step < 60; ++step) {
        const auto pick = [&] { return ids.empty() ? std::string("none") : ids[random.below(ids.size())]; };
        switch (random.below(6)) {
            case 0:
            case 1:
            case 2: {
                ids.push_back("c" + std::to_string(step));
                const auto buyer = std::to_string(random.below(4));
                claim_all({wish(ids.back().c_str(), static_cast<std::int64_t>(random.below(3)) + 1, buyer.c_str(),
                                random.below(2) == 0 ? open : drop)});
                break;
            }
            case 3:
                take_it(pick().c_str());
                break;
            case 4:
                let_it_go(pick().c_str());
                break;
            default:
                now = now + minutes(2);
                ASSERT_TRUE(write([&](store::Tx& tx) { return expire_due(tx, mira, now); }));
        }
        if (step == 45) {
            ASSERT_TRUE(write([&](store::Tx& tx) { return close_drop(tx, mira, drop, now); }));
        }
    }
    for (const auto& id : {open, drop}) EXPECT_EQ(counts(id).find("BUT"), std::string::npos) << counts(id);
    std::int64_t sum = 0;
    for (const auto& one : *db->read_now([&](store::Tx& tx) { return allotments(tx, mira, lamp); }))
        sum += one.left_count + one.held_count + one.taken_count;
    EXPECT_EQ(sum, 40);
}

TEST_P(Stock, tells_those_who_waited_longest) {
    const auto join = [&](const char* who) {
        now = now + seconds(1);
        EXPECT_TRUE(write([&](store::Tx& tx) { return join_waitlist(tx, mira, lamp, who, now); }));
    };
    for (const char* who : {"zoe@x.example", "ana@x.example", "zoe@x.example", "ben@x.example"}) join(who);
    EXPECT_EQ(*db->read_now([&](store::Tx& tx) { return waiting_count(tx, mira, lamp); }), 3);
    EXPECT_EQ(*db->read_now([&](store::Tx& tx) { return waiting_count(tx, tom, lamp); }), 0);
    EXPECT_EQ(*write([&](store::Tx& tx) { return tell_waiting(tx, mira, lamp, 2, now); }),
              (std::vector<std::string>{"zoe@x.example", "ana@x.example"}));
    EXPECT_EQ(*write([&](store::Tx& tx) { return tell_waiting(tx, mira, lamp, 2, now); }), (std::vector<std::string>{"ben@x.example"}));
}

}  // namespace
}  // namespace barrow::stock
