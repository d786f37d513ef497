// The guard's rounds: who is looked at next, politely, and how somebody's page is looked at. The clockwork steps them.
#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include "floor/base/task.hpp"
#include "floor/fetch/smtp.hpp"
#include "floor/outbox/outbox.hpp"
#include "rooms/guard/guard.hpp"

namespace barrow::guard {

inline constexpr Duration step_every = seconds(5);
inline constexpr Duration host_gap = seconds(20);  // between two looks at one host
inline constexpr std::size_t looks_max = 8;        // side by side, each at another host
inline constexpr int due_max = 64;                 // read in one step
inline constexpr int hops_max = 5;
inline constexpr long look_ms_max = 10'000;                // of one request; at most 12 of them are one look
inline constexpr Duration look_lease = minutes(5);         // longer than any look: another node waits so long
inline constexpr std::size_t page_bytes_max = 256 * 1024;  // what a page offers stands in its beginning

// When each host was asked last, by this process.
class Hosts {
public:
    [[nodiscard]] Instant free_at(const std::string& host) const;
    void take(const std::string& host, Instant now);

private:
    std::map<std::string, Instant, std::less<>> free_;  // those that are past are forgotten
};

struct Doors {
    access::Site& site;
    fetch::Smtp* smtp = nullptr;  // none: no digest is sent
    std::string mail_from;
    Hosts hosts;  // of the clockwork alone, as are the next two
    std::size_t turn = 0;
    std::unordered_map<std::string, std::int64_t> cursors;  // of a shop: the number of the last link that was noted
};

// One look at a public address: HEAD along the redirects, then GET where the page itself has to be read or HEAD was not liked. With the
// tags of the last good look it asks whether anything changed. The address rules hold at every hop. It says who it is.
Task<Look> look(fetch::Fetcher& fetcher, std::string target, std::string etag, std::string modified, Instant now);

// One step: notes what one shop's links lead to, in turn; looks at what is due. Ends within a minute or two; one at a time.
Task<Status> step(Doors& doors);

// Keeps a promise of mail_kind.
Task<Status> keep_mail(Doors& doors, outbox::Promise promise);

// The shop of an id; none when it is gone.
std::shared_ptr<const access::Tenant> tenant_of(const access::Site& site, std::string_view shop_id);

}  // namespace barrow::guard
