#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include "app/static_site.hpp"
#include "cli/command.hpp"
#include "floor/bus/bus.hpp"
#include "floor/fetch/fetch.hpp"
#include "floor/media/workshop.hpp"
#include "floor/store/moved.hpp"
#include "floor/wire/page.hpp"
#include "rooms/access/times.hpp"

namespace barrow::cli {
namespace {

// Nobody looks at pages while they are written.
class NoViewers final : public http::EventHub {
public:
    void publish(std::string_view, const http::Event&) override {}
    [[nodiscard]] std::int64_t viewers(std::string_view) const override { return 0; }
};

void show_progress(std::int64_t done, std::int64_t of) {
    if (::isatty(STDERR_FILENO) == 0) return;
    if (done < of)
        std::fprintf(stderr, "\r%s of %s pages and documents", wire::grouped(done).c_str(), wire::grouped(of).c_str());
    else
        std::fprintf(stderr, "\r\033[K");
    std::fflush(stderr);
}

wire::Json json_of(const app::StaticSite& told, const std::string& address) {
    wire::Json::Array left;
    for (const auto& one : told.left) left.push_back(wire::Json::object({{"path", one.path}, {"why", one.why}}));
    return wire::Json::object({{"address", address},
                               {"pages", told.pages},
                               {"documents", told.documents},
                               {"pictures", told.pictures},
                               {"redirects", told.redirects},
                               {"files_written", told.written},
                               {"files_unchanged", told.unchanged},
                               {"files_removed", told.removed},
                               {"bytes", told.bytes},
                               {"write_again", told.next ? wire::Json(iso(*told.next)) : wire::Json()},
                               {"left_to_barrow", std::move(left)}});
}

std::string files_words(const app::StaticSite& told) {
    return wire::grouped(told.written) + " files written, " + wire::grouped(told.unchanged) + " unchanged, " + wire::grouped(told.removed) +
           " removed";
}

void say_all(const app::StaticSite& told, const std::string& address, const access::Tenant& tenant) {
    say(address + ": " + wire::grouped(told.pages) + " pages, " + wire::grouped(told.documents) + " documents, " +
        wire::grouped(told.pictures) + " pictures, " + wire::grouped(told.redirects) + " redirects");
    say(files_words(told));
    if (told.next)
        say("write them again at " + access::date_and_time(tenant.zone, *told.next) + ", or with --watch: something begins or ends then");
    constexpr std::size_t shown_max = 10;
    if (!told.left.empty()) say("left to Barrow, since only it can answer:");
    for (std::size_t i = 0; i < told.left.size() && i < shown_max; ++i) say("  " + told.left[i].path + ": " + told.left[i].why);
    if (told.left.size() > shown_max)
        say("  and " + wire::grouped(static_cast<std::int64_t>(told.left.size() - shown_max)) + " more; see --json");
}

struct Watched {
    app::App& app;
    store::Database& db;
    access::Directory& directory;
    const Clock& clock;
    std::string slug;
    bool json;
};

// Writes the files, and again whenever something of the shop changed, begins or ends, and on each new day (the lowest price of thirty days
// is another one then). It ends when it is told to: files are replaced one at a time, so that it may be at any moment. A disk that is full,
// or a shop that is closed for a while, is said and tried again.
template <class Write>
Status watch(const Watched& on, Write write) {
    constexpr auto look_every = std::chrono::milliseconds(200);
    constexpr Duration try_again_after = seconds(10);
    store::Ear ear;
    Loop loop;
    std::optional<Instant> due;
    Instant written;
    Duration longest;
    auto day = on.clock.now().day();
    bool first = true, failed = false, changed = true;  // `changed` until it is written
    for (;; std::this_thread::sleep_for(look_every)) {
        const auto now = on.clock.now();
        auto risen = on.db.read_now([&](store::Tx& tx) { return store::risen_since(tx, ear.since(now)); });
        if (!risen) {
            if (first) return risen.error();
            continue;  // a database that is away for a while
        }
        const auto tenant = on.directory.by_slug(on.slug);
        const auto news = ear.compare(*risen);
        ear.remember(std::move(*risen), now);
        changed = changed || news.everything || std::ranges::any_of(news.moved, [&](const auto& one) {
                      return one.first.empty() || !tenant || one.first == tenant->shop.id.text;
                  });
        if (!changed && !(due && *due <= now) && now.day() == day) continue;
        if (now < written + longest) continue;  // a large shop: not all the time
        changed = true;
        if (!first) {
            const auto heard = loop.wait(on.app.hear());
            if (!heard || !on.directory.reload(on.db)) continue;  // the same, and `changed` stands
        }
        const auto shop = on.directory.by_slug(on.slug);
        if (!shop) return fail(Fault::gone, "the shop " + on.slug + " is gone; its files stay as they are");
        const auto told = write(*shop, first);
        // As long as it took is waited before the next one, so that it is never more than half of what this machine does.
        longest = on.clock.now() - now;
        written = on.clock.now();
        changed = false;
        day = now.day();
        if (!told) {
            if (first) return told.error();
            if (!failed) hint("not written: " + told.error().text + "; trying again every ten seconds");
            failed = true;
            due = now + try_again_after;
            continue;
        }
        due = told->next;
        if (first || failed || told->written + told->removed > 0) {
            if (on.json) {
                auto line = wire::Json::object({{"at", iso_ms(now)}, {"files_written", told->written}, {"files_removed", told->removed}});
                say(wire::write_json(line.set("write_again", due ? wire::Json(iso(*due)) : wire::Json())));
            } else {
                say(iso(now) + "  " + files_words(*told));
            }
            std::fflush(stdout);
        }
        first = failed = false;
    }
}

void show_nothing(std::int64_t, std::int64_t) {}

Status publish(Common& common, const app::StaticPlan& plan, const std::string& public_address, bool watches) {
    auto& config = common.config;
    const auto database = config.database;
    TRY(app::read_config_file(config));
    if (!database.empty()) config.database = database;
    if (!public_address.empty()) config.public_address = public_address;
    TRY(config.settle());
    config.for_files = true;
    config.sandbox = true;  // nothing is bought from a file
    const SystemClock clock;
    SystemRandom random;
    StderrLog log(clock);
    const auto folder = TRY(app::DataFolder::open(config, app::DataFolder::Missing::refuse, random));
    const auto workshop = TRY(media::Workshop::open(config.media_folder(), media::Workshop::program_beside()));
    const auto bus = bus::open_in_process();
    const auto fetcher = fetch::open_fetcher();
    NoViewers nobody;
    const auto app = TRY(app::App::open({.clock = clock,
                                         .random = random,
                                         .log = log,
                                         .db = *folder.db,
                                         .bus = *bus,
                                         .events = nobody,
                                         .fetcher = *fetcher,
                                         .secrets = folder.secrets,
                                         .workshop = workshop.get()},
                                        config, config.authority(config.port), config.secure()));
    access::Directory directory(folder.secrets);
    TRY(directory.reload(*folder.db));
    const auto tenant = TRY(app::choose_shop(directory, common.shop));
    const app::Desk desk{.db = *folder.db,
                         .secrets = folder.secrets,
                         .directory = directory,
                         .clock = clock,
                         .random = random,
                         .authority = config.authority(config.port),
                         .secure = config.secure(),
                         .changed = {}};
    const auto address = app::shop_address(desk, tenant->shop);
    const auto write = [&](const access::Tenant& shop, bool shows) {
        return app::write_static_site(*app, *folder.db, shop.shop, address, plan, clock.now(), shows ? show_progress : show_nothing);
    };
    const auto status = [&]() -> Status {
        if (watches) return watch(Watched{*app, *folder.db, directory, clock, tenant->shop.slug, common.json}, write);
        const auto told = TRY(write(*tenant, true));
        if (common.json) {
            say(wire::write_json_pretty(json_of(told, address)));
            return {};
        }
        say_all(told, address, *tenant);
        hint("nginx: include " + plan.directory + "/nginx.conf; Caddy: import " + plan.directory +
             "/Caddyfile. Clicks that they answer are not counted. Name the web server in trusted_proxies of barrow.toml.");
        return {};
    }();
    workshop->stop();
    fetcher->stop();
    return status;
}

}  // namespace

void add_publish(CLI::App& barrow, Common& common) {
    auto& command = *barrow.add_subcommand("publish", "write the public pages as plain files, for a web server or a CDN in front");
    add_place(command, common);
    add_shop_choice(command, common);
    add_json(command, common);
    struct Flags {
        app::StaticPlan plan;
        std::string public_address;
        bool watches = false;
    };
    auto flags = std::make_shared<Flags>();
    command.add_option("--static", flags->plan.directory, "the folder: public/, nginx.conf, Caddyfile, redirects for both")
        ->type_name("DIR")
        ->required();
    command.add_option("--public-address", flags->public_address, "how viewers reach the shop, where barrow.toml does not say it")
        ->type_name("URL");
    command.add_option("--barrow-at", flags->plan.barrow_at, "where the web server finds Barrow, for what is no file")
        ->type_name("URL")
        ->capture_default_str();
    command.add_flag("--watch", flags->watches, "stay, and write again what changes, within a second; end it with Ctrl-C");
    command.callback([&common, flags] {
        common.run = [&common, flags] { return publish(common, flags->plan, flags->public_address, flags->watches); };
    });
}

}  // namespace barrow::cli
