#include "floor/http/link.hpp"
namespace barrow::http {
std::unique_ptr<Protocol> make_http2(Link& link, Hall& hall) { return make_http1(link, hall); }
}
