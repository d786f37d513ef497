// A thousand snippets published, each of a product of its own: how long one takes, how long each surface takes to be made, and whether the
// newest words stand at the next request wherever all snippets stand: product page, embed, signed document and JSON feed; and on the live
// page those of the pinned one.
//   bench_publish [--database URL] [--snippets N] [--json]
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "app/app.hpp"
#include "floor/http/in_process.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/live/session.hpp"
#include "rooms/snippets/snippet.hpp"
#include "rooms/stock/stock.hpp"

namespace {

using namespace barrow;
using Watch = std::chrono::steady_clock;

struct Wanted {
    std::string database;
    long snippets = 1'000;
    bool json = false;
};

Wanted read(int argc, char** argv) {
    Wanted wanted;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto value = [&] { return i + 1 < argc ? std::string(argv[++i]) : std::string(); };
        if (word == "--database")
            wanted.database = value();
        else if (word == "--snippets")
            wanted.snippets = std::clamp(std::atol(value().c_str()), 1L, 1'000L);
        else if (word == "--json")
            wanted.json = true;
        else {
            std::fprintf(stderr, "bench_publish: there is no option %s; there are --database, --snippets, --json\n", word.c_str());
            std::exit(2);
        }
    }
    return wanted;
}

template <class T>
T must(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "bench_publish: %s\n", result.error().text.c_str());
        std::exit(1);
    }
    return std::move(*result);
}
void must(const Status& status) {
    if (!status) must(Result<int>(status.error()));
}

double us_since(Watch::time_point began) { return std::chrono::duration<double, std::micro>(Watch::now() - began).count(); }

struct Times {
    std::vector<double> us;
    double at(double part) {
        std::ranges::sort(us);
        return us.empty() ? 0 : us[std::min(us.size() - 1, static_cast<std::size_t>(part * static_cast<double>(us.size())))];
    }
};

class NoViewers final : public http::EventHub {
public:
    void publish(std::string_view, const http::Event&) override {}
    [[nodiscard]] std::int64_t viewers(std::string_view) const override { return 0; }
};

}  // namespace

int main(int argc, char** argv) {
    const auto wanted = read(argc, argv);
    const auto folder = std::filesystem::temp_directory_path() / ("barrow-bench-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    SystemClock clock;
    SystemRandom random;
    StderrLog log(clock);
    const auto db = must(store::Database::open(wanted.database.empty() ? "sqlite:" + (folder / "bench.db").string() : wanted.database));
    must(db->migrate());
    const access::Secrets secrets(std::array<std::uint8_t, 32>{1});
    access::Shop shop;
    std::vector<catalog::Product> products;
    must(db->write_now([&](store::Tx& tx) -> Status {
        shop = TRY(access::make_shop(tx, {.slug = "bench-" + std::to_string(::getpid()), .name = "Bench"}, secrets, clock.now(), random));
        for (long i = 0; i < wanted.snippets; ++i) {
            products.push_back(TRY(
                catalog::add(tx, shop, {.slug = "lamp-" + std::to_string(i), .name = "Lamp " + std::to_string(i), .price = {2400, euro}},
                             clock.now(), random)));
            TRY(stock::receive(tx, shop.id, products.back().id, 7, "opening", clock.now()));
        }
        const auto session = TRY(live::schedule(
            tx, shop, {.title = "Tuesday", .slug = "tuesday", .starts = clock.now(), .watch_url = "", .products = {products[0].id}},
            clock.now(), random));
        TRY(live::start(tx, shop.id, session.id, clock.now()));
        TRY(live::pin(tx, shop.id, session.id, products[0].id, clock.now()));
        return {};
    }));

    const auto bus = bus::open_in_process();
    const auto fetcher = fetch::open_fetcher();
    NoViewers nobody;
    const auto app = must(app::App::open(
        {.clock = clock, .random = random, .log = log, .db = *db, .bus = *bus, .events = nobody, .fetcher = *fetcher, .secrets = secrets},
        {}, "localhost:8080", false));
    const auto front = app->front();
    Loop loop;
    const auto get = [&](const std::string& target) { return http::call(front, loop, {.target = target}); };
    const auto body = [](const http::Response& response) { return response.shared_body ? *response.shared_body : response.body; };

    // The words of round `round`; the second round is what takes the place of the first.
    const auto title = [](long i, int round) { return (round == 1 ? "Light room " : "Warm room ") + std::to_string(i); };
    std::vector<Id<snippets::Snippet>> ids;
    Times published;
    for (long i = 0; i < wanted.snippets; ++i) {
        const auto began = Watch::now();
        ids.push_back(must(db->write_now([&](store::Tx& tx) {
                          return snippets::publish(
                              tx, shop,
                              {.slug = products[static_cast<std::size_t>(i)].slug,
                               .product = products[static_cast<std::size_t>(i)].id,
                               .publication = {.words = {.title = title(i, 1), .how = "By day and by night.", .action = "See it"}}},
                              secrets, clock.now(), random);
                      })).id);
        published.us.push_back(us_since(began));
    }

    struct Surface {
        const char* name;
        std::string path;     // "%" stands for the product's slug
        bool of_each = true;  // it shows every snippet
        Times times{};
        long stale = 0;
    };
    std::array<Surface, 8> surfaces{{{"product page", "/p/%"},
                                     {"embed", "/embed/%"},
                                     {"signed document", "/snippets/%.json"},
                                     {"signed price", "/snippets/%.quote.json", false},
                                     {"JSON feed", "/feed.json"},
                                     {"Google feed", "/feed/google.xml", false},
                                     {"bio page", "/", false},
                                     {"live page", "/live/tuesday", false}}};
    // Each is published again, and every surface is asked at once: the old words anywhere are a stale one. Feeds, which hold a thousand,
    // are asked by every fiftieth.
    Times again;
    for (long i = 0; i < wanted.snippets; ++i) {
        const auto began = Watch::now();
        must(db->write_now([&](store::Tx& tx) -> Status {
            TRY(snippets::publish_again(tx, shop, ids[static_cast<std::size_t>(i)],
                                        {.words = {.title = title(i, 2), .how = "By day and by night.", .action = "See it"}}, secrets,
                                        clock.now()));
            return {};
        }));
        again.us.push_back(us_since(began));
        for (auto& surface : surfaces) {
            const bool is_large = std::string_view(surface.path).starts_with("/feed") || surface.path == "/";
            if (is_large && i % 50 != 0) continue;
            auto path = surface.path;
            if (const auto mark = path.find('%'); mark != path.npos) path.replace(mark, 1, products[static_cast<std::size_t>(i)].slug);
            const auto asked = Watch::now();
            const auto answer = get(path);
            surface.times.us.push_back(us_since(asked));
            const auto text = body(answer);
            const bool shows_it = surface.of_each || (surface.path == "/live/tuesday" && i == 0);
            if (answer.status != 200 || (shows_it && (text.find(title(i, 2)) == text.npos))) ++surface.stale;
        }
    }

    long stale = 0;
    for (const auto& surface : surfaces) stale += surface.stale;
    const char* engine = db->engine() == store::Database::Engine::sqlite ? "sqlite" : "postgres";
    if (wanted.json) {
        std::printf(
            "{\"engine\": \"%s\", \"snippets\": %ld, \"publish_p50_us\": %.0f, \"publish_p99_us\": %.0f, \"stale\": %ld, \"surfaces\": [",
            engine, wanted.snippets, again.at(0.5), again.at(0.99), stale);
        for (std::size_t i = 0; i < surfaces.size(); ++i)
            std::printf("%s{\"name\": \"%s\", \"p50_us\": %.0f, \"p99_us\": %.0f}", i == 0 ? "" : ", ", surfaces[i].name,
                        surfaces[i].times.at(0.5), surfaces[i].times.at(0.99));
        std::printf("]}\n");
    } else {
        std::printf(
            "%s: %ld snippets, each published twice, durable: p50 %.0f us, p99 %.0f us (the first time %.0f and %.0f); %ld stale answers "
            "right behind it\n",
            engine, wanted.snippets, again.at(0.5), again.at(0.99), published.at(0.5), published.at(0.99), stale);
        for (auto& surface : surfaces)
            std::printf("  %-16s p50 %7.0f us  p99 %7.0f us\n", surface.name, surface.times.at(0.5), surface.times.at(0.99));
    }
    fetcher->stop();
    std::filesystem::remove_all(folder);
    return stale == 0 ? 0 : 1;
}
