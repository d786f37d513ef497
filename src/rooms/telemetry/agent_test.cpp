#include "rooms/telemetry/agent.hpp"

#include <gtest/gtest.h>

namespace barrow::telemetry {
namespace {

TEST(Agent, WhatSaysItIsAProgramIsOneAndABrowserInAnAppIsNone) {
    struct Case {
        std::string_view user_agent;
        bool program;
    };
    const Case cases[] = {
        {"facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", true},
        {"Twitterbot/1.0", true},
        {"Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", true},
        {"Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)", true},
        {"TelegramBot (like TwitterBot)", true},
        {"WhatsApp/2.23.20.0 A", true},
        {"LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)", true},
        {"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", true},
        {"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0 "
         "Safari/537.36",
         true},
        {"Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15 (Applebot/0.1)", true},
        {"Mozilla/5.0 (compatible; Pinterestbot/1.0; +http://www.pinterest.com/bot.html)", true},
        {"curl/8.5.0", true},
        {"Wget/1.21.3", true},
        {"python-requests/2.31.0", true},
        {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36", true},
        {"GOOGLEBOT/2.1", true},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1", false},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Instagram 334.0.0.29.93", false},
        {"Mozilla/5.0 (Linux; Android 9; CUBOT_NOTE_S) AppleWebKit/537.36 Chrome/80.0 Mobile Safari/537.36 Instagram 130.0.0.31.121",
         false},
        {"Mozilla/5.0 (Linux; Android 2.3; htc_botdugls) AppleWebKit/533.1 Mobile Safari/533.1", false},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 [Pinterest/iOS]", false},
        {"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/125.0 Mobile Safari/537.36 [FBAN/EMA;FBLC/de_DE;FBAV/405.0]", false},
        {"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/125.0 Mobile Safari/537.36 musical_ly_2023 BytedanceWebview/d8a21c6",
         false},
        {"Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 GSA/319.0 Mobile/15E148 Safari/604.1", false},
        {"", false},
    };
    for (const auto& one : cases) EXPECT_EQ(read_agent(one.user_agent).kind != AgentKind::person, one.program) << one.user_agent;
}

}  // namespace
}  // namespace barrow::telemetry
