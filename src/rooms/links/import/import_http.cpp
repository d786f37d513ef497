#include "rooms/links/import/import_http.hpp"

#include "floor/base/bytes.hpp"
#include "floor/wire/page.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"

namespace barrow::links {
namespace {

constexpr std::size_t passwords_max = 200;  // six seconds of sealing
constexpr std::size_t rows_shown_max = 100, studio_file_max = 4 << 20;

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

// What the form said, and the file: sent now, or kept in the page that showed what would happen.
struct Sent {
    wire::Json form;
    std::string file;
    import::Wanted wanted;
    bool take = false;
};

Result<Sent> read_sent(const access::Visit& visit) {
    Sent sent{.form = TRY(access::form(visit)), .file = {}, .wanted = {}, .take = false};
    sent.wanted.service = access::field(sent.form, "from");
    sent.wanted.only_domain = access::field(sent.form, "only_domain");
    sent.take = access::field(sent.form, "act") == "take";
    if (const auto* kept = sent.form.find("kept"); kept != nullptr && kept->is_text())
        sent.file = as_text(TRY(read_base64url(kept->text())));
    else if (const auto* file = sent.form.find("file"); file != nullptr && file->is_text())
        sent.file = file->text();
    if (sent.file.size() > studio_file_max)
        return fail(Fault::too_large, "the file is larger than 4 MB; give it to: barrow import links FILE");
    return sent;
}

wire::Json report_values(const import::Report& report, const std::string& file) {
    const auto told = import::report_json(report, rows_shown_max);
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
                               {"take", added > 0 || report.days > 0},
                               {"kept", base64url(as_bytes(file))}});
}

access::StudioPage import_page(const Sent& sent, const import::Report* report, const std::string& problem) {
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
                                          {"from", sent.wanted.service},
                                          {"only_domain", sent.wanted.only_domain},
                                          {"services", std::move(services)},
                                          {"report", report == nullptr ? wire::Json(false) : report_values(*report, sent.file)}}),
            .status = problem.empty() ? 200 : 422};
}

}  // namespace

Task<http::Response> get_import(Doors& doors, access::Visit visit) {
    co_return co_await access::studio_page(doors.site, visit,
                                           [&](store::Tx&) -> Result<access::StudioPage> { return import_page({}, nullptr, ""); });
}

Task<http::Response> post_import(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto sent = read_sent(visit);
    if (!sent) co_return access::refusal(site, visit, sent.error());
    const Door door = [&](store::Tx& tx) -> Status {
        const auto session = TRY(access::owner(tx, visit, now));
        return access::same_csrf(session, sent->form);
    };
    const auto how = sent->take ? import::Write::yes : import::Write::no;
    const auto report = co_await import_file(doors, visit.shop(), sent->file, sent->wanted, how, door);
    if (report && sent->take) {
        const auto noted = co_await site.db.write([&](store::Tx& tx) {
            return access::note_audit(tx, visit.shop().id, "owner", "import_links", report->service, now, site.random);
        });
        if (!noted) co_return access::refusal(site, visit, noted.error());
        const access::Toast toast{.text = access::sentence(import::summary_words(*report))};
        co_return access::see_other(visit, access::with_toast(site, visit, "/studio/links", toast));
    }
    const auto fault = report ? Fault::bad_input : report.error().fault;
    if (fault != Fault::bad_input && fault != Fault::too_large) co_return access::refusal(site, visit, report.error());
    const std::string problem = report ? "" : report.error().text;
    co_return co_await access::studio_page(
        site, visit, [&](store::Tx&) -> Result<access::StudioPage> { return import_page(*sent, report ? &*report : nullptr, problem); });
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
