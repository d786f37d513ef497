#include "app/metrics.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "floor/outbox/outbox.hpp"
#include "rooms/access/certificates.hpp"

namespace barrow::app {
namespace {

class Text {
public:
    void counter(std::string_view name, std::string_view help, std::int64_t value) {
        family(name, "counter", help);
        text_ += "barrow_" + std::string(name) + "_total " + std::to_string(value) + "\n";
    }
    void gauge(std::string_view name, std::string_view help, std::int64_t value) {
        family(name, "gauge", help);
        text_ += "barrow_" + std::string(name) + " " + std::to_string(value) + "\n";
    }
    std::string done() && { return std::move(text_) + "# EOF\n"; }

private:
    void family(std::string_view name, std::string_view type, std::string_view help) {
        text_ += "# HELP barrow_" + std::string(name) + " " + std::string(help) + "\n# TYPE barrow_" + std::string(name) + " " +
                 std::string(type) + "\n";
    }
    std::string text_;
};

}  // namespace

Task<http::Response> metrics(const World& world, const Rooms& rooms, std::function<http::Server::Counters()> server_counters,
                             Instant stepped) {
    const auto backlog = co_await world.db.read([](store::Tx& tx) { return outbox::backlog(tx); });
    const auto certificates = co_await world.db.read([](store::Tx& tx) { return access::certificate_states(tx); });
    Text text;
    text.gauge("up", "1 while the program answers", 1);
    text.gauge("postgres", "1 on PostgreSQL, 0 on SQLite", world.db.engine() == store::Database::Engine::postgres ? 1 : 0);
    text.gauge("database_answers", "1 while the database answered this page", backlog ? 1 : 0);
    text.gauge("clockwork_age_seconds", "since the clockwork's last good step", (world.clock.now() - stepped).us / seconds(1).us);
    if (backlog) {
        text.gauge("promises_due", "what was promised after a commit and is not kept yet", backlog->due);
        text.gauge("promises_given_up", "promises that were given up: payments, refunds and messages somebody should look at",
                   backlog->given_up);
    }
    if (certificates && !certificates->empty()) {
        const auto now = world.clock.now();
        std::int64_t failing = 0, least = std::numeric_limits<std::int64_t>::max();
        for (const auto& one : *certificates) {
            failing += one.needs_help() ? 1 : 0;
            if (one.is_there()) least = std::min(least, (one.not_after - now).us / seconds(1).us);
        }
        text.gauge("certificates", "certificates that Barrow asks for itself", static_cast<std::int64_t>(certificates->size()));
        text.gauge("certificates_failing", "those whose last try failed: see barrow domain list", failing);
        if (least < std::numeric_limits<std::int64_t>::max()) text.gauge("certificate_seconds_left", "until the first of them ends", least);
    }
    text.gauge("shops", "shops in the database", static_cast<std::int64_t>(rooms.site.directory.all().size()));
    text.counter("touches", "clicks and impressions counted since the start", rooms.counters.noted_total());
    if (server_counters) {
        const auto counters = server_counters();
        text.gauge("http_connections", "connections open now", counters.connections_open);
        text.counter("http_connections_opened", "connections taken since the start", counters.connections_total);
        text.counter("http_requests", "requests answered since the start", counters.requests_total);
        text.counter("http_refused", "requests refused by the server's limits", counters.refused_total);
        text.gauge("http_streams", "event streams open now", counters.streams_open);
        text.counter("http_bytes_out", "bytes sent since the start", counters.bytes_out_total);
    }
    http::Response response;
    response.headers = {{"content-type", "application/openmetrics-text; version=1.0.0; charset=utf-8"}, {"cache-control", "no-store"}};
    response.body = std::move(text).done();
    co_return response;
}

}  // namespace barrow::app
