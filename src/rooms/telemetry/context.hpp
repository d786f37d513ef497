// Context: what brought somebody here, without saying who. It travels from link to page to order inside URLs and forms as a
// signed token; it names no visitor.
#pragma once

#include <cstdint>
#include <vector>

#include "floor/base/time.hpp"

namespace barrow::telemetry {

// Where something was seen. The numbers are on the wire; never change one.
enum class Surface : std::uint8_t { none = 0, bio = 1, product = 2, overlay = 3, live = 4, embed = 5, card = 6, feed = 7, link = 8, mail = 9 };

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
    std::vector<Arm> arms;        // at most two
    std::int64_t live_session = 0;
    std::int64_t day = 0;         // UTC day of the touch, days since 1970-01-01
    bool operator==(const Context&) const = default;
};

}  // namespace barrow::telemetry
