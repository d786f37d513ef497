#include "floor/http/addresses.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>

namespace barrow::http {
namespace {

bool is_private(std::uint32_t address) {
    const auto in = [&](std::uint32_t network, int bits) { return (address >> (32 - bits)) == (network >> (32 - bits)); };
    return in(0x0a000000, 8) || in(0xac100000, 12) || in(0xc0a80000, 16) || in(0x64400000, 10);
}

}  // namespace

std::vector<std::string> lan_addresses() {
    std::vector<std::string> four, six;
    ifaddrs* all = nullptr;
    if (getifaddrs(&all) != 0) return {};
    for (const auto* one = all; one != nullptr; one = one->ifa_next) {
        if (one->ifa_addr == nullptr || (one->ifa_flags & IFF_UP) == 0) continue;
        char text[INET6_ADDRSTRLEN] = {};
        if (one->ifa_addr->sa_family == AF_INET) {
            const auto& address = reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr;
            if (is_private(ntohl(address.s_addr))) four.emplace_back(inet_ntop(AF_INET, &address, text, sizeof text));
        } else if (one->ifa_addr->sa_family == AF_INET6) {
            const auto& address = reinterpret_cast<const sockaddr_in6*>(one->ifa_addr)->sin6_addr;
            if ((address.s6_addr[0] & 0xfe) == 0xfc) six.emplace_back(inet_ntop(AF_INET6, &address, text, sizeof text));
        }
    }
    freeifaddrs(all);
    four.insert(four.end(), six.begin(), six.end());
    return four;
}

}  // namespace barrow::http
