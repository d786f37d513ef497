#include "floor/wire/words.hpp"

#include <gtest/gtest.h>

#include "floor/wire/assets.hpp"
#include "floor/wire/json.hpp"
#include "floor/wire/page.hpp"

namespace barrow::wire {
namespace {

TEST(Words, the_nearest_catalogue_counts_and_without_one_it_is_english) {
    for (const auto& [tag, language] : std::vector<std::pair<std::string, std::string>>{{"de", "de"},
                                                                                        {"de-AT", "de"},
                                                                                        {"de-Latn-CH", "de"},
                                                                                        {"en", "en"},
                                                                                        {"en-GB", "en"},
                                                                                        {"fr", "en"},
                                                                                        {"deu", "en"},
                                                                                        {"", "en"},
                                                                                        {"DE", "de"},
                                                                                        {"De-at", "de"},
                                                                                        {"ar-XB", "ar-XB"}}) {
        EXPECT_EQ(Words(tag).language(), language) << tag;
    }
    EXPECT_EQ(Words("de")("sold out"), "ausverkauft");
    EXPECT_EQ(Words("fr")("sold out"), "sold out");
    EXPECT_EQ(Words("de")("no catalogue has this"), "no catalogue has this");
    EXPECT_EQ(Words("de").known("no catalogue has this"), std::nullopt);
}

TEST(Words, values_stand_where_the_language_wants_them) {
    EXPECT_EQ(Words("en")("{date}, version {version}", {{"date", "today"}, {"version", "3"}}), "today, version 3");
    EXPECT_EQ(Words("de")("{date}, version {version}", {{"date", "heute {n}"}, {"version", "3"}}), "heute {n}, Fassung 3");
    EXPECT_EQ(Words("en").count(1, "{n} waits", "{n} wait"), "1 waits");
    EXPECT_EQ(Words("en").count(0, "{n} waits", "{n} wait"), "0 wait");
    EXPECT_EQ(Words("de").count(2, "{n} waits", "{n} wait"), "2 warten");
    EXPECT_EQ(Words("de").count(1, "One field needs you.", "{n} fields need you."), "Ein Feld braucht dich noch.");
}

TEST(Words, money_and_days_are_written_as_the_language_does) {
    const auto euros = [](std::int64_t minor) { return Money{minor, euro}; };
    const Money yen{240'000, *Currency::read("JPY")}, dinar{1'250, *Currency::read("KWD")};
    EXPECT_EQ(Words("en").money(euros(123'456)), "€1,234.56");
    EXPECT_EQ(Words("de").money(euros(123'456)), "1.234,56\u00a0€");
    EXPECT_EQ(Words("de").money(euros(-500)), "−5,00\u00a0€");
    EXPECT_EQ(Words("de").money(euros(0)), "0,00\u00a0€");
    EXPECT_EQ(Words("de").money(yen), "240.000\u00a0¥");
    EXPECT_EQ(Words("de").money(dinar), "1,250\u00a0KWD");
    EXPECT_EQ(Words("en").money(dinar), display(dinar));
    EXPECT_EQ(Words("en").date("2026-03-05"), "5 March 2026");
    EXPECT_EQ(Words("de").date("2026-03-05"), "5. März 2026");
}

TEST(Words, each_language_has_all_that_is_said) {
    const auto catalogue = [](const std::string& tag) {
        const auto* asset = find_asset("words/" + tag + ".json");
        EXPECT_NE(asset, nullptr) << tag;
        return asset == nullptr ? Json::object() : *read_json(asset->plain);
    };
    const auto english = catalogue("en");
    EXPECT_GT(english.members().size(), 300U);
    EXPECT_EQ(languages().front(), "en");
    for (const auto& tag : languages()) {
        if (tag == "en") continue;
        const auto words = catalogue(tag);
        for (const auto& [text, places] : english.members()) {
            const auto* found = words.find(text);
            EXPECT_TRUE(found != nullptr && !found->text().empty()) << tag << " lacks: " << text << " (" << places.text() << ")";
        }
        for (const auto& [text, turned] : words.members())
            EXPECT_NE(english.find(text), nullptr) << tag << " has what nothing says: " << text;
    }
}

// tools/embed turns templates and scripts; what says nothing is there once, for all.
TEST(Words, templates_and_scripts_are_there_in_each_language) {
    for (const auto& tag : languages()) {
        const auto *letters = find_asset("viewer/letters.html", tag), *verify = find_asset("shared/verify.js", tag);
        ASSERT_NE(letters, nullptr);
        ASSERT_NE(verify, nullptr);
        EXPECT_EQ(letters->plain.find("{{#t}}"), std::string_view::npos);
        EXPECT_EQ(verify->plain.find("/*t*/"), std::string_view::npos);
        EXPECT_EQ(letters->plain.find("Sign up") != std::string_view::npos, tag == "en") << tag;
        EXPECT_EQ(find_asset("shared/mark.svg", tag), find_asset("shared/mark.svg"));
    }
    EXPECT_NE(find_asset("viewer/letters.html", "de")->plain.find(">Anmelden<"), std::string_view::npos);
    const auto german = page("viewer/letters.html", "de", Json::object({{"lang", "de"}}));
    EXPECT_NE(german.find("/de/viewer/kept.js"), std::string::npos);
}

}  // namespace
}  // namespace barrow::wire
