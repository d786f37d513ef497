#include "app/config.hpp"

#include <toml++/toml.h>

#include <filesystem>

namespace barrow::app {
namespace {

constexpr std::string_view plain = "http://", tls = "https://";

bool is_loopback(std::string_view host) { return host == "localhost" || host == "::1" || host == "[::1]" || host.starts_with("127."); }

}  // namespace

std::string Config::authority(int port_in_use) const {
    if (public_address.empty()) return "localhost:" + std::to_string(port_in_use);
    std::string_view rest = public_address;
    for (const auto scheme : {plain, tls}) {
        if (rest.starts_with(scheme)) rest.remove_prefix(scheme.size());
    }
    while (rest.ends_with('/')) rest.remove_suffix(1);
    return std::string(rest);
}

bool Config::secure() const {
    if (public_address.starts_with(plain)) return false;
    return !certificate.empty() || public_address.starts_with(tls);
}

bool Config::is_private() const {
    const auto reached = authority(port);
    return is_loopback(host) &&
           is_loopback(reached.starts_with('[') ? reached.substr(0, reached.find(']') + 1) : reached.substr(0, reached.find(':')));
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
            else if (name == "host")
                TRY(text(config.host));
            else if (name == "port")
                TRY(number(config.port, 0, 65'535));
            else if (name == "threads")
                TRY(number(config.threads, 1, 64));
            else if (name == "public_address")
                TRY(text(config.public_address));
            else if (name == "certificate")
                TRY(text(config.certificate));
            else if (name == "key")
                TRY(text(config.key));
            else if (name == "country_file")
                TRY(text(config.country_file));
            else if (name == "country_header")
                TRY(text(config.country_header));
            else if (name == "sandbox") {
                if (!value.is_boolean()) return fail(Fault::bad_input, where + "sandbox must be true or false");
                config.sandbox = value.as_boolean()->get();
            } else if (name == "trusted_proxies") {
                if (!value.is_array()) return fail(Fault::bad_input, where + "trusted_proxies must be a list of addresses");
                for (const auto& item : *value.as_array()) {
                    if (!item.is_string()) return fail(Fault::bad_input, where + "trusted_proxies must be a list of addresses in quotes");
                    config.trusted_proxies.push_back(item.as_string()->get());
                }
            } else {
                return fail(Fault::bad_input, where + std::string(name.str()) + " is not a setting; see docs/operating.md");
            }
        }
    } catch (const toml::parse_error& error) {
        return fail(Fault::bad_input,
                    path + " line " + std::to_string(error.source().begin.line) + ": " + std::string(error.description()));
    }
    return {};
}

}  // namespace barrow::app
