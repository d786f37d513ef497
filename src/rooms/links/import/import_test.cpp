// Reading: what each service's file becomes, and what is said of a file that is none.
#include "rooms/links/import/import.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/vectors.hpp"

namespace barrow::links::import {
namespace {

const Instant now{1'795'000'000'000'000};

Batch batch_of(std::string_view file, const std::string& service = "", const std::string& only_domain = "") {
    auto batch = read(file, {.service = service, .only_domain = only_domain, .now = now});
    EXPECT_TRUE(batch) << batch.error().text;
    return batch ? std::move(*batch) : Batch();
}
std::string error_of(std::string_view file, const std::string& service = "") {
    const auto batch = read(file, {.service = service, .only_domain = "", .now = now});
    return batch ? "it was read as " + batch->service : batch.error().text;
}
bool notes(const Batch& batch, std::string_view words) {
    return std::ranges::any_of(batch.notes, [&](const auto& note) { return note.find(words) != note.npos; });
}

// One good file of each service, as small as it can be.
struct Sample {
    const char* service;
    const char* file;
};
const Sample samples[] = {
    {"kutt", R"({"total":1,"limit":10,"skip":0,"data":[{"address":"a","target":"https://x.example/","visit_count":3}]})"},
    {"yourls", "keyword\turl\ttitle\ttimestamp\tip\tclicks\na\thttps://x.example/\tt\t2026-11-23 03:46:12\t127.0.0.1\t3\n"},
    {"yourls", R"({"links":{"link_1":{"shorturl":"http:\/\/s.example\/a","url":"https:\/\/x.example\/","title":"t",
        "timestamp":"2026-11-23 03:46:13","ip":"127.0.0.1","clicks":3}},"stats":{"total_links":1},"statusCode":"200"})"},
    {"dub", R"([{"id":"1","domain":"dub.sh","key":"a","url":"https://x.example/","clicks":3}])"},
    {"dub", "Short link,Destination URL,Clicks,Created at\nhttps://dub.sh/a,https://x.example/,3,2026-11-23T03:46:12.000Z\n"},
    {"shlink", R"({"shortUrls":{"data":[{"shortCode":"a","longUrl":"https://x.example/","visitsSummary":{"nonBots":3,"total":4}}]}})"},
    {"shlink",
     "createdAt,domain,shortCode,shortUrl,longUrl,title,tags,visits\n"
     "2026-11-23T03:46:12+01:00,,a,https://s.example/a,https://x.example/,t,,3\n"},
    {"bitly", R"({"links":[{"id":"bit.ly/a","link":"https://bit.ly/a","long_url":"https://x.example/"}],"pagination":{"next":""}})"},
    {"bitly", "link,long_url,title,created_at,total_clicks\nhttps://bit.ly/a,https://x.example/,t,2026-11-23,3\n"},
    {"shortio", R"({"links":[{"path":"a","originalURL":"https://x.example/","clicks":3}]})"},
    {"rebrandly", R"([{"id":"1","slashtag":"a","destination":"https://x.example/","clicks":3}])"},
    {"rebrandly", "Slashtag,Destination,Clicks\na,https://x.example/,3\n"},
    {"linkstack", R"({"links":[{"id":1,"link":"https://x.example/","title":"A","order":0,"button_id":1,"click_number":3}]})"},
    {"linktree", R"({"props":{"pageProps":{"account":{},"links":[{"id":1,"title":"A","url":"https://x.example/","type":"CLASSIC"}]}}})"},
    {"linktree",
     "<!doctype html><script id=\"__NEXT_DATA__\" type=\"application/json\">{\"props\":{\"pageProps\":{\"account\":"
     "{\"links\":[{\"id\":1,\"title\":\"A\",\"url\":\"https://x.example/\"}]}}}}</script></html>"},
    {"blink", "https://x.example/,a,t,2027-01-01,,mail@x.example,301\n"},
    {"cuttly", "https://x.example/;a;t\n"},
    {"csv", "Alias,Long URL,Visits\na,https://x.example/,\"3\"\n"},
    {"barrow", R"([{"slug":"a","target":"https://x.example/","imported_clicks":3,"created":"2026-11-23T03:46:12.000Z"}])"},
};

TEST(Import, guesses_every_service_by_its_content_and_reads_it_alike_by_its_name) {
    for (const auto& [service, file] : samples) {
        for (const std::string name : {"", service}) {
            const auto batch = batch_of(file, name);
            EXPECT_EQ(batch.service, service) << file;
            ASSERT_EQ(batch.links.size(), 1U) << file;
            EXPECT_TRUE(batch.refused.empty()) << file << batch.refused[0].why;
            EXPECT_EQ(batch.links[0].link.slug, "a") << file;
            EXPECT_EQ(batch.links[0].link.target, "https://x.example/") << file;
            EXPECT_EQ(batch.links[0].link.imported_from, batch.service == "barrow" ? "" : batch.service);
            const std::string_view text = file;
            if (text.find("3,") != text.npos || text.find("\t3\n") != text.npos) {
                EXPECT_EQ(batch.links[0].link.imported_clicks, 3) << file;
            }
        }
    }
}

TEST(Import, says_what_is_wrong_with_a_file_that_is_none) {
    const std::string utf16 = std::string("\xff\xfe", 2) + std::string("k\0e\0y\0", 6);
    const struct {
        std::string file, service, says;
    } cases[] = {
        {"", "", "the file is empty"},
        {" \r\n\n", "kutt", "the file is empty"},
        {"\xef\xbb\xbf", "", "the file is empty"},
        {utf16, "", "the file is UTF-16; save it as UTF-8 (a spreadsheet calls it \"CSV UTF-8\")"},
        {std::string("slug,target\na,https://x.example/\0\n", 34), "", "line 2 holds a zero byte; this is no text file"},
        {"slug,target,title\na,https://x.example/,caf\xe9\n", "",
         "line 2 is not UTF-8; save the file as UTF-8 (a spreadsheet calls it \"CSV UTF-8\")"},
        {"{\"links\":[{\"key\":\"a\",\"url\":", "", "this is no JSON: it breaks off at byte 28"},
        {"{\"id\":\"bit.ly/a\",\"long_url\":\"https://x.example/\"}\n{\"id\":", "", "line 2: this is no JSON: it breaks off at byte 7"},
        {"slug,target\na,\"https://x.example/\n", "", "line 2 opens a quote that is never closed"},
        {"slug,target\na,b,c\n", "", "line 2 has 3 cells, the header has 2"},
        {"{}", "", "this is no export that is known here"},
        {"{\"links\":[]}", "", "the file holds no links"},
        {"[1,2]", "kutt", "the file holds no links"},
        {"name,address,phone\nA,B,C\n", "",
         "no column says where the links lead; line 1 names \"name\", \"address\", \"phone\": name one of them \"target\""},
        {"url,title\nhttps://x.example/,t\n", "", "no column says what the short address is"},
        {"<html>hello</html>", "", "this page holds no data to read"},
        {"keyword,url\na,https://x.example/\n", "kutt", "this is no file of kutt; it looks like one of yourls: leave --from out"},
        {"name,phone\nA,B\n", "kutt", "this is no file of kutt; save the answer of GET /api/v2/links?all=true"},
        {"a", "nobody", "there is no importer for \"nobody\"; there are: barrow, kutt, "},
    };
    for (const auto& c : cases)
        EXPECT_TRUE(error_of(c.file, c.service).starts_with(c.says)) << c.file << "\n  " << error_of(c.file, c.service);
}

TEST(Import, a_damaged_file_of_any_service_is_refused_whole_or_row_by_row) {
    for (const auto& [service, file] : samples) {
        const std::string whole = file;
        const bool json = whole.find('{') != whole.npos;
        EXPECT_EQ(error_of(whole + '\0', service).substr(0, 4), "line") << file;
        EXPECT_NE(error_of(whole + "\xff", service).find("is not UTF-8"), std::string::npos) << file;
        const auto half = whole.substr(0, whole.size() - 12);
        if (json) {
            const auto said = error_of(half, service);
            EXPECT_TRUE(said.find("breaks off") != said.npos || said.find("holds no data") != said.npos) << said;
        } else {
            EXPECT_NE(error_of(whole + "\"", service).find("opens a quote"), std::string::npos) << error_of(whole + "\"", service);
        }
        // A target of 3,000 bytes: that link is refused, with its place.
        auto huge = whole;
        const auto at = huge.find("x.example") + 9;
        huge.insert(at + (huge[at] == '\\' ? 2 : 1), std::string(3'000, 'a'));
        const auto batch = batch_of(huge, service);
        EXPECT_TRUE(batch.links.empty()) << file;
        if (std::string(service) != "linkstack") {  // there it is no link to the web
            ASSERT_EQ(batch.refused.size(), 1U) << file;
            EXPECT_NE(batch.refused[0].why.find("longer than 2"), std::string::npos) << batch.refused[0].why;
            EXPECT_FALSE(batch.refused[0].where.empty());
        }
        // A target that runs a script.
        auto script = whole;
        const auto from = script.rfind("https:", script.find("x.example"));
        script.replace(from, 6, "javascript:");
        if (std::string(service) != "blink" && std::string(service) != "cuttly") {
            EXPECT_TRUE(batch_of(script, service).links.empty()) << script;
        }
    }
}

TEST(Import, refuses_more_than_a_million_rows) {
    std::string file = "slug,target\n";
    for (int i = 0; i <= 1'000'000; ++i) file += "a,/\n";
    EXPECT_EQ(error_of(file), "the file has more than 1,000,000 rows; split it");
}

TEST(Import, reads_a_table_by_the_names_of_its_columns) {
    const struct {
        const char* header;
        const char* row;
        const char* slug;
        const char* target;
    } cases[] = {
        {"slug,link", "a,https://x.example/", "a", "https://x.example/"},
        {"Link,LONG_URL", "https://bit.ly/a,https://x.example/", "a", "https://x.example/"},
        {"Short Link;Original URL", "s.example/a;https://x.example/", "a", "https://x.example/"},
        {"Back-Half\tDestination URL", "a\thttps://x.example/", "a", "https://x.example/"},
        {"short url,redirect to", "https://s.example/a/?utm=1,/p/lamp", "a", "/p/lamp"},
        {"url,keyword", " https://x.example/ , a ", "a", "https://x.example/"},
        {"key,url", "b%2Dc,'=x", "", ""},
    };
    for (const auto& c : cases) {
        const auto batch = batch_of(std::string(c.header) + "\n" + c.row + "\n", "csv");
        if (*c.slug == 0) {
            EXPECT_EQ(batch.refused.size(), 1U) << c.header;
            continue;
        }
        ASSERT_EQ(batch.links.size(), 1U) << c.header;
        EXPECT_EQ(batch.links[0].link.slug, c.slug) << c.header;
        EXPECT_EQ(batch.links[0].link.target, c.target) << c.header;
    }
    const auto batch = batch_of(
        "slug,target,title,tags,clicks,created,expires at,archived,owner\n"
        "a,https://x.example/,'=SUM(1),\"b, a|b\",\"1,204\",2026-11-23 03:46:12,2027-01-01,Yes,me\n"
        "b,https://x.example/,t,,many,,,,\n"
        "c,https://x.example/,t,,1,,soon,,\n"
        "d/e,https://x.example/,t,,1,,,,\n"
        "a,https://y.example/,t,,1,,,,\n"
        "f,https://x.example/,t,,1,yesterday,,,\n");
    ASSERT_EQ(batch.links.size(), 2U);
    const auto& link = batch.links[0].link;
    EXPECT_EQ(link.title, "=SUM(1)") << "the guard is taken off";
    EXPECT_EQ(link.tags, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(link.imported_clicks, 1'204);
    EXPECT_EQ(iso(link.created), "2026-11-23T03:46:12Z");
    EXPECT_EQ(iso(*link.ends), "2027-01-01T00:00:00Z");
    EXPECT_TRUE(link.archived.has_value());
    std::string refused;
    for (const auto& one : batch.refused) refused += one.where + " " + one.slug + ": " + one.why + "\n";
    EXPECT_EQ(refused,
              "line 3 b: its clicks \"many\" is no whole number\n"
              "line 4 c: its end \"soon\" is no time like 2026-12-24T18:00:00Z\n"
              "line 5 d/e: the address \"d/e\" must be 1 to 100 of letters, digits, - _ and .\n"
              "line 6 a: the file has this slug already in line 2\n");
    EXPECT_TRUE(notes(batch, "columns that are not read: owner"));
    EXPECT_TRUE(notes(batch, "1 link: the day it was made could not be read (line 7)"));
}

TEST(Import, a_long_title_is_cut_between_two_characters_and_said) {
    std::string title;
    for (int i = 0; i < 130; ++i) title += "ü€";
    const auto batch = batch_of("slug,target,title\na,/," + title + "\n");
    std::string kept;
    for (int i = 0; i < 59; ++i) kept += "ü€";
    EXPECT_EQ(batch.links.at(0).link.title, kept + "ü…");
    EXPECT_TRUE(notes(batch, "1 link: the title was longer than 120 characters and is cut (line 2)"));
}

TEST(Import, two_domains_with_one_slug_are_told_apart_by_only_domain) {
    const std::string file = R"([{"domain":"a.example","key":"x","url":"https://1.example/"},
        {"domain":"b.example","key":"x","url":"https://2.example/"},{"domain":"b.example","key":"y","url":"https://3.example/"}])";
    const auto all = batch_of(file);
    EXPECT_EQ(all.links.size(), 2U);
    ASSERT_EQ(all.refused.size(), 1U);
    EXPECT_EQ(
        all.refused[0].why,
        "the file has this slug already, of a.example in entry 1; take one domain alone, or rename it there: --only-domain b.example");
    const auto one = batch_of(file, "dub", "b.example");
    ASSERT_EQ(one.links.size(), 2U);
    EXPECT_EQ(one.links[0].link.target, "https://2.example/");
    EXPECT_TRUE(notes(one, "1 of other domains are left out"));
}

TEST(Dub, everything_that_its_api_tells_is_carried_over) {
    const auto batch = batch_of(R"([{"id":"1","domain":"dub.sh","key":"a","url":"https://x.example/?utm_source=tiktok","archived":true,
        "expiresAt":"2027-01-01T00:00:00.000Z","expiredUrl":"https://x.example/over","password":"hunter2","proxy":true,"title":"T",
        "description":"D","image":"https://x.example/i.png","rewrite":true,"doIndex":false,"ios":"https://apps.example/1",
        "android":"intent://x","geo":{"DE":"https://x.example/de","AT":"https://x.example/at"},"tags":[{"id":"t","name":"summer"}],
        "comments":"for the clip","folderId":"fold_1","utm_source":"tiktok","utm_campaign":"a b","clicks":7,
        "testVariants":[{"url":"https://x.example/?utm_source=tiktok","percentage":60},{"url":"https://x.example/b","percentage":40}],
        "testCompletedAt":"2099-01-01T00:00:00.000Z","createdAt":"2025-02-03T04:05:06.789Z","updatedAt":"2026-02-03T04:05:06.000Z"}])");
    ASSERT_EQ(batch.links.size(), 1U);
    const auto& [where, link, password] = batch.links[0];
    EXPECT_EQ(password, "hunter2");
    EXPECT_EQ(iso_ms(link.created), "2025-02-03T04:05:06.789Z");
    EXPECT_EQ(iso(*link.archived), "2026-02-03T04:05:06Z");
    EXPECT_EQ(iso(*link.ends), "2027-01-01T00:00:00Z");
    EXPECT_EQ(link.ended_target, "https://x.example/over");
    EXPECT_EQ(link.preview_title, "T");
    EXPECT_EQ(link.preview_text, "D");
    EXPECT_EQ(link.preview_image, "https://x.example/i.png");
    EXPECT_TRUE(link.no_index);
    EXPECT_EQ(link.tags, std::vector<std::string>{"summer"});
    EXPECT_EQ(link.note, "for the clip");
    EXPECT_EQ(link.utm, "utm_source=tiktok&utm_campaign=a%20b");
    EXPECT_EQ(link.imported_clicks, 7);
    ASSERT_EQ(link.rules.size(), 3U);
    EXPECT_EQ(rule_words(link.rules[0]), "ios");
    EXPECT_EQ(rule_words(link.rules[1]), "from DE");
    EXPECT_EQ(link.rules[2].target, "https://x.example/at");
    EXPECT_EQ(link.split, (std::vector<Share>{{"https://x.example/b", 40}}));
    EXPECT_TRUE(notes(batch, "a rule leads to no address on the web"));
    EXPECT_TRUE(notes(batch, "it stood in a folder"));
    EXPECT_TRUE(notes(batch, "it showed its target under its own address"));
    const auto weak = batch_of(R"([{"key":"a","url":"https://x.example/","password":"abc"}])");
    ASSERT_EQ(weak.refused.size(), 1U);
    EXPECT_TRUE(weak.refused[0].why.starts_with("its password must have 4 to 200 characters"));
}

TEST(Shlink, its_rules_become_ours_where_ours_has_the_condition) {
    const auto batch = batch_of(R"({"shortUrls":{"data":[{"shortCode":"a","shortUrl":"https://s.example/a","longUrl":"https://x.example/",
        "dateCreated":"2026-01-02T03:04:05+01:00","visitsSummary":{"total":9,"nonBots":7,"bots":2},"tags":["t"],
        "meta":{"validSince":"2026-02-01T00:00:00+00:00","validUntil":"2027-02-01T00:00:00+00:00","maxVisits":100},"domain":null,
        "title":"T","crawlable":true,"forwardQuery":false,"hasRedirectRules":true,"redirectRules":[
        {"longUrl":"https://x.example/2","priority":2,"conditions":[{"type":"geolocation-country-code","matchKey":null,"matchValue":"DE"},
            {"type":"query-param","matchKey":"ref","matchValue":"clip"},{"type":"any-value-query-param","matchKey":"d","matchValue":null}]},
        {"longUrl":"https://x.example/1","priority":1,"conditions":[{"type":"device","matchKey":null,"matchValue":"android"},
            {"type":"language","matchKey":null,"matchValue":"de-AT"}]},
        {"longUrl":"https://x.example/3","priority":3,"conditions":[{"type":"geolocation-city-name","matchKey":null,"matchValue":"Wien"}]},
        {"longUrl":"https://x.example/4","priority":4,"conditions":[{"type":"before-date","matchValue":"2026-12-01T00:00:00+00:00"}]}]}],
        "pagination":{"currentPage":1,"pagesCount":3}}})");
    ASSERT_EQ(batch.links.size(), 1U);
    const auto& link = batch.links[0].link;
    EXPECT_EQ(link.imported_clicks, 7);
    EXPECT_EQ(link.clicks_max, 100);
    EXPECT_EQ(link.clicks_let, 9) << "places that are gone stay gone";
    EXPECT_EQ(iso(*link.starts), "2026-02-01T00:00:00Z");
    EXPECT_FALSE(link.no_index);
    EXPECT_FALSE(link.pass_query);
    ASSERT_EQ(link.rules.size(), 3U);
    EXPECT_EQ(rule_words(link.rules[0]), "android, reading de-AT");
    EXPECT_EQ(rule_words(link.rules[1]), "from DE, with ?ref=clip, with ?d");
    EXPECT_EQ(rule_words(link.rules[2]), "until 2026-12-01 00:00 UTC");
    EXPECT_TRUE(notes(batch, "a rule whose condition Barrow does not have is left out: geolocation-city-name Wien (entry 1)"));
    EXPECT_TRUE(notes(batch, "this is page 1 of 3"));
}

TEST(Shlink, its_visits_become_counts_a_day_without_bots) {
    const auto batch = batch_of(
        "browser,os,date,userAgent,referer,country,region,city,latitude,longitude,potentialBot,visitedUrl\n"
        "Chrome,Linux,2026-11-20T10:00:00+01:00,UA,,,,,,,false,https://s.example/a\n"
        "Chrome,Linux,2026-11-20T23:30:00+01:00,UA,,,,,,,false,https://s.example/a?x=1\n"
        "bot,,2026-11-20T10:00:00+01:00,UA,,,,,,,true,https://s.example/a\n"
        "Chrome,Linux,2026-11-21T10:00:00Z,UA,,,,,,,false,https://s.example/b\n");
    ASSERT_EQ(batch.days.size(), 2U);
    EXPECT_EQ(batch.days[0].slug, "a");
    EXPECT_EQ(batch.days[0].clicks, 2);
    EXPECT_EQ(iso_day(batch.days[0].day), "2026-11-20");
}

TEST(Bitly, every_address_that_a_link_had_stays) {
    const auto batch = batch_of(R"({"links":[{"id":"bit.ly/3usi","link":"https://bit.ly/3usi","long_url":"https://x.example/","title":"T",
        "custom_bitlinks":["https://bit.ly/lamp","https://bit.ly/lamps"]}]})");
    ASSERT_EQ(batch.links.size(), 3U);
    EXPECT_EQ(batch.links[0].link.slug, "lamp");
    EXPECT_EQ(batch.links[1].link.slug, "lamps");
    EXPECT_EQ(batch.links[2].link.slug, "3usi");
    for (const auto& entry : batch.links) EXPECT_EQ(entry.link.target, "https://x.example/");
}

TEST(Shortio, what_it_has_is_carried_over_and_a_password_is_not) {
    const auto batch = batch_of(R"({"links":[{"path":"a","originalURL":"https://x.example/","iphoneURL":"https://i.example/",
        "androidURL":"https://g.example/","archived":true,"tags":["t"],"createdAt":"2021-08-06T09:16:05.000Z","expiresAt":1798761600000,
        "expiredURL":"https://x.example/over","clicksLimit":50,"splitURL":"https://x.example/b","splitPercent":30,"utmSource":"x",
        "shortURL":"https://s.example/a","cloaking":false,"skipQS":true},
        {"path":"b","originalURL":"https://x.example/","hasPassword":true}],"nextPageToken":"n"})");
    ASSERT_EQ(batch.links.size(), 1U);
    const auto& link = batch.links[0].link;
    EXPECT_EQ(rule_words(link.rules.at(1)), "android");
    EXPECT_EQ(iso(*link.ends), "2027-01-01T00:00:00Z");
    EXPECT_EQ(link.clicks_max, 50);
    EXPECT_EQ(link.split, (std::vector<Share>{{"https://x.example/b", 30}}));
    EXPECT_EQ(link.utm, "utm_source=x");
    EXPECT_FALSE(link.pass_query);
    EXPECT_EQ(batch.refused.at(0).why, "it has a password, which Short.io does not export; make it anew");
    EXPECT_TRUE(notes(batch, "one page of several"));
}

TEST(Linkstack, its_links_come_in_the_page_s_order_with_slugs_of_their_titles) {
    const auto batch = batch_of(R"({"id":1,"littlelink_name":"me","links":[
        {"id":7,"link":"https://x.example/2","title":"My Blog","order":2,"button_id":1,"click_number":"4","type":"link"},
        {"id":8,"link":"mailto:a@x.example","title":"Mail","order":3,"button_id":1,"click_number":0,"type":"email"},
        {"id":6,"link":"https://x.example/1","title":"Мой","order":1,"button_id":1,"click_number":0,"type":"link"},
        {"id":9,"link":"https://x.example/3","title":"my blog","order":4,"button_id":1,"click_number":0,"type":"link"}]})");
    std::string slugs;
    for (const auto& entry : batch.links) slugs += entry.link.slug + (entry.link.on_bio ? " " : "! ");
    EXPECT_EQ(slugs, "link-6 my-blog my-blog-2 ");
    EXPECT_EQ(batch.links[1].link.imported_clicks, 4);
    EXPECT_TRUE(notes(batch, "it is no link to an address on the web (email)"));
}

TEST(Kutt, says_why_an_entry_stays_out_and_that_a_file_is_one_page_of_many) {
    const auto batch = batch_of(R"({"data":[
        {"address":"a","target":"https://x.example/","visit_count":3,"created_at":"2026-11-23T03:56:20.000Z","banned":false,"password":false,"expire_in":null},
        {"address":"b","target":"https://x.example/","banned":true},
        {"address":"c","target":"https://x.example/","password":true},
        {"address":"d","target":"javascript:x"},
        {"address":"e","target":"https://x.example/","expire_in":"2020-01-01T00:00:00.000Z"},
        {"address":"f/g","target":"https://x.example/"}]})");
    ASSERT_EQ(batch.links.size(), 2U) << "one that has ended says so, as it did there";
    EXPECT_EQ(iso(*batch.links[1].link.ends), "2020-01-01T00:00:00Z");
    ASSERT_EQ(batch.refused.size(), 4U);
    EXPECT_EQ(batch.refused[0].why, "Kutt has banned it");
    EXPECT_EQ(batch.refused[3].where, "entry 6");
    const auto page = [](const std::string& counts) {
        const auto one = batch_of("{" + counts + R"("data":[{"address":"a","target":"https://x.example/"}]})");
        return one.notes.empty() ? "" : one.notes[0];
    };
    EXPECT_EQ(page(R"("total":10000,"limit":3,"skip":6,)"),
              "this file holds 1 of 10,000 links; export the rest with ?limit=3&skip=7 and so on, and import each file");
    EXPECT_EQ(page(R"("total":10000,"limit":3,"skip":9999,)"),
              "this file holds 1 of 10,000 links; the earlier ones are files of their own, import them too");
    EXPECT_EQ(page(R"("total":1,"limit":10,"skip":0,)"), "");
    EXPECT_EQ(page(""), "");
}

TEST(Import, reads_the_real_files) {
    const struct {
        const char* file;
        const char* service;
        std::size_t links, refused, days;
    } cases[] = {
        {"kutt-live-api-v2-links.json", "kutt", 3, 0, 0},
        {"kutt-live-api-v2-link-stats.json", "kutt", 1, 0, 0},
        {"yourls-live-table-yourls_url.tsv", "yourls", 5, 0, 0},
        {"yourls-live-table-yourls_log.tsv", "yourls", 0, 0, 5},
        {"yourls-live-api-stats.json", "yourls", 3, 0, 0},
        {"yourls-live-api-url-stats.json", "yourls", 1, 0, 0},
        {"bitly-api-v4-real-responses.jsonl", "bitly", 4, 0, 0},
        {"shlink-standard.csv", "shlink", 2, 0, 0},
        {"shlink-semicolon.csv", "shlink", 3, 0, 0},
        {"shortio-api-link.json", "shortio", 0, 1, 0},
        {"linktree-public-page-NEXT_DATA.sanitised.json", "linktree", 2, 0, 0},
    };
    for (const auto& c : cases) {
        NEED_VECTORS(file, std::string("imports/") + c.file);
        const auto batch = batch_of(*file);
        EXPECT_EQ(batch.service, c.service) << c.file;
        EXPECT_EQ(batch.links.size(), c.links) << c.file;
        EXPECT_EQ(batch.refused.size(), c.refused) << c.file;
        EXPECT_EQ(batch.days.size(), c.days) << c.file;
    }
}

}  // namespace
}  // namespace barrow::links::import
