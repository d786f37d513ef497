// The route table as a tree of path segments.
#include "floor/http/router.hpp"

#include <algorithm>

#include "floor/wire/form.hpp"

namespace barrow::http {
namespace {

// "/s/abc" → "s", then "abc". A trailing slash is a segment of its own, empty: "/s/" is not "/s".
std::string_view take_segment(std::string_view& path) {
    const auto end = std::min(path.find('/'), path.size());
    const auto segment = path.substr(0, end);
    path.remove_prefix(end);
    return segment;
}

}  // namespace

void Router::add(Route route) {
    check(!route.pattern.empty() && route.pattern.front() == '/');
    routes_.push_back(std::make_unique<Route>(std::move(route)));
    const Route* kept = routes_.back().get();
    Node* node = &root_;
    std::string_view path = kept->pattern;
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto segment = take_segment(path);
        if (!segment.empty() && segment.front() == '*') {
            check(path.empty());  // the rest of the path is the last thing in a pattern
            check(node->rest.empty() || node->rest_name == segment.substr(1));
            node->rest_name = segment.substr(1);
            check(node->rest.emplace(kept->method, kept).second);
            return;
        }
        if (!segment.empty() && segment.front() == ':') {
            if (!node->parameter) node->parameter = std::make_unique<Node>();
            node = node->parameter.get();
            continue;
        }
        auto& next = node->fixed[std::string(segment)];
        if (!next) next = std::make_unique<Node>();
        node = next.get();
    }
    check(node->here.emplace(kept->method, kept).second);
}

namespace {

// Names come from the matched route's own pattern, so that /a/:shop and /a/:id/b may stand side by side.
// False when one of them is no text: nothing is called by such a name.
bool fill_parameters(const Route& route, Request& request) {
    const auto fill = [&](std::string_view name, std::string_view given) {
        request.parameters.emplace_back(name, percent_decode(given));
        return wire::is_text(request.parameters.back().second);
    };
    std::string_view pattern = route.pattern;
    std::string_view path = request.path;
    while (!pattern.empty()) {
        pattern.remove_prefix(1);
        path.remove_prefix(1);
        if (!pattern.empty() && pattern.front() == '*') { return fill(pattern.substr(1), path); }
        const auto segment = take_segment(pattern);
        const auto given = take_segment(path);
        if (!segment.empty() && segment.front() == ':' && !fill(segment.substr(1), given)) return false;
    }
    return true;
}

}  // namespace

struct Router::Search {
    Method method;
    std::vector<Method>* allowed;

    const Route* among(const Methods& table) {
        const auto find = [&](Method wanted) -> const Route* {
            const auto found = table.find(wanted);
            return found == table.end() ? nullptr : found->second;
        };
        if (const auto* route = find(method)) return route;
        if (method == Method::head) {
            if (const auto* route = find(Method::get)) return route;
        }
        for (const auto& [each, route] : table) {
            if (std::find(allowed->begin(), allowed->end(), each) == allowed->end()) allowed->push_back(each);
        }
        return nullptr;
    }

    const Route* walk(const Node& node, std::string_view path) {
        if (path.empty()) return among(node.here);
        auto after = path.substr(1);
        const auto segment = take_segment(after);
        if (const auto fixed = node.fixed.find(segment); fixed != node.fixed.end()) {
            if (const auto* route = walk(*fixed->second, after)) return route;
        }
        if (node.parameter && !segment.empty()) {
            if (const auto* route = walk(*node.parameter, after)) return route;
        }
        return node.rest.empty() ? nullptr : among(node.rest);
    }
};

Router::Match Router::match(Request& request) const {
    Match match;
    request.parameters.clear();
    if (request.path.empty() || request.path.front() != '/') return match;
    Search search{request.method, &match.allowed};
    match.route = search.walk(root_, request.path);
    if (match.route) {
        match.allowed.clear();
        if (!fill_parameters(*match.route, request)) match.route = nullptr;
    }
    return match;
}

std::optional<Response> answer_at_once(const Route& route, Request& request) {
    if (const auto* quick = std::get_if<Quick>(&route.handler)) return (*quick)(request);
    return route.at_once ? route.at_once(request) : std::nullopt;
}

const Route* find_route(const Router& router, Request& request, Response& answer) {
    const auto match = router.match(request);
    if (match.route) return match.route;
    if (match.allowed.empty()) {
        answer = problem(fail(Fault::not_found, "There is nothing at this address."));
        return nullptr;
    }
    std::string allow;
    for (const auto method : match.allowed) {
        allow.append(allow.empty() ? "" : ", ").append(name(method));
        if (method == Method::get) allow.append(", HEAD");
    }
    if (request.method == Method::options) {
        answer = Response{};
        answer.status = 204;
    } else {
        answer = problem(
            fail(Fault::bad_input, "This address does not take " + std::string(name(request.method)) + "; it takes " + allow + "."));
        answer.status = 405;
    }
    answer.headers.emplace_back("allow", allow);
    return nullptr;
}

}  // namespace barrow::http
