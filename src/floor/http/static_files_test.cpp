// Assets and uploads: which form is sent, what may be kept, and that nothing outside the folder is ever read.
#include "floor/http/static_files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace barrow::http {
namespace {

TEST(AssetShelf, sends_the_smallest_accepted_form_once) {
    const wire::Asset assets[] = {{"viewer/product.css", "text/css; charset=utf-8", "plain plain plain", "gz", "br"},
                                  {"viewer/logo.png", "image/png", "png", "", ""}};
    const AssetShelf shelf(assets, "abc");
    struct Case {
        const char* accept;
        const char* path;
        const char* body;
        const char* encoding;
    };
    for (const auto& [accept, path, body, encoding] : {Case{"gzip, deflate, br", "viewer/product.css", "br", "br"},
                                                       {"gzip", "viewer/product.css", "gz", "gzip"},
                                                       {"", "viewer/product.css", "plain plain plain", ""},
                                                       {"br;q=0, gzip;q=0.5", "viewer/product.css", "gz", "gzip"},
                                                       {"br;q=0,gzip;q=0.0", "viewer/product.css", "plain plain plain", ""},
                                                       {"br, gzip", "viewer/logo.png", "png", ""},
                                                       {"zstd", "viewer/product.css", "plain plain plain", ""}}) {
        Request request;
        request.headers = {{"accept-encoding", accept}};
        const auto response = shelf.answer(request, "abc", path);
        ASSERT_EQ(response.status, 200);
        EXPECT_EQ(*response.shared_body, body) << accept;
        EXPECT_EQ(response.header("content-encoding"), encoding) << accept;
        EXPECT_EQ(response.header("cache-control"), "public, max-age=31536000, immutable");
        EXPECT_EQ(response.header("vary"), std::string_view(path).ends_with("css") ? "accept-encoding" : "");
        const std::string tag(response.header("etag"));
        request.headers.emplace_back("if-none-match", tag);
        const auto again = shelf.answer(request, "abc", path);
        EXPECT_EQ(again.status, 304);
        EXPECT_EQ(again.shared_body, nullptr);
    }
    Request request;
    EXPECT_EQ(shelf.answer(request, "old", "viewer/logo.png").header("cache-control"), "no-cache");
    for (const char* path : {"viewer", "viewer/none.css", "", "../viewer/logo.png", "viewer/logo.png/"})
        EXPECT_EQ(shelf.answer(request, "abc", path).status, 404) << path;
    request.headers = {{"if-none-match", R"("other")"}};
    EXPECT_EQ(shelf.answer(request, "abc", "viewer/logo.png").status, 200);
}

class PublicFolderTest : public testing::Test {
protected:
    void SetUp() override {
        root_ = std::filesystem::temp_directory_path() / ("barrow-folder-" + std::to_string(::getpid()));
        std::filesystem::create_directories(root_ / "open" / "deep");
        const auto write = [](const std::filesystem::path& path, std::string_view text) { std::ofstream(path) << text; };
        write(root_ / "secret.txt", "secret");
        write(root_ / "open" / "a.png", "0123456789");
        write(root_ / "open" / "deep" / "b.html", "<script>");
        write(root_ / "open" / ".hidden", "hidden");
        write(root_ / "open" / "empty.txt", "");
        std::filesystem::create_symlink(root_ / "secret.txt", root_ / "open" / "link.txt");
        std::filesystem::create_directory_symlink(root_, root_ / "open" / "up");
        ::mkfifo((root_ / "open" / "pipe").c_str(), 0600);
        folder_ = PublicFolder::open((root_ / "open").string()).release();
    }
    void TearDown() override { std::filesystem::remove_all(root_); }

    std::filesystem::path root_;
    std::unique_ptr<PublicFolder> folder_;
};

TEST_F(PublicFolderTest, sends_files_that_a_browser_will_not_run) {
    Request request;
    const auto image = folder_->answer(request, "a.png");
    EXPECT_EQ(image.body, "0123456789");
    EXPECT_EQ(image.header("content-type"), "image/png");
    const auto page = folder_->answer(request, "deep/b.html");
    EXPECT_EQ(page.body, "<script>");
    EXPECT_EQ(page.header("content-type"), "application/octet-stream");
    EXPECT_EQ(page.header("x-content-type-options"), "nosniff");
    EXPECT_NE(page.header("content-security-policy").find("sandbox"), std::string_view::npos);
    EXPECT_EQ(folder_->answer(request, "empty.txt").status, 200);
    const std::string tag(image.header("etag"));
    request.headers = {{"if-none-match", tag}};
    EXPECT_EQ(folder_->answer(request, "a.png").status, 304);
}

TEST_F(PublicFolderTest, reads_nothing_outside_of_itself) {
    Request request;
    for (const char* path : {"../secret.txt", "deep/../../secret.txt", "/etc/passwd", "link.txt", "up/secret.txt", ".hidden", "deep", "",
                             "a.png/", "a.png/..", "deep//b.html", "./a.png", "pipe", "deep\\b.html", "..", "none"}) {
        const auto response = folder_->answer(request, path);
        EXPECT_EQ(response.status, 404) << path;
        EXPECT_EQ(response.body.find("secret\n"), std::string::npos);
    }
    EXPECT_EQ(folder_->answer(request, std::string_view("a.png\0.txt", 10)).status, 404);
    EXPECT_FALSE(PublicFolder::open((root_ / "nowhere").string()));
}

TEST_F(PublicFolderTest, keeps_for_good_what_has_its_name_for_good) {
    Request request;
    EXPECT_EQ(folder_->answer(request, "a.png").header("cache-control"), "public, max-age=3600");
    const auto kept = folder_->answer(request, "a.png", Keep::for_good);
    EXPECT_EQ(kept.header("cache-control"), "public, max-age=31536000, immutable");
    const auto etag = std::string(kept.header("etag"));
    request.headers = {{"if-none-match", etag}};
    EXPECT_EQ(folder_->answer(request, "a.png", Keep::for_good).status, 304);
}

TEST_F(PublicFolderTest, sends_a_part_without_an_end_a_piece_at_a_time) {
    std::ofstream(root_ / "open" / "long.mp4") << std::string(PublicFolder::range_bytes_max + 10, 'x');
    Request request;
    request.headers = {{"range", "bytes=0-"}};
    const auto first = folder_->answer(request, "long.mp4");
    EXPECT_EQ(first.status, 206);
    EXPECT_EQ(first.header("content-range"), "bytes 0-4194303/4194314");
    request.headers = {{"range", "bytes=4194304-"}};
    EXPECT_EQ(folder_->answer(request, "long.mp4").body, "xxxxxxxxxx");
    EXPECT_EQ(folder_->answer({}, "long.mp4").body.size(), 4'194'314U);
}

TEST_F(PublicFolderTest, sends_a_part_of_a_file) {
    struct Case {
        const char* range;
        int status;
        const char* body;
        const char* said;
    };
    for (const auto& [range, status, body, said] : {Case{"bytes=0-3", 206, "0123", "bytes 0-3/10"},
                                                    {"bytes=4-", 206, "456789", "bytes 4-9/10"},
                                                    {"bytes=-2", 206, "89", "bytes 8-9/10"},
                                                    {"bytes=8-100", 206, "89", "bytes 8-9/10"},
                                                    {"bytes=-100", 206, "0123456789", "bytes 0-9/10"},
                                                    {"bytes=10-", 416, "", "bytes */10"},
                                                    {"bytes=3-2", 200, "0123456789", ""},
                                                    {"bytes=0-1,3-4", 200, "0123456789", ""},
                                                    {"lines=1-2", 200, "0123456789", ""},
                                                    {"bytes=a-b", 200, "0123456789", ""}}) {
        Request request;
        request.headers = {{"range", range}};
        const auto response = folder_->answer(request, "a.png");
        EXPECT_EQ(response.status, status) << range;
        EXPECT_EQ(response.body, body) << range;
        EXPECT_EQ(response.header("content-range"), said) << range;
    }
}

}  // namespace
}  // namespace barrow::http
