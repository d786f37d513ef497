#include "rooms/links/import/import_http.hpp"

#include "floor/wire/page.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/links/import/kept.hpp"

namespace barrow::links {
namespace {

constexpr std::size_t passwords_max = 200;  // six seconds of sealing
constexpr std::size_t import_rows_shown_max = 100;
// The promise is made for a moment later where the request itself does it: it stands in for a request that was cut off.
constexpr Duration promise_after = seconds(30);

}  // namespace

Task<Result<import::Report>> import_file(Doors& doors, const access::Shop& shop, std::string_view file, import::Wanted wanted,
                                         import::Write how, Door door) {
    auto& site = doors.site;
    wanted.now = site.clock.now();
    const auto read = [&](store::Tx& tx) -> Result<import::Batch> {
        TRY(door(tx));
        auto batch = TRY(import::read(file, wanted));
        if (how == import::Write::yes) TRY(import::hash_passwords(batch, passwords_max));
        return batch;
    };
    const auto batch = co_await site.db.read(read);
    if (!batch) co_return batch.error();
    auto report = import::begin_report(*batch, how);
    for (const auto& piece : import::pieces(*batch)) {
        const auto take = [&](store::Tx& tx) { return import::take(tx, shop.id, piece, how, wanted.now, site.random, &doors.lists.deny); };
        auto later = how == import::Write::yes ? site.db.write(take) : site.db.read(take);
        auto taken = co_await std::move(later);
        if (!taken) {
            const auto n = std::to_string(report.count(import::State::added));
            co_return fail(taken.error().fault,
                           taken.error().text + "; " + n + " links are added, and the same file once more brings the rest");
        }
        import::tell(report, std::move(*taken));
    }
    if (how == import::Write::yes) announce_change(site.bus, shop.id);
    co_return report;
}

Task<Result<http::Response>> export_file(access::Site& site, const access::Visit& visit, Format format, Door door) {
    const auto& shop = visit.shop();
    const auto today = site.clock.now().day();
    Seen seen{.base = access::address(site, shop, "/s/"), .clicks = {}};
    auto text = export_begin(format);
    std::int64_t after = 0;
    for (bool first = true;; first = false) {
        const auto read = [&](store::Tx& tx) -> Result<std::vector<Link>> {
            TRY(door(tx));
            auto links = TRY(made_after(tx, shop.id, after));
            auto clicks = telemetry::clicks_of(tx, shop.id, numbers_of(links), today);
            if (!clicks) return clicks.error();
            seen.clicks = std::move(*clicks);
            return links;
        };
        const auto page = co_await site.db.read(read);
        if (!page) co_return page.error();
        if (page->empty()) break;
        after = page->back().number;
        text += export_page(format, *page, seen, first);
    }
    text += export_end(format);
    auto response = format == Format::json ? http::Response::json(std::move(text)) : http::Response::text(std::move(text));
    if (format == Format::csv) {
        std::erase_if(response.headers, [](const auto& header) { return header.first == "content-type"; });
        response.with("content-type", "text/csv; charset=utf-8");
    }
    response.with("content-disposition", "attachment; filename=\"links-" + shop.slug + (format == Format::json ? ".json\"" : ".csv\""));
    response.with("cache-control", "no-store");
    co_return response;
}

// ---- the studio ----------------------------------------------------------------------------------------------------------------

namespace {

// What the form said, and the file.
struct Sent {
    wire::Json form;
    std::string file;
    import::Wanted wanted;
};

Result<Sent> read_sent(const access::Visit& visit) {
    Sent sent{.form = TRY(access::form(visit)), .file = {}, .wanted = {}};
    sent.wanted.service = access::field(sent.form, "from");
    sent.wanted.only_domain = access::field(sent.form, "only_domain");
    if (const auto* file = sent.form.find("file"); file != nullptr && file->is_text()) sent.file = file->text();
    return sent;
}

wire::Json report_values(const import::Report& report, const std::string& kept) {
    const auto told = import::report_json(report, import_rows_shown_max);
    wire::Json::Array rows, notes;
    for (const auto& row : told.find("links")->items()) {
        const auto& state = row.find("state")->text();
        rows.push_back(wire::Json::object({{"slug", row.find("slug")->text()},
                                           {"target", row.find("target")->text()},
                                           {"state", state},
                                           {"state_kind", state == "new"    ? "good"
                                                          : state == "same" ? "muted"
                                                                            : "danger"},
                                           {"clicks", wire::grouped(row.find("clicks")->integer())},
                                           {"where", row.find("where")->text()},
                                           {"why", row.find("why")->text()}}));
    }
    for (const auto& note : report.notes) notes.push_back(wire::Json::object({{"text", access::sentence(note)}}));
    const auto left_out = told.find("left_out")->integer();
    const auto added = report.count(import::State::added);
    return wire::Json::object({{"service", report.service},
                               {"summary", access::sentence(import::summary_words(report))},
                               {"rows", std::move(rows)},
                               {"notes", std::move(notes)},
                               {"more", left_out > 0 ? wire::grouped(left_out) : ""},
                               {"take", kept.empty() || (added == 0 && report.days == 0) ? "" : kept}});
}

// `kept`: where the file is imported from, "" where it was not kept.
access::StudioPage import_page(const Sent& sent, const import::Report* report, const std::string& kept, const std::string& problem) {
    wire::Json::Array services;
    for (auto rest = import::services_text(); !rest.empty();) {
        const auto end = std::min(rest.find(", "), rest.size());
        const auto name = rest.substr(0, end);
        services.push_back(wire::Json::object({{"name", name}, {"chosen", name == sent.wanted.service}}));
        rest.erase(0, std::min(end + 2, rest.size()));
    }
    return {.place = "links",
            .title = "Import links",
            .template_path = "studio/links_import.html",
            .values = wire::Json::object({{"problem", problem.empty() ? "" : access::sentence(problem)},
                                          {"only_domain", sent.wanted.only_domain},
                                          {"services", std::move(services)},
                                          {"report", report == nullptr ? wire::Json(false) : report_values(*report, kept)}}),
            .status = problem.empty() ? 200 : 422};
}

std::string kept_url(const std::string& id) { return "/studio/link-import/" + id; }

}  // namespace

Task<http::Response> get_import(Doors& doors, access::Visit visit) {
    co_return co_await access::studio_page(doors.site, visit,
                                           [&](store::Tx&) -> Result<access::StudioPage> { return import_page({}, nullptr, "", ""); });
}

Task<http::Response> post_import(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    auto sent = read_sent(visit);
    if (!sent) co_return access::refusal(site, visit, sent.error());
    const Door door = [&](store::Tx& tx) -> Status {
        const auto session = TRY(access::owner(tx, visit, now));
        TRY(access::same_csrf(session, sent->form));
        if (sent->file.size() > import::kept_bytes_max)
            return fail(Fault::too_large, "the file is larger than 4 MB; give it to: barrow import links FILE");
        return {};
    };
    sent->wanted.now = now;
    const auto report = co_await import_file(doors, visit.shop(), sent->file, sent->wanted, import::Write::no, door);
    std::string kept;
    if (report) {
        const auto keep = [&](store::Tx& tx) {
            return import::keep(tx, visit.shop().id, *report, sent->wanted.only_domain, sent->file, now, site.random);
        };
        const auto id = co_await site.db.write(keep);
        if (!id) co_return access::refusal(site, visit, id.error());
        kept = visit.base + kept_url(*id) + "/take";
    }
    const auto fault = report ? Fault::bad_input : report.error().fault;
    if (fault != Fault::bad_input && fault != Fault::too_large) co_return access::refusal(site, visit, report.error());
    const std::string problem = report ? "" : report.error().text;
    co_return co_await access::studio_page(site, visit, [&](store::Tx&) -> Result<access::StudioPage> {
        return import_page(*sent, report ? &*report : nullptr, kept, problem);
    });
}

// ---- the import of what was kept -------------------------------------------------------------------------------------------------

namespace {

Status promise_import(store::Tx& tx, const Id<access::Shop>& shop, const std::string& id, std::int64_t piece, Instant due) {
    return outbox::promise(tx, shop.text, import_kind, id + "." + std::to_string(piece), "{}", due, outbox::Lane::work);
}

// From the piece on that is not in yet. What is wrong with the file itself ends it; other errors are for another try.
Task<Status> go_on(Doors& doors, Id<access::Shop> shop, std::string id) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    std::int64_t done = 0;
    bool going = false;
    const auto read = [&](store::Tx& tx) -> Result<import::Batch> {
        const auto kept = TRY(import::find_kept(tx, shop, id, now));
        going = kept.stage == import::Stage::going;
        done = kept.pieces_done;
        if (!going) return import::Batch();
        const auto text = TRY(import::kept_file(tx, shop, id));
        auto batch = TRY(import::read(text, {.service = kept.service, .only_domain = kept.only_domain, .now = now}));
        TRY(import::hash_passwords(batch, passwords_max));
        return batch;
    };
    const auto batch = co_await site.db.read(read);
    // A conflict is a quota that is used up.
    const auto is_final = [](const Error& error) {
        return error.fault == Fault::bad_input || error.fault == Fault::too_large || error.fault == Fault::conflict;
    };
    std::string why;
    if (batch && !going) co_return Status();
    if (!batch && batch.error().fault == Fault::not_found) co_return Status();  // forgotten, or over
    if (!batch && !is_final(batch.error())) co_return batch.error();
    if (!batch) why = batch.error().text;
    const auto pieces = batch ? import::pieces(*batch) : std::vector<import::Piece>();
    for (auto at = done; at < static_cast<std::int64_t>(pieces.size()) && why.empty(); ++at) {
        const bool pauses = at + 1 == done + pieces_a_try && at + 1 < static_cast<std::int64_t>(pieces.size());
        const auto take = [&](store::Tx& tx) -> Status {
            const auto taken =
                TRY(import::take(tx, shop, pieces[static_cast<std::size_t>(at)], import::Write::yes, now, site.random, &doors.lists.deny));
            TRY(import::advance(tx, shop, id, at, taken));
            return pauses ? promise_import(tx, shop, id, at + 1, now) : Status();
        };
        const auto taken = co_await site.db.write(take);
        if (!taken && taken.error().fault == Fault::gone) co_return Status();  // another node goes on with it
        if (!taken && !is_final(taken.error())) co_return taken;
        if (!taken) why = taken.error().text;
        if (!taken || !pauses) continue;
        announce_change(site.bus, shop);
        co_return Status();
    }
    const auto ended = co_await site.db.write([&](store::Tx& tx) { return import::end(tx, shop, id, why); });
    announce_change(site.bus, shop);
    co_return ended;
}

std::string kept_words(const import::Kept& kept) {
    auto text = "added " + wire::grouped(kept.added) + ", already there " + wire::grouped(kept.same);
    if (kept.elsewhere > 0) text += ", lead elsewhere here " + wire::grouped(kept.elsewhere);
    if (kept.refused > 0) text += ", refused " + wire::grouped(kept.refused);
    return text;
}

}  // namespace

Task<Status> keep_import(Doors& doors, const outbox::Promise& promise) {
    const auto id = promise.key.substr(0, promise.key.find('.'));
    auto going = go_on(doors, {promise.shop_id}, id);
    const auto went = co_await going;
    if (went || promise.tries <= static_cast<int>(std::size(import_waits))) co_return went;
    const auto why =
        "it could not go on, " + std::to_string(promise.tries) + " times; import the file again: what is in already is left as it is";
    const auto end = [&](store::Tx& tx) { return import::end(tx, {promise.shop_id}, id, why); };
    if (!co_await doors.site.db.write(end)) co_return went;
    announce_change(doors.site.bus, {promise.shop_id});
    co_return went;
}

Task<http::Response> post_import_take(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto& shop = visit.shop().id;
    const auto id = visit.request.parameter("id");
    const access::Act act = [&](store::Tx& tx, const wire::Json&) -> Result<std::string> {
        const auto kept = TRY(import::find_kept(tx, shop, id, now));
        if (!TRY(import::begin(tx, shop, id))) return kept_url(id);  // tapped twice
        const bool at_once = kept.pieces <= pieces_at_once;
        TRY(promise_import(tx, shop, id, 0, at_once ? now + promise_after : now));
        TRY(access::note_audit(tx, shop, "owner", "import_links", kept.service, now, site.random));
        return kept_url(id);
    };
    const access::Again again = [&](store::Tx&, const wire::Json&, const Error& error) -> Result<access::StudioPage> {
        return import_page({}, nullptr, "", error.text);
    };
    auto response = co_await access::studio_form(site, visit, act, again);
    if (!access::was_done(response)) co_return response;
    const auto find = [&](store::Tx& tx) { return import::find_kept(tx, shop, id, now); };
    const auto before = co_await site.db.read(find);
    if (!before || before->pieces > pieces_at_once) co_return response;
    auto going = go_on(doors, shop, id);
    const auto went = co_await going;
    const auto kept = co_await site.db.read(find);
    if (!went || !kept || kept->stage != import::Stage::done) co_return response;
    const access::Toast toast{.text = access::sentence(kept_words(*kept))};
    co_return access::see_other(visit, access::with_toast(site, visit, "/studio/links", toast));
}

Task<http::Response> get_import_state(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto id = visit.request.parameter("id");
    co_return co_await access::studio_page(site, visit, [&](store::Tx& tx) -> Result<access::StudioPage> {
        const auto kept = TRY(import::find_kept(tx, visit.shop().id, id, site.clock.now()));
        using import::Stage;
        const auto seen = kept.added + kept.same + kept.elsewhere;
        return access::StudioPage{
            .place = "links",
            .title = "Import links",
            .template_path = "studio/link_import.html",
            .values =
                wire::Json::object({{"whose", kept.service == "csv" ? "A table (CSV)" : "A file of " + kept.service},
                                    {"going", kept.stage == Stage::going},
                                    {"looked", kept.stage == Stage::looked},
                                    {"take", visit.base + kept_url(id) + "/take"},
                                    {"done", kept.stage == Stage::done},
                                    {"why", kept.why.empty() ? "" : access::sentence(kept.why)},
                                    {"of", kept.pieces},
                                    {"is", kept.pieces_done},
                                    {"progress", wire::grouped(std::min(seen, kept.links)) + " of " + wire::grouped(kept.links) + " links"},
                                    {"summary", access::sentence(kept_words(kept))}})};
    });
}

Task<http::Response> get_export(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const Door door = [&](store::Tx& tx) -> Status {
        TRY(access::owner(tx, visit, now));
        return {};
    };
    const auto format = visit.request.path.ends_with(".json") ? Format::json : Format::csv;
    auto response = co_await export_file(site, visit, format, door);
    if (!response) co_return access::refusal(site, visit, response.error());
    co_return std::move(*response);
}

}  // namespace barrow::links
