#include "rooms/links/check/told.hpp"

#include <algorithm>
#include <array>

#include "floor/fetch/url.hpp"
#include "floor/wire/form.hpp"

namespace barrow::links::linkcheck {
namespace {

constexpr std::size_t columns = 80;

// ---- words ---------------------------------------------------------------------------------------------------------------

std::string ms(std::int64_t us) { return std::to_string((us + 500) / 1'000); }

// "bit.ly/lamp?utm_source=…": what people call an address.
std::string bare(std::string_view url) {
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (url.starts_with(scheme)) return std::string(url.substr(scheme.size()));
    }
    return std::string(url);
}

std::string shortened(std::string_view text, std::size_t width) {
    if (wire::character_count(text) <= width) return std::string(text);
    std::size_t end = 0;
    for (std::size_t count = 0; end < text.size(); ++end) {
        const bool begins = (static_cast<unsigned char>(text[end]) & 0xc0) != 0x80;
        if (begins && ++count == width) break;
    }
    return std::string(text.substr(0, end)) + "…";
}

// Both ends: several links of one service differ at the end. For addresses, which are ASCII but for the odd host.
std::string both_ends(const std::string& text, std::size_t width) {
    if (wire::character_count(text) <= width || wire::character_count(text) != text.size()) return shortened(text, width);
    const auto end = width / 2;
    return text.substr(0, width - 1 - end) + "…" + text.substr(text.size() - end);
}

std::string padded(std::string text, std::size_t width) {
    const auto count = wire::character_count(text);
    return count < width ? text + std::string(width - count, ' ') : text;
}
std::string right(std::string text, std::size_t width) {
    const auto count = wire::character_count(text);
    return count < width ? std::string(width - count, ' ') + text : text;
}

// Breaks between words; the first line begins with `first`, the others with as many spaces.
std::string wrapped(const std::string& first, std::string_view text) {
    const std::string margin(wire::character_count(first), ' ');
    std::string out, line = first;
    bool begun = false;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        if (begun && wire::character_count(line) + 1 + wire::character_count(word) > columns) {
            out += line + "\n";
            line = margin;
            begun = false;
        }
        line += (begun ? " " : "") + std::string(word);
        begun = true;
    }
    return out + line + "\n";
}

std::string kept_words(const Hop& hop) {
    const auto kept = cached_seconds(hop);
    if (!kept) return "ever";
    if (*kept == 0) return "no";
    if (*kept < 600) return std::to_string(*kept) + " s";
    if (*kept < 2 * 86'400) return std::to_string(*kept / 60) + " min";
    return std::to_string(*kept / 86'400) + " d";
}

std::string hop_notes(const Hop& hop) {
    std::string notes;
    const auto add = [&](const std::string& note) { notes += (notes.empty() ? "" : " · ") + note; };
    if (hop.way == Way::meta) add("reached by a meta refresh");
    if (hop.way == Way::script) add("reached by JavaScript");
    if (hop.redirects() && hop.next_way == Way::header) {
        const auto kept = kept_words(hop);
        add(kept == "no" ? "can be repointed at once" : kept == "ever" ? "browsers may keep it for ever" : "browsers keep it " + kept);
    }
    if (hop.tls) add(hop.tls->version + (hop.tls->ends.us > 0 ? " until " + iso_day(hop.tls->ends.day()) : ""));
    if (!hop.strict_transport.empty()) add("HSTS");
    if (!hop.referrer_policy.empty()) add("referrer " + hop.referrer_policy);
    if (!hop.cookies.empty())
        add("sets " + hop.cookies.front() + (hop.cookies.size() > 1 ? " and " + std::to_string(hop.cookies.size() - 1) + " more" : ""));
    if (!hop.problem.empty()) add(hop.problem);
    return notes;
}

std::string status_words(const Hop& hop) { return hop.status == 0 ? "–" : std::to_string(hop.status); }

// "200 in 212 ms", "loop", "no answer".
std::string end_words(const Walk& walk) {
    if (walk.end == End::arrived) return status_words(walk.last()) + " in " + ms(walk.total_us()) + " ms";
    std::string text(words(walk.end));
    std::ranges::replace(text, '_', ' ');
    return text;
}

const Walk& main_walk(const Checked& checked) {
    if (const auto* plain = plain_walk(checked)) return *plain;
    const auto phone = std::ranges::find(checked.walks, Agent::mobile, &Walk::agent);
    return phone != checked.walks.end() ? *phone : checked.walks.front();
}

// Another way, or another answer on it: shown beside the main one.
bool differs(const Walk& one, const Walk& other) {
    return one.end != other.end || !std::ranges::equal(one.hops, other.hops, [](const Hop& a, const Hop& b) {
               return a.status == b.status && a.next.substr(0, a.next.find('?')) == b.next.substr(0, b.next.find('?'));
           });
}

std::string labels(const std::vector<Agent>& agents) {
    std::string out;
    for (const auto agent : agents) out += (out.empty() ? "" : ", ") + std::string(text_of(agent).label);
    return out;
}

std::string trace_words(const Trace& trace) {
    const auto where = " by " + trace.host + " (hop " + std::to_string(trace.hop) + ")";
    switch (trace.fate) {
        case Trace::Fate::kept:
            return "kept";
        case Trace::Fate::renamed:
            return "renamed to " + trace.now_is + where;
        case Trace::Fate::changed:
            return "overwritten with \"" + trace.now_is + "\"" + where;
        case Trace::Fate::dropped:
            return "dropped" + where;
    }
    return "";
}

std::string summary(const Told& told) {
    const auto& walk = main_walk(told.checked);
    const auto redirects = walk.hops.size() - 1;
    auto text = (redirects == 0 ? "no" : std::to_string(redirects)) + (redirects > 1 ? " redirects, " : " redirect, ") +
                ms(walk.total_us()) + " ms";
    if (told.checked.tries_us.size() > 1) {
        text += ", median of " + std::to_string(told.checked.tries_us.size()) + " tries " + ms(told.checked.median_us()) + " ms";
    }
    return text;
}

std::string_view mark(Severity severity) { return severity == Severity::stops ? "STOPS" : severity == Severity::costs ? "COSTS" : "NOTE"; }

std::string hops_text(const Walk& walk) {
    std::string out;
    for (std::size_t i = 0; i < walk.hops.size(); ++i) {
        const auto& hop = walk.hops[i];
        const auto head = right(std::to_string(i + 1), 4) + right(status_words(hop), 6) + right(ms(hop.timing.total_us), 6) + " ms  " +
                          padded(hop.http_version, 4);
        out += head + shortened(bare(hop.url), columns - wire::character_count(head)) + "\n";
        if (const auto notes = hop_notes(hop); !notes.empty()) out += wrapped(std::string(23, ' '), notes);
    }
    const auto& last = walk.last();
    if (!last.next.empty()) out += wrapped("     to  ", shortened(last.next, columns - 9));
    return out;
}

// ---- JSON ----------------------------------------------------------------------------------------------------------------

std::string_view word(Way way) {
    constexpr std::array<std::string_view, 4> all{"typed", "header", "meta", "script"};
    return all[static_cast<std::size_t>(way)];
}
std::string_view word(Trace::Fate fate) {
    constexpr std::array<std::string_view, 4> all{"kept", "renamed", "changed", "dropped"};
    return all[static_cast<std::size_t>(fate)];
}
std::string_view word(Severity severity) {
    constexpr std::array<std::string_view, 3> all{"stops", "costs", "note"};
    return all[static_cast<std::size_t>(severity)];
}
std::string_view word(Fitness fitness) {
    constexpr std::array<std::string_view, 3> all{"fit", "with_losses", "not_fit"};
    return all[static_cast<std::size_t>(fitness)];
}

wire::Json texts(const std::vector<std::string>& list) {
    wire::Json::Array items;
    for (const auto& one : list) items.emplace_back(one);
    return items;
}

wire::Json agents_json(const std::vector<Agent>& agents) {
    wire::Json::Array items;
    for (const auto agent : agents) items.emplace_back(text_of(agent).word);
    return items;
}

wire::Json trace_json(const Trace& trace) {
    return wire::Json::object(
        {{"name", trace.name}, {"fate", word(trace.fate)}, {"now_is", trace.now_is}, {"hop", trace.hop}, {"host", trace.host}});
}

wire::Json hop_json(const Hop& hop) {
    wire::Json cached;
    if (hop.redirects() && hop.next_way == Way::header) {
        const auto kept = cached_seconds(hop);
        cached = kept ? wire::Json(*kept) : wire::Json("for ever");
    }
    return wire::Json::object(
        {{"url", hop.url},
         {"way", word(hop.way)},
         {"status", hop.status},
         {"problem", hop.problem},
         {"location", hop.location},
         {"next", hop.next},
         {"delay_s", hop.delay_s},
         {"time", wire::Json::object({{"name_us", hop.timing.name_us},
                                      {"connect_us", hop.timing.connect_us},
                                      {"tls_us", hop.timing.tls_us},
                                      {"first_byte_us", hop.timing.first_byte_us},
                                      {"total_us", hop.timing.total_us}})},
         {"http", hop.http_version},
         {"tls", hop.tls ? wire::Json::object({{"version", hop.tls->version}, {"ends", iso(hop.tls->ends)}}) : wire::Json()},
         {"own_network", hop.own_network},
         {"cached_s", std::move(cached)},
         {"cache_control", hop.cache_control},
         {"referrer_policy", hop.referrer_policy},
         {"strict_transport_security", hop.strict_transport},
         {"cookies", texts(hop.cookies)},
         {"title", hop.title}});
}

}  // namespace

wire::Json to_json(const Told& told) {
    const auto& [checked, verdict] = told;
    wire::Json::Array findings, parameters, walks, tries;
    for (const auto& one : verdict.findings) {
        findings.push_back(wire::Json::object({{"name", one.name},
                                               {"severity", word(one.severity)},
                                               {"what", one.what},
                                               {"cost", one.cost},
                                               {"mend", one.mend},
                                               {"as", agents_json(one.agents)}}));
    }
    for (const auto& one : verdict.parameters) parameters.push_back(trace_json(one));
    for (const auto us : checked.tries_us) tries.emplace_back(us);
    for (const auto& walk : checked.walks) {
        wire::Json::Array hops;
        for (const auto& hop : walk.hops) hops.push_back(hop_json(hop));
        walks.push_back(wire::Json::object(
            {{"as", text_of(walk.agent).word}, {"end", words(walk.end)}, {"total_us", walk.total_us()}, {"hops", std::move(hops)}}));
    }
    return wire::Json::object({{"url", checked.asked.url},
                               {"probed", checked.asked.probed},
                               {"verdict", word(verdict.fitness)},
                               {"words", words(verdict.fitness)},
                               {"median_us", checked.median_us()},
                               {"tries_us", std::move(tries)},
                               {"in_app_fine", verdict.in_app_fine},
                               {"in_app_asked", verdict.in_app_asked},
                               {"findings", std::move(findings)},
                               {"parameters", std::move(parameters)},
                               {"fragment", verdict.fragment ? trace_json(*verdict.fragment) : wire::Json()},
                               {"walks", std::move(walks)}});
}

std::string to_text(const Told& told) {
    const auto& [checked, verdict] = told;
    const auto& main = main_walk(checked);
    std::string out = shortened(checked.asked.url, columns) + "\n" + std::string(words(verdict.fitness)) + " · " + summary(told) + "\n\n";
    out += " hop  code     time   http address, as " + std::string(text_of(main.agent).label) + "\n" + hops_text(main);
    std::string browsers;
    for (const auto& walk : checked.walks)
        browsers += (browsers.empty() ? "" : " · ") + std::string(text_of(walk.agent).label) + " " + end_words(walk);
    out += "\n" + wrapped("browsers    ", browsers);
    for (std::size_t i = 0; i < verdict.parameters.size(); ++i)
        out += wrapped(i == 0 ? "parameters  " : "            ", verdict.parameters[i].name + " " + trace_words(verdict.parameters[i]));
    if (verdict.fragment) out += wrapped("fragment    ", verdict.fragment->name + " " + trace_words(*verdict.fragment));
    for (const auto& walk : checked.walks) {
        if (&walk != &main && differs(walk, main)) out += "\nas " + std::string(text_of(walk.agent).label) + "\n" + hops_text(walk);
    }
    for (const auto& one : verdict.findings) {
        const bool everybody = one.agents.size() == checked.walks.size();
        out += "\n" + wrapped(padded(std::string(mark(one.severity)), 7), one.what + (everybody ? "" : " (as " + labels(one.agents) + ")"));
        out += wrapped("       ", one.cost);
        out += wrapped("  mend ", one.mend);
    }
    return out;
}

std::string to_comparison(std::span<const Told> all) {
    const auto row = [](const std::array<std::string, 10>& cells) {
        constexpr std::array<std::size_t, 10> widths{23, 4, 4, 5, 6, 4, 8, 3, 6, 7};
        auto line = padded(cells[0], widths[0]);
        for (std::size_t i = 1; i < cells.size(); ++i) line += " " + (i == 9 ? cells[i] : right(cells[i], widths[i]));
        return line + "\n";
    };
    auto out = row({"link", "hops", "end", "ms", "params", "#", "cached", "tls", "in-app", "verdict"});
    for (const auto& told : all) {
        const auto& [checked, verdict] = told;
        const auto& walk = main_walk(checked);
        std::string cached = "no";
        bool tls = true;
        for (const auto& hop : walk.hops) {
            tls = tls && hop.url.starts_with("https:");
            const auto here = hop.redirects() && hop.next_way == Way::header ? kept_words(hop) : "no";
            if (cached != "ever" && here != "no") cached = here;
        }
        constexpr std::array<std::string_view, 3> verdicts{"fit", "losses", "not fit"};
        const auto params = std::to_string(verdict.kept()) + "/" + std::to_string(verdict.parameters.size());
        out += row({both_ends(bare(checked.asked.url), 23), std::to_string(walk.hops.size()), status_words(walk.last()),
                    checked.tries_us.empty() ? "-" : ms(checked.median_us()), verdict.parameters.empty() ? "-" : params,
                    !verdict.fragment                             ? "-"
                    : verdict.fragment->fate == Trace::Fate::kept ? "yes"
                                                                  : "no",
                    cached, tls ? "yes" : "no", std::to_string(verdict.in_app_fine) + "/" + std::to_string(verdict.in_app_asked),
                    std::string(verdicts[static_cast<std::size_t>(verdict.fitness)])});
    }
    out +=
        "\nms: the whole way, median of the tries; params and #: kept to the end;\ncached: how long browsers may repeat a redirect without "
        "asking.\n";
    for (const auto& told : all) {
        if (told.verdict.fitness == Fitness::fit) continue;
        const auto& worst = told.verdict.findings.front();
        out += "\n" + shortened(bare(told.checked.asked.url), columns) + "\n" +
               wrapped(padded(std::string(mark(worst.severity)), 7), worst.what) + wrapped("  mend ", worst.mend);
    }
    return out;
}

wire::Json to_values(const Told& told) {
    const auto& [checked, verdict] = told;
    const auto& main = main_walk(checked);
    const auto hops_values = [](const Walk& walk) {
        wire::Json::Array hops;
        for (std::size_t i = 0; i < walk.hops.size(); ++i) {
            const auto& hop = walk.hops[i];
            hops.push_back(wire::Json::object({{"number", std::to_string(i + 1)},
                                               {"status", status_words(hop)},
                                               {"ms", ms(hop.timing.total_us) + " ms"},
                                               {"http", hop.http_version.empty() ? "" : "HTTP/" + hop.http_version},
                                               {"address", bare(hop.url)},
                                               {"notes", hop_notes(hop)}}));
        }
        if (const auto& last = walk.last(); !last.next.empty())
            hops.push_back(wire::Json::object(
                {{"number", "→"}, {"status", ""}, {"ms", ""}, {"http", ""}, {"address", last.next}, {"notes", "not followed"}}));
        return hops;
    };
    wire::Json::Array findings, brought, browsers, others;
    for (const auto& one : verdict.findings) {
        findings.push_back(wire::Json::object({{"severity", words(one.severity)},
                                               {"severity_kind", one.severity == Severity::stops   ? "danger"
                                                                 : one.severity == Severity::costs ? "sale"
                                                                                                   : "muted"},
                                               {"what", one.what},
                                               {"cost", one.cost},
                                               {"mend", one.mend},
                                               {"as", one.agents.size() == checked.walks.size() ? "" : labels(one.agents)}}));
    }
    auto traces = verdict.parameters;
    if (verdict.fragment) traces.push_back(*verdict.fragment);
    for (const auto& one : traces)
        brought.push_back(wire::Json::object({{"name", one.name}, {"words", trace_words(one)}, {"kept", one.fate == Trace::Fate::kept}}));
    for (const auto& walk : checked.walks) {
        browsers.push_back(wire::Json::object({{"label", text_of(walk.agent).label}, {"words", end_words(walk)}}));
        if (&walk != &main && differs(walk, main))
            others.push_back(wire::Json::object({{"label", text_of(walk.agent).label}, {"hops", hops_values(walk)}}));
    }
    return wire::Json::object({{"url", checked.asked.url},
                               {"short", bare(checked.asked.url)},
                               {"words", words(verdict.fitness)},
                               {"kind", verdict.fitness == Fitness::fit           ? "good"
                                        : verdict.fitness == Fitness::with_losses ? "sale"
                                                                                  : "danger"},
                               {"summary", summary(told)},
                               {"findings", std::move(findings)},
                               {"brought", std::move(brought)},
                               {"browsers", std::move(browsers)},
                               {"hops_as", text_of(main.agent).label},
                               {"hops", hops_values(main)},
                               {"others", std::move(others)}});
}

}  // namespace barrow::links::linkcheck
