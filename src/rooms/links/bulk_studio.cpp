#include "rooms/links/bulk_studio.hpp"

#include <algorithm>

#include "floor/wire/page.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/links/bulk.hpp"
#include "rooms/links/links_studio.hpp"

namespace barrow::links {
namespace {

constexpr std::size_t rows_shown_max = 100;

// The lines with their targets as this shop keeps them.
Result<std::vector<Line>> lines_of(const Doors& doors, const access::Visit& visit, std::string_view text) {
    auto lines = TRY(read_lines(text));
    for (auto& line : lines) line.link.target = own_path(doors, visit, std::move(line.link.target));
    return lines;
}

wire::Json row(const access::Visit& visit, const Line& line) {
    return wire::Json::object({{"line", line.number},
                               {"short", line.link.slug.empty() ? "" : visit.base + "/s/" + line.link.slug},
                               {"target", line.link.target},
                               {"title", line.link.title},
                               {"why", line.why.empty() ? "" : access::sentence(line.why)}});
}

// The page with what was pasted and what would become of it; `problem` is about all of it. What needs a look comes first.
Result<access::StudioPage> bulk_page(store::Tx& tx, const Doors& doors, const access::Visit& visit, const std::string& text,
                                     std::string problem) {
    wire::Json::Array rows;
    std::size_t count = 0, refused = 0;
    auto lines = text.empty() && problem.empty() ? Result<std::vector<Line>>(std::vector<Line>()) : lines_of(doors, visit, text);
    if (lines) {
        TRY(look_at(tx, visit.shop().id, *lines, doors.lists.deny));
        count = lines->size();
        refused = static_cast<std::size_t>(std::ranges::count_if(*lines, [](const Line& line) { return !line.why.empty(); }));
        std::ranges::stable_partition(*lines, [](const Line& line) { return !line.why.empty(); });
        for (const auto& line : *lines) {
            if (rows.size() < rows_shown_max) rows.push_back(row(visit, line));
        }
        if (refused > 0) problem.clear();  // the lines say it themselves
    } else {
        problem = lines.error().text;
    }
    const auto links = [](std::size_t n) { return wire::grouped(static_cast<std::int64_t>(n)) + (n == 1 ? " link" : " links"); };
    const bool good = count > 0 && refused == 0;
    return access::StudioPage{
        .place = "links",
        .title = "Many links at once",
        .template_path = "studio/link_bulk.html",
        .values =
            wire::Json::object({{"lines", text},
                                {"problem", problem.empty() ? "" : access::sentence(problem)},
                                {"most", wire::grouped(static_cast<std::int64_t>(bulk_max))},
                                {"wrong", !problem.empty() || refused > 0},
                                {"summary", count == 0    ? ""
                                            : refused > 0 ? std::to_string(refused) + " of " + links(count) + " cannot be made so. Mend " +
                                                                (refused == 1 ? "that line" : "those lines") + " and look again."
                                                          : "Would make " + links(count) + "."},
                                {"make", good ? "Make " + links(count) : ""},
                                {"rows", std::move(rows)},
                                {"more", count > rows_shown_max ? links(count - rows_shown_max) : ""}}),
        .status = problem.empty() && refused == 0 ? 200 : 422};
}

}  // namespace

Task<http::Response> get_bulk(Doors& doors, access::Visit visit) {
    co_return co_await access::studio_page(doors.site, visit, [&](store::Tx& tx) { return bulk_page(tx, doors, visit, "", ""); });
}

Task<http::Response> post_bulk(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    auto sent = access::form(visit);
    if (!sent) co_return access::refusal(site, visit, sent.error());
    const auto text = access::field(*sent, "lines");
    if (access::field(*sent, "act") != "make") {
        co_return co_await access::studio_page(site, visit, [&](store::Tx& tx) -> Result<access::StudioPage> {
            TRY(access::same_csrf(TRY(access::owner(tx, visit, now)), *sent));
            auto page = TRY(bulk_page(tx, doors, visit, text, ""));
            if (text.empty()) {
                page.values.set("problem", access::sentence(read_lines(text).error().text)).set("wrong", true);
                page.status = 422;
            }
            return page;
        });
    }
    const access::Act act = [&](store::Tx& tx, const wire::Json&) -> Result<std::string> {
        std::vector<Link> wanted;
        for (auto& line : TRY(lines_of(doors, visit, text))) {
            if (!line.why.empty()) return fail(Fault::bad_input, "line " + std::to_string(line.number) + ": " + line.why);
            wanted.push_back(std::move(line.link));
        }
        const auto made = TRY(add_all(tx, visit.shop().id, std::move(wanted), doors.lists.deny, now, site.random));
        const auto count = wire::grouped(static_cast<std::int64_t>(made.size()));
        TRY(access::note_audit(tx, visit.shop().id, "owner", "add_links", std::to_string(made.size()), now, site.random));
        return access::with_toast(site, visit, "/studio/links",
                                  {.text = made.size() == 1 ? std::string("One link is made.") : count + " links are made."});
    };
    const access::Again again = [&](store::Tx& tx, const wire::Json&, const Error& error) {
        return bulk_page(tx, doors, visit, text, error.text);
    };
    auto response = co_await access::studio_form(site, visit, std::move(sent), act, again);
    if (access::was_done(response)) announce_change(site.bus, visit.shop().id);
    co_return response;
}

}  // namespace barrow::links
