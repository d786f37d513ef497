// Which route answers, and what the small helpers of http say.
#include "floor/http/router.hpp"

#include <gtest/gtest.h>

#include "floor/http/in_process.hpp"

namespace barrow::http {
namespace {

TEST(Router, fixed_wins_over_parameter_and_parameter_over_rest) {
    Router router;
    const auto say = [](const char* text) { return [text](Request&) { return Response::text(text); }; };
    router.add({Method::get, "/", say("root")});
    router.add({Method::get, "/s/:slug", say("slug")});
    router.add({Method::get, "/s/new", say("new")});
    router.add({Method::get, "/s/:shop/items/:id", say("item")});
    router.add({Method::get, "/s/new/items/list", say("list")});
    router.add({Method::get, "/a/*rest", say("rest")});
    router.add({Method::post, "/s/:other", say("post")});
    struct Case {
        const char* path;
        const char* pattern;
        const char* parameters;
    };
    for (const auto& [path, pattern, parameters] : {Case{"/", "/", ""},
                                                    {"/s/abc", "/s/:slug", "slug=abc;"},
                                                    {"/s/new", "/s/new", ""},
                                                    {"/s/new/items/7", "/s/:shop/items/:id", "shop=new;id=7;"},
                                                    {"/s/new/items/list", "/s/new/items/list", ""},
                                                    {"/s/a%2Fb%20c", "/s/:slug", "slug=a/b c;"},
                                                    {"/a/x/y", "/a/*rest", "rest=x/y;"},
                                                    {"/a/", "/a/*rest", "rest=;"},
                                                    {"/a", "", ""},
                                                    {"/s/", "", ""},
                                                    {"/s", "", ""},
                                                    {"/s/abc/", "", ""},
                                                    {"//", "", ""},
                                                    {"", "", ""}}) {
        Request request;
        request.path = path;
        const auto match = router.match(request);
        ASSERT_EQ(match.route ? match.route->pattern : "", pattern) << path;
        std::string seen;
        for (const auto& [key, value] : request.parameters) seen += std::string(key) + "=" + value + ";";
        EXPECT_EQ(seen, parameters) << path;
    }
    Request post;
    post.method = Method::post;
    post.path = "/s/x";
    EXPECT_NE(router.match(post).route, nullptr);
    EXPECT_EQ(post.parameter("other"), "x");
}

TEST(Router, two_routes_of_one_pattern_are_a_bug) {
    Router router;
    router.add({Method::get, "/s/:slug", [](Request&) { return Response::text(""); }});
    EXPECT_DEATH(router.add({Method::get, "/s/:other", [](Request&) { return Response::text(""); }}), "");
}

TEST(Router, a_name_that_is_no_text_is_nobodys) {
    Router router;
    const auto answer = [](Request&) { return Response::text("found"); };
    router.add({Method::get, "/p/:slug", answer});
    router.add({Method::get, "/files/*rest", answer});
    struct Case {
        std::string_view path;
        bool found;
    };
    const Case cases[] = {{"/p/lamp", true}, {"/p/%C3%BC", true},     {"/p/\xc3\xbc", true}, {"/p/%ff", false},    {"/p/\xff", false},
                          {"/p/%C3", false}, {"/p/%ED%A0%80", false}, {"/p/lamp%00", false}, {"/files/a/b", true}, {"/files/a/%00", false}};
    for (const auto& [path, found] : cases) {
        Request request;
        request.path = path;
        EXPECT_EQ(router.match(request).route != nullptr, found) << path;
    }
    Request request;
    request.query = "v=%ff&w=a%00b&x=%C3%BC";
    EXPECT_EQ(request.query_value("v"), std::nullopt);
    EXPECT_EQ(request.query_value("w"), std::nullopt);
    EXPECT_EQ(request.query_value("x"), "ü");
}

TEST(Http, reads_queries_and_cookies) {
    Request request;
    request.query = "a=1&b=x+y%21&&c&d=%zz&a=2";
    EXPECT_EQ(request.query_value("a"), "1");
    EXPECT_EQ(request.query_value("b"), "x y!");
    EXPECT_EQ(request.query_value("c"), "");
    EXPECT_EQ(request.query_value("d"), "%zz");
    EXPECT_EQ(request.query_value("e"), std::nullopt);
    request.headers = {{"cookie", "a=1; __Host-session=xyz;b=2"}, {"cookie", "c=3"}};
    EXPECT_EQ(request.cookie("__Host-session"), "xyz");
    EXPECT_EQ(request.cookie("b"), "2");
    EXPECT_EQ(request.cookie("c"), "3");
    EXPECT_EQ(request.cookie("session"), "");
    EXPECT_EQ(percent_encode("a b/ü~"), "a%20b%2F%C3%BC~");
    EXPECT_EQ(percent_decode("a%20b+%2"), "a b+%2");
    EXPECT_EQ(problem(fail(Fault::sold_out, "No \"blue\" left.\n")).body,
              R"({"error":{"code":"sold_out","message":"No \"blue\" left.\u000a"}})");
    EXPECT_EQ(host_cookie("s", "v", 60), "__Host-s=v; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax");
}

TEST(InProcess, answers_as_a_socket_would) {
    Router router;
    router.add(
        {Method::get, "/now/:n", [](Request& request) { return Response::text(request.parameter("n") + std::string(request.host)); }});
    router.add({Method::post, "/later",
                [](Request& request) -> Task<Response> {
                    const auto text = co_await Later<std::string>([&](auto answer) { answer(std::string(request.body)); });
                    co_return Response::text(text, 201);
                },
                10});
    const Front front{.find = [&](Request& request, Response& answer) { return find_route(router, request, answer); },
                      .finish = [](const Request&, Response& response) { response.with("x-a", "b"); }};
    Loop loop;
    const auto now = call(front, loop, {.target = "/now/7?x=y", .authority = "Shop.example:80"});
    EXPECT_EQ(now.body, "7shop.example");
    EXPECT_EQ(now.header("x-a"), "b");
    EXPECT_EQ(call(front, loop, {.method = Method::post, .target = "/later", .body = "hi"}).body, "hi");
    EXPECT_EQ(call(front, loop, {.method = Method::post, .target = "/later", .body = "hi, all of you"}).status, 413);
    EXPECT_EQ(call(front, loop, {.method = Method::put, .target = "/later"}).header("allow"), "POST");
    EXPECT_EQ(call(front, loop, {.target = "/none"}).status, 404);
    EXPECT_EQ(call(front, loop, {.method = Method::head, .target = "/now/7"}).body, "");
    EXPECT_EQ(call(front, loop, {.target = "none"}).status, 400);
}

}  // namespace
}  // namespace barrow::http
