// One hot product, whole orders (stock, order, payment, outbox) through the batcher, durable: orders a second and how long a buyer
// waits. Beside it, in the same run, what the same engine does with one small commit after another: the limit without batching.
//   bench_order [--database URL] [--orders N] [--clients N] [--json]
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "floor/store/batch.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/ledger/ledger.hpp"
#include "rooms/orders/place.hpp"
#include "rooms/stock/stock.hpp"

namespace {

using namespace barrow;
using Batches = store::Batcher<orders::Place, orders::Receipt>;

struct Wanted {
    std::string database;
    long orders = 20'000, clients = 256;
    bool json = false;
};

Wanted read(int argc, char** argv) {
    Wanted wanted;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto value = [&] { return i + 1 < argc ? std::string(argv[++i]) : std::string(); };
        if (word == "--database")
            wanted.database = value();
        else if (word == "--orders")
            wanted.orders = std::clamp(std::atol(value().c_str()), 1L, 1'000'000L);
        else if (word == "--clients")
            wanted.clients = std::clamp(std::atol(value().c_str()), 1L, 4'096L);
        else if (word == "--json")
            wanted.json = true;
        else {
            std::fprintf(stderr, "bench_order: there is no option %s; there are --database, --orders, --clients, --json\n", word.c_str());
            std::exit(2);
        }
    }
    return wanted;
}

double seconds_since(std::chrono::steady_clock::time_point began) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

// Each client places one order after another; an answer starts its next one.
class Run {
public:
    Run(Batches& batches, const access::Shop& shop, catalog::Product product, long orders)
        : batches_(batches), shop_(shop), product_(std::move(product)), left_(orders) {
        waits_us_.reserve(static_cast<std::size_t>(orders));
    }

    double go(long clients) {
        const auto began = std::chrono::steady_clock::now();
        for (long i = 0; i < clients; ++i) next();
        Lock lock(mutex_);
        while (under_way_ > 0) all_done_.wait(mutex_);
        return seconds_since(began);
    }
    double percentile_ms(double part) {
        std::ranges::sort(waits_us_);
        return waits_us_.empty() ? 0
                                 : static_cast<double>(waits_us_[std::min(
                                       waits_us_.size() - 1, static_cast<std::size_t>(part * static_cast<double>(waits_us_.size())))]) /
                                       1e3;
    }
    [[nodiscard]] long placed() const { return placed_; }

private:
    // Goes on where the answer came: on the batcher's own thread.
    struct Inline final : Executor {
        void post(std::function<void()> work) override { work(); }
    };

    Task<bool> one(orders::Place place, std::chrono::steady_clock::time_point began) {
        auto receipt = co_await batches_.add(shop_.id.text, std::move(place));
        const auto waited = static_cast<long>(seconds_since(began) * 1e6);
        const Lock lock(mutex_);
        waits_us_.push_back(waited);
        if (receipt) ++placed_;
        co_return receipt.ok();
    }

    void next() {
        {
            const Lock lock(mutex_);
            if (left_ == 0) {
                if (under_way_ == 0) all_done_.notify_all();
                return;
            }
            --left_;
            ++under_way_;
        }
        const auto now = clock_.now();
        checkout::Item item{.product = product_, .pieces = 1};
        orders::Place place{.shop = shop_.id,
                            .id = Id<orders::Order>::make(now, random_),
                            .idempotency_key = random_.token(16),
                            .token = random_.token(18),
                            .payment = Id<payments::Payment>::make(now, random_),
                            .provider = "sandbox",
                            .buyer = {.key = "", .email = "a@b.example", .name = "A", .address = "Kai 3"},
                            .total = checkout::total(std::span(&item, 1), shop_.currency).value(),
                            .sources = {orders::Source{}}};
        start<bool>(inline_, one(std::move(place), std::chrono::steady_clock::now()), [this](bool) {
            {
                const Lock lock(mutex_);
                --under_way_;
            }
            next();
        });
    }

    Batches& batches_;
    const access::Shop& shop_;
    catalog::Product product_;
    Inline inline_;
    SystemClock clock_;
    SystemRandom random_;
    Mutex mutex_;
    Condition all_done_;
    long left_ guarded_by(mutex_);
    long under_way_ guarded_by(mutex_) = 0;
    long placed_ = 0;
    std::vector<long> waits_us_;
};

}  // namespace

int main(int argc, char** argv) {
    const auto wanted = read(argc, argv);
    const auto folder = std::filesystem::temp_directory_path() / ("barrow-bench-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    const auto url = wanted.database.empty() ? "sqlite:" + (folder / "bench.db").string() : wanted.database;
    SystemClock clock;
    SystemRandom random;
    auto opened = store::Database::open(url);
    if (!opened) {
        std::fprintf(stderr, "bench_order: %s\n", opened.error().text.c_str());
        return 1;
    }
    auto& db = **opened;
    if (const auto migrated = db.migrate(); !migrated) {
        std::fprintf(stderr, "bench_order: %s\n", migrated.error().text.c_str());
        return 1;
    }
    const access::Secrets secrets(std::array<std::uint8_t, 32>{1});
    access::Shop shop;
    catalog::Product product{.slug = "lamp", .name = "Lamp", .price = {2400, euro}, .tax_basis_points = 1900};
    db.write_now([&](store::Tx& tx) -> Status {
          shop = TRY(access::make_shop(tx, {.slug = "bench-" + std::to_string(::getpid()), .name = "Bench"}, secrets, clock.now(), random));
          product = TRY(catalog::add(tx, shop, product, clock.now(), random));
          TRY(stock::receive(tx, shop.id, product.id, wanted.orders, "opening", clock.now()));
          return {};
      }).release();

    // The limit without batching: one small commit after another, for a second.
    long commits = 0;
    const auto began = std::chrono::steady_clock::now();
    while (seconds_since(began) < 1) {
        db.write_now([&](store::Tx& tx) { return access::note_audit(tx, shop.id, "bench", "commit", "", clock.now(), random); }).release();
        ++commits;
    }
    const double commits_per_s = static_cast<double>(commits) / seconds_since(began);

    Batches batches(db, [&](store::Tx& tx, std::span<const orders::Place> places) { return orders::place(tx, places, clock.now()); });
    Run run(batches, shop, product, wanted.orders);
    const double took = run.go(wanted.clients);
    const double orders_per_s = static_cast<double>(run.placed()) / took;
    const auto left =
        db.read_now([&](store::Tx& tx) { return stock::find(tx, shop.id, stock::open_allotment(product.id)); }).value().left_count;
    const char* engine = db.engine() == store::Database::Engine::sqlite ? "sqlite" : "postgres";
    if (wanted.json) {
        std::printf(
            "{\"engine\": \"%s\", \"orders\": %ld, \"clients\": %ld, \"orders_per_s\": %.0f, \"p50_ms\": %.1f, \"p99_ms\": %.1f, "
            "\"single_commits_per_s\": %.0f, \"left\": %ld}\n",
            engine, run.placed(), wanted.clients, orders_per_s, run.percentile_ms(0.5), run.percentile_ms(0.99), commits_per_s,
            static_cast<long>(left));
    } else {
        std::printf("%s: %ld orders by %ld clients in %.2f s: %.0f orders/s, p50 %.1f ms, p99 %.1f ms; left %ld\n", engine, run.placed(),
                    wanted.clients, took, orders_per_s, run.percentile_ms(0.5), run.percentile_ms(0.99), static_cast<long>(left));
        std::printf("one commit after another on the same engine: %.0f/s; orders are %.1f × that\n", commits_per_s,
                    orders_per_s / commits_per_s);
    }
    std::filesystem::remove_all(folder);
    return run.placed() == wanted.orders && left == 0 ? 0 : 1;
}
