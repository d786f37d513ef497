#include <brotli/decode.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <zlib.h>

#include <cmath>
#include <limits>

#include "floor/wire/assets.hpp"
#include "floor/wire/compress.hpp"
#include "floor/wire/form.hpp"
#include "floor/wire/json.hpp"
#include "floor/wire/page.hpp"
#include "support/vectors.hpp"

namespace barrow::wire {
namespace {

TEST(Json, says_what_is_wrong_with_broken_text) {
    const struct {
        const char* text;
        const char* says;
    } cases[] = {
        {"", "no JSON"},
        {"{\"a\":1,}", "no JSON"},
        {"{\"a\":1} x", "no JSON"},
        {"{\"a\":1,\"a\":2}", "there twice"},
        {"\"\xff\"", "no JSON"},
        {"1e999", "too large"},
        {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", "nested deeper"},
        {"\"\\ud800\"", "no JSON"},
    };
    for (const auto& c : cases) {
        const auto read = read_json(c.text);
        ASSERT_FALSE(read) << c.text;
        EXPECT_NE(read.error().text.find(c.says), std::string::npos) << c.text << " → " << read.error().text;
    }
}

TEST(Json, keeps_integers_whole_and_writes_what_it_read) {
    const std::string text = R"({"a":9223372036854775807,"b":[true,null,-1,"\u0001\"ä"],"c":{},"d":0.5})";
    EXPECT_EQ(write_json(read_json(text).value()), text);
    EXPECT_EQ(read_json("{\"a\":1}").value().find("a")->integer(), 1);
    EXPECT_EQ(write_json_pretty(Json::object({{"a", Json::array({1, 2})}})), "{\n  \"a\": [\n    1,\n    2\n  ]\n}");
}

TEST(Json, numbers_are_written_as_ecmascript_writes_them) {  // RFC 8785, appendix B
    const struct {
        std::uint64_t bits;
        const char* text;
    } cases[] = {
        {0x0000000000000000, "0"},
        {0x8000000000000000, "0"},
        {0x0000000000000001, "5e-324"},
        {0x7fefffffffffffff, "1.7976931348623157e+308"},
        {0x4340000000000000, "9007199254740992"},
        {0x44b52d02c7e14af5, "9.999999999999997e+22"},
        {0x44b52d02c7e14af6, "1e+23"},
        {0x444b1ae4d6e2ef4e, "999999999999999700000"},
        {0x444b1ae4d6e2ef50, "1e+21"},
        {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
        {0x3eb0c6f7a0b5ed8d, "0.000001"},
        {0x41b3de4355555553, "333333333.3333332"},
    };
    for (const auto& c : cases) EXPECT_EQ(write_number(std::bit_cast<double>(c.bits)), c.text);
}

TEST(Json, canonical_text_is_that_of_the_published_vectors) {
    for (const char* name : {"arrays", "french", "structures", "unicode", "values", "weird"}) {
        NEED_VECTORS(input, std::string("protocol/jcs/input/") + name + ".json");
        NEED_VECTORS(output, std::string("protocol/jcs/output/") + name + ".json");
        EXPECT_EQ(write_canonical(read_json(*input).value()), *output) << name;
    }
}

TEST(Json, canonical_names_are_sorted_by_utf16_units) {
    // U+1F600 is above U+FB33 as a code point, below it as UTF-16.
    const auto json = Json::object({{"\xef\xac\xb3", 1}, {"\xf0\x9f\x98\x80", 2}, {"b", 3}, {"a", 4}});
    EXPECT_EQ(write_canonical(json), "{\"a\":4,\"b\":3,\"\xf0\x9f\x98\x80\":2,\"\xef\xac\xb3\":1}");
}

TEST(Json, every_double_is_read_back_as_it_was) {
    EXPECT_TRUE(rc::check("write_number reads back", [](double value) {
        if (!std::isfinite(value)) return;
        RC_ASSERT(read_json("[" + write_number(value) + "]").value().items()[0].number() == value);
    }));
}

TEST(Fields, name_the_member_that_is_wrong) {
    const auto json = read_json(R"({"name":" Lamp ","left":7,"odd":1,"long":"abcd"})").value();
    Fields fields(json, "product");
    EXPECT_EQ(fields.text("name", 80).value(), "Lamp");
    EXPECT_EQ(fields.integer("left", 0, 10).value(), 7);
    EXPECT_EQ(fields.text("long", 3).error().text, "product: \"long\" has 4 characters; shorten it to 3");
    EXPECT_EQ(fields.text("gone", 3).error().text, "product: \"gone\" is missing; give it a text");
    EXPECT_EQ(fields.integer("left", 8, 10).error().text, "product: \"left\" is 7; it must lie between 8 and 10");
    EXPECT_EQ(fields.done().error().text, "product: \"odd\" is not known here; take it out");
}

TEST(Form, is_read_as_texts) {
    const auto form = read_form("name=Tide+lamp&note=%E2%82%AC5&empty=&last").value();
    EXPECT_EQ(write_json(form),
              "{\"name\":\"Tide lamp\",\"note\":\"\xe2\x82\xac"
              "5\",\"empty\":\"\",\"last\":\"\"}");
    for (const char* broken : {"a=%", "a=%4", "a=%zz", "a=%ff"}) EXPECT_FALSE(read_form(broken)) << broken;
    const auto several = read_form("a=1&b=2&a=3&a=4").value();
    EXPECT_EQ(write_json(several), R"({"a":["1","3","4"],"b":"2"})");
    Fields fields(several, "form");
    EXPECT_FALSE(fields.text("a", 10));
}

TEST(Form, tells_an_address_from_what_cannot_be_one) {
    for (const char* good : {"a@b.c", "ada.walker+stall@mira.example"}) EXPECT_TRUE(looks_like_email(good)) << good;
    for (const char* bad : {"", "a", "@b", "a@", "a@b@c", "a b@c.d", "a@b.c, d@e.f"}) EXPECT_FALSE(looks_like_email(bad)) << bad;
    EXPECT_FALSE(looks_like_email(std::string(250, 'a') + "@b.example"));
}

TEST(Form, counts_characters_and_not_bytes) {
    EXPECT_EQ(character_count("Füße"), 4U);
    EXPECT_TRUE(fits("title", "Füße", 4));
    EXPECT_EQ(fits("title", "Füße!", 4).error().text, "title has 5 characters; shorten it to 4");
}

TEST(Csv, reads_quotes_delimiters_and_guards) {
    const auto table = read_csv("\xef\xbb\xbfslug;url\r\na;\"x;\"\"y\"\"\"\r\n\r\nb;'=1\r\nc\r\n").value();
    EXPECT_EQ(table.header, (std::vector<std::string>{"slug", "url"}));
    EXPECT_EQ(table.rows, (std::vector<std::vector<std::string>>{{"a", "x;\"y\""}, {"b", "=1"}, {"c", ""}}));
    EXPECT_EQ(table.lines, (std::vector<std::size_t>{2, 4, 5}));
    EXPECT_EQ(read_csv("a,b\n1,2,3\n").error().text, "line 2 has 3 cells, the header has 2");
    EXPECT_EQ(read_csv("a,b\n1,\"2\n").error().text, "line 2 opens a quote that is never closed");
    EXPECT_EQ(csv_cell("=cmd()"), "'=cmd()");
    EXPECT_EQ(csv_cell("a \"b\", c"), "\"a \"\"b\"\", c\"");
}

TEST(Csv, a_guard_put_on_and_taken_off_leaves_what_was_there) {
    for (const std::string text : {"", "'", "a", "=1", "'=1", "''=1", "'a", "-", "\n", "\t'", "'\"@", "x=1"}) {
        EXPECT_EQ(read_csv("a,b\n1," + csv_cell(text) + "\n").value().rows[0][1], text);
    }
}

TEST(Multipart, reads_fields_and_files_and_refuses_what_breaks_off) {
    const std::string type = "multipart/form-data; boundary=xYz";
    const auto part = [](const std::string& head, const std::string& value) {
        return "--xYz\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + value + "\r\n";
    };
    const std::string file = std::string("a\0\xff\r\n--xY", 9), end = "--xYz--\r\n";
    const auto good =
        read_multipart(part("name=\"csrf\"", "t") + part("name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv", file) + end, type);
    ASSERT_TRUE(good) << good.error().text;
    EXPECT_EQ(good->find("csrf")->text(), "t");
    EXPECT_EQ(good->find("file")->text(), file);
    EXPECT_TRUE(read_multipart(end, "multipart/form-data; boundary=\"xYz\"")->members().empty());
    const auto body = part("name=\"a.file\"; filename=\"a\"", file) + part("name=\"a\"", "b") + end;
    const auto in_place = read_multipart_in_place(body, type);
    ASSERT_TRUE(in_place) << in_place.error().text;
    ASSERT_EQ(in_place->files.size(), 1U);
    EXPECT_EQ(in_place->files[0].field, "a.file");
    EXPECT_EQ(in_place->files[0].bytes, file);
    EXPECT_TRUE(in_place->files[0].bytes.data() > body.data() && in_place->files[0].bytes.data() < body.data() + body.size()) << "no copy";
    EXPECT_EQ(in_place->form.find("a.file")->text(), "");
    EXPECT_EQ(in_place->form.find("a")->text(), "b");
    std::string many;
    for (int i = 0; i < 1001; ++i) many += part("name=\"n" + std::to_string(i) + "\"", "");
    const struct {
        std::string body, type, says;
    } cases[] = {
        {end, "multipart/form-data", "the form is broken: its content type names no boundary"},
        {end, "multipart/form-data; boundary=" + std::string(71, 'x'), "the form is broken: its boundary has no or too many characters"},
        {"", type, "the form is broken: it does not begin with its boundary"},
        {"--xYz", type, "the form is broken: a part has no header"},
        {"--xYz\r\nname", type, "the form is broken: a part has no header"},
        {part("name=\"a\"", "t"), type, "the form is broken: it breaks off"},
        {"--xYz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhalf", type, "the form is broken: it breaks off"},
        {part("filename=\"a\"", "t") + end, type, "the form is broken: a part has no name"},
        {part("name=\"a\"; filename=\"a\"", "t") + part("name=\"a\"; filename=\"b\"", "t") + end, type,
         "the form is broken: a file is there twice"},
        {part("name=\"a\"", "\xff") + end, type, "the form holds bytes that are not UTF-8, or a zero byte"},
        {many + end, type, "the form has more than 1000 parts"},
    };
    for (const auto& c : cases) {
        const auto read = read_multipart(c.body, c.type);
        ASSERT_FALSE(read) << c.says;
        EXPECT_EQ(read.error().text, c.says);
    }
}

TEST(Page, escapes_and_fills) {
    const std::string_view partial = "<b>{{name}}</b>";
    const auto find = [&](std::string_view name) { return name == "bold.html" ? &partial : nullptr; };
    EXPECT_EQ(
        render("{{>bold.html}}{{#items}}[{{n}}]{{/items}}{{^items}}none{{/items}}",
               Json::object({{"name", "<A&B>'\""}, {"items", Json::array({Json::object({{"n", 1}}), Json::object({{"n", 2}})})}}), find),
        "<b>&lt;A&amp;B&gt;&#39;&quot;</b>[1][2]");
    EXPECT_EQ(render("{{#items}}x{{/items}}{{^items}}none{{/items}}{{#t}}t{{/t}}{{#e}}e{{/e}}",
                     Json::object({{"items", Json::array()}, {"t", true}, {"e", ""}}), find),
              "nonet");
}

TEST(Page, groups_counts_by_thousands) {
    const struct {
        std::int64_t n;
        const char* text;
    } cases[] = {{0, "0"}, {999, "999"}, {1204, "1,204"}, {1234567, "1,234,567"}, {-1204, "-1,204"}, {-999, "-999"}};
    for (const auto& c : cases) EXPECT_EQ(grouped(c.n), c.text);
}

TEST(Page, tells_whether_a_list_has_something_in_it) {
    const auto none = [](std::string_view) -> const std::string_view* { return nullptr; };
    EXPECT_EQ(render("{{#has_a}}a{{/has_a}}{{#has_b}}b{{/has_b}}", Json::object({{"a", Json::array({1})}, {"b", Json::array()}}), none),
              "a");
}

TEST(Compress, gives_back_what_it_took_and_makes_pages_small) {
    std::string page;
    for (int i = 0; i < 400; ++i) page += "<li class=\"card\">Tide lamp number " + std::to_string(i) + "</li>";
    const auto zipped = gzip(page), brotlied = brotli(page);
    EXPECT_LT(zipped.size(), page.size() / 4);
    EXPECT_LT(brotlied.size(), page.size() / 4);
    std::string back(page.size(), '\0');
    z_stream stream{};
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(zipped.data()));
    stream.avail_in = static_cast<uInt>(zipped.size());
    stream.next_out = reinterpret_cast<Bytef*>(back.data());
    stream.avail_out = static_cast<uInt>(back.size());
    ASSERT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    inflateEnd(&stream);
    EXPECT_EQ(back, page);
    std::size_t size = page.size();
    back.assign(page.size(), '\0');
    EXPECT_EQ(BrotliDecoderDecompress(brotlied.size(), reinterpret_cast<const std::uint8_t*>(brotlied.data()), &size,
                                      reinterpret_cast<std::uint8_t*>(back.data())),
              BROTLI_DECODER_RESULT_SUCCESS);
    EXPECT_EQ(back, page);
    EXPECT_FALSE(gzip("").empty());
}

TEST(Assets, are_sorted_so_that_they_can_be_found) {
    for (const auto& asset : assets()) EXPECT_EQ(find_asset(asset.path), &asset);
    EXPECT_EQ(find_asset("no/such"), nullptr);
    EXPECT_EQ(assets_hash().size(), 12U);
}

TEST(Text, what_is_none_is_refused) {
    using namespace std::string_view_literals;
    for (const auto bytes : {"a\0b"sv, "\0"sv, "\xff"sv, "\xc3"sv, "\xed\xa0\x80"sv, "\xc0\x80"sv}) EXPECT_FALSE(is_text(bytes));
    for (const auto bytes : {""sv, "a"sv, "ü€𝄞"sv, "a\tb\n"sv}) EXPECT_TRUE(is_text(bytes)) << bytes;
    for (const auto form : {"a=b%00"sv, "a%00=b"sv, "a=%ff"sv, "a=b\0c"sv}) EXPECT_FALSE(read_form(form)) << form;
    for (const auto json : {R"({"a": "b\u0000"})"sv, R"({"a\u0000": "b"})"sv, R"(["\u0000"])"sv}) {
        const auto refused = read_json(json);
        ASSERT_FALSE(refused) << json;
        EXPECT_EQ(refused.error().fault, Fault::bad_input);
        EXPECT_NE(refused.error().text.find("zero byte"), std::string::npos) << refused.error().text;
    }
    EXPECT_TRUE(read_json(R"({"a": "\u0001 \\u0000"})")) << "other control characters are text";
    EXPECT_FALSE(read_csv("a,b\n1,\0\n"sv));
}

}  // namespace
}  // namespace barrow::wire
