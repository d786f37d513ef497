// Context: what brought somebody here, without saying who. It travels from link to page to order inside URLs and forms as a
// signed token; it names no visitor.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/id.hpp"
#include "floor/base/result.hpp"
#include "floor/base/time.hpp"
#include "rooms/access/shop.hpp"

namespace barrow::telemetry {

// Where something was seen. The numbers are on the wire; never change one.
enum class Surface : std::uint8_t {
    none = 0,
    bio = 1,
    product = 2,
    overlay = 3,
    live = 4,
    embed = 5,
    card = 6,
    feed = 7,
    link = 8,
    mail = 9
};

struct Arm {
    std::int64_t experiment = 0;  // the experiment's number in its shop
    std::int64_t arm = 0;
    bool operator==(const Arm&) const = default;
};

// Numbers are per-shop counters that stand beside the text ids, because bytes are dear in a URL. 0 means none.
struct Context {
    std::int64_t link = 0;
    Surface surface = Surface::none;
    std::int64_t snippet = 0, snippet_version = 0;
    std::vector<Arm> arms;  // at most two
    std::int64_t live_session = 0;
    std::int64_t day = 0;  // UTC day of the touch, days since 1970-01-01
    bool operator==(const Context&) const = default;
};

// "bio", "product" …: for reports and logs.
std::string_view name(Surface surface);

// The token: base64url of version, key id, link, surface, snippet, version, arms, live session (varints), day (2 bytes),
// and 8 bytes of HMAC-SHA256 over these and the shop's id. Typically 18 to 24 bytes, 24 to 32 characters.
std::string write_context(const Context& context, const Id<access::Shop>& shop, std::span<const std::uint8_t, 32> key);
// Refuses (bad_input) what we did not sign for this shop, and what is older than `context_days_max`.
Result<Context> read_context(std::string_view token, const Id<access::Shop>& shop, std::span<const std::uint8_t, 32> key, Instant now);
inline constexpr std::int64_t context_days_max = 30;  // a sale is credited to a touch of the last thirty days
inline constexpr std::size_t context_length_max = 128;

// A broken or old token brings nobody here and hurts nobody: the empty context.
Context context_or_none(std::string_view token, const Id<access::Shop>& shop, std::span<const std::uint8_t, 32> key, Instant now);

// "12:0,15:1": arms as text for rows; and back (ours only: a bug on anything else).
std::string write_arms(const std::vector<Arm>& arms);
std::vector<Arm> read_arms(std::string_view text);

}  // namespace barrow::telemetry
