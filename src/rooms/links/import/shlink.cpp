// Shlink: the CSV of its web client, its "standard" CSV, the answer of GET /rest/v3/short-urls, and the CSV of visits as clicks a day.
// Redirect rules are a second call there; they are read where they stand in the short URL as "redirectRules".
#include <algorithm>

#include "rooms/links/import/intake.hpp"

namespace barrow::links::import {
namespace {

// The condition as ours; false when there is none.
bool add_condition(const wire::Json& condition, wire::Json& ours) {
    const auto type = text_of(condition, "type"), key = text_of(condition, "matchKey"), value = text_of(condition, "matchValue");
    const auto once = [&](const char* name, wire::Json what) {
        if (ours.find(name) != nullptr) return false;  // both of them at once: ours of one kind are one or the other
        ours.set(name, std::move(what));
        return true;
    };
    if (type == "device") {
        if (value == "desktop") return once("device", "desktop");
        if (value == "mobile") return once("device", wire::Json::array({"phone", "tablet"}));
        return telemetry::os_named(value).has_value() && once("os", value);
    }
    if (type == "browser") return telemetry::browser_named(value).has_value() && once("browser", value);
    if (type == "language") return once("language", value);
    if (type == "geolocation-country-code") return once("country", value);
    if (type == "before-date") return once("until", value);
    if (type == "after-date") return once("from", value);
    if (type == "query-param" || type == "any-value-query-param") {
        auto query = ours.find("query") == nullptr ? wire::Json::object() : *ours.find("query");
        if (query.find(key) != nullptr) return false;
        query.set(key, type == "query-param" ? value : "*");
        ours.set("query", std::move(query));
        return true;
    }
    return false;
}

void read_rules(const wire::Json& list, Intake& intake, Intake::Found& found) {
    std::vector<const wire::Json*> rules;
    for (const auto& rule : list.items()) rules.push_back(&rule);
    std::ranges::stable_sort(rules, {}, [](const auto* rule) { return count_of(*rule, "priority"); });
    for (const auto* rule : rules) {
        const auto* conditions = rule->find("conditions");
        auto ours = wire::Json::object();
        std::string wrong = conditions == nullptr || !conditions->is_array() ? "none" : "";
        for (std::size_t i = 0; wrong.empty() && i < conditions->items().size(); ++i) {
            const auto& condition = conditions->items()[i];
            if (!add_condition(condition, ours)) wrong = text_of(condition, "type") + " " + text_of(condition, "matchValue");
        }
        auto read = read_rule(wire::Json::object({{"if", std::move(ours)}, {"to", text_of(*rule, "longUrl")}}));
        if (wrong.empty() && read)
            found.link.rules.push_back(std::move(*read));
        else
            intake.count(
                "a rule whose condition Barrow does not have is left out: " + (wrong.empty() ? read.error().text : wrong).substr(0, 80),
                found.where);
    }
}

Status read_api(const Source& source, Intake& intake) {
    for (std::size_t i = 0; i < source.entries.size(); ++i) {
        const auto& entry = *source.entries[i];
        Intake::Found found{.where = where_of(i), .domain = text_of(entry, "domain")};
        if (found.domain.empty()) found.domain = short_address(text_of(entry, "shortUrl")).domain;
        auto& link = found.link;
        link.slug = text_of(entry, "shortCode");
        link.target = text_of(entry, "longUrl");
        link.title = text_of(entry, "title");
        link.tags = tags_of(entry, "tags");
        link.created = time_of(entry, "dateCreated").value_or(Instant());
        if (const auto* visits = entry.find("visitsSummary"); visits != nullptr)
            link.imported_clicks = visits->find("nonBots") != nullptr ? count_of(*visits, "nonBots") : count_of(*visits, "total");
        if (const auto* meta = entry.find("meta"); meta != nullptr) {
            link.starts = time_of(*meta, "validSince");
            link.ends = time_of(*meta, "validUntil");
            if (const auto most = count_of(*meta, "maxVisits"); most > 0) {
                link.clicks_max = most;
                link.clicks_let =
                    std::min(most, count_of(entry.find("visitsSummary") != nullptr ? *entry.find("visitsSummary") : entry, "total"));
            }
        }
        if (entry.find("crawlable") != nullptr) link.no_index = !is_true(entry, "crawlable");
        if (entry.find("forwardQuery") != nullptr) link.pass_query = is_true(entry, "forwardQuery");
        const auto* rules = entry.find("redirectRules");
        if (rules != nullptr && rules->is_array())
            read_rules(*rules, intake, found);
        else if (is_true(entry, "hasRedirectRules"))
            intake.count(
                "it has redirect rules, which are another answer: GET /rest/v3/short-urls/CODE/redirect-rules; see docs/importing.md",
                found.where);
        intake.take(std::move(found));
    }
    const auto* list = source.roots.back().find("shortUrls");
    const auto* pages = list != nullptr ? list->find("pagination") : nullptr;
    if (pages != nullptr && count_of(*pages, "currentPage") < count_of(*pages, "pagesCount"))
        intake.note("this is page " + std::to_string(count_of(*pages, "currentPage")) + " of " +
                    std::to_string(count_of(*pages, "pagesCount")) +
                    ": ask for the others too (?page=, or itemsPerPage=-1 for all), and import each file");
    return {};
}

Status read_visits(const Source& source, Intake& intake) {
    const auto& table = source.table;
    const auto date = *column(table, "date"), visited = *column(table, "visitedurl");
    const auto bot = column(table, "potentialbot");
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const auto& row = table.rows[i];
        const auto at = read_time(row[date]);
        const auto where = "line " + std::to_string(table.lines[i]);
        if (bot && (row[*bot] == "true" || row[*bot] == "1")) continue;
        if (at)
            intake.click(short_address(row[visited]).slug, *at, where);
        else
            intake.count("its time could not be read", where);
    }
    intake.note("these are visits: they are counted by day, without bots, for the links that are there already");
    return {};
}

}  // namespace

const Service from_shlink{"shlink",
                          [](const Source& source) {
                              return has_members(source, {"shortCode", "longUrl"}) || has_columns(source, {"visitedurl", "date"}) ||
                                     has_columns(source, {"longurl", "shortcode"}) || has_columns(source, {"longurl", "shorturl"});
                          },
                          [](const Source& source, Intake& intake) {
                              if (source.is_json()) return read_api(source, intake);
                              return has_columns(source, {"visitedurl"}) ? read_visits(source, intake) : read_columns(source, intake);
                          },
                          "save the answer of GET /rest/v3/short-urls?itemsPerPage=-1, or the CSV of the web client"};

}  // namespace barrow::links::import
