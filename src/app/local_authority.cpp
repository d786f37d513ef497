#include "app/local_authority.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "floor/http/addresses.hpp"
#include "floor/sign/sign.hpp"
#include "floor/wire/qr.hpp"
#include "rooms/access/certificates.hpp"

namespace barrow::app {
namespace {

constexpr std::string_view called = "Barrow at ";

// "Box.lan" → "box"; "" when it is no label.
std::string first_label(std::string_view host) {
    std::string label(host.substr(0, host.find('.')));
    for (char& c : label) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    const bool good = !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
                      std::ranges::all_of(label, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
    return good && label != "localhost" ? label : "";
}

std::string host_name() {
    std::array<char, 256> name{};
    return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

Status write_private(const std::string& path, const std::string& text) {
    const auto fresh = path + ".new";
    const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const bool written = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
    const int reason = errno;
    if (file >= 0) ::close(file);
    if (written && ::rename(fresh.c_str(), path.c_str()) == 0) return {};
    return fail(Fault::storage, "cannot write " + path + ": " + std::strerror(reason));
}

}  // namespace

std::vector<std::string> local_names(std::string_view host, const std::vector<std::string>& addresses) {
    std::vector<std::string> names;
    if (const auto label = first_label(host); !label.empty()) names = {label + ".local", label};
    names.emplace_back("localhost");
    names.insert(names.end(), addresses.begin(), addresses.end());
    names.insert(names.end(), {"127.0.0.1", "::1"});
    return names;
}

Result<LocalAuthority> LocalAuthority::open(const std::string& folder, Instant now, Random& random) {
    const auto path = folder + "/local-ca.pem";
    if (!std::filesystem::exists(path)) {
        const auto label = first_label(host_name());
        std::vector<std::string> names{"local", "localhost", "home.arpa", "lan", "internal"};
        if (!label.empty()) names.push_back(label);
        const auto made = sign::make_local_authority(std::string(called) + (label.empty() ? "home" : label), names, now, random);
        TRY(write_private(path, made.certificate_pem + made.key_pem));
    }
    std::ifstream in(path);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    const auto key_at = text.find("-----BEGIN PRIVATE KEY");
    const auto damaged =
        fail(Fault::storage, path + " is damaged; put back your copy, or remove it to begin anew (phones must trust the new one)");
    if (key_at == std::string::npos) return damaged;
    sign::Issued authority{text.substr(0, key_at), text.substr(key_at)};
    const auto key = sign::Es256Key::read(authority.key_pem);
    const auto facts = sign::read_certificate(authority.certificate_pem);
    if (!key || !facts || !sign::belongs_to(authority.certificate_pem, *key)) return damaged;
    if (facts->not_after < now + sign::local_leaf_life)
        return fail(Fault::storage, path + " ends within 397 days; remove it, so that a new one is made, and let phones trust that one");
    return LocalAuthority(std::move(authority));
}

std::string LocalAuthority::fingerprint() const {
    const auto digits = hex(sign::sha256(as_bytes(sign::certificate_der(authority_.certificate_pem))));
    std::string text;
    for (std::size_t i = 0; i < digits.size(); i += 2) text += (i == 0 ? "" : ":") + digits.substr(i, 2);
    return text;
}

std::vector<std::string> LocalAuthority::names() const {
    auto names = local_names(host_name(), http::lan_addresses());
    // The bare name is vouched for by an authority that was made under it alone.
    const auto label = first_label(host_name());
    if (sign::common_name(authority_.certificate_pem) != std::string(called) + label) std::erase(names, label);
    return names;
}

Result<std::optional<http::ServedCertificate>> LocalAuthority::renew(Instant now, Random& random) {
    auto wanted = names();
    if (wanted == served_ && now < renewal_) return std::optional<http::ServedCertificate>();
    const auto leaf = TRY(sign::issue_local(authority_, wanted, now, random));
    const auto facts = TRY(sign::read_certificate(leaf.certificate_pem));
    served_ = wanted;
    renewal_ = access::renewal_of(facts.not_before, facts.not_after);
    return std::optional(http::ServedCertificate{std::move(wanted), leaf.certificate_pem, leaf.key_pem});
}

void add_trust_routes(http::Router& router, access::Site& site, TrustPage trust) {
    router.add({http::Method::get, "/trust", http::Quick([&site, trust](http::Request& request) {
                    const auto visit = access::visit(site, request);
                    if (!visit.tenant) return access::no_shop(site, visit);
                    return access::page(
                        site, visit, "viewer/trust_here.html",
                        wire::Json::object(
                            {{"qr_svg", wire::qr_svg(trust.page_url, visit.words()("QR code of {address}", {{"address", trust.page_url}}))},
                             {"page_url", trust.page_url},
                             {"shop_at", trust.shop_url},
                             {"named_at", trust.named_url},
                             {"name", sign::common_name(trust.authority.certificate_pem())},
                             {"fingerprint", trust.authority.fingerprint()}}));
                })});
    router.add({http::Method::get, "/trust/ca.crt", http::Quick([trust](http::Request&) {
                    http::Response response;
                    response.headers = {{"content-type", "application/x-x509-ca-cert"}, {"cache-control", "no-store"}};
                    response.body = sign::certificate_der(trust.authority.certificate_pem());
                    return response;
                })});
}

}  // namespace barrow::app
