// Desk: what commands work on, whether they run by themselves or inside a running server.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/data_folder.hpp"
#include "floor/base/log.hpp"
#include "floor/base/random.hpp"
#include "floor/base/time.hpp"
#include "floor/store/store.hpp"
#include "floor/wire/json.hpp"
#include "rooms/access/directory.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/ledger/ledger.hpp"
#include "rooms/links/host_check.hpp"

namespace barrow::app {

struct Desk {
    store::Database& db;
    const access::Secrets& secrets;
    access::Directory& directory;
    const Clock& clock;
    Random& random;
    std::string authority;  // "localhost:8080"
    bool secure = false;
    std::function<void(const Id<access::Shop>&)> changed;  // caches of the server forget the shop
    links::DenyList* deny = nullptr;                       // of a running server; without one its links are off when they are followed
};

// The commands that change something, by name: "create_shop", "demo", "login", "create_key", "revoke_key", "import_links", "set_split",
// "set_zone", "set_language", "set_home_country", "rotate_signing_key", "add_domain", "remove_domain", "renew_domain", "block_link",
// "warn_link", "unblock_link", "dismiss_reports", "deny_host", "allow_host", "switch_escape". `arguments` hold "shop" (a slug, or "" when
// there is one shop only) and the command's own. Refuses (not_found) an unknown shop, (bad_input) a missing choice.
Result<wire::Json> run_command(Desk& desk, std::string_view name, const wire::Json& arguments);

// The operator's word on a link, for a command and for the operator's page: "block_link" and "warn_link" with a reason ("" takes it back),
// "unblock_link" for both and the reports, "dismiss_reports" for those alone. Noted in the audit of its shop. Refuses (not_found) an
// unknown link, (bad_input) a longer reason.
struct Judgement {
    std::string_view what, slug, why, who;  // who: "command" or "operator"
};
inline constexpr std::size_t judgement_why_max = 200;
Status judge_link(store::Tx& tx, const Id<access::Shop>& shop, const Judgement& judgement, Instant now, Random& random);

// "deny_host" with a reason, "allow_host": returns the host. Noted in the audit of the operator. Refuses what links/doubt.hpp refuses, and
// (bad_input) a host that leads to this installation itself.
struct House {
    const access::Directory& directory;
    std::string_view authority;  // "localhost:8080"
};
struct HostJudgement {
    std::string_view what, host, why, who;
};
Result<std::string> judge_host(store::Tx& tx, const House& house, const HostJudgement& judgement, Instant now, Random& random);

// A product's split as commands tell it: {"product", "shares": [{"to": "partner:glassblower", "percent": "10", "basis_points": 1000}]}.
wire::Json split_json(const catalog::Product& product, const std::vector<ledger::Share>& shares);

// Where the shop is reached: "https://mira.example", "http://localhost:8080/@other".
std::string shop_address(const Desk& desk, const access::Shop& shop);

// The shop that a command means: its slug, or the only one.
Result<std::shared_ptr<const access::Tenant>> choose_shop(const access::Directory& directory, std::string_view slug);

// Everything a command needs when no server runs: the data folder, its keys, its database.
class Offline {
public:
    // Refuses what DataFolder refuses.
    static Result<std::unique_ptr<Offline>> open(const Config& config, DataFolder::Missing missing);

    Desk desk();
    store::Database& db() { return *folder_.db; }
    access::Directory& directory() { return directory_; }

private:
    Offline(Config config, DataFolder folder) : config_(std::move(config)), folder_(std::move(folder)), directory_(folder_.secrets) {}
    SystemClock clock_;
    SystemRandom random_;
    Config config_;
    DataFolder folder_;
    access::Directory directory_;
};

}  // namespace barrow::app
