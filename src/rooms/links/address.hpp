// Addresses: what a redirect makes of a target and of what the visitor brought. Pure.
#pragma once

#include <string>
#include <string_view>

#include "floor/base/result.hpp"

namespace barrow::links {

// What goes on from a short link to its target.
struct Onward {
    std::string_view query{};  // of the visitor's address, without "?"; "" passes nothing on
    std::string_view utm{};    // the link's own
    std::string_view slug{};   // for {slug} in utm
    std::string_view token{};  // the context; "" for none
    std::string_view token_name = "c";
};
// "https://a.example/p?x=1#how" and "ref=clip7" → "https://a.example/p?x=1&ref=clip7#how". The target's own parameters stay as the creator
// wrote them, so that nobody can turn a link by adding to it; then come the visitor's, then those of utm that neither has. Where
// the target says {context} the token stands; else it comes last under its name. The private tag `d`, our own context `c` and what belongs
// to a way out (`outside`, LINE's `openExternalBrowser`) do not go on. The fragment stays last; the visitor's own is the browser's to
// carry.
std::string onward_address(std::string_view target, const Onward& with);

// "/p/tide-lamp?x=1" and a token → "/p/tide-lamp?x=1&c=TOKEN"; a fragment stays last.
inline std::string with_context(std::string_view target, std::string_view token) { return onward_address(target, {.token = token}); }

// The private source tag of a click: what ?d= says, decoded: "clip7@0:42". It is logged and not passed on. "" without one; other
// characters than printable ASCII become "_", and 60 are the most.
std::string source_tag(std::string_view query);

// "utm_source=tiktok&utm_medium=video": utm_source, utm_medium, utm_campaign, utm_term, utm_content, utm_id, each once with a value that
// is written as it stands in an address. Refuses anything else (bad_input).
Status examine_utm(std::string_view utm);

// "www.youtube.com" of "https://www.youtube.com/watch?v=…", in lower case; "" where there is none, or where it is longer than 80.
std::string referrer_host(std::string_view referrer);

}  // namespace barrow::links
