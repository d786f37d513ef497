// Reads TZif (RFC 9636): the moments at which a zone's clock changed, and behind the last of them the rule that its last line gives.
// Our own reader, since the library that Debian has (libhowardhinnant-date 3.0.1) leaves that rule out: from 2037 on, and at once with
// files of the slim kind, Berlin has no summer. It also throws, and takes 13 ms for the first name.
#include "floor/base/zone.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "floor/base/text.hpp"

namespace barrow {
namespace {

constexpr std::string_view folder = "/usr/share/zoneinfo/";
constexpr std::size_t file_bytes_max = 256 * 1'024;  // the largest of tzdata have 4 kB, its list of names 20 kB
constexpr std::size_t name_bytes_max = 64;
constexpr std::int64_t day_s = 86'400;

// How a clock stands.
struct Stand {
    std::int64_t offset_s = 0;
    std::string tag;
};

// The moment of a year at which a clock changes, in its own time: "M10.5.0/3", "J60", "59/12".
struct Turn {
    enum class Kind : std::uint8_t { weekday, julian, zero } kind = Kind::weekday;
    int month = 1, week = 1, weekday = 0, day = 0;
    std::int64_t second = 7'200;
};
// "CET-1CEST,M3.5.0,M10.5.0/3"
struct Rule {
    Stand usual, summer;
    bool has_summer = false;
    Turn begins, ends;
};

}  // namespace

struct Zone::Table {
    std::vector<std::int64_t> at;       // seconds since 1970, rising
    std::vector<std::uint8_t> becomes;  // the clock from then on, one of `clocks`
    std::vector<Stand> clocks;          // at least one; the first is that of the time before
    std::optional<Rule> rule;           // behind the last of `at`
};

namespace {

std::optional<std::string> read_file(const std::string& path) {
    auto* file = std::fopen(path.c_str(), "rbe");
    if (file == nullptr) return std::nullopt;
    std::string bytes;
    std::array<char, 8'192> buffer;
    for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), file)) > 0 && bytes.size() <= file_bytes_max;)
        bytes.append(buffer.data(), got);
    const bool whole = std::ferror(file) == 0 && bytes.size() <= file_bytes_max;
    std::fclose(file);
    return whole ? std::optional(std::move(bytes)) : std::nullopt;
}

// "America/Argentina/Ushuaia": begins with a capital, so that posix/, right/ (with leap seconds) and the lists beside them are none.
bool is_name(std::string_view text) {
    if (text.empty() || text.size() > name_bytes_max || text[0] < 'A' || text[0] > 'Z' || text == "Factory") return false;
    if (text.find("//") != text.npos || text.ends_with('/')) return false;
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '_' || c == '-' || c == '+';
    });
}

// ---- the last line ---------------------------------------------------------------------------------------------------------

bool take(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}
std::optional<int> take_number(std::string_view& text, int most) {
    int number = 0;
    bool any = false;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9' && number <= most) {
        number = number * 10 + (text.front() - '0');
        any = true;
        text.remove_prefix(1);
    }
    return any && number <= most ? std::optional(number) : std::nullopt;
}
// "-1", "5:45", "167:30:00"
std::optional<std::int64_t> take_hours(std::string_view& text, int most) {
    const bool below = take(text, '-');
    if (!below) take(text, '+');
    const auto hour = take_number(text, most);
    if (!hour) return std::nullopt;
    std::int64_t second = *hour * 3'600;
    for (const int unit : {60, 1}) {
        if (!take(text, ':')) break;
        const auto part = take_number(text, 59);
        if (!part) return std::nullopt;
        second += *part * unit;
    }
    return below ? -second : second;
}
std::optional<std::string> take_tag(std::string_view& text) {
    const bool quoted = take(text, '<');
    std::size_t end = 0;
    const auto fits = [&](char c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return letter || (quoted && ((c >= '0' && c <= '9') || c == '+' || c == '-'));
    };
    while (end < text.size() && fits(text[end])) ++end;
    std::string tag(text.substr(0, end));
    text.remove_prefix(end);
    if (tag.size() < 3 || (quoted && !take(text, '>'))) return std::nullopt;
    return tag;
}
std::optional<Turn> take_turn(std::string_view& text) {
    Turn turn;
    std::optional<int> a, b, c;
    if (take(text, 'M')) {
        a = take_number(text, 12);
        if (!a || !take(text, '.')) return std::nullopt;
        b = take_number(text, 5);
        if (!b || !take(text, '.')) return std::nullopt;
        c = take_number(text, 6);
        if (!c || *a < 1 || *b < 1) return std::nullopt;
        turn.month = *a;
        turn.week = *b;
        turn.weekday = *c;
    } else {
        turn.kind = take(text, 'J') ? Turn::Kind::julian : Turn::Kind::zero;
        a = take_number(text, 365);
        if (!a || (turn.kind == Turn::Kind::julian && *a < 1)) return std::nullopt;
        turn.day = *a;
    }
    if (take(text, '/')) {
        const auto second = take_hours(text, 167);
        if (!second) return std::nullopt;
        turn.second = *second;
    }
    return turn;
}

std::optional<Rule> read_rule(std::string_view text) {
    Rule rule;
    const auto tag = take_tag(text);
    const auto west = tag ? take_hours(text, 24) : std::nullopt;
    if (!west) return std::nullopt;
    rule.usual = {-*west, *tag};
    if (text.empty()) return rule;
    const auto summer = take_tag(text);
    if (!summer) return std::nullopt;
    rule.has_summer = true;
    rule.summer = {rule.usual.offset_s + 3'600, *summer};
    if (!text.starts_with(',')) {
        const auto own = take_hours(text, 24);
        if (!own) return std::nullopt;
        rule.summer.offset_s = -*own;
    }
    if (!take(text, ',')) return std::nullopt;
    const auto begins = take_turn(text);
    if (!begins || !take(text, ',')) return std::nullopt;
    const auto ends = take_turn(text);
    if (!ends || !text.empty()) return std::nullopt;
    rule.begins = *begins;
    rule.ends = *ends;
    return rule;
}

std::int64_t first_of(std::int64_t year, int month) { return day_of(year, month, 1); }

// Seconds since 1970 of the turn in that year, on the clock that stood before it.
std::int64_t moment_of(const Turn& turn, std::int64_t year, std::int64_t offset_before_s) {
    std::int64_t day = first_of(year, 1);
    if (turn.kind == Turn::Kind::weekday) {
        day = first_of(year, turn.month);
        const auto next = turn.month == 12 ? first_of(year + 1, 1) : first_of(year, turn.month + 1);
        const auto weekday = ((day + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
        day += (turn.weekday - weekday + 7) % 7 + (turn.week - 1) * 7;
        while (day >= next) day -= 7;              // the fifth is the last
    } else if (turn.kind == Turn::Kind::julian) {  // 29 February is not counted
        const bool leap = first_of(year, 3) - first_of(year, 2) == 29;
        day += turn.day - 1 + (leap && turn.day >= 60 ? 1 : 0);
    } else {
        day += turn.day;
    }
    return day * day_s + turn.second - offset_before_s;
}

const Stand& clock_by(const Rule& rule, std::int64_t second) {
    if (!rule.has_summer) return rule.usual;
    const auto year = year_of(Instant{(second + rule.usual.offset_s) * seconds(1).us}.day());
    const auto begins = moment_of(rule.begins, year, rule.usual.offset_s), ends = moment_of(rule.ends, year, rule.summer.offset_s);
    const bool summer = begins < ends ? second >= begins && second < ends : second < ends || second >= begins;
    return summer ? rule.summer : rule.usual;
}

const Stand& clock_at(const Zone::Table& table, Instant at) {
    const auto second = at.seconds();
    const auto next = std::ranges::upper_bound(table.at, second);
    if (next == table.at.end() && table.rule) return clock_by(*table.rule, second);
    if (next == table.at.begin()) return table.clocks.front();
    return table.clocks[table.becomes[static_cast<std::size_t>(next - table.at.begin() - 1)]];
}

// ---- the file --------------------------------------------------------------------------------------------------------------

class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}
    std::int64_t number(std::size_t size) {  // big-endian, signed
        if (!has(size)) return 0;
        std::uint64_t value = static_cast<unsigned char>(rest_[0]) >= 0x80 ? ~std::uint64_t{0} : 0;
        for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(rest_[i]);
        rest_.remove_prefix(size);
        return static_cast<std::int64_t>(value);
    }
    std::string_view bytes(std::size_t size) {
        if (!has(size)) return {};
        const auto taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    bool good = true;
    [[nodiscard]] std::string_view rest() const { return rest_; }

private:
    bool has(std::size_t size) {
        good = good && size <= rest_.size();
        return good;
    }
    std::string_view rest_;
};

struct Header {
    std::size_t utc_count, wall_count, leap_count, time_count, type_count, text_count;
    [[nodiscard]] std::size_t bytes(std::size_t time_size) const {
        return time_count * (time_size + 1) + type_count * 6 + text_count + leap_count * (time_size + 4) + wall_count + utc_count;
    }
};
std::optional<Header> read_header(Reader& in) {
    const auto magic = in.bytes(5);
    in.bytes(15);
    std::array<std::size_t, 6> counts{};
    for (auto& count : counts) count = static_cast<std::size_t>(in.number(4)) & 0xffff;
    if (!in.good || magic.substr(0, 4) != "TZif" || magic[4] < '2') return std::nullopt;  // the first version ends in 2037
    return Header{counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]};
}

std::shared_ptr<const Zone::Table> read_table(std::string_view file) {
    Reader in(file);
    const auto old = read_header(in);
    if (!old) return nullptr;
    in.bytes(old->bytes(4));
    const auto header = read_header(in);
    if (!header || header->type_count == 0 || header->type_count > 255 || header->leap_count != 0) return nullptr;
    auto table = std::make_shared<Zone::Table>();
    for (std::size_t i = 0; i < header->time_count; ++i) table->at.push_back(in.number(8));
    for (const char c : in.bytes(header->time_count)) table->becomes.push_back(static_cast<std::uint8_t>(c));
    std::vector<std::size_t> tags;
    for (std::size_t i = 0; i < header->type_count; ++i) {
        table->clocks.push_back({in.number(4), {}});
        in.bytes(1);
        tags.push_back(static_cast<std::size_t>(in.number(1)) & 0xff);
    }
    const auto letters = in.bytes(header->text_count);
    in.bytes(header->wall_count + header->utc_count);
    auto line = in.rest();
    if (!in.good || !line.starts_with('\n') || !std::ranges::is_sorted(table->at)) return nullptr;
    for (std::size_t i = 0; i < tags.size(); ++i) {
        auto& [offset_s, tag] = table->clocks[i];
        if (tags[i] >= letters.size() || offset_s <= -2 * day_s || offset_s >= 2 * day_s) return nullptr;
        tag = letters.substr(tags[i], std::min(letters.find('\0', tags[i]), letters.size()) - tags[i]);
    }
    if (std::ranges::any_of(table->becomes, [&](std::uint8_t one) { return one >= table->clocks.size(); })) return nullptr;
    line = line.substr(1, line.find('\n', 1) - 1);
    if (!line.empty() && !(table->rule = read_rule(line))) return nullptr;
    return table;
}

// ---- names -----------------------------------------------------------------------------------------------------------------

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto before = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto here = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, before + (a[i - 1] == b[j - 1] ? 0 : 1)});
            before = here;
        }
    }
    return row[b.size()];
}

// "berlin", "Europe/Berln" and "new york" are meant well.
std::string nearest(std::string_view text) {
    auto wanted = lower(text.substr(0, name_bytes_max));
    std::ranges::replace(wanted, ' ', '_');
    std::string best;
    std::size_t least = ~std::size_t{0};
    for (const auto& name : Zone::names()) {
        const auto known = lower(name);
        const auto place = known.substr(known.rfind('/') + 1);
        const auto away =
            std::min(distance(wanted, known), distance(wanted.substr(wanted.rfind('/') + 1), place) + (wanted == place ? 0 : 1));
        if (away < least) {
            least = away;
            best = name;
        }
    }
    return best;
}

}  // namespace

std::vector<std::string> Zone::names() {
    std::vector<std::string> names;
    const auto list = read_file(std::string(folder) + "zone.tab");
    for (std::string_view rest = list ? std::string_view(*list) : std::string_view(); !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        auto line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.starts_with('#')) continue;
        for (int column = 0; column < 2; ++column) line.remove_prefix(std::min(line.find('\t'), line.size() - 1) + 1);
        if (const auto name = line.substr(0, line.find('\t')); is_name(name)) names.emplace_back(name);
    }
    std::ranges::sort(names);
    names.insert(names.begin(), "UTC");
    return names;
}

Zone::Zone() : name_("UTC"), table_(std::make_shared<const Table>(Table{.at = {}, .becomes = {}, .clocks = {{0, "UTC"}}, .rule = {}})) {}

Result<Zone> Zone::named(std::string_view name) {
    if (name == "UTC") return Zone();
    if (is_name(name)) {
        const auto file = read_file(std::string(folder) + std::string(name));
        if (auto table = file ? read_table(*file) : nullptr) return Zone(std::string(name), std::move(table));
    }
    const auto there = names();
    const auto asked = "there is no time zone \"" + std::string(name.substr(0, name_bytes_max)) + "\"";
    if (there.size() == 1) return fail(Fault::bad_input, asked + " here, only UTC: install the package tzdata");
    return fail(Fault::bad_input, asked + "; the nearest name is " + nearest(name));
}

Duration Zone::offset(Instant at) const { return barrow::seconds(clock_at(*table_, at).offset_s); }

std::string Zone::tag(Instant at) const {
    const auto& clock = clock_at(*table_, at);
    if (!clock.tag.starts_with('+') && !clock.tag.starts_with('-')) return clock.tag;
    const auto minute = std::abs(clock.offset_s) / 60;
    const auto rest = minute % 60;
    return std::string("UTC") + (clock.offset_s < 0 ? "-" : "+") + std::to_string(minute / 60) +
           (rest == 0 ? "" : (rest < 10 ? ":0" : ":") + std::to_string(rest));
}

Instant Zone::day_begins(std::int64_t day) const { return instant({day * days(1).us}); }
std::string Zone::minute(Instant at) const { return clock_time(face(at)).substr(0, 5) + " " + tag(at); }
std::string Zone::second(Instant at) const { return clock_time(face(at)) + " " + tag(at); }
std::string Zone::stamp(Instant at) const { return iso_day(day(at)) + " " + minute(at); }
std::string Zone::typed(Instant at) const { return barrow::iso(face(at)).substr(0, 16); }

std::string Zone::iso(Instant at) const {
    const auto ahead = offset(at).us / minutes(1).us;
    if (ahead == 0) return barrow::iso(at);
    const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    const auto face_s = barrow::iso(face(at));
    return face_s.substr(0, face_s.size() - 1) + (ahead < 0 ? "-" : "+") + two(std::abs(ahead) / 60) + ":" + two(std::abs(ahead) % 60);
}

// No zone changes its clock twice within two days.
Instant Zone::instant(Instant face) const {
    const auto before = offset(face - days(1)), after = offset(face + days(1));
    if (offset(face - before) == before || before == after) return face - before;
    if (offset(face - after) == after) return face - after;
    return face - before;
}

Result<Instant> Zone::read(std::string_view text) const {
    const auto at = TRY(read_iso(text));
    const bool exact = text.size() > 10 && text.substr(10).find_first_of("Zz+-") != text.npos;
    return exact ? at : instant(at);
}

bool Zone::is_whole_hours(Instant from, Instant until, int& hours) const {
    const auto first = offset(from);
    // A clock that went there and back within the days between would be missed by the ends alone.
    for (auto at = from; at < until; at = at + days(1)) {
        if (offset(at) != first) return false;
    }
    if (offset(until) != first || first.us % barrow::hours(1).us != 0) return false;
    hours = static_cast<int>(first.us / barrow::hours(1).us);
    return true;
}

}  // namespace barrow
