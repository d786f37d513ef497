#include <algorithm>
#include <unordered_map>

#include "rooms/links/doubt.hpp"
#include "rooms/links/import/import.hpp"
#include "rooms/links/link_json.hpp"
#include "rooms/links/links.sql.hpp"

namespace barrow::links::import {

namespace {

Result<Told> take_one(store::Tx& tx, const Id<access::Shop>& shop, const Entry& entry, Write how, Instant now, Random& random,
                      const DenyList* deny) {
    const auto& link = entry.link;
    Told told{State::added, entry.where, link.slug, link.target, "", link.imported_clicks};
    if (deny != nullptr) {
        if (const auto allowed = examine_denied(link, *deny); !allowed) {
            told.state = State::refused;
            told.why = allowed.error().text;
            return told;
        }
    }
    const auto there = find(tx, shop, link.slug);
    if (there) {
        told.state = there->target == link.target ? State::same : State::elsewhere;
        if (told.state == State::elsewhere)
            told.why = "the link of this slug here leads to " + there->target + "; change it in the studio, or rename one of the two";
    } else if (there.error().fault != Fault::not_found) {
        return there.error();
    } else {
        const auto may = may_add(tx, shop, link);
        if (may && how == Write::yes) {
            const auto added = add(tx, shop, link, now, random, Tell::nobody);
            if (!added) return added.error();
        }
        if (may) return told;
        if (may.error().fault != Fault::bad_input && may.error().fault != Fault::conflict) return may.error();
        told.state = State::refused;
        told.why = may.error().text;
    }
    return told;
}

}  // namespace

std::vector<Piece> pieces(const Batch& batch) {
    std::vector<Piece> list;
    for (std::size_t i = 0; i < batch.links.size(); i += piece_max)
        list.push_back({.links = std::span(batch.links).subspan(i, std::min(piece_max, batch.links.size() - i)), .days = {}});
    for (std::size_t i = 0; i < batch.days.size(); i += piece_max)
        list.push_back({.links = {}, .days = std::span(batch.days).subspan(i, std::min(piece_max, batch.days.size() - i))});
    return list;
}

Result<Taken> take(store::Tx& tx, const Id<access::Shop>& shop, const Piece& piece, Write how, Instant now, Random& random,
                   const DenyList* deny) {
    Taken taken;
    for (const auto& entry : piece.links) taken.links.push_back(TRY(take_one(tx, shop, entry, how, now, random, deny)));
    std::unordered_map<std::string_view, std::int64_t> numbers;  // 0: there is no such link
    for (const auto& day : piece.days) {
        const auto [number, first] = numbers.try_emplace(day.slug, 0);
        if (first) {
            const auto link = find(tx, shop, day.slug);
            if (link)
                number->second = link->number;
            else if (link.error().fault != Fault::not_found)
                return link.error();
        }
        if (number->second == 0) continue;
        ++taken.days;
        if (how == Write::yes) TRY(tx.run(sql::set_import_day, {shop, number->second, day.day, day.clicks}));
    }
    return taken;
}

Result<std::vector<Day>> imported_days(store::Tx& tx, const Id<access::Shop>& shop, const Link& link) {
    std::vector<Day> days;
    for (const auto row : TRY(tx.run(sql::import_days, {shop, link.number})))
        days.push_back({.slug = link.slug, .day = row.integer("day"), .clicks = row.integer("n")});
    return days;
}

// ---- on the way to a running server ------------------------------------------------------------------------------------------

wire::Json piece_json(const Piece& piece) {
    wire::Json::Array links, days;
    for (const auto& entry : piece.links) links.push_back(wire::Json::object({{"where", entry.where}, {"link", link_json(entry.link)}}));
    for (const auto& day : piece.days) days.push_back(wire::Json::object({{"slug", day.slug}, {"day", day.day}, {"clicks", day.clicks}}));
    return wire::Json::object({{"links", std::move(links)}, {"days", std::move(days)}});
}

Result<Batch> read_piece(const wire::Json& json) {
    Batch batch;
    wire::Fields fields(json, "piece");
    for (const auto& item : TRY(fields.array("links", piece_max))->items()) {
        wire::Fields entry(item, "piece: link");
        auto where = TRY(entry.text("where", 40));
        batch.links.push_back(
            {.where = std::move(where), .link = TRY(read_link(*TRY(entry.object("link")), {}, Writer::ours)), .password = ""});
    }
    for (const auto& item : TRY(fields.array("days", piece_max))->items()) {
        wire::Fields day(item, "piece: day");
        batch.days.push_back({.slug = TRY(day.text("slug", slug_max)),
                              .day = TRY(day.integer("day", 0, INT32_MAX)),
                              .clicks = TRY(day.integer("clicks", 0, INT32_MAX))});
    }
    TRY(fields.done());
    return batch;
}

wire::Json taken_json(const Taken& taken) {
    wire::Json::Array links;
    for (const auto& one : taken.links)
        links.push_back(wire::Json::array({static_cast<int>(one.state), one.where, one.slug, one.target, one.why, one.clicks}));
    return wire::Json::object({{"links", std::move(links)}, {"days", taken.days}});
}

Result<Taken> read_taken(const wire::Json& json) {
    Taken taken;
    wire::Fields fields(json, "answer");
    for (const auto& item : TRY(fields.array("links", piece_max))->items()) {
        const auto& part = item.items();
        taken.links.push_back({.state = static_cast<State>(part[0].integer()),
                               .where = part[1].text(),
                               .slug = part[2].text(),
                               .target = part[3].text(),
                               .why = part[4].text(),
                               .clicks = part[5].integer()});
    }
    taken.days = TRY(fields.integer("days", 0, INT64_MAX));
    TRY(fields.done());
    return taken;
}

}  // namespace barrow::links::import
