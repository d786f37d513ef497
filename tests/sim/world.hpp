// World: the whole App on one thread, with a clock that is told to move, chance from a seed, a provider that fails, and a
// process that can die at any point where it waits. What is posted runs in an order that the seed chooses.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/app.hpp"
#include "floor/base/random.hpp"
#include "floor/base/task.hpp"
#include "floor/http/event_hub.hpp"
#include "floor/http/in_process.hpp"
#include "floor/store/store.hpp"
#include "rooms/payments/sandbox.hpp"
#include "support/fetcher.hpp"

namespace barrow::sim {

// Runs posted functions one at a time, the next one by lot.
class Lottery final : public Executor {
public:
    explicit Lottery(SeededRandom& chance) : chance_(chance) {}
    void post(std::function<void()> work) override { queue_.push_back(std::move(work)); }
    bool run_one();  // false: nothing is left
    // What was under way never goes on. It is kept: a coroutine that is thrown away would still run its destructors.
    void abandon();

private:
    SeededRandom& chance_;
    std::vector<std::function<void()>> queue_;
};

class EventsSeen final : public http::EventHub {
public:
    void publish(std::string_view topic, const http::Event& event) override;
    [[nodiscard]] std::int64_t viewers(std::string_view) const override { return 0; }
    std::int64_t count = 0;
    std::map<std::string, std::int64_t> by_name;
    std::map<std::string, http::Event> last_stock;  // by topic
};

class WarningsSeen final : public Log {
public:
    void write(Level level, std::string_view event, std::initializer_list<LogField> fields) override;
    std::vector<std::string> errors;
    std::map<std::string, std::int64_t> by_event;
};

// The sandbox behind a bad line: in `percent` of the calls it does nothing, or does it and answers with an error all the same.
class UnsureProvider final : public payments::Provider {
public:
    UnsureProvider(store::Database& db, const std::array<std::uint8_t, 32>& key, const Clock& clock, SeededRandom& chance,
                   const int& percent)
        : sandbox_(db, key, clock), chance_(chance), percent_(percent) {}

    [[nodiscard]] std::string_view name() const override { return "sandbox"; }
    Task<Result<payments::Begun>> create(const payments::Payment& payment, const std::string& return_url) override;
    Task<Status> capture(const payments::Payment& payment) override;
    Task<Status> refund(const payments::Payment& payment, const payments::Refund& refund) override;
    Task<Status> answer_dispute(const payments::Payment& payment, const payments::Dispute& dispute, const std::string& evidence) override;
    Result<payments::Event> read_webhook(const payments::Delivery& delivery, Instant now) override;

    std::vector<payments::Delivery> heard;  // the last ones, to be told again

private:
    enum class Trouble : std::uint8_t { none, before, after };
    Trouble trouble();
    payments::Sandbox sandbox_;
    SeededRandom& chance_;
    const int& percent_;
};

class World {
public:
    static constexpr std::string_view authority = "localhost:8080";

    World(std::string database_url, std::uint64_t seed, store::Observer observer = {});
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    void open();   // database and app, as a starting program does
    void crash();  // both are gone, and all that was under way

    enum class Tick : std::uint8_t { no, with_them };
    // All at once, on one thread, in the order of the lot. With `steps_max` the process dies after so many steps, or when all
    // have their answer: who has none by then gets none.
    std::vector<std::optional<http::Response>> ask(std::vector<http::Call> calls, Tick tick = Tick::no,
                                                   std::optional<std::int64_t> steps_max = {});
    http::Response ask(http::Call call);
    void tick();

    app::App& app() { return *app_; }
    store::Database& db() { return *db_; }
    UnsureProvider& provider() { return *provider_; }
    [[nodiscard]] const access::Secrets& secrets() const { return secrets_; }
    [[nodiscard]] std::array<std::uint8_t, 32> webhook_key() const { return secrets_.derive({}, "sandbox webhook"); }

    VirtualClock clock{Instant{1'795'000'000'000'000}};  // an afternoon in November 2026
    SeededRandom chance;                                 // what the players do
    EventsSeen events;
    std::unique_ptr<bus::Bus> bus_ = bus::open_in_process();
    WarningsSeen log;
    testing::ScriptedFetcher fetcher;  // the web is empty
    int provider_trouble_percent = 0;

private:
    std::string url_;
    store::Observer observer_;
    SeededRandom random_;  // what the product draws
    access::Secrets secrets_;
    Lottery lottery_{chance};
    std::unique_ptr<store::Database> db_;
    std::unique_ptr<UnsureProvider> provider_;
    std::unique_ptr<app::App> app_;
    http::Front front_;
};

// ---- what a browser does ------------------------------------------------------------------------------------------------

using Fields = std::vector<std::pair<std::string, std::string>>;
std::string encode_form(const Fields& fields);
http::Call get(std::string target);
http::Call post(std::string target, const Fields& fields);

struct Form {
    std::string action;
    Fields fields;  // inputs with their values, selects with their first choice
    [[nodiscard]] std::string value(std::string_view name) const;
    void set(std::string_view name, std::string value);
};
// The first form of the page whose action ends so.
std::optional<Form> find_form(std::string_view html, std::string_view action_ending);
// The first href in the page that begins so.
std::optional<std::string> find_link(std::string_view html, std::string_view beginning);

// Logs in by a link of the command, and acts.
class Owner {
public:
    explicit Owner(World& world) : world_(world) {}
    void log_in();
    http::Response see(std::string target);
    // Sends a form of a studio page; its csrf is added where the fields have none.
    http::Response act(std::string target, Fields fields = {});

private:
    World& world_;
    std::string cookie_, csrf_;
};

}  // namespace barrow::sim
