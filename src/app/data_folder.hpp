// DataFolder: what --data (and --database) lead to: the operator's key and the migrated database.
#pragma once

#include <memory>

#include "app/config.hpp"
#include "floor/base/random.hpp"
#include "floor/store/store.hpp"
#include "rooms/access/secrets.hpp"

namespace barrow::app {

struct DataFolder {
    access::Secrets secrets;
    std::unique_ptr<store::Database> db;

    enum class Missing : std::uint8_t { refuse, make };
    // Refuses (not_found) a folder or SQLite file that is not there, unless it shall be made; (storage) a database that cannot be
    // read, and shops without the key that their secrets are sealed with: a new key would lock them out for good.
    static Result<DataFolder> open(const Config& config, Missing missing, Random& random);
};

}  // namespace barrow::app
