// Walk: many viewers and a creator play in a World, and what must always be true is looked at again and again.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/world.hpp"

namespace barrow::sim {

struct Told {
    std::int64_t rounds = 0, requests = 0, holds = 0, orders = 0, paid = 0, refunds = 0, crashes = 0, webhooks_again = 0, clicks = 0,
                 virtual_minutes = 0;
    std::uint64_t hash = 0;  // of every answer
};

class Walk {
public:
    Walk(std::string database_url, std::uint64_t seed);
    // Plays until `rounds` are over, then heals the world, lets time pass and looks at everything once more.
    Told play(std::int64_t rounds);

private:
    enum class At : std::uint8_t { away, link, page, hold_form, held, pay, receipt };
    struct Viewer {
        At at = At::away;
        std::string peer, target, token;  // token is the hold's, then the order's
        std::string hold;                 // that the order was made of
        Form form;
        int patience = 0;
        Instant held{};
    };
    struct Sent {
        Viewer* viewer;
        At at;
        http::Call call;
    };

    std::vector<http::Call> wish(Viewer& viewer);
    void take(Viewer& viewer, At at, const http::Call& call, const http::Response& response);
    void creator_acts();
    void tell_again();
    void look_around();
    void look_at_receipts(std::size_t count_max);
    void note(const http::Response& response);
    void rest();

    World world_;
    Owner owner_{world_};
    Told told_;
    std::vector<Viewer> viewers_;
    std::string shop_, session_, live_slug_ = "tuesday";
    std::vector<std::string> products_;
    std::set<std::string> receipts_;                    // tokens that somebody was told
    std::map<std::string, std::string> order_of_hold_;  // hold → where its order's buyer was sent
    std::int64_t clicks_least_ = 0, clicks_most_ = 0, clicks_waiting_ = 0;
    int sessions_count_ = 1;
};

}  // namespace barrow::sim
