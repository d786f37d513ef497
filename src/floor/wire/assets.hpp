// What web/ holds, compiled in by tools/embed: templates, styles, scripts, with their gzip and brotli forms.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "floor/wire/json.hpp"

namespace barrow::wire {

struct Asset {
    std::string_view path;                 // under web/: "viewer/product.css"
    std::string_view type;                 // "text/css; charset=utf-8"
    std::string_view plain, gzip, brotli;  // gzip and brotli are empty where they would not be smaller
};

std::span<const Asset> assets();                 // sorted by path
const Asset* find_asset(std::string_view path);  // nullptr: there is none
// As a language has it ("de/viewer/hold.html"), else as it stands: what says nothing is there once. "en" stands for what web/ holds.
const Asset* find_asset(std::string_view path, std::string_view language);
// One hash over all of web/, 12 hex digits: assets are served under /assets/HASH/path and never change there.
std::string_view assets_hash();

// Renders the template at `path` (a missing one is a bug) in one of wire/words.hpp's languages; partials are other files of web/, and
// {{assets}} is the address that the language's assets are served under.
std::string page(std::string_view path, std::string_view language, Json values);

}  // namespace barrow::wire
