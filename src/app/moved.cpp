#include "app/moved.hpp"

namespace barrow::app {

store::Watch watch(const Clock& clock) {
    return {.tables = {{.name = "shop", .topic = shops_moved},
                       {.name = "domain", .topic = shops_moved},
                       {.name = "signing_key", .topic = shops_moved},
                       {.name = "link", .topic = links_moved},
                       {.name = "link_alias", .topic = links_moved},
                       {.name = "page", .topic = links_moved},  // an address may be a page's now
                       {.name = "moment", .topic = links_moved},
                       {.name = "escape_shop", .topic = links_moved},
                       {.name = "escape_switch", .topic = links_moved},
                       {.name = "escape_off", .topic = links_moved, .of_every_shop = true},
                       {.name = "denied_host", .topic = denied_moved, .of_every_shop = true}},
            .except = {"links.let_all_through",  // one for each batch of clicks; what is left is asked in the database
                       "escape.begin_count"},    // it switches nothing
            .clock = &clock};
}

}  // namespace barrow::app
