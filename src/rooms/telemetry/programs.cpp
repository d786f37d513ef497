#include "rooms/telemetry/programs.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace barrow::telemetry {
namespace {

// The tokens that their makers publish, in lower case. None of them is a bare "bot": phones are called CUBOT. A mark behind
// Pinterest and WhatsApp tells the preview ("Pinterest/0.2", "WhatsApp/2") from the browser inside the app ("[Pinterest/iOS]").
constexpr std::array<std::string_view, 52> tokens{{
    // link previews
    "facebookexternalhit",
    "facebookcatalog",
    "meta-externalagent",
    "twitterbot",
    "slackbot",
    "slack-imgproxy",
    "discordbot",
    "telegrambot",
    "whatsapp/",
    "linkedinbot",
    "pinterestbot",
    "pinterest/0.",
    "redditbot",
    "mastodon/",
    "embedly",
    "iframely",
    "skypeuripreview",
    "viberbot",
    "vkshare",
    "bitlybot",
    "bufferbot",
    "snap url preview",
    "google-pagerenderer",
    "googleimageproxy",
    // search engines and other crawlers
    "googlebot",
    "google-inspectiontool",
    "googleother",
    "adsbot-google",
    "mediapartners-google",
    "storebot-google",
    "bingbot",
    "bingpreview",
    "applebot",
    "duckduckbot",
    "baiduspider",
    "yandexbot",
    "petalbot",
    "bytespider",
    "ahrefsbot",
    "semrushbot",
    "gptbot",
    "oai-searchbot",
    "claudebot",
    "perplexitybot",
    "ccbot/",
    // tools
    "curl/",
    "wget/",
    "python-requests",
    "python-urllib",
    "go-http-client",
    "okhttp/",
    "headlesschrome",
}};

// One pass over the text: its four letters at each place are looked up before any token is compared, because every click pays.
constexpr std::uint32_t fold(char c) { return static_cast<unsigned char>(c) | 0x20U; }
constexpr std::size_t slot(std::uint32_t four_letters) { return (four_letters * 2'654'435'761U) >> 22U; }
constexpr auto beginnings = [] {
    std::array<bool, 1'024> marked{};
    for (const auto token : tokens) {
        std::uint32_t four_letters = 0;
        for (const char c : token.substr(0, 4)) four_letters = four_letters << 8U | fold(c);
        marked[slot(four_letters)] = true;
    }
    return marked;
}();

bool begins_with_a_token(std::string_view text) {
    return std::ranges::any_of(tokens, [&](std::string_view token) {
        return text.size() >= token.size() && std::ranges::equal(token, text.substr(0, token.size()), {}, fold, fold);
    });
}

}  // namespace

bool is_program(std::string_view user_agent) {
    std::uint32_t four_letters = 0;
    for (std::size_t i = 0; i < user_agent.size(); ++i) {
        four_letters = four_letters << 8U | fold(user_agent[i]);
        if (i >= 3 && beginnings[slot(four_letters)] && begins_with_a_token(user_agent.substr(i - 3))) return true;
    }
    return false;
}

}  // namespace barrow::telemetry
