#include <unistd.h>

#include <memory>

#include "app/static_site.hpp"
#include "cli/command.hpp"
#include "floor/bus/bus.hpp"
#include "floor/fetch/fetch.hpp"
#include "floor/media/workshop.hpp"
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

Status publish(Common& common, const app::StaticPlan& plan, const std::string& public_address) {
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
    const auto told = TRY(app::write_static_site(*app, *folder.db, tenant->shop, address, plan, clock.now(), show_progress));
    workshop->stop();
    fetcher->stop();
    if (common.json) {
        wire::Json::Array left;
        for (const auto& one : told.left) left.push_back(wire::Json::object({{"path", one.path}, {"why", one.why}}));
        say(wire::write_json_pretty(wire::Json::object({{"address", address},
                                                        {"pages", told.pages},
                                                        {"documents", told.documents},
                                                        {"pictures", told.pictures},
                                                        {"redirects", told.redirects},
                                                        {"files_written", told.written},
                                                        {"files_unchanged", told.unchanged},
                                                        {"files_removed", told.removed},
                                                        {"bytes", told.bytes},
                                                        {"write_again", told.next ? wire::Json(iso(*told.next)) : wire::Json()},
                                                        {"left_to_barrow", std::move(left)}})));
        return {};
    }
    say(address + ": " + wire::grouped(told.pages) + " pages, " + wire::grouped(told.documents) + " documents, " +
        wire::grouped(told.pictures) + " pictures, " + wire::grouped(told.redirects) + " redirects");
    say(wire::grouped(told.written) + " files written, " + wire::grouped(told.unchanged) + " unchanged, " + wire::grouped(told.removed) +
        " removed");
    if (told.next) say("write them again at " + access::date_and_time(tenant->zone, *told.next) + ": words begin or end then");
    constexpr std::size_t shown_max = 10;
    if (!told.left.empty()) say("left to Barrow, since only it can answer:");
    for (std::size_t i = 0; i < told.left.size() && i < shown_max; ++i) say("  " + told.left[i].path + ": " + told.left[i].why);
    if (told.left.size() > shown_max)
        say("  and " + wire::grouped(static_cast<std::int64_t>(told.left.size() - shown_max)) + " more; see --json");
    hint("nginx: include " + plan.directory + "/nginx.conf; Caddy: import " + plan.directory +
         "/Caddyfile. Clicks that they answer are not counted. Name the web server in trusted_proxies of barrow.toml.");
    return {};
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
    command.callback([&common, flags] { common.run = [&common, flags] { return publish(common, flags->plan, flags->public_address); }; });
}

}  // namespace barrow::cli
