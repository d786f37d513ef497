// A real mail server for tests: tests/support/mail_server.py in a process of its own, stopped with this object. Debian's own Python runs
// it, since it has the package python3-aiosmtpd.
#pragma once

#include <string>
#include <vector>

#include "floor/wire/json.hpp"

namespace barrow::testing {

class MailServer {
public:
    // `words` as the script takes them.
    explicit MailServer(std::vector<std::string> words = {});
    ~MailServer();
    MailServer(const MailServer&) = delete;
    MailServer& operator=(const MailServer&) = delete;

    [[nodiscard]] int port() const { return port_; }
    // The next message that it took; waits for it, ten seconds at most.
    wire::Json next();

private:
    std::string line();
    int process_ = 0, port_ = 0, from_it_ = -1, to_it_ = -1;
    std::string read_;
};

}  // namespace barrow::testing
