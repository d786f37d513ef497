// The verdict over walks as they could be recorded: no network.
#include "rooms/links/check/verdict.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "rooms/links/check/told.hpp"

namespace barrow::links::linkcheck {
namespace {

const Instant now = read_iso("2026-11-23T18:00:00Z").value();

// bit.ly → shop.example, as it should be.
Checked good_link() {
    const auto asked = ask("https://short.example/lamp").value();
    Checked checked{.asked = asked, .walks = {}, .tries_us = {210'000}};
    const auto rest = asked.probed.substr(asked.probed.find('?'));
    for (const auto& agent : agents()) {
        const fetch::Tls tls{.version = "TLSv1.3", .ends = now + days(60)};
        Hop first{.url = asked.probed, .status = 302, .timing = {.total_us = 90'000}, .http_version = "2", .tls = tls};
        first.location = first.next = "https://shop.example/p/lamp" + rest;
        first.cache_control = "private, no-store";
        Hop last{.url = first.next, .way = Way::header, .status = 200, .timing = {.total_us = 120'000}, .http_version = "2", .tls = tls};
        last.title = "Tide lamp";
        checked.walks.push_back({.agent = agent.agent, .hops = {first, last}});
    }
    return checked;
}

void each(Checked& checked, const std::function<void(Walk&)>& change) {
    for (auto& walk : checked.walks) change(walk);
}

// Hop 1 leads to `url`, where the last hop stands.
void lead_to(Walk& walk, const std::string& url) { walk.hops[0].location = walk.hops[0].next = walk.hops[1].url = url; }

std::string names(const Verdict& verdict) {
    std::string out;
    for (const auto& one : verdict.findings)
        out += (out.empty() ? "" : " ") + one.name + (one.severity == Severity::stops ? "!" : one.severity == Severity::note ? "?" : "");
    return out;
}

TEST(LinkVerdict, says_what_a_live_would_lose) {
    using Change = std::function<void(Checked&)>;
    const auto all = [](std::function<void(Walk&)> change) -> Change { return [change](Checked& checked) { each(checked, change); }; };
    const auto one = [](Agent agent, std::function<void(Walk&)> change) -> Change {
        return [agent, change](Checked& checked) { change(checked.walks[static_cast<std::size_t>(agent)]); };
    };
    struct Case {
        std::string what;
        Change change;
        Fitness fitness;
        std::string findings;  // "!" stops, "?" is a note
    };
    const Case cases[] = {
        {"nothing", [](Checked&) {}, Fitness::fit, ""},
        {"a 301 that says nothing", all([](Walk& walk) {
             walk.hops[0].status = 301;
             walk.hops[0].cache_control = "";
         }),
         Fitness::with_losses, "cached_redirect"},
        {"a 301 that is asked for each time", all([](Walk& walk) { walk.hops[0].status = 301; }), Fitness::fit, ""},
        {"a 302 that is kept 90 s", all([](Walk& walk) { walk.hops[0].cache_control = "private, max-age=90"; }), Fitness::with_losses,
         "cached_redirect"},
        {"a 302 that is kept 5 s", all([](Walk& walk) { walk.hops[0].cache_control = "max-age=5"; }), Fitness::fit, ""},
        {"a 302 that is kept 6 s", all([](Walk& walk) { walk.hops[0].cache_control = "max-age=6"; }), Fitness::with_losses,
         "cached_redirect"},
        {"a 301 from www, for ever", all([](Walk& walk) {
             walk.hops[0].status = 301;
             walk.hops[0].cache_control = "";
             lead_to(walk, "https://www.short.example/lamp/?utm_source=barrow-check&x_probe=kept-7f3a#at-42");
         }),
         Fitness::fit, ""},
        {"both parameters dropped", all([](Walk& walk) { lead_to(walk, "https://shop.example/p/lamp#at-42"); }), Fitness::with_losses,
         "parameter_lost"},
        {"one renamed", all([](Walk& walk) { lead_to(walk, "https://shop.example/p/lamp?src=barrow-check&x_probe=kept-7f3a#at-42"); }),
         Fitness::with_losses, "parameter_lost"},
        {"one overwritten", all([](Walk& walk) { lead_to(walk, "https://shop.example/p/lamp?utm_source=short&x_probe=kept-7f3a#at-42"); }),
         Fitness::with_losses, "parameter_lost"},
        {"another fragment",
         all([](Walk& walk) { lead_to(walk, "https://shop.example/p/lamp?utm_source=barrow-check&x_probe=kept-7f3a#top"); }),
         Fitness::with_losses, "fragment_lost"},
        {"down to http", all([](Walk& walk) {
             lead_to(walk, "http://shop.example/p/lamp?utm_source=barrow-check&x_probe=kept-7f3a#at-42");
             walk.hops[1].tls.reset();
         }),
         Fitness::not_fit, "downgrade! no_tls"},
        {"of the own network, without TLS", all([](Walk& walk) {
             for (auto& hop : walk.hops) {
                 hop.url.replace(0, 5, "http");
                 hop.own_network = true;
                 hop.tls.reset();
             }
             walk.hops[0].next.replace(0, 5, "http");
         }),
         Fitness::fit, "own_network? own_network?"},
        {"no such page", all([](Walk& walk) { walk.hops[1].status = 404; }), Fitness::not_fit, "error_at_the_end!"},
        {"the shop is down", all([](Walk& walk) { walk.hops[1].status = 500; }), Fitness::not_fit, "error_at_the_end!"},
        {"Instagram is blocked", one(Agent::instagram, [](Walk& walk) { walk.hops[1].status = 403; }), Fitness::not_fit, "blocked_in_app!"},
        {"TikTok is asked for proof", one(Agent::tiktok, [](Walk& walk) { walk.hops[1].challenge = true; }), Fitness::not_fit,
         "blocked_in_app!"},
        {"everybody is blocked", all([](Walk& walk) { walk.hops[1].status = 429; }), Fitness::not_fit, "blocked!"},
        {"X goes elsewhere",
         one(Agent::x, [](Walk& walk) { lead_to(walk, "https://other.example/?utm_source=barrow-check&x_probe=kept-7f3a#at-42"); }),
         Fitness::with_losses, "other_target"},
        {"the desktop goes elsewhere",
         one(Agent::desktop, [](Walk& walk) { lead_to(walk, "https://other.example/?utm_source=barrow-check&x_probe=kept-7f3a#at-42"); }),
         Fitness::fit, "other_target?"},
        {"Instagram is sent to an app",
         one(Agent::instagram,
             [](Walk& walk) {
                 walk.end = End::leaves_the_web;
                 walk.hops.pop_back();
                 walk.hops[0].next = "intent://lamp#Intent;scheme=shop;end";
             }),
         Fitness::not_fit, "leaves_the_web!"},
        {"a loop", all([](Walk& walk) {
             walk.end = End::loop;
             walk.hops[0].next = walk.hops[0].url;
             walk.hops.pop_back();
         }),
         Fitness::not_fit, "loop!"},
        {"a private address", all([](Walk& walk) {
             walk.end = End::private_address;
             walk.hops[1] = {.url = "http://169.254.169.254/", .fault = Fault::forbidden, .problem = "…"};
         }),
         Fitness::not_fit, "private_address!"},
        {"a page that sends on", all([](Walk& walk) {
             walk.hops[0].status = 200;
             walk.hops[0].next_way = Way::script;
         }),
         Fitness::with_losses, "page_redirect"},
        {"four redirects", all([](Walk& walk) {
             for (int i = 0; i < 3; ++i) walk.hops.insert(walk.hops.begin(), walk.hops.front());
         }),
         Fitness::with_losses, "many_hops"},
        {"three redirects", all([](Walk& walk) {
             for (int i = 0; i < 2; ++i) walk.hops.insert(walk.hops.begin(), walk.hops.front());
         }),
         Fitness::fit, ""},
        {"more than a second", all([](Walk& walk) { walk.hops[0].timing.total_us = 1'000'000; }), Fitness::fit, "slow?"},
        {"more than three", all([](Walk& walk) { walk.hops[0].timing.total_us = 3'000'000; }), Fitness::with_losses, "slow"},
        {"a tracker's cookie", all([](Walk& walk) { walk.hops[0].cookies = {"_t"}; }), Fitness::fit, "cookies_on_the_way?"},
        {"no referrer", all([](Walk& walk) { walk.hops[0].referrer_policy = "No-Referrer"; }), Fitness::fit, "referrer_dropped?"},
        {"a certificate of 13 days", all([](Walk& walk) { walk.hops[1].tls->ends = now + days(13); }), Fitness::with_losses,
         "certificate_ends"},
        {"a certificate of 14 days", all([](Walk& walk) { walk.hops[1].tls->ends = now + days(14); }), Fitness::fit, ""},
        {"a page in between", all([](Walk& walk) { walk.hops[1].interstitial = true; }), Fitness::with_losses, "interstitial"},
    };
    for (const auto& each_case : cases) {
        auto checked = good_link();
        each_case.change(checked);
        const auto verdict = judge(checked, now);
        EXPECT_EQ(names(verdict), each_case.findings) << each_case.what;
        EXPECT_EQ(verdict.fitness, each_case.fitness) << each_case.what;
        for (const auto& finding : verdict.findings) {
            EXPECT_FALSE(finding.agents.empty()) << each_case.what;
            for (const auto& text : {finding.what, finding.cost, finding.mend})
                EXPECT_TRUE(text.ends_with('.')) << each_case.what << ": " << text;
        }
        // Whatever was recorded can be told, in 80 columns.
        const Told told{checked, verdict};
        EXPECT_TRUE(wire::read_json(wire::write_json(to_json(told)))) << each_case.what;
        for (const auto& text : {to_text(told), to_comparison(std::span(&told, 1))}) {
            for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
                EXPECT_LE(text.substr(at, text.find('\n', at) - at).size(), 100U) << text;  // bytes; "…" and "·" have more than one
        }
    }
}

TEST(LinkVerdict, counts_who_comes_where_a_phone_comes) {
    auto checked = good_link();
    EXPECT_EQ(judge(checked, now).in_app_fine, 3U);
    checked.walks[0].hops[1].status = 403;
    lead_to(checked.walks[1], "https://elsewhere.example/");
    const auto verdict = judge(checked, now);
    EXPECT_EQ(verdict.in_app_fine, 1U);
    EXPECT_EQ(verdict.in_app_asked, 3U);
}

TEST(LinkVerdict, knows_how_long_a_redirect_is_kept) {
    struct Case {
        int status;
        std::string cache_control, expires;
        std::optional<std::int64_t> seconds;
    };
    const std::string date = "Mon, 23 Nov 2026 18:00:00 GMT";
    const Case cases[] = {
        {301, "", "", {}},
        {308, "", "", {}},
        {302, "", "", 0},
        {307, "", "", 0},
        {301, "no-store", "", 0},
        {301, "No-Cache", "", 0},
        {301, "private, max-age=90", "", 90},
        {301, "s-maxage=600", "", {}},
        {302, "s-maxage=600, max-age=\"7\"", "", 7},
        {302, "max-age=0", "", 0},
        {302, "max-age=x", "", 0},
        {301, "", "0", 0},
        {302, "", "Mon, 23 Nov 2026 19:00:00 GMT", 3'600},
        {302, "", "Mon, 23 Nov 2026 17:00:00 GMT", 0},
        {302, "max-age=1", "Mon, 23 Nov 2026 19:00:00 GMT", 1},
    };
    for (const auto& one : cases) {
        const Hop hop{.status = one.status, .cache_control = one.cache_control, .expires = one.expires, .date = date};
        EXPECT_EQ(cached_seconds(hop), one.seconds) << one.status << " " << one.cache_control << " " << one.expires;
    }
}

TEST(LinkVerdict, follows_a_parameter_from_hop_to_hop) {
    const auto asked = ask("https://a.example/?ref=clip7&n=1").value();
    struct Case {
        std::vector<std::string> urls;  // behind the first
        std::string name, says;
    };
    const Case cases[] = {
        {{"https://b.example/?ref=clip7"}, "ref", "kept 0"},
        {{"https://b.example/?r=clip7"}, "ref", "renamed 1 r"},
        {{"https://b.example/?ref=other"}, "ref", "changed 1 other"},
        {{"https://b.example/"}, "ref", "dropped 1"},
        {{"https://b.example/?ref=clip7", "https://c.example/"}, "ref", "dropped 2"},
        {{"https://b.example/?to=https%3A%2F%2Fc.example%2F%3Fref%3Dclip7", "https://c.example/?ref=clip7"}, "ref", "kept 0"},
        {{"https://b.example/?to=https%3A%2F%2Fc.example%2F%3Fref%3Dclip7"}, "ref", "renamed 1 a part of the address"},
        {{"https://b.example/?page=1"}, "n", "dropped 1"},  // too short to be told apart
        {{"https://b.example/?ref=clip+7"}, "ref", "changed 1 clip 7"},
    };
    for (const auto& one : cases) {
        Walk walk{.agent = Agent::mobile, .hops = {{.url = asked.probed}}};
        for (const auto& url : one.urls) walk.hops.push_back({.url = url});
        for (const auto& trace : trace_parameters(asked, walk)) {
            if (trace.name != one.name) continue;
            constexpr std::string_view fates[] = {"kept", "renamed", "changed", "dropped"};
            auto says = std::string(fates[static_cast<std::size_t>(trace.fate)]) + " " + std::to_string(trace.hop);
            if (!trace.now_is.empty()) says += " " + trace.now_is;
            EXPECT_EQ(says, one.says) << one.urls.back();
        }
    }
}

TEST(LinkVerdict, reads_what_is_asked_for) {
    struct Case {
        std::string typed, probed;
    };
    const Case cases[] = {
        {" bit.ly/lamp ", "https://bit.ly/lamp?utm_source=barrow-check&x_probe=kept-7f3a#at-42"},
        {"localhost:8080/s/today", "http://localhost:8080/s/today?utm_source=barrow-check&x_probe=kept-7f3a#at-42"},
        {"http://a.example/?utm_source=clip#reviews", "http://a.example/?utm_source=clip&x_probe=kept-7f3a#reviews"},
        {"", ""},
        {"ftp://a.example/", ""},
        {"javascript:alert(1)", ""},
        {"https://", ""},
        {"https://a.example/\xff", ""},
        {"a.example/" + std::string(9'000, 'x'), ""},
    };
    for (const auto& one : cases) {
        const auto asked = ask(one.typed);
        EXPECT_EQ(asked ? asked->probed : "", one.probed) << one.typed;
        EXPECT_TRUE(asked || asked.error().fault == Fault::bad_input) << one.typed;
    }
    EXPECT_EQ(read_agents("x,instagram,x").value(), (std::vector{Agent::instagram, Agent::x}));
    for (const auto* words : {"", ",", "netscape", "x,"})
        EXPECT_EQ(static_cast<bool>(read_agents(words)), std::string_view(words) == "x,") << words;
}

}  // namespace
}  // namespace barrow::links::linkcheck
