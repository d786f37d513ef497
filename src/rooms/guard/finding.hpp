// Finding: what a look at a target says, and what follows from it. Pure functions over what was seen.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "floor/base/money.hpp"
#include "floor/base/result.hpp"
#include "floor/base/time.hpp"

namespace barrow::guard {

enum class Finding : std::uint8_t {
    good,
    unsure,            // it answers, and lets no program in: 401, 403, 429 … or a page that wants proof of a person
    sold_out,          // the page is there, and what it offers is not
    certificate_ends,  // within certificate_days
    expired,           // our own link, after its end
    gone,              // 404 or 410
    server_error,      // 5xx
    no_name,           // its domain leads nowhere
    no_tls,            // no connection that a browser would trust
    no_answer,
    private_address,  // nobody outside of a private network reaches it
    to_home,          // a page that now sends everybody to the front page: gone, politely
    missing,          // of this shop: a product, page, session or link that is not there any more
};
std::string_view name(Finding finding);   // "sold_out": for programs and the database
std::string_view words(Finding finding);  // "is gone"
std::optional<Finding> finding_named(std::string_view name);

// Warnings are told; visitors who would find nothing at all are led to the fallback.
enum class Grade : std::uint8_t { good, unsure, warns, breaks };
Grade grade(Finding finding);

inline constexpr std::int64_t certificate_days = 14;                // before its end: time enough to ask its owner
inline constexpr Duration again_after = minutes(10);                // a second look before anybody is told: most failures are shorter
inline constexpr std::int64_t busy_clicks = 100, some_clicks = 10;  // in a week

// What one look saw.
struct Look {
    Finding finding = Finding::good;
    std::string words;           // one clause: "404 at shop.example"
    std::string etag, modified;  // of a page that can be asked about by them
};

enum class State : std::uint8_t { fresh, good, unsure, failing, warns, broken };
std::string_view name(State state);  // "new" for fresh
std::optional<State> state_named(std::string_view name);

struct Standing {
    State state = State::fresh;
    Finding finding = Finding::good;
    std::string words;
    std::int64_t failed_count = 0;        // looks in a row that found it broken
    std::optional<Instant> since, known;  // the first look that saw it so; when it was certain
    bool operator==(const Standing&) const = default;
};
// `certain`: it was read in our own database, where one look is enough. Else broken is what two looks found, again_after apart. A look that
// could not tell changes nothing of what was known to be wrong.
Standing after(Standing before, const Look& look, bool certain, Instant now);

// Until the next look: the busier the sooner, soon after a first failure, then ever later; our own are read every few minutes.
Duration next_look(const Standing& standing, std::int64_t clicks_a_week, bool own, Instant now);

// What an answer of somebody's server means, its body not yet read. `status` 304 is good.
Finding of_status(int status);
// What the fetcher's refusal means, by its words.
Finding of_problem(Fault fault, std::string_view problem);
// "/", "/en/", "/index.html": where those are sent who ask for what is gone.
bool is_front_page(std::string_view path);
// From a page of a site to its own front page.
bool turns_home(std::string_view from_url, std::string_view to_url);

// Whether the site's robots.txt lets us look at the path (RFC 9309): our own group, else everybody's; the longest rule wins, allowing on a
// tie.
bool may_look(std::string_view robots, std::string_view path);
inline constexpr std::string_view robots_name = "barrow-check";

// ---- in money --------------------------------------------------------------------------------------------------------------

enum class Basis : std::uint8_t { link, shop, none };  // whose revenue per click it is
std::string_view name(Basis basis);

// Clicks that found nothing, and what clicks brought in the 30 days before.
struct Lost {
    std::int64_t clicks = 0;
    Basis basis = Basis::none;
    std::int64_t sales_minor = 0, sales_clicks = 0;  // of the basis
    std::int64_t minor = 0;                          // clicks × sales_minor ÷ sales_clicks, half up; 0 without a basis
    bool operator==(const Lost&) const = default;
};
struct Earned {
    std::int64_t minor = 0, clicks = 0;
};
Lost lost(std::int64_t clicks, const Earned& link, const Earned& shop);
// "12 clicks × €340.00 ÷ 200 clicks of this link in the 30 days before".
std::string arithmetic(const Lost& lost, Currency currency);

}  // namespace barrow::guard
