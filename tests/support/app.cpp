#include "support/app.hpp"

#include <filesystem>

#include "support/paths.hpp"

namespace barrow::testing {
namespace {

std::array<std::uint8_t, 32> operator_key() {
    std::array<std::uint8_t, 32> key{};
    key.fill(42);
    return key;
}

std::string encoded(const Form& form) {
    std::string body;
    for (const auto& [name, value] : form)
        body += (body.empty() ? "" : "&") + http::percent_encode(name) + "=" + http::percent_encode(value);
    return body;
}

}  // namespace

TestApp::TestApp(Engine engine, app::Config config, fetch::Smtp* smtp)
    : db(engine), mira{.slug = "mira", .name = "Mira's stall"}, config_(std::move(config)), smtp_(smtp), secrets_(operator_key()) {
    if (!config_.media.empty()) workshop_ = media::Workshop::open(config_.media, media_program()).value();
    mira = db->write_now([&](store::Tx& tx) { return access::make_shop(tx, mira, secrets_, clock.now(), random); }).value();
    open();
}

void TestApp::open() {
    app = app::App::open({.clock = clock,
                          .random = random,
                          .log = log,
                          .db = *db,
                          .bus = *bus,
                          .events = events,
                          .fetcher = fetcher,
                          .secrets = secrets_,
                          .workshop = workshop_.get(),
                          .smtp = smtp_},
                         config_, "localhost:8080", false)
              .value();
    front_ = app->front();
}

access::Shop TestApp::make_shop(const std::string& slug) {
    clock.advance(seconds(1));
    const access::Shop wanted{.slug = slug, .name = "Shop " + slug};
    auto shop = db->write_now([&](store::Tx& tx) { return access::make_shop(tx, wanted, secrets_, clock.now(), random); }).value();
    // As after a restart: the directory is read anew.
    open();
    return shop;
}

Studio TestApp::log_in(const access::Shop& shop) {
    Studio studio{.base = shop.id == mira.id ? "" : "/@" + shop.slug};
    const auto token = db->write_now([&](store::Tx& tx) { return access::make_login_link(tx, shop.id, clock.now(), random); }).value();
    const auto answer = call({.method = http::Method::post,
                              .target = studio.base + "/studio/login",
                              .body = "token=" + token,
                              .headers = {{"content-type", "application/x-www-form-urlencoded"}}});
    EXPECT_EQ(answer.status, 303) << answer.body;
    const auto set = std::string(answer.header("set-cookie"));
    studio.cookie = set.substr(0, set.find(';'));
    studio.csrf = between(get(studio, "/studio/products/new").body, "name=\"csrf\" value=\"", "\"");
    EXPECT_NE(studio.csrf, "");
    return studio;
}

std::string TestApp::make_key(const access::Shop& shop) {
    return db->write_now([&](store::Tx& tx) { return access::make_api_key(tx, shop.id, "test", clock.now(), random); }).value().secret;
}

http::Response TestApp::get(const Studio& studio, const std::string& path) {
    return call({.target = studio.base + path, .headers = {{"cookie", studio.cookie}}});
}

http::Response TestApp::post(const Studio& studio, const std::string& path, Form form) {
    if (!studio.csrf.empty()) form.emplace_back("csrf", studio.csrf);  // a buyer has none
    return call({.method = http::Method::post,
                 .target = studio.base + path,
                 .body = encoded(form),
                 .headers = {{"cookie", studio.cookie}, {"content-type", "application/x-www-form-urlencoded"}}});
}

http::Response TestApp::api(http::Method method, const std::string& target, const std::string& key, std::string body) {
    http::Call request{.method = method, .target = target, .body = std::move(body)};
    if (!key.empty()) request.headers.emplace_back("authorization", "Bearer " + key);
    if (!request.body.empty()) request.headers.emplace_back("content-type", "application/json");
    return call(std::move(request));
}

void TestApp::tick() {
    EXPECT_TRUE(loop.wait(app->tick(loop)));
    EXPECT_TRUE(loop.wait(app->settle()));
}

std::string media_program() { return std::filesystem::path(tests::program()).replace_filename("barrow-media").string(); }

std::string between(std::string_view text, std::string_view before, std::string_view after) {
    const auto start = text.find(before);
    if (start == std::string_view::npos) return "";
    const auto from = start + before.size();
    const auto end = text.find(after, from);
    return end == std::string_view::npos ? "" : std::string(text.substr(from, end - from));
}

std::string body_of(const http::Response& response) { return response.shared_body ? *response.shared_body : response.body; }

wire::Json json_of(const http::Response& response) {
    auto json = wire::read_json(body_of(response));
    EXPECT_TRUE(json) << response.body;
    return json ? *json : wire::Json();
}

}  // namespace barrow::testing
