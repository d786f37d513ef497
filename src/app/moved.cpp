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
                       {.name = "product", .topic = pages_moved},
                       {.name = "snippet", .topic = pages_moved},
                       {.name = "snippet_version", .topic = pages_moved},
                       {.name = "experiment", .topic = pages_moved},
                       {.name = "live_session", .topic = pages_moved},
                       {.name = "upload", .topic = pages_moved},
                       {.name = "app_site", .topic = pages_moved},
                       {.name = "denied_host", .topic = denied_moved, .of_every_shop = true}},
            .except = {"links.let_all_through",  // one for each batch of clicks; what is left is asked in the database
                       "escape.begin_count",     // it switches nothing
                       "live.pin"},              // no file says what is on screen
            .clock = &clock};
}

}  // namespace barrow::app
