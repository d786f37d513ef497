#include "rooms/telemetry/agent.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <iterator>

#include "rooms/telemetry/agent_rules.hpp"
#include "rooms/telemetry/agent_signs.hpp"

namespace barrow::telemetry {
namespace {

constexpr char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr bool is_letter(char small_c) { return small_c >= 'a' && small_c <= 'z'; }
constexpr std::uint32_t four_letters(const char* at) {
    const auto byte = [&](int i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(at[i])); };
    return byte(0) | byte(1) << 8U | byte(2) << 16U | byte(3) << 24U;
}

// One pass over the text: the four letters at each place lead to the few signs that begin so, because every click pays.
constexpr std::size_t slot_count = 8'192;
constexpr std::size_t slot(std::uint32_t four) { return (four * 2'654'435'761U) >> 19U; }
struct Table {
    std::array<std::uint16_t, slot_count> first{};       // the sign's place in `signs` and one; 0: no sign begins so
    std::array<std::uint16_t, std::size(signs)> next{};  // likewise
};
static_assert(std::ranges::all_of(signs, [](const Sign& sign) { return sign.text.size() >= 4; }));
constexpr Table table = [] {
    Table made;
    for (std::size_t i = std::size(signs); i-- > 0;) {
        auto& first = made.first[slot(four_letters(signs[i].text.data()))];
        made.next[i] = first;
        first = static_cast<std::uint16_t>(i + 1);
    }
    return made;
}();
constexpr std::size_t sign_bytes_max = std::ranges::max(signs, {}, [](const Sign& sign) { return sign.text.size(); }).text.size();

// The text in small letters, with zeros before and behind it: no sign reads past an end.
class Small {
public:
    explicit Small(std::string_view text) : size_(std::min(text.size(), agent_bytes_max)) {
        std::transform(text.data(), text.data() + size_, letters_.data() + 1, small);
    }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] const char* at(std::size_t i) const { return letters_.data() + 1 + i; }
    [[nodiscard]] std::string_view text() const { return {at(0), size_}; }
    [[nodiscard]] std::size_t bracket_end(std::size_t i) const { return std::min(text().find(')', i), size_); }

private:
    std::array<char, 1 + agent_bytes_max + sign_bytes_max + 1> letters_{};
    std::size_t size_;
};

// The values seen of each part, a bit each.
struct Seen {
    std::array<std::uint32_t, static_cast<std::size_t>(Sort::model_ends) + 1> bits{};

    void note(Sort part, std::uint8_t value) { bits[static_cast<std::size_t>(part)] |= 1U << value; }
    [[nodiscard]] bool has(Sort part) const { return bits[static_cast<std::size_t>(part)] != 0; }
    template <typename Value>
    [[nodiscard]] bool has(Sort part, Value value) const {
        return (bits[static_cast<std::size_t>(part)] >> static_cast<unsigned>(value) & 1U) != 0;
    }
};

bool stands_at(const Sign& sign, const char* at) {
    return std::memcmp(at, sign.text.data(), sign.text.size()) == 0 && !(sign.begins_word && is_letter(at[-1])) &&
           !(sign.ends_word && is_letter(at[sign.text.size()]));
}

// "bot" where a word ends, unless the word is CUBOT.
bool bot_ends_behind(const Small& text, std::size_t i) {
    return !is_letter(*text.at(i + 3)) && (i < 2 || std::memcmp(text.at(i - 2), "cu", 2) != 0);
}

// Between "Android" or an app's name and the end of the bracket stands what a maker called a phone: "CUBOT", "Google Pixel",
// "http://my-rom.example"; behind Android's mark of a web view what an app calls itself: "CamScanner". None of that makes a crawler.
Seen see(const Small& text) {
    constexpr std::uint32_t three_letters = 0xFF'FFFF;
    constexpr std::uint32_t bot = four_letters("bot\0");
    Seen seen;
    std::size_t model_ends = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto four = four_letters(text.at(i));
        if ((four & three_letters) == bot && i >= model_ends && bot_ends_behind(text, i))
            seen.note(Sort::kind, static_cast<std::uint8_t>(crawler));
        for (auto which = table.first[slot(four)]; which != 0; which = table.next[which - 1U]) {
            const auto& sign = signs[which - 1U];
            if (!stands_at(sign, text.at(i))) continue;
            if (sign.part == Sort::model_ends) model_ends = 0;
            if (sign.part == Sort::model_begins || sign.part == Sort::app) model_ends = std::max(model_ends, text.bracket_end(i));
            if (sign.part == Sort::web_view) model_ends = text.size();
            if (i < model_ends && (sign.part == Sort::kind || sign.part == Sort::address)) continue;
            seen.note(sign.part, sign.value);
        }
    }
    return seen;
}

// The first value of the list that was seen.
template <typename Value, std::size_t n>
Value first_seen(const Seen& seen, Sort part, const Value (&values)[n], Value otherwise) {
    for (const auto value : values)
        if (seen.has(part, value)) return value;
    return otherwise;
}

// Phones of the time before Android began with their maker's name.
constexpr std::string_view old_phones[] = {"alcatel", "amoi",     "archos",     "asus",      "audiovox", "bird",    "docomo", "htc",
                                           "huawei",  "kddi",     "kwc-",       "kyocera",   "lenovo",   "lg-",     "lg ",    "lge-",
                                           "mot-",    "motorola", "mqqbrowser", "panasonic", "pantech",  "philips", "sagem",  "sam-",
                                           "sec-",    "sharp",    "sie-",       "softbank",  "sony",     "zte"};

// A browser names the system that it runs on. What names none, or is no browser, or is a single word ("ipad"), is a program.
bool has_a_seat(std::string_view text, const Seen& seen) {
    if (std::ranges::all_of(text, is_letter)) return false;
    if (seen.has(Sort::seat, Seat::anywhere)) return true;
    if (seen.has(Sort::seat, Seat::browser) && seen.has(Sort::seat, Seat::in_a_browser)) return true;
    return std::ranges::any_of(old_phones, [&](std::string_view maker) { return text.starts_with(maker); });
}

// On a Linux desktop Chrome's words end with "Safari/537.36". What follows is another browser's name, or a program on a server; on
// other systems too many small browsers sign there.
bool signed_by_a_stranger(std::string_view text, const Seen& seen) {
    constexpr auto plain_chrome = 1U << static_cast<unsigned>(Browser::chrome) | 1U << static_cast<unsigned>(Browser::safari);
    if (seen.bits[static_cast<std::size_t>(Sort::os)] != 1U << static_cast<unsigned>(Os::gnu_linux)) return false;
    if (seen.bits[static_cast<std::size_t>(Sort::browser)] != plain_chrome) return false;
    if (seen.has(Sort::app) || seen.has(Sort::device, Device::other)) return false;
    constexpr std::string_view last = "safari/";
    const auto end = text.find_first_not_of("0123456789.", text.rfind(last) + last.size());
    return end != std::string_view::npos && text.find_first_not_of(' ', end) != std::string_view::npos;
}

AgentKind kind_by_rules(std::string_view text, const Seen& seen) {
    constexpr AgentKind order[] = {preview, tool, crawler};
    const auto said = first_seen(seen, Sort::kind, order, person);
    if (said != person || text.empty()) return said;
    if (seen.has(Sort::anywhere)) return crawler;
    if (text.starts_with("whatsapp")) return preview;
    if (seen.has(Sort::address) && !seen.has(Sort::old_explorer)) return crawler;
    if (signed_by_a_stranger(text, seen)) return crawler;
    return has_a_seat(text, seen) ? person : tool;
}

Os os_of(const Seen& seen) {
    constexpr Os order[] = {Os::other, Os::windows, Os::ios, Os::android, Os::chromeos, Os::macos, Os::gnu_linux};
    return first_seen(seen, Sort::os, order, Os::other);
}

// An Android tablet is told by not calling itself mobile.
Device device_of(const Seen& seen, Os os) {
    constexpr Device order[] = {Device::other, Device::tablet, Device::phone};
    const auto without_word = os == Os::android                                               ? Device::tablet
                              : seen.has(Sort::device, Device::desktop) || os == Os::chromeos ? Device::desktop
                                                                                              : Device::other;
    return first_seen(seen, Sort::device, order, without_word);
}

App app_of(const Seen& seen, Os os) {
    constexpr auto any = ~(1U << static_cast<unsigned>(App::other) | 1U << static_cast<unsigned>(App::facebook));
    const auto seen_apps = seen.bits[static_cast<std::size_t>(Sort::app)];
    if ((seen_apps & any) != 0) return static_cast<App>(std::countr_zero(seen_apps & any));
    if (seen.has(Sort::app, App::facebook)) return App::facebook;
    if (seen.has(Sort::app, App::other)) return App::other;
    return os == Os::ios && !seen.has(Sort::browser) ? App::other : App::none;
}

Browser browser_of(const Seen& seen, Os os) {
    constexpr Browser order[] = {Browser::other,   Browser::edge,   Browser::opera, Browser::samsung,
                                 Browser::firefox, Browser::chrome, Browser::safari};
    const auto found = first_seen(seen, Sort::browser, order, Browser::other);
    return found == Browser::safari && os != Os::ios && os != Os::macos ? Browser::other : found;
}

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
    const Small text(user_agent);
    const auto seen = see(text);
    const auto os = os_of(seen);
    const auto app = app_of(seen, os);
    const auto kind = kind_by_rules(text.text(), seen);
    return {.kind = kind == person && seen.has(Sort::single) ? crawler : kind,
            .device = device_of(seen, os),
            .os = os,
            .browser = app == App::none ? browser_of(seen, os) : Browser::other,
            .app = app};
}

bool told_by_rules(std::string_view user_agent) {
    const Small text(user_agent);
    return kind_by_rules(text.text(), see(text)) != person;
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
