#include "rooms/links/pages/block.hpp"

#include <gtest/gtest.h>

#include "rooms/links/pages/page.hpp"
#include "rooms/links/pages/page_form.hpp"

namespace barrow::pages {
namespace {

wire::Json json(const std::string& text) {
    auto read = wire::read_json(text);
    EXPECT_TRUE(read) << text;
    return read ? *read : wire::Json();
}

TEST(Block, says_at_which_field_something_is_not_right) {
    const std::string long_label(121, 'x');
    const struct {
        std::string block, says;  // "" where it is good
    } cases[] = {
        {R"({"kind":"text","text":"By the sea.\n\nSince 2019."})", ""},
        {R"({"kind":"text","text":"<b>bold</b> is six letters"})", ""},
        {R"({"kind":"text"})", "text: this is needed"},
        {R"({"kind":"text","text":"  \n "})", "text: this is needed"},
        {R"({"kind":"text","text":7})", "text: this must be a text"},
        {R"({"kind":"text","text":"a\u0007b"})", "text: take the control characters"},
        {R"({"kind":"heading","text":"one\ntwo"})", "text: take the control characters"},
        {R"({"kind":"text","text":")" + std::string(2'001, 'x') + "\"}", "text: this has 2001 characters; 2000 are the most"},
        {R"({"kind":"poem","text":"x"})", "kind: this must be one of link, links"},
        {R"({"text":"x"})", "kind: this must be one of"},
        {R"({"kind":"text","text":"x","html":"<b>"})", "html: this is not expected here"},
        {R"({"kind":"link","link":"lamp","label":")" + long_label + "\"}", "label: this has 121 characters; 120 are the most"},
        {R"({"kind":"links"})", ""},
        {R"({"kind":"links","items":[{}]})", "items: this kind of block has none"},
        {R"({"kind":"image","picture":"/media/a.webp","alt":"A lamp"})", ""},
        {R"({"kind":"image","picture":"/media/a.webp"})", "alt: this is needed"},
        {R"({"kind":"image","picture":"https://evil.example/a.png","alt":"A lamp"})",
         "picture: \"https://evil.example/a.png\" is no path of this shop"},
        {R"({"kind":"image","picture":"//evil.example/a.png","alt":"A lamp"})", "picture: "},
        {R"({"kind":"image","picture":"/a\"onerror=x","alt":"A lamp"})", "picture: "},
        {R"({"kind":"countdown","label":"It opens","at":"2026-12-24T18:00:00Z","after":"It is open"})", ""},
        {R"({"kind":"countdown","label":"It opens","at":"2026-12-24T18:00","after":"It is open"})", ""},
        {R"({"kind":"countdown","label":"It opens","at":"soon","after":"It is open"})", "at: \"soon\" is no time"},
        {R"({"kind":"countdown","label":"It opens","at":"2026-12-24T18:00:00Z"})", "after: this is needed"},
        {R"({"kind":"clips","items":[{"label":"A","picture":"/a.jpg","link":"lamp"},{"label":"B","link":"lamp"}]})",
         "items[2].picture: this is needed"},
        {R"({"kind":"clips","items":[{"label":"A","picture":"/a.jpg","link":"lamp","x":"y"}]})", "items[1].x: this is not expected"},
        {R"({"kind":"social","items":[{"network":"myspace","address":"https://x.example"}]})", "items[1].network: \"myspace\" is none"},
        {R"({"kind":"heading","text":"x","from":"2026-12-24T18:00:00Z","until":"2026-12-24T17:00:00Z"})", "until: this must be later"},
        {R"({"kind":"heading","text":"x","from":"tomorrow"})", "from: \"tomorrow\" is no time"},
        {R"({"kind":"heading","text":"x","hidden":"yes"})", "hidden: this must be true or false"},
        {R"({"kind":"heading","text":"x","id":0})", "id: this must be a whole number"},
        {R"(["heading"])", "a block must be an object"},
    };
    for (const auto& one : cases) {
        const auto read = read_block(json(one.block));
        EXPECT_EQ(read.ok(), one.says.empty()) << one.block << (read ? "" : ": " + read.error().text);
        if (!read) { EXPECT_TRUE(read.error().text.starts_with(one.says)) << one.block << ": " << read.error().text; }
    }
}

TEST(Block, is_written_as_it_was_read) {
    for (
        const std::string text :
        {R"({"id":4,"kind":"link","hidden":true,"from":"2026-12-24T18:00:00Z","until":"2026-12-25T18:00:00Z","link":"#7","label":"Map","note":"Saturdays"})",
         R"({"id":1,"kind":"social","items":[{"network":"x","address":"#3"},{"network":"mail","address":"mailto:a@b.example"}]})",
         R"({"id":2,"kind":"snippets"})"}) {
        const auto read = read_block(json(text));
        ASSERT_TRUE(read) << read.error().text;
        EXPECT_EQ(wire::write_json(block_json(*read)), text);
    }
}

TEST(Block, every_kind_goes_through_its_form_and_back) {
    for (const auto& kind : kinds()) {
        Block block{.id = 3, .kind = &kind, .from = Instant{1'795'000'020'000'000}, .until = {}, .values = {}, .items = {}};
        const auto fill = [](std::span<const Field> fields, Values& values) {
            for (const auto& field : fields) {
                values[std::string(field.name)] = field.holds == Holds::picture || field.holds == Holds::video ? "/media/a.webp"
                                                  : field.holds == Holds::captions                             ? "/media/a.vtt"
                                                  : field.holds == Holds::time                                 ? "2026-12-24T18:00:00Z"
                                                  : field.holds == Holds::network                              ? "instagram"
                                                                                                               : "lamp";
            }
        };
        fill(kind.fields, block.values);
        if (kind.items_max > 0) {
            fill(kind.item_fields, block.items.emplace_back());
            fill(kind.item_fields, block.items.emplace_back());
        }
        for (const auto* name : {"UTC", "Europe/Berlin", "Asia/Kolkata"}) {
            const auto zone = Zone::named(name).value();
            const auto back =
                block_of_form(form_of(block, zone), {.id = 3, .kind = &kind, .from = {}, .until = {}, .values = {}, .items = {}}, zone);
            ASSERT_TRUE(back) << kind.name << ": " << back.error().text;
            EXPECT_EQ(*back, block) << kind.name << ", typed in " << name;
        }
    }
}

TEST(Block, shows_only_in_its_time) {
    const Instant noon{1'000'000'000};
    Block block{.id = 1, .kind = kind_named("heading"), .from = noon, .until = noon + hours(1), .values = {}, .items = {}};
    EXPECT_FALSE(block.shows(noon - seconds(1)));
    EXPECT_TRUE(block.shows(noon));
    EXPECT_TRUE(block.shows(noon + minutes(59)));
    EXPECT_FALSE(block.shows(noon + hours(1)));
    block.hidden = true;
    EXPECT_FALSE(block.shows(noon));
}

TEST(Content, names_the_block_that_is_not_right) {
    const struct {
        std::string content, says;
    } cases[] = {
        {R"({"title":"Lamp","blocks":[{"kind":"links"},{"kind":"heading","text":"x"}]})", ""},
        {R"({"blocks":[{"kind":"links"},{"kind":"heading"}]})", "blocks[2].text: this is needed"},
        {R"({"blocks":[{"kind":"links"},{"kind":"links"}]})", "blocks[2].kind: a page has the block \"links\" once"},
        {R"({"blocks":[{"id":5,"kind":"links"},{"id":5,"kind":"snippets"}]})", "blocks[2].id: another block has it"},
        {R"({"title":")" + std::string(81, 'x') + "\"}", "title: this has 81 characters; 80 are the most"},
        {R"({"style":"neon"})", "style: there is no \"neon\"; there are stall, press"},
        {R"({"theme":"press"})", "theme: this is not expected here"},
        {R"({"blocks":{}})", "blocks: this must be a list"},
        {R"([])", "a page must be an object"},
    };
    for (const auto& one : cases) {
        const auto read = read_content(json(one.content));
        EXPECT_EQ(read.ok(), one.says.empty()) << one.content << (read ? "" : ": " + read.error().text);
        if (!read) { EXPECT_TRUE(read.error().text.starts_with(one.says)) << one.content << ": " << read.error().text; }
    }
    auto many = wire::Json::object({{"blocks", wire::Json::array()}});
    auto& blocks = many.members().front().second;
    for (std::size_t i = 0; i < blocks_max; ++i) blocks.push(json(R"({"kind":"heading","text":"x"})"));
    const auto most = read_content(many);
    ASSERT_TRUE(most);
    EXPECT_EQ(most->blocks.back().id, 60) << "blocks without an id get one";
    blocks.push(json(R"({"kind":"heading","text":"x"})"));
    EXPECT_EQ(read_content(many).error().text, "blocks: a page has at most 60 blocks");
}

TEST(Content, is_put_in_order) {
    const auto ids = [](const Content& content) {
        std::string out;
        for (const auto& block : content.blocks) out += std::to_string(block.id);
        return out;
    };
    const struct {
        const char* order;
        const char* comes_to;
    } cases[] = {{"3,1,2", "312"}, {"3", "312"}, {"2,2,9,1", "213"}, {"", "123"}};
    for (const auto& one : cases) {
        auto content = first_bio();
        EXPECT_TRUE(reorder(content, one.order));
        EXPECT_EQ(ids(content), one.comes_to) << one.order;
    }
    auto content = first_bio();
    EXPECT_FALSE(reorder(content, "1,x"));
    content = first_bio();
    move(content, 1, Step::up);
    EXPECT_EQ(ids(content), "123") << "the first cannot rise";
    move(content, 1, Step::down);
    EXPECT_EQ(ids(content), "213");
    move(content, 3, Step::up);
    move(content, 3, Step::up);
    EXPECT_EQ(ids(content), "321");
    move(content, 1, Step::down);
    EXPECT_EQ(ids(content), "321") << "the last cannot sink";
}

TEST(BlockForm, keeps_what_was_typed_and_says_what_is_not_right_at_its_field) {
    const auto form = json(
        R"({"label":"Clips","item_0_label":"A","item_0_picture":"/a.jpg","item_0_link":"lamp","item_1_label":"","item_1_picture":"","item_1_link":"",
                               "item_2_label":"C","item_2_picture":"","item_2_link":"/p/lamp"})");
    const Block base{.id = 1, .kind = kind_named("clips"), .from = {}, .until = {}, .values = {}, .items = {}};
    const auto read = block_of_form(form, base, {});
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().text, "items[2].picture: this is needed") << "an empty clip does not count";
    const auto values = field_values(*base.kind, "b1", form, {}, read.error().text);
    EXPECT_EQ(values.find("problem")->text(), "");
    const auto& items = values.find("items")->items();
    ASSERT_EQ(items.size(), 3U) << "two clips, and the fields of a new one";
    const auto& picture = items[1].find("fields")->items()[1];
    EXPECT_EQ(picture.find("error")->text(), "This is needed.");
    EXPECT_EQ(items[1].find("fields")->items()[0].find("value")->text(), "C");
    EXPECT_EQ(items[0].find("fields")->items()[1].find("error")->text(), "");
    EXPECT_TRUE(items[2].find("is_new")->boolean());
}

TEST(BlockForm, moves_and_drops_items) {
    auto form = json(
        R"({"item_0_network":"x","item_0_address":"a","item_1_network":"rss","item_1_address":"b","item_2_network":"mail","item_2_address":"c"})");
    const Block base{.id = 1, .kind = kind_named("social"), .from = {}, .until = {}, .values = {}, .items = {}};
    const auto order = [&] {
        std::string out;
        const auto block = block_of_form(form, base, {});
        EXPECT_TRUE(block);
        for (const auto& item : block->items) out += value_of(item, "address");
        return out;
    };
    EXPECT_EQ(order(), "abc");
    form.set("act", "item-up-3");
    EXPECT_EQ(order(), "acb");
    form.set("act", "item-up-1");
    EXPECT_EQ(order(), "abc");
    form.set("item_1_drop", "1");
    EXPECT_EQ(order(), "ac");
}

}  // namespace
}  // namespace barrow::pages
