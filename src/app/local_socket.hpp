// The local socket DATA/barrow.sock: commands go through a running server, so that its caches learn of them at once.
// One JSON line each way: {"command": "login", "arguments": {…}} → {"ok": …} or {"error": {"fault": "not_found", "text": …}}.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "floor/base/result.hpp"
#include "floor/wire/json.hpp"

namespace barrow::app {

inline constexpr std::size_t local_message_bytes_max = 64 << 20;  // the largest file that is imported through it

class LocalSocket {
public:
    using Answer = std::function<Result<wire::Json>(std::string_view command, const wire::Json& arguments)>;
    // Mode 0600: whoever may read the data folder's keys may command. Refuses a socket that a running server holds (conflict).
    static Result<std::unique_ptr<LocalSocket>> listen(const std::string& path, Answer answer);
    ~LocalSocket();

private:
    LocalSocket(int listener, int wake, std::string path, Answer answer);
    void serve();
    void serve_one(int connection);
    int listener_, wake_read_, wake_write_ = -1;
    std::string path_;
    Answer answer_;
    std::thread thread_;
};

// The running server's answer; nothing when none runs.
std::optional<Result<wire::Json>> ask_server(const std::string& path, std::string_view command, const wire::Json& arguments);

}  // namespace barrow::app
