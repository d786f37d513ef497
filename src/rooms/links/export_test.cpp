// What is exported comes back the same: any link, from both formats, on both engines; and so do the links of every real file.
#include "rooms/links/export.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "floor/sign/sign.hpp"
#include "rooms/links/import/import.hpp"
#include "rooms/links/link_json.hpp"
#include "support/databases.hpp"
#include "support/vectors.hpp"

namespace barrow::links {
namespace {

class Export : public testing::OnBothEngines {
protected:
    std::vector<Link> all(std::size_t shop) {
        std::vector<Link> links;
        for (std::int64_t after = 0;;) {
            const auto page = db->read_now([&](store::Tx& tx) { return made_after(tx, shops[shop], after); }).value();
            if (page.empty()) return links;
            after = page.back().number;
            links.insert(links.end(), page.begin(), page.end());
        }
    }
    std::string exported(std::size_t shop, Format format) {
        const auto links = all(shop);
        const Seen seen{.base = "https://mira.example/s/", .clicks = {}};
        return export_begin(format) + export_page(format, links, seen, true) + export_end(format);
    }
    import::Report import_into(std::size_t shop, const import::Batch& batch, import::Write how = import::Write::yes) {
        auto report = import::begin_report(batch, how);
        for (const auto& piece : import::pieces(batch)) {
            auto taken = db->write_now([&](store::Tx& tx) { return import::take(tx, shops[shop], piece, how, now, random); });
            EXPECT_TRUE(taken) << taken.error().text;
            if (taken) import::tell(report, std::move(*taken));
        }
        return report;
    }
    import::Batch read(const std::string& file) {
        auto batch = import::read(file, {.service = "", .only_domain = "", .now = now});
        EXPECT_TRUE(batch) << batch.error().text << "\n" << file.substr(0, 2'000);
        return batch ? std::move(*batch) : import::Batch();
    }
    // Only the number differs: it is the shop's own. A split's is, too.
    static std::string told(Link link) {
        link.number = link.split_number = 0;
        return wire::write_json(link_json(link));
    }
    void expect_same(std::size_t one, std::size_t other, const std::string& what) {
        const auto left = all(one), right = all(other);
        ASSERT_EQ(left.size(), right.size()) << what;
        for (std::size_t i = 0; i < left.size(); ++i) EXPECT_EQ(told(left[i]), told(right[i])) << what;
    }
    void empty(std::size_t shop) {
        for (const std::string table : {"link", "link_tag", "link_alias", "link_import_day"})
            db.sql("DELETE FROM " + table + " WHERE shop_id = $1", {store::Value(shops[shop])});
    }
    std::vector<Id<access::Shop>> shops = {{"mira"}, {"ola"}, {"noa"}};
};
BARROW_BOTH_ENGINES(Export);

// ---- any link ------------------------------------------------------------------------------------------------------------

template <class T>
T one_of(std::initializer_list<T> list) {
    return *rc::gen::elementOf(std::vector<T>(list));
}
// Texts that tables and JSON stumble over.
std::string odd_text(std::size_t characters_max) {
    static const std::vector<std::string> parts = {"a",  "\"", ",", ";", "\t", "\n", "\r\n", "'", "=1+1", "@",   "-",
                                                   "ü€", " ",  "|", "+", "{}", "[",  "\\",   "#", "😀",   "''=", "null"};
    const auto n = *rc::gen::inRange<std::size_t>(0, characters_max / 4 + 1);
    std::string text;
    for (std::size_t i = 0; i < n; ++i) text += *rc::gen::elementOf(parts);
    return text;
}
std::string any_target() {
    return one_of<std::string>({"/p/lamp", "https://x.example/?a=1&b=\"2\"#c", "http://y.example", "/live/tuesday", "/"});
}
std::optional<Instant> maybe_time() {
    if (*rc::gen::inRange(0, 2) == 0) return std::nullopt;
    return Instant{*rc::gen::inRange<std::int64_t>(1, 4'000'000'000'000) * 1'000};
}
bool coin() { return *rc::gen::inRange(0, 2) == 1; }

Rule any_rule() {
    Rule rule;
    if (coin()) rule.devices = {telemetry::Device::phone, telemetry::Device::tablet};
    if (coin()) rule.systems = {telemetry::Os::ios};
    if (coin()) rule.browsers = {telemetry::Browser::firefox};
    if (coin()) rule.apps = {telemetry::App::instagram, telemetry::App::none};
    rule.any_app = coin();
    if (coin()) rule.countries = {"DE", "AT"};
    if (coin()) rule.languages = {"pt-BR"};
    if (coin()) rule.query = {{"ref", "*"}, {"d", "clip,7|\""}};
    if (coin()) rule.from = Instant{1'700'000'000'000'000};
    if (coin()) rule.until = Instant{1'800'000'000'000'000};
    if (coin()) rule.stage = Stage::sold_out;
    rule.target = any_target();
    return rule;
}

Link any_link(int number) {
    Link link;
    link.slug = one_of<std::string>({"a", "A", "a.b", "-x", "_", "0"}) + std::to_string(number);
    link.target = any_target();
    link.title = odd_text(title_max);
    link.on_bio = coin();
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) link.rules.push_back(any_rule());
    link.live = one_of<std::string>({"", "*", "tuesday"});
    if (coin()) link.split = {{any_target(), 30}, {any_target(), 20}};
    link.utm = one_of<std::string>({"", "utm_source=tiktok&utm_campaign={slug}"});
    link.pass_query = coin();
    link.tell_context = coin();
    link.starts = maybe_time();
    link.ends = maybe_time();
    if (link.starts && link.ends && *link.ends <= *link.starts) link.starts.reset();
    if (coin()) link.clicks_max = *rc::gen::inRange<std::int64_t>(1, 1'000'000);
    link.clicks_let = *rc::gen::inRange<std::int64_t>(0, 1'000'000);
    link.ended_target = coin() ? any_target() : "";
    static const auto hash = sign::hash_password("hunter2");
    link.password_hash = coin() ? hash : "";
    link.preview_title = odd_text(title_max);
    link.preview_text = odd_text(300);
    link.preview_image = coin() ? any_target() : "";
    link.no_index = coin();
    link.may_index = !link.no_index && coin();
    link.outside = one_of<Outside>({Outside::as_shop, Outside::never, Outside::offer});
    if (coin()) link.apps = {.ios = "spotify:album/1", .android = "com.example.tide://lamp?x=1", .package = "com.example.tide"};
    link.fallback = coin() ? any_target() : "";
    link.keeps_target = coin();
    link.folder = odd_text(folder_max);
    link.note = odd_text(note_max);
    for (int i = *rc::gen::inRange(0, 5); i > 0; --i) {
        auto tag = odd_text(tag_max);
        std::erase_if(tag, [](char c) { return c == ',' || c == '|'; });
        if (!tag.empty()) link.tags.push_back(tag);
    }
    std::ranges::sort(link.tags);
    link.tags.erase(std::unique(link.tags.begin(), link.tags.end()), link.tags.end());
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i) link.aliases.push_back(link.slug + ".also" + std::to_string(i));
    std::ranges::sort(link.aliases);
    link.archived = maybe_time();
    link.imported_from = one_of<std::string>({"", "kutt"});
    link.imported_clicks = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000);
    link.created = Instant{*rc::gen::inRange<std::int64_t>(1, 2'000'000'000'000) * 1'000};
    return link;
}

TEST_P(Export, any_link_comes_back_the_same_from_either_format) {
    EXPECT_TRUE(rc::check("links → file → links", [&] {
        for (std::size_t shop = 0; shop < 3; ++shop) empty(shop);
        const auto n = *rc::gen::inRange(1, 8);
        import::Batch batch{.service = "barrow", .links = {}, .refused = {}, .days = {}, .notes = {}};
        for (int i = 0; i < n; ++i) batch.links.push_back({.where = "entry", .link = any_link(i), .password = ""});
        const auto made = import_into(0, batch);
        for (const auto& one : made.links) ASSERT_EQ(one.state, import::State::added) << one.why;
        for (std::size_t i = 0; i < batch.links.size(); ++i) ASSERT_EQ(told(all(0)[i]), told(batch.links[i].link));
        for (const auto& [format, shop] : {std::pair(Format::csv, std::size_t{1}), std::pair(Format::json, std::size_t{2})}) {
            const auto again = read(exported(0, format));
            ASSERT_EQ(again.service, "barrow");
            ASSERT_TRUE(again.refused.empty()) << again.refused[0].why;
            ASSERT_TRUE(again.notes.empty()) << again.notes[0];
            import_into(shop, again);
            expect_same(0, shop, format == Format::csv ? "csv" : "json");
        }
        RC_ASSERT(!HasFailure());
    }));
}

TEST_P(Export, every_real_file_goes_round_and_adds_nothing_twice) {
    for (const std::string name :
         {"kutt-live-api-v2-links.json", "kutt-live-api-v2-link-stats.json", "yourls-live-table-yourls_url.tsv",
          "yourls-live-api-stats.json", "yourls-live-api-url-stats.json", "bitly-api-v4-real-responses.jsonl", "shlink-standard.csv",
          "shlink-semicolon.csv", "shortio-api-link.json", "linktree-public-page-NEXT_DATA.sanitised.json"}) {
        NEED_VECTORS(file, "imports/" + name);
        for (std::size_t shop = 0; shop < 3; ++shop) empty(shop);
        const auto batch = read(*file);
        EXPECT_EQ(import_into(0, batch, import::Write::no).count(import::State::added), static_cast<std::int64_t>(batch.links.size()));
        EXPECT_TRUE(all(0).empty()) << "a dry run changes nothing";
        EXPECT_EQ(import_into(0, batch).count(import::State::added), static_cast<std::int64_t>(batch.links.size())) << name;
        EXPECT_EQ(import_into(0, batch).count(import::State::added), 0) << name;
        EXPECT_EQ(all(0).size(), batch.links.size()) << name;
        for (const auto& [format, shop] : {std::pair(Format::csv, std::size_t{1}), std::pair(Format::json, std::size_t{2})}) {
            if (batch.links.empty()) continue;  // short.io's sample holds one link, which has a password
            const auto again = read(exported(0, format));
            EXPECT_EQ(import_into(shop, again).count(import::State::added), static_cast<std::int64_t>(batch.links.size())) << name;
            EXPECT_EQ(import_into(shop, again).count(import::State::added), 0) << name;
            expect_same(0, shop, name);
        }
    }
}

TEST_P(Export, days_of_clicks_are_kept_for_links_that_are_there_and_once) {
    NEED_VECTORS(log, "imports/yourls-live-table-yourls_log.tsv");
    const auto batch = read(*log);
    EXPECT_EQ(import_into(0, batch).days, 0) << "there are no such links yet";
    import_into(0, read("keyword,url\n5RWLnp9,https://x.example/\nFHYgLqG,https://x.example/\n"));
    EXPECT_EQ(import_into(0, batch, import::Write::no).days, 2);
    for (int i = 0; i < 2; ++i) EXPECT_EQ(import_into(0, batch).days, 2);
    const auto days = db->read_now([&](store::Tx& tx) -> Result<std::vector<import::Day>> {
        return import::imported_days(tx, shops[0], TRY(find(tx, shops[0], "5RWLnp9")));
    });
    ASSERT_EQ(days->size(), 1U);
    EXPECT_EQ(iso_day(days->at(0).day), "2026-11-23");
    EXPECT_EQ(days->at(0).clicks, 1);
}

TEST_P(Export, what_is_there_stays_as_it_is) {
    import_into(0, read("slug,target\na,/p/lamp\nb,/p/bowl\n"));
    const auto report = import_into(0, read("slug,target\na,https://x.example/\nb,/p/bowl\nc,/p/cup\n"));
    ASSERT_EQ(report.links.size(), 3U);
    EXPECT_EQ(report.links[0].state, import::State::elsewhere);
    EXPECT_EQ(report.links[0].why, "the link of this slug here leads to /p/lamp; change it in the studio, or rename one of the two");
    EXPECT_EQ(report.links[1].state, import::State::same);
    EXPECT_EQ(report.links[2].state, import::State::added);
    EXPECT_EQ(import::summary_words(report), "added 1, already there 1, lead elsewhere here 1");
    EXPECT_EQ(all(0)[0].target, "/p/lamp");
}

TEST(Exported, a_password_s_hash_from_outside_is_taken_only_as_we_make_it) {
    const auto file = [](const std::string& hash) {
        return R"([{"slug":"a","target":"/","password_hash":")" + hash + R"(","created":"2026-01-01T00:00:00Z"}])";
    };
    const auto refused = [&](const std::string& hash) { return import::read(file(hash), {}).value().refused.size(); };
    EXPECT_EQ(refused(sign::hash_password("hunter2")), 0U);
    EXPECT_EQ(refused("$argon2id$v=19$m=4194304,t=9,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g"), 1U)
        << "four gigabytes at every try";
    EXPECT_EQ(refused("hunter2"), 1U);
}

}  // namespace
}  // namespace barrow::links
