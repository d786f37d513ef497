// The words of a snippet, and those that a surface has of its own.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "floor/wire/json.hpp"
#include "rooms/telemetry/context.hpp"

namespace barrow::snippets {

// Limits in characters; the signed document is at most document_bytes_max bytes.
inline constexpr std::size_t title_max = 60, how_max = 140, proof_max = 140, proof_source_max = 80, proof_url_max = 200, action_max = 24;
inline constexpr std::size_t document_bytes_max = 2'048;

// What one surface says otherwise; "" for what it says as the others.
struct Variant {
    telemetry::Surface surface = telemetry::Surface::none;
    std::string title, how, action;
    bool operator==(const Variant&) const = default;
};

struct Words {
    std::string title;              // what it does, for whom: verb first
    std::string how;                // one sentence; with the markup of wire/markup.hpp, as proof
    std::string proof;              // a named quote or a measured fact, or ""
    std::string proof_source;       // whose it is; needed with proof
    std::string proof_url;          // https://…, or ""
    std::string action;             // words of the call: "See it"
    std::vector<Variant> variants;  // a surface at most once, in the order of their numbers
    bool operator==(const Words&) const = default;
};

// The surfaces that may have words of their own.
inline constexpr std::array<telemetry::Surface, 6> varied{telemetry::Surface::bio,   telemetry::Surface::product, telemetry::Surface::live,
                                                          telemetry::Surface::embed, telemetry::Surface::card,    telemetry::Surface::feed};

// The words as they stand on a surface. The live overlay says what the live page says.
Words on(const Words& words, telemetry::Surface surface);

// Each text as one clean line (wire::one_line), variants that say nothing left out and the others in order: what comes through a door
// goes through this once.
Words cleaned(Words words);

// Ok when the words keep the limits. Refuses (bad_input), naming the field in front: "title has 70 characters; at most 60".
Status examine(const Words& words);

// Variants as they are kept and signed: {"live": {"does": …, "how": …, "action": …}}, {} for none; and back (what it cannot read it skips).
wire::Json variants_json(const std::vector<Variant>& variants);
std::vector<Variant> read_variants(const wire::Json& json);

}  // namespace barrow::snippets
