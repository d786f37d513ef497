// What commands do, through a running app and on a data folder.
#include <filesystem>
#include <fstream>

#include "app/data_folder.hpp"
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

TEST_P(Commands, a_key_is_listed_until_it_is_revoked) {
    const auto listed = [&] { return *app.db->read_now([&](store::Tx& tx) { return access::api_keys(tx, app.mira.id); }); };
    const auto made = told("create_key", wire::Json::object({{"name", "till"}}));
    ASSERT_EQ(listed().size(), 1U);
    EXPECT_EQ(listed()[0].id, made.find("id")->text());
    EXPECT_EQ(listed()[0].name, "till");
    told("revoke_key", wire::Json::object({{"id", made.find("id")->text()}}));
    EXPECT_TRUE(listed().empty());
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
