// The operator's pages: who runs the installation sees its shops, opens and closes them and says how much they may make; links that were
// reported are in operator_links.hpp. They answer below /operator, on hosts of the house alone, for who came by `barrow operator`; it has
// sessions of its own and no way into a shop's studio.
#pragma once

#include <functional>

#include "floor/http/router.hpp"
#include "rooms/access/studio.hpp"

namespace barrow::app {

struct Rooms;

// What its sessions hang on in place of a shop; no shop can have this id.
Id<access::Shop> operators();

// A page of the operator's, made in one read; without a session the page that says how to come in.
Task<http::Response> operator_page(access::Site& site, access::Visit visit, std::function<Result<access::StudioPage>(store::Tx&)> make);
// What web/studio/operator_top.html shows: which page it is ("shops", "links", "denied"), how many links have open reports.
Result<wire::Json> operator_values(store::Tx& tx, std::string_view place);

// GET /operator, GET and POST /operator/login, POST /operator/shops (make one), POST /operator/shops/:slug/:act (suspend, resume, quota).
void add_operator_routes(http::Router& router, Rooms& rooms);

}  // namespace barrow::app
