// The studio's form of a block: its fields as text, both ways. Pure.
#pragma once

#include "floor/base/zone.hpp"
#include "rooms/links/pages/block.hpp"

namespace barrow::pages {

// What the shop has to choose from.
struct Choices {
    std::vector<std::pair<std::string, std::string>> products, snippets;  // slug and name
    std::string base;                                                     // before the paths of pictures
    bool takes_files = false;                                             // files may be uploaded in the field
};

// The fields as a browser would send them for this block: what is typed comes back as it was typed. Times are those of `zone`.
wire::Json form_of(const Block& block, const Zone& zone);
// The block that the form asks for, over `base`, whose kind, id and hidden it keeps. `act` "item-up-3" moves the third item up. Refuses
// (bad_input) in words that begin with the field: "label: …", "items[2].picture: …".
Result<Block> block_of_form(const wire::Json& form, const Block& base, const Zone& zone);

// The values of web/studio/block_fields.html. `problem` stands at the field that it begins with; about another one it stands above.
wire::Json field_values(const Kind& kind, const std::string& id, const wire::Json& form, const Choices& choices,
                        const std::string& problem);

// What a list of blocks says of one: "Where I sell on Saturdays", "3 clips". And of its schedule: "hidden", "from 24 December …" or "".
std::string words_of(const Block& block);
std::string state_of(const Block& block, const Zone& zone, bool takes_mail, Instant now);

// "3,1,2" → the blocks in that order; those that are not named follow in theirs. Refuses what is no list of numbers (bad_input).
Status reorder(Content& content, std::string_view order);
enum class Step : std::uint8_t { up, down };
void move(Content& content, std::int64_t id, Step step);

}  // namespace barrow::pages
