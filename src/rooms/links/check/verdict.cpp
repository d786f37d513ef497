#include "rooms/links/check/verdict.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "floor/base/text.hpp"
#include "floor/fetch/url.hpp"
#include "floor/http/http.hpp"

namespace barrow::links::linkcheck {
namespace {

// A pin moves on within seconds; a redirect that is kept this long or less is no trouble.
constexpr std::int64_t cached_harmless_s = 5;
constexpr std::size_t redirects_good = 3;  // each new host is a name, a connection and a handshake on a phone's line
constexpr std::int64_t slow_us = 1'000'000, too_slow_us = 3'000'000;
constexpr Duration certificate_soon = days(14);
constexpr std::size_t value_bytes_min = 4;  // shorter values are found anywhere by chance

std::string host_of(std::string_view url) {
    const auto parts = fetch::read_url(url);
    return parts ? parts->host : std::string(url.substr(0, url.find_first_of("/?#")));
}

std::string_view without_www(std::string_view host) { return host.starts_with("www.") ? host.substr(4) : host; }

// Host and path: where it is, whatever was sent along.
std::string place_of(std::string_view url) {
    const auto parts = fetch::read_url(url);
    if (!parts) return std::string(url);
    auto path = parts->path;
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return std::string(without_www(parts->host)) + path;
}

// http → https, with or without www, a slash at the end: the same link in its better form, which may be kept for ever.
bool only_tidies(const Hop& hop) {
    const auto from = fetch::read_url(hop.url), to = fetch::read_url(hop.next);
    return from && to && place_of(hop.url) == place_of(hop.next) && from->query == to->query &&
           !(from->scheme == "https" && to->scheme == "http");
}

bool is_app_store(std::string_view url) {
    const auto host = host_of(url);
    return host == "apps.apple.com" || host == "itunes.apple.com" || host == "play.google.com" || url.starts_with("itms") ||
           url.starts_with("market:");
}

bool is_block(const Hop& hop) {
    constexpr std::array statuses{401, 403, 406, 407, 418, 429, 451, 503};
    return hop.challenge || std::ranges::find(statuses, hop.status) != statuses.end();
}

bool came_through(const Walk& walk) { return walk.end == End::arrived && walk.last().status < 400 && !walk.last().challenge; }

// "Sun, 06 Nov 1994 08:49:37 GMT", the form that RFC 9110 lets servers send.
std::optional<Instant> read_http_date(std::string_view text) {
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (text.size() != 29 || !text.ends_with(" GMT")) return {};
    const auto month = months.find(text.substr(8, 3));
    if (month == std::string_view::npos || month % 3 != 0) return {};
    const auto number = std::to_string(101 + month / 3).substr(1);
    const auto at = read_iso(std::string(text.substr(12, 4)) + "-" + number + "-" + std::string(text.substr(5, 2)) + "T" +
                             std::string(text.substr(17, 8)) + "Z");
    return at ? std::optional(*at) : std::nullopt;
}

// "max-age=90" → 90; none when the directive is not there or no number.
std::optional<std::int64_t> directive_seconds(std::string_view cache_control, std::string_view name) {
    const auto small = lower(cache_control);
    for (auto at = small.find(name); at != std::string::npos; at = small.find(name, at + 1)) {
        auto rest = std::string_view(small).substr(at + name.size());
        if (!rest.starts_with('=')) continue;
        rest.remove_prefix(rest.starts_with("=\"") ? 2 : 1);
        std::int64_t seconds_count = 0;
        if (std::from_chars(rest.data(), rest.data() + rest.size(), seconds_count).ec == std::errc())
            return std::max<std::int64_t>(0, seconds_count);
    }
    return {};
}

std::string span_words(std::int64_t seconds_count) {
    const auto of = [](std::int64_t n, std::string_view unit) { return std::to_string(n) + " " + std::string(unit) + (n == 1 ? "" : "s"); };
    if (seconds_count < 120) return of(seconds_count, "second");
    if (seconds_count < 2 * 3'600) return of(seconds_count / 60, "minute");
    if (seconds_count < 2 * 86'400) return of(seconds_count / 3'600, "hour");
    return of(seconds_count / 86'400, "day");
}

std::string ms_words(std::int64_t us) {
    const auto tenths = us / 100'000;
    return us < 1'000'000 ? std::to_string(us / 1'000) + " ms" : std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

class Notes {
public:
    // The same sentence of another browser is the same finding.
    void add(Finding finding, Agent agent) {
        const auto same =
            std::ranges::find_if(list, [&](const Finding& one) { return one.name == finding.name && one.what == finding.what; });
        auto& kept = same == list.end() ? list.emplace_back(std::move(finding)) : *same;
        if (std::ranges::find(kept.agents, agent) == kept.agents.end()) kept.agents.push_back(agent);
    }
    std::vector<Finding> list;
};

// Of a walk that did not come to a page.
void note_end(const Walk& walk, Notes& notes) {
    const auto& last = walk.last();
    const auto host = host_of(last.url);
    const std::string nobody = "Nobody who taps it comes to your product.";
    switch (walk.end) {
        case End::arrived:
            return;
        case End::loop:
            notes.add({"loop",
                       Severity::stops,
                       "The link goes in a circle: " + host + " sends back to " + last.next + ".",
                       nobody,
                       "Point the redirect at " + host + " to the product itself.",
                       {}},
                      walk.agent);
            return;
        case End::too_many_hops:
            notes.add({"too_many_hops",
                       Severity::stops,
                       "After " + std::to_string(hops_max) + " hops it still sends on.",
                       "Browsers give up, and buyers before them.",
                       "Point the first link straight to the product.",
                       {}},
                      walk.agent);
            return;
        case End::too_slow:
            notes.add({"too_slow",
                       Severity::stops,
                       "After " + std::to_string(walk_ms_max / 1'000) + " s it has not arrived.",
                       "The drop is over before the page is there.",
                       "Point the first link straight to the product.",
                       {}},
                      walk.agent);
            return;
        case End::leaves_the_web: {
            const bool store = is_app_store(last.next);
            notes.add({store ? "app_store" : "leaves_the_web",
                       Severity::stops,
                       host + (store ? " sends to an app store: " : " sends to an address that only an app opens: ") +
                           last.next.substr(0, 120) + ".",
                       "Browsers inside apps stop there with an error or a question; who has not that app buys nothing.",
                       "Switch off \"open in app\" or deep links for this link, or let it fall back to a web page.",
                       {}},
                      walk.agent);
            return;
        }
        case End::no_answer:
            notes.add({"no_answer",
                       Severity::stops,
                       host + " gives no answer. " + last.problem,
                       nobody,
                       "Mend " + host +
                           (walk.hops.size() > 1 ? ", or point the link at " + host_of(walk.hops[walk.hops.size() - 2].url) + " elsewhere."
                                                 : " or use another link."),
                       {}},
                      walk.agent);
            return;
        case End::private_address:
            notes.add({"private_address",
                       Severity::stops,
                       host + " stands at an address of a private network, where it is not followed from here.",
                       "Viewers are not in that network: nobody comes to your product.",
                       "Point the link to a public address; to try one of your own network, name that one in barrow linkcheck as well.",
                       {}},
                      walk.agent);
            return;
        case End::bad_location:
            notes.add({"bad_location",
                       Severity::stops,
                       host + " answers " + std::to_string(last.status) + " and says no address that a browser can go to" +
                           (last.location.empty() ? "." : ": \"" + last.location.substr(0, 80) + "\"."),
                       nobody,
                       "Set the target of the link anew, with https:// in front.",
                       {}},
                      walk.agent);
            return;
    }
}

void note_last_page(const Walk& walk, bool phone_comes_through, Notes& notes) {
    const auto& last = walk.last();
    const auto host = host_of(last.url);
    const auto status = std::to_string(last.status);
    const auto answers =
        host + (last.challenge ? " asks for proof that a person is there (" + status + ", \"" + last.title + "\")" : " answers " + status);
    if (text_of(walk.agent).in_app && is_block(last) && phone_comes_through) {
        notes.add({"blocked_in_app",
                   Severity::stops,
                   answers + " to a browser inside an app, and lets a phone's own browser in.",
                   "Whoever taps in that app sees an error; in a live that is nearly everybody.",
                   "Ask " + host + " to let in-app browsers through, or link to a page that does.",
                   {}},
                  walk.agent);
    } else if (is_block(last)) {
        notes.add({"blocked",
                   Severity::stops,
                   answers + ".",
                   "Buyers may see the same, or only this check does: it runs no scripts and comes from this machine.",
                   "Open the link on a phone; if it fails there too, ask " + host + " to let visitors in without a test.",
                   {}},
                  walk.agent);
    } else if (last.status >= 400) {
        notes.add({"error_at_the_end",
                   Severity::stops,
                   answers + (last.status == 404 || last.status == 410 ? ": there is no such page." : "."),
                   "Nobody who taps it can buy.",
                   last.status >= 500 ? "Ask who runs " + host + " to mend it before the live." : "Point the link to a page that is there.",
                   {}},
                  walk.agent);
    } else if (is_app_store(last.url)) {
        notes.add({"app_store",
                   Severity::costs,
                   "It ends in an app store.",
                   "The buyer has to install something before there is a product to see.",
                   "Let it fall back to a web page for who has not the app.",
                   {}},
                  walk.agent);
    } else if (last.interstitial) {
        notes.add({"interstitial",
                   Severity::costs,
                   host + " shows a page in between: \"" + last.title + "\".",
                   "One more tap, and many do not take it.",
                   "Link to the product itself, or switch the page in between off.",
                   {}},
                  walk.agent);
    }
}

void note_redirect(const Walk& walk, const Hop& hop, Notes& notes) {
    const auto host = host_of(hop.url);
    const auto status = std::to_string(hop.status);
    const auto to_web = fetch::origin(hop.next);
    if (hop.next_way != Way::header) {
        const std::string kind = hop.next_way == Way::meta ? "a meta refresh" : "JavaScript";
        notes.add({"page_redirect",
                   Severity::costs,
                   host + " sends on from a page, by " + kind + (hop.delay_s > 0 ? " after " + std::to_string(hop.delay_s) + " s." : "."),
                   "A whole page is loaded first, Back leads into a trap, and the fragment is lost.",
                   "Ask " + host + " for a plain redirect (302).",
                   {}},
                  walk.agent);
    } else if (!only_tidies(hop)) {
        const auto cached = cached_seconds(hop);
        if (!cached || *cached > cached_harmless_s) {
            const bool permanent = hop.status == 301 || hop.status == 308;
            notes.add({"cached_redirect",
                       Severity::costs,
                       host + " answers " + status + ", which browsers keep " +
                           (cached ? "for " + span_words(*cached) : std::string("as long as they like")) + ".",
                       "Who tapped once comes to the old target again: the link cannot follow your stream.",
                       permanent ? "Ask for 302 instead of " + status + ", with Cache-Control: no-store."
                                 : "Ask " + host + " for Cache-Control: no-store on its redirects.",
                       {}},
                      walk.agent);
        }
    }
    if (hop.url.starts_with("https:") && hop.next.starts_with("http:"))
        notes.add({"downgrade",
                   Severity::stops,
                   host + " sends from https to http: " + host_of(hop.next) + ".",
                   "Browsers warn or refuse, and who shares the network can send your buyer elsewhere.",
                   "Write https:// into the target at " + host + ".",
                   {}},
                  walk.agent);
    if (!hop.cookies.empty() && !to_web.empty() && host_of(hop.next) != host)
        notes.add({"cookies_on_the_way",
                   Severity::note,
                   host + " sets " + (hop.cookies.size() == 1 ? "a cookie" : "cookies") + " on the way (" + hop.cookies.front() +
                       (hop.cookies.size() > 1 ? ", …)." : ")."),
                   "It follows your buyers; in the EU that needs their consent.",
                   "Switch tracking cookies off at " + host + ".",
                   {}},
                  walk.agent);
    if (lower(hop.referrer_policy) == "no-referrer")
        notes.add({"referrer_dropped",
                   Severity::note,
                   host + " tells browsers to name no referrer.",
                   "The shop's figures call these visits \"direct\", unless a parameter says more.",
                   "Tell visits apart by utm_source.",
                   {}},
                  walk.agent);
}

void note_hop(const Walk& walk, const Hop& hop, Instant now, Notes& notes) {
    const auto host = host_of(hop.url);
    if (hop.tls && hop.tls->ends.us > 0 && hop.tls->ends - now < certificate_soon) {
        const auto left_days = std::max<std::int64_t>(0, (hop.tls->ends - now).us / days(1).us);
        notes.add({"certificate_ends",
                   Severity::costs,
                   "The certificate of " + host + " ends " + (left_days == 0 ? "today" : "in " + span_words(left_days * 86'400)) + ".",
                   "From then on browsers show a warning in place of your product.",
                   "Renew it before the live; see that it renews itself.",
                   {}},
                  walk.agent);
    }
    if (hop.tls && (hop.tls->version == "TLSv1" || hop.tls->version == "TLSv1.1"))
        notes.add({"old_tls",
                   Severity::costs,
                   host + " speaks " + hop.tls->version + " at best.",
                   "Browsers of today refuse it.",
                   "Ask who runs " + host + " for TLS 1.2 or 1.3.",
                   {}},
                  walk.agent);
    if (hop.url.starts_with("http:") && !hop.own_network && hop.status != 0)
        notes.add({"no_tls",
                   Severity::costs,
                   host + " is asked without TLS.",
                   "Browsers warn, and who shares the network can send your buyer elsewhere.",
                   "Give the address with https:// in front.",
                   {}},
                  walk.agent);
    if (hop.own_network)
        notes.add({"own_network",
                   Severity::note,
                   host + " answered from inside your own network.",
                   "Viewers elsewhere may not reach it, and time and TLS may differ there.",
                   "Before the live, check its public address from outside.",
                   {}},
                  walk.agent);
}

void note_way(const Walk& walk, Notes& notes) {
    const auto redirects = walk.hops.size() - 1;
    if (redirects > redirects_good)
        notes.add({"many_hops",
                   Severity::costs,
                   std::to_string(redirects) + " redirects stand before the page.",
                   "Each is a wait on a phone, and one more place where the link can break.",
                   "Point the first link straight to the last address.",
                   {}},
                  walk.agent);
    const auto us = walk.total_us();
    if (us > slow_us) {
        // Browsers differ by milliseconds and should share the finding: the words give the limit.
        const bool far = us > too_slow_us;
        notes.add({"slow",
                   far ? Severity::costs : Severity::note,
                   "The way takes more than " + ms_words(far ? too_slow_us : slow_us) + " from here.",
                   "Buyers leave while they wait.",
                   "Take hops out, or ask the slowest host why it takes so long.",
                   {}},
                  walk.agent);
    }
}

// "utm_source, ref" of what that hop dropped.
std::string dropped_at(const std::vector<Trace>& traces, std::size_t hop) {
    std::string names;
    for (const auto& trace : traces) {
        if (trace.fate == Trace::Fate::dropped && trace.hop == hop) names += (names.empty() ? "" : ", ") + trace.name;
    }
    return names;
}

void note_traces(const std::vector<Trace>& traces, const Trace& fragment, Agent agent, Notes& notes) {
    for (const auto& trace : traces) {
        if (trace.fate == Trace::Fate::kept) continue;
        const auto what = trace.fate == Trace::Fate::dropped ? " drops what the link brings along: " + dropped_at(traces, trace.hop) + "."
                          : trace.fate == Trace::Fate::renamed
                              ? " renames the parameter " + trace.name + " to " + trace.now_is + "."
                              : " overwrites the parameter " + trace.name + " with \"" + trace.now_is + "\".";
        notes.add({"parameter_lost",
                   Severity::costs,
                   trace.host + " (hop " + std::to_string(trace.hop) + ")" + what,
                   "The sale is not counted to the clip, post or partner that brought it.",
                   "Switch on \"pass parameters\" (query forwarding) at " + trace.host + ", or put them into the link's target.",
                   {}},
                  agent);
    }
    if (fragment.fate != Trace::Fate::kept)
        notes.add({"fragment_lost",
                   Severity::costs,
                   fragment.host + " (hop " + std::to_string(fragment.hop) + ") loses what stands behind the #.",
                   "A link to a place on the page, or to a second of the replay, opens at the top.",
                   "Ask for a plain redirect whose target has no # of its own.",
                   {}},
                  agent);
}

void keep_worst(std::vector<Trace>& worst, const std::vector<Trace>& traces) {
    if (worst.empty()) worst = traces;
    for (std::size_t i = 0; i < traces.size() && i < worst.size(); ++i) {
        if (worst[i].fate < traces[i].fate) worst[i] = traces[i];
    }
}

}  // namespace

const Walk* plain_walk(const Checked& checked) {
    for (const auto wanted : {Agent::mobile, Agent::desktop}) {
        for (const auto& walk : checked.walks) {
            if (walk.agent == wanted && came_through(walk)) return &walk;
        }
    }
    const auto found = std::ranges::find_if(checked.walks, came_through);
    return found == checked.walks.end() ? nullptr : &*found;
}

std::size_t Verdict::kept() const { return static_cast<std::size_t>(std::ranges::count(parameters, Trace::Fate::kept, &Trace::fate)); }

std::optional<std::int64_t> cached_seconds(const Hop& hop) {
    const auto control = lower(hop.cache_control);
    if (control.find("no-store") != std::string::npos || control.find("no-cache") != std::string::npos) return 0;
    if (const auto age = directive_seconds(control, "max-age")) return *age;
    if (!hop.expires.empty()) {
        const auto expires = read_http_date(hop.expires), sent = read_http_date(hop.date);
        return expires && sent ? std::max<std::int64_t>(0, expires->seconds() - sent->seconds()) : 0;  // "Expires: 0" and the like: at once
    }
    if (hop.status == 301 || hop.status == 308) return {};
    return 0;
}

std::vector<Trace> trace_parameters(const Asked& asked, const Walk& walk) {
    std::vector<Trace> traces;
    for (const auto& probe : asked.parameters) {
        Trace trace{.name = probe.name};
        for (std::size_t i = 0; i < walk.hops.size(); ++i) {
            const auto& url = walk.hops[i].url;
            const auto there = parameters_of(url);
            auto fate = Trace::Fate::dropped;
            std::string now_is;
            const auto same = std::ranges::find(there, probe.name, &Probe::name);
            const auto renamed = std::ranges::find(there, probe.value, &Probe::value);
            const bool tellable = probe.value.size() >= value_bytes_min;
            if (std::ranges::any_of(there, [&](const Probe& one) { return one.name == probe.name && one.value == probe.value; })) {
                fate = Trace::Fate::kept;
            } else if (same != there.end()) {
                fate = Trace::Fate::changed;
                now_is = same->value.substr(0, 60);
            } else if (tellable && renamed != there.end()) {
                fate = Trace::Fate::renamed;
                now_is = renamed->name.substr(0, 60);
            } else if (tellable && http::percent_decode(url).find(probe.value) != std::string::npos) {
                fate = Trace::Fate::renamed;
                now_is = "a part of the address";
            }
            // Who changed it last did it: what comes back later was not lost.
            if (fate != trace.fate) {
                trace.hop = fate == Trace::Fate::kept || i == 0 ? 0 : i;
                trace.host = trace.hop == 0 ? "" : host_of(walk.hops[i - 1].url);
            }
            trace.fate = fate;
            trace.now_is = std::move(now_is);
        }
        traces.push_back(std::move(trace));
    }
    return traces;
}

Trace trace_fragment(const Asked& asked, const Walk& walk) {
    Trace trace{.name = "#" + asked.fragment};
    for (std::size_t i = 1; i < walk.hops.size(); ++i) {
        const bool kept = fragment_of(walk.hops[i].url) == asked.fragment;
        if (!kept && trace.fate == Trace::Fate::kept) {
            trace.hop = i;
            trace.host = host_of(walk.hops[i - 1].url);
        }
        trace.fate = kept ? Trace::Fate::kept : Trace::Fate::dropped;
    }
    return trace;
}

Verdict judge(const Checked& checked, Instant now) {
    Verdict verdict;
    Notes notes;
    const auto* plain = plain_walk(checked);
    for (const auto& walk : checked.walks) {
        if (walk.hops.empty()) continue;
        note_end(walk, notes);
        for (const auto& hop : walk.hops) {
            note_hop(walk, hop, now, notes);
            if (hop.redirects()) note_redirect(walk, hop, notes);
        }
        const bool in_app = text_of(walk.agent).in_app;
        const bool elsewhere = plain != nullptr && came_through(walk) && place_of(walk.last().url) != place_of(plain->last().url);
        verdict.in_app_asked += in_app ? 1 : 0;
        verdict.in_app_fine += in_app && came_through(walk) && !elsewhere ? 1 : 0;
        if (walk.end != End::arrived) continue;
        note_last_page(walk, plain != nullptr && plain->agent == Agent::mobile, notes);
        if (!came_through(walk)) continue;
        note_way(walk, notes);
        if (elsewhere)
            notes.add({"other_target",
                       in_app ? Severity::costs : Severity::note,
                       "It leads to " + place_of(walk.last().url) + ", where " + std::string(text_of(plain->agent).label) +
                           " browsers come to " + place_of(plain->last().url) + ".",
                       "Who taps there may not see the product that you hold up.",
                       "See that the link's rule for this browser is what you want.",
                       {}},
                      walk.agent);
        const auto traces = trace_parameters(checked.asked, walk);
        const auto fragment = trace_fragment(checked.asked, walk);
        note_traces(traces, fragment, walk.agent, notes);
        keep_worst(verdict.parameters, traces);
        if (!verdict.fragment || verdict.fragment->fate < fragment.fate) verdict.fragment = fragment;
    }
    std::ranges::stable_sort(notes.list, {}, &Finding::severity);
    verdict.findings = std::move(notes.list);
    for (const auto& finding : verdict.findings) {
        if (finding.severity == Severity::stops) verdict.fitness = Fitness::not_fit;
        if (finding.severity == Severity::costs && verdict.fitness == Fitness::fit) verdict.fitness = Fitness::with_losses;
    }
    return verdict;
}

std::string_view words(Fitness fitness) {
    return fitness == Fitness::fit ? "fit for a live" : fitness == Fitness::with_losses ? "works, with losses" : "not fit";
}

std::string_view words(Severity severity) {
    return severity == Severity::stops ? "stops buyers" : severity == Severity::costs ? "costs" : "note";
}

std::string_view words(End end) {
    switch (end) {
        case End::arrived:
            return "arrived";
        case End::loop:
            return "loop";
        case End::too_many_hops:
            return "too_many_hops";
        case End::too_slow:
            return "too_slow";
        case End::leaves_the_web:
            return "leaves_the_web";
        case End::no_answer:
            return "no_answer";
        case End::private_address:
            return "private_address";
        case End::bad_location:
            return "bad_location";
    }
    return "";
}

}  // namespace barrow::links::linkcheck
