#include "rooms/links/bulk.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "floor/base/text.hpp"
#include "floor/wire/form.hpp"
#include "rooms/links/links.sql.hpp"

namespace barrow::links {

// ---- making ----------------------------------------------------------------------------------------------------------------

Result<std::vector<Link>> add_all(store::Tx& tx, const Id<access::Shop>& shop, std::vector<Link> links, const DenyList& deny, Instant now,
                                  Random& random) {
    std::vector<Link> made;
    for (auto& link : links) {
        const auto where = "link " + std::to_string(made.size() + 1) + ": ";
        if (const auto allowed = examine_denied(link, deny); !allowed) return fail(allowed.error().fault, where + allowed.error().text);
        auto added = add(tx, shop, std::move(link), now, random);
        if (!added) return fail(added.error().fault, where + added.error().text);
        made.push_back(std::move(*added));
    }
    return made;
}

namespace {

bool begins_like_target(std::string_view text) {
    const auto word = lower(text.substr(0, 8));
    return word.starts_with("https://") || word.starts_with("http://") || word.starts_with('/');
}

constexpr const char* shape = "a line is TARGET, or SLUG,TARGET, or SLUG,TARGET,TITLE; put what has a comma in it into \"quotes\"";

Line read_line(std::string_view text) {
    Line line;
    if (begins_like_target(text)) {
        line.link.target = text;
        const auto host = text.substr(0, text.find('/', text.find("//") + 2));
        if (!text.starts_with('/') && host.find(',') != host.npos) line.why = shape;  // "https://x.example,Title": a cell too few
        return line;
    }
    // A table of one row: its header says how many cells there may be, and what parts them.
    const std::string header = text.find('\t') != text.npos ? "slug\ttarget\ttitle\n" : "slug,target,title\n";
    const auto table = wire::read_csv(header + std::string(text));
    if (!table || table->rows.size() != 1) {
        line.why = shape;
        return line;
    }
    const auto& cells = table->rows.front();
    const bool alone = trimmed(cells[1]).empty() && trimmed(cells[2]).empty();
    if (!alone) line.link.slug = trimmed(cells[0]);
    line.link.target = with_scheme(trimmed(cells[alone ? 0 : 1]));
    line.link.title = trimmed(cells[2]);
    return line;
}

}  // namespace

Result<std::vector<Line>> read_lines(std::string_view text) {
    std::vector<Line> lines;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto one = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (one.empty()) continue;
        if (lines.size() == bulk_max) return fail(Fault::too_large, "at most 1,000 links at once; paste the rest afterwards");
        lines.push_back(read_line(one));
        lines.back().number = number;
    }
    if (lines.empty()) return fail(Fault::bad_input, "paste at least one line: where the link leads, like https://example.com/lamp");
    return lines;
}

Status look_at(store::Tx& tx, const Id<access::Shop>& shop, std::vector<Line>& lines, const DenyList& deny) {
    std::map<std::string, std::size_t, std::less<>> seen;
    for (auto& line : lines) {
        if (!line.why.empty()) continue;
        const auto& slug = line.link.slug;
        auto probe = line.link;
        if (slug.empty()) probe.slug = "x";  // it makes itself
        auto good = examine_denied(probe, deny);
        if (good) good = slug.empty() ? examine(probe) : may_add(tx, shop, probe);
        if (good && !slug.empty()) {
            const auto [first, is_new] = seen.emplace(slug, line.number);
            if (!is_new) line.why = "line " + std::to_string(first->second) + " has the address \"" + slug + "\" already";
        }
        if (good) continue;
        if (good.error().fault != Fault::bad_input && good.error().fault != Fault::conflict) return good;
        line.why = good.error().text;
    }
    return {};
}

// ---- changing --------------------------------------------------------------------------------------------------------------

namespace {

// The link as it shall be.
Link done_to(Link link, const Chosen& chosen, Instant now) {
    auto& tags = link.tags;
    const auto place = std::ranges::lower_bound(tags, chosen.word);
    const bool has = place != tags.end() && *place == chosen.word;
    switch (chosen.doing) {
        case Doing::archive:
            if (!link.archived) link.archived = now;
            break;
        case Doing::unarchive:
            link.archived.reset();
            break;
        case Doing::move:
            link.folder = chosen.word;
            break;
        case Doing::tag:
            if (!has) tags.insert(place, chosen.word);
            break;
        case Doing::untag:
            if (has) tags.erase(place);
            break;
    }
    return link;
}

std::string words_of(const Chosen& chosen) {
    switch (chosen.doing) {
        case Doing::archive:
            return "put in the archive";
        case Doing::unarchive:
            return "out of the archive";
        case Doing::move:
            return chosen.word.empty() ? "out of its folder" : "moved to the folder " + chosen.word;
        case Doing::tag:
            return "tagged " + chosen.word;
        case Doing::untag:
            return "no longer tagged " + chosen.word;
    }
    return "";
}

// What is wrong with the wish itself, whatever the link.
Status examine_chosen(const Chosen& chosen) {
    if (chosen.slugs.empty()) return fail(Fault::bad_input, "choose the links first: each has a box before its address");
    if (chosen.slugs.size() > chosen_max) return fail(Fault::bad_input, "at most 100 links at once");
    if (chosen.doing == Doing::move) return wire::fits("the folder's name", chosen.word, folder_max);
    if (chosen.doing == Doing::archive || chosen.doing == Doing::unarchive) return {};
    if (chosen.word.empty()) return fail(Fault::bad_input, "say which tag");
    return examine(Link{.slug = "x", .target = "/", .tags = {chosen.word}});
}

}  // namespace

Result<std::vector<Made>> change_chosen(store::Tx& tx, const Id<access::Shop>& shop, const Chosen& chosen, std::string_view who,
                                        Instant now) {
    TRY(examine_chosen(chosen));
    const Change why{.who = who, .what = words_of(chosen), .at = now};
    std::vector<Made> made;
    std::string refused;
    for (const auto& slug : chosen.slugs) {
        const auto before = find(tx, shop, slug);
        const auto after = before ? change(tx, shop, slug, done_to(*before, chosen, now), why) : before;
        if (after) {
            if (*after != *before)
                made.push_back({after->number, TRY(tx.run(sql::last_change, {shop, after->number}))[0].integer("number")});
            continue;
        }
        const auto& error = after.error();
        if (error.fault != Fault::bad_input && error.fault != Fault::conflict && error.fault != Fault::forbidden &&
            error.fault != Fault::not_found)
            return error;
        refused += std::string(refused.empty() ? "" : "\n") + "\"" + slug.substr(0, slug_max) + "\": " + error.text;
    }
    if (!refused.empty()) return fail(Fault::conflict, refused);
    return made;
}

Status undo_chosen(store::Tx& tx, const Id<access::Shop>& shop, std::span<const Made> made, const Change& why) {
    for (const auto& one : made) {
        const auto link = TRY(find_numbered(tx, shop, one.link));
        if (!link) return fail(Fault::not_found, "one of these links is not there any more");
        TRY(put_back(tx, shop, link->slug, one.change, why));
    }
    return {};
}

std::string made_text(std::span<const Made> made) {
    std::string text;
    for (const auto& one : made) text += (text.empty() ? "" : " ") + std::to_string(one.link) + "." + std::to_string(one.change);
    return text;
}

std::vector<Made> read_made(std::string_view text) {
    std::vector<Made> made;
    const auto* at = text.data();
    const auto* const end = at + text.size();
    while (at != end && made.size() < chosen_max) {
        Made one;
        const auto link = std::from_chars(at, end, one.link);
        if (link.ec != std::errc() || link.ptr == end || *link.ptr != '.') return {};
        const auto change = std::from_chars(link.ptr + 1, end, one.change);
        if (change.ec != std::errc() || (change.ptr != end && *change.ptr != ' ')) return {};
        made.push_back(one);
        at = change.ptr == end ? end : change.ptr + 1;
    }
    return made;
}

}  // namespace barrow::links
