#include "app/plain_http.hpp"

namespace barrow::app {

bool stays_plain(std::string_view path) {
    return path.starts_with("/.well-known/acme-challenge/") || path == "/trust" || path.starts_with("/trust/") || path == "/healthz";
}

std::string tls_address(const http::Request& request, int tls_port) {
    if (request.host.empty()) return "";
    std::string address = "https://" + std::string(request.host);
    if (tls_port != 443) address += ":" + std::to_string(tls_port);
    // The path may have lost /@slug, the target has not; a target in absolute form holds the origin, which is not wanted twice.
    if (request.target.starts_with('/')) return address + std::string(request.target);
    return address + std::string(request.path) + (request.query.empty() ? "" : "?" + std::string(request.query));
}

http::Front plain_front(const http::Front& front, int tls_port) {
    return {.find = [&front, tls_port](http::Request& request, http::Response& answer) -> const http::Route* {
                if (stays_plain(request.path)) return front.find(request, answer);
                const auto address = tls_address(request, tls_port);
                answer =
                    address.empty() ? http::Response::text("Name the host in the request.\n", 400) : http::Response::redirect(address, 308);
                return nullptr;
            },
            .finish = [&front](const http::Request& request, http::Response& response) { front.finish(request, response); }};
}

}  // namespace barrow::app
