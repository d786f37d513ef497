// Edge: links whose answer a web server in front may give by itself, since it is the same for everybody and at any time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rooms/links/escapes.hpp"
#include "rooms/links/link.hpp"

namespace barrow::links {

// Where the link leads, or why only Barrow can say: "it has a password", "it leads by rules" … A link that takes its visitors' parameters
// along leads there when they bring none.
struct Fixed {
    std::string target, why_not;  // one of them is ""
};
Fixed fixed(const Link& link, Ask ask);

// A line of a map for `paths` (a path each, "/s/lamp") to `target`; "" where the server's own language cannot say the target. nginx: of
// `map $uri … { }` (ngx_http_map_module: a "$" stands for a variable and cannot be escaped). Caddy: of `map {path} … { }` (a "{" likewise).
std::string nginx_map_line(std::string_view path, std::string_view target);
std::string caddy_map_line(std::string_view path, std::string_view target);

}  // namespace barrow::links
