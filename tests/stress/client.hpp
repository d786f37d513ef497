// A small HTTP client with plain sockets, a thread for each buyer, and a `barrow serve` of our own to talk to.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace barrow::stress {

struct Answer {
    int status = 0;  // 0: the line broke before the answer was whole
    std::string headers, body;
    [[nodiscard]] std::string header(std::string_view lower_case_name) const;
};

// One request on a connection of its own; waits at most `timeout_ms`. `host` is who it is for, else localhost.
Answer ask(int port, std::string_view method, const std::string& target, const std::string& body = {}, int timeout_ms = 20'000,
           const std::string& host = {});
inline Answer get(int port, const std::string& target) { return ask(port, "GET", target); }

// A process of ours: killed by its id, waited for, never left behind.
class Child {
public:
    Child() = default;
    // Runs the program; what it says on stdout is read until a line begins with `until` (all of it, until it ends, when empty).
    static Child start(const std::vector<std::string>& words, const std::string& log_file);
    ~Child();
    Child(Child&& other) noexcept;
    Child& operator=(Child&& other) noexcept;

    [[nodiscard]] std::string read_line();  // "" at the end
    [[nodiscard]] std::string read_all();
    int stop(int signal);  // sends it and waits; what the process left with
    int wait();

private:
    pid_t process_ = 0;
    int out_ = -1;
};

// `barrow WORDS…`: what it said, and how it ended.
struct Ran {
    int status = 0;
    std::string said;
};
Ran run(const std::vector<std::string>& words, const std::string& log_file);

}  // namespace barrow::stress
