#include "rooms/telemetry/agent.hpp"

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

bool is_program(std::string_view user_agent) {
    std::uint32_t four_letters = 0;
    for (std::size_t i = 0; i < user_agent.size(); ++i) {
        four_letters = four_letters << 8U | fold(user_agent[i]);
        if (i >= 3 && beginnings[slot(four_letters)] && begins_with_a_token(user_agent.substr(i - 3))) return true;
    }
    return false;
}

template <typename Word>
struct Sign {
    std::string_view text;
    Word means;
};

// The first sign in the list that the text has.
template <typename Word, std::size_t n>
Word first_of(std::string_view text, const Sign<Word> (&signs)[n], Word otherwise) {
    for (const auto& sign : signs)
        if (text.find(sign.text) != std::string_view::npos) return sign.means;
    return otherwise;
}

constexpr Sign<App> app_signs[] = {
    {"Instagram", App::instagram},
    {"Barcelona", App::threads},
    {"FBAN/Messenger", App::messenger},
    {"MessengerForiOS", App::messenger},
    {"FBAN/Orca", App::messenger},
    {"FBAN", App::facebook},
    {"FBAV", App::facebook},
    {"FB_IAB", App::facebook},
    {"musical_ly", App::tiktok},
    {"BytedanceWebview", App::tiktok},
    {"trill_", App::tiktok},
    {"Snapchat", App::snapchat},
    {"Pinterest", App::pinterest},
    {"Twitter", App::twitter},
    {" Line/", App::line},
    {"MicroMessenger", App::wechat},
    {"LinkedInApp", App::linkedin},
    {"youtube", App::youtube},
    {"GSA/", App::google},
    {"Telegram", App::telegram},
    {"Reddit", App::reddit},
    {"Discord", App::discord},
    {"WhatsApp", App::whatsapp},
    {"KAKAOTALK", App::kakaotalk},
    {"; wv)", App::other},
};
constexpr Sign<Os> os_signs[] = {
    {"Windows", Os::windows}, {"iPhone", Os::ios},     {"iPad", Os::ios},        {"iPod", Os::ios},        {"Android", Os::android},
    {"CrOS", Os::chromeos},   {"Mac OS X", Os::macos}, {"Macintosh", Os::macos}, {"Linux", Os::gnu_linux},
};
constexpr Sign<Device> device_signs[] = {
    {"TV", Device::other},     {"iPad", Device::tablet},    {"Tablet", Device::tablet},   {"iPhone", Device::phone},
    {"Mobile", Device::phone}, {"Android", Device::tablet}, {"Windows", Device::desktop}, {"Macintosh", Device::desktop},
    {"CrOS", Device::desktop}, {"X11", Device::desktop},
};
constexpr Sign<Browser> browser_signs[] = {
    {"Edg", Browser::edge},        {"OPR/", Browser::opera},      {"Opera", Browser::opera},  {"SamsungBrowser", Browser::samsung},
    {"FxiOS", Browser::firefox},   {"Firefox", Browser::firefox}, {"CriOS", Browser::chrome}, {"Chrome/", Browser::chrome},
    {"Version/", Browser::safari},
};

// A list of words that stands in the order of its enum.
template <typename Word, std::size_t n>
std::optional<Word> word_in(const std::string_view (&words)[n], std::string_view word) {
    for (std::size_t i = 0; i < n; ++i)
        if (words[i] == word) return static_cast<Word>(i);
    return std::nullopt;
}

constexpr std::string_view kinds[] = {"person", "preview", "crawler", "tool"};
constexpr std::string_view devices[] = {"phone", "tablet", "desktop", "other"};
constexpr std::string_view systems[] = {"ios", "android", "windows", "macos", "linux", "chromeos", "other"};
constexpr std::string_view browsers[] = {"safari", "chrome", "firefox", "edge", "opera", "samsung", "other"};
constexpr std::string_view apps[] = {"none",    "instagram", "facebook",  "messenger", "threads", "tiktok", "snapchat", "pinterest",
                                     "twitter", "line",      "wechat",    "linkedin",  "youtube", "google", "telegram", "reddit",
                                     "discord", "whatsapp",  "kakaotalk", "vk",        "twitch",  "other"};
static_assert(std::size(apps) == static_cast<std::size_t>(App::other) + 1);

}  // namespace

Agent read_agent(std::string_view user_agent) {
    const auto text = user_agent.substr(0, 1'024);
    Agent agent;
    if (is_program(text)) agent.kind = AgentKind::crawler;
    agent.app = first_of(text, app_signs, App::none);
    agent.os = first_of(text, os_signs, Os::other);
    agent.device = first_of(text, device_signs, Device::other);
    if (agent.app == App::none) agent.browser = first_of(text, browser_signs, Browser::other);
    return agent;
}

std::string_view name(AgentKind kind) { return kinds[static_cast<std::size_t>(kind)]; }
std::string_view name(Device device) { return devices[static_cast<std::size_t>(device)]; }
std::string_view name(Os os) { return systems[static_cast<std::size_t>(os)]; }
std::string_view name(Browser browser) { return browsers[static_cast<std::size_t>(browser)]; }
std::string_view name(App app) { return apps[static_cast<std::size_t>(app)]; }
std::optional<AgentKind> kind_named(std::string_view word) { return word_in<AgentKind>(kinds, word); }
std::optional<Device> device_named(std::string_view word) { return word_in<Device>(devices, word); }
std::optional<Os> os_named(std::string_view word) { return word_in<Os>(systems, word); }
std::optional<Browser> browser_named(std::string_view word) { return word_in<Browser>(browsers, word); }
std::optional<App> app_named(std::string_view word) { return word_in<App>(apps, word); }

}  // namespace barrow::telemetry
