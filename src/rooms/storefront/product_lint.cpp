#include "rooms/storefront/product_lint.hpp"

#include <algorithm>
#include <iterator>

#include "rooms/storefront/offer.hpp"

namespace barrow::storefront {
namespace {

using snippets::Finding;

void add_all(std::vector<Finding>& found, std::string_view field, const std::vector<std::string>& lines) {
    for (const auto& line : lines) std::ranges::move(snippets::lint_line(field, line), std::back_inserter(found));
}

// What the texts say, whether something is missing or not.
std::vector<Finding> said(const catalog::Product& product) {
    std::vector<Finding> found;
    const auto& page = product.page;
    add_all(found, "name", {product.name});
    add_all(found, "gets", page.gets);
    add_all(found, "delivery", {page.delivery});
    add_all(found, "refund", {page.refund});
    add_all(found, "steps", page.steps);
    add_all(found, "limits", page.limits);
    for (const auto& one : page.questions) add_all(found, "questions", {one.question, one.answer});
    return found;
}

}  // namespace

std::vector<Finding> lint(const catalog::Product& product, bool has_snippet) {
    std::vector<Finding> found;
    const auto& page = product.page;
    const auto missing = [&](std::string_view field, std::string words) { found.push_back({field, "missing", false, std::move(words)}); };
    if (!has_snippet) missing("snippet", "Say in one breath what it does for whom: its snippet is the page's first line.");
    if (product.image.empty()) missing("image", "Show it: one picture, or people buy what they imagine.");
    if (!product.image.empty() && product.image_alt.empty())
        missing("image_alt", "Say what the picture shows, for those who cannot see it.");
    if (page.gets.empty()) missing("gets", "Say what is in the parcel.");
    if (page.delivery.empty()) missing("delivery", "Say when it is there.");
    if (page.refund.empty())
        missing("refund", "Say what happens when it does not fit.");
    else if (!refund_days(page.refund))
        missing("refund", "Say within how many days it can be sent back: search engines and buyers look for the number.");
    if (page.steps.empty()) missing("steps", "Say how it works, in three steps.");
    if (page.limits.empty()) missing("limits", "Say who it is not for.");
    if (page.questions.empty()) missing("questions", "Answer what people ask you before they buy.");
    std::ranges::move(said(product), std::back_inserter(found));
    return found;
}

Status honest(const catalog::Product& product) {
    if (!product.published) return {};
    return snippets::first_that_blocks(said(product));
}

}  // namespace barrow::storefront
