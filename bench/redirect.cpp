// A server that is nothing but the floor: redirects from a map of links, each tap counted. bench/redirect.sh loads it beside
// nginx's `map`.
//   bench_redirect PORT LINKS THREADS [CERTIFICATE KEY]
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unordered_map>

#include "floor/http/server.hpp"

namespace {

struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

struct Link {
    std::string target;
    std::atomic<std::int64_t> taps = 0;
};

}  // namespace

int main(int argc, char** argv) {
    using namespace barrow;
    if (argc < 4) {
        std::fprintf(stderr, "usage: bench_redirect PORT LINKS THREADS [CERTIFICATE KEY]\n");
        return 2;
    }
    std::unordered_map<std::string, Link, Hash, std::equal_to<>> links;
    const int count = std::atoi(argv[2]);
    for (int i = 0; i < count; ++i) {
        links["link" + std::to_string(i)].target =
            "https://shop.example/products/item-" + std::to_string(i) + "?utm_source=bio&utm_campaign=autumn";
    }
    http::Router router;
    router.add({http::Method::get, "/s/:slug", [&](http::Request& request) {
                    const auto found = links.find(std::string_view(request.parameter("slug")));
                    if (found == links.end()) return http::problem(fail(Fault::not_found, "There is no such link."));
                    found->second.taps.fetch_add(1, std::memory_order_relaxed);
                    return http::Response::redirect(found->second.target);
                }});
    router.add({http::Method::post, "/echo", [](http::Request& request) { return http::Response::text(std::string(request.body)); }});
    http::Front front{.find = [&](http::Request& request, http::Response& answer) { return http::find_route(router, request, answer); },
                      .finish = {}};
    http::ServerOptions options;
    options.port = std::atoi(argv[1]);
    options.threads = std::atoi(argv[3]);
    if (argc > 5) {
        options.certificate_file = argv[4];
        options.key_file = argv[5];
    }
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ending, nullptr);
    const SystemClock clock;
    StderrLog log(clock);
    auto server = http::Server::open(options, front, clock, log);
    if (!server) {
        std::fprintf(stderr, "%s\n", server.error().text.c_str());
        return 1;
    }
    (*server)->start();
    int signal = 0;
    sigwait(&ending, &signal);
    (*server)->stop();
    return 0;
}
