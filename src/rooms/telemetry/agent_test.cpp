#include "rooms/telemetry/agent.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <memory>
#include <string>

#include "rooms/telemetry/agent_signs.hpp"

namespace barrow::telemetry {
namespace {

const std::string iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ";
const std::string mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) ";
const std::string windows =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36";
std::string android(const std::string& model) {
    return "Mozilla/5.0 (Linux; Android 14; " + model + ") AppleWebKit/537.36 (KHTML, like Gecko) ";
}
const std::string web_view = android("SM-S918B Build/UP1A.231005.007; wv") + "Version/4.0 Chrome/125.0.6422.165 Mobile Safari/537.36 ";

TEST(Agent, APersonSitsAtADeviceInABrowserOrAnApp) {
    struct Case {
        std::string user_agent;
        Device device;
        Os os;
        Browser browser;
        App app;
    };
    const Case cases[] = {
        {iphone + "Version/18.5 Mobile/15E148 Safari/604.1", Device::phone, Os::ios, Browser::safari, App::none},
        {iphone + "CriOS/138.0.7204.156 Mobile/15E148 Safari/604.1", Device::phone, Os::ios, Browser::chrome, App::none},
        {iphone + "FxiOS/140.0 Mobile/15E148 Safari/604.1", Device::phone, Os::ios, Browser::firefox, App::none},
        {iphone + "Version/18.5 Mobile/15E148 Safari/604.1 Ddg/18.5", Device::phone, Os::ios, Browser::other, App::none},
        {iphone + "GSA/319.0 Mobile/15E148 Safari/604.1", Device::phone, Os::ios, Browser::other, App::google},
        {iphone + "Mobile/15E148 Instagram 334.0.4.32.98 (iPhone16,2; iOS 18_5; de_DE; de; scale=3.00; 1290x2796; 612345678)",
         Device::phone, Os::ios, Browser::other, App::instagram},
        {iphone + "Mobile/15E148 [FBAN/FBIOS;FBAV/466.0;FBDV/iPhone16,2;FBSN/iOS]", Device::phone, Os::ios, Browser::other, App::facebook},
        {iphone + "Mobile/15E148 [FBAN/MessengerForiOS;FBAV/466.0]", Device::phone, Os::ios, Browser::other, App::messenger},
        {iphone + "Mobile/15E148 Barcelona 334.0.0.28.98 (iPhone16,2; iOS 18_5)", Device::phone, Os::ios, Browser::other, App::threads},
        {iphone + "Mobile/15E148 musical_ly_35.6.0 BytedanceWebview/d8a21c6", Device::phone, Os::ios, Browser::other, App::tiktok},
        {iphone + "Mobile/15E148 Snapchat/13.20.0.41", Device::phone, Os::ios, Browser::other, App::snapchat},
        {iphone + "Mobile/15E148 [Pinterest/iOS]", Device::phone, Os::ios, Browser::other, App::pinterest},
        {iphone + "Version/18.5 Mobile/15E148 Safari/604.1 Twitter for iPhone/11.20", Device::phone, Os::ios, Browser::other, App::twitter},
        {iphone + "Mobile/15E148 Safari Line/15.3.0", Device::phone, Os::ios, Browser::other, App::line},
        {iphone + "Mobile/15E148 MicroMessenger/8.0.50(0x1800322f)", Device::phone, Os::ios, Browser::other, App::wechat},
        {iphone + "Mobile/15E148 [LinkedInApp]/9.31.123", Device::phone, Os::ios, Browser::other, App::linkedin},
        {iphone + "Version/18.5 Mobile/15E148 Safari/604.1 Offline/1.0", Device::phone, Os::ios, Browser::safari, App::none},  // not Line
        {iphone + "Mobile/15E148", Device::phone, Os::ios, Browser::other, App::other},
        {"Mozilla/5.0 (iPad; CPU OS 15_8 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.6 Mobile/15E148 Safari/604.1",
         Device::tablet, Os::ios, Browser::safari, App::none},
        {"Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 380.0 (iPad13,16)",
         Device::tablet, Os::ios, Browser::other, App::instagram},
        {mac + "Version/18.5 Safari/605.1.15", Device::desktop, Os::macos, Browser::safari, App::none},  // and an iPad's desktop page
        {android("K") + "Chrome/138.0.0.0 Mobile Safari/537.36", Device::phone, Os::android, Browser::chrome, App::none},
        {android("SM-X710") + "Chrome/138.0.0.0 Safari/537.36", Device::tablet, Os::android, Browser::chrome, App::none},
        {android("SM-A546B") + "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", Device::phone, Os::android, Browser::samsung,
         App::none},
        {"Mozilla/5.0 (Android 13; Tablet; rv:140.0) Gecko/140.0 Firefox/140.0", Device::tablet, Os::android, Browser::firefox, App::none},
        {web_view + "Instagram 340.0.0.22.109 Android (34/14; 480dpi; 1080x2115; samsung; SM-S918B; dm3q; qcom; de_DE; 612345678)",
         Device::phone, Os::android, Browser::other, App::instagram},
        {web_view + "[FB_IAB/FB4A;FBAV/440.0.0.34.110;]", Device::phone, Os::android, Browser::other, App::facebook},
        {web_view + "[FB_IAB/Orca-Android;FBAV/450.0.0.27.106;]", Device::phone, Os::android, Browser::other, App::messenger},
        {web_view + "trill_320800 ByteLocale/en BytedanceWebview/d8a21c6", Device::phone, Os::android, Browser::other, App::tiktok},
        {web_view + "KAKAOTALK/25.1.0 (INAPP)", Device::phone, Os::android, Browser::other, App::kakaotalk},
        {web_view + "Telegram-Android/11.2.0 (samsung SM-S918B; Android 14; SDK 34; HIGH)", Device::phone, Os::android, Browser::other,
         App::telegram},
        {web_view, Device::phone, Os::android, Browser::other, App::other},
        {windows, Device::desktop, Os::windows, Browser::chrome, App::none},
        {windows + " Edg/138.0.0.0", Device::desktop, Os::windows, Browser::edge, App::none},
        {windows + " OPR/120.0.0.0", Device::desktop, Os::windows, Browser::opera, App::none},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0", Device::desktop, Os::windows, Browser::firefox,
         App::none},
        {"Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko", Device::desktop, Os::windows, Browser::other, App::none},
        {"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36", Device::desktop,
         Os::chromeos, Browser::chrome, App::none},
        {"Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0", Device::desktop, Os::gnu_linux, Browser::firefox,
         App::none},
        {"Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) AppleWebKit/537.36 Chrome/52.0 Mobile Safari/537.36 "
         "Edge/15",
         Device::phone, Os::windows, Browser::edge, App::none},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) AppleWebKit/537.36 Chrome/64.0 Safari/537.36 Edge/18.19041",
         Device::other, Os::windows, Browser::edge, App::none},
        {"Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) 94.0.4606.31/7.0 TV Safari/537.36", Device::other,
         Os::other, Browser::other, App::none},
        {"Mozilla/5.0 (PlayStation; PlayStation 5/9.40) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.4 Safari/605.1.15",
         Device::other, Os::other, Browser::other, App::none},
        {"", Device::other, Os::other, Browser::other, App::none},
    };
    for (const auto& one : cases) {
        const auto agent = read_agent(one.user_agent);
        EXPECT_EQ(name(agent.kind), "person") << one.user_agent;
        EXPECT_EQ(name(agent.device), name(one.device)) << one.user_agent;
        EXPECT_EQ(name(agent.os), name(one.os)) << one.user_agent;
        EXPECT_EQ(name(agent.browser), name(one.browser)) << one.user_agent;
        EXPECT_EQ(name(agent.app), name(one.app)) << one.user_agent;
    }
}

TEST(Agent, AProgramSaysSoInItsNameItsAddressOrByNamingNoSystem) {
    struct Case {
        std::string user_agent;
        AgentKind kind;
    };
    const Case cases[] = {
        {"facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", preview},
        {mac + "Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0", preview},  // iMessage
        {"Twitterbot/1.0", preview},
        {"Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", preview},
        {"Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)", preview},
        {"TelegramBot (like TwitterBot)", preview},
        {"WhatsApp/2.23.20.0 A", preview},
        {"LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)", preview},
        {"Mozilla/5.0 (compatible; Pinterestbot/1.0; +http://www.pinterest.com/bot.html)", preview},
        {"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", crawler},
        {"GOOGLEBOT/2.1", crawler},
        {"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.3; +https://openai.com/gptbot)", crawler},
        {mac + "Version/17.4 Safari/605.1.15 (Applebot/0.1)", crawler},
        {android("Nexus 5X") + "Chrome/138.0.0.0 Mobile Safari/537.36 (compatible; Anybot/2.1)", crawler},  // past the bracket of the model
        {windows + " (reader@studio.example.com)", crawler},
        {windows + " Silktide", crawler},  // no rule: a name of the derived list
        {"Mozilla/5.0 (Linux; Android 7.0; SM-G930V; compatible; Anybot/1.0) AppleWebKit/537.36 Mobile Safari/537.36", crawler},
        {android("Nexus 5X Build/MMB29P; Anybot; +http://any.example/bot.html") + "Chrome/106.0.5249.119 Mobile Safari/537.36", crawler},
        {"curl/8.5.0", tool},
        {"ipad", tool},
        {"curl", tool},
        {"python-requests/2.31.0", tool},
        {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36", tool},
        {"Mozilla/5.0", tool},
        {"Mozilla/5.0 (compatible; Anything/1.0)", tool},
        {"Anything/1.0 (x86_64-linux)", tool},  // a system's name alone is no browser
        {"Anonymous, " + windows, tool},
    };
    for (const auto& one : cases) EXPECT_EQ(name(read_agent(one.user_agent).kind), name(one.kind)) << one.user_agent;
}

// Each of these is thrown away by a list in use elsewhere.
TEST(Agent, WhatAPhoneOrAnAppIsCalledMakesNoCrawler) {
    const std::string people[] = {
        "Mozilla/5.0 (Linux; Android 9; CUBOT_NOTE_S) AppleWebKit/537.36 Chrome/80.0 Mobile Safari/537.36 Instagram 130.0.0.31.121",
        web_view + "Instagram 340.0.0.22.109 Android (28/9; 320dpi; 720x1352; CUBOT; CUBOT_NOTE_S; CUBOT_NOTE_S; mt6580; de_DE; 1)",
        web_view + "[FBAN/EMA;FBLC/de_DE;FBAV/405.0.0.9.106;FBBD/CUBOT;FBDV/CUBOT;]",
        "Mozilla/5.0 (Linux; Android 2.3; htc_botdugls) AppleWebKit/533.1 Mobile Safari/533.1",
        android("ROBOT 7") + "Chrome/138.0.0.0 Mobile Safari/537.36",
        android("Google Pixel 6") + "Chrome/138.0.0.0 Mobile Safari/537.36",
        android("GT-I9100 http://rom.example") + "Chrome/138.0.0.0 Mobile Safari/537.36",
        "Player/4.1 CUBOT_P80 (Linux; Android 13)",  // outside of a bracket too
        web_view + "CamScanner/6.60.0.2405160000",
        web_view + "QR Scanner/3.2",
        web_view + "NAVER(inapp; search; 1010; 12.5.2)",
        "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; StumbleUpon.com 1.917)",
        "AntennaPod/3.8.0 (Linux; Android 14)",  // a podcast player on somebody's phone
        "BlackBerry9700/5.0.0.862 Profile/MIDP-2.1 Configuration/CLDC-1.1 VendorID/331",
    };
    for (const auto& user_agent : people) EXPECT_EQ(name(read_agent(user_agent).kind), "person") << user_agent;
}

TEST(Agent, EveryNameReadsBackAndNoOtherWordDoes) {
    for (const auto one : {AgentKind::person, AgentKind::preview, AgentKind::crawler, AgentKind::tool})
        EXPECT_EQ(kind_named(name(one)), one);
    for (const auto one : {Device::phone, Device::tablet, Device::desktop, Device::other}) EXPECT_EQ(device_named(name(one)), one);
    for (int i = 0; i <= static_cast<int>(Os::other); ++i) EXPECT_EQ(os_named(name(static_cast<Os>(i))), static_cast<Os>(i));
    for (int i = 0; i <= static_cast<int>(Browser::other); ++i)
        EXPECT_EQ(browser_named(name(static_cast<Browser>(i))), static_cast<Browser>(i));
    for (int i = 0; i <= static_cast<int>(App::other); ++i) EXPECT_EQ(app_named(name(static_cast<App>(i))), static_cast<App>(i));
    EXPECT_EQ(name(Os::gnu_linux), "linux");
    EXPECT_EQ(name(App::kakaotalk), "kakaotalk");
    EXPECT_EQ(device_named("Phone"), std::nullopt);
    EXPECT_EQ(app_named(""), std::nullopt);
}

// The bytes stand in memory of exactly their length, so that the sanitizers see a read beyond it; signs are cut at any place.
TEST(Agent, AnyBytesAreReadAndNoneBeyondTheirEnd) {
    rc::check("no bytes break the reader", [] {
        std::string text;
        const auto pieces = *rc::gen::inRange(0, 12);
        for (int i = 0; i < pieces; ++i) {
            const auto& sign = signs[*rc::gen::inRange<std::size_t>(0, std::size(signs))].text;
            text += sign.substr(0, *rc::gen::inRange<std::size_t>(0, sign.size() + 1));
            text += *rc::gen::arbitrary<std::string>();
        }
        if (*rc::gen::inRange(0, 20) == 0) text += std::string(2'000, *rc::gen::arbitrary<char>());
        const auto exact = std::make_unique<char[]>(text.size());
        std::copy(text.begin(), text.end(), exact.get());
        const auto agent = read_agent({exact.get(), text.size()});
        RC_ASSERT(agent == read_agent(text));
        RC_ASSERT(kind_named(name(agent.kind)) == agent.kind && app_named(name(agent.app)) == agent.app);
    });
    for (const auto& sign : signs) {  // a sign that the text's end cuts off
        const std::string text = std::string(1'020, ' ') + std::string(sign.text.substr(0, 4));
        EXPECT_EQ(read_agent(text), read_agent(text + "\n")) << sign.text;
    }
    EXPECT_EQ(name(read_agent(std::string(1'024, 'x') + " Googlebot/2.1").kind), "tool");  // only the first 1,024 bytes are looked at
}

}  // namespace
}  // namespace barrow::telemetry
