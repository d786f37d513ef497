// Which addresses of the internet a URL that a user gave may lead to.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

struct sockaddr;

namespace barrow::fetch {

// False for everything that is not a public unicast address: private, loopback, link-local, carrier NAT, multicast, reserved,
// documentation, and all forms that wrap an IPv4 address in IPv6 (mapped, compatible, NAT64, 6to4, Teredo). 4 or 16 bytes in
// network order; any other count is false.
bool is_public(std::span<const std::uint8_t> address);
// The same for a socket address of IPv4 or IPv6; other families are false.
bool is_public(const sockaddr& address);
// The same for "203.0.113.9" or "2001:db8::1", as getpeername prints it; a name or a zone is false.
bool is_public(std::string_view printed);

// Who may be one somebody: an IPv4 address as it is, of an IPv6 one its first 64 bits in hexadecimal, since one line has billions of
// addresses for itself. What is no address stays as it is.
std::string network_of(std::string_view address);

}  // namespace barrow::fetch
