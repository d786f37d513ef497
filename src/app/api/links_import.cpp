#include "app/api/call.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/links/import/import_http.hpp"

namespace barrow::app::api {
namespace {

constexpr std::size_t rows_max = 1'000;

}  // namespace

Task<http::Response> post_links_import(links::Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    links::import::Wanted wanted{.service = visit.request.query_value("from").value_or(""),
                                 .only_domain = visit.request.query_value("only_domain").value_or(""),
                                 .now = now};
    const auto how = visit.request.query_value("dry_run").value_or("") == "true" ? links::import::Write::no : links::import::Write::yes;
    std::string who;
    const links::Door door = [&](store::Tx& tx) -> Status {
        who = TRY(access::api_caller(tx, visit, now));
        return {};
    };
    const auto report = co_await links::import_file(doors, visit.shop(), visit.request.body, wanted, how, door);
    if (!report) co_return refused(site, visit, report.error());
    if (how == links::import::Write::yes) {
        const auto noted = co_await site.db.write(
            [&](store::Tx& tx) { return access::note_audit(tx, visit.shop().id, who, "import_links", report->service, now, site.random); });
        if (!noted) co_return refused(site, visit, noted.error());
    }
    co_return http::Response::json(wire::write_json(links::import::report_json(*report, rows_max))).with("cache-control", "no-store");
}

Task<http::Response> get_links_export(access::Site& site, access::Visit visit) {
    const auto now = site.clock.now();
    const auto format = links::format_named(visit.request.query_value("format").value_or("csv"));
    const links::Door door = [&](store::Tx& tx) -> Status {
        TRY(access::api_caller(tx, visit, now));
        return format ? Status() : Status(format.error());
    };
    auto response = co_await links::export_file(site, visit, format ? *format : links::Format::csv, door);
    if (!response) co_return refused(site, visit, response.error());
    co_return std::move(*response);
}

}  // namespace barrow::app::api
