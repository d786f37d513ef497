#include "rooms/guard/rounds.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>
#include <tuple>

#include "floor/base/together.hpp"
#include "floor/fetch/url.hpp"
#include "floor/outbox/mail.hpp"
#include "floor/wire/form.hpp"
#include "rooms/guard/guard.sql.hpp"
#include "rooms/guard/own.hpp"
#include "rooms/guard/touchpoints.hpp"
#include "rooms/links/check/agents.hpp"
#include "rooms/links/check/page_signs.hpp"
#include "rooms/links/follow.hpp"

namespace barrow::guard {
namespace {

using links::linkcheck::Offered;

constexpr std::size_t hosts_max = 10'000;  // remembered at once
constexpr std::size_t tag_bytes_max = 200;
constexpr std::size_t noted_at_once = 1'000;  // what links::made_after gives

// ---- a look ----------------------------------------------------------------------------------------------------------------

fetch::FetchRequest request_for(const std::string& url, std::string_view method, const std::string& etag, const std::string& modified) {
    fetch::FetchRequest request{
        .method = std::string(method),
        .url = url,
        .headers = {{"User-Agent", std::string(links::linkcheck::check_agent)}, {"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}},
        .body_bytes_max = page_bytes_max,
        .beyond = fetch::Beyond::cut,
        .total_ms = look_ms_max};
    if (!etag.empty()) request.headers.emplace_back("If-None-Match", etag);
    if (!modified.empty()) request.headers.emplace_back("If-Modified-Since", modified);
    return request;
}

bool redirects(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }

bool is_html(const fetch::FetchResponse& answer) { return answer.header("content-type").find("html") != std::string_view::npos; }

// HEAD does not say what a page offers, and some servers answer it wrongly.
bool asks_for_more(const fetch::FetchResponse& answer) {
    if (redirects(answer.status) || answer.status == 304) return false;
    return of_status(answer.status) != Finding::good || is_html(answer);
}

std::string tag(const fetch::FetchResponse& answer, std::string_view name) {
    const auto value = answer.header(name);
    return value.size() <= tag_bytes_max && wire::is_text(value) ? std::string(value) : std::string();
}

std::string host_of(std::string_view url) {
    const auto parts = fetch::read_url(url);
    return parts ? parts->host : std::string();
}

// "The peer did not answer: Timeout was reached." → "Timeout was reached": part of a sentence.
std::string clause(std::string_view problem) {
    constexpr std::string_view before = "The peer did not answer: ";
    if (problem.starts_with(before)) problem.remove_prefix(before.size());
    while (problem.ends_with('.')) problem.remove_suffix(1);
    return wire::is_text(problem) ? std::string(problem.substr(0, tag_bytes_max)) : std::string();
}

std::string safe(std::string_view text) { return wire::is_text(text) ? std::string(text.substr(0, tag_bytes_max)) : std::string(); }

bool wants_a_person(const fetch::FetchResponse& answer) {
    return answer.header("cf-mitigated") == "challenge" || links::linkcheck::is_challenge_title(links::linkcheck::page_title(answer.body));
}

// The end of the way: what the last answer says.
Look read_answer(const fetch::FetchResponse& answer, const std::string& url, bool turned_home, std::optional<Instant> certificate,
                 Instant now) {
    Look look{.finding = wants_a_person(answer) ? Finding::unsure : of_status(answer.status),
              .words = std::to_string(answer.status) + " at " + host_of(url),
              .etag = tag(answer, "etag"),
              .modified = tag(answer, "last-modified")};
    if (look.finding != Finding::good) return look;
    look.words.clear();
    if (turned_home) {
        look.finding = Finding::to_home;
        look.words = "sent on to " + safe(url);
    } else if (links::linkcheck::offered_on(answer.body) == Offered::out) {
        look.finding = Finding::sold_out;
        look.words = "by its own word";
    } else if (certificate && *certificate < now + days(certificate_days)) {
        look.finding = Finding::certificate_ends;
        look.words = "good until " + iso_day(certificate->day());
    }
    return look;
}

}  // namespace

Task<Look> look(fetch::Fetcher& fetcher, std::string target, std::string etag, std::string modified, Instant now) {
    auto url = target.substr(0, target.find('#'));
    bool turned_home = false;
    std::optional<Instant> certificate;
    for (int hop = 0; hop <= hops_max; ++hop) {
        auto head = request_for(url, "HEAD", etag, modified);
        auto answer = co_await fetcher.fetch(std::move(head));
        const auto trouble = answer ? Finding::good : of_problem(answer.error().fault, answer.error().text);
        if (answer ? asks_for_more(*answer) : trouble == Finding::no_answer) {
            auto get = request_for(url, "GET", {}, {});
            auto whole = co_await fetcher.fetch(std::move(get));
            answer = std::move(whole);
        }
        if (!answer) {
            const auto& error = answer.error();
            co_return Look{.finding = of_problem(error.fault, error.text), .words = clause(error.text), .etag = {}, .modified = {}};
        }
        if (answer->tls && answer->tls->ends.us > 0 && (!certificate || answer->tls->ends < *certificate)) certificate = answer->tls->ends;
        if (!redirects(answer->status)) co_return read_answer(*answer, url, turned_home, certificate, now);
        const auto next = fetch::resolve(url, answer->header("location"));
        if (!next) {
            const auto words = "a redirect to nothing at " + host_of(url);
            co_return Look{.finding = Finding::server_error, .words = words, .etag = {}, .modified = {}};
        }
        if (fetch::origin(*next).empty()) co_return Look();  // into an app: nothing more to see from here
        turned_home = turned_home || turns_home(url, *next);
        url = next->substr(0, next->find('#'));
    }
    co_return Look{.finding = Finding::unsure, .words = "it sends on again and again", .etag = {}, .modified = {}};
}

Instant Hosts::free_at(const std::string& host) const {
    const auto found = free_.find(host);
    return found == free_.end() ? Instant() : found->second;
}

void Hosts::take(const std::string& host, Instant now) {
    if (free_.size() >= hosts_max) std::erase_if(free_, [&](const auto& one) { return one.second <= now; });
    free_.insert_or_assign(host, now + host_gap);
}

std::shared_ptr<const access::Tenant> tenant_of(const access::Site& site, std::string_view shop_id) {
    for (auto& tenant : site.directory.all()) {
        if (tenant->shop.id.text == shop_id) return tenant;
    }
    return nullptr;
}

// ---- a step ----------------------------------------------------------------------------------------------------------------

namespace {

// One shop in turn, a thousand links a step.
Task<Status> note_next(Doors& doors, Instant now) {
    auto& site = doors.site;
    const auto tenants = site.directory.all();
    if (tenants.empty()) co_return Status();
    const auto& tenant = tenants[doors.turn++ % tenants.size()];
    const auto& shop = tenant->shop.id;
    auto& cursor = doors.cursors[shop.text];
    const auto found = co_await site.db.read([&](store::Tx& tx) { return links::made_after(tx, shop, cursor); });
    if (!found) co_return found.error();
    const bool last = found->size() < noted_at_once;
    const auto until = last ? std::numeric_limits<std::int64_t>::max() : found->back().number;
    const auto noted = co_await site.db.write([&](store::Tx& tx) -> Status {
        TRY(note_links(tx, shop, *found, cursor, until, now));
        if (!last) return {};
        TRY(note_pages(tx, shop, now));
        TRY(drop_unused(tx, shop));
        return site.takes_mail ? promise_digest(tx, shop, now) : Status();
    });
    if (noted) cursor = last ? 0 : until;
    co_return noted;
}

struct Due {
    std::shared_ptr<const access::Tenant> tenant;
    std::string target;
    Instant next;
    std::int64_t clicks = 0;
};

Task<Result<std::vector<Due>>> read_due(Doors& doors, Instant now) {
    using Found = Result<std::vector<Due>>;
    const auto found = co_await doors.site.db.read([&](store::Tx& tx) -> Found {
        std::vector<Due> due;
        for (const auto row : TRY(tx.run(sql::due_targets, {now, due_max})))
            due.push_back({.tenant = tenant_of(doors.site, row.text("shop_id")),
                           .target = row.text("target"),
                           .next = row.instant("next_us"),
                           .clicks = row.integer("clicks")});
        std::erase_if(due, [](const Due& one) { return one.tenant == nullptr; });
        return due;
    });
    co_return found;
}

// True: the target is ours to look at, until the lease ends.
Task<Result<bool>> claim(Doors& doors, const Due& due, Instant until) {
    const auto claimed = co_await doors.site.db.write([&](store::Tx& tx) -> Result<bool> {
        return !TRY(tx.run(sql::claim_target, {due.tenant->shop.id, due.target, due.next, until})).empty();
    });
    co_return claimed;
}

struct Looked {
    Due due;
    Target before;
    Look look;
};

Task<Looked> look_at(Doors& doors, Looked one, Instant now) {
    // What was sold out must be read again, whether the page changed or not: 304 is good.
    const bool ask_whether = one.before.standing.state == State::good;
    auto etag = ask_whether ? one.before.etag : std::string(), modified = ask_whether ? one.before.modified : std::string();
    auto task = look(doors.site.fetcher, one.before.target, std::move(etag), std::move(modified), now);
    auto seen = co_await task;
    if (seen.etag.empty() && seen.finding == Finding::good) seen.etag = one.before.etag;
    if (seen.modified.empty() && seen.finding == Finding::good) seen.modified = one.before.modified;
    one.look = std::move(seen);
    co_return one;
}

Task<Status> note(Doors& doors, const Looked& one, bool own, Instant now) {
    const auto& shop = one.due.tenant->shop.id;
    const auto switched = co_await doors.site.db.write([&](store::Tx& tx) -> Result<bool> {
        const auto before = find_target(tx, shop, one.due.target);
        if (!before) return before.error().fault == Fault::not_found ? Result<bool>(false) : Result<bool>(before.error());
        return note_look(tx, shop, *before, one.look, own, now);
    });
    if (!switched) co_return switched.error();
    if (*switched) links::announce_change(doors.site.bus, shop);
    co_return Status();
}

// Those of one shop that are in our own database are read and noted at once, and taken out of the list.
Task<Status> settle_own(Doors& doors, std::vector<Due>& due, Instant now) {
    std::set<std::string> own;
    const auto& shop = due.front().tenant->shop;
    const auto switched = co_await doors.site.db.write([&](store::Tx& tx) -> Result<bool> {
        own.clear();
        bool any = false;
        for (const auto& one : due) {
            const auto seen = TRY(look_at_own(tx, doors.site, shop, one.target, now));
            if (!seen) continue;
            own.insert(one.target);
            const auto before = find_target(tx, shop.id, one.target);
            if (!before && before.error().fault != Fault::not_found) return before.error();
            if (before) any = TRY(note_look(tx, shop.id, *before, *seen, true, now)) || any;
        }
        return any;
    });
    if (!switched) co_return switched.error();
    if (*switched) links::announce_change(doors.site.bus, shop.id);
    std::erase_if(due, [&](const Due& one) { return own.contains(one.target); });
    co_return Status();
}

}  // namespace

Task<Status> step(Doors& doors) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto noted = co_await note_next(doors, now);
    if (!noted) co_return noted;
    auto found = co_await read_due(doors, now);
    if (!found) co_return found.error();
    std::map<std::string, std::vector<Due>> by_shop;
    for (auto& one : *found) by_shop[one.tenant->shop.id.text].push_back(std::move(one));
    std::vector<Due> foreign;
    for (auto& [shop, due] : by_shop) {
        const auto settled = co_await settle_own(doors, due, now);
        if (!settled) co_return settled;
        std::ranges::move(due, std::back_inserter(foreign));
    }
    // Of all shops; who waits longest goes first among the equally busy.
    std::ranges::sort(foreign, [](const Due& a, const Due& b) {
        return std::tie(b.clicks, a.next, a.tenant->shop.id.text, a.target) < std::tie(a.clicks, b.next, b.tenant->shop.id.text, b.target);
    });
    std::vector<Task<Looked>> looks;
    std::map<std::string, std::int64_t> waiting;  // by host: how many come after its next free moment
    for (const auto& one : foreign) {
        if (looks.size() >= looks_max) break;
        const auto host = host_of(one.target);
        const auto free = doors.hosts.free_at(host);
        const auto until = now < free ? free + Duration{host_gap.us * waiting[host]++} : now + look_lease;
        const auto claimed = co_await claim(doors, one, until);
        if (!claimed) co_return claimed.error();
        if (!*claimed || now < free) continue;
        doors.hosts.take(host, now);
        auto before = co_await site.db.read([&](store::Tx& tx) { return find_target(tx, one.tenant->shop.id, one.target); });
        if (!before) continue;
        Looked begun{.due = one, .before = std::move(*before), .look = {}};
        looks.push_back(look_at(doors, std::move(begun), now));
    }
    auto all = together(std::move(looks));
    const auto seen = co_await all;
    for (const auto& one : seen) {
        const auto written = co_await note(doors, one, false, now);
        if (!written) co_return written;
    }
    co_return co_await look_outside(doors, now);
}

Task<Status> keep_mail(Doors& doors, outbox::Promise promise) {
    if (doors.smtp == nullptr) co_return fail(Fault::outside, "no mail server is set up; see docs/operating.md, Mail");
    const auto tenant = tenant_of(doors.site, promise.shop_id);
    if (!tenant) co_return fail(Fault::gone, "the shop is not here any more");
    const auto now = doors.site.clock.now();
    const auto& shop = tenant->shop;
    std::string address;
    const auto found = co_await doors.site.db.read([&](store::Tx& tx) -> Result<std::vector<Trouble>> {
        address = TRY(mail_address(tx, shop.id));
        return troubles(tx, shop, now);
    });
    if (!found) co_return found.error();
    const bool any = std::ranges::any_of(*found, [&](const Trouble& one) { return one.is_certain() && !one.target.is_ignored(now); });
    if (address.empty() || !any) co_return Status();  // mended meanwhile
    auto told = digest(shop, *found, access::address(doors.site, shop, "/studio/health"), now);
    outbox::Mail mail{.id = "guard-" + promise.key,
                      .from_name = shop.name,
                      .from = doors.mail_from,
                      .to = address,
                      .reply_to = {},
                      .subject = std::move(told.subject),
                      .text = std::move(told.text),
                      .html = {},
                      .unsubscribe = {}};
    auto sending = outbox::send_mail(*doors.smtp, std::move(mail), now);
    const auto sent = co_await sending;
    if (!sent && sent.error().fault == Fault::not_found) co_return fail(Fault::gone, "the address takes no mail; see Health in the studio");
    co_return sent;
}

}  // namespace barrow::guard
