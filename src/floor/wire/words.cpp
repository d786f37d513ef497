#include "floor/wire/words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <vector>

#include "floor/base/text.hpp"
#include "floor/wire/assets.hpp"
#include "floor/wire/json.hpp"

namespace barrow::wire {
namespace {

struct Catalogue {
    std::map<std::string, std::string, std::less<>> words;
    // Of "€1,234.56" in the language.
    std::string grouping = ",", point = ".", before_sign;  // before_sign: what stands between number and sign, where the sign is behind
    bool sign_behind = false;
};

constexpr std::string_view sample = said("€1,234.56"), folder = "words/", ending = ".json";

void read_sample(Catalogue& catalogue) {
    const auto found = catalogue.words.find(sample);
    if (found == catalogue.words.end()) return;
    const std::string_view text = found->second;
    const auto one = text.find('1'), two = text.find("234"), five = text.find("56"), sign = text.find("€");
    if (one == text.npos || two == text.npos || five == text.npos || sign == text.npos || !(one < two && two < five)) return;
    catalogue.grouping = std::string(text.substr(one + 1, two - one - 1));
    catalogue.point = std::string(text.substr(two + 3, five - two - 3));
    catalogue.sign_behind = sign > five;
    if (catalogue.sign_behind) catalogue.before_sign = std::string(text.substr(five + 2, sign - five - 2));
}

const std::map<std::string, Catalogue, std::less<>>& catalogues() {
    static const auto all = [] {
        std::map<std::string, Catalogue, std::less<>> read;
        for (const auto& asset : assets()) {
            if (!asset.path.starts_with(folder) || !asset.path.ends_with(ending)) continue;
            const auto name = asset.path.substr(folder.size(), asset.path.size() - folder.size() - ending.size());
            if (name == "en") continue;
            auto& catalogue = read[std::string(name)];
            const auto json = read_json(asset.plain);
            check(json.ok());
            for (const auto& [english, words] : json->members()) {
                if (!words.text().empty()) catalogue.words.emplace(english, words.text());
            }
            read_sample(catalogue);
        }
        return read;
    }();
    return all;
}

}  // namespace

Words::Words(std::string_view tag) : language_("en"), catalogue_(nullptr) {
    const auto& all = catalogues();
    for (auto part = tag;;) {
        const auto found = std::ranges::find_if(all, [&](const auto& one) { return lower(one.first) == lower(part); });
        if (found != all.end()) {
            language_ = found->first;
            catalogue_ = &found->second;
            return;
        }
        const auto cut = part.rfind('-');
        if (cut == part.npos) return;
        part = part.substr(0, cut);
    }
}

std::optional<std::string> Words::known(std::string_view english) const {
    if (catalogue_ == nullptr) return std::string(english);
    const auto& words = static_cast<const Catalogue*>(catalogue_)->words;
    const auto found = words.find(english);
    return found == words.end() ? std::nullopt : std::optional(found->second);
}

std::string Words::operator()(std::string_view english) const { return known(english).value_or(std::string(english)); }

std::string Words::operator()(std::string_view english, std::initializer_list<std::pair<std::string_view, std::string_view>> values) const {
    const auto text = (*this)(english);
    std::string out;
    for (std::size_t at = 0;;) {
        const auto open = text.find('{', at), close = text.find('}', open);
        if (close == text.npos) return out += text.substr(at);
        const auto name = std::string_view(text).substr(open + 1, close - open - 1);
        const auto* value = std::ranges::find(values, name, &std::pair<std::string_view, std::string_view>::first);
        check(value != values.end());
        out += text.substr(at, open - at);
        out += value->second;
        at = close + 1;
    }
}

std::string Words::count(std::int64_t n, std::string_view one, std::string_view more) const {
    const auto number = std::to_string(n);
    return (*this)(n == 1 ? one : more, {{"n", number}});
}

std::string Words::money(Money money) const {
    const auto english = display(money);
    if (catalogue_ == nullptr) return english;
    const auto& style = *static_cast<const Catalogue*>(catalogue_);
    const auto digits_at = std::min(english.find_first_of("0123456789"), english.size());
    std::string sign = english.substr(0, digits_at), number, minus;
    if (sign.starts_with("−")) {
        minus = "−";
        sign.erase(0, minus.size());
    }
    for (const char c : english.substr(digits_at)) {
        if (c == ',') {
            number += style.grouping;
        } else if (c == '.') {
            number += style.point;
        } else {
            number += c;
        }
    }
    if (!style.sign_behind) return minus + sign + number;
    if (sign.ends_with("\u00a0")) sign.resize(sign.size() - std::string_view("\u00a0").size());
    return minus + number + style.before_sign + sign;
}

std::string Words::decimal(std::string_view number) const {
    std::string text(number);
    const auto point = text.find('.');
    if (catalogue_ != nullptr && point != text.npos) text.replace(point, 1, static_cast<const Catalogue*>(catalogue_)->point);
    return text;
}

std::string Words::date(std::string_view day) const {
    constexpr std::array months{said("January"), said("February"), said("March"),     said("April"),   said("May"),      said("June"),
                                said("July"),    said("August"),   said("September"), said("October"), said("November"), said("December")};
    int number = 0, month = 0;
    std::from_chars(day.data() + 8, day.data() + 10, number);
    std::from_chars(day.data() + 5, day.data() + 7, month);
    const auto day_text = std::to_string(number), month_text = (*this)(months[static_cast<std::size_t>(month - 1)]);
    return (*this)(said("{day} {month} {year}"), {{"day", day_text}, {"month", month_text}, {"year", day.substr(0, 4)}});
}

std::span<const std::string> languages() {
    static const auto all = [] {
        std::vector<std::string> tags{"en"};
        for (const auto& [tag, catalogue] : catalogues()) tags.push_back(tag);
        return tags;
    }();
    return all;
}

}  // namespace barrow::wire
