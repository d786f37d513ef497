#include "floor/base/money.hpp"

#include <algorithm>
#include <numeric>

namespace barrow {
namespace {

// ISO 4217 list one of 2024-06-25: the currencies whose minor unit is not 2.
struct Odd {
    std::string_view code;
    int exponent;
};
constexpr Odd odd_exponents[] = {
    {"BIF", 0}, {"CLP", 0}, {"DJF", 0}, {"GNF", 0}, {"ISK", 0}, {"JPY", 0}, {"KMF", 0}, {"KRW", 0}, {"PYG", 0},
    {"RWF", 0}, {"UGX", 0}, {"UYI", 0}, {"VND", 0}, {"VUV", 0}, {"XAF", 0}, {"XOF", 0}, {"XPF", 0}, {"BHD", 3},
    {"IQD", 3}, {"JOD", 3}, {"KWD", 3}, {"LYD", 3}, {"OMR", 3}, {"TND", 3}, {"CLF", 4}, {"UYW", 4},
};
constexpr std::string_view two_decimals =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY "
    "COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR "
    "JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO "
    "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS "
    "TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD YER ZAR ZMW ZWG ";

const Odd* odd(std::string_view code) {
    const auto* found = std::ranges::find(odd_exponents, code, &Odd::code);
    return found == std::end(odd_exponents) ? nullptr : found;
}

struct Sign {
    std::string_view code, text;
};
constexpr Sign signs[] = {{"EUR", "€"}, {"USD", "US$"}, {"GBP", "£"}, {"JPY", "¥"}, {"INR", "₹"}, {"KRW", "₩"}};

Result<Money> within(__int128 minor, Currency currency) {
    if (minor > amount_minor_max || minor < -static_cast<__int128>(amount_minor_max)) {
        return fail(Fault::too_large, "the amount is larger than an amount can be");
    }
    return Money{static_cast<std::int64_t>(minor), currency};
}

std::string digits(std::int64_t minor, int exponent, bool thousands) {
    auto text = std::to_string(minor < 0 ? -minor : minor);
    const auto decimals = static_cast<std::size_t>(exponent);
    if (text.size() <= decimals) text.insert(0, decimals + 1 - text.size(), '0');
    auto whole = text.substr(0, text.size() - decimals);
    if (thousands) {
        for (auto at = static_cast<std::ptrdiff_t>(whole.size()) - 3; at > 0; at -= 3) { whole.insert(static_cast<std::size_t>(at), ","); }
    }
    return decimals == 0 ? whole : whole + "." + text.substr(text.size() - decimals);
}

}  // namespace

Result<Currency> Currency::read(std::string_view code) {
    const bool known = code.size() == 3 && code.find(' ') == std::string_view::npos &&
                       (odd(code) != nullptr || two_decimals.find(std::string(code) + " ") != std::string_view::npos);
    if (!known) {
        return fail(Fault::bad_input,
                    "\"" + std::string(code.substr(0, 8)) + "\" is not a currency; give an ISO 4217 code in capitals, such as EUR");
    }
    return Currency({code[0], code[1], code[2]});
}

int Currency::exponent() const {
    const auto* found = odd(code());
    return found != nullptr ? found->exponent : 2;
}

Result<Money> add(Money a, Money b) {
    check(a.currency == b.currency);
    return within(static_cast<__int128>(a.minor) + b.minor, a.currency);
}

Result<Money> subtract(Money a, Money b) {
    check(a.currency == b.currency);
    return within(static_cast<__int128>(a.minor) - b.minor, a.currency);
}

Result<Money> times(Money price, std::int64_t pieces) { return within(static_cast<__int128>(price.minor) * pieces, price.currency); }

std::vector<std::int64_t> split(std::int64_t total, std::span<const std::int64_t> weights) {
    if (total < 0) {
        auto parts = split(-total, weights);
        for (auto& part : parts) part = -part;
        return parts;
    }
    __int128 sum = 0;
    for (const auto weight : weights) {
        check(weight >= 0);
        sum += weight;
    }
    check(sum > 0);
    std::vector<std::int64_t> parts(weights.size());
    std::vector<__int128> remainders(weights.size());
    auto left = total;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const auto exact = static_cast<__int128>(total) * weights[i];
        parts[i] = static_cast<std::int64_t>(exact / sum);
        remainders[i] = exact % sum;
        left -= parts[i];
    }
    std::vector<std::size_t> order(weights.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    // Of equal remainders the earlier part comes first.
    std::ranges::sort(order,
                      [&](std::size_t a, std::size_t b) { return remainders[a] != remainders[b] ? remainders[a] > remainders[b] : a < b; });
    for (std::size_t i = 0; left > 0; ++i, --left) ++parts[order[i]];
    return parts;
}

std::int64_t portion(std::int64_t amount, std::int64_t numerator, std::int64_t denominator) {
    check(denominator > 0);
    const auto exact = static_cast<__int128>(amount) * numerator;
    // An odd denominator has no exact half, so adding its floored half rounds to nearest for both kinds.
    const auto magnitude = ((exact < 0 ? -exact : exact) + denominator / 2) / denominator;
    return static_cast<std::int64_t>(exact < 0 ? -magnitude : magnitude);
}

std::string display(Money money) {
    const auto* sign = std::ranges::find(signs, money.currency.code(), &Sign::code);
    const auto mark = sign == std::end(signs) ? std::string(money.currency.code()) + "\u00a0" : std::string(sign->text);
    return (money.minor < 0 ? "−" : "") + mark + digits(money.minor, money.currency.exponent(), true);
}

std::string decimal(Money money) { return (money.minor < 0 ? "-" : "") + digits(money.minor, money.currency.exponent(), false); }

Result<Money> read_decimal(std::string_view text, Currency currency) {
    const auto refuse = [&](const char* why) {
        return fail(Fault::bad_input, "\"" + std::string(text.substr(0, 24)) + "\" is not a price: " + why);
    };
    __int128 minor = 0;
    int decimals = -1;
    bool any = false;
    for (const char c : text) {
        if ((c == '.' || c == ',') && decimals < 0 && any) {
            decimals = 0;
            continue;
        }
        if (c < '0' || c > '9') return refuse("use digits and one decimal point, such as 24.00");
        any = true;
        if (decimals >= 0 && ++decimals > currency.exponent()) return refuse("it has more decimals than the currency");
        minor = minor * 10 + (c - '0');
        if (minor > amount_minor_max) return refuse("it is too large");
    }
    if (!any || decimals == 0) return refuse("use digits and one decimal point, such as 24.00");
    for (int i = std::max(decimals, 0); i < currency.exponent(); ++i) minor *= 10;
    return within(minor, currency);
}

}  // namespace barrow
