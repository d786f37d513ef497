#include "rooms/links/export.hpp"

#include <memory>

#include "cli/command.hpp"
#include "cli/files.hpp"
#include "rooms/links/link.hpp"

namespace barrow::cli {
namespace {

// A page at a time, so that the memory does not grow with the shop.
Status write_links(store::Database& db, const access::Tenant& tenant, links::Format format, const Out& out) {
    const auto cannot = [] { return fail(Fault::storage, "cannot write all of it; is the disk full?"); };
    if (!out(links::export_begin(format))) return cannot();
    std::int64_t after = 0;
    const auto today = SystemClock().now().day();
    links::Seen seen;
    if (!tenant.shop.host.empty()) seen.base = "https://" + tenant.shop.host + "/s/";
    for (bool first = true;; first = false) {
        const auto page = TRY(db.read_now([&](store::Tx& tx) -> Result<std::vector<links::Link>> {
            auto links = TRY(links::made_after(tx, tenant.shop.id, after));
            seen.clicks = TRY(telemetry::clicks_of(tx, tenant.shop.id, links::numbers_of(links), today));
            return links;
        }));
        if (page.empty()) break;
        after = page.back().number;
        if (!out(links::export_page(format, page, seen, first))) return cannot();
    }
    return out(links::export_end(format)) ? Status() : cannot();
}

}  // namespace

CLI::App& export_group(CLI::App& barrow) {
    const auto groups = barrow.get_subcommands([](const CLI::App* one) { return one->get_name() == "export"; });
    if (!groups.empty()) return *groups[0];
    auto& group = *barrow.add_subcommand("export", "take your things with you");
    group.require_subcommand(1);
    return group;
}

void add_export(CLI::App& barrow, Common& common) {
    auto& command = *export_group(barrow).add_subcommand("links", "all short links with everything they have");
    add_place(command, common);
    add_shop_choice(command, common);
    struct Flags {
        std::string format = "csv", out;
    };
    auto flags = std::make_shared<Flags>();
    command.add_option("--format", flags->format, "csv or json")->capture_default_str();
    command.add_option("--out", flags->out, "the file to write; to the terminal when left out")->type_name("FILE");
    command.callback([&common, flags] {
        common.run = [&common, flags]() -> Status {
            const auto format = TRY(links::format_named(flags->format));
            const auto offline = TRY(open_to_read(common));
            const auto tenant = TRY(app::choose_shop(offline->directory(), common.shop));
            return write_file(flags->out, [&](const Out& out) { return write_links(offline->db(), *tenant, format, out); });
        };
    });
}

}  // namespace barrow::cli
