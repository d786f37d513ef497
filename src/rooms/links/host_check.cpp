#include "rooms/links/host_check.hpp"

#include <idn2.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>

namespace barrow::links {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string_view authority_of(std::string_view target) {
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (!target.starts_with(scheme)) continue;
        target.remove_prefix(scheme.size());
        return target.substr(0, target.find_first_of("/?#"));
    }
    return {};
}

// Scripts with letters that look like another's. Others (Han, Arabic …) are not told apart: their letters pass for no Latin ones.
enum class Script : std::uint8_t { none, latin, greek, cyrillic, armenian, georgian, cherokee };
Script script_of(char32_t letter) {
    struct Range {
        char32_t from, to;
        Script script;
    };
    constexpr std::array<Range, 14> ranges{{{U'A', U'Z', Script::latin},
                                            {U'a', U'z', Script::latin},
                                            {0xC0, 0x24F, Script::latin},
                                            {0x250, 0x2AF, Script::latin},
                                            {0x370, 0x3FF, Script::greek},
                                            {0x400, 0x52F, Script::cyrillic},
                                            {0x530, 0x58F, Script::armenian},
                                            {0x10A0, 0x10FF, Script::georgian},
                                            {0x13A0, 0x13FF, Script::cherokee},
                                            {0x1C80, 0x1C8F, Script::cyrillic},
                                            {0x1E00, 0x1EFF, Script::latin},
                                            {0x1F00, 0x1FFF, Script::greek},
                                            {0x2C60, 0x2C7F, Script::latin},
                                            {0xAB70, 0xABBF, Script::cherokee}}};
    const auto found = std::ranges::find_if(ranges, [&](const Range& range) { return letter >= range.from && letter <= range.to; });
    return found == ranges.end() ? Script::none : found->script;
}

bool mixes_scripts(std::u32string_view label) {
    auto seen = Script::none;
    for (const auto letter : label) {
        const auto script = script_of(letter);
        if (script == Script::none) continue;
        if (seen != Script::none && seen != script) return true;
        seen = script;
    }
    return false;
}

std::optional<std::u32string> as_letters(const std::string& host) {
    std::uint32_t* letters = nullptr;
    if (idn2_to_unicode_8z4z(host.c_str(), &letters, IDN2_NONTRANSITIONAL) != IDN2_OK) return std::nullopt;
    std::u32string out;
    for (const auto* at = letters; *at != 0; ++at) out += static_cast<char32_t>(*at);
    idn2_free(letters);
    return out;
}

std::string ascii_of(const std::string& host) {
    char* ascii = nullptr;
    if (idn2_to_ascii_8z(host.c_str(), &ascii, IDN2_NONTRANSITIONAL) != IDN2_OK) return "";
    std::string out(ascii);
    idn2_free(ascii);
    return out;
}

}  // namespace

std::string host_of(std::string_view target) {
    auto authority = authority_of(target);
    authority.remove_prefix(std::min(authority.rfind('@') + 1, authority.size()));
    auto host =
        std::string(authority.starts_with('[') ? authority.substr(0, authority.find(']') + 1) : authority.substr(0, authority.find(':')));
    std::ranges::transform(host, host.begin(), lower);
    while (host.ends_with('.')) host.pop_back();
    return host;
}

Status examine_host(std::string_view target) {
    const auto authority = authority_of(target);
    if (authority.empty()) return {};
    const auto refuse = [&](const std::string& why) {
        return fail(Fault::bad_input, "the target \"" + std::string(target.substr(0, 120)) + "\" " + why);
    };
    if (authority.find('@') != authority.npos) return refuse("has a name before @, which looks like another site; leave it out");
    const auto host = host_of(target);
    if (host.empty()) return refuse("has no host");
    if (std::ranges::any_of(host, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
        const auto ascii = ascii_of(host);
        return refuse(ascii.empty() ? "has a host that no browser can find" : "must name its host as browsers do: " + ascii);
    }
    if (host.find("xn--") == host.npos) return {};
    const auto letters = as_letters(host);
    if (!letters) return refuse("has a host whose xn-- part is broken");
    for (std::size_t from = 0; from <= letters->size();) {
        const auto end = std::min(letters->find(U'.', from), letters->size());
        if (mixes_scripts(std::u32string_view(*letters).substr(from, end - from)))
            return refuse("has a host that mixes letters of two scripts, which look alike; it may pass for another site");
        from = end + 1;
    }
    return {};
}

namespace {
char latin_of(char32_t letter) {
    constexpr std::array<std::pair<char32_t, char>, 25> alike{
        {{U'а', 'a'}, {U'с', 'c'}, {U'ԁ', 'd'}, {U'е', 'e'}, {U'һ', 'h'}, {U'і', 'i'}, {U'ј', 'j'}, {U'ӏ', 'l'}, {U'о', 'o'},
         {U'р', 'p'}, {U'ԛ', 'q'}, {U'г', 'r'}, {U'ѕ', 's'}, {U'ѵ', 'v'}, {U'ԝ', 'w'}, {U'х', 'x'}, {U'у', 'y'}, {U'α', 'a'},
         {U'ο', 'o'}, {U'ν', 'v'}, {U'ρ', 'p'}, {U'ι', 'i'}, {U'υ', 'u'}, {U'γ', 'y'}, {U'σ', 'o'}}};
    const auto found = std::ranges::find(alike, letter, &std::pair<char32_t, char>::first);
    return found == alike.end() ? '\0' : found->second;
}
}  // namespace

std::string lookalike_of(std::string_view target) {
    const auto host = host_of(target);
    if (host.find("xn--") == host.npos) return "";
    const auto letters = as_letters(host);
    if (!letters) return "";
    std::string looks;
    bool any = false;
    for (std::size_t from = 0; from <= letters->size();) {
        const auto end = std::min(letters->find(U'.', from), letters->size());
        std::string label;
        bool foreign = false, passes = true;
        for (const auto letter : std::u32string_view(*letters).substr(from, end - from)) {
            const char latin = letter < 0x80 ? static_cast<char>(letter) : latin_of(letter);
            foreign = foreign || letter >= 0x80;
            passes = passes && latin != '\0';
            label += latin;
        }
        if (foreign && !passes) return "";
        any = any || foreign;
        looks += (looks.empty() ? "" : ".") + label;
        from = end + 1;
    }
    return any ? looks : "";
}

Result<std::string> read_host(std::string_view typed) {
    const auto host = host_of(typed.find("://") == typed.npos ? "http://" + std::string(typed) : std::string(typed));
    const auto named = "\"" + std::string(typed.substr(0, 120)) + "\"";
    if (std::ranges::any_of(host, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
        const auto ascii = ascii_of(host);
        return fail(Fault::bad_input,
                    ascii.empty() ? named + " is a host that no browser can find" : "write the host as browsers do: " + ascii);
    }
    const bool good = std::ranges::all_of(
        host, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_'; });
    if (host.empty() || host.size() > 253 || !good || host.starts_with('.') || host.find('.') == host.npos || host.find("..") != host.npos)
        return fail(Fault::bad_input, named + " is no host; write it like evil.example");
    return host;
}

// ---- the deny list ---------------------------------------------------------------------------------------------------------

std::shared_ptr<const DenyList::Hosts> DenyList::hosts() const {
    const Lock lock(mutex_);
    return hosts_;
}
std::shared_ptr<const DenyList::Hosts> DenyList::named() const {
    const Lock lock(mutex_);
    return named_;
}
void DenyList::set_named(std::vector<std::string> hosts) {
    auto list = std::make_shared<const Hosts>(std::make_move_iterator(hosts.begin()), std::make_move_iterator(hosts.end()));
    const Lock lock(mutex_);
    named_ = std::move(list);
}
std::size_t DenyList::size() const { return hosts()->size(); }

Result<bool> DenyList::reload(const std::string& path) {
    constexpr std::size_t lines_max = 5'000'000;
    std::error_code wrong;
    const auto changed = std::filesystem::last_write_time(path, wrong).time_since_epoch().count();
    if (wrong)
        return fail(Fault::bad_input, "the deny list " + path + " cannot be read: " + wrong.message() + "; the list that was read stays");
    if (changed == changed_) return false;
    std::ifstream file(path);
    if (!file) return fail(Fault::bad_input, "the deny list " + path + " cannot be opened; the list that was read stays");
    auto list = std::make_shared<Hosts>();
    std::string line;
    for (std::size_t lines = 0; std::getline(file, line); ++lines) {
        if (lines == lines_max) return fail(Fault::too_large, "the deny list " + path + " has more than 5,000,000 lines");
        line.erase(std::min(line.find('#'), line.size()));
        while (!line.empty() && (line.back() == ' ' || line.back() == '\r' || line.back() == '\t')) line.pop_back();
        // The last word: hosts files have an address before it.
        const auto word = line.substr(std::min(line.find_last_of(" \t") + 1, line.size()));
        if (word.empty()) continue;
        auto host = word.find("://") == word.npos ? host_of("http://" + word) : host_of(word);
        if (host.find('.') != host.npos) list->insert(std::move(host));
    }
    changed_ = changed;
    const Lock lock(mutex_);
    hosts_ = std::move(list);
    return true;
}

bool DenyList::names(std::string_view target) const {
    const auto list = hosts(), one_by_one = named();
    if (list->empty() && one_by_one->empty()) return false;
    const auto host = host_of(target);
    for (std::string_view rest = host; rest.find('.') != rest.npos; rest.remove_prefix(rest.find('.') + 1)) {
        if (list->contains(rest) || one_by_one->contains(rest)) return true;
    }
    return false;
}

}  // namespace barrow::links
