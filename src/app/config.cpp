#include "app/config.hpp"

#include <toml++/toml.h>

#include <charconv>
#include <filesystem>

#include "floor/outbox/mail.hpp"
#include "floor/wire/form.hpp"
#include "rooms/access/domains.hpp"
#include "rooms/telemetry/repeats.hpp"

namespace barrow::app {
namespace {

constexpr std::string_view plain = "http://", https = "https://";

bool is_loopback(std::string_view host) { return host == "localhost" || host == "::1" || host == "[::1]" || host.starts_with("127."); }

}  // namespace

std::string Config::authority(int port_in_use) const {
    if (public_address.empty() && !domains.empty()) return domains.front() + (port_in_use == 443 ? "" : ":" + std::to_string(port_in_use));
    if (public_address.empty()) return "localhost:" + std::to_string(port_in_use);
    std::string_view rest = public_address;
    for (const auto scheme : {plain, https}) {
        if (rest.starts_with(scheme)) rest.remove_prefix(scheme.size());
    }
    while (rest.ends_with('/')) rest.remove_suffix(1);
    return std::string(rest);
}

int Config::tls_port(int port_in_use) const {
    if (!public_address.starts_with(https)) return port_in_use;
    const auto reached = authority(port_in_use);
    const auto colon = reached.rfind(':');
    int said = 0;
    const auto* end = reached.data() + reached.size();
    if (colon == std::string::npos || std::from_chars(reached.data() + colon + 1, end, said).ptr != end) return 443;
    return said;
}

bool Config::secure() const {
    if (public_address.starts_with(plain)) return false;
    return own_tls() || public_address.starts_with(https);
}

bool Config::is_private() const {
    const auto reached = authority(port);
    return is_loopback(host) &&
           is_loopback(reached.starts_with('[') ? reached.substr(0, reached.find(']') + 1) : reached.substr(0, reached.find(':')));
}

Status Config::settle() {
    if (certificate.empty() != key.empty()) return fail(Fault::bad_input, "--certificate and --key belong together; give both");
    if (!tls.empty() && !tls_local()) return fail(Fault::bad_input, "tls \"" + tls + "\" is not known; there is: local");
    if (tls_local() && (!domains.empty() || !certificate.empty()))
        return fail(Fault::bad_input, "--tls local is for a network without a domain; take it or --domain or --certificate");
    if (!acme_directory.empty() && !acme_directory.starts_with(https))
        return fail(Fault::bad_input, "the ACME directory \"" + acme_directory + "\" must begin with https://");
    for (auto& domain : domains) domain = TRY(access::read_domain(domain));
    if (!acme_contact.empty() && !wire::looks_like_email(acme_contact))
        return fail(Fault::bad_input, "the contact \"" + acme_contact + "\" is no mail address; write it like mira@shop.example");
    if (http_port >= 0 && !own_tls())
        return fail(Fault::bad_input, "--http-port is the plain port beside TLS; without TLS there is --port alone");
    if (domains.empty() && !tls_local()) return {};
    if (!says_host) host = "0.0.0.0";
    if (!says_port) port = tls_local() ? 8443 : 443;
    if (http_port < 0) http_port = tls_local() ? 8080 : 80;
    return {};
}

Result<std::optional<fetch::SmtpServer>> Config::mail_server() const {
    if (smtp.empty() && mail_from.empty()) return std::optional<fetch::SmtpServer>();
    if (smtp.empty() || mail_from.empty())
        return fail(Fault::bad_input, "smtp and mail_from belong together; set both in " + data + "/barrow.toml");
    const auto from = outbox::read_address(mail_from);
    if (!from || *from != mail_from) return fail(Fault::bad_input, "mail_from must be an address alone, like stall@mira.example");
    return std::optional(TRY(fetch::read_smtp(smtp)));
}

Status read_config_file(Config& config) {
    const auto path = config.data + "/barrow.toml";
    if (!std::filesystem::exists(path)) return {};
    try {
        const auto file = toml::parse_file(path);
        for (const auto& [name, value] : file) {
            const auto where = path + " line " + std::to_string(value.source().begin.line) + ": ";
            const auto text = [&](std::string& into) -> Status {
                if (!value.is_string()) return fail(Fault::bad_input, where + std::string(name.str()) + " must be a text in quotes");
                into = value.as_string()->get();
                return {};
            };
            const auto texts = [&](std::vector<std::string>& into, const std::string& what) -> Status {
                const auto wrong = fail(Fault::bad_input, where + std::string(name.str()) + " must be a list of " + what + " in quotes");
                if (!value.is_array()) return wrong;
                for (const auto& item : *value.as_array()) {
                    if (!item.is_string()) return wrong;
                    into.push_back(item.as_string()->get());
                }
                return {};
            };
            const auto number = [&](int& into, std::int64_t least, std::int64_t most) -> Status {
                if (!value.is_integer() || value.as_integer()->get() < least || value.as_integer()->get() > most) {
                    return fail(Fault::bad_input, where + std::string(name.str()) + " must be a whole number from " +
                                                      std::to_string(least) + " to " + std::to_string(most));
                }
                into = static_cast<int>(value.as_integer()->get());
                return {};
            };
            if (name == "database")
                TRY(text(config.database));
            else if (name == "host") {
                TRY(text(config.host));
                config.says_host = true;
            } else if (name == "port") {
                TRY(number(config.port, 0, 65'535));
                config.says_port = true;
            } else if (name == "http_port")
                TRY(number(config.http_port, 0, 65'535));
            else if (name == "tls")
                TRY(text(config.tls));
            else if (name == "acme_directory")
                TRY(text(config.acme_directory));
            else if (name == "acme_contact")
                TRY(text(config.acme_contact));
            else if (name == "acme_authorities")
                TRY(text(config.acme_authorities));
            else if (name == "domains")
                TRY(texts(config.domains, "domains"));
            else if (name == "threads")
                TRY(number(config.threads, 1, 64));
            else if (name == "click_months")
                TRY(number(config.click_months, telemetry::click_months_least, telemetry::click_months_most));
            else if (name == "flood")
                TRY(number(config.flood, 0, telemetry::flood_most));
            else if (name == "public_address")
                TRY(text(config.public_address));
            else if (name == "certificate")
                TRY(text(config.certificate));
            else if (name == "key")
                TRY(text(config.key));
            else if (name == "media")
                TRY(text(config.media));
            else if (name == "country_file")
                TRY(text(config.country_file));
            else if (name == "deny_file")
                TRY(text(config.deny_file));
            else if (name == "watch_file")
                TRY(text(config.watch_file));
            else if (name == "country_header")
                TRY(text(config.country_header));
            else if (name == "smtp")
                TRY(text(config.smtp));
            else if (name == "mail_from")
                TRY(text(config.mail_from));
            else if (name == "sandbox") {
                if (!value.is_boolean()) return fail(Fault::bad_input, where + "sandbox must be true or false");
                config.sandbox = value.as_boolean()->get();
            } else if (name == "guard") {
                if (!value.is_boolean()) return fail(Fault::bad_input, where + "guard must be true or false");
                config.guard = value.as_boolean()->get();
            } else if (name == "trusted_proxies")
                TRY(texts(config.trusted_proxies, "addresses"));
            else { return fail(Fault::bad_input, where + std::string(name.str()) + " is not a setting; see docs/operating.md"); }
        }
    } catch (const toml::parse_error& error) {
        return fail(Fault::bad_input,
                    path + " line " + std::to_string(error.source().begin.line) + ": " + std::string(error.description()));
    }
    return {};
}

}  // namespace barrow::app
