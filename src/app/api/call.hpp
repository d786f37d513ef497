// What every API handler shares: who calls, one transaction, JSON out, problem JSON for refusals; and pages of lists.
#pragma once

#include <functional>

#include "app/api/api.hpp"
#include "floor/base/money.hpp"
#include "floor/wire/json.hpp"

namespace barrow::app::api {

inline constexpr std::int64_t page_size = 50, page_size_max = 100;

// Runs in one read transaction, after the caller is known.
using Read = std::function<Result<wire::Json>(store::Tx&)>;
Task<http::Response> read(access::Site& site, access::Visit visit, Read work);

// Runs in one write transaction, after the caller is known and the body read: `{}` when nothing was sent. `who` is for the audit.
using Write = std::function<Result<wire::Json>(store::Tx&, const wire::Json& body, std::string_view who)>;
Task<http::Response> write(access::Site& site, access::Visit visit, Write work, int status = 200);

// Runs outside of any transaction, after the caller is known: what asks others.
using Ask = std::function<Task<Result<wire::Json>>()>;
Task<http::Response> ask(access::Site& site, access::Visit visit, Ask work, int status = 200);

// What a handler that stopped before its transaction answers.
http::Response refused(const access::Site& site, const access::Visit& visit, const Error& error);

// ?limit=…&after=… of a list. Refuses (bad_input) what is no number from 1 to page_size_max.
Result<std::int64_t> limit_of(const access::Visit& visit);
std::string after_of(const access::Visit& visit);
// {"items": […], "next": "/api/v1/products?limit=50&after=…" or null}.
wire::Json listed(const access::Visit& visit, wire::Json::Array items, std::int64_t limit, const std::string& next_after);
// The number in ?after=, 0 without it. Refuses (bad_input) what is none.
Result<std::int64_t> number_after(const access::Visit& visit);

wire::Json money_json(Money money);  // {"minor": 2400, "currency": "EUR"}
Result<Money> read_money(const wire::Json& json, std::string_view what);
wire::Json time_json(Instant at);                        // RFC 3339, UTC
wire::Json time_json(const std::optional<Instant>& at);  // null for none

}  // namespace barrow::app::api
