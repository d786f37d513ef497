#include "floor/base/result.hpp"

#include <cstdio>
#include <cstdlib>

namespace barrow {

std::string_view name(Fault fault) {
    switch (fault) {
        case Fault::bad_input:
            return "bad_input";
        case Fault::unauthenticated:
            return "unauthenticated";
        case Fault::forbidden:
            return "forbidden";
        case Fault::not_found:
            return "not_found";
        case Fault::gone:
            return "gone";
        case Fault::conflict:
            return "conflict";
        case Fault::sold_out:
            return "sold_out";
        case Fault::too_large:
            return "too_large";
        case Fault::rate_limited:
            return "rate_limited";
        case Fault::busy:
            return "busy";
        case Fault::outside:
            return "outside";
        case Fault::storage:
            return "storage";
    }
    return "unknown";
}

void check_failed(const std::source_location& where) {
    std::fprintf(stderr, "barrow: bug: a check failed in %s (%s:%u)\n", where.function_name(), where.file_name(),
                 static_cast<unsigned>(where.line()));
    std::abort();
}

}  // namespace barrow
