// The way out of an app's own browser into the phone's: which address does it in which app, and the try that proves that it did. Pure.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "floor/base/id.hpp"
#include "floor/base/result.hpp"
#include "floor/base/time.hpp"
#include "rooms/access/shop.hpp"
#include "rooms/telemetry/agent.hpp"

namespace barrow::links {

// How an address is written so that an app hands it to the phone's browser. None is a promise of the app's maker but `line` and `intent`,
// and any may stop working with the app's next version: that is why every recipe is counted and switches itself off.
enum class WayOut : std::uint8_t {
    // intent://HOST/PATH#Intent;scheme=https;S.browser_fallback_url=…;end: Android's own syntax (Intent.parseUri; Chrome has followed it
    // since
    // 25, developer.chrome.com/docs/android/intents). Without a package, so that the browser that the owner chose opens. Web views follow
    // it
    // where their app lets them: github.com/shalanah/inapp-debugger, README of November 2024: Facebook, Instagram, Telegram, Line yes;
    // TikTok not always; WeChat, Threads and Messenger no (its issue 11, October 2024).
    intent,
    // x-safari-https://HOST/PATH: Safari on iOS 17 and later registers it; Apple does not document it. inapp-debugger's pull request 5
    // (September 2024) and README (October 2024): TikTok, Telegram, LinkedIn, X, Google yes; Snapchat and WeChat no. Meta's apps stopped
    // following it in 2025 and 2026 (its issue 22), so they have no such recipe here. TikTok has been reported to refuse it since.
    safari,
    // instagram://extbrowser/?url=…: Instagram's own command, undocumented. inapp-debugger's pull request 23 (September 2026): works in
    // Instagram 445 on iOS 27 and Android 16.
    instagram,
    // ?openExternalBrowser=1 on the address itself: documented by LINE (developers.line.biz, "Using LINE features with the LINE URL
    // scheme").
    line,
    // kakaotalk://web/openExternal?url=…: in wide use on Korean sites; Kakao names it in its developers' forum only.
    kakaotalk,
};

struct Recipe {
    std::string_view id;  // "instagram-ios": in tokens, tables and commands
    telemetry::App app;
    telemetry::Os os;
    WayOut way;
};
inline constexpr std::size_t recipes_max = 32;
using RecipeSet = std::bitset<recipes_max>;

// In the order in which they are tried for one app and system. What has no line here (WeChat, Snapchat, Facebook on an iPhone …) has no way
// out that is known to work: there a link leads straight on.
std::span<const Recipe> recipes();
// "*" is no recipe. Refuses (bad_input) an unknown id, naming those there are.
Result<std::size_t> recipe_named(std::string_view id);
// "Instagram"; "this app" for one that is not in the table.
std::string_view app_words(telemetry::App app);
// "Instagram on iPhone".
std::string recipe_words(const Recipe& recipe);

// The first recipe in force for who comes; nullptr: in no app, or there is none.
const Recipe* choose(const telemetry::Agent& agent, const RecipeSet& in_force);
// What the button leads to, so that `url` ("https://…") opens outside.
std::string address_out(const Recipe& recipe, std::string_view url);

// ---- a try ---------------------------------------------------------------------------------------------------------------
// It travels in the escaped address (?outside=TOKEN) and says how the link was opened inside the app, so that the browser outside is led to
// the same place. It names nobody; the nonce is random and made for one page.
struct Try {
    std::string recipe;
    std::int64_t link = 0;
    std::size_t branch = 0;  // of the link's split
    telemetry::Agent agent;  // device, system and app; a person's
    std::string nonce;
    Instant made;
};
inline constexpr Duration try_life = minutes(30);  // from the page to the browser outside takes seconds; later the link is opened as new
inline constexpr std::string_view try_parameter = "outside";

std::string write_try(const Try& wanted, const Id<access::Shop>& shop, std::span<const std::uint8_t, 32> key);
// Refuses (bad_input) what we did not sign for this shop and what is older than try_life.
Result<Try> read_try(std::string_view token, const Id<access::Shop>& shop, std::span<const std::uint8_t, 32> key, Instant now);

}  // namespace barrow::links
