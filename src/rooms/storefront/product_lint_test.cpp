#include "rooms/storefront/product_lint.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace barrow::storefront {
namespace {

catalog::Product whole() {
    return {.name = "Tide lamp",
            .price = {2'400, euro},
            .image = "/demo/tide-lamp.svg",
            .image_alt = "A lamp in a window",
            .page = {.gets = {"One lamp of beech and glass"},
                     .delivery = "With you in three working days",
                     .refund = "Send it back within 30 days for the whole price",
                     .steps = {"Choose your harbour", "Put it up", "Read the glow"},
                     .limits = {"You need times to the minute"},
                     .questions = {{.question = "Does it need a phone?", .answer = "No, a socket is enough."}}}};
}

std::string rules(const std::vector<snippets::Finding>& found) {
    std::string text;
    for (const auto& one : found)
        text += (text.empty() ? "" : " ") + std::string(one.field) + "." + std::string(one.rule) + (one.blocks ? "!" : "");
    return text;
}

TEST(ProductLint, a_whole_page_has_nothing_said_of_it) { EXPECT_EQ(rules(lint(whole(), true)), ""); }

TEST(ProductLint, each_part_that_is_missing_is_named_and_blocks_nothing) {
    catalog::Product bare{.name = "Tide lamp", .price = {2'400, euro}};
    EXPECT_EQ(rules(lint(bare, false)),
              "snippet.missing image.missing gets.missing delivery.missing refund.missing steps.missing limits.missing questions.missing");
    EXPECT_TRUE(honest(bare));
    auto vague = whole();
    vague.page.refund = "You can always send it back";
    vague.image_alt = "";
    EXPECT_EQ(rules(lint(vague, true)), "image_alt.missing refund.missing");
}

TEST(ProductLint, hurry_counted_units_and_addresses_are_refused_wherever_they_stand) {
    struct Case {
        const char *field, *text, *rules;
    };
    for (const auto& [field, text, wanted] : std::vector<Case>{{"gets", "Only 3 left", "gets.stock!"},
                                                               {"delivery", "Order today only", "delivery.hurry!"},
                                                               {"refund", "Within 30 days, last chance", "refund.hurry!"},
                                                               {"steps", "See https://elsewhere.example", "steps.address!"},
                                                               {"limits", "12 people are looking", "limits.stock!"},
                                                               {"questions", "Nur noch 2", "questions.stock!"},
                                                               {"name", "Hurry lamp", "name.hurry!"},
                                                               {"questions", "Free above €50", "questions.price"},
                                                               {"gets", "The best lamp", "gets.claim"},
                                                               {"steps", "PUT IT INTO THE WINDOW", "steps.loud"},
                                                               {"steps", "There is no hurry", ""}}) {
        auto product = whole();
        const std::string_view at = field;
        if (at == "name") product.name = text;
        if (at == "gets") product.page.gets = {text};
        if (at == "delivery") product.page.delivery = text;
        if (at == "refund") product.page.refund = text;
        if (at == "steps") product.page.steps = {text};
        if (at == "limits") product.page.limits = {text};
        if (at == "questions") product.page.questions = {{.question = "And?", .answer = text}};
        EXPECT_EQ(rules(lint(product, true)), wanted) << text;
        const bool blocks = std::string_view(wanted).ends_with('!');
        EXPECT_EQ(honest(product).ok(), !blocks) << text;
        if (blocks) { EXPECT_TRUE(honest(product).error().text.starts_with(std::string(field) + ": ")) << honest(product).error().text; }
        product.published = false;
        EXPECT_TRUE(honest(product)) << "off the stall it may be mended bit by bit";
    }
}

}  // namespace
}  // namespace barrow::storefront
