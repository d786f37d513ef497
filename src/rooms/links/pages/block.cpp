#include "rooms/links/pages/block.hpp"

#include <algorithm>
#include <array>

#include "floor/base/text.hpp"
#include "floor/wire/form.hpp"
#include "rooms/access/theme.hpp"
#include "rooms/uploads/upload.hpp"

namespace barrow::pages {
namespace {

constexpr std::size_t path_max = 500;

constexpr std::array link_fields{Field{.name = "link",
                                       .label = "Where it leads",
                                       .help = "https://…, a path like /p/tide-lamp, or one of your links.",
                                       .holds = Holds::link,
                                       .characters_max = 2'048,
                                       .required = true},
                                 Field{.name = "label", .label = "Label", .help = "Empty: the link's own title."},
                                 Field{.name = "note", .label = "Small line below", .help = "Empty: none."}};
constexpr std::array snippet_fields{Field{.name = "snippet", .label = "Snippet", .help = "", .holds = Holds::snippet, .required = true}};
constexpr std::array product_fields{Field{.name = "product", .label = "Product", .help = "", .holds = Holds::product, .required = true},
                                    Field{.name = "label", .label = "Button", .help = "Empty: See it. The price stands behind it."}};
constexpr std::array live_fields{
    Field{.name = "session",
          .label = "Session",
          .help = "Its short name, as in /live/tuesday. Empty: whichever is next. A named one leads to its replay afterwards.",
          .characters_max = 100}};
constexpr std::array today_fields{Field{.name = "label", .label = "Label", .help = "Empty: the link's own title."}};
constexpr std::array countdown_fields{
    Field{.name = "label", .label = "What comes", .help = "“The spring drop opens”", .required = true},
    Field{.name = "at", .label = "When", .help = "The server's clock counts.", .holds = Holds::time, .required = true},
    Field{.name = "after", .label = "What stands here then", .help = "“The drop is open.”", .required = true},
    Field{.name = "link", .label = "Where it leads then", .help = "Empty: nowhere.", .holds = Holds::link, .characters_max = 2'048}};
constexpr std::array text_fields{Field{.name = "text",
                                       .label = "Text",
                                       .help = "An empty line begins a new paragraph.",
                                       .holds = Holds::lines,
                                       .characters_max = 2'000,
                                       .required = true}};
constexpr std::array heading_fields{Field{.name = "text", .label = "Heading", .help = "", .characters_max = 80, .required = true}};
constexpr std::array image_fields{
    Field{.name = "picture",
          .label = "Picture",
          .help = "Upload one, or the path of one: /media/…",
          .holds = Holds::picture,
          .characters_max = path_max,
          .required = true},
    Field{.name = "alt", .label = "What it shows", .help = "Read aloud to who cannot see it.", .characters_max = 300, .required = true},
    Field{.name = "note", .label = "Small line below", .help = "Empty: none."}};
constexpr std::array video_fields{Field{.name = "video",
                                        .label = "Video file",
                                        .help = "Upload one (MP4 with H.264, or WebM; 64 MB at most), or the path of one.",
                                        .holds = Holds::video,
                                        .characters_max = path_max,
                                        .required = true},
                                  Field{.name = "label", .label = "What it shows", .help = "", .required = true},
                                  Field{.name = "poster",
                                        .label = "Picture before it plays",
                                        .help = "Empty: the best frame of an uploaded video.",
                                        .holds = Holds::picture,
                                        .characters_max = path_max},
                                  Field{.name = "captions",
                                        .label = "Captions",
                                        .help = "For who cannot hear it: upload a WebVTT file (.vtt), or the path of one.",
                                        .holds = Holds::captions,
                                        .characters_max = path_max}};
constexpr std::array letters_fields{
    Field{.name = "label", .label = "Label", .help = "“Letters from the shed”", .required = true},
    Field{.name = "purpose",
          .label = "What you will send, and how often",
          .help = "",
          .holds = Holds::lines,
          .characters_max = 300,
          .required = true},
    Field{.name = "list", .label = "List", .help = "Its short name, as on the page Letters. Empty: letters.", .characters_max = 60}};
constexpr std::array clip_fields{Field{.name = "label", .label = "Name", .help = "", .characters_max = 60, .required = true},
                                 Field{.name = "picture",
                                       .label = "Picture",
                                       .help = "Upload the clip, and its best frame stands here; or a picture, or the path of one.",
                                       .holds = Holds::picture,
                                       .characters_max = path_max,
                                       .required = true},
                                 Field{.name = "link",
                                       .label = "Where it leads",
                                       .help = "The clip, or what it shows.",
                                       .holds = Holds::link,
                                       .characters_max = 2'048,
                                       .required = true}};
constexpr std::array shelf_fields{Field{.name = "label", .label = "Heading", .help = "Empty: none."}};
constexpr std::array network_fields{Field{.name = "network", .label = "Where", .help = "", .holds = Holds::network, .required = true},
                                    Field{.name = "address",
                                          .label = "Address",
                                          .help = "https://…, or mailto: with your e-mail.",
                                          .holds = Holds::address,
                                          .characters_max = 2'048,
                                          .required = true}};

// ---- the table -------------------------------------------------------------------------------------------------------------
constexpr std::array all_kinds{
    Kind{.name = "link", .label = "Link", .help = "A button that leads somewhere", .fields = link_fields},
    Kind{.name = "links", .label = "Links on the bio", .help = "Every link that is set to show here", .once = true},
    Kind{.name = "today", .label = "Today's link", .help = "The one that you change on Home", .fields = today_fields, .once = true},
    Kind{.name = "live", .label = "Live now", .help = "The next session, or the one on air", .fields = live_fields},
    Kind{.name = "product", .label = "Product", .help = "With its price and what is left", .fields = product_fields},
    Kind{.name = "snippet", .label = "Snippet", .help = "One of them, signed", .fields = snippet_fields},
    Kind{.name = "snippets", .label = "All snippets", .help = "Every one that is set to show here", .once = true},
    Kind{.name = "clips",
         .label = "Clip shelf",
         .help = "Your clips as tiles; each tap says which clip",
         .fields = shelf_fields,
         .item = "Clip",
         .item_fields = clip_fields,
         .items_max = 24},
    Kind{.name = "countdown", .label = "Countdown", .help = "To a real time", .fields = countdown_fields},
    Kind{.name = "heading", .label = "Heading", .help = "Divides the page", .fields = heading_fields},
    Kind{.name = "text", .label = "Text", .help = "Plain paragraphs", .fields = text_fields},
    Kind{.name = "image", .label = "Picture", .help = "One of this shop's files", .fields = image_fields},
    Kind{.name = "video", .label = "Video", .help = "One of this shop's files", .fields = video_fields},
    Kind{.name = "social",
         .label = "Social profiles",
         .help = "Small signs in a row",
         .item = "Profile",
         .item_fields = network_fields,
         .items_max = 20,
         .once = true},
    Kind{.name = "letters",
         .label = "E-mail sign-up",
         .help = "For letters that they asked for",
         .fields = letters_fields,
         .once = true,
         .needs_mail = true},
};

// Signs of our own drawing, in the line of web/shared/icons; a mark that needs its owner's drawing is a word.
constexpr std::array all_networks{
    Network{
        "instagram", "Instagram",
        "M8 4h8a4 4 0 0 1 4 4v8a4 4 0 0 1-4 4H8a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4zM12 15.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM16.8 7.2v.01"},
    Network{"tiktok", "TikTok", "M13 4v11.5a3.5 3.5 0 1 1-3.5-3.5M13 4c.4 2.6 2.2 4.4 5 4.6"},
    Network{"youtube", "YouTube", "M6 6h12a3 3 0 0 1 3 3v6a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3V9a3 3 0 0 1 3-3zM10.5 9.5v5l4-2.5z"},
    Network{"x", "X", "M5 4.5 19 19.5M19 4.5 5 19.5"},
    Network{"facebook", "Facebook", "M15.5 4H14a3 3 0 0 0-3 3v13M8 11.5h7"},
    Network{"threads", "Threads", ""},
    Network{"bluesky", "Bluesky", ""},
    Network{"mastodon", "Mastodon", ""},
    Network{"pinterest", "Pinterest", ""},
    Network{"twitch", "Twitch", "M5 4h14v10l-4 4h-3l-3 3v-3H5zM11 8.5v4M15 8.5v4"},
    Network{"discord", "Discord", ""},
    Network{"telegram", "Telegram", "M21 4 3 11.5l5.5 2L18 7l-7.5 8v5l3-3.5 4 3z"},
    Network{"whatsapp", "WhatsApp", ""},
    Network{"spotify", "Spotify", ""},
    Network{"github", "GitHub", ""},
    Network{"mail", "E-mail", "M4 6h16v12H4zM4 7l8 6.5L20 7"},
    Network{"rss", "RSS", "M5 5a14 14 0 0 1 14 14M5 11a8 8 0 0 1 8 8M6 18v.01"},
    Network{"website", "Website", "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c-5 5-5 12 0 17M12 3.5c5 5 5 12 0 17"},
};

const std::string nothing;

Error wrong(const std::string& where, const std::string& why) { return fail(Fault::bad_input, where + ": " + why); }

std::string at_item(std::size_t n) { return "items[" + std::to_string(n + 1) + "]."; }

// ---- one field -------------------------------------------------------------------------------------------------------------

bool has_control(std::string_view text, bool lines) {
    return std::ranges::any_of(text, [&](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && !(lines && (c == '\n' || c == '\t'))) || byte == 0x7f;
    });
}

// Of what another room knows (a link, a product), only that it is there: page.hpp and show.hpp ask for it.
Status examine(const Field& field, const std::string& where, std::string& value) {
    if (value.empty()) return field.required ? Status(wrong(where, "this is needed")) : Status();
    if (wire::character_count(value) > field.characters_max)
        return wrong(where, "this has " + std::to_string(wire::character_count(value)) + " characters; " +
                                std::to_string(field.characters_max) + " are the most");
    if (has_control(value, field.holds == Holds::lines)) return wrong(where, "take the control characters out of it");
    switch (field.holds) {
        case Holds::captions:
        case Holds::picture:
        case Holds::video: {
            if (const auto good = examine_file(value); !good) return wrong(where, good.error().text);
            if (value.ends_with(uploads::captions_ending) != (field.holds == Holds::captions))
                return wrong(where, field.holds == Holds::captions ? "this is no .vtt file; save the captions as WebVTT"
                                                                   : "these are captions; they have a field of their own");
            const auto upload = uploads::shown(value);
            if (field.holds == Holds::video && upload && !upload->is_video())
                return wrong(where, "this is a picture; a video is an MP4 or a WebM");
            break;
        }
        case Holds::time: {
            const auto at = read_iso(value.size() == 16 ? value + ":00Z" : value);
            if (!at) return wrong(where, "\"" + value.substr(0, 40) + "\" is no time; write it like 2026-12-24T18:00:00Z");
            value = iso(*at);
            break;
        }
        case Holds::network:
            if (std::ranges::find(all_networks, value, &Network::name) == all_networks.end())
                return wrong(where, "\"" + value.substr(0, 40) + "\" is none that is known; choose website");
            break;
        default:
            break;
    }
    return {};
}

Status read_values(const wire::Json& json, std::span<const Field> fields, const std::string& before, Values& out) {
    for (const auto& field : fields) {
        const auto where = before + std::string(field.name);
        const auto* sent = json.find(field.name);
        if (sent != nullptr && !sent->is_text() && !sent->is_null()) return wrong(where, "this must be a text");
        auto value = sent != nullptr && sent->is_text() ? trimmed(sent->text()) : "";
        std::erase(value, '\r');
        TRY(examine(field, where, value));
        if (!value.empty()) out.emplace(field.name, std::move(value));
    }
    return {};
}

Status only_known(const wire::Json& json, std::span<const Field> fields, std::initializer_list<std::string_view> more,
                  const std::string& before) {
    for (const auto& [name, value] : json.members()) {
        const bool known =
            std::ranges::find(fields, std::string_view(name), &Field::name) != fields.end() || std::ranges::find(more, name) != more.end();
        if (!known) return wrong(before + name.substr(0, 60), "this is not expected here; take it out");
    }
    return {};
}

Result<std::optional<Instant>> read_time(const wire::Json& json, const char* name) {
    const auto* sent = json.find(name);
    if (sent == nullptr || sent->is_null() || (sent->is_text() && sent->text().empty())) return std::optional<Instant>();
    const auto text = sent->is_text() ? sent->text() : "";
    const auto at = read_iso(text.size() == 16 ? text + ":00Z" : text);
    if (!at) return wrong(name, "\"" + text.substr(0, 40) + "\" is no time; write it like 2026-12-24T18:00:00Z");
    return std::optional(whole_second(*at));
}

Result<bool> read_flag(const wire::Json& json, const char* name) {
    const auto* sent = json.find(name);
    if (sent == nullptr || sent->is_null()) return false;
    if (!sent->is_bool()) return wrong(name, "this must be true or false");
    return sent->boolean();
}

Result<std::string> read_words(const wire::Json& json, const char* name, std::size_t most) {
    const Field field{.name = name, .label = {}, .help = {}, .characters_max = most};
    Values values;
    TRY(read_values(json, std::span(&field, 1), "", values));
    return value_of(values, name);
}

void put_values(wire::Json& json, std::span<const Field> fields, const Values& values) {
    for (const auto& field : fields) {
        if (const auto& value = value_of(values, field.name); !value.empty()) json.set(std::string(field.name), value);
    }
}

}  // namespace

std::span<const Kind> kinds() { return all_kinds; }
std::span<const Network> networks() { return all_networks; }

const Kind* kind_named(std::string_view name) {
    const auto found = std::ranges::find(all_kinds, name, &Kind::name);
    return found == all_kinds.end() ? nullptr : &*found;
}

const std::string& value_of(const Values& values, std::string_view name) {
    const auto found = values.find(name);
    return found == values.end() ? nothing : found->second;
}
const std::string& Block::value(std::string_view name) const { return value_of(values, name); }

const Block* Content::find(std::int64_t id) const {
    const auto found = std::ranges::find(blocks, id, &Block::id);
    return found == blocks.end() ? nullptr : &*found;
}
std::int64_t Content::next_id() const {
    std::int64_t most = 0;
    for (const auto& block : blocks) most = std::max(most, block.id);
    return most + 1;
}

Status examine_file(std::string_view path) {
    const auto plain = [](char c) {
        return static_cast<unsigned char>(c) > 0x20 && c != 0x7f && c != '\\' && c != '"' && c != '<' && c != '>';
    };
    if (path.size() < 2 || path[0] != '/' || path[1] == '/' || !std::ranges::all_of(path, plain))
        return fail(Fault::bad_input, "\"" + std::string(path.substr(0, 80)) + "\" is no path of this shop; it begins like /media/");
    return {};
}

Result<Block> read_block(const wire::Json& json, const Kind* kind) {
    if (!json.is_object()) return fail(Fault::bad_input, "a block must be an object like {\"kind\": \"text\", \"text\": \"…\"}");
    const auto* named = json.find("kind");
    if (kind == nullptr) {
        kind = named != nullptr && named->is_text() ? kind_named(named->text()) : nullptr;
        if (kind == nullptr) {
            std::string known;
            for (const auto& one : all_kinds) known += (known.empty() ? "" : ", ") + std::string(one.name);
            return wrong("kind", "this must be one of " + known);
        }
    }
    TRY(only_known(json, kind->fields, {"id", "kind", "hidden", "from", "until", "items"}, ""));
    Block block{.kind = kind,
                .hidden = TRY(read_flag(json, "hidden")),
                .from = TRY(read_time(json, "from")),
                .until = TRY(read_time(json, "until")),
                .values = {},
                .items = {}};
    if (const auto* id = json.find("id"); id != nullptr && !id->is_null()) {
        if (!id->is_integer() || id->integer() < 1 || id->integer() > block_id_max)
            return wrong("id", "this must be a whole number from 1 on; leave it out for a new block");
        block.id = id->integer();
    }
    if (block.from && block.until && *block.until <= *block.from) return wrong("until", "this must be later than the beginning");
    TRY(read_values(json, kind->fields, "", block.values));
    const auto* items = json.find("items");
    if (items == nullptr || items->is_null()) return block;
    if (kind->items_max == 0 || !items->is_array())
        return wrong("items", kind->items_max == 0 ? "this kind of block has none; take it out" : "this must be a list");
    if (items->items().size() > kind->items_max) return wrong("items", std::to_string(kind->items_max) + " are the most");
    for (const auto& item : items->items()) {
        const auto before = at_item(block.items.size());
        if (!item.is_object()) return wrong("items", "each must be an object");
        TRY(only_known(item, kind->item_fields, {}, before));
        TRY(read_values(item, kind->item_fields, before, block.items.emplace_back()));
    }
    return block;
}

wire::Json block_json(const Block& block) {
    auto json = wire::Json::object({{"id", block.id}, {"kind", block.kind->name}});
    if (block.hidden) json.set("hidden", true);
    if (block.from) json.set("from", iso(*block.from));
    if (block.until) json.set("until", iso(*block.until));
    put_values(json, block.kind->fields, block.values);
    if (block.items.empty()) return json;
    wire::Json::Array items;
    for (const auto& values : block.items) {
        auto item = wire::Json::object();
        put_values(item, block.kind->item_fields, values);
        items.push_back(std::move(item));
    }
    return json.set("items", std::move(items));
}

Result<Content> read_content(const wire::Json& json) {
    if (!json.is_object()) return fail(Fault::bad_input, "a page must be an object like {\"title\": \"…\", \"blocks\": […]}");
    TRY(only_known(json, {}, {"title", "text", "style", "no_index", "blocks"}, ""));
    Content content{.title = TRY(read_words(json, "title", title_max)),
                    .text = TRY(read_words(json, "text", text_max)),
                    .style = TRY(read_words(json, "style", 40)),
                    .no_index = TRY(read_flag(json, "no_index")),
                    .blocks = {}};
    if (!content.style.empty() && access::style_named(content.style) == nullptr) {
        std::string known;
        for (const auto& one : access::styles()) known += (known.empty() ? "" : ", ") + std::string(one.name);
        return wrong("style", "there is no \"" + content.style + "\"; there are " + known);
    }
    const auto* blocks = json.find("blocks");
    if (blocks == nullptr || blocks->is_null()) return content;
    if (!blocks->is_array()) return wrong("blocks", "this must be a list");
    if (blocks->items().size() > blocks_max) return wrong("blocks", "a page has at most " + std::to_string(blocks_max) + " blocks");
    for (const auto& sent : blocks->items()) {
        const auto where = "blocks[" + std::to_string(content.blocks.size() + 1) + "].";
        auto block = read_block(sent);
        if (!block) return fail(block.error().fault, where + block.error().text);
        if (block->id != 0 && content.find(block->id) != nullptr) return wrong(where + "id", "another block has it already");
        if (block->kind->once && std::ranges::find(content.blocks, block->kind, &Block::kind) != content.blocks.end())
            return wrong(where + "kind", "a page has the block \"" + std::string(block->kind->name) + "\" once");
        content.blocks.push_back(std::move(*block));
    }
    for (auto& block : content.blocks) {
        if (block.id == 0) block.id = content.next_id();
        if (block.id > block_id_max) return wrong("blocks", "leave the ids out: they are beyond what can be counted");
    }
    return content;
}

wire::Json content_json(const Content& content) {
    auto json = wire::Json::object();
    if (!content.title.empty()) json.set("title", content.title);
    if (!content.text.empty()) json.set("text", content.text);
    if (!content.style.empty()) json.set("style", content.style);
    if (content.no_index) json.set("no_index", true);
    wire::Json::Array blocks;
    for (const auto& block : content.blocks) blocks.push_back(block_json(block));
    return json.set("blocks", std::move(blocks));
}

}  // namespace barrow::pages
