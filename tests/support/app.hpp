// TestApp: the whole app without sockets, on one thread, with a clock that moves when it is told to.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/app.hpp"
#include "floor/http/in_process.hpp"
#include "floor/media/workshop.hpp"
#include "rooms/access/login.hpp"
#include "rooms/access/shops.hpp"
#include "support/databases.hpp"
#include "support/fetcher.hpp"

namespace barrow::testing {

// Keeps what was published, in order.
class RecordingHub final : public http::EventHub {
public:
    void publish(std::string_view topic, const http::Event& event) override { published.emplace_back(std::string(topic), event); }
    [[nodiscard]] std::int64_t viewers(std::string_view topic) const override {
        const auto found = open.find(std::string(topic));
        return found == open.end() ? 0 : found->second;
    }
    std::vector<std::pair<std::string, http::Event>> published;
    std::map<std::string, std::int64_t> open;  // streams by topic, as a test would have them
};

// A browser that is logged in to one shop's studio.
struct Studio {
    std::string base;    // "" or "/@other"
    std::string cookie;  // "__Host-studio-mira=…"
    std::string csrf;
};

using Form = std::vector<std::pair<std::string, std::string>>;

class TestApp {
public:
    // A shop "mira" stands; it answers for every host. Files can be uploaded where the config names a media folder.
    explicit TestApp(Engine engine, app::Config config = {}, fetch::Smtp* smtp = nullptr);

    // One more shop, below /@slug.
    access::Shop make_shop(const std::string& slug);
    // Through a login link, as its owner does.
    Studio log_in(const access::Shop& shop);
    std::string make_key(const access::Shop& shop);
    [[nodiscard]] const access::Secrets& secrets() const { return secrets_; }

    http::Response get(const std::string& target) { return call({.target = target}); }
    http::Response get(const Studio& studio, const std::string& path);
    // With the session's csrf, when there is one.
    http::Response post(const Studio& studio, const std::string& path, Form form);
    // The API with a key ("" for none); `body` is JSON, "" for none.
    http::Response api(http::Method method, const std::string& target, const std::string& key, std::string body = "");
    http::Response call(http::Call call) { return http::call(front_, loop, std::move(call)); }

    // Hears what other programs changed in the database.
    void hear();
    // Steps the clockwork once: counts are written, promises kept, those that others are waited for with them.
    void tick();

    TestDatabase db;
    VirtualClock clock{Instant{1'795'000'000'000'000}};
    SeededRandom random{7};
    SilentLog log;
    std::unique_ptr<bus::Bus> bus = bus::open_in_process();
    RecordingHub events;
    ScriptedFetcher fetcher;
    Loop loop;
    std::unique_ptr<app::App> app;
    access::Shop mira;

private:
    void open();

    app::Config config_;
    std::unique_ptr<media::Workshop> workshop_;
    fetch::Smtp* smtp_;
    access::Secrets secrets_;
    http::Front front_;
};

// barrow-media, as it was built.
std::string media_program();
// The text between two marks, "" when they are not there.
std::string between(std::string_view text, std::string_view before, std::string_view after);
// The body, wherever it is held.
std::string body_of(const http::Response& response);
wire::Json json_of(const http::Response& response);

}  // namespace barrow::testing
