#include "app/data_folder.hpp"

#include <filesystem>

#include "rooms/access/shops.hpp"

namespace barrow::app {
namespace {

Result<std::unique_ptr<store::Database>> open_migrated(const Config& config) {
    auto db = TRY(store::Database::open(config.database_url()));
    TRY(db->migrate());
    return db;
}

}  // namespace

Result<DataFolder> DataFolder::open(const Config& config, Missing missing, Random& random) {
    std::error_code error;
    const bool there = std::filesystem::is_directory(config.data, error) &&
                       (!config.database.empty() || std::filesystem::exists(config.data + "/barrow.db", error));
    if (!there && missing == Missing::refuse) {
        return fail(Fault::not_found,
                    config.data + " holds no shop; make one with: barrow shop create (or barrow demo), or name another folder with --data");
    }
    std::filesystem::create_directories(config.data, error);
    if (error) return fail(Fault::storage, "cannot make the data folder " + config.data + ": " + error.message());

    auto opened = open_migrated(config);
    if (!opened) {
        const auto name = config.database.empty() ? config.data + "/barrow.db" : "of --database";
        return fail(Fault::storage, "the database " + name + " cannot be used: " + opened.error().text);
    }
    auto db = std::move(*opened);
    const auto key = config.data + "/keys/operator.key";
    if (!std::filesystem::exists(key, error) && !TRY(db->read_now(access::all_shops)).empty()) {
        return fail(Fault::storage, "the key " + key + " of these shops is missing; put back your copy of it");
    }
    auto secrets = TRY(access::Secrets::open(config.data + "/keys", random));
    return DataFolder{secrets, std::move(db)};
}

}  // namespace barrow::app
