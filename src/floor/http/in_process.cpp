#include "floor/http/in_process.hpp"

#include "floor/http/link.hpp"

namespace barrow::http {
namespace {

Task<Response> answered(const Route& route, Request& request) {
    if (auto response = answer_at_once(route, request)) co_return std::move(*response);
    co_return co_await std::get<Slow>(route.handler)(request);
}

Response respond(const Front& front, Loop& loop, Request& request) {
    Response early;
    const Route* route = front.find(request, early);
    if (!route) return early;
    if (request.body.size() > route->body_max) return problem(fail(Fault::too_large, "The body is larger than this address takes."));
    return loop.wait(answered(*route, request));
}

}  // namespace

Response call(const Front& front, Loop& loop, Call call) {
    Request request;
    std::string host;
    request.method = call.method;
    request.authority = call.authority;
    request.peer = call.peer;
    request.by_proxy = call.by_proxy;
    request.secure = call.secure;
    request.body = call.body;
    bool has_host = false;
    for (const auto& [name, value] : call.headers) {
        request.headers.emplace_back(name, value);
        has_host = has_host || name == "host";
    }
    if (!has_host) request.headers.emplace_back("host", call.authority);
    Response response;
    if (fill_target(request, call.target) && fill_host(request, host)) {
        response = respond(front, loop, request);
    } else {
        response = problem(fail(Fault::bad_input, "The address is not well-formed."));
    }
    if (front.finish) front.finish(request, response);
    if (request.method == Method::head) {
        response.body.clear();
        response.shared_body.reset();
    }
    return response;
}

}  // namespace barrow::http
