#include "app/app.hpp"

#include <set>

#include "app/metrics.hpp"
#include "app/rooms.hpp"
#include "floor/outbox/outbox.hpp"
#include "rooms/live/live_http.hpp"

namespace barrow::app {
namespace {

class WiredApp final : public App {
public:
    WiredApp(const World& world, std::string authority, bool secure, bool test_mode)
        : world_(world),
          directory_(world.secrets),
          rooms_{.site = {.db = world.db, .clock = world.clock, .random = world.random, .log = world.log, .secrets = world.secrets, .directory = directory_,
                          .events = world.events, .authority = std::move(authority), .secure = secure, .test_mode = test_mode},
                 .holds = {world.db, [this](store::Tx& tx, std::span<const checkout::Hold> wanted) { return checkout::hold(tx, wanted, world_.clock.now()); }}},
          outbox_(world.db, world.log) {}

    Status open() {
        TRY(world_.db.migrate());
        TRY(directory_.reload(world_.db));
        TRY(world_.db.write_now([this](store::Tx& tx) { return rooms_.salt.renew(tx, world_.clock.now(), world_.random); }));
        rooms_.checkout.stock_changed = [this](const Id<access::Shop>& shop, const Id<catalog::Product>& product) { note_changed(shop, product); };
        add_routes(router_, rooms_);
        router_.add({http::Method::get, "/metrics", http::Quick([this](http::Request&) { return metrics(world_, rooms_, server_counters); })});
        wire_rooms();
        return {};
    }

    http::Front front() override {
        return {.find = [this](http::Request& request, http::Response& answer) {
                    access::strip_shop(request);
                    return http::find_route(router_, request, answer);
                },
                .finish = [](const http::Request&, http::Response& response) {
                    response.headers.emplace_back("x-content-type-options", "nosniff");
                }};
    }

    const http::Router& router() const override { return router_; }

    Task<Status> tick(Executor& here) override {
        const auto now = world_.clock.now();
        auto flushed = co_await rooms_.counters.flush(world_.db);
        if (!flushed) world_.log.error("counts_not_written", {{"text", flushed.error().text}});
        if (rooms_.salt.day() != now.day()) {
            auto renewed = co_await world_.db.write([this, now](store::Tx& tx) { return rooms_.salt.renew(tx, now, world_.random); });
            if (!renewed) world_.log.error("day_salt_not_renewed", {{"text", renewed.error().text}});
        }
        auto ran = co_await outbox_.run_due(here, now);
        if (!ran) world_.log.error("outbox_failed", {{"text", ran.error().text}});
        auto expired = co_await let_go_of_expired(now);
        if (!expired) world_.log.error("expiry_failed", {{"text", expired.error().text}});
        for (const auto& [shop, product] : take_changed()) {
            auto told = co_await live::announce_stock(rooms_.site, {shop}, {product});
            if (!told) world_.log.warning("announce_failed", {{"shop", shop}, {"text", told.error().text}});
        }
        co_return Status();
    }

    Result<wire::Json> command(std::string_view name, const wire::Json& arguments) override {
        Desk desk{.db = world_.db, .secrets = world_.secrets, .directory = directory_, .clock = world_.clock, .random = world_.random,
                  .authority = rooms_.site.authority, .secure = rooms_.site.secure,
                  .changed = [this](const Id<access::Shop>& shop) { rooms_.link_cache.forget(shop); }};
        return run_command(desk, name, arguments);
    }

private:
    // Lower rooms write facts and promises; here the higher rooms are subscribed to them.
    void wire_rooms() {}

    void note_changed(const Id<access::Shop>& shop, const Id<catalog::Product>& product) {
        const Lock lock(mutex_);
        changed_.emplace(shop.text, product.text);
        if (wake) wake();
    }
    std::set<std::pair<std::string, std::string>> take_changed() {
        const Lock lock(mutex_);
        return std::exchange(changed_, {});
    }

    Task<Status> let_go_of_expired(Instant now) {
        auto freed = co_await world_.db.write([now](store::Tx& tx) -> Result<std::vector<std::pair<std::string, stock::Freed>>> {
            std::vector<std::pair<std::string, stock::Freed>> all;
            for (const auto& shop : TRY(stock::shops_with_due_claims(tx, now, 100))) {
                for (auto& one : TRY(stock::expire_due(tx, shop, now))) all.emplace_back(shop.text, std::move(one));
                TRY(checkout::forget_holds(tx, shop, now - days(1)));
            }
            return all;
        });
        if (!freed) co_return freed.error();
        for (const auto& [shop, one] : *freed) note_changed({shop}, one.product);
        co_return Status();
    }

    World world_;
    access::Directory directory_;
    Rooms rooms_;
    outbox::Outbox outbox_;
    http::Router router_;
    Mutex mutex_;
    std::set<std::pair<std::string, std::string>> changed_ guarded_by(mutex_);
};

}  // namespace

Result<std::unique_ptr<App>> App::open(const World& world, const Config& config, std::string authority, bool secure) {
    auto app = std::make_unique<WiredApp>(world, std::move(authority), secure, config.test_mode);
    TRY(app->open());
    return std::unique_ptr<App>(std::move(app));
}

}  // namespace barrow::app
