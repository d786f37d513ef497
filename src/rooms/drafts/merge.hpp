// The document of a draft, which several devices write without asking each other, and how two copies of it become one. Pure functions:
// web/studio/draft_merge.js does the same, to the byte.
//
// Each field is a register that keeps all values nobody has replaced. A value is a head with a dot, "the 7th writing of this device", which
// is its name. Beside the fields stands the context: of each device, how many of its writings this copy has seen. Whoever writes names the
// heads that stood before the writer's eyes; those alone it takes the place of. So two copies differ in a field for one of two reasons: the
// other has not seen the head yet (its context does not reach the dot), which keeps it; or it has, and somebody replaced it, which ends it.
//
// Which of several heads a form shows is decided by their times (a hybrid clock: the device's, but never before what it has seen). A time
// decides what stands first, never what is kept.
#pragma once

#include <compare>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/result.hpp"
#include "floor/base/time.hpp"
#include "floor/wire/json.hpp"

namespace barrow::drafts {

// Bounds of what is taken from a device. A copy on a device may pass them for a while; it is refused here until heads were chosen from.
inline constexpr std::size_t heads_max = 8;            // in one field: eight devices that wrote it without a network
inline constexpr std::size_t devices_max = 64;         // a browser whose storage was cleared is a new device
inline constexpr std::size_t value_bytes_max = 4'000;  // the longest text that is published has 200 characters; a draft may be untidy
inline constexpr std::size_t by_bytes_max = 60;
inline constexpr std::size_t document_bytes_max = 48'000;  // of the canonical form
inline constexpr std::int64_t count_max = 1'000'000'000;   // of writings on one device, and of turns within one millisecond
inline constexpr Duration clock_ahead_max = minutes(5);    // a head that is later than that is refused: it would stand first for good

struct Dot {
    std::string device;      // an id, drawn by the device
    std::int64_t count = 0;  // from 1
    auto operator<=>(const Dot&) const = default;
};

struct Head {
    Dot dot;
    std::int64_t ms = 0, turn = 0;  // its time: the writer's clock, and a count within one millisecond
    std::string by;                 // what people call the device: "Android phone"
    std::string value;
    auto operator<=>(const Head&) const = default;  // by dot first: the order in which heads are kept
};

struct Document {
    std::string id;
    std::map<std::string, std::int64_t> context;
    std::map<std::string, std::vector<Head>> fields;  // heads in order, no field without one
    bool operator==(const Document&) const = default;
};

// The names of the fields: those of the form in web/studio/snippet_edit.html; "snippet", the published one that this would be the next
// version of; and "life".
bool is_field(std::string_view name);

// {"context": {DEVICE: COUNT}, "fields": {NAME: [{"by", "dot": [DEVICE, COUNT], "hlc": [MS, TURN], "value"}]}, "id", "v": 1}
wire::Json to_json(const Document& document);
// Its canonical text (RFC 8785): equal documents, equal bytes.
std::string canonical(const Document& document);
// Refuses (bad_input), in one line: another form than that, names and numbers that cannot be, a dot that the context has not reached.
Result<Document> read(const wire::Json& json);
// Refuses (too_large) what passes the bounds, naming which; (bad_input) heads of a clock that is ahead.
Status examine(const Document& document, Instant now);

// Of two copies of one document. Commutative, associative, idempotent. Two heads of one dot that say different things (a device that was
// put back from a backup, and wrote on) are both kept.
Document merge(const Document& one, const Document& other);

struct Writer {
    std::string device;
    std::string by;
    std::int64_t ms = 0;  // its clock
};
struct Change {
    std::string field;
    std::string value;
    std::vector<Dot> covers;  // the heads that stood before the writer's eyes, those that were not chosen among them
};
// One writing: one dot, in each field that it names. Heads that it does not cover stay beside it.
void write(Document& document, const Writer& writer, const std::vector<Change>& changes);

// A draft is written on, until it is removed or published. Each writing into a draft writes "draft" into its field "life" too: so a removal
// and a writing that knew nothing of each other stand beside each other there, the draft is back, and both are shown.
inline constexpr std::string_view life_field = "life", life_draft = "draft", life_removed = "removed", life_published = "published";
std::string_view life(const Document& document);

// The heads of a field, latest first and each value once, by its latest head; empty when nobody wrote it. More than one: a conflict.
std::vector<Head> choices(const Document& document, std::string_view field);
// The value of the first of those, or "".
std::string value(const Document& document, std::string_view field);
std::vector<Dot> dots(const Document& document, std::string_view field);
// The fields that were written differently, life among them.
std::vector<std::string> conflicts(const Document& document);

}  // namespace barrow::drafts
