// What a page says beside its words: where it sends its reader on to by itself, and whether it stands in the way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace barrow::links::linkcheck {

struct PageJump {
    enum class Way : std::uint8_t { meta, script } way = Way::meta;
    std::string target;  // as written, without HTML or JavaScript escapes
    int delay_s = 0;
};

// `<meta http-equiv=refresh content="0; url=…">`; else, on a page that has little else to say, the address that a script hands to
// location.replace("…"), location.assign("…"), location = "…" or location.href = "…". None for a page that stays: a refresh of the page
// itself, one after more than jump_delay_max_s, an address that is put together at run time. Reads the text once for each kind.
std::optional<PageJump> find_jump(std::string_view html);
inline constexpr int jump_delay_max_s = 20;  // later, it is a page that people read

// "5; url=/next", as it also stands in the header Refresh.
std::optional<PageJump> read_refresh(std::string_view content);

// The text of <title>, one line, without escapes; at most 200 bytes.
std::string page_title(std::string_view html);
// What the page would have said of it where its link is shown: Open Graph's words, else its title and description; each "" where it says
// nothing. `image` as written. At most 120 and 300 characters of words, no control characters.
struct PageFace {
    std::string title, text, image;
};
PageFace page_face(std::string_view html);

// Whether what the page offers can be had, as it tells programs: schema.org's availability in JSON-LD or microdata, or a product's meta
// tags. `out` only where every offer says so; a page that says nothing is `unknown`.
enum class Offered : std::uint8_t { unknown, in, out };
Offered offered_on(std::string_view html);

// The title of a page that wants proof of a person: Cloudflare's "Just a moment…", "Access denied" and the like.
bool is_challenge_title(std::string_view title);
// The title of a page that asks before it lets go: "You are leaving …".
bool is_interstitial_title(std::string_view title);

}  // namespace barrow::links::linkcheck
