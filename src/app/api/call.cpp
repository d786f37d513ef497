#include "app/api/call.hpp"

#include <charconv>

namespace barrow::app::api {
namespace {

Result<wire::Json> body_of(const access::Visit& visit) {
    const auto body = visit.request.body;
    if (body.empty()) return wire::Json::object();
    if (!visit.request.header("content-type").starts_with("application/json"))
        return fail(Fault::bad_input, "send the body as application/json");
    return wire::read_json(body);
}

http::Response answer(const access::Site& site, const access::Visit& visit, const Result<wire::Json>& made, int status) {
    if (!made) {
        // Programs are told of keys, not of the login page.
        const bool nobody = made.error().fault == Fault::unauthenticated && visit.request.header("authorization").empty();
        auto response = access::refusal(
            site, visit,
            nobody ? fail(Fault::unauthenticated, "send an API key as \"Authorization: Bearer bk_…\"; make one with: barrow key create")
                   : made.error());
        if (made.error().fault == Fault::unauthenticated) response.headers.emplace_back("www-authenticate", "Bearer");
        response.headers.emplace_back("cache-control", "no-store");
        return response;
    }
    return http::Response::json(wire::write_json(*made), status).with("cache-control", "no-store");
}

}  // namespace

http::Response refused(const access::Site& site, const access::Visit& visit, const Error& error) { return answer(site, visit, error, 200); }

Task<http::Response> read(access::Site& site, access::Visit visit, Read work) {
    const auto now = site.clock.now();
    const auto made = co_await site.db.read([&](store::Tx& tx) -> Result<wire::Json> {
        TRY(access::api_caller(tx, visit, now));
        return work(tx);
    });
    co_return answer(site, visit, made, 200);
}

Task<http::Response> write(access::Site& site, access::Visit visit, Write work, int status) {
    const auto now = site.clock.now();
    const auto body = body_of(visit);
    const auto made = co_await site.db.write([&](store::Tx& tx) -> Result<wire::Json> {
        const auto who = TRY(access::api_caller(tx, visit, now));
        if (!body) return body.error();
        return work(tx, *body, who);
    });
    co_return answer(site, visit, made, status);
}

Task<http::Response> ask(access::Site& site, access::Visit visit, Ask work, int status) {
    const auto now = site.clock.now();
    const auto caller = co_await site.db.read([&](store::Tx& tx) { return access::api_caller(tx, visit, now); });
    if (!caller) co_return answer(site, visit, caller.error(), 200);
    auto working = work();
    const auto made = co_await working;
    co_return answer(site, visit, made, status);
}

Result<std::int64_t> limit_of(const access::Visit& visit) {
    const auto text = visit.request.query_value("limit").value_or("");
    if (text.empty()) return page_size;
    std::int64_t limit = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || limit < 1 || limit > page_size_max) {
        return fail(Fault::bad_input, "limit: a number from 1 to " + std::to_string(page_size_max));
    }
    return limit;
}

std::string after_of(const access::Visit& visit) { return visit.request.query_value("after").value_or(""); }

Result<std::int64_t> number_after(const access::Visit& visit) {
    const auto text = after_of(visit);
    if (text.empty()) return std::int64_t{0};
    std::int64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || number < 1)
        return fail(Fault::bad_input, "after: take it from the page before");
    return number;
}

wire::Json listed(const access::Visit& visit, wire::Json::Array items, std::int64_t limit, const std::string& next_after) {
    if (next_after.empty()) return wire::Json::object({{"items", std::move(items)}, {"next", wire::Json()}});
    auto next =
        visit.base + std::string(visit.request.path) + "?limit=" + std::to_string(limit) + "&after=" + http::percent_encode(next_after);
    // What else was asked for holds for the next page too.
    for (auto rest = visit.request.query; !rest.empty();) {
        const auto pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        if (!pair.empty() && !pair.starts_with("limit=") && !pair.starts_with("after=")) next += "&" + std::string(pair);
    }
    return wire::Json::object({{"items", std::move(items)}, {"next", std::move(next)}});
}

wire::Json money_json(Money money) { return wire::Json::object({{"minor", money.minor}, {"currency", money.currency.code()}}); }

Result<Money> read_money(const wire::Json& json, std::string_view what) {
    wire::Fields fields(json, what);
    const auto minor = TRY(fields.integer("minor", 0, amount_minor_max));
    const auto currency = TRY(Currency::read(TRY(fields.text("currency", 3))));
    TRY(fields.done());
    return Money{minor, currency};
}

wire::Json time_json(Instant at) { return iso_ms(at); }
wire::Json time_json(const std::optional<Instant>& at) { return at ? wire::Json(iso_ms(*at)) : wire::Json(); }

}  // namespace barrow::app::api
