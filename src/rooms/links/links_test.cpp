#include <gtest/gtest.h>

#include "rooms/links/follow.hpp"
#include "rooms/links/import/import.hpp"
#include "support/vectors.hpp"

namespace barrow::links {
namespace {

TEST(Link, takes_only_targets_that_lead_somewhere_safe) {
    const struct {
        const char* target;
        bool good;
    } cases[] = {{"https://shop.example/p/1?a=b", true},
                 {"http://shop.example", true},
                 {"/p/tide-lamp", true},
                 {"/", true},
                 {"", false},
                 {"javascript:alert(1)", false},
                 {"data:text/html,x", false},
                 {"//evil.example", false},
                 {"https://", false},
                 {"https:///x", false},
                 {"https://a.example/a b", false},
                 {"https://a.example/\r\nset-cookie: x", false},
                 {"/\\evil.example", false},
                 {"ftp://a", false}};
    for (const auto& c : cases) EXPECT_EQ(static_cast<bool>(examine_target(c.target)), c.good) << c.target;
}

TEST(Cache, keeps_for_its_life_and_forgets_one_shop) {
    Cache cache;
    const Id<access::Shop> mira{"a"}, tom{"b"};
    const Instant now{1'000'000'000};
    const auto to = [](const char* target) { return Destination{.target = target}; };
    cache.keep(mira, "x", to("/p/a"), now, cache.epoch());
    cache.keep(tom, "x", to("/p/b"), now, cache.epoch());
    EXPECT_EQ(cache.find(mira, "x", now)->target, "/p/a");
    EXPECT_EQ(cache.find(tom, "x", now)->target, "/p/b");
    EXPECT_FALSE(cache.find(mira, "x", now + Cache::life + seconds(1)));
    cache.forget(mira);
    EXPECT_FALSE(cache.find(mira, "x", now));
    EXPECT_TRUE(cache.find(tom, "x", now));
    const auto before = cache.epoch();
    cache.forget(tom);
    cache.keep(mira, "x", to("/p/old"), now, before);
    EXPECT_FALSE(cache.find(mira, "x", now)) << "what was read before a change is not kept after it";
    EXPECT_EQ(cache.size(), 0U);
}

TEST(Kutt, says_why_an_entry_stays_out) {
    const auto batch = import::read_kutt(R"({"data":[
        {"address":"a","target":"https://x.example/","visit_count":3,"created_at":"2026-11-23T03:56:20.000Z","banned":false,"password":false,"expire_in":null},
        {"address":"b","target":"https://x.example/","banned":true},
        {"address":"c","target":"https://x.example/","password":true},
        {"address":"d","target":"javascript:x"},
        {"address":"e","target":"https://x.example/","expire_in":"2020-01-01T00:00:00.000Z"},
        {"address":"f/g","target":"https://x.example/"}]})",
                                         Instant{1'763'899'200'000'000})
                           .value();
    ASSERT_EQ(batch.links.size(), 1U);
    EXPECT_EQ(batch.links[0].imported_clicks, 3);
    EXPECT_EQ(iso(batch.links[0].created), "2026-11-23T03:56:20Z");
    ASSERT_EQ(batch.refused.size(), 5U);
    EXPECT_EQ(batch.refused[0].why, "Kutt has banned it");
    EXPECT_EQ(batch.refused[4].where, "entry 6");
    EXPECT_EQ(batch.note, "");
    EXPECT_FALSE(import::read_kutt("{}", {}));
    EXPECT_FALSE(import::read_kutt("keyword\turl\n", {}));
}

TEST(Kutt, says_that_a_file_is_one_page_of_many) {
    const auto page = [](const std::string& counts) {
        return import::read_kutt("{" + counts + R"("data":[{"address":"a","target":"https://x.example/"}]})", {}).value().note;
    };
    EXPECT_EQ(page(R"("total":10000,"limit":3,"skip":6,)"),
              "this file holds 1 of 10,000 links; export the rest with ?limit=3&skip=7 and so on, and import each file");
    EXPECT_EQ(page(R"("total":10000,"limit":3,"skip":9999,)"),
              "this file holds 1 of 10,000 links; the earlier ones are files of their own, import them too");
    EXPECT_EQ(page(R"("total":1,"limit":10,"skip":0,)"), "");
    EXPECT_EQ(page(""), "");
}

TEST(Yourls, reads_the_table) {
    const auto batch = import::read_yourls(
                           "keyword\turl\ttitle\ttimestamp\tip\tclicks\nabc\thttps://x.example/\tt\t2026-11-23 "
                           "03:46:12\t127.0.0.1\t2\nb\tnowhere\t\t\t\t0\n")
                           .value();
    ASSERT_EQ(batch.links.size(), 1U);
    EXPECT_EQ(batch.links[0].slug, "abc");
    EXPECT_EQ(batch.links[0].imported_clicks, 2);
    EXPECT_EQ(iso(batch.links[0].created), "2026-11-23T03:46:12Z");
    EXPECT_EQ(batch.refused[0].where, "line 3");
}

TEST(Import, takes_every_entry_of_the_real_files) {
    NEED_VECTORS(kutt, "imports/kutt-live-api-v2-links.json");
    NEED_VECTORS(yourls, "imports/yourls-live-table-yourls_url.tsv");
    const auto page = import::read_kutt(*kutt, {}).value();
    EXPECT_EQ(page.links.size(), 3U);
    EXPECT_TRUE(page.note.starts_with("this file holds 3 of 10,000 links; ")) << page.note;
    const auto batch = import::read_yourls(*yourls).value();
    EXPECT_EQ(batch.links.size(), static_cast<std::size_t>(std::count(yourls->begin(), yourls->end(), '\n')) - 1);
    EXPECT_TRUE(batch.refused.empty());
}

}  // namespace
}  // namespace barrow::links
