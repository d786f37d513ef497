// Block: one piece of a page, of a kind of the one table. Reading and writing, without a database.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/time.hpp"
#include "floor/wire/json.hpp"

namespace barrow::pages {

inline constexpr std::size_t blocks_max = 60, title_max = 80, text_max = 300;
inline constexpr std::int64_t block_id_max = 9'007'199'254'740'991;

// What stands in a field of a block. Every value is text; "" and a missing one are the same.
enum class Holds : std::uint8_t {
    words,     // one line
    lines,     // plain paragraphs
    link,      // a short link of the shop: see settle() in page.hpp
    captions,  // a path of this shop: "/media/….vtt"
    picture,   // likewise, no captions; an uploaded video's shows its own frame
    video,     // likewise, but no uploaded picture
    time,      // "2026-12-24T18:00:00Z"
    product,   // a slug
    snippet,   // a slug
    network,   // one of networks()
    address,   // "mailto:…", or what Holds::link takes
};
struct Field {
    std::string_view name, label, help;
    Holds holds = Holds::words;
    std::size_t characters_max = 120;
    bool required = false;
};

// A kind of block. A new one is a line of the table in block.cpp, a line in web/viewer/blocks.html and a template beside it.
struct Kind {
    std::string_view name, label, help;
    std::span<const Field> fields;
    std::string_view item;               // what one of its items is called: "Clip"; "" for a kind without items
    std::span<const Field> item_fields;  // of each item
    std::size_t items_max = 0;
    bool once = false;        // a page has it once
    bool needs_mail = false;  // false while another room's door that it needs is closed: it is read and kept, not offered and not shown
};
std::span<const Kind> kinds();
const Kind* kind_named(std::string_view name);

struct Network {
    std::string_view name, label, path;  // `path` draws its sign, 24 by 24; "" shows the word
};
std::span<const Network> networks();

using Values = std::map<std::string, std::string, std::less<>>;  // only what is not empty
struct Block {
    std::int64_t id = 0;  // names it within its page, through all its versions
    const Kind* kind = nullptr;
    bool hidden = false;
    std::optional<Instant> from, until;
    Values values;
    std::vector<Values> items;

    [[nodiscard]] const std::string& value(std::string_view name) const;
    [[nodiscard]] bool shows(Instant now) const { return !hidden && (!from || *from <= now) && (!until || now < *until); }
    bool operator==(const Block&) const = default;
};

// All of a page that is published at once.
struct Content {
    std::string title;  // "" on the bio page: the shop's name
    std::string text;   // below it; "" on the bio page: the shop's own words
    std::string style;  // one of access::styles(); "" is the first
    bool no_index = false;
    std::vector<Block> blocks;

    [[nodiscard]] const Block* find(std::int64_t id) const;
    [[nodiscard]] std::int64_t next_id() const;
    bool operator==(const Content&) const = default;
};

// Refuses (bad_input) in words that begin with the field and say how to mend it: "label: say what it is", "items[2].picture: …". Without a
// kind it takes the one that the JSON names.
Result<Block> read_block(const wire::Json& json, const Kind* kind = nullptr);
wire::Json block_json(const Block& block);

// Likewise, with the block in front: "blocks[3].label: …". Blocks without an id get one. Refuses more than blocks_max, an id twice, and a
// second block of a kind that a page has once.
Result<Content> read_content(const wire::Json& json);
wire::Json content_json(const Content& content);

// A path of this shop that a picture may have. Refuses other addresses (bad_input): the pages load nothing from elsewhere.
Status examine_file(std::string_view path);
const std::string& value_of(const Values& values, std::string_view name);

}  // namespace barrow::pages
