// What a look says, what follows from it, and what it costs: tables.
#include "rooms/guard/finding.hpp"

#include <gtest/gtest.h>

#include "rooms/guard/touchpoints.hpp"

namespace barrow::guard {
namespace {

const Instant noon{1'795'000'000'000'000};
Look saw(Finding finding) { return {.finding = finding, .words = "", .etag = "", .modified = ""}; }

TEST(Finding, is_broken_after_two_looks_ten_minutes_apart) {
    struct Case {
        std::string_view what;
        std::vector<std::pair<Finding, Duration>> looks;  // and how long after the first
        State wanted;
    };
    using F = Finding;
    for (const auto& one : {
             Case{"works", {{F::good, {}}}, State::good},
             Case{"failed once", {{F::gone, {}}}, State::failing},
             Case{"failed twice within a minute", {{F::gone, {}}, {F::gone, minutes(1)}}, State::failing},
             Case{"failed twice, ten minutes apart", {{F::gone, {}}, {F::server_error, minutes(10)}}, State::broken},
             Case{"failed twice, just too soon", {{F::gone, {}}, {F::gone, microseconds(minutes(10).us - 1)}}, State::failing},
             Case{"came back between", {{F::gone, {}}, {F::good, minutes(9)}, {F::gone, minutes(20)}}, State::failing},
             Case{"could not be told between", {{F::gone, {}}, {F::unsure, minutes(5)}, {F::gone, minutes(10)}}, State::broken},
             Case{"broken, and lets nobody look", {{F::gone, {}}, {F::gone, minutes(10)}, {F::unsure, hours(1)}}, State::broken},
             Case{"recovered", {{F::gone, {}}, {F::gone, minutes(10)}, {F::good, hours(1)}}, State::good},
             Case{"sold out is said at once", {{F::sold_out, {}}}, State::warns},
             Case{"back in stock", {{F::sold_out, {}}, {F::good, minutes(5)}}, State::good},
             Case{"never let us look", {{F::unsure, {}}, {F::unsure, days(1)}}, State::unsure},
         }) {
        Standing standing;
        for (const auto& [finding, later] : one.looks) standing = after(standing, saw(finding), false, noon + later);
        EXPECT_EQ(standing.state, one.wanted) << one.what;
        EXPECT_EQ(standing.known.has_value(), one.wanted == State::broken || one.wanted == State::warns) << one.what;
    }
    const auto own = after({}, saw(Finding::missing), true, noon);
    EXPECT_EQ(own.state, State::broken) << "what is not in our own database is not there";
    EXPECT_EQ(own.since, noon);
}

TEST(Finding, the_busy_are_looked_at_first_and_the_dead_less_and_less) {
    Standing good{.state = State::good};
    EXPECT_EQ(next_look(good, 500, false, noon), hours(1));
    EXPECT_EQ(next_look(good, 10, false, noon), hours(6));
    EXPECT_EQ(next_look(good, 0, false, noon), hours(24));
    EXPECT_EQ(next_look(good, 0, true, noon), minutes(5));
    EXPECT_EQ(next_look({.state = State::failing}, 0, false, noon), again_after);
    EXPECT_EQ(next_look({.state = State::broken, .known = noon}, 0, false, noon + hours(23)), hours(1));
    EXPECT_EQ(next_look({.state = State::broken, .known = noon}, 0, false, noon + days(3)), hours(6));
    EXPECT_EQ(next_look({.state = State::broken, .known = noon}, 0, false, noon + days(8)), hours(24));
}

TEST(Finding, reads_statuses_and_problems) {
    for (const auto& [status, wanted] : {std::pair{200, Finding::good},
                                         {204, Finding::good},
                                         {304, Finding::good},
                                         {404, Finding::gone},
                                         {410, Finding::gone},
                                         {403, Finding::unsure},
                                         {401, Finding::unsure},
                                         {429, Finding::unsure},
                                         {451, Finding::unsure},
                                         {500, Finding::server_error},
                                         {503, Finding::server_error}})
        EXPECT_EQ(of_status(status), wanted) << status;
    EXPECT_EQ(of_problem(Fault::outside, "The peer did not answer: Couldn't resolve host name."), Finding::no_name);
    EXPECT_EQ(of_problem(Fault::outside, "The peer did not answer: SSL peer certificate or SSH remote key was not OK."), Finding::no_tls);
    EXPECT_EQ(of_problem(Fault::outside, "The peer did not answer: Timeout was reached."), Finding::no_answer);
    EXPECT_EQ(of_problem(Fault::forbidden, "…"), Finding::private_address);
    EXPECT_EQ(of_problem(Fault::busy, "The program is stopping; try again."), Finding::unsure) << "that was us, not them";
    for (int i = 0; i <= static_cast<int>(Finding::missing); ++i) {
        const auto finding = static_cast<Finding>(i);
        EXPECT_EQ(finding_named(name(finding)), finding);
        EXPECT_FALSE(words(finding).empty());
    }
    EXPECT_FALSE(finding_named("nonsense"));
    EXPECT_FALSE(state_named("nonsense"));
}

TEST(Finding, a_page_that_turns_to_the_front_page_is_gone) {
    struct Case {
        std::string_view from, to;
        bool turns;
    };
    for (const auto& one :
         {Case{"https://a.example/p/lamp", "https://a.example/", true}, Case{"https://a.example/p/lamp", "https://www.a.example", true},
          Case{"https://a.example/p/lamp", "https://a.example/en/", true},
          Case{"https://a.example/p/lamp", "https://a.example/de-de", true},
          Case{"https://a.example/p/lamp", "https://a.example/index.html", true},
          Case{"https://a.example/p/lamp", "https://a.example/p/lamp-2", false},
          Case{"https://a.example/p/lamp", "https://a.example/?product=lamp", false},
          Case{"https://bit.example/x", "https://a.example/", false},  // a short link to a shop
          Case{"https://a.example/", "https://a.example/en/", false}, Case{"https://a.example/en", "https://a.example/", false}})
        EXPECT_EQ(turns_home(one.from, one.to), one.turns) << one.from << " → " << one.to;
}

TEST(Robots, says_who_may_look_where) {
    constexpr std::string_view text =
        "# ours\nUser-agent: other\nDisallow: /\n\nUser-agent: barrow-check\nUser-agent: third\nDisallow: /private\nAllow: /private/bio$\n"
        "\nUser-agent: *\nDisallow: /\n";
    EXPECT_TRUE(may_look(text, "/mira"));
    EXPECT_FALSE(may_look(text, "/private/x"));
    EXPECT_TRUE(may_look(text, "/private/bio"));
    EXPECT_FALSE(may_look(text, "/private/bio/x"));
    EXPECT_FALSE(may_look("User-Agent: *\r\nDisallow: /\r\n", "/mira")) << "everybody's rules are ours without a group of our own";
    EXPECT_TRUE(may_look("User-agent: *\nDisallow:\n", "/mira"));
    EXPECT_TRUE(may_look("", "/mira"));
    EXPECT_TRUE(may_look("<html>not found</html>", "/mira"));
    EXPECT_FALSE(may_look("user-agent: *\ndisallow: /*/mira", "/people/mira"));
    EXPECT_TRUE(may_look("user-agent: *\ndisallow: /a\nallow: /a", "/a")) << "allowing wins a tie";
    // A pattern of stars costs what it costs: no more than its length times the path's.
    EXPECT_TRUE(may_look("user-agent: *\ndisallow: " + std::string(2'000, '*') + "x$", std::string("/") + std::string(2'000, 'y')));
}

TEST(Lost, is_clicks_times_what_a_click_brought) {
    // 200 clicks brought €340.00: a click is €1.70.
    const auto own = lost(12, {34'000, 200}, {100'000, 1'000});
    EXPECT_EQ(own, (Lost{.clicks = 12, .basis = Basis::link, .sales_minor = 34'000, .sales_clicks = 200, .minor = 2'040}));
    EXPECT_EQ(arithmetic(own, euro), "12 clicks × €340.00 ÷ 200 clicks of this link in the 30 days before");
    const auto average = lost(1, {0, 200}, {100'000, 1'000});
    EXPECT_EQ(average.basis, Basis::shop);
    EXPECT_EQ(average.minor, 100);
    EXPECT_EQ(arithmetic(average, euro),
              "1 click × €1,000.00 ÷ 1,000 clicks of all links in the 30 days before, since this one sold nothing");
    const auto none = lost(7, {0, 200}, {0, 1'000});
    EXPECT_EQ(none, (Lost{.clicks = 7, .basis = Basis::none}));
    EXPECT_EQ(arithmetic(none, euro), "7 clicks; nothing was sold by links in the 30 days before, so there is no sum");
    EXPECT_EQ(lost(1, {5, 0}, {}).basis, Basis::none) << "sales without a click are nobody's";
    EXPECT_EQ(lost(3, {1, 2}, {}).minor, 2) << "1.5 cents, half up";
    EXPECT_EQ(lost(0, {34'000, 200}, {}).minor, 0);
}

TEST(StandsIn, finds_a_link_however_a_page_writes_it) {
    const std::vector<std::string> lamp{"mira.example/s/lamp", "mira.example/lamp"};
    for (const std::string_view page :
         {"<a href=\"https://mira.example/s/lamp\">", "https://Mira.Example/lamp?d=bio", "see mira.example/lamp.",
          "{\"url\":\"https:\\/\\/mira.example\\/s\\/lamp\"}", "l.php?u=https%3A%2F%2Fmira.example%2Fs%2Flamp&h=x", "mira.example/lamp"})
        EXPECT_TRUE(stands_in(page, lamp)) << page;
    for (const std::string_view page : {"mira.example/s/lamp2", "mira.example/s/lamp-new", "notmira.example/lamp", "mira.example/s/", ""})
        EXPECT_FALSE(stands_in(page, lamp)) << page;
}

}  // namespace
}  // namespace barrow::guard
