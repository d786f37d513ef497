// Money: whole minor units of one currency. No floating point anywhere near it.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/result.hpp"

namespace barrow {

// What every amount column allows: JSON numbers of other people's programs are exact up to here.
inline constexpr std::int64_t amount_minor_max = 9'007'199'254'740'991;

// An ISO 4217 code, upper case. Exponents come from our own table of the ISO list (ICU's differ: it calls HUF undivided).
class Currency {
public:
    // Refuses what is not three letters, and codes that the ISO list gives no minor unit.
    static Result<Currency> read(std::string_view code);

    [[nodiscard]] std::string_view code() const { return {code_.data(), code_.size()}; }
    [[nodiscard]] int exponent() const;  // decimals: JPY 0, EUR 2, KWD 3, CLF 4
    auto operator<=>(const Currency&) const = default;

private:
    explicit constexpr Currency(std::array<char, 3> code) : code_(code) {}
    std::array<char, 3> code_;
    friend constexpr Currency currency_literal(const char (&code)[4]);
};
constexpr Currency currency_literal(const char (&code)[4]) { return Currency({code[0], code[1], code[2]}); }
inline constexpr Currency euro = currency_literal("EUR");
inline constexpr Currency us_dollar = currency_literal("USD");

struct Money {
    std::int64_t minor = 0;
    Currency currency;
    bool operator==(const Money&) const = default;
};

// Sum and product are checked: another currency is a bug; beyond amount_minor_max is Fault::too_large.
Result<Money> add(Money a, Money b);
Result<Money> subtract(Money a, Money b);
Result<Money> times(Money price, std::int64_t pieces);

// `total` in parts of `weights` (not negative, sum > 0) by largest remainder; of equal remainders the earlier part gets the
// odd unit. The parts always sum to `total`; a negative total splits like its positive, negated.
std::vector<std::int64_t> split(std::int64_t total, std::span<const std::int64_t> weights);

// part of amount: amount * numerator / denominator, half away from zero, in 128 bits. denominator > 0.
std::int64_t portion(std::int64_t amount, std::int64_t numerator, std::int64_t denominator);

// "€24.00", "US$24.00", "¥2,400", "KWD 1.250": for people. Negative: "−€5.00".
std::string display(Money money);
// "24.00": for forms, CSV and JSON-LD.
std::string decimal(Money money);
// Reads "24", "24.5", "24,50" into minor units; refuses more decimals than the currency has, signs and thousands marks.
Result<Money> read_decimal(std::string_view text, Currency currency);

}  // namespace barrow
