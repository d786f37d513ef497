// Whose turn it is: which receivers are asked next, so that one who is slow or does not answer keeps nobody else's promises waiting.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "floor/base/time.hpp"

namespace barrow::outbox {

struct Receiver {
    std::string shop_id, name;
    bool failing = false;  // its last promise was not kept
    Instant due;           // of what waits longest for it
};

// At once, of one node. In a turn a receiver is sent so many side by side, one alone while it fails, and so many times in a row.
inline constexpr int turns_max = 32, turns_of_shop_max = 4;
inline constexpr int first_turns_kept = 8;  // of turns_max: for shops that have none
inline constexpr int failing_turns_max = 16, failing_turns_of_shop_max = 2;
inline constexpr int side_by_side_max = 4, rounds_of_turn_max = 8;
inline constexpr int receivers_read_max = 1'000;

class Turns {
public:
    // Of those who wait, who goes now: a turn for each shop before anyone's second, who had one longest ago first, in a shop likewise. They
    // are under way until end().
    std::vector<Receiver> begin(std::vector<Receiver> waiting);
    void end(const Receiver& receiver);

private:
    struct Shop {
        int under_way = 0, failing = 0;
        std::int64_t last = 0;                      // the number of its last turn
        std::map<std::string, std::int64_t> lasts;  // of each receiver that waited when last asked
        std::set<std::string> now;                  // under way
    };
    [[nodiscard]] bool may_begin(const Shop& shop, const Receiver& receiver) const;

    std::map<std::string, Shop> shops_;  // those who waited when last asked, and those under way
    int under_way_ = 0, failing_ = 0;
    std::int64_t turn_ = 0;
};

}  // namespace barrow::outbox
