#include "rooms/drafts/draft.hpp"

#include <algorithm>

#include "floor/base/bytes.hpp"
#include "floor/sign/sign.hpp"
#include "rooms/drafts/drafts.sql.hpp"

namespace barrow::drafts {
namespace {

Result<Kept> read_row(const store::Row& row) {
    return Kept{.document = TRY(read(TRY(wire::read_json(row.text("document"))))),
                .digest = row.text("digest"),
                .studio = row.text("studio"),
                .changed = row.instant("changed_us"),
                .ended = row.maybe_instant("ended_us")};
}

std::string digest_of(const std::string& text) { return base64url(sign::sha256(as_bytes(text))); }

Status has_room(store::Tx& tx, const Id<access::Shop>& shop, std::string_view state) {
    const auto rows = TRY(tx.run(sql::count, {shop}));
    if (state == life_draft && rows[0].integer("draft_count") >= drafts_max)
        return fail(Fault::too_large, std::to_string(drafts_max) + " drafts are kept at most; publish or remove one first");
    if (rows[0].integer("all_count") >= kept_max)
        return fail(Fault::too_large, "too many drafts ended in the last thirty days; their room is free again when they are forgotten");
    return {};
}

// A new row, or the row as it was found with another document.
Result<Kept> put(store::Tx& tx, const Id<access::Shop>& shop, Kept kept, bool is_new, Instant now) {
    TRY(examine(kept.document, now));
    const auto text = canonical(kept.document);
    const auto digest = digest_of(text);
    if (digest == kept.digest) return kept;
    const auto state = life(kept.document);
    const bool ended = state != life_draft;
    if (is_new || (!ended && kept.ended)) TRY(has_room(tx, shop, state));
    kept.ended = !ended ? std::nullopt : kept.ended ? kept.ended : std::optional(now);
    kept.changed = now;
    if (is_new) {
        TRY(tx.run(sql::add, {shop, kept.document.id, text, digest, state, kept.studio, kept.changed, kept.ended}));
    } else {
        const auto rows = TRY(tx.run(sql::change, {shop, kept.document.id, text, digest, state, kept.changed, kept.ended, kept.digest}));
        if (rows.empty()) return fail(Fault::conflict, "this draft was changed meanwhile; try again");
    }
    kept.digest = digest;
    return kept;
}

}  // namespace

Result<std::vector<Kept>> all(store::Tx& tx, const Id<access::Shop>& shop) {
    std::vector<Kept> found;
    for (const auto& row : TRY(tx.run(sql::written_on, {shop}))) found.push_back(TRY(read_row(row)));
    return found;
}

Result<Kept> find(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id) {
    const auto rows = TRY(tx.run(sql::find, {shop, id}));
    if (rows.empty()) return fail(Fault::not_found, "there is no such draft");
    return read_row(rows[0]);
}

Result<std::vector<Line>> lines(store::Tx& tx, const Id<access::Shop>& shop) {
    std::vector<Line> found;
    for (const auto& row : TRY(tx.run(sql::digests, {shop})))
        found.push_back({.id = row.text("id"), .digest = row.text("digest"), .written_on = row.text("life") == life_draft});
    return found;
}

Result<Kept> take(store::Tx& tx, const Id<access::Shop>& shop, const Document& sent, Instant now, Random& random) {
    TRY(examine(sent, now));
    auto found = find(tx, shop, sent.id);
    if (!found && found.error().fault != Fault::not_found) return found.error();
    if (!found) {
        return put(tx, shop, Kept{.document = sent, .digest = "", .studio = new_id_text(now, random), .changed = now, .ended = {}}, true,
                   now);
    }
    found->document = merge(found->document, sent);
    return put(tx, shop, std::move(*found), false, now);
}

std::string write_seen(const Document& document) {
    auto seen = wire::Json::object();
    for (const auto& [name, heads] : document.fields) {
        wire::Json::Array list;
        for (const auto& head : heads) list.push_back(wire::Json::array({head.dot.device, head.dot.count}));
        seen.set(name, wire::Json::object({{"dots", std::move(list)}, {"value", value(document, name)}}));
    }
    return wire::write_json(seen);
}

Seen read_seen(std::string_view text) {
    Seen seen;
    const auto json = wire::read_json(text, {.bytes_max = document_bytes_max});
    if (!json || !json->is_object()) return seen;
    for (const auto& [name, one] : json->members()) {
        const auto *dots = one.find("dots"), *value = one.find("value");
        if (dots == nullptr || !dots->is_array() || value == nullptr || !value->is_text()) continue;
        auto& shown = seen[name];
        shown.value = value->text();
        for (const auto& dot : dots->items()) {
            if (dot.is_array() && dot.items().size() == 2 && dot.items()[0].is_text() && dot.items()[1].is_integer())
                shown.dots.push_back({dot.items()[0].text(), dot.items()[1].integer()});
        }
    }
    return seen;
}

namespace {
const Shown& shown_of(const Seen& seen, std::string_view field) {
    static const Shown nothing;
    const auto found = seen.find(std::string(field));
    return found == seen.end() ? nothing : found->second;
}
}  // namespace

namespace {
std::string key_of(const Id<access::Shop>& shop, std::string_view draft) { return shop.text + "/" + std::string(draft); }

void write_by_form(Kept& kept, const Id<access::Shop>& shop, const std::string& by, const std::vector<Change>& changes, Pen& pen,
                   Instant now, Random& random) {
    const auto device = pen.device(shop, kept, now, random);
    write(kept.document, {.device = device, .by = by, .ms = now.us / 1'000}, changes);
    pen.wrote(shop, kept.document.id, {device, kept.document.context[device]});
}
}  // namespace

std::string Pen::device(const Id<access::Shop>& shop, const Kept& kept, Instant now, Random& random) {
    const auto& context = kept.document.context;
    const auto key = key_of(shop, kept.document.id);
    if (of_ != key) {
        of_ = key;
        last_.reset();
        const Lock lock(pens_.mutex_);
        const auto found = pens_.last_.find(key);
        if (found != pens_.last_.end()) {
            last_ = found->second;
            pens_.last_.erase(found);
        }
    }
    if (last_) {
        const auto stands = context.find(last_->device);
        if (stands != context.end() && stands->second == last_->count) return last_->device;
    }
    if (context.empty() || context.size() >= devices_max) return kept.studio;
    return new_id_text(now, random);
}

void Pen::wrote(const Id<access::Shop>& shop, std::string_view draft, const Dot& dot) {
    check(of_ == key_of(shop, draft));
    wrote_ = dot;
}

void Pen::committed() {
    if (!wrote_) return;
    const Lock lock(pens_.mutex_);
    if (pens_.last_.size() >= pens_.pens_max_) pens_.last_.clear();
    pens_.last_.insert_or_assign(of_, *wrote_);
}

Result<Kept> keep(store::Tx& tx, const Id<access::Shop>& shop, const Typed& typed, Pen& pen, Instant now, Random& random) {
    const bool is_new = typed.id.empty();
    auto kept = is_new ? Kept{.document = {.id = new_id_text(now, random), .context = {}, .fields = {}},
                              .digest = "",
                              .studio = new_id_text(now, random),
                              .changed = now,
                              .ended = {}}
                       : TRY(find(tx, shop, typed.id));
    std::vector<Change> changes;
    for (const auto& [field, text] : typed.values) {
        check(is_field(field));
        const auto& shown = shown_of(typed.seen, field);
        const bool as_shown = text == shown.value && shown.dots.size() <= 1;
        const bool stands_already = choices(kept.document, field).size() == 1 && value(kept.document, field) == text;
        if (!as_shown && !stands_already) changes.push_back({.field = field, .value = text, .covers = shown.dots});
    }
    if (changes.empty() && !is_new && life(kept.document) == life_draft) return kept;
    changes.push_back({.field = std::string(life_field),
                       .value = std::string(life_draft),
                       .covers = is_new ? std::vector<Dot>() : shown_of(typed.seen, life_field).dots});
    write_by_form(kept, shop, typed.by, changes, pen, now, random);
    return put(tx, shop, std::move(kept), is_new, now);
}

Result<Kept> turn(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id, std::string_view life, const Seen& seen, Pen& pen,
                  Instant now, Random& random) {
    auto kept = TRY(find(tx, shop, id));
    // What a form did not say that it showed is over all that is known here: the undo of a removal.
    const auto& shown = shown_of(seen, life_field).dots;
    write_by_form(
        kept, shop, "the form",
        {{.field = std::string(life_field), .value = std::string(life), .covers = shown.empty() ? dots(kept.document, life_field) : shown}},
        pen, now, random);
    return put(tx, shop, std::move(kept), false, now);
}

Status forget(store::Tx& tx, const Id<access::Shop>& shop, Instant now) {
    TRY(tx.run(sql::forget, {shop, now - ended_kept_for}));
    return {};
}

}  // namespace barrow::drafts
