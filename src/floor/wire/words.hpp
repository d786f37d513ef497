// What public pages say, in the language of a shop. web/words/LANGUAGE.json is the catalogue of a language: { "English": "in that language"
// }; en.json lists every English text with the files that say it. Templates and scripts are turned when Barrow is built (tools/embed), what
// src/ says is looked up here.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "floor/base/money.hpp"

namespace barrow::wire {

class Words {
public:
    // A BCP 47 tag. Its nearest catalogue counts: "de-AT" reads "de"; a language without one reads English.
    explicit Words(std::string_view tag);

    // "de"; "en" where there is no catalogue. Names the language of wire::page and find_asset.
    [[nodiscard]] std::string_view language() const { return language_; }

    // The text in this language; English what the catalogue does not have.
    [[nodiscard]] std::string operator()(std::string_view english) const;
    // {name} in it becomes the value.
    [[nodiscard]] std::string operator()(std::string_view english,
                                         std::initializer_list<std::pair<std::string_view, std::string_view>> values) const;
    // The text for one, or the one for more, with {n} in it. Two forms, as in English and German: a language with more needs its rule here.
    [[nodiscard]] std::string count(std::int64_t n, std::string_view one, std::string_view more) const;
    // What the catalogue says for it, nothing where it does not know it: for texts that are only read here, such as those of an Error.
    [[nodiscard]] std::optional<std::string> known(std::string_view english) const;

    // "€1,204.00", "1.204,00 €": as the catalogue turns "€1,234.56".
    [[nodiscard]] std::string money(Money money) const;
    // "5.5", "5,5".
    [[nodiscard]] std::string decimal(std::string_view number) const;
    // "23 November 2026", "23. November 2026"; day is "2026-11-23".
    [[nodiscard]] std::string date(std::string_view day) const;

private:
    std::string_view language_;
    const void* catalogue_;  // nullptr: English
};

// Marks a text that is looked up where it is shown.
constexpr std::string_view said(std::string_view english) { return english; }

// Those that have a catalogue, "en" among them, by their tags.
std::span<const std::string> languages();

}  // namespace barrow::wire
