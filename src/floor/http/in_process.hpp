// A request through front and router without sockets: the transport of tests and of the simulator.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "floor/base/task.hpp"
#include "floor/http/server.hpp"

namespace barrow::http {

struct Call {
    Method method = Method::get;
    std::string target = "/";
    std::string body{};
    std::vector<std::pair<std::string, std::string>> headers{};  // names in lower case
    std::string authority = "localhost";
    std::string peer = "127.0.0.1";
    bool secure = true;
    bool by_proxy = false;  // a trusted one
};

// What a socket would have got, after front.finish; runs what the handler posts to the loop until it has its answer. A body
// beyond the route's limit gives 413; HEAD keeps no body; a malformed target or authority gives 400.
Response call(const Front& front, Loop& loop, Call call);

}  // namespace barrow::http
