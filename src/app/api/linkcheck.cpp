#include "app/api/call.hpp"
#include "rooms/links/check/linkcheck_http.hpp"

namespace barrow::app::api {

Task<http::Response> get_linkcheck(links::linkcheck::Doors& doors, access::Visit visit) {
    std::vector<std::string> addresses{visit.request.query_value("url").value_or("")};
    const auto work = [&]() -> Task<Result<wire::Json>> {
        if (addresses.front().empty()) co_return fail(Fault::bad_input, "say which link: ?url=https%3A%2F%2Fbit.ly%2Flamp");
        auto checking = links::linkcheck::check_for_shop(doors, visit.shop(), addresses);
        const auto told = co_await checking;
        if (!told) co_return told.error();
        co_return links::linkcheck::to_json(told->front());
    };
    co_return co_await ask(doors.site, visit, work);
}

}  // namespace barrow::app::api
