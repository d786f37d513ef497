// What commands do, through a running app and on a data folder.
#include <filesystem>
#include <fstream>

#include "app/data_folder.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/ledger/ledger.hpp"
#include "rooms/links/link.hpp"
#include "support/app.hpp"

namespace barrow::testing {
namespace {

class Commands : public ::testing::TestWithParam<Engine> {
protected:
    TestApp app{GetParam()};
    wire::Json told(std::string_view command, wire::Json arguments) {
        auto answer = app.app->command(command, arguments);
        EXPECT_TRUE(answer) << answer.error().text;
        return answer ? std::move(*answer) : wire::Json::object();
    }
};

TEST_P(Commands, a_new_shop_answers_below_its_slug_and_its_link_opens_its_studio) {
    app.clock.advance(seconds(1));  // shops stand in order of birth
    const auto made = told("create_shop", wire::Json::object({{"slug", "ola"}, {"name", "Ola's tea"}, {"currency", "CHF"}}));
    EXPECT_TRUE(made.find("bio")->text().ends_with("/@ola/"));
    const auto bio = app.get("/@ola/");
    EXPECT_EQ(bio.status, 200);
    EXPECT_NE(body_of(bio).find("Ola&#39;s tea"), std::string::npos);
    EXPECT_EQ(body_of(app.get("/")).find("Ola"), std::string::npos);

    const auto link = made.find("studio")->text();
    const auto opened = app.get(link.substr(link.find("/@ola/")));
    EXPECT_EQ(opened.status, 200) << opened.body;
    EXPECT_EQ(app.get("/studio/login?token=" + link.substr(link.find("token=") + 6)).body.find("Ola"), std::string::npos);
}

TEST_P(Commands, a_shop_that_cannot_be_is_refused_and_none_is_made) {
    struct Case {
        const char* slug;
        const char* currency;
        Fault fault;
    };
    for (const auto& [slug, currency, fault] :
         {Case{"mira", "EUR", Fault::conflict}, Case{"Ola", "EUR", Fault::bad_input}, Case{"ola", "QQQ", Fault::bad_input}}) {
        const auto answer = app.app->command("create_shop", wire::Json::object({{"slug", slug}, {"name", "Ola"}, {"currency", currency}}));
        ASSERT_FALSE(answer) << slug;
        EXPECT_EQ(answer.error().fault, fault) << answer.error().text;
    }
    EXPECT_EQ(app.db->read_now(access::all_shops)->size(), 1U);
}

TEST_P(Commands, a_domain_leads_to_its_shop_at_once) {
    app.clock.advance(seconds(1));
    told("create_shop", wire::Json::object({{"slug", "ola"}, {"name", "Ola's tea"}, {"currency", "CHF"}}));
    const auto add = wire::Json::object({{"shop", "ola"}, {"name", "Tea.Example"}, {"ignores_case", true}});
    EXPECT_EQ(told("add_domain", add).find("domain")->text(), "tea.example");
    const auto at = [&](const char* host) { return body_of(app.call({.target = "/", .authority = host})); };
    EXPECT_NE(at("tea.example").find("Ola&#39;s tea"), std::string::npos);
    EXPECT_EQ(at("other.example").find("Ola&#39;s tea"), std::string::npos);
    const auto to_mira = wire::Json::object({{"shop", "mira"}, {"name", "tea.example"}});
    EXPECT_EQ(app.app->command("add_domain", to_mira).error().fault, Fault::conflict);
    told("remove_domain", wire::Json::object({{"shop", "ola"}, {"name", "tea.example"}}));
    EXPECT_EQ(at("tea.example").find("Ola&#39;s tea"), std::string::npos);
    EXPECT_EQ(app.app->command("renew_domain", wire::Json::object({{"name", "tea.example"}})).error().fault, Fault::not_found);
}

TEST_P(Commands, domains_are_added_and_removed_in_the_studio_and_by_api) {
    const auto studio = app.log_in(app.mira);
    EXPECT_EQ(app.get(studio, "/studio/domains").status, 200);
    EXPECT_EQ(app.post(studio, "/studio/domains", {{"name", "links.example"}}).status, 303);
    const auto again = app.post(studio, "/studio/domains", {{"name", "links.example"}});
    EXPECT_EQ(again.status, 422);
    EXPECT_NE(body_of(again).find("is there already"), std::string::npos);
    EXPECT_EQ(app.post(studio, "/studio/domains", {{"name", "https://links.example"}}).status, 422);
    EXPECT_EQ(app.post(studio, "/studio/domains/links.example/case", {{"ignores_case", "on"}}).status, 303);
    EXPECT_NE(body_of(app.get(studio, "/studio/domains")).find("do not count"), std::string::npos);

    const auto key = app.make_key(app.mira);
    const auto listed = [&] { return json_of(app.api(http::Method::get, "/api/v1/domains", key)).find("items")->items(); };
    ASSERT_EQ(listed().size(), 1U);
    EXPECT_TRUE(listed()[0].find("ignores_case")->boolean());
    EXPECT_TRUE(listed()[0].find("certificate")->is_null());
    EXPECT_EQ(app.api(http::Method::post, "/api/v1/domains", key, R"({"name": "b.example", "ignores_case": true})").status, 201);
    EXPECT_EQ(app.api(http::Method::post, "/api/v1/domains", key, R"({"name": "b.example"})").status, 409);
    EXPECT_EQ(app.api(http::Method::post, "/api/v1/domains", key, R"({"name": "b"})").status, 400);
    EXPECT_EQ(app.api(http::Method::del, "/api/v1/domains/b.example", key).status, 200);
    EXPECT_EQ(app.api(http::Method::del, "/api/v1/domains/b.example", key).status, 404);
    EXPECT_EQ(app.post(studio, "/studio/domains/links.example/remove", {}).status, 303);
    EXPECT_TRUE(listed().empty());
}

TEST_P(Commands, a_key_is_listed_until_it_is_revoked) {
    const auto listed = [&] { return *app.db->read_now([&](store::Tx& tx) { return access::api_keys(tx, app.mira.id); }); };
    const auto made = told("create_key", wire::Json::object({{"name", "till"}}));
    ASSERT_EQ(listed().size(), 1U);
    EXPECT_EQ(listed()[0].id, made.find("id")->text());
    EXPECT_EQ(listed()[0].name, "till");
    told("revoke_key", wire::Json::object({{"id", made.find("id")->text()}}));
    EXPECT_TRUE(listed().empty());
}

TEST_P(Commands, a_split_is_given_in_percent_and_what_does_not_add_up_changes_nothing) {
    const auto lamp = app.db->write_now([&](store::Tx& tx) {
        return catalog::add(tx, app.mira, {.slug = "lamp", .name = "Lamp", .price = {2'400, euro}}, app.clock.now(), app.random);
    });
    ASSERT_TRUE(lamp);
    const auto split = [&](const std::string& product, const std::vector<std::string>& shares) {
        wire::Json::Array list;
        for (const auto& share : shares) list.push_back(share);
        return app.app->command("set_split", wire::Json::object({{"product", product}, {"shares", std::move(list)}}));
    };
    const auto kept = [&] {
        return app.db->read_now([&](store::Tx& tx) { return ledger::split_of(tx, app.mira.id.text, lamp->id.text); }).value();
    };
    const auto told = split("lamp", {"creator=87.5", "partner:glassblower=12.45", "affiliate:ola=0.05%"});
    ASSERT_TRUE(told) << told.error().text;
    EXPECT_EQ(
        wire::write_json(*told->find("shares")),
        R"([{"to":"creator","percent":"87.5","basis_points":8750},{"to":"partner:glassblower","percent":"12.45","basis_points":1245},)"
        R"({"to":"affiliate:ola","percent":"0.05","basis_points":5}])");
    const std::vector<ledger::Share> wanted{{{ledger::AccountKind::creator_payable, ""}, 8'750},
                                            {{ledger::AccountKind::partner_payable, "glassblower"}, 1'245},
                                            {{ledger::AccountKind::affiliate_payable, "ola"}, 5}};
    EXPECT_EQ(kept(), wanted);

    struct Case {
        std::vector<std::string> shares;
        std::string_view says;
    };
    const Case cases[] = {{{"creator=90"}, "sum to 90 %"},
                          {{"creator=90", "partner:glassblower=10.01"}, "sum to 100.01 %"},
                          {{"creator=90", "creator=10"}, "second for the same"},
                          {{"creator=99.999"}, "at most two decimals"},
                          {{"creator=1e2"}, "a percentage"},
                          {{"creator=-1", "platform=101"}, "a percentage"},
                          {{"creator="}, "a percentage"},
                          {{"creator=100."}, "a percentage"},
                          {{"creator"}, "written like"},
                          {{"bank=100"}, "for nobody known"},
                          {{"creator:mira=100"}, "there is one only"},
                          {{"partner=100"}, "which partner"},
                          {{}, "sum to 0 %"}};
    for (const auto& [shares, says] : cases) {
        const auto refused = split("lamp", shares);
        ASSERT_FALSE(refused) << says;
        EXPECT_EQ(refused.error().fault, Fault::bad_input);
        EXPECT_NE(refused.error().text.find(says), std::string::npos) << refused.error().text;
    }
    EXPECT_EQ(split("nothing", {"creator=100"}).error().fault, Fault::not_found);
    EXPECT_EQ(kept(), wanted) << "what was refused changed nothing";
    ASSERT_TRUE(split("lamp", {"creator=100"}));
    EXPECT_EQ(kept().size(), 1U);
}

BARROW_BOTH_ENGINES(Commands);

class DataFolders : public ::testing::Test {
protected:
    DataFolders() {
        std::string path = (std::filesystem::temp_directory_path() / "barrow-folder-XXXXXX").string();
        EXPECT_NE(mkdtemp(path.data()), nullptr);
        root_ = path;
        config.data = path + "/data";
    }
    ~DataFolders() override { std::filesystem::remove_all(root_); }
    Result<app::DataFolder> open(app::DataFolder::Missing missing) { return app::DataFolder::open(config, missing, random); }

    app::Config config;
    SeededRandom random{5};

private:
    std::string root_;
};

TEST_F(DataFolders, one_that_is_missing_is_made_or_refused_as_asked) {
    const auto refused = open(app::DataFolder::Missing::refuse);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fault, Fault::not_found);
    EXPECT_FALSE(std::filesystem::exists(config.data));
    EXPECT_TRUE(open(app::DataFolder::Missing::make));
    EXPECT_TRUE(open(app::DataFolder::Missing::refuse));
}

TEST_F(DataFolders, shops_without_their_key_are_refused_and_no_new_key_is_made) {
    {
        const auto folder = open(app::DataFolder::Missing::make);
        ASSERT_TRUE(folder);
        ASSERT_TRUE(folder->db->write_now(
            [&](store::Tx& tx) { return access::make_shop(tx, {.slug = "mira", .name = "Mira"}, folder->secrets, Instant{1}, random); }));
    }
    const auto key = config.data + "/keys/operator.key";
    std::filesystem::rename(key, key + ".away");
    const auto refused = open(app::DataFolder::Missing::make);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().text.find(key), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(key));
    std::filesystem::rename(key + ".away", key);
    EXPECT_TRUE(open(app::DataFolder::Missing::refuse));
}

TEST_F(DataFolders, a_file_that_is_no_database_is_named_and_left_alone) {
    std::filesystem::create_directories(config.data);
    const auto file = config.data + "/barrow.db";
    std::ofstream(file) << "these are my holiday notes, and a few more words to make a page of it";
    const auto refused = open(app::DataFolder::Missing::make);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().text.find(file), std::string::npos);
    EXPECT_EQ(std::filesystem::file_size(file), 69U);
}

}  // namespace
}  // namespace barrow::testing
