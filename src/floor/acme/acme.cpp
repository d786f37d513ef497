#include "floor/acme/acme.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "floor/base/bytes.hpp"
#include "floor/sign/sign.hpp"
#include "floor/sign/x509.hpp"

namespace barrow::acme {
namespace {

constexpr int nonce_tries_max = 10;  // RFC 8555 section 6.5: a bad nonce is to be tried again
constexpr int looks_max = 60;        // at one challenge or order
constexpr Duration wait_first = milliseconds(500), wait_most = seconds(15), wait_total = minutes(5);
constexpr std::size_t answer_bytes_max = 256 * 1024;
constexpr std::size_t detail_bytes_max = 300;  // of an authority's own words
constexpr std::size_t authorizations_max = 8;  // one name has one

using wire::Json;

std::string encoded(std::string_view text) { return base64url(as_bytes(text)); }
std::string encoded_json(const Json& json) { return encoded(wire::write_json(json)); }

// In the order of RFC 7638, so that the same object serves for the thumbprint.
Json jwk(const sign::Point& point) {
    return Json::object({{"crv", "P-256"}, {"kty", "EC"}, {"x", base64url(point.x)}, {"y", base64url(point.y)}});
}

std::string text_in(const Json& json, std::string_view name) {
    const auto* found = json.find(name);
    return found != nullptr && found->is_text() ? found->text() : "";
}

std::string problem_type(const Json& problem) {
    constexpr std::string_view prefix = "urn:ietf:params:acme:error:";
    auto type = text_in(problem, "type");
    return type.starts_with(prefix) ? type.substr(prefix.size()) : "";
}

// One line without control characters.
std::string one_line(std::string text) {
    if (text.size() > detail_bytes_max) {
        auto end = detail_bytes_max;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
        text = text.substr(0, end) + "…";
    }
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    return text;
}

struct Answer {
    Json body;         // null where it is not JSON
    std::string text;  // the body as it came
    std::string location;
    std::optional<Duration> retry_after;
};

// One talk with an authority: its addresses, the account, the nonce at hand.
class Talk {
public:
    Talk(World& world, Authority authority, Account account, std::string name)
        : world_(world), authority_(std::move(authority)), account_(std::move(account)), name_(std::move(name)) {}

    std::optional<Duration> retry_after;  // of the last refusal

    Task<Result<Obtained>> run() {
        auto met = co_await meet();
        if (!met) co_return met.error();
        auto order = co_await make_order();
        if (!order) co_return order.error();
        auto proved = co_await prove(order->body);
        if (!proved) co_return proved.error();
        auto ready = co_await look_until(order->location, "pending processing");
        if (!ready) co_return ready.error();
        const auto key = sign::Es256Key::make(world_.random);
        if (text_in(*ready, "status") == "ready") {
            const std::vector<std::string> names{name_};
            const auto request = sign::certificate_request(key, names);
            const auto payload = Json::object({{"csr", base64url(request)}});
            auto sent = co_await post(text_in(*ready, "finalize"), encoded_json(payload));
            if (!sent) co_return sent.error();
            ready = co_await look_until(order->location, "ready processing");
            if (!ready) co_return ready.error();
        }
        if (text_in(*ready, "status") != "valid") co_return refused(*ready);
        auto chain = co_await post(text_in(*ready, "certificate"), "");
        if (!chain) co_return chain.error();
        co_return examined(std::move(chain->text), key);
    }

private:
    Error outside(const std::string& what) const {
        return fail(Fault::outside, "the certificate authority at " + authority_.directory + " " + what);
    }
    Error refused(const Json& object) const {
        const auto* error = object.find("error");
        return error != nullptr ? explain(*error, name_) : outside("ended the order of " + name_ + " without a reason");
    }

    Task<Result<fetch::FetchResponse>> send(std::string method, std::string url, std::string body) {
        if (!world_.pause(Duration{})) co_return fail(Fault::busy, "the program is stopping");
        fetch::FetchRequest request;
        request.method = std::move(method);
        request.url = std::move(url);
        request.peer = fetch::Peer::named_in_config;
        request.body_bytes_max = answer_bytes_max;
        if (!body.empty()) request.headers.emplace_back("content-type", "application/jose+json");
        request.body = std::move(body);
        auto answer = co_await world_.fetcher.fetch(std::move(request));
        if (!answer) {
            if (answer.error().fault == Fault::busy) co_return answer.error();  // the fetcher was stopped
            auto why = answer.error().text;
            while (why.ends_with('.')) why.pop_back();
            co_return outside("cannot be asked: " + why);
        }
        if (const auto nonce = answer->header("replay-nonce"); !nonce.empty()) nonce_ = nonce;
        co_return std::move(*answer);
    }

    // The directory, and the account where there is none yet.
    Task<Status> meet() {
        auto got = co_await send("GET", authority_.directory, "");
        if (!got) co_return got.error();
        const auto json = wire::read_json(got->body);
        if (got->status != 200 || !json || text_in(*json, "newOrder").empty() || text_in(*json, "newNonce").empty() ||
            text_in(*json, "newAccount").empty())
            co_return outside("is no ACME directory (RFC 8555); look at --acme-directory");
        directory_ = *json;
        if (const auto* meta = json->find("meta")) {
            const auto* binding = meta->find("externalAccountRequired");
            if (binding != nullptr && binding->is_bool() && binding->boolean())
                co_return outside(
                    "wants an account made elsewhere (external account binding), which Barrow does not speak; choose another");
        }
        if (!account_.url.empty()) co_return Status();
        co_return co_await sign_up();
    }

    Task<Status> sign_up() {
        auto wish = Json::object({{"termsOfServiceAgreed", true}});
        if (!authority_.contact.empty()) wish.set("contact", Json::array({"mailto:" + authority_.contact}));
        account_.url.clear();
        auto made = co_await post(text_in(directory_, "newAccount"), encoded_json(wish));
        if (!made) co_return made.error();
        if (made->location.empty()) co_return outside("gave no address of the account");
        account_.url = made->location;
        co_return co_await world_.registered(account_.url);
    }

    Task<Result<Answer>> make_order() {
        const auto wish = Json::object({{"identifiers", Json::array({Json::object({{"type", "dns"}, {"value", name_}})})}});
        auto order = co_await post(text_in(directory_, "newOrder"), encoded_json(wish));
        if (!order && last_type_ == "accountDoesNotExist") {
            // It was forgotten there (a test authority, a database put back): once more from the start.
            auto again = co_await sign_up();
            if (!again) co_return again.error();
            order = co_await post(text_in(directory_, "newOrder"), encoded_json(wish));
        }
        if (order && order->location.empty()) co_return outside("gave no address of the order");
        co_return order;
    }

    // Shows that the name is ours, for each authorization of the order.
    Task<Status> prove(Json order) {
        const auto* list = order.find("authorizations");
        if (list == nullptr || !list->is_array() || list->items().empty() || list->items().size() > authorizations_max)
            co_return outside("gave an order without authorizations");
        for (const auto& one : list->items()) {
            const std::string url = one.is_text() ? one.text() : "";
            auto authorization = co_await post(url, "");
            if (!authorization) co_return authorization.error();
            if (text_in(authorization->body, "status") == "valid") continue;
            const Json* challenge = nullptr;
            if (const auto* all = authorization->body.find("challenges"); all != nullptr && all->is_array()) {
                for (const auto& each : all->items()) {
                    if (text_in(each, "type") == "http-01") challenge = &each;
                }
            }
            if (challenge == nullptr) co_return outside("does not offer HTTP-01 for " + name_ + ", the one way that Barrow speaks");
            const auto token = text_in(*challenge, "token"), address = text_in(*challenge, "url");
            if (!is_token(token)) co_return outside("gave a token that is none");
            auto shown = co_await world_.show(token, key_authorization(token, account_.key.point()));
            if (!shown) co_return shown.error();
            auto begun = co_await post(address, encoded("{}"));
            if (!begun) co_return begun.error();
            auto looked = co_await look_until(url, "pending");
            if (!looked) co_return looked.error();
            if (text_in(*looked, "status") != "valid") co_return why_invalid(*looked);
        }
        co_return Status();
    }

    Error why_invalid(const Json& authorization) const {
        if (const auto* all = authorization.find("challenges"); all != nullptr && all->is_array()) {
            for (const auto& each : all->items()) {
                if (const auto* error = each.find("error")) return explain(*error, name_);
            }
        }
        return outside("found " + name_ + " not to be ours, without a reason");
    }

    static bool is_token(std::string_view token) {
        return !token.empty() && token.size() <= 256 && std::ranges::all_of(token, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        });
    }

    // Reads the object again and again while its status is one of these; as often as Retry-After says, with an end.
    Task<Result<Json>> look_until(std::string url, std::string_view waiting) {
        Duration waited{}, next = wait_first;
        for (int look = 0; look < looks_max && waited < wait_total; ++look) {
            auto seen = co_await post(url, "");
            if (!seen) co_return seen.error();
            const auto status = text_in(seen->body, "status");
            if (status.empty()) co_return outside("answered without a status");
            if (waiting.find(status) == std::string_view::npos) co_return std::move(seen->body);
            const auto wait = std::min(seen->retry_after.value_or(next), wait_most);
            if (!world_.pause(wait)) co_return fail(Fault::busy, "the program is stopping");
            waited.us += wait.us;
            next = std::min(Duration{next.us * 2}, wait_most);
        }
        co_return outside("did not decide about " + name_ + " within five minutes");
    }

    // RFC 8555 section 6.2: a signed POST; without a payload it reads (POST-as-GET).
    Task<Result<Answer>> post(std::string url, std::string payload) {
        last_type_.clear();
        if (!url.starts_with("https://")) co_return outside("gave an address that is none of https://");
        for (int tries = 0; tries < nonce_tries_max; ++tries) {
            if (nonce_.empty()) {
                auto fresh = co_await send("HEAD", text_in(directory_, "newNonce"), "");
                if (!fresh) co_return fresh.error();
                if (nonce_.empty()) co_return outside("gave no nonce");
            }
            auto head = Json::object({{"alg", "ES256"}, {"nonce", std::exchange(nonce_, "")}, {"url", url}});
            if (account_.url.empty()) {
                head.set("jwk", jwk(account_.key.point()));
            } else {
                head.set("kid", account_.url);
            }
            const auto guarded = encoded_json(head);
            const auto signature = account_.key.sign(as_bytes(guarded + "." + payload));
            const auto body = Json::object({{"protected", guarded}, {"payload", payload}, {"signature", base64url(signature)}});
            auto answer = co_await send("POST", url, wire::write_json(body));
            if (!answer) co_return answer.error();
            const auto json = wire::read_json(answer->body, {.bytes_max = answer_bytes_max, .depth_max = 32});
            if (answer->status >= 200 && answer->status < 300) {
                Answer good;
                if (json) good.body = *json;
                good.text = std::move(answer->body);
                good.location = answer->header("location");
                good.retry_after = read_retry_after(answer->header("retry-after"), world_.clock.now());
                co_return good;
            }
            last_type_ = json ? problem_type(*json) : "";
            if (last_type_ == "badNonce") continue;  // the refusal brought a fresh one
            retry_after = read_retry_after(answer->header("retry-after"), world_.clock.now());
            if (json && json->find("type") != nullptr) co_return explain(*json, name_);
            co_return outside("answered " + std::to_string(answer->status));
        }
        co_return outside("refused " + std::to_string(nonce_tries_max) + " nonces in a row");
    }

    // The chain is what was asked for: our key, our name.
    Result<Obtained> examined(std::string chain, const sign::Es256Key& key) const {
        const auto facts = sign::read_certificate(chain);
        if (!facts) return outside("gave no certificate: " + facts.error().text);
        if (!sign::belongs_to(chain, key) || std::ranges::find(facts->names, name_) == facts->names.end())
            return outside("gave a certificate for something else than " + name_);
        return Obtained{std::move(chain), key.pem(), facts->not_before, facts->not_after, facts->serial};
    }

    World& world_;
    const Authority authority_;
    Account account_;
    const std::string name_;
    Json directory_;
    std::string nonce_, last_type_;
};

struct Explanation {
    std::string_view type;
    Fault fault;
    std::string_view words;  // NAME is put in
};
// The types of RFC 8555 section 6.7 that somebody here can mend.
constexpr std::array explanations = {
    Explanation{"dns", Fault::bad_input, "no address is known for NAME: make an A or AAAA record that points to this server"},
    Explanation{"connection", Fault::bad_input,
                "the authority cannot reach NAME on port 80: point its DNS to this server and open that port"},
    Explanation{"unauthorized", Fault::bad_input,
                "another server answers for NAME on port 80: point its DNS to this one, or let what stands before it pass on "
                "/.well-known/acme-challenge/"},
    Explanation{"incorrectResponse", Fault::bad_input,
                "another server answers for NAME on port 80: point its DNS to this one, or let what stands before it pass on "
                "/.well-known/acme-challenge/"},
    Explanation{"caa", Fault::bad_input,
                "a CAA record of NAME forbids this authority: change that record, or take another --acme-directory"},
    Explanation{"rejectedIdentifier", Fault::bad_input, "the authority gives no certificate for NAME: choose another domain"},
    Explanation{"unsupportedIdentifier", Fault::bad_input, "the authority gives no certificate for NAME: choose another domain"},
    Explanation{"tls", Fault::bad_input,
                "the authority was led to a TLS address of NAME that it cannot read: let port 80 answer without a redirect"},
    Explanation{"rateLimited", Fault::rate_limited, "the authority has had too many requests for NAME: it is asked again later"},
    Explanation{"invalidContact", Fault::bad_input, "the authority does not take the mail address: change --acme-contact"},
    Explanation{"unsupportedContact", Fault::bad_input, "the authority does not take the mail address: change --acme-contact"},
    Explanation{"userActionRequired", Fault::bad_input, "the authority wants something done by hand for NAME"},
};

}  // namespace

Task<Outcome> obtain(World& world, Authority authority, Account account, std::string name) {
    Talk talk(world, std::move(authority), std::move(account), std::move(name));
    auto certificate = co_await talk.run();
    Outcome outcome{std::move(certificate), talk.retry_after};
    co_return outcome;
}

std::string key_authorization(std::string_view token, const sign::Point& point) {
    return std::string(token) + "." + base64url(sign::sha256(as_bytes(wire::write_json(jwk(point)))));
}

Error explain(const wire::Json& problem, std::string_view name) {
    const auto type = problem_type(problem);
    const auto detail = one_line(text_in(problem, "detail"));
    const auto* found = std::ranges::find(explanations, type, &Explanation::type);
    if (found == explanations.end())
        return fail(Fault::outside, "the certificate authority refuses " + std::string(name) + ": " +
                                        (detail.empty() ? (type.empty() ? "no reason given" : type) : detail));
    std::string words(found->words);
    if (const auto at = words.find("NAME"); at != std::string::npos) words.replace(at, 4, name);
    return fail(found->fault, words + (detail.empty() ? "" : " (it says: " + detail + ")"));
}

std::optional<Duration> read_retry_after(std::string_view value, Instant now) {
    constexpr Duration most = days(1);
    std::int64_t number = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
    if (!value.empty() && parsed.ec == std::errc() && parsed.ptr == value.data() + value.size() && number >= 0)
        return std::min(seconds(std::min<std::int64_t>(number, 1'000'000)), most);
    const auto at = read_http_date(value);
    if (!at || *at <= now) return std::nullopt;
    return std::min(*at - now, most);
}

}  // namespace barrow::acme
