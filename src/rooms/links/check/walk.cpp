#include "rooms/links/check/walk.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "floor/base/together.hpp"
#include "floor/fetch/address_rules.hpp"
#include "floor/fetch/url.hpp"
#include "floor/http/http.hpp"
#include "floor/wire/form.hpp"
#include "rooms/links/check/page_signs.hpp"

namespace barrow::links::linkcheck {
namespace {

constexpr std::size_t parameters_max = 50;
constexpr std::size_t cookies_max = 20;          // of one host; more would be somebody's play with our memory
constexpr std::size_t cookie_bytes_max = 4'096;  // of one, as browsers have it
constexpr std::size_t header_text_max = 1'000;   // of what is kept to be shown

bool is_redirect(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }

std::string without_fragment(std::string_view url) { return std::string(url.substr(0, url.find('#'))); }

// What a browser would send back, by host.
class Jar {
public:
    void keep(const std::string& host, std::string_view set_cookie) {
        const auto pair = set_cookie.substr(0, set_cookie.find(';'));
        const auto equals = pair.find('=');
        auto& kept = by_host_[host];
        if (equals == std::string_view::npos || pair.size() > cookie_bytes_max || kept.size() >= cookies_max) return;
        kept[std::string(pair.substr(0, equals))] = std::string(pair.substr(equals + 1));
    }
    [[nodiscard]] std::string header(const std::string& host) const {
        std::string out;
        const auto found = by_host_.find(host);
        if (found == by_host_.end()) return out;
        for (const auto& [name, value] : found->second) out += (out.empty() ? "" : "; ") + name + "=" + value;
        return out;
    }

private:
    std::map<std::string, std::map<std::string, std::string>> by_host_;
};

// The length of the control character at `at`: one byte of ASCII, two of the C1 set; 0 for others.
std::size_t control_at(std::string_view text, std::size_t at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20 || byte == 0x7f) return 1;
    return byte == 0xc2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0 ? 2 : 0;
}

// What peers send is shown in terminals, pages and JSON: text without control characters.
std::string shown(std::string_view text) {
    text = text.substr(0, header_text_max);
    const bool readable = wire::is_text(text);
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (const auto length = control_at(text, i); length > 0) {
            out += ' ';
            i += length - 1;
        } else {
            out += readable || static_cast<unsigned char>(text[i]) < 0x80 ? text[i] : '?';
        }
    }
    return out;
}

bool has_controls(std::string_view text) {
    if (!wire::is_text(text)) return true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (control_at(text, i) > 0) return true;
    }
    return false;
}

bool is_html(const fetch::FetchResponse& answer) {
    const auto type = answer.header("content-type");
    return type.empty() || type.find("html") != std::string_view::npos;
}

// What a hop's answer says, as far as a verdict is made of it.
Hop read_answer(Hop hop, const fetch::FetchResponse& answer) {
    hop.status = answer.status;
    hop.timing = answer.timing;
    hop.http_version = answer.http_version;
    hop.tls = answer.tls;
    hop.own_network = !answer.address.empty() && !fetch::is_public(std::string_view(answer.address));
    hop.cache_control = shown(answer.header("cache-control"));
    hop.expires = shown(answer.header("expires"));
    hop.date = shown(answer.header("date"));
    hop.referrer_policy = shown(answer.header("referrer-policy"));
    hop.strict_transport = shown(answer.header("strict-transport-security"));
    for (const auto& [name, value] : answer.headers) {
        if (name == "set-cookie" && hop.cookies.size() < cookies_max) hop.cookies.push_back(shown(value.substr(0, value.find('='))));
    }
    if (is_redirect(answer.status)) {
        hop.location = answer.header("location");
        return hop;
    }
    if (!is_html(answer)) return hop;
    hop.title = shown(page_title(answer.body));
    hop.challenge = answer.header("cf-mitigated") == "challenge" || is_challenge_title(hop.title);
    hop.interstitial = is_interstitial_title(hop.title);
    auto jump = answer.status >= 400 || hop.challenge ? std::nullopt : read_refresh(answer.header("refresh"));
    if (!jump && answer.status < 400 && !hop.challenge) jump = find_jump(answer.body);
    if (jump) {
        hop.location = jump->target;
        hop.next_way = jump->way == PageJump::Way::meta ? Way::meta : Way::script;
        hop.delay_s = jump->delay_s;
    }
    return hop;
}

// Where the hop leads, "" for nowhere. A redirect hands its fragment on unless the new address has one (RFC 9110 section 10.2.2);
// a page that sends on does not.
std::string next_of(const Hop& hop) {
    auto there = fetch::resolve(hop.url, hop.location);
    if (!there) return {};
    if (fetch::origin(*there).empty()) return there->starts_with("http") ? "" : shown(*there);
    if (there->size() > address_bytes_max || has_controls(*there)) return {};
    const auto fragment = hop.url.find('#');
    const bool hands_on = hop.next_way == Way::header && there->find('#') == std::string::npos;
    if (hands_on && fragment != std::string::npos) *there += hop.url.substr(fragment);
    // A page that is loaded anew is not another one.
    if (hop.next_way != Way::header && without_fragment(*there) == without_fragment(hop.url)) return {};
    return *there;
}

fetch::FetchRequest request_for(const Hop& hop, Agent agent, const std::vector<std::string>& own_origins, const std::string& cookies,
                                long left_ms) {
    fetch::FetchRequest request{.url = without_fragment(hop.url),
                                .headers = {{"User-Agent", std::string(text_of(agent).user_agent)},
                                            {"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
                                            {"Accept-Language", "en-GB,en;q=0.9"}},
                                .body_bytes_max = body_bytes_max,
                                .beyond = fetch::Beyond::cut,
                                .connection = fetch::Connection::fresh,
                                .total_ms = left_ms};
    if (!cookies.empty()) request.headers.emplace_back("Cookie", cookies);
    if (std::ranges::find(own_origins, fetch::origin(request.url)) != own_origins.end()) request.peer = fetch::Peer::named_in_config;
    return request;
}

Task<Walk> walk(fetch::Fetcher& fetcher, std::string url, Agent agent, How how) {
    Walk made{.agent = agent, .hops = {}};
    Jar jar;
    std::set<std::pair<std::string, std::string>> seen;  // the same question gets the same answer
    Way way = Way::typed;
    for (;;) {
        Hop hop{.url = url, .way = way};
        const auto parts = fetch::read_url(url);
        const auto host = parts ? parts->host : "";
        const auto cookies = jar.header(host);
        const long left_ms = how.walk_ms - static_cast<long>(made.total_us() / 1'000);
        if (!seen.emplace(without_fragment(url), cookies).second) made.end = End::loop;
        if (made.hops.size() == hops_max && made.end == End::arrived) made.end = End::too_many_hops;
        if (left_ms <= 0 && made.end == End::arrived) made.end = End::too_slow;
        if (made.end != End::arrived) break;
        auto request = request_for(hop, agent, how.own_origins, cookies, left_ms);
        auto answer = co_await fetcher.fetch(std::move(request));
        if (!answer) {
            hop.fault = answer.error().fault;
            hop.problem = answer.error().text;
            made.end = hop.fault == Fault::forbidden ? End::private_address : End::no_answer;
            made.hops.push_back(std::move(hop));
            break;
        }
        hop = read_answer(std::move(hop), *answer);
        for (const auto& [name, value] : answer->headers) {
            if (name == "set-cookie") jar.keep(host, value);
        }
        const bool sends_on = is_redirect(hop.status) || !hop.location.empty();
        if (sends_on) hop.next = next_of(hop);
        hop.location = shown(hop.location);
        url = hop.next;
        way = hop.next_way;
        const bool lost = is_redirect(hop.status) && url.empty();
        made.hops.push_back(std::move(hop));
        if (lost) made.end = End::bad_location;
        if (!url.empty() && fetch::origin(url).empty()) made.end = End::leaves_the_web;
        if (url.empty() || made.end != End::arrived) break;
    }
    co_return made;
}

}  // namespace

std::int64_t Walk::total_us() const {
    std::int64_t sum = 0;
    for (const auto& hop : hops) sum += hop.timing.total_us;
    return sum;
}

std::int64_t Checked::median_us() const {
    auto sorted = tries_us;
    std::ranges::sort(sorted);
    return sorted.empty() ? 0 : sorted[sorted.size() / 2];
}

std::vector<Probe> parameters_of(std::string_view url) {
    std::vector<Probe> out;
    const auto decoded = [](std::string_view text) {
        std::string plain(text);
        std::ranges::replace(plain, '+', ' ');
        return http::percent_decode(plain);
    };
    const auto whole = url.substr(0, url.find('#'));
    const auto mark = whole.find('?');
    auto query = mark == std::string_view::npos ? std::string_view() : whole.substr(mark + 1);
    while (!query.empty() && out.size() < parameters_max) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        if (pair.empty()) continue;
        const auto equals = std::min(pair.find('='), pair.size());
        out.push_back({decoded(pair.substr(0, equals)), decoded(pair.substr(std::min(equals + 1, pair.size())))});
    }
    return out;
}

std::string fragment_of(std::string_view url) {
    const auto at = url.find('#');
    return at == std::string_view::npos ? "" : std::string(url.substr(at + 1));
}

Result<Asked> ask(std::string_view address) {
    while (!address.empty() && (address.front() == ' ' || address.front() == '\t')) address.remove_prefix(1);
    while (!address.empty() && (address.back() == ' ' || address.back() == '\t' || address.back() == '\r')) address.remove_suffix(1);
    if (address.size() > address_bytes_max)
        return fail(Fault::bad_input, "an address has at most " + std::to_string(address_bytes_max) + " bytes");
    Asked asked{.url = std::string(address), .probed = {}, .parameters = {}, .fragment = {}};
    if (address.find("://") == std::string_view::npos) {
        const bool here = address.starts_with("localhost") || address.starts_with("127.") || address.starts_with("[::1]");
        asked.url = (here ? "http://" : "https://") + asked.url;
    }
    if (!wire::is_text(address)) return fail(Fault::bad_input, "an address is written in UTF-8");
    TRY(fetch::read_url(asked.url));
    asked.parameters = parameters_of(asked.url);
    asked.fragment = fragment_of(asked.url);
    auto probed = without_fragment(asked.url);
    for (const auto& probe : {Probe{"utm_source", "barrow-check"}, Probe{std::string(probe_name), std::string(probe_value)}}) {
        if (std::ranges::find(asked.parameters, probe.name, &Probe::name) != asked.parameters.end()) continue;
        probed += (probed.find('?') == std::string::npos ? "?" : "&") + probe.name + "=" + probe.value;
        asked.parameters.push_back(probe);
    }
    if (asked.fragment.empty()) asked.fragment = "at-42";
    asked.probed = probed + "#" + asked.fragment;
    return asked;
}

Task<Checked> follow(fetch::Fetcher& fetcher, Asked asked, How how) {
    std::vector<Task<Walk>> tasks;
    for (const auto agent : how.agents) tasks.push_back(walk(fetcher, asked.probed, agent, how));
    Checked checked{.asked = std::move(asked), .walks = {}, .tries_us = {}};
    auto all = together(std::move(tasks));
    checked.walks = co_await all;
    if (checked.walks.empty() || checked.walks.front().end != End::arrived) co_return checked;
    checked.tries_us.push_back(checked.walks.front().total_us());
    for (int done = 1; done < how.tries; ++done) {
        auto once_more = walk(fetcher, checked.asked.probed, how.agents.front(), how);
        const auto again = co_await once_more;
        if (again.end == End::arrived) checked.tries_us.push_back(again.total_us());
    }
    co_return checked;
}

}  // namespace barrow::links::linkcheck
