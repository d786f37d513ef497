// What importers share: a file as JSON or as a table, and the intake that takes what they find in it. Pure.
#pragma once

#include <map>
#include <set>
#include <unordered_map>

#include "floor/wire/form.hpp"
#include "rooms/links/import/import.hpp"

namespace barrow::links::import {

// A file as it was understood.
struct Source {
    std::vector<wire::Json> roots;           // JSON: one, or one a line; the data of a saved page. Empty for a table
    std::vector<const wire::Json*> entries;  // the objects in their lists: "links", "data", "shortUrls" …
    wire::Table table;
    [[nodiscard]] bool is_json() const { return !roots.empty(); }
};
// Refuses as read() does.
Result<Source> understand(std::string_view file);

// Takes what an importer finds: makes it fit (a title is cut, the address is what people have), refuses what is no link, sees slugs
// twice, and counts what is not carried over.
class Intake {
public:
    Intake(std::string_view service, const Wanted& wanted) : wanted_(wanted) { batch_.service = service; }

    struct Found {
        std::string where;
        std::string domain = {};  // "bit.ly"; "" when the file does not say
        Link link = {};
        std::string password = {};
    };
    void take(Found found);
    void refuse(std::string where, std::string slug, std::string why) {
        batch_.refused.push_back({std::move(where), std::move(slug), std::move(why)});
    }
    // "3 links: what it is (line 2, line 5 and others)".
    void count(const std::string& what, const std::string& where);
    void note(std::string text) { batch_.notes.push_back(std::move(text)); }
    void click(const std::string& slug, Instant at, const std::string& where);
    [[nodiscard]] Instant now() const { return wanted_.now; }
    // A slug for a link that has none: of its title, else `other`; another one when the file has it already.
    std::string slug_of(std::string_view title, std::string_view other);
    Batch done() &&;

private:
    struct Counted {
        std::int64_t n = 0;
        std::string places;
    };
    struct First {
        std::string where, domain;
    };
    void make_fit(Found& found);
    const Wanted& wanted_;
    Batch batch_;
    std::unordered_map<std::string, First> slugs_;
    std::map<std::string, Counted> counted_;
    std::map<std::pair<std::string, std::int64_t>, std::int64_t> days_;
    std::int64_t other_domains_ = 0;
};

struct Service {
    std::string_view name;
    bool (*is)(const Source& source);
    Status (*read)(const Source& source, Intake& intake);
    std::string_view how;  // how its file is got: "save the answer of …"
};
extern const Service from_barrow, from_bitly, from_blink, from_csv, from_cuttly, from_dub, from_kutt, from_linkstack, from_linktree,
    from_rebrandly, from_shlink, from_shortio, from_yourls;

// ---- JSON ------------------------------------------------------------------------------------------------------------------
// Every one of these members is in the first entry.
bool has_members(const Source& source, std::initializer_list<std::string_view> names);
std::string where_of(std::size_t entry);  // 0 → "entry 1"
// A member's text, number or truth; "", 0 and false when it is another kind or not there.
std::string text_of(const wire::Json& entry, std::string_view name);
bool is_true(const wire::Json& entry, std::string_view name);
std::int64_t count_of(const wire::Json& entry, std::string_view name);
// A time as text or as milliseconds since 1970; nothing when there is none, or when it is 1970 itself, which stands for "not known".
std::optional<Instant> time_of(const wire::Json& entry, std::string_view name);
std::optional<Instant> read_time(std::string_view text);
// Texts, or objects with "name".
std::vector<std::string> tags_of(const wire::Json& entry, std::string_view name);
// "utm_source=x&utm_medium=y" of utm_source … and utmSource ….
std::string utm_of(const wire::Json& entry);
Rule rule_for(telemetry::Os os, std::string target);

// ---- tables ----------------------------------------------------------------------------------------------------------------
// Lower case, letters and digits alone: "Destination URL" → "destinationurl".
std::string plain_name(std::string_view header);
std::optional<std::size_t> column(const wire::Table& table, std::string_view plain);
bool has_columns(const Source& source, std::initializer_list<std::string_view> plain);
// Any table, by the names of its columns. See csv.cpp.
Status read_columns(const Source& source, Intake& intake);
// The columns stand in this order, and there is no header: "" skips one.
Status read_headless(const Source& source, Intake& intake, std::initializer_list<std::string_view> plain);
// The first line is no header: it begins with an address.
bool is_headless(const Source& source);

// "https://bit.ly/3usiGLP?x" → bit.ly, 3usiGLP; "3usiGLP" has no domain.
struct ShortAddress {
    std::string domain, slug;
};
ShortAddress short_address(std::string_view text);

}  // namespace barrow::links::import
