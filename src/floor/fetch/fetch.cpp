// One thread runs libcurl's multi interface; requests come through a queue, answers leave through the Later's executor.
#include "floor/fetch/fetch.hpp"

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <deque>
#include <list>
#include <thread>

#include "floor/base/text.hpp"
#include "floor/fetch/address_rules.hpp"
#include "floor/fetch/url.hpp"

namespace barrow::fetch {
namespace {

constexpr std::size_t header_bytes_max = 64 * 1024;

using Answer = Later<Result<FetchResponse>>::Answer;

std::int64_t steady_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r' || text.back() == '\n'))
        text.remove_suffix(1);
    return text;
}

bool has_line_end(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos; }

struct Job {
    FetchRequest request;
    Answer answer;
    FetchResponse response;
    std::int64_t until_ms = 0;
    std::size_t header_bytes = 0;
    int redirects_left = 0;
    bool address_refused = false, too_large = false;
    std::array<char, CURL_ERROR_SIZE> trouble{};  // what curl says beyond its code
    CURL* easy = nullptr;
    curl_slist* headers = nullptr;
    std::list<std::unique_ptr<Job>>::iterator place;

    ~Job() {
        if (easy) curl_easy_cleanup(easy);
        curl_slist_free_all(headers);
    }
};

curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* address) {
    auto& job = *static_cast<Job*>(user);
    // Here the address is the one that will be connected to, however it was written and whatever a resolver said before.
    if (job.request.peer == Peer::given_by_user && !is_public(address->addr)) {
        job.address_refused = true;
        return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// The connection's TLS, as long as there is one.
std::optional<Tls> read_tls(CURL* easy) {
    curl_tlssessioninfo* session = nullptr;
    if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK || session == nullptr) return {};
    if (session->backend != CURLSSLBACKEND_OPENSSL || session->internals == nullptr) return {};
    const auto* ssl = static_cast<const SSL*>(session->internals);
    Tls tls{.version = SSL_get_version(ssl), .ends = {}};
    tm ends{};
    if (auto* certificate = SSL_get1_peer_certificate(ssl)) {
        if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &ends) == 1) tls.ends = Instant{} + seconds(::timegm(&ends));
        X509_free(certificate);
    }
    return tls;
}

// A connection that is used again was perhaps opened for a peer of the config.
int before_request(void* user, char* address, char*, int, int) {
    auto& job = *static_cast<Job*>(user);
    if (job.request.peer == Peer::given_by_user && !is_public(std::string_view(address))) {
        job.address_refused = true;
        return CURL_PREREQFUNC_ABORT;
    }
    job.response.address = address;
    job.response.tls = read_tls(job.easy);
    return CURL_PREREQFUNC_OK;
}

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* user) {
    auto& job = *static_cast<Job*>(user);
    const auto room = job.request.body_bytes_max - job.response.body.size();
    if (size * count > room) {
        const bool cut = job.request.beyond == Beyond::cut;
        if (cut) job.response.body.append(bytes, room);
        (cut ? job.response.cut : job.too_large) = true;
        return 0;
    }
    job.response.body.append(bytes, size * count);
    return size * count;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* user) {
    auto& job = *static_cast<Job*>(user);
    const std::string_view line(bytes, size * count);
    job.header_bytes += line.size();
    if (job.header_bytes > header_bytes_max) {
        job.too_large = true;
        return 0;
    }
    if (line.starts_with("HTTP/")) {
        job.response.headers.clear();  // of a 100, or of the answer before
    } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
        job.response.headers.emplace_back(lower(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    }
    return line.size();
}

class CurlFetcher final : public Fetcher {
public:
    explicit CurlFetcher(FetcherOptions options) : options_(std::move(options)) {
        static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
        check(once == CURLE_OK);
        multi_ = curl_multi_init();
        check(multi_ != nullptr);
        curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, options_.connections_max);
        for (const auto& each : options_.resolve) resolve_ = curl_slist_append(resolve_, each.c_str());
        thread_ = std::thread([this] { run(); });
    }

    void stop() override {
        {
            const Lock lock(mutex_);
            ending_ = true;
        }
        curl_multi_wakeup(multi_);
        if (thread_.joinable()) thread_.join();
    }

    ~CurlFetcher() override {
        stop();
        curl_multi_cleanup(multi_);
        curl_slist_free_all(resolve_);
    }

    Later<Result<FetchResponse>> fetch(FetchRequest request) override {
        return Later<Result<FetchResponse>>([this, request = std::move(request)](Answer answer) mutable {
            if (origin(request.url).empty()) {
                answer(fail(Fault::bad_input, "\"" + request.url.substr(0, 200) +
                                                  "\" is not an address that can be fetched; it begins with http:// or https://."));
                return;
            }
            for (const auto& [name, value] : request.headers) {
                if (has_line_end(name) || has_line_end(value) || name.find(':') != std::string::npos) {
                    answer(fail(Fault::bad_input, "A header of an outgoing request holds a line end."));
                    return;
                }
            }
            auto job = std::make_unique<Job>();
            job->request = std::move(request);
            job->answer = answer;
            {
                const Lock lock(mutex_);
                if (!ending_ && waiting_.size() < options_.waiting_max) { waiting_.push_back(std::move(job)); }
            }
            if (job) {
                answer(fail(Fault::busy, "Too many outgoing requests are waiting; try again."));
                return;
            }
            curl_multi_wakeup(multi_);
        });
    }

private:
    void run() {
        for (;;) {
            std::deque<std::unique_ptr<Job>> fresh;
            bool ending = false;
            {
                const Lock lock(mutex_);
                fresh.swap(waiting_);
                ending = ending_;
            }
            for (auto& job : fresh) {
                under_way_.push_back(std::move(job));
                auto& added = *under_way_.back();
                added.place = std::prev(under_way_.end());
                added.until_ms = steady_ms() + added.request.total_ms;
                added.redirects_left = added.request.redirects_max;
                begin(added);
            }
            if (ending) break;
            int running = 0;
            curl_multi_perform(multi_, &running);
            int left = 0;
            while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
                if (message->msg != CURLMSG_DONE) continue;
                Job* job = nullptr;
                curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &job);
                ended(*job, message->data.result);
            }
            curl_multi_poll(multi_, nullptr, 0, 60'000, nullptr);
        }
        while (!under_way_.empty()) finish(*under_way_.front(), fail(Fault::busy, "The program is stopping; try again."));
    }

    void begin(Job& job) {
        const auto& request = job.request;
        job.easy = curl_easy_init();
        check(job.easy != nullptr);
        job.response = {};
        job.header_bytes = 0;
        const auto set = [&](auto option, auto value) { curl_easy_setopt(job.easy, option, value); };
        set(CURLOPT_PRIVATE, &job);
        set(CURLOPT_URL, request.url.c_str());
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_PROXY, "");  // an environment variable must not lead around the address rules
        set(CURLOPT_FOLLOWLOCATION, 0L);
        set(CURLOPT_TIMEOUT_MS, std::max<long>(1, job.until_ms - steady_ms()));
        set(CURLOPT_CONNECTTIMEOUT_MS, request.connect_ms);
        set(CURLOPT_USERAGENT, options_.user_agent.c_str());
        set(CURLOPT_ACCEPT_ENCODING, "");
        set(CURLOPT_OPENSOCKETFUNCTION, open_socket);
        set(CURLOPT_OPENSOCKETDATA, &job);
        set(CURLOPT_PREREQFUNCTION, before_request);
        set(CURLOPT_PREREQDATA, &job);
        if (request.connection == Connection::fresh) {
            set(CURLOPT_FRESH_CONNECT, 1L);
            set(CURLOPT_FORBID_REUSE, 1L);
        }
        job.trouble = {};
        set(CURLOPT_ERRORBUFFER, job.trouble.data());
        set(CURLOPT_WRITEFUNCTION, take_body);
        set(CURLOPT_WRITEDATA, &job);
        set(CURLOPT_HEADERFUNCTION, take_header);
        set(CURLOPT_HEADERDATA, &job);
        if (!options_.certificate_authorities_file.empty()) set(CURLOPT_CAINFO, options_.certificate_authorities_file.c_str());
        if (resolve_) set(CURLOPT_RESOLVE, resolve_);
        curl_slist_free_all(std::exchange(job.headers, nullptr));
        for (const auto& [name, value] : request.headers) {
            job.headers = curl_slist_append(job.headers, value.empty() ? (name + ";").c_str() : (name + ": " + value).c_str());
        }
        job.headers = curl_slist_append(job.headers, "Expect:");  // a round trip for nothing
        set(CURLOPT_HTTPHEADER, job.headers);
        if (request.method == "HEAD") {
            set(CURLOPT_NOBODY, 1L);
        } else if (request.method != "GET" || !request.body.empty()) {
            set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
            set(CURLOPT_POSTFIELDS, request.body.data());
            set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
        }
        curl_multi_add_handle(multi_, job.easy);
    }

    void ended(Job& job, CURLcode code) {
        if (job.address_refused) {
            finish(job, fail(Fault::forbidden, "The address leads into a private network; give a public one."));
            return;
        }
        if (job.too_large) {
            finish(job, fail(Fault::too_large, "The answer is larger than the " + std::to_string(job.request.body_bytes_max) +
                                                   " bytes that are taken here."));
            return;
        }
        if (code != CURLE_OK && !job.response.cut) {
            // Of a certificate the code alone says too little to mend it.
            const bool detail = code == CURLE_PEER_FAILED_VERIFICATION && job.trouble[0] != '\0';
            finish(job, fail(code == CURLE_URL_MALFORMAT ? Fault::bad_input : Fault::outside,
                             "The peer did not answer: " + std::string(detail ? job.trouble.data() : curl_easy_strerror(code)) + "."));
            return;
        }
        measure(job);
        long status = 0;
        char* next = nullptr;
        curl_easy_getinfo(job.easy, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(job.easy, CURLINFO_REDIRECT_URL, &next);
        job.response.status = static_cast<int>(status);
        job.response.url = job.request.url;
        const bool redirects = next && (status == 301 || status == 302 || status == 303 || status == 307 || status == 308);
        if (redirects && job.request.redirects_max > 0) {
            follow(job, static_cast<int>(status), next);
            return;
        }
        finish(job, std::move(job.response));
    }

    static void measure(Job& job) {
        long version = 0;
        curl_easy_getinfo(job.easy, CURLINFO_HTTP_VERSION, &version);
        job.response.http_version = version == CURL_HTTP_VERSION_2_0   ? "2"
                                    : version == CURL_HTTP_VERSION_1_1 ? "1.1"
                                    : version == CURL_HTTP_VERSION_1_0 ? "1.0"
                                                                       : "";
        const auto microseconds_of = [&](CURLINFO what) {
            curl_off_t us = 0;
            curl_easy_getinfo(job.easy, what, &us);
            return static_cast<std::int64_t>(us);
        };
        job.response.timing = {.name_us = microseconds_of(CURLINFO_NAMELOOKUP_TIME_T),
                               .connect_us = microseconds_of(CURLINFO_CONNECT_TIME_T),
                               .tls_us = microseconds_of(CURLINFO_APPCONNECT_TIME_T),
                               .first_byte_us = microseconds_of(CURLINFO_STARTTRANSFER_TIME_T),
                               .total_us = microseconds_of(CURLINFO_TOTAL_TIME_T)};
    }

    void follow(Job& job, int status, std::string next) {
        const auto from = origin(job.request.url);
        const auto to = origin(next);
        if (to.empty()) return finish(job, fail(Fault::outside, "The peer sent us on to an address that is not http or https."));
        if (from.starts_with("https:") && to.starts_with("http:"))
            return finish(job, fail(Fault::outside, "The peer sent us on from https to http."));
        if (job.redirects_left-- == 0) return finish(job, fail(Fault::outside, "The peer sent us on too often."));
        if (from != to) {
            std::erase_if(job.request.headers, [](const auto& header) {
                const auto name = lower(header.first);
                return name == "authorization" || name == "cookie" || name == "proxy-authorization";
            });
        }
        if (status == 303 || ((status == 301 || status == 302) && job.request.method == "POST")) {
            job.request.body.clear();
            if (job.request.method != "HEAD") job.request.method = "GET";
            std::erase_if(job.request.headers, [](const auto& header) { return lower(header.first).starts_with("content-"); });
        }
        job.request.url = std::move(next);
        curl_multi_remove_handle(multi_, job.easy);
        curl_easy_cleanup(std::exchange(job.easy, nullptr));
        begin(job);
    }

    void finish(Job& job, Result<FetchResponse> result) {
        curl_multi_remove_handle(multi_, job.easy);
        const auto answer = std::move(job.answer);
        under_way_.erase(job.place);
        answer(std::move(result));
    }

    FetcherOptions options_;
    CURLM* multi_ = nullptr;
    curl_slist* resolve_ = nullptr;
    std::list<std::unique_ptr<Job>> under_way_;  // the thread's own
    Mutex mutex_;
    std::deque<std::unique_ptr<Job>> waiting_ guarded_by(mutex_);
    bool ending_ guarded_by(mutex_) = false;
    std::thread thread_;
};

}  // namespace

std::string_view FetchResponse::header(std::string_view lower_case_name) const {
    for (const auto& [name, value] : headers) {
        if (name == lower_case_name) return value;
    }
    return {};
}

std::unique_ptr<Fetcher> open_fetcher(FetcherOptions options) { return std::make_unique<CurlFetcher>(std::move(options)); }

}  // namespace barrow::fetch
