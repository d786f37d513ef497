#include "rooms/links/escape.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "floor/http/http.hpp"
#include "floor/sign/sign.hpp"
#include "floor/wire/words.hpp"

namespace barrow::links {
namespace {

using telemetry::App;
using telemetry::Os;

constexpr std::array all{
    Recipe{"instagram-ios", App::instagram, Os::ios, WayOut::instagram},
    Recipe{"instagram-android", App::instagram, Os::android, WayOut::instagram},
    Recipe{"instagram-android-intent", App::instagram, Os::android, WayOut::intent},
    Recipe{"facebook-android", App::facebook, Os::android, WayOut::intent},
    Recipe{"tiktok-ios", App::tiktok, Os::ios, WayOut::safari},
    Recipe{"tiktok-android", App::tiktok, Os::android, WayOut::intent},
    Recipe{"telegram-ios", App::telegram, Os::ios, WayOut::safari},
    Recipe{"telegram-android", App::telegram, Os::android, WayOut::intent},
    Recipe{"twitter-ios", App::twitter, Os::ios, WayOut::safari},
    Recipe{"linkedin-ios", App::linkedin, Os::ios, WayOut::safari},
    Recipe{"google-ios", App::google, Os::ios, WayOut::safari},
    Recipe{"line-ios", App::line, Os::ios, WayOut::line},
    Recipe{"line-android", App::line, Os::android, WayOut::line},
    Recipe{"kakaotalk-ios", App::kakaotalk, Os::ios, WayOut::kakaotalk},
    Recipe{"kakaotalk-android", App::kakaotalk, Os::android, WayOut::kakaotalk},
    Recipe{"other-android", App::other, Os::android, WayOut::intent},
};
static_assert(all.size() <= recipes_max);

std::string with_parameter(std::string_view url, std::string_view pair) {
    const auto fragment = std::min(url.find('#'), url.size());
    std::string out(url.substr(0, fragment));
    out += out.find('?') == out.npos ? '?' : '&';
    out += pair;
    out += url.substr(fragment);
    return out;
}

// ---- the token -----------------------------------------------------------------------------------------------------------

constexpr std::size_t token_parts = 9, token_max = 200, mac_bytes = 12;

std::string mac_of(std::string_view text, const Id<access::Shop>& shop, std::span<const std::uint8_t, 32> key) {
    const auto digest = sign::hmac_sha256(key, as_bytes(shop.text + "\n" + std::string(text)));
    return base64url(std::span(digest).first(mac_bytes));
}

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> parts;
    for (std::size_t from = 0; from <= text.size();) {
        const auto end = std::min(text.find('.', from), text.size());
        parts.push_back(text.substr(from, end - from));
        from = end + 1;
    }
    return parts;
}

std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() && number >= 0 ? std::optional(number) : std::nullopt;
}

}  // namespace

std::span<const Recipe> recipes() { return all; }

Result<std::size_t> recipe_named(std::string_view id) {
    const auto found = std::ranges::find(all, id, &Recipe::id);
    if (found != all.end()) return static_cast<std::size_t>(found - all.begin());
    std::string names;
    for (const auto& recipe : all) names += (names.empty() ? "" : ", ") + std::string(recipe.id);
    return fail(Fault::bad_input, "there is no recipe \"" + std::string(id.substr(0, 60)) + "\"; there are " + names + ", and all");
}

std::string_view app_words(App app) {
    constexpr std::array<std::pair<App, std::string_view>, 9> words{{{App::instagram, "Instagram"},
                                                                     {App::facebook, "Facebook"},
                                                                     {App::tiktok, "TikTok"},
                                                                     {App::telegram, "Telegram"},
                                                                     {App::twitter, "X"},
                                                                     {App::linkedin, "LinkedIn"},
                                                                     {App::google, "Google"},
                                                                     {App::line, "LINE"},
                                                                     {App::kakaotalk, "KakaoTalk"}}};
    const auto found = std::ranges::find(words, app, &std::pair<App, std::string_view>::first);
    return found == words.end() ? wire::said("this app") : found->second;
}

std::string recipe_words(const Recipe& recipe) {
    auto words = recipe.app == App::other ? std::string("Other apps") : std::string(app_words(recipe.app));
    words += recipe.os == Os::ios ? " on iPhone" : " on Android";
    return recipe.id.ends_with("-intent") ? words + ", second way" : words;
}

const Recipe* choose(const telemetry::Agent& agent, const RecipeSet& in_force) {
    if (agent.kind != telemetry::AgentKind::person || agent.app == App::none) return nullptr;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].app == agent.app && all[i].os == agent.os && in_force[i]) return &all[i];
    }
    return nullptr;
}

std::string address_out(const Recipe& recipe, std::string_view url) {
    const auto scheme = url.substr(0, std::min(url.find(':'), url.size()));
    const auto rest = url.substr(std::min(scheme.size() + 3, url.size()));
    switch (recipe.way) {
        case WayOut::intent:
            // A fragment of the address would stand where the intent's own begins.
            return "intent://" + std::string(rest.substr(0, rest.find('#'))) + "#Intent;scheme=" + std::string(scheme) +
                   ";S.browser_fallback_url=" + http::percent_encode(url) + ";end";
        case WayOut::safari:
            return "x-safari-" + std::string(url);
        case WayOut::instagram:
            return "instagram://extbrowser/?url=" + http::percent_encode(url);
        case WayOut::line:
            return with_parameter(url, "openExternalBrowser=1");
        case WayOut::kakaotalk:
            return "kakaotalk://web/openExternal?url=" + http::percent_encode(url);
    }
    check(false);
    return "";
}

std::string write_try(const Try& wanted, const Id<access::Shop>& shop, std::span<const std::uint8_t, 32> key) {
    auto text = wanted.recipe;
    for (const auto number :
         {wanted.link, static_cast<std::int64_t>(wanted.branch), static_cast<std::int64_t>(wanted.agent.device),
          static_cast<std::int64_t>(wanted.agent.os), static_cast<std::int64_t>(wanted.agent.app), wanted.made.us / seconds(1).us})
        text += "." + std::to_string(number);
    text += "." + wanted.nonce;
    return text + "." + mac_of(text, shop, key);
}

Result<Try> read_try(std::string_view token, const Id<access::Shop>& shop, std::span<const std::uint8_t, 32> key, Instant now) {
    const auto refuse = [] { return fail(Fault::bad_input, "this is no way out that we made"); };
    if (token.size() > token_max) return refuse();
    const auto parts = split(token);
    if (parts.size() != token_parts) return refuse();
    const auto mac = mac_of(token.substr(0, token.size() - parts.back().size() - 1), shop, key);
    if (!sign::equal(as_bytes(mac), as_bytes(parts.back()))) return refuse();
    std::array<std::int64_t, 6> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto number = number_of(parts[i + 1]);
        if (!number) return refuse();
        numbers[i] = *number;
    }
    if (numbers[2] > static_cast<std::int64_t>(telemetry::Device::other) || numbers[3] > static_cast<std::int64_t>(Os::other) ||
        numbers[4] > static_cast<std::int64_t>(App::other))
        return refuse();
    Try read{.recipe = std::string(parts[0]),
             .link = numbers[0],
             .branch = static_cast<std::size_t>(numbers[1]),
             .agent = {.device = static_cast<telemetry::Device>(numbers[2]),
                       .os = static_cast<Os>(numbers[3]),
                       .app = static_cast<App>(numbers[4])},
             .nonce = std::string(parts[7]),
             .made = Instant{numbers[5] * seconds(1).us}};
    if (now - read.made > try_life || !recipe_named(read.recipe))
        return fail(Fault::bad_input, "this way out is older than half an hour; open the link again");
    return read;
}

}  // namespace barrow::links
