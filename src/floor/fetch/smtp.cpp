#include "floor/fetch/smtp.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <deque>
#include <list>
#include <thread>
#include <utility>

namespace barrow::fetch {
namespace {

using Answer = Later<Status>::Answer;

std::int64_t steady_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Job {
    Envelope envelope;
    Answer answer;
    std::int64_t until_ms = 0;
    std::size_t read = 0;                         // of the message
    std::array<char, CURL_ERROR_SIZE> trouble{};  // what curl says beyond its code
    std::string said;                             // the server's last line
    CURL* easy = nullptr;
    curl_slist* recipients = nullptr;
    std::list<std::unique_ptr<Job>>::iterator place;

    ~Job() {
        if (easy) curl_easy_cleanup(easy);
        curl_slist_free_all(recipients);
    }
};

std::size_t give_message(char* into, std::size_t size, std::size_t count, void* user) {
    auto& job = *static_cast<Job*>(user);
    const auto length = std::min(size * count, job.envelope.message.size() - job.read);
    std::memcpy(into, job.envelope.message.data() + job.read, length);
    job.read += length;
    return length;
}

// What the server's last words mean for this message.
// "550 5.1.1 no such person": whether that is about the recipient (RFC 3463: class 5.1 and mailboxes that are gone) and not about us, our
// server, or what it may relay. Servers that give no such code say 550, 551 or 553 for both.
bool is_about_the_recipient(std::string_view said, long answered) {
    std::string small(said.substr(0, 300));
    std::ranges::transform(small, small.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const auto code = std::string_view(small).substr(std::min<std::size_t>(4, small.size()));
    if (code.size() > 2 && code[0] == '5' && code[1] == '.') return code.starts_with("5.1.") || code.starts_with("5.2.1");
    if (answered != 550 && answered != 551 && answered != 553) return false;
    constexpr std::string_view ours[] = {"relay", "authenti", "spf", "policy", "blocked", "blacklist", "spam"};
    return std::ranges::none_of(ours, [&](std::string_view word) { return small.find(word) != std::string::npos; });
}

Status judge(CURLcode code, long answered, std::string_view trouble, std::string_view said_last) {
    if (code == CURLE_OK) return {};
    const auto said = trouble.empty() ? std::string(curl_easy_strerror(code)) : std::string(trouble);
    const auto words = said + (answered > 0 && said.find(std::to_string(answered)) == std::string::npos
                                   ? " (the server said " + std::to_string(answered) + ")"
                                   : "");
    const bool for_good = answered >= 500 && answered < 600;
    if (for_good && trouble.starts_with("RCPT failed") && is_about_the_recipient(said_last, answered))
        return fail(Fault::not_found, "The mail server takes no mail for this recipient: it said " + std::to_string(answered) + ".");
    if (for_good && code == CURLE_WEIRD_SERVER_REPLY)
        return fail(Fault::gone, "The mail server refused the message: it said " + std::to_string(answered) + ".");
    if (code == CURLE_LOGIN_DENIED) return fail(Fault::outside, "The mail server refused user or password of the setting smtp.");
    if (code == CURLE_USE_SSL_FAILED)
        return fail(Fault::outside, "The mail server offers no STARTTLS; without it nothing is sent to another machine.");
    return fail(Fault::outside, "The mail server did not take the message: " + words + ".");
}

class CurlSmtp final : public Smtp {
public:
    CurlSmtp(SmtpServer server, SmtpOptions options) : server_(std::move(server)), options_(std::move(options)) {
        static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
        check(once == CURLE_OK);
        multi_ = curl_multi_init();
        check(multi_ != nullptr);
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

    ~CurlSmtp() override {
        stop();
        curl_multi_cleanup(multi_);
        curl_slist_free_all(resolve_);
    }

    Later<Status> send(Envelope envelope) override {
        return Later<Status>([this, envelope = std::move(envelope)](Answer answer) mutable {
            // They stand in lines of the dialogue.
            for (const auto* address : {&envelope.from, &envelope.to}) {
                if (address->find_first_of(std::string_view("\r\n\0<> ", 6)) != std::string::npos)
                    return answer(fail(Fault::gone, "This is no address that mail can be sent to."));
            }
            auto job = std::make_unique<Job>();
            job->envelope = std::move(envelope);
            job->answer = answer;
            job->until_ms = steady_ms() + smtp_ms_max;
            {
                const Lock lock(mutex_);
                if (!ending_ && waiting_.size() < options_.waiting_max) waiting_.push_back(std::move(job));
            }
            if (job) return answer(fail(Fault::busy, "Too many mails are waiting; later it will work."));
            curl_multi_wakeup(multi_);
        });
    }

private:
    void run() {
        for (;;) {
            bool ending = false;
            {
                const Lock lock(mutex_);
                ending = ending_;
                while (!waiting_.empty() && under_way_.size() < options_.connections_max) {
                    under_way_.push_back(std::move(waiting_.front()));
                    waiting_.pop_front();
                    under_way_.back()->place = std::prev(under_way_.end());
                }
            }
            if (ending) break;
            for (auto& job : under_way_) {
                if (job->easy == nullptr) begin(*job);
            }
            int running = 0;
            curl_multi_perform(multi_, &running);
            int left = 0;
            bool ended = false;
            while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
                if (message->msg != CURLMSG_DONE) continue;
                Job* job = nullptr;
                curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &job);
                long answered = 0;
                curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &answered);
                finish(*job, judge(message->data.result, answered, job->trouble.data(), job->said));
                ended = true;
            }
            if (!ended) curl_multi_poll(multi_, nullptr, 0, 10'000, nullptr);
        }
        while (!under_way_.empty()) finish(*under_way_.front(), fail(Fault::busy, "The program is stopping; later it will work."));
        std::deque<std::unique_ptr<Job>> rest;
        {
            const Lock lock(mutex_);
            rest.swap(waiting_);
        }
        for (auto& job : rest) job->answer(fail(Fault::busy, "The program is stopping; later it will work."));
    }

    void begin(Job& job) {
        job.easy = curl_easy_init();
        check(job.easy != nullptr);
        const auto set = [&](auto option, auto value) { curl_easy_setopt(job.easy, option, value); };
        set(CURLOPT_PRIVATE, &job);
        set(CURLOPT_URL,
            (server_.url + "/" + job.envelope.from.substr(job.envelope.from.rfind('@') + 1)).c_str());  // the path: EHLO's name
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        set(CURLOPT_PROXY, "");
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(1, job.until_ms - steady_ms())));
        set(CURLOPT_CONNECTTIMEOUT_MS, options_.connect_ms);
        set(CURLOPT_USE_SSL, server_.loopback ? CURLUSESSL_NONE : CURLUSESSL_ALL);
        if (!options_.certificate_authorities_file.empty()) set(CURLOPT_CAINFO, options_.certificate_authorities_file.c_str());
        if (resolve_) set(CURLOPT_RESOLVE, resolve_);
        if (!server_.user.empty()) {
            set(CURLOPT_USERNAME, server_.user.c_str());
            set(CURLOPT_PASSWORD, server_.password.c_str());
        }
        set(CURLOPT_VERBOSE, 1L);  // the only way to the server's own words, which go nowhere but into `said`
        set(
            CURLOPT_DEBUGFUNCTION, +[](CURL*, curl_infotype kind, char* text, std::size_t size, void* kept) -> int {
                if (kind == CURLINFO_HEADER_IN && size > 0 && (text[0] == '4' || text[0] == '5'))
                    static_cast<Job*>(kept)->said.assign(text, std::min<std::size_t>(size, 500));
                return 0;
            });
        set(CURLOPT_DEBUGDATA, &job);
        set(CURLOPT_ERRORBUFFER, job.trouble.data());
        set(CURLOPT_MAIL_FROM, ("<" + job.envelope.from + ">").c_str());
        job.recipients = curl_slist_append(nullptr, ("<" + job.envelope.to + ">").c_str());
        set(CURLOPT_MAIL_RCPT, job.recipients);
        set(CURLOPT_UPLOAD, 1L);
        set(CURLOPT_READFUNCTION, give_message);
        set(CURLOPT_READDATA, &job);
        curl_multi_add_handle(multi_, job.easy);
    }

    void finish(Job& job, Status status) {
        if (job.easy) curl_multi_remove_handle(multi_, job.easy);
        const auto answer = std::move(job.answer);
        under_way_.erase(job.place);
        answer(std::move(status));
    }

    const SmtpServer server_;
    SmtpOptions options_;
    CURLM* multi_ = nullptr;
    curl_slist* resolve_ = nullptr;
    std::list<std::unique_ptr<Job>> under_way_;  // the thread's own
    Mutex mutex_;
    std::deque<std::unique_ptr<Job>> waiting_ guarded_by(mutex_);
    bool ending_ guarded_by(mutex_) = false;
    std::thread thread_;
};

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
    std::string out(text);
    curl_free(text);
    return out;
}

}  // namespace

Result<SmtpServer> read_smtp(std::string_view text) {
    const auto refused =
        fail(Fault::bad_input, "smtp must be like smtp://user:password@mail.example:587, or smtps:// for TLS from the start");
    const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), curl_url_cleanup);
    if (url == nullptr || curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
        return refused;
    const auto scheme = part_of(url.get(), CURLUPART_SCHEME), host = part_of(url.get(), CURLUPART_HOST);
    const auto path = part_of(url.get(), CURLUPART_PATH);
    if ((scheme != "smtp" && scheme != "smtps") || host.empty() || (!path.empty() && path != "/")) return refused;
    auto port = part_of(url.get(), CURLUPART_PORT);
    if (port.empty()) port = scheme == "smtps" ? "465" : "587";
    const auto user = part_of(url.get(), CURLUPART_USER, CURLU_URLDECODE),
               password = part_of(url.get(), CURLUPART_PASSWORD, CURLU_URLDECODE);
    if (user.empty() != password.empty()) return refused;
    return SmtpServer{.url = scheme + "://" + host + ":" + port,
                      .user = user,
                      .password = password,
                      .loopback = host == "localhost" || host == "[::1]" || host.starts_with("127.")};
}

std::unique_ptr<Smtp> open_smtp(SmtpServer server, SmtpOptions options) {
    return std::make_unique<CurlSmtp>(std::move(server), std::move(options));
}

}  // namespace barrow::fetch
