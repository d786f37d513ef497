// What an honest snippet does not say.
#include "rooms/snippets/lint.hpp"

#include <gtest/gtest.h>

namespace barrow::snippets {
namespace {

using telemetry::Surface;

// "title price!, how verb": fields and rules, with ! where it blocks.
std::string found(const Words& words) {
    std::string all;
    for (const auto& finding : lint(words)) {
        all += (all.empty() ? "" : ", ") + std::string(finding.field) + " " + std::string(finding.rule) + (finding.blocks ? "!" : "");
        EXPECT_FALSE(finding.words.empty());
    }
    return all;
}
std::string of_how(std::string how, std::string proof = "") {
    return found({.title = "Find steady light", .how = std::move(how), .proof = std::move(proof)});
}

TEST(Lint, FindsInTheWords) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"A lamp that follows the tide table of your coast.", ""},
        {"It holds its light for 6 hours and weighs 24 g.", ""},
        // A price is never typed.
        {"Yours for €24.", "how price!"},
        {"Yours for 24,50 € with shipping.", "how price!"},
        {"Only $ 5 a month.", "how price!"},
        {"EUR 24 all in.", "how price!"},
        {"It costs 20 euros.", "how price!"},
        {"Now 20% off.", "how price!"},
        {"Heute 20 % Rabatt.", "how price!"},
        {"Paid in €.", ""},
        {"It is priceless.", ""},
        {"The $ sign glows.", ""},
        // Nobody is hurried.
        {"Hurry, it glows.", "how hurry!"},
        {"A limited time glow.", "how hurry!"},
        {"Don’t miss out on the tide.", "how hurry!"},
        {"LAST CHANCE to see it.", "how hurry!"},
        {"Nur heute zu sehen.", "how hurry!"},
        {"No need to slurry the clay.", ""},
        {"It bends in the wind.", ""},
        // Units are counted by the stock.
        {"Only 3 left of it.", "how stock!"},
        {"12 people are looking at it.", "how stock!"},
        {"Noch 5 Stück davon.", "how stock!"},
        {"Turn left of the pier.", ""},
        // A claim has a source.
        {"The best lamp there is.", "how claim!"},
        {"Clinically tested glass.", "how claim!"},
        {"Twice as bright as the sun.", "how claim"},
        {"It saves 30 % of the power.", "how claim"},
        {"The bestiary glows.", ""},
        // Honest words that look like it.
        {"Made of 100 % cotton.", "how claim"},
        {"Kocht in 90 Sek fertig.", ""},
        {"Make 3 cad drawings a day.", ""},
        {"The trail ends in Bergen.", ""},
        {"No hurry, take your time.", ""},
        {"Die Lampe – klein und leicht – für den Tisch.", ""},
        {"Learn from Dr. Kim and Mr. Lee. It is for ca. 20 people.", ""},
        // A snippet is no page.
        {"It glows. It rests. It wakes.", "how page!"},
        {"It glows. It rests.", ""},
        {"It glows for 2.5 hours at approx. 4 degrees.", ""},
        {"• glows • rests • wakes", "how page!"},
        {"See www.lamp.example for more.", "how address!"},
        // What is only pointed out.
        {"IT GLOWS THROUGH THE NIGHT", "how loud"},
        {"It glows!!", "how loud"},
    };
    for (const auto& [how, expected] : cases) EXPECT_EQ(of_how(how), expected) << how;
}

TEST(Lint, AClaimWithItsSourceStands) {
    EXPECT_EQ(of_how("It saves 30 % of the power.", "Measured against a 40 W bulb"), "");
    EXPECT_EQ(of_how("It is good.", "It saved me €200 a year"), "proof price") << "a voice may name what it saved";
}

TEST(Lint, ATitleBeginsWithWhatItDoes) {
    const std::vector<std::pair<std::string, std::string>> cases{{"Find the hours of steady light in your room", ""},
                                                                 {"The lamp for rooms by the sea", "title verb"},
                                                                 {"Introducing light", "title verb"},
                                                                 {"Unser neues Licht", "title verb"},
                                                                 {"Theatre light at home", ""},
                                                                 {"Find light. Sleep well.", "title page!"},
                                                                 {"Find light for €24", "title price!"},
                                                                 {"Feiere den 1. Geburtstag", ""}};
    for (const auto& [title, expected] : cases) EXPECT_EQ(found({.title = title}), expected) << title;
}

TEST(Lint, ASurfacesOwnWordsAreReadToo) {
    Words words{.title = "Find steady light", .action = "See it"};
    words.variants = {{.surface = Surface::live, .title = "Find light, only today"},
                      {.surface = Surface::embed, .action = "Get it for $5"}};
    EXPECT_EQ(found(words), "live.title hurry!, embed.action price!");
    const auto refused = first_that_blocks(lint(words));
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().text.starts_with("live.title: \"only today\" hurries people")) << refused.error().text;
    EXPECT_TRUE(first_that_blocks(lint({.title = "The lamp"}))) << "what is only pointed out blocks nothing";
}

}  // namespace
}  // namespace barrow::snippets
