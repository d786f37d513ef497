// The plain-HTTP port of an installation with TLS: it leads to https, but for what must be read without.
#pragma once

#include <string>
#include <string_view>

#include "floor/http/server.hpp"

namespace barrow::app {

// Challenges of a certificate authority, the page that tells phones to trust us, and the health of the process.
bool stays_plain(std::string_view path);

// "https://HOST[:PORT]/target" of the same host; "" for a request that names none.
std::string tls_address(const http::Request& request, int tls_port);

// Answers what stays plain by `front`, and redirects the rest for good (308: the method stays).
http::Front plain_front(const http::Front& front, int tls_port);

}  // namespace barrow::app
