#include "rooms/guard/finding.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "floor/base/text.hpp"
#include "floor/fetch/url.hpp"
#include "floor/wire/page.hpp"

namespace barrow::guard {
namespace {

struct Line {
    Finding finding;
    std::string_view name, words;
    Grade grade;
};
constexpr std::array lines{
    Line{Finding::good, "good", "works", Grade::good},
    Line{Finding::unsure, "unsure", "lets no program look", Grade::unsure},
    Line{Finding::sold_out, "sold_out", "is sold out", Grade::warns},
    Line{Finding::certificate_ends, "certificate_ends", "has a certificate that ends soon", Grade::warns},
    Line{Finding::expired, "expired", "has ended", Grade::warns},
    Line{Finding::gone, "gone", "is gone", Grade::breaks},
    Line{Finding::server_error, "server_error", "answers with an error", Grade::breaks},
    Line{Finding::no_name, "no_name", "has a domain that leads nowhere", Grade::breaks},
    Line{Finding::no_tls, "no_tls", "has no connection that browsers trust", Grade::breaks},
    Line{Finding::no_answer, "no_answer", "does not answer", Grade::breaks},
    Line{Finding::private_address, "private_address", "is in a private network", Grade::breaks},
    Line{Finding::to_home, "to_home", "sends everybody to the front page", Grade::breaks},
    Line{Finding::missing, "missing", "is not in this shop any more", Grade::breaks},
};
const Line& line_of(Finding finding) { return lines.at(static_cast<std::size_t>(finding)); }

constexpr std::array<std::string_view, 6> states{"new", "good", "unsure", "failing", "warns", "broken"};
constexpr std::array<std::string_view, 3> bases{"link", "shop", "none"};

std::string_view trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(" \t\r");
    if (from == text.npos) return {};
    return text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

std::string_view without_www(std::string_view host) { return host.starts_with("www.") ? host.substr(4) : host; }

}  // namespace

std::string_view name(Finding finding) { return line_of(finding).name; }
std::string_view words(Finding finding) { return line_of(finding).words; }
Grade grade(Finding finding) { return line_of(finding).grade; }
std::optional<Finding> finding_named(std::string_view name) {
    const auto found = std::ranges::find(lines, name, &Line::name);
    return found == lines.end() ? std::nullopt : std::optional(found->finding);
}
std::string_view name(State state) { return states.at(static_cast<std::size_t>(state)); }
std::optional<State> state_named(std::string_view name) {
    const auto found = std::ranges::find(states, name);
    return found == states.end() ? std::nullopt : std::optional(static_cast<State>(found - states.begin()));
}
std::string_view name(Basis basis) { return bases.at(static_cast<std::size_t>(basis)); }

Standing after(Standing before, const Look& look, bool certain, Instant now) {
    const bool was_wrong = before.state == State::failing || before.state == State::warns || before.state == State::broken;
    Standing next{.finding = look.finding, .words = look.words};
    switch (grade(look.finding)) {
        case Grade::good:
            next.state = State::good;
            return next;
        case Grade::unsure:
            if (was_wrong) return before;
            next.state = State::unsure;
            return next;
        case Grade::warns: {
            const bool same = before.state == State::warns && before.finding == look.finding;
            next.state = State::warns;
            next.since = same ? before.since : now;
            next.known = same ? before.known : now;
            return next;
        }
        case Grade::breaks:
            break;
    }
    const bool failed_before = before.state == State::failing || before.state == State::broken;
    next.failed_count = failed_before ? before.failed_count + 1 : 1;
    next.since = failed_before ? before.since : now;
    const bool broken =
        certain || before.state == State::broken || (next.failed_count >= 2 && now - next.since.value_or(now) >= again_after);
    next.state = broken ? State::broken : State::failing;
    if (broken) next.known = before.state == State::broken ? before.known : now;
    return next;
}

Duration next_look(const Standing& standing, std::int64_t clicks_a_week, bool own, Instant now) {
    if (own) return minutes(5);
    if (standing.state == State::failing) return again_after;
    if (standing.state == State::broken) {
        const auto age = now - standing.known.value_or(now);
        return age < days(1) ? hours(1) : age < days(7) ? hours(6) : hours(24);
    }
    return clicks_a_week >= busy_clicks ? hours(1) : clicks_a_week >= some_clicks ? hours(6) : hours(24);
}

Finding of_status(int status) {
    if (status == 304 || (status >= 200 && status < 300)) return Finding::good;
    if (status == 404 || status == 410) return Finding::gone;
    if (status >= 500) return Finding::server_error;
    return Finding::unsure;  // 401, 403, 405, 429, 451 …: people may be let in
}

Finding of_problem(Fault fault, std::string_view problem) {
    if (fault == Fault::forbidden) return Finding::private_address;
    if (fault == Fault::busy) return Finding::unsure;  // it was us
    const auto text = lower(problem);
    const auto says = [&](std::string_view sign) { return text.find(sign) != text.npos; };
    if (says("resolve host")) return Finding::no_name;
    if (says("ssl") || says("certificate") || says("tls")) return Finding::no_tls;
    return Finding::no_answer;
}

bool is_front_page(std::string_view path) {
    const auto small = lower(path);
    std::string_view rest = small;
    while (rest.starts_with('/')) rest.remove_prefix(1);
    while (rest.ends_with('/')) rest.remove_suffix(1);
    const auto letters = [](std::string_view text) {
        return text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
    };
    const bool language =
        letters(rest) || (rest.size() == 5 && (rest[2] == '-' || rest[2] == '_') && letters(rest.substr(0, 2)) && letters(rest.substr(3)));
    return rest.empty() || rest == "index.html" || rest == "index.htm" || rest == "index.php" || rest == "home" || language;
}

bool turns_home(std::string_view from_url, std::string_view to_url) {
    const auto from = fetch::read_url(from_url), to = fetch::read_url(to_url);
    if (!from || !to || without_www(from->host) != without_www(to->host)) return false;
    return !is_front_page(from->path) && is_front_page(to->path) && to->query.empty();
}

// ---- robots.txt ------------------------------------------------------------------------------------------------------------

namespace {

constexpr std::size_t rules_max = 500;

// "*" stands for anything, "$" at the end for the end. Walks back to the last star only: no pattern costs more than its length times the
// path's.
bool fits(std::string_view pattern, std::string_view path) {
    const bool to_end = pattern.ends_with('$');
    if (to_end) pattern.remove_suffix(1);
    std::size_t p = 0, t = 0, star = pattern.npos, mark = 0;
    while (t < path.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.size() && pattern[p] == path[t]) {
            ++p;
            ++t;
        } else if (p == pattern.size() && !to_end) {
            return true;
        } else if (star != pattern.npos) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

}  // namespace

bool may_look(std::string_view robots, std::string_view path) {
    struct Rule {
        std::string_view pattern;
        bool allows;
    };
    std::vector<Rule> ours, everybodys;
    bool for_us = false, for_all = false, names_end = false, has_ours = false;
    while (!robots.empty()) {
        auto line = robots.substr(0, robots.find('\n'));
        robots.remove_prefix(std::min(line.size() + 1, robots.size()));
        line = trimmed(line.substr(0, line.find('#')));
        const auto colon = line.find(':');
        if (colon == line.npos) continue;
        const auto key = lower(trimmed(line.substr(0, colon)));
        const auto value = trimmed(line.substr(colon + 1));
        if (key == "user-agent") {
            if (std::exchange(names_end, false)) for_us = for_all = false;
            for_us = for_us || lower(value) == robots_name;
            for_all = for_all || value == "*";
            has_ours = has_ours || for_us;
        } else if (key == "allow" || key == "disallow") {
            names_end = true;
            if (value.empty() || ours.size() + everybodys.size() >= rules_max) continue;
            if (for_us) ours.push_back({value, key == "allow"});
            if (for_all) everybodys.push_back({value, key == "allow"});
        }
    }
    std::size_t longest = 0;
    bool allowed = true;
    for (const auto& rule : has_ours ? ours : everybodys) {
        if (rule.pattern.size() < longest || !fits(rule.pattern, path)) continue;
        allowed = rule.pattern.size() > longest ? rule.allows : allowed || rule.allows;
        longest = rule.pattern.size();
    }
    return allowed;
}

// ---- in money --------------------------------------------------------------------------------------------------------------

Lost lost(std::int64_t clicks, const Earned& link, const Earned& shop) {
    const bool own = link.minor > 0 && link.clicks > 0, average = shop.minor > 0 && shop.clicks > 0;
    Lost out{.clicks = clicks};
    if (!own && !average) return out;
    const auto& by = own ? link : shop;
    out.basis = own ? Basis::link : Basis::shop;
    out.sales_minor = by.minor;
    out.sales_clicks = by.clicks;
    out.minor = portion(by.minor, clicks, by.clicks);
    return out;
}

std::string arithmetic(const Lost& lost, Currency currency) {
    const auto clicks = wire::grouped(lost.clicks) + (lost.clicks == 1 ? " click" : " clicks");
    if (lost.basis == Basis::none) return clicks + "; nothing was sold by links in the 30 days before, so there is no sum";
    const auto brought = display({lost.sales_minor, currency}) + " ÷ " + wire::grouped(lost.sales_clicks) + " clicks";
    return clicks + " × " + brought +
           (lost.basis == Basis::link ? " of this link in the 30 days before"
                                      : " of all links in the 30 days before, since this one sold nothing");
}

}  // namespace barrow::guard
