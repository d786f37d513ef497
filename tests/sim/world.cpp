#include "sim/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "floor/http/link.hpp"

namespace barrow::sim {
namespace {

struct UnderWay {
    http::Call call;
    http::Request request;
    std::string host;
    std::optional<http::Response> response;
};

// Whatever a dead process left behind, so that nobody takes it for a leak.
struct Graveyard {
    std::vector<std::function<void()>> work;
    std::vector<std::unique_ptr<UnderWay>> calls;
};
Graveyard& graveyard() {
    static auto* const ground = new Graveyard;
    return *ground;
}

Task<http::Response> answered(const http::Route& route, http::Request& request) {
    if (const auto* quick = std::get_if<http::Quick>(&route.handler)) co_return (*quick)(request);
    co_return co_await std::get<http::Slow>(route.handler)(request);
}

void begin(const http::Front& front, Executor& here, UnderWay& one) {
    auto& request = one.request;
    request.method = one.call.method;
    request.authority = one.call.authority;
    request.peer = one.call.peer;
    request.secure = one.call.secure;
    request.body = one.call.body;
    one.call.headers.emplace_back("host", one.call.authority);
    for (const auto& [name, value] : one.call.headers) request.headers.emplace_back(name, value);
    const auto finish = [&front, &one](http::Response response) {
        front.finish(one.request, response);
        one.response = std::move(response);
    };
    if (!http::fill_target(request, one.call.target) || !http::fill_host(request, one.host))
        return finish(http::problem(fail(Fault::bad_input, "not well-formed")));
    http::Response early;
    const auto* route = front.find(request, early);
    if (route == nullptr) return finish(std::move(early));
    start<http::Response>(here, answered(*route, request), finish);
}

std::array<std::uint8_t, 32> operator_key(std::uint64_t seed) {
    std::array<std::uint8_t, 32> key{};
    SeededRandom(seed).fill(key);
    return key;
}

}  // namespace

bool Lottery::run_one() {
    if (queue_.empty()) return false;
    const auto at = queue_.size() == 1 ? 0 : chance_.below(queue_.size());
    std::swap(queue_[at], queue_.back());
    auto work = std::move(queue_.back());
    queue_.pop_back();
    work();
    return true;
}

void Lottery::abandon() {
    for (auto& work : queue_) graveyard().work.push_back(std::move(work));
    queue_.clear();
}

void EventsSeen::publish(std::string_view topic, const http::Event& event) {
    ++count;
    ++by_name[event.name];
    if (event.name == "stock") last_stock[std::string(topic)] = event;
}

void WarningsSeen::write(Level level, std::string_view event, std::initializer_list<LogField> fields) {
    ++by_event[std::string(event)];
    if (level == Level::error) errors.push_back(log_line(level, event, fields));
}

UnsureProvider::Trouble UnsureProvider::trouble() {
    if (percent_ == 0 || chance_.below(100) >= static_cast<std::uint64_t>(percent_)) return Trouble::none;
    return chance_.below(2) == 0 ? Trouble::before : Trouble::after;
}

Task<Result<payments::Begun>> UnsureProvider::create(const payments::Payment& payment, const std::string& return_url) {
    const auto what = trouble();
    if (what == Trouble::before) co_return fail(Fault::outside, "the line to the provider is down");
    auto begun = co_await sandbox_.create(payment, return_url);
    if (what == Trouble::after) co_return fail(Fault::outside, "the provider's answer was lost");
    co_return begun;
}

Task<Status> UnsureProvider::capture(const payments::Payment& payment) { co_return co_await sandbox_.capture(payment); }

Task<Status> UnsureProvider::refund(const payments::Payment& payment, const payments::Refund& refund) {
    const auto what = trouble();
    if (what == Trouble::before) co_return fail(Fault::outside, "the line to the provider is down");
    auto asked = co_await sandbox_.refund(payment, refund);
    if (what == Trouble::after) co_return fail(Fault::outside, "the provider's answer was lost");
    co_return asked;
}

Task<Status> UnsureProvider::answer_dispute(const payments::Payment& payment, const payments::Dispute& dispute,
                                            const std::string& evidence) {
    const auto what = trouble();
    if (what == Trouble::before) co_return fail(Fault::outside, "the line to the provider is down");
    auto sent = co_await sandbox_.answer_dispute(payment, dispute, evidence);
    if (what == Trouble::after) co_return fail(Fault::outside, "the provider's answer was lost");
    co_return sent;
}

Result<payments::Event> UnsureProvider::read_webhook(const payments::Delivery& delivery, Instant now) {
    if (trouble() != Trouble::none) return fail(Fault::outside, "the webhook did not arrive");
    if (heard.size() >= 20) heard.erase(heard.begin());
    heard.push_back(delivery);
    return sandbox_.read_webhook(delivery, now);
}

World::World(std::string database_url, std::uint64_t seed, store::Observer observer)
    : chance(seed), url_(std::move(database_url)), observer_(std::move(observer)), random_(seed + 1), secrets_(operator_key(seed)) {
    open();
}

World::~World() { crash(); }

void World::open() {
    auto opened = store::Database::open(url_, {.readers = 1, .writers = 1, .sqlite_vfs = {}, .inline_mode = true, .observer = observer_});
    ASSERT_TRUE(opened) << opened.error().text;
    db_ = std::move(*opened);
    provider_ = std::make_unique<UnsureProvider>(*db_, webhook_key(), clock, chance, provider_trouble_percent);
    app::Config config;
    config.test_mode = true;
    auto made = app::App::open({.clock = clock,
                                .random = random_,
                                .log = log,
                                .db = *db_,
                                .bus = *bus_,
                                .events = events,
                                .fetcher = fetcher,
                                .secrets = secrets_,
                                .providers = {provider_.get()}},
                               config, std::string(authority), false);
    ASSERT_TRUE(made) << made.error().text;
    app_ = std::move(*made);
    front_ = app_->front();
}

void World::crash() {
    lottery_.abandon();
    front_ = {};
    app_.reset();
    provider_.reset();
    db_.reset();
}

std::vector<std::optional<http::Response>> World::ask(std::vector<http::Call> calls, Tick with, std::optional<std::int64_t> steps_max) {
    std::vector<std::unique_ptr<UnderWay>> under_way;
    for (auto& call : calls) {
        auto& one = *under_way.emplace_back(std::make_unique<UnderWay>());
        one.call = std::move(call);
        auto* const raw = &one;
        lottery_.post([this, raw] { begin(front_, lottery_, *raw); });
    }
    if (with == Tick::with_them) {
        lottery_.post(
            [this] { start<Status>(lottery_, app_->tick(lottery_), [](Status done) { EXPECT_TRUE(done) << done.error().text; }); });
    }
    std::int64_t steps = 0;
    bool dies = false;
    while (!dies && lottery_.run_one()) dies = steps_max && ++steps >= *steps_max;
    std::vector<std::optional<http::Response>> answers;
    for (const auto& one : under_way) {
        EXPECT_TRUE(dies || one->response.has_value()) << one->call.target << " was never answered";
        answers.push_back(one->response);
    }
    if (steps_max) {
        lottery_.abandon();
        for (auto& one : under_way) graveyard().calls.push_back(std::move(one));
        crash();
        open();
    }
    return answers;
}

http::Response World::ask(http::Call call) {
    std::vector<http::Call> calls;
    calls.push_back(std::move(call));
    return ask(std::move(calls)).front().value_or(http::Response{});
}

void World::tick() { ask({}, Tick::with_them); }

// ---- what a browser does ------------------------------------------------------------------------------------------------

std::string encode_form(const Fields& fields) {
    std::string text;
    for (const auto& [name, value] : fields)
        text += (text.empty() ? "" : "&") + http::percent_encode(name) + "=" + http::percent_encode(value);
    return text;
}

http::Call get(std::string target) {
    return {.method = http::Method::get, .target = std::move(target), .authority = std::string(World::authority), .secure = false};
}

http::Call post(std::string target, const Fields& fields) {
    return {.method = http::Method::post,
            .target = std::move(target),
            .body = encode_form(fields),
            .headers = {{"content-type", "application/x-www-form-urlencoded"}},
            .authority = std::string(World::authority),
            .secure = false};
}

namespace {

std::string plain(std::string_view html) {
    std::string text(html);
    const std::pair<std::string_view, std::string_view> entities[] = {
        {"&quot;", "\""}, {"&#39;", "'"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}};
    for (const auto& [entity, sign] : entities) {
        for (auto at = text.find(entity); at != std::string::npos; at = text.find(entity, at + sign.size()))
            text.replace(at, entity.size(), sign);
    }
    return text;
}

// `name="…"` of one tag.
std::optional<std::string> attribute(std::string_view tag, std::string_view name) {
    const auto wanted = " " + std::string(name) + "=\"";
    const auto at = tag.find(wanted);
    if (at == std::string_view::npos) return std::nullopt;
    const auto from = at + wanted.size();
    return plain(tag.substr(from, tag.find('"', from) - from));
}

}  // namespace

std::string Form::value(std::string_view name) const {
    for (const auto& [one, value] : fields) {
        if (one == name) return value;
    }
    return "";
}

void Form::set(std::string_view name, std::string value) {
    for (auto& [one, old] : fields) {
        if (one != name) continue;
        old = std::move(value);
        return;
    }
    fields.emplace_back(name, std::move(value));
}

std::optional<Form> find_form(std::string_view html, std::string_view action_ending) {
    for (auto at = html.find("<form"); at != std::string_view::npos; at = html.find("<form", at + 1)) {
        const auto end = html.find("</form>", at);
        const auto whole = html.substr(at, end - at);
        Form form;
        form.action = attribute(whole.substr(0, whole.find('>')), "action").value_or("");
        if (!form.action.ends_with(action_ending)) continue;
        for (auto tag = whole.find('<', 1); tag != std::string_view::npos; tag = whole.find('<', tag + 1)) {
            const auto text = whole.substr(tag, whole.find('>', tag) - tag);
            if (!text.starts_with("<input") && !text.starts_with("<select")) continue;
            if (const auto name = attribute(text, "name"))
                form.fields.emplace_back(*name, text.starts_with("<select") ? "1" : attribute(text, "value").value_or(""));
        }
        return form;
    }
    return std::nullopt;
}

std::optional<std::string> find_link(std::string_view html, std::string_view beginning) {
    const auto wanted = "href=\"" + std::string(beginning);
    const auto at = html.find(wanted);
    if (at == std::string_view::npos) return std::nullopt;
    return plain(html.substr(at + 6, html.find('"', at + 6) - at - 6));
}

void Owner::log_in() {
    const auto answer = world_.app().command("login", wire::Json::object());
    ASSERT_TRUE(answer) << answer.error().text;
    const auto url = answer->find("url")->text();
    const auto token = url.substr(url.find("token=") + 6);
    const auto response = world_.ask(post("/studio/login", {{"token", token}}));
    ASSERT_EQ(response.status, 303);
    const auto set = std::string(response.header("set-cookie"));
    cookie_ = set.substr(0, set.find(';'));
    const auto page = see("/studio/live");
    csrf_ = find_form(page.body, "/studio/live").value_or(Form{}).value("csrf");
    ASSERT_NE(csrf_, "");
}

http::Response Owner::see(std::string target) {
    auto call = get(std::move(target));
    call.headers.emplace_back("cookie", cookie_);
    return world_.ask(std::move(call));
}

http::Response Owner::act(std::string target, Fields fields) {
    if (std::ranges::find(fields, "csrf", &Fields::value_type::first) == fields.end()) fields.emplace_back("csrf", csrf_);
    auto call = post(std::move(target), fields);
    call.headers.emplace_back("cookie", cookie_);
    return world_.ask(std::move(call));
}

}  // namespace barrow::sim
