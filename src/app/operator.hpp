// The operator's page: who runs the installation sees its shops, opens and closes them and says how much they may make. It answers at
// /operator, on hosts of the house alone, for who came by `barrow operator`; it has sessions of its own and no way into a shop's studio.
#pragma once

#include "floor/http/router.hpp"
#include "rooms/access/site.hpp"

namespace barrow::app {

// What its sessions hang on in place of a shop; no shop can have this id.
Id<access::Shop> operators();

// GET /operator, GET and POST /operator/login, POST /operator/shops (make one), POST /operator/shops/:slug/:act (suspend, resume, quota).
void add_operator_routes(http::Router& router, access::Site& site);

}  // namespace barrow::app
