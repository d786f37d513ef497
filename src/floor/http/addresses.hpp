// The addresses that this machine has in private networks.
#pragma once

#include <string>
#include <vector>

namespace barrow::http {

// Of interfaces that are up, IPv4 first: RFC 1918, RFC 6598, RFC 4193; neither loopback nor link-local nor public ones.
std::vector<std::string> lan_addresses();

}  // namespace barrow::http
