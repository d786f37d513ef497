// What is decided without an authority; a real one is asked in tests/acme_test.cpp.
#include "floor/acme/acme.hpp"

#include <gtest/gtest.h>

#include "floor/base/bytes.hpp"

namespace barrow::acme {
namespace {

std::array<std::uint8_t, 32> number(std::string_view text) {
    std::array<std::uint8_t, 32> out;
    std::ranges::copy(read_base64url(text).value(), out.begin());
    return out;
}

TEST(Acme, the_key_authorization_ends_in_the_thumbprint_of_rfc_7638) {
    // The key and its thumbprint ("jkt") are those of RFC 9449, figures 2 and 6.
    const sign::Point point{number("l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs"), number("9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA")};
    EXPECT_EQ(key_authorization("token", point), "token.0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
}

TEST(Acme, a_problem_is_told_in_one_line_with_its_mend) {
    struct Case {
        const char *type, *words;
        Fault fault;
    };
    for (const auto& [type, words, fault] : {Case{"dns", "no address is known for a.example: make an A or AAAA record", Fault::bad_input},
                                             Case{"connection", "cannot reach a.example on port 80", Fault::bad_input},
                                             Case{"unauthorized", "another server answers for a.example", Fault::bad_input},
                                             Case{"caa", "a CAA record of a.example forbids", Fault::bad_input},
                                             Case{"rateLimited", "too many requests for a.example", Fault::rate_limited},
                                             Case{"serverInternal", "refuses a.example: its words", Fault::outside}}) {
        const auto problem =
            wire::Json::object({{"type", std::string("urn:ietf:params:acme:error:") + type}, {"detail", "its words\r\nand more"}});
        const auto error = explain(problem, "a.example");
        EXPECT_EQ(error.fault, fault) << type;
        EXPECT_NE(error.text.find(words), std::string::npos) << error.text;
        EXPECT_EQ(error.text.find('\n'), std::string::npos);
        EXPECT_NE(error.text.find("its words"), std::string::npos) << error.text;
    }
    const auto long_one = wire::Json::object({{"type", "about:blank"}, {"detail", std::string(5'000, 'x')}});
    EXPECT_LT(explain(long_one, "a.example").text.size(), 500U);
    EXPECT_NE(explain(wire::Json::object(), "a.example").text.find("no reason given"), std::string::npos);
}

TEST(Acme, retry_after_is_seconds_or_a_date_and_has_an_end) {
    const auto now = read_iso("1994-11-06T08:49:00Z").value();
    EXPECT_EQ(read_retry_after("120", now), seconds(120));
    EXPECT_EQ(read_retry_after("0", now), seconds(0));
    EXPECT_EQ(read_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), seconds(37));
    EXPECT_EQ(read_retry_after("99999999999", now), days(1));
    EXPECT_EQ(read_retry_after("Sun, 06 Nov 2094 08:49:37 GMT", now), std::nullopt) << "that day is no Sunday";
    for (const auto* none : {"", "-1", "1.5", "soon", "Sun, 06 Nov 1994 08:48:37 GMT"})
        EXPECT_EQ(read_retry_after(none, now), std::nullopt) << none;
}

// An authority made of answers.
class Script final : public fetch::Fetcher {
public:
    Later<Result<fetch::FetchResponse>> fetch(fetch::FetchRequest request) override {
        asked.push_back(request.method + " " + request.url);
        return Later<Result<fetch::FetchResponse>>([this](Later<Result<fetch::FetchResponse>>::Answer answer) {
            if (next >= answers.size()) return answer(fail(Fault::outside, "the script is over"));
            answer(answers[next++]);
        });
    }
    void say(int status, std::string body, std::vector<std::pair<std::string, std::string>> headers = {}) {
        headers.emplace_back("replay-nonce", "n");
        answers.push_back({.status = status, .headers = std::move(headers), .body = std::move(body), .url = ""});
    }
    std::vector<fetch::FetchResponse> answers;
    std::size_t next = 0;
    std::vector<std::string> asked;
};

class AcmeTalk : public ::testing::Test {
protected:
    Outcome obtain_one() {
        World world{.fetcher = script,
                    .clock = clock,
                    .random = random,
                    .show = [](std::string, std::string) -> Task<Status> { co_return Status(); },
                    .registered = [](std::string) -> Task<Status> { co_return Status(); },
                    .pause =
                        [this](Duration wait) {
                            clock.advance(wait);
                            waited.us += wait.us;
                            return !stopping;
                        }};
        Loop loop;
        return loop.wait(obtain(world, {.directory = "https://ca.test/dir", .contact = ""},
                                {sign::Es256Key::make(random), "https://ca.test/1"}, "a.example"));
    }
    void directory() {
        script.say(
            200, R"({"newNonce": "https://ca.test/nonce", "newAccount": "https://ca.test/account", "newOrder": "https://ca.test/order"})");
    }
    Script script;
    VirtualClock clock{Instant{1'795'000'000'000'000}};
    SeededRandom random{4};
    Duration waited{};
    bool stopping = false;
};

TEST_F(AcmeTalk, a_rate_limit_keeps_its_retry_after) {
    directory();
    script.say(429, R"({"type": "urn:ietf:params:acme:error:rateLimited", "detail": "too many certificates"})", {{"retry-after", "3600"}});
    const auto outcome = obtain_one();
    EXPECT_EQ(outcome.certificate.error().fault, Fault::rate_limited);
    EXPECT_EQ(outcome.retry_after, hours(1));
}

TEST_F(AcmeTalk, bad_nonces_have_an_end) {
    directory();
    for (int i = 0; i < 50; ++i) script.say(400, R"({"type": "urn:ietf:params:acme:error:badNonce"})");
    EXPECT_EQ(obtain_one().certificate.error().fault, Fault::outside);
    EXPECT_EQ(script.next, 11U);
}

TEST_F(AcmeTalk, waiting_has_an_end_and_stops_when_the_program_does) {
    for (const bool stops : {false, true}) {
        script = {};
        waited = {};
        stopping = stops;
        directory();
        script.say(201, R"({"status": "pending", "authorizations": ["https://ca.test/z"]})", {{"location", "https://ca.test/o"}});
        script.say(200, R"({"status": "pending", "challenges": [{"type": "http-01", "token": "t", "url": "https://ca.test/c"}]})");
        script.say(200, "{}");
        for (int i = 0; i < 100; ++i) script.say(200, R"({"status": "pending"})", {{"retry-after", "5"}});
        const auto outcome = obtain_one();
        EXPECT_EQ(outcome.certificate.error().fault, stops ? Fault::busy : Fault::outside);
        if (!stops) { EXPECT_EQ(waited, minutes(5)); }
    }
}

TEST_F(AcmeTalk, nonsense_is_refused) {
    struct Case {
        const char *order, *authorization;
    };
    for (const auto& [order, authorization] :
         {Case{"<html>", ""}, Case{"{}", ""}, Case{R"({"status": "pending", "authorizations": []})", ""},
          Case{R"({"status": "pending", "authorizations": ["http://ca.test/z"]})", ""},
          Case{R"({"status": "pending", "authorizations": ["https://ca.test/z"]})", "[]"},
          Case{R"({"status": "pending", "authorizations": ["https://ca.test/z"]})",
               R"({"status": "pending", "challenges": [{"type": "http-01", "token": "../etc", "url": "https://ca.test/c"}]})"},
          Case{R"({"status": "pending", "authorizations": ["https://ca.test/z"]})",
               R"({"status": "pending", "challenges": [{"type": "dns-01"}]})"}}) {
        script = {};
        directory();
        script.say(201, order, {{"location", "https://ca.test/o"}});
        script.say(200, authorization);
        EXPECT_EQ(obtain_one().certificate.error().fault, Fault::outside) << order << authorization;
    }
    script = {};
    script.say(200, "no directory");
    EXPECT_NE(obtain_one().certificate.error().text.find("is no ACME directory"), std::string::npos);
}

}  // namespace
}  // namespace barrow::acme
