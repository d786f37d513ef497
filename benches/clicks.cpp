// A million links in memory, and ten million clicks noted, written, added up and audited: bytes a link, how long a look-up takes, clicks a
// second, and whether one is lost.
//   bench_clicks [--database URL] [--links N] [--clicks N] [--json]
#include "rooms/telemetry/clicks.hpp"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "rooms/access/shops.hpp"
#include "rooms/links/follow.hpp"

namespace {

using namespace barrow;

struct Wanted {
    std::string database;
    long links = 1'000'000, clicks = 10'000'000;
    bool json = false;
};

Wanted read(int argc, char** argv) {
    Wanted wanted;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto value = [&] { return i + 1 < argc ? std::string(argv[++i]) : std::string(); };
        if (word == "--database")
            wanted.database = value();
        else if (word == "--links")
            wanted.links = std::clamp(std::atol(value().c_str()), 1L, 1'000'000L);
        else if (word == "--clicks")
            wanted.clicks = std::clamp(std::atol(value().c_str()), 1L, 100'000'000L);
        else if (word == "--json")
            wanted.json = true;
        else {
            std::fprintf(stderr, "bench_clicks: there is no option %s; there are --database, --links, --clicks, --json\n", word.c_str());
            std::exit(2);
        }
    }
    return wanted;
}

double seconds_since(std::chrono::steady_clock::time_point began) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

template <class T>
T must(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "bench_clicks: %s\n", result.error().text.c_str());
        std::exit(1);
    }
    return std::move(result).value();
}
void must(const Status& status) {
    if (status) return;
    std::fprintf(stderr, "bench_clicks: %s\n", status.error().text.c_str());
    std::exit(1);
}

struct InMemory {
    double bytes_a_link = 0, ns_a_look_up = 0;
};
// Slugs of ten characters, targets of fifty-odd, as creators have them.
InMemory fill(links::Cache& cache, const Id<access::Shop>& shop, long links, Instant now) {
    const auto before = mallinfo2().uordblks + mallinfo2().hblkhd;
    for (long i = 0; i < links; ++i) {
        const auto number = std::to_string(1'000'000 + i);
        cache.keep(shop, "lnk" + number, {.number = i + 1, .target = "https://shop.example/products/tide-lamp-of-autumn?n=" + number}, now,
                   cache.epoch());
    }
    const auto after = mallinfo2().uordblks + mallinfo2().hblkhd;
    constexpr long look_ups = 2'000'000;
    std::uint64_t at = 7;
    const auto began = std::chrono::steady_clock::now();
    long found = 0;
    for (long i = 0; i < look_ups; ++i) {
        at = at * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
        const auto number = 1'000'000 + static_cast<long>((at >> 33U) % static_cast<std::uint64_t>(links));
        if (cache.find(shop, "lnk" + std::to_string(number), now)) ++found;
    }
    check(found == look_ups);
    return {.bytes_a_link = static_cast<double>(after - before) / static_cast<double>(links),
            .ns_a_look_up = seconds_since(began) * 1e9 / look_ups};
}

Task<Status> flush(telemetry::Clicks& clicks, store::Database& db, Instant now) { co_return co_await clicks.flush(db, now); }

}  // namespace

int main(int argc, char** argv) {
    const auto wanted = read(argc, argv);
    const auto folder = std::filesystem::temp_directory_path() / ("barrow-bench-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    const auto url = wanted.database.empty() ? "sqlite:" + (folder / "clicks.db").string() : wanted.database;
    SystemRandom random;
    SystemClock clock;
    {
        auto db = must(store::Database::open(url));
        must(db->migrate());
        std::array<std::uint8_t, 32> key{};
        random.fill(key);
        const access::Secrets secrets(key);
        const auto shop = must(db->write_now([&](store::Tx& tx) {
            return access::make_shop(tx, {.slug = "bench-" + std::to_string(getpid()), .name = "Bench"}, secrets, clock.now(), random);
        }));
        links::Cache cache;
        const auto memory = fill(cache, shop.id, wanted.links, clock.now());

        // Two threads note as fast as they can; a third writes four times a second, as the clockwork does.
        telemetry::Clicks clicks(random.token(9));
        std::atomic<int> noting = 2;
        const auto began = std::chrono::steady_clock::now();
        std::vector<std::thread> crowd;
        for (int half = 0; half < 2; ++half) {
            crowd.emplace_back([&, half] {
                std::uint64_t at = 11 + static_cast<std::uint64_t>(half);
                const long mine = wanted.clicks / 2 + (half == 0 ? wanted.clicks % 2 : 0);
                for (long i = 0; i < mine; ++i) {
                    at = at * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
                    // Ten thousand links, some far more than others; four apps, three countries.
                    const auto draw = at >> 40U;
                    clicks.note({.shop = shop.id.text,
                                 .link = static_cast<std::int64_t>((draw % 100) * (draw / 128 % 100)) + 1,
                                 .device = telemetry::Device::phone,
                                 .os = telemetry::Os::ios,
                                 .app = static_cast<telemetry::App>(at >> 35U & 3U),
                                 .country = (at >> 37U & 1U) != 0 ? "DE" : "AT"});
                }
                --noting;
            });
        }
        Loop loop;
        std::int64_t rolled = 0;
        for (bool last = false; !last;) {
            last = noting == 0;
            must(loop.wait(flush(clicks, *db, clock.now())));
            rolled += must(db->write_now([](store::Tx& tx) { return telemetry::roll_up(tx); }));
            if (!last) std::this_thread::sleep_for(std::chrono::milliseconds(250));
        }
        for (auto& one : crowd) one.join();
        const auto noted_s = seconds_since(began);
        for (std::int64_t more = 1; more > 0; rolled += more)
            more = must(db->write_now([](store::Tx& tx) { return telemetry::roll_up(tx); }));
        const auto all_s = seconds_since(began);

        access::Directory directory(secrets);
        must(directory.reload(*db));
        const auto audit_began = std::chrono::steady_clock::now();
        const auto audit = must(db->read_now([&](store::Tx& tx) { return telemetry::audit(tx, *directory.by_slug(shop.slug), {}); }));
        const auto audit_s = seconds_since(audit_began);
        const auto lost = wanted.clicks - audit.clicks;
        if (wanted.json) {
            std::printf(
                "{\"links\":%ld,\"bytes_a_link\":%.0f,\"ns_a_look_up\":%.0f,\"clicks\":%ld,\"lost\":%ld,\"audit_good\":%s,"
                "\"clicks_s\":%.0f,\"seconds\":%.2f,\"added_up_s\":%.2f,\"audit_s\":%.2f,\"blocks\":%ld}\n",
                wanted.links, memory.bytes_a_link, memory.ns_a_look_up, wanted.clicks, static_cast<long>(lost),
                audit.good() ? "true" : "false", static_cast<double>(wanted.clicks) / noted_s, noted_s, all_s, audit_s,
                static_cast<long>(audit.blocks));
        } else {
            std::printf("%ld links in memory: %.0f bytes a link, %.0f ns a look-up\n", wanted.links, memory.bytes_a_link,
                        memory.ns_a_look_up);
            std::printf("%ld clicks: noted and written in %.2f s (%.0f a second), added up after %.2f s, %ld blocks\n", wanted.clicks,
                        noted_s, static_cast<double>(wanted.clicks) / noted_s, all_s, static_cast<long>(audit.blocks));
            std::printf("audit in %.2f s: %s, %ld lost\n", audit_s,
                        audit.good() ? "every total follows from the log" : audit.wrong[0].what.c_str(), static_cast<long>(lost));
        }
        if (lost != 0 || !audit.good()) return 1;
    }
    std::filesystem::remove_all(folder);
    return 0;
}
