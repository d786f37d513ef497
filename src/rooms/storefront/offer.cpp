#include "rooms/storefront/offer.hpp"

#include <charconv>

#include "floor/wire/markup.hpp"
#include "floor/wire/page.hpp"

namespace barrow::storefront {

std::string description(const Offer& offer) {
    if (offer.words == nullptr) return offer.product.name;
    const auto how = wire::markup_text(offer.words->how);
    const auto& title = offer.words->title;
    if (how.empty()) return title;
    const bool ended = title.ends_with('.') || title.ends_with('!') || title.ends_with('?');
    return title + (ended ? " " : ". ") + how;
}

std::optional<int> refund_days(std::string_view promise) {
    constexpr std::string_view digits = "0123456789";
    for (auto at = promise.find_first_of(digits); at != promise.npos;) {
        const auto end = std::min(promise.find_first_not_of(digits, at), promise.size());
        int number = 0;
        const auto read = std::from_chars(promise.data() + at, promise.data() + end, number);
        if (read.ec == std::errc() && number >= 1 && number <= 365) return number;
        at = promise.find_first_of(digits, end);
    }
    return std::nullopt;
}

std::string json_ld(const access::Site& site, const access::Shop& shop, const Offer& offer) {
    const auto& product = offer.product;
    const auto url = access::address(site, shop, "/p/" + product.slug);
    auto json = wire::Json::object({{"@context", "https://schema.org"},
                                    {"@type", "Product"},
                                    {"name", product.name},
                                    {"description", description(offer)},
                                    {"sku", product.slug},
                                    {"url", url}});
    if (!product.image.empty()) json.set("image", access::address(site, shop, product.image));
    if (product.price.minor > 0) {
        auto sold = wire::Json::object({{"@type", "Offer"},
                                        {"price", decimal(product.price)},
                                        {"priceCurrency", product.price.currency.code()},
                                        {"itemCondition", "https://schema.org/NewCondition"},
                                        {"url", url},
                                        {"seller", wire::Json::object({{"@type", "Organization"}, {"name", shop.seller()}})}});
        if (!site.for_files) sold.set("availability", offer.can_hold ? "https://schema.org/InStock" : "https://schema.org/SoldOut");
        if (const auto days = refund_days(product.page.refund)) {
            sold.set("hasMerchantReturnPolicy",
                     wire::Json::object({{"@type", "MerchantReturnPolicy"},
                                         {"returnPolicyCategory", "https://schema.org/MerchantReturnFiniteReturnWindow"},
                                         {"merchantReturnDays", *days}}));
        }
        json.set("offers", std::move(sold));
    }
    return wire::json_in_html(json);
}

}  // namespace barrow::storefront
