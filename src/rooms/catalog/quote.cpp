#include "rooms/catalog/quote.hpp"

#include <charconv>
#include <vector>

#include "floor/base/bytes.hpp"
#include "floor/sign/sign.hpp"

namespace barrow::catalog {
namespace {

std::string mac(std::string_view text, const Id<access::Shop>& shop, std::span<const std::uint8_t, 32> key) {
    const auto digest = sign::hmac_sha256(key, as_bytes(std::string(text) + "." + shop.text));
    return base64url(std::span(digest).first(16));
}

Result<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return fail(Fault::bad_input, "the quote is damaged");
    return value;
}

}  // namespace

std::string write_quote(const Quote& quote, const Id<access::Shop>& shop, std::span<const std::uint8_t, 32> key) {
    auto text = (quote.tax_behavior == TaxBehavior::exclusive ? "q2." : "q1.") + quote.product.text + "." +
                std::to_string(quote.price.minor) + "." + std::string(quote.price.currency.code()) + "." +
                std::to_string(quote.tax_basis_points) + "." + std::to_string(quote.valid_until.seconds());
    return text + "." + mac(text, shop, key);
}

Result<Quote> read_quote(std::string_view token, const Id<access::Shop>& shop, std::span<const std::uint8_t, 32> key, Instant now) {
    const auto damaged = fail(Fault::bad_input, "the quote is damaged; reload the page to see the price again");
    if (token.size() > quote_length_max) return damaged;
    std::vector<std::string_view> parts;
    for (auto rest = token;;) {
        const auto dot = rest.find('.');
        parts.push_back(rest.substr(0, dot));
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
    }
    if (parts.size() != 7 || (parts[0] != "q1" && parts[0] != "q2")) return damaged;
    const auto signed_part = token.substr(0, token.size() - parts[6].size() - 1);
    if (!sign::equal(as_bytes(mac(signed_part, shop, key)), as_bytes(parts[6]))) return damaged;
    Quote quote{.product = {std::string(parts[1])},
                .price = {TRY(number(parts[2])), TRY(Currency::read(parts[3]))},
                .tax_basis_points = static_cast<int>(TRY(number(parts[4]))),
                .tax_behavior = parts[0] == "q2" ? TaxBehavior::exclusive : TaxBehavior::inclusive,
                .valid_until = {TRY(number(parts[5])) * 1'000'000}};
    if (now > quote.valid_until)
        return fail(Fault::gone, "the price was good until " + iso(quote.valid_until) + "; reload the page to see it again");
    return quote;
}

}  // namespace barrow::catalog
