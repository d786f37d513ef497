#include "app/app.hpp"

#include <algorithm>
#include <atomic>

#include "app/local_authority.hpp"
#include "app/metrics.hpp"
#include "app/moved.hpp"
#include "app/operator.hpp"
#include "app/rooms.hpp"
#include "floor/http/static_files.hpp"
#include "floor/outbox/outbox.hpp"
#include "floor/outbox/webhook.hpp"
#include "floor/store/moved.hpp"
#include "floor/wire/compress.hpp"
#include "rooms/access/certificates.hpp"
#include "rooms/drafts/draft.hpp"
#include "rooms/links/doubt.hpp"
#include "rooms/links/escapes.hpp"
#include "rooms/links/import/import_http.hpp"
#include "rooms/links/import/kept.hpp"
#include "rooms/links/pages/numbers.hpp"
#include "rooms/links/shown_on.hpp"
#include "rooms/live/live_http.hpp"
#include "rooms/orders/session_sales.hpp"
#include "rooms/snippets/changed.hpp"
#include "rooms/telemetry/retention.hpp"
#include "rooms/webhooks/webhooks.hpp"

namespace barrow::app {
namespace {

// Pages for viewers are sent compressed. Studio pages are not: they hold the session's csrf beside words that others can
// choose, and lengths would tell (BREACH).
void compress(const http::Request& request, http::Response& response) {
    constexpr std::size_t worth_it = 1'024;
    if (response.body.size() < worth_it || response.events || request.path.starts_with("/studio")) return;
    const auto type = response.header("content-type");
    if (!type.starts_with("text/html") && !type.starts_with("application/json") && !type.starts_with("image/svg")) return;
    if (!response.header("content-encoding").empty()) return;
    response.headers.emplace_back("vary", "accept-encoding");
    const auto encoding = http::accepted_encoding(request, true, true);
    if (encoding.empty()) return;
    response.body = encoding == "br" ? wire::brotli(response.body) : wire::gzip(response.body);
    response.headers.emplace_back("content-encoding", encoding);
}

// What the operator called this installation.
std::vector<std::string> hosts_of(const Config& config) {
    auto hosts = config.domains;
    const auto reached = config.authority(config.port);
    hosts.push_back(reached.substr(0, reached.find(':')));
    return hosts;
}

// A large body is waited for only where a session or a key is shown; whether it is good is asked when the body is there.
bool may_send_much(const http::Request& request, const http::Route& route) {
    return route.body_max <= http::Route::body_max_usual || !request.header("authorization").empty() ||
           request.header("cookie").find("__Host-studio-") != std::string_view::npos;
}

class WiredApp final : public App {
public:
    WiredApp(const World& world, std::string authority, bool secure, const Config& config, std::unique_ptr<telemetry::Countries> countries)
        : world_(world),
          sandbox_may_be_used_(config.is_private() || config.sandbox),
          mail_from_(config.mail_from),
          takes_mail_(config.for_files && !config.smtp.empty()),
          guard_looks_(config.guard),
          click_months_(config.click_months),
          tls_for_good_(config.secure() && !config.tls_local() && !(config.public_address.empty() && config.domains.empty()) &&
                        !config.is_private()),
          directory_(world.secrets),
          rooms_{.site = {.db = world.db,
                          .clock = world.clock,
                          .random = world.random,
                          .log = world.log,
                          .secrets = world.secrets,
                          .directory = directory_,
                          .bus = world.bus,
                          .events = world.events,
                          .fetcher = world.fetcher,
                          .authority = std::move(authority),
                          .secure = secure,
                          .keeps_certificates = !config.domains.empty(),
                          .for_files = config.for_files,
                          .test_mode = config.test_mode,
                          .operator_hosts = hosts_of(config)},
                 .clicks = telemetry::Clicks(world.random.token(9)),
                 .repeats = telemetry::Repeats(world.random, config.flood),
                 .countries = std::move(countries),
                 .places = {world.db, [](store::Tx& tx, std::span<const links::Place> wanted) { return links::let_through(tx, wanted); }},
                 .holds = {world.db,
                           [this](store::Tx& tx, std::span<const checkout::Hold> wanted) {
                               return checkout::hold(tx, wanted, world_.clock.now());
                           }},
                 .order_batches = {world.db,
                                   [this](store::Tx& tx, std::span<const orders::Place> wanted) {
                                       return orders::place(tx, wanted, world_.clock.now());
                                   }}},
          deny_file_{config.deny_file, rooms_.deny, "deny_list_read", "deny_list_not_read"},
          watch_file_{config.watch_file, rooms_.watch, "watch_list_read", "watch_list_not_read"},
          outbox_(world.db, world.log),
          sandbox_(world.db, world.secrets.derive({}, "sandbox webhook"), world.clock, payments::Sandbox::usual_fee_basis_points) {}

    Status open() {
        rooms_.letters.mail_from = mail_from_;
        if (world_.workshop != nullptr) {
            rooms_.uploads.workshop = world_.workshop;
            rooms_.uploads.folder = TRY(http::PublicFolder::open(world_.workshop->folder()));
        }
        rooms_.uploads.shown_on = links::shown_on;
        rooms_.report.page_rows = pages::number_rows;
        TRY(world_.db.migrate());
        world_.db.watch(watch(world_.clock));
        const auto now = world_.clock.now();
        // First, so that the shops that are read behind it are as new as that.
        ear_.remember(TRY(world_.db.read_now([&](store::Tx& tx) { return store::risen_since(tx, ear_.since(now)); })), now);
        TRY(directory_.reload(world_.db));
        TRY(world_.db.read_now([this](store::Tx& tx) { return links::read_denied(tx, rooms_.deny); }));
        read_list(deny_file_);
        read_list(watch_file_);
        stepped_us_ = world_.clock.now().us;  // the first step has its time, too
        TRY(world_.db.write_now([this](store::Tx& tx) { return rooms_.salt.renew(tx, world_.clock.now(), world_.random); }));
        rooms_.checkout.committed = [this] {
            if (wake) wake();
        };
        add_routes(router_, rooms_);
        router_.add({http::Method::get, "/healthz", http::Quick([this](http::Request&) { return health(); })});
        if (world_.trust != nullptr) add_trust_routes(router_, rooms_.site, *world_.trust);
        router_.add({http::Method::get, "/.well-known/acme-challenge/:token",
                     http::Slow([this](http::Request& request) { return acme_challenge(request.parameter("token")); })});
        router_.add({http::Method::get, "/metrics",
                     http::Slow([this](http::Request&) { return metrics(world_, rooms_, server_counters, Instant{stepped_us_.load()}); })});
        wire_rooms();
        return {};
    }

    http::Front front() override {
        return {.find =
                    [this](http::Request& request, http::Response& answer) {
                        access::strip_shop(request);
                        const auto* route = http::find_route(router_, request, answer);
                        if (route == nullptr) answer = for_people(request, std::move(answer));
                        if (route != nullptr && !may_send_much(request, *route)) {
                            route = nullptr;
                            const auto visit = access::visit(rooms_.site, request);
                            answer = access::refusal(rooms_.site, visit,
                                                     fail(Fault::unauthenticated, "log in, or send an API key, before you send this"));
                        }
                        return route;
                    },
                .finish =
                    [this](const http::Request& request, http::Response& response) {
                        response.headers.emplace_back("x-content-type-options", "nosniff");
                        if (tls_for_good_) response.headers.emplace_back("strict-transport-security", "max-age=31536000");
                        compress(request, response);
                    }};
    }

    const http::Router& router() const override { return router_; }

    Task<Status> tick(Executor& here) override {
        const auto now = world_.clock.now();
        auto flushed = co_await rooms_.counters.flush(world_.db);
        if (flushed) flushed = co_await rooms_.clicks.flush(world_.db, now);
        if (flushed) flushed = co_await add_up_clicks(now);
        if (!flushed) world_.log.error("counts_not_written", {{"text", flushed.error().text}});
        read_list(deny_file_);
        read_list(watch_file_);
        if (rooms_.salt.day() != now.day()) {
            auto renewed = co_await world_.db.write([this, now](store::Tx& tx) { return rooms_.salt.renew(tx, now, world_.random); });
            if (!renewed) world_.log.error("day_salt_not_renewed", {{"text", renewed.error().text}});
        }
        auto kept = co_await keep_promises(here);
        if (!kept) world_.log.error("outbox_failed", {{"text", kept.error().text}});
        // One shop's trouble is no reason to send everybody's requests elsewhere; a database that takes or gives nothing is.
        if (flushed && kept) stepped_us_ = now.us;
        keep_slow_promises(here);
        if (guard_looks_) step_guard(here, now);
        auto expired = co_await stock::tick(world_.db, now);
        if (!expired) world_.log.error("expiry_failed", {{"text", expired.error().text}});
        auto cancelled = co_await orders::tick(world_.db, now);
        if (!cancelled) world_.log.error("cancelling_failed", {{"text", cancelled.error().text}});
        auto forgot = co_await forget_old(now);
        if (!forgot) world_.log.error("old_not_forgotten", {{"text", forgot.error().text}});
        auto swept = co_await sweep_media(now);
        if (!swept) world_.log.error("media_not_swept", {{"text", swept.error().text}});
        auto let_go = co_await let_clicks_go(now);
        if (!let_go) world_.log.error("old_clicks_not_let_go", {{"text", let_go.error().text}});
        co_return Status();
    }

    Task<Status> hear() override {
        const auto now = world_.clock.now();
        const auto since = ear_.since(now);
        auto risen = co_await world_.db.read([&](store::Tx& tx) { return store::risen_since(tx, since); });
        if (!risen) co_return risen.error();
        const auto news = ear_.compare(*risen);
        if (news.about(shops_moved)) {
            auto reloaded = co_await world_.db.read([&](store::Tx& tx) { return directory_.reload(tx); });
            if (!reloaded) co_return reloaded;
        }
        if (news.about(denied_moved)) {
            auto read = co_await world_.db.read([this](store::Tx& tx) { return links::read_denied(tx, rooms_.deny); });
            if (!read) co_return read;
        }
        ear_.remember(std::move(*risen), now);
        bool all = news.everything || news.about(denied_moved);
        for (const auto& [shop, topic] : news.moved) {
            if (topic != links_moved) continue;
            all = all || shop.empty();
            if (!shop.empty()) links::announce_change(world_.bus, {shop});
        }
        if (all) {
            for (const auto& tenant : directory_.all()) links::announce_change(world_.bus, tenant->shop.id);
        }
        co_return Status();
    }

    Task<Status> settle() override {
        if (others_under_way_ > 0) co_await Later<bool>([this](Later<bool>::Answer answer) { settled_ = std::move(answer); });
        co_return Status();
    }

    Result<wire::Json> command(std::string_view name, const wire::Json& arguments) override {
        Desk desk{.db = world_.db,
                  .secrets = world_.secrets,
                  .directory = directory_,
                  .clock = world_.clock,
                  .random = world_.random,
                  .authority = rooms_.site.authority,
                  .secure = rooms_.site.secure,
                  .changed = [this](const Id<access::Shop>& shop) { links::announce_change(world_.bus, shop); },
                  .deny = &rooms_.deny};
        return run_command(desk, name, arguments);
    }

private:
    // What a certificate authority reads to know that a name is ours. Any node answers, whichever asked.
    Task<http::Response> acme_challenge(std::string token) {
        const auto now = world_.clock.now();
        auto found = co_await world_.db.read([&](store::Tx& tx) { return access::acme_challenge(tx, token, now); });
        if (!found) co_return http::problem(found.error());
        http::Response response;
        response.headers = {{"content-type", "application/octet-stream"}, {"cache-control", "no-store"}};  // RFC 8555 section 8.3
        response.body = *found;
        co_return response;
    }

    // What no route answers: "/studio/" leads to "/studio", and who reads HTML gets a page. Programs get the router's own answer.
    http::Response for_people(http::Request& request, http::Response answer) {
        if (answer.status < 400 || request.path.starts_with("/api/")) return answer;
        const auto visit = access::visit(rooms_.site, request);
        // To browsers "/\host" is another site, as "//host" is, which no route takes.
        if (answer.status == 404 && request.path.size() > 1 && request.path.ends_with('/') &&
            request.path.find('\\') == request.path.npos) {
            const auto asked = request.path;
            request.path.remove_suffix(1);
            if (router_.match(request).route != nullptr) {
                const auto query = request.query.empty() ? "" : "?" + std::string(request.query);
                return http::Response::redirect(visit.base + std::string(request.path) + query, 308);
            }
            request.path = asked;
        }
        if (request.header("accept").find("text/html") == std::string_view::npos) return answer;
        auto page = access::error_page(rooms_.site, visit, answer.status, "");
        if (const auto allow = answer.header("allow"); !allow.empty()) page.headers.emplace_back("allow", allow);
        return page;
    }

    // Lower rooms write facts and promises; here the higher rooms are subscribed to them.
    void wire_rooms() {
        ears_.push_back(links::forget_changed(world_.bus, rooms_.link_cache));
        ears_.push_back(live::show_announced(world_.bus, world_.events));
        if (sandbox_may_be_used_) rooms_.providers.emplace(sandbox_.name(), &sandbox_);
        for (auto* provider : world_.providers) rooms_.providers[std::string(provider->name())] = provider;
        rooms_.site.takes_payments = !rooms_.providers.empty();
        if (!rooms_.site.takes_payments)
            world_.log.warning("no_payment_provider", {{"text", "the sandbox is off where others reach the shop; for a trial: --sandbox"}});
        rooms_.site.takes_mail = world_.smtp != nullptr || takes_mail_;
        rooms_.letters.smtp = world_.smtp;
        rooms_.guard.smtp = world_.smtp;
        rooms_.guard.mail_from = mail_from_;
        outbox_.on(std::string(letters::mail_kind),
                   [this](const outbox::Promise& promise) { return letters::keep_mail(rooms_.letters, promise); });
        outbox_.on(std::string(guard::mail_kind),
                   [this](const outbox::Promise& promise) { return guard::keep_mail(rooms_.guard, promise); });
        outbox_.on(
            std::string(webhooks::promise_kind), [this](const outbox::Promise& promise) { return webhooks::keep(rooms_.site, promise); },
            outbox::webhook_waits);
        outbox_.on(
            std::string(links::import_kind), [this](const outbox::Promise& promise) { return links::keep_import(rooms_.links, promise); },
            links::import_waits);
        outbox_.on(std::string(stock::left_changed_kind), [this](const outbox::Promise& promise) { return on_left_changed(promise); });
        outbox_.on(std::string(snippets::changed_kind), [this](const outbox::Promise& promise) { return on_snippet_changed(promise); });
        outbox_.on(std::string(payments::Sandbox::webhook_kind), sandbox_.webhook_sender([this](const payments::Delivery& delivery) {
            return payments::receive(rooms_.payments, "sandbox", delivery);
        }));
        outbox_.on(std::string(payments::fact_kind), [this](const outbox::Promise& promise) { return on_payment_fact(promise); });
        outbox_.on(std::string(payments::refund_kind),
                   [this](const outbox::Promise& promise) { return payments::send_refund(world_.db, rooms_.providers, promise); });
        rooms_.payments.keep_promises = [this]() -> Task<Status> {
            auto& here = co_await current_executor;
            co_return co_await keep_promises(here);
        };
    }

    Task<Status> on_left_changed(outbox::Promise promise) {
        const auto payload = wire::read_json(promise.payload);
        check(payload.ok());
        // Named: g++ 12 destroys a braced temporary of a co_await expression twice.
        const Id<access::Shop> shop{promise.shop_id};
        const Id<catalog::Product> product{payload->find("product")->text()};
        co_return co_await live::announce_stock(rooms_.site, shop, product);
    }

    Task<Status> on_snippet_changed(outbox::Promise promise) {
        const auto payload = wire::read_json(promise.payload);
        check(payload.ok());
        const Id<catalog::Product> product{payload->find("product")->text()};
        const auto all = directory_.all();
        const auto found = std::ranges::find(all, promise.shop_id, [](const auto& one) -> const std::string& { return one->shop.id.text; });
        if (found == all.end()) co_return Status();  // it is no more
        auto tenant = *found;
        co_return co_await live::announce_snippet(rooms_.site, std::move(tenant), product);
    }

    Task<Status> on_payment_fact(outbox::Promise promise) {
        const auto now = world_.clock.now();
        auto sold_in = co_await world_.db.write([&](store::Tx& tx) -> Result<std::vector<Id<live::Session>>> {
            const auto fact = TRY(payments::read_fact(tx, promise));
            TRY(orders::on_payment(tx, fact, now, world_.random));
            std::vector<Id<live::Session>> sessions;
            for (const auto number : TRY(orders::sessions_of_payment(tx, fact.event.shop, fact.payment.id))) {
                if (const auto session = TRY(live::find_numbered(tx, fact.event.shop, number))) sessions.push_back(session->id);
            }
            return sessions;
        });
        if (!sold_in) co_return sold_in.error();
        for (const auto& session : *sold_in) live::announce_order(rooms_.site, session);
        co_return Status();
    }

    // A kept promise may make another one (a webhook a fact, a fact a count on the overlay): a few rounds settle a sale.
    Task<Status> keep_promises(Executor& here) {
        for (int round = 0; round < promise_rounds_max; ++round) {
            auto ran = co_await outbox_.run_due(here, world_.clock.now());
            if (!ran) co_return ran.error();
            if (ran->kept == 0) break;
        }
        co_return Status();
    }
    static constexpr int promise_rounds_max = 4;

    // A changed list takes effect at the next step; a file that cannot be read is told once.
    struct ListFile {
        std::string path;
        links::DenyList& list;
        std::string_view read_event, failed_event;
        bool told = false;
    };
    void read_list(ListFile& file) {
        if (file.path.empty()) return;
        const auto changed = file.list.reload(file.path);
        if (changed && *changed) {
            rooms_.link_cache.forget_all();
            world_.log.info(file.read_event, {{"hosts", static_cast<std::int64_t>(file.list.size())}});
        }
        if (!changed && !file.told) world_.log.error(file.failed_event, {{"text", changed.error().text}});
        file.told = !changed;
    }

    // The totals of the click log, and once an hour its seals. Under load a step adds up what several steps wrote: one row then takes many
    // clicks. What is written is safe already.
    Task<Status> add_up_clicks(Instant now) {
        const auto noted = rooms_.clicks.noted_total();
        const bool busy = noted - clicks_at_last_step_ > busy_clicks;
        clicks_at_last_step_ = noted;
        if (!busy || now - added_up_ >= add_up_every) {
            added_up_ = now;
            for (int turn = 0; turn < roll_turns_max; ++turn) {
                std::vector<telemetry::RolledUp> heard;
                auto rolled = co_await world_.db.write([&](store::Tx& tx) {
                    heard.clear();
                    return telemetry::roll_up(tx, blocks_per_turn, [&](const telemetry::RolledUp& one) -> Status {
                        heard.push_back(one);
                        return {};
                    });
                });
                if (!rolled && rolled.error().fault != Fault::conflict) co_return rolled.error();
                for (const auto& one : heard) {
                    for (const auto& [link, n] : one.clicks) clicked_[one.shop][link] += n;
                }
                if (!rolled || *rolled < blocks_per_turn) break;
            }
        }
        if (!clicked_.empty() && now - told_clicked_ >= tell_clicked_every) {
            auto told = co_await world_.db.write([&](store::Tx& tx) { return tell_clicked(tx, now); });
            if (!told) co_return told.error();
            told_clicked_ = now;
            clicked_.clear();
        }
        if (sealed_hour_ != now.us / hours(1).us) {
            std::optional<telemetry::ChainName> behind = telemetry::ChainName();
            while (behind) {
                auto sealed = co_await world_.db.write([&](store::Tx& tx) { return telemetry::seal_chains(tx, directory_, *behind, now); });
                if (!sealed) co_return sealed.error();
                behind = std::move(*sealed);
            }
            sealed_hour_ = now.us / hours(1).us;
        }
        co_return Status();
    }
    // Counts, as the log has them: nobody who clicked is in it. Once a minute, so that a busy link does not fill its shop's outbox.
    Status tell_clicked(store::Tx& tx, Instant now) const {
        for (const auto& [shop_id, clicks] : clicked_) {
            const Id<access::Shop> shop{shop_id};
            wire::Json::Array links;
            std::int64_t part = 0;
            const auto tell = [&]() -> Status {
                auto data = wire::Json::object({{"links", std::exchange(links, {})}});
                const auto key = std::to_string(now.us) + "." + std::to_string(part++);
                return webhooks::tell(tx, shop, {.type = "link.clicked", .key = key, .data = std::move(data)}, now);
            };
            for (const auto& [number, n] : clicks) {
                links.push_back(wire::Json::object({{"number", number}, {"clicks", n}}));
                if (links.size() == links_per_event) TRY(tell());
            }
            if (!links.empty()) TRY(tell());
        }
        return {};
    }
    static constexpr std::int64_t blocks_per_turn = 200;
    static constexpr int roll_turns_max = 20;  // of one step: others wait for it
    static constexpr std::size_t links_per_event = 500;
    static constexpr Duration tell_clicked_every = minutes(1);
    static constexpr std::int64_t busy_clicks = 2'000;  // in a step of a quarter of a second
    static constexpr Duration add_up_every = seconds(5);

    // Mails and webhooks wait for others, and no step waits for them: of mails one round at a time, of webhooks as many turns as there may
    // be.
    void keep_slow_promises(Executor& here) {
        keep_lane(here, outbox_.run_receivers(here, world_.clock), {});
        const auto now = world_.clock.now();
        if (!std::exchange(mails_under_way_, true))
            keep_lane(here, outbox_.run_due(here, now, outbox::Lane::mails), [this] { mails_under_way_ = false; });
        if (!std::exchange(work_under_way_, true))
            keep_lane(here, outbox_.run_due(here, now, outbox::Lane::work), [this] { work_under_way_ = false; });
    }
    void keep_lane(Executor& here, Task<Result<outbox::Ran>> run, std::function<void()> ended) {
        ++others_under_way_;
        start<Result<outbox::Ran>>(here, std::move(run), [this, ended = std::move(ended)](Result<outbox::Ran> ran) {
            if (!ran) world_.log.error("outbox_failed", {{"text", ran.error().text}});
            if (ended) ended();
            one_settled();
        });
    }

    // Looking at other people's pages takes as long as they like: one step at a time, beside the clockwork's.
    void step_guard(Executor& here, Instant now) {
        if (guard_under_way_ || now - guard_stepped_ < guard::step_every) return;
        guard_under_way_ = true;
        guard_stepped_ = now;
        ++others_under_way_;
        start<Status>(here, guard::step(rooms_.guard), [this](Status stepped) {
            if (!stepped) world_.log.error("guard_failed", {{"text", stepped.error().text}});
            guard_under_way_ = false;
            one_settled();
        });
    }
    void one_settled() {
        if (--others_under_way_ == 0 && settled_) std::exchange(settled_, {})(true);
    }

    // One shop a step, in turn, and before the first the operator's own: what is old and in nobody's way.
    Task<Status> forget_old(Instant now) {
        const auto shops = directory_.all();
        if (shops.empty()) co_return Status();
        const auto turn = next_to_forget_++ % shops.size();
        if (turn == 0) {
            const auto operators_own = co_await world_.db.write([&](store::Tx& tx) -> Status {
                TRY(access::forget_logins(tx, operators(), now));
                return access::forget_audit(tx, operators(), now - audit_kept_for);
            });
            if (!operators_own) co_return operators_own;
        }
        const auto& tenant = shops[turn];
        const auto forgot =
            co_await world_.db.write([&](store::Tx& tx) { return checkout::forget_holds(tx, tenant->shop.id, now - days(1)); });
        if (!forgot) co_return forgot;
        co_return co_await world_.db.write([&](store::Tx& tx) -> Status {
            const auto& shop = tenant->shop.id;
            TRY(letters::forget_unconfirmed(tx, shop, now));
            TRY(links::forget_removed(tx, shop, now));
            TRY(links::import::forget_kept(tx, shop, now));
            TRY(pages::forget_removed(tx, shop, now));
            TRY(drafts::forget(tx, shop, now));
            TRY(outbox::forget(tx, shop.text, now - promises_kept_for));
            TRY(access::forget_logins(tx, shop, now));
            TRY(access::forget_audit(tx, shop, now - audit_kept_for));
            TRY(stock::forget_told(tx, shop, now - promises_kept_for));
            return links::forget_days(tx, shop, telemetry::kept_from(now, click_months_));
        });
    }

    static constexpr Duration promises_kept_for = days(30);  // as long as Home shows one that was given up
    static constexpr Duration audit_kept_for = days(762);    // as long as clicks: twenty-five months

    // Once a day, a shop a step: files that a crash left without a row.
    Task<Status> sweep_media(Instant now) {
        if (now.day() != swept_day_) {
            swept_day_ = now.day();
            next_to_sweep_ = 0;
        }
        const auto shops = directory_.all();
        if (world_.workshop == nullptr || next_to_sweep_ >= shops.size()) co_return Status();
        const auto& tenant = shops[next_to_sweep_++];
        const auto& folder = world_.workshop->folder();
        const auto found = co_await world_.db.read([&](store::Tx& tx) { return uploads::orphans(tx, tenant->shop.id, folder, now); });
        if (!found) co_return found.error();
        uploads::remove_files(*found);
        if (!found->empty())
            world_.log.warning("media_swept", {{"shop", tenant->shop.id.text}, {"files", static_cast<std::int64_t>(found->size())}});
        co_return Status();
    }

    // Once an hour, shop after shop: clicks that are older than the months kept. A few bounded steps in each of the clockwork's.
    Task<Status> let_clicks_go(Instant now) {
        if (now.us / hours(1).us != let_go_hour_) {
            let_go_hour_ = now.us / hours(1).us;
            next_to_let_go_ = 0;
        }
        const auto shops = directory_.all();
        for (int step = 0; step < let_go_steps_max && next_to_let_go_ < shops.size(); ++step) {
            const auto& tenant = shops[next_to_let_go_];
            const auto more = co_await world_.db.write([&](store::Tx& tx) { return telemetry::let_go(tx, *tenant, now, click_months_); });
            if (!more) co_return more.error();
            if (!*more) ++next_to_let_go_;
        }
        co_return Status();
    }
    static constexpr int let_go_steps_max = 8;

    // Requests may come in while nothing moves on: no hold ends, no payment is booked, no overlay hears. Then somebody should look.
    [[nodiscard]] http::Response health() const {
        const auto silent = world_.clock.now() - Instant{stepped_us_.load()};
        if (silent <= silent_max) return http::Response::text("ok\n").with("cache-control", "no-store");
        return http::Response::text("the clockwork made no good step for " + std::to_string(silent.us / seconds(1).us) +
                                        " s: the log says why, mostly the database\n",
                                    503)
            .with("cache-control", "no-store");
    }
    static constexpr Duration silent_max = seconds(10);  // forty steps

    World world_;
    const bool sandbox_may_be_used_;
    const std::string mail_from_;
    const bool takes_mail_;  // a form in a file is sent to the server
    const bool guard_looks_;
    const int click_months_;
    const bool tls_for_good_;  // browsers are told to come by TLS only: of a public name, never of localhost, which others use too
    access::Directory directory_;
    Rooms rooms_;
    ListFile deny_file_, watch_file_;  // of the clockwork alone, once it runs
    outbox::Outbox outbox_;
    payments::Sandbox sandbox_;
    http::Router router_;
    store::Ear ear_;                            // of hear alone
    std::atomic<std::int64_t> stepped_us_ = 0;  // the last good step of the clockwork
    std::size_t next_to_forget_ = 0;            // of the clockwork alone, as are the next twelve
    std::size_t next_to_let_go_ = 0, next_to_sweep_ = 0;
    std::int64_t swept_day_ = 0;
    std::int64_t let_go_hour_ = 0;
    std::int64_t clicks_at_last_step_ = 0;
    std::int64_t sealed_hour_ = 0;
    Instant added_up_, told_clicked_;
    std::map<std::string, std::map<std::int64_t, std::int64_t>> clicked_;  // by shop and link: not told to webhooks yet
    bool mails_under_way_ = false, work_under_way_ = false, guard_under_way_ = false;
    int others_under_way_ = 0;
    Instant guard_stepped_;
    Later<bool>::Answer settled_;
    std::vector<bus::Bus::Ear> ears_;  // last: they end before what they tell
};

}  // namespace

Result<std::unique_ptr<App>> App::open(const World& world, const Config& config, std::string authority, bool secure) {
    if (config.country_file.empty() && !config.country_header.empty() && config.trusted_proxies.empty())
        return fail(Fault::bad_input, "country_header is believed only when a proxy says it: name its address with trusted_proxies");
    auto countries = TRY(telemetry::Countries::open(config.country_file, config.country_header));
    auto app = std::make_unique<WiredApp>(world, std::move(authority), secure, config, std::move(countries));
    TRY(app->open());
    return std::unique_ptr<App>(std::move(app));
}

}  // namespace barrow::app
