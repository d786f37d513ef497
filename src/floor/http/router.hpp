// Router: which handler answers a method and a path. The table is data, so that the OpenAPI file can be checked against it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "floor/http/http.hpp"

namespace barrow::http {

// A handler that answers at once (it must not block), or one that waits for the store or the world.
using Quick = std::function<Response(Request&)>;
using Slow = std::function<Task<Response>(Request&)>;
// Asked before a Slow one: the answer where nothing has to be waited for, and then no task is made.
using AtOnce = std::function<std::optional<Response>(Request&)>;

struct Route {
    Method method;
    std::string pattern;  // "/s/:slug", "/a/*rest"; fixed segments win over parameters, parameters over *
    std::variant<Quick, Slow> handler;
    static constexpr std::size_t body_max_usual = 64 * 1024;
    std::size_t body_max = body_max_usual;
    AtOnce at_once = nullptr;  // of a Slow handler
};

class Router {
public:
    // A second route of the same method and pattern is a bug.
    void add(Route route);

    struct Match {
        const Route* route = nullptr;  // nullptr: no such path
        std::vector<Method> allowed;   // when the path exists under other methods only
    };
    // Fills request.parameters; a path whose parameter is not UTF-8 or holds a zero byte matches nothing. HEAD is answered by GET's
    // handler. Cost: one walk down the segments, no allocation besides the parameters.
    Match match(Request& request) const;

    [[nodiscard]] const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }

private:
    using Methods = std::map<Method, const Route*>;
    struct Node {
        std::map<std::string, std::unique_ptr<Node>, std::less<>> fixed;
        std::unique_ptr<Node> parameter;
        std::string rest_name;
        Methods here, rest;
    };
    struct Search;
    std::vector<std::unique_ptr<Route>> routes_;
    Node root_;
};

// What a route answers without waiting; nothing: its Slow handler is to be started.
std::optional<Response> answer_at_once(const Route& route, Request& request);

// What most front functions end in: the route, or in `answer` 404, 405 with Allow, 204 with Allow for OPTIONS.
const Route* find_route(const Router& router, Request& request, Response& answer);

}  // namespace barrow::http
