#include <filesystem>

#include "cli/command.hpp"
#include "floor/store/migrations.hpp"
#include "rooms/access/certificates.hpp"
#include "rooms/access/signing_keys.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/ledger/ledger.hpp"
#include "rooms/stock/stock.hpp"
#include "rooms/uploads/upload.hpp"

namespace barrow::cli {
namespace {

// The products, by slug, whose stock is not what its movements add up to; "" when all is well.
Result<std::string> miscounted(store::Tx& tx, const Id<access::Shop>& shop) {
    std::string slugs;
    for (const auto& product : TRY(catalog::all(tx, shop))) {
        for (const auto& allotment : TRY(stock::allotments(tx, shop, product.id))) {
            if (!TRY(stock::adds_up(tx, shop, allotment.id))) slugs += (slugs.empty() ? "" : ", ") + product.slug;
        }
    }
    return slugs;
}

std::string missing_words(const std::vector<uploads::Upload>& gone) {
    constexpr std::size_t named = 3;
    std::string words;
    for (std::size_t i = 0; i < gone.size() && i < named; ++i) words += (i == 0 ? "" : ", ") + gone[i].stem() + gone[i].ending;
    return "without their files: " + words + (gone.size() > named ? " and " + std::to_string(gone.size() - named) + " more" : "");
}

}  // namespace

void add_doctor(CLI::App& barrow, Common& common) {
    auto& command = *barrow.add_subcommand("doctor", "look over the data folder and say what needs mending");
    add_place(command, common);
    add_json(command, common);
    command.callback([&common] {
        common.run = [&common]() -> Status {
            const auto offline = TRY(open_to_read(common));
            wire::Json::Array findings;
            bool well = true;
            const auto find = [&](std::string_view what, bool good, const std::string& words) {
                well = well && good;
                findings.push_back(wire::Json::object({{"check", what}, {"ok", good}, {"words", words}}));
            };
            auto& db = offline->db();
            find("database", true,
                 db.engine() == store::Database::Engine::sqlite ? "SQLite, " + common.config.data + "/barrow.db" : "PostgreSQL");
            find("schema", true, "migration " + std::to_string(store::migrations().back().number));
            const auto space = std::filesystem::space(common.config.data);
            find("disk", space.available > (1ULL << 30), std::to_string(space.available >> 20) + " MB free");
            const auto key_mode = std::filesystem::status(common.config.data + "/keys/operator.key").permissions();
            const bool is_private =
                (key_mode & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) == std::filesystem::perms::none;
            find("operator key", is_private,
                 is_private ? "readable by you only" : "others can read it; mend: chmod 600 " + common.config.data + "/keys/operator.key");
            const auto mail = common.config.mail_server();
            find("mail", mail.ok(),
                 !mail   ? mail.error().text
                 : *mail ? "through " + (*mail)->url + ", from " + common.config.mail_from
                         : "not set up, so nobody can sign up for letters; see docs/operating.md, Mail");
            const auto shops = offline->directory().all();
            find("shops", !shops.empty(), shops.empty() ? "none; make one with: barrow shop create" : std::to_string(shops.size()));
            for (const auto& tenant : shops) {
                const auto& clock = tenant->shop.time_zone;
                find("clock of " + tenant->shop.slug, tenant->zone.name() == clock,
                     tenant->zone.name() == clock ? clock : clock + " is not known on this machine, so UTC counts; install tzdata");
                const auto report = TRY(db.read_now([&](store::Tx& tx) { return ledger::check(tx, tenant->shop.id.text); }));
                find("ledger of " + tenant->shop.slug, report.sound(),
                     report.sound() ? std::to_string(report.journals_count) + " journals balance" : "not sound; see: barrow ledger check");
                const auto odd = TRY(db.read_now([&](store::Tx& tx) { return miscounted(tx, tenant->shop.id); }));
                find("stock of " + tenant->shop.slug, odd.empty(),
                     odd.empty() ? "every count is the sum of its movements" : "miscounted: " + odd + "; restore a backup and compare");
                const auto folder = common.config.media_folder();
                const auto gone = TRY(db.read_now([&](store::Tx& tx) { return uploads::without_file(tx, tenant->shop.id, folder); }));
                find("pictures of " + tenant->shop.slug, gone.empty(),
                     gone.empty() ? "each has its file"
                                  : missing_words(gone) + "; restore " + folder + ", or remove them under Page, Pictures");
            }
            const auto now = SystemClock().now();
            for (const auto& state : TRY(db.read_now([](store::Tx& tx) { return access::certificate_states(tx); })))
                find("certificate of " + state.name, !state.needs_help() && state.not_after > now, access::certificate_words(&state, now));
            if (common.json) {
                say(wire::write_json_pretty(wire::Json::object({{"well", well}, {"checks", findings}})));
            } else {
                for (const auto& one : findings)
                    say(std::string(one.find("ok")->boolean() ? "ok    " : "MEND  ") + one.find("check")->text() + ": " +
                        one.find("words")->text());
            }
            if (!well) return fail(Fault::storage, "something needs mending; see the lines above");
            return {};
        };
    });
}

}  // namespace barrow::cli
