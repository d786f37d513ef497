// Uploads: real files through the real decoder program, and what the studio, the API and visitors see of them.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "floor/base/bytes.hpp"
#include "floor/media/child/cage.hpp"
#include "floor/media/frame_score.hpp"
#include "floor/sign/sign.hpp"
#include "rooms/uploads/upload.hpp"
#include "support/app.hpp"

namespace barrow::testing {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// A folder that goes with the test.
class Folder {
public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "barrow-media-XXXXXX").string();
        check(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    fs::path path;
};

// What ffmpeg makes of its own test pictures; each once in a run.
std::string made(const std::string& name, const std::string& arguments) {
    static const Folder folder;
    const auto path = (folder.path / name).string();
    if (!fs::exists(path)) {
        const auto command = "ffmpeg -v error -nostdin -y -threads 1 " + arguments + " " + path + " 2>&1";
        EXPECT_EQ(std::system(command.c_str()), 0) << command;
    }
    return read_file(path);
}
std::string picture(const std::string& name) { return made(name, "-f lavfi -i testsrc=s=1600x1200:d=1 -frames:v 1"); }
constexpr const char* clip =
    "-f lavfi -i testsrc2=s=360x640:r=25:d=3 -f lavfi -i sine=d=3 -shortest -pix_fmt yuv420p -metadata comment=+54.09+12.10/ ";
std::string h264() { return made("clip.mp4", std::string(clip) + "-c:v libx264 -preset ultrafast -c:a aac"); }
std::string webm() { return made("clip.webm", std::string(clip) + "-c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus"); }

// A JPEG whose EXIF says how the camera was held, and where.
std::string held(int orientation) {
    using namespace std::string_literals;
    const auto exif =
        "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"s + static_cast<char>(orientation) + "\0\0\0\0\0\0\0 GPS 54.09 12.10"s;
    const auto size = exif.size() + 2;
    const auto jpeg = picture("a.jpg");
    return jpeg.substr(0, 2) + "\xff\xe1" + static_cast<char>(size >> 8) + static_cast<char>(size & 255) + exif + jpeg.substr(2);
}

class Workshop : public ::testing::Test {
protected:
    Result<media::Made> make(std::string bytes, const std::string& program = media_program()) {
        if (!workshop || program != program_) workshop = media::Workshop::open((folder.path / "media").string(), program).value();
        program_ = program;
        const auto work = [&]() -> Task<Result<media::Made>> {
            media::Job job{.bytes = bytes, .folder = "shop", .name = "n" + std::to_string(++count)};
            auto later = workshop->make(std::move(job));
            co_return co_await std::move(later);
        };
        return loop.wait(work());
    }
    [[nodiscard]] std::string kept(const media::Made& made, const std::string& ending) const {
        return read_file(folder.path / "media" / "shop" / (made.stem + ending));
    }
    [[nodiscard]] std::size_t files() const {
        const auto place = folder.path / "media" / "shop";
        return fs::exists(place) ? static_cast<std::size_t>(std::distance(fs::directory_iterator(place), {})) : 0;
    }
    Folder folder;
    Loop loop;
    std::unique_ptr<media::Workshop> workshop;
    std::string program_;
    int count = 0;
};

TEST_F(Workshop, MakesEachPictureForPages) {
    for (const auto* name : {"a.png", "a.jpg", "a.webp", "a.avif"}) {
        const auto made = make(picture(name));
        ASSERT_TRUE(made) << name << ": " << made.error().text;
        EXPECT_EQ(made->width, 1'080) << name;
        EXPECT_EQ(made->height, 810) << name;
        EXPECT_EQ(made->ending, ".webp");
        const auto large = kept(*made, ".webp");
        EXPECT_EQ(media::type_by_magic(large), media::Type::webp) << name;
        EXPECT_LE(large.size(), 60'000U) << name;
        EXPECT_LT(kept(*made, "-160.webp").size(), kept(*made, "-480.webp").size());
        EXPECT_EQ(media::type_by_magic(kept(*made, ".jpg")), media::Type::jpeg) << name;
    }
    const auto gif = make(made("a.gif", "-f lavfi -i testsrc=s=100x80:d=1:r=5"));
    ASSERT_TRUE(gif) << gif.error().text;
    EXPECT_EQ(gif->stem, "n5-100x80") << "none is made larger than it is";
    EXPECT_EQ(kept(*gif, "-160.webp"), "");
}

TEST_F(Workshop, TurnsAPictureAsTheCameraWasHeldAndForgetsWhere) {
    ASSERT_NE(held(6).find("GPS"), std::string::npos);
    const std::pair<int, const char*> cases[] = {{1, "1080x810"}, {3, "1080x810"}, {6, "1080x1440"}, {8, "1080x1440"}};
    for (const auto& [orientation, size] : cases) {
        const auto made = make(held(orientation));
        ASSERT_TRUE(made) << made.error().text;
        EXPECT_EQ(made->stem.substr(made->stem.find('-') + 1), size) << orientation;
        for (const auto* ending : {".webp", "-480.webp", ".jpg"}) {
            EXPECT_EQ(kept(*made, ending).find("GPS"), std::string::npos) << ending;
            EXPECT_EQ(kept(*made, ending).find("Exif"), std::string::npos) << ending;
        }
    }
}

TEST_F(Workshop, KeepsAVideoAsBrowsersPlayItWithAFrameOfItsOwn) {
    for (const auto& [bytes, ending] : {std::pair{h264(), ".mp4"}, std::pair{webm(), ".webm"}}) {
        const auto made = make(bytes);
        ASSERT_TRUE(made) << ending << ": " << made.error().text;
        EXPECT_EQ(made->ending, ending);
        EXPECT_EQ(made->width, 360);
        EXPECT_EQ(made->height, 640);
        EXPECT_NEAR(static_cast<double>(made->duration_ms), 3'000, 150);
        const auto video = kept(*made, ending);
        EXPECT_EQ(video.find("+54.09"), std::string::npos) << "where it was filmed";
        if (made->ending == ".mp4") { EXPECT_LT(video.find("moov"), video.find("mdat")) << "it plays while it loads"; }
        EXPECT_EQ(media::type_by_magic(kept(*made, ".webp")), media::Type::webp);
    }
    EXPECT_NE(h264().find("+54.09"), std::string::npos);
    const auto film = make(made("clip.mov", std::string(clip) + "-c:v libx264 -preset ultrafast -c:a aac"));
    ASSERT_TRUE(film) << film.error().text;
    EXPECT_EQ(film->ending, ".mp4") << "a film of a phone";
}

// The first and last second are black, the middle is blurred but for one moment.
TEST_F(Workshop, ChoosesAFrameThatShowsSomething) {
    const auto fades = make(
        made("fades.mp4",
             "-f lavfi -i testsrc2=s=320x240:r=25:d=6 -vf \"fade=in:0:50,fade=out:100:50,boxblur=12:enable='not(between(t,2.8,3.4))'\" "
             "-pix_fmt yuv420p -c:v libx264 -preset ultrafast"));
    ASSERT_TRUE(fades) << fades.error().text;
    const auto blurred =
        make(made("blurred.mp4", "-f lavfi -i testsrc2=s=320x240:r=25:d=6 -vf boxblur=12 -pix_fmt yuv420p -c:v libx264 -preset ultrafast"));
    ASSERT_TRUE(blurred) << blurred.error().text;
    const auto black =
        make(made("black.mp4", "-f lavfi -i color=black:s=320x240:r=25:d=2 -pix_fmt yuv420p -c:v libx264 -preset ultrafast"));
    ASSERT_TRUE(black) << black.error().text;
    const auto score = [&](const media::Made& video) {
        const auto file = (folder.path / "media" / "shop" / (video.stem + ".webp")).string();
        const auto grey = made(video.stem + ".grey", "-i " + file + " -f rawvideo -pix_fmt gray");
        return media::frame_score(as_bytes(grey), static_cast<int>(video.width), static_cast<int>(video.height));
    };
    EXPECT_GT(score(*fades), 2 * score(*blurred));
    EXPECT_GT(score(*blurred), score(*black));
}

TEST_F(Workshop, RefusesWhatItCannotShowInOneLine) {
    const auto half = [](const std::string& bytes) { return bytes.substr(0, bytes.size() / 2); };
    const struct {
        const char* what;
        std::string bytes;
        const char* says;
    } cases[] = {
        {"half a JPEG", half(picture("a.jpg")), "breaks off"},
        {"half a PNG", half(picture("a.png")), "breaks off"},
        {"half a WebP", half(picture("a.webp")), "breaks off"},
        {"half an AVIF", half(picture("a.avif")), "breaks off"},
        {"half a video", half(h264()), "breaks off"},
        {"half a WebM", half(webm()), "breaks off"},
        {"a video in HEVC", made("hevc.mp4", std::string(clip) + "-c:v libx265 -preset ultrafast -x265-params log-level=none -c:a aac"),
         "H.264 and AAC"},
        {"a video of ten bits", made("ten.mp4", "-f lavfi -i testsrc2=s=160x120:d=1 -pix_fmt yuv420p10le -c:v libx264 -preset ultrafast"),
         "8 bits"},
        {"a sound alone", made("sound.m4a", "-f lavfi -i sine=d=1 -c:a aac -f mp4"), "no picture in this video"},
        {"sound that browsers do not play", made("ac3.mp4", std::string(clip) + "-c:v libx264 -preset ultrafast -c:a ac3"), "ac3"},
        {"a PNG with another's begin", "\x89PNG\r\n\x1a\n" + picture("a.jpg"), ""},
        {"an SVG", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "scripts"},
        {"a page behind a JPEG's first bytes", "\xff\xd8\xff<script>alert(1)</script>", ""},
    };
    for (const auto& one : cases) {
        const auto made = make(one.bytes);
        ASSERT_FALSE(made) << one.what;
        EXPECT_TRUE(made.error().fault == Fault::bad_input || made.error().fault == Fault::too_large)
            << one.what << ": " << made.error().text;
        EXPECT_NE(made.error().text.find(one.says), std::string::npos) << one.what << ": " << made.error().text;
        EXPECT_EQ(made.error().text.find('\n'), std::string::npos);
    }
    EXPECT_EQ(files(), 0U) << "nothing is left of them";
}

TEST_F(Workshop, WhatIsHiddenBehindAPictureIsGone) {
    const auto made = make(picture("a.jpg") + "<script>alert(1)</script>PK\x03\x04");
    ASSERT_TRUE(made) << made.error().text;
    for (const auto* ending : {".webp", "-480.webp", "-160.webp", ".jpg"})
        EXPECT_EQ(kept(*made, ending).find("<script"), std::string::npos) << ending;
    const auto film = make(h264() + "<script>alert(1)</script>");
    if (film) { EXPECT_EQ(kept(*film, ".mp4").find("<script"), std::string::npos); }
}

TEST_F(Workshop, DoesWithoutAProgramThatFails) {
    const auto nowhere = make(picture("a.png"), "/nowhere/barrow-media");
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error().fault, Fault::storage);
    EXPECT_NE(nowhere.error().text.find("install it beside barrow"), std::string::npos);
    const auto fails = make(picture("a.png"), "/bin/false");
    ASSERT_FALSE(fails);
    EXPECT_EQ(fails.error().fault, Fault::bad_input);
    const auto silent = make(picture("a.png"), "/bin/true");
    ASSERT_FALSE(silent);
    EXPECT_EQ(silent.error().fault, Fault::outside);
}

TEST(Cage, OpensNothing) {
    const auto process = ::fork();
    ASSERT_GE(process, 0);
    if (process == 0) {
        if (!media::lock_up()) ::_exit(1);
        if (::open("/etc/hostname", O_RDONLY) >= 0 || errno != EPERM) ::_exit(2);
        if (::open("barrow-cage", O_WRONLY | O_CREAT, 0600) >= 0) ::_exit(3);
        if (::syscall(SYS_socket, AF_INET, SOCK_STREAM, 0) >= 0) ::_exit(4);
        if (::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) >= 0) ::_exit(5);
        if (::syscall(SYS_execve, "/bin/true", nullptr, nullptr) >= 0) ::_exit(6);
        if (::syscall(SYS_kill, ::getppid(), 0) >= 0) ::_exit(7);
        ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(process, &status, 0), process);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0) << "the number says what was let through";
}

TEST_F(Workshop, ForgetsAllSizes) {
    const auto made = make(picture("a.png"));
    ASSERT_TRUE(made);
    EXPECT_EQ(files(), 5U);
    EXPECT_EQ(workshop->stamp("shop", made->stem).size(), 96U * 96 * 3);
    workshop->forget("shop", made->stem, made->ending);
    EXPECT_EQ(files(), 0U);
    workshop->forget("shop", made->stem, made->ending);
}

TEST_F(Workshop, TellsWhoWaitsThatItStops) {
    ASSERT_TRUE(make(picture("a.png")));
    std::vector<Result<media::Made>> answers;
    const auto clip_bytes = h264();
    const auto wait_for = [&]() -> Task<bool> {
        media::Job job{.bytes = clip_bytes, .folder = "shop", .name = "late"};
        auto later = workshop->make(std::move(job));
        answers.push_back(co_await std::move(later));
        co_return true;
    };
    for (int i = 0; i < 3; ++i) start<bool>(loop, wait_for(), [](bool) {});
    workshop->stop();
    loop.run_ready();
    ASSERT_EQ(answers.size(), 3U);
    for (const auto& answer : answers) EXPECT_EQ(answer.error().fault, Fault::busy);
    EXPECT_EQ(make(picture("a.png")).error().fault, Fault::busy);
    EXPECT_EQ(files(), 5U);
}

// ---- the app -------------------------------------------------------------------------------------------------------------------

std::string part(const std::string& name, const std::string& value, bool file = false) {
    return "--b0undary\r\ncontent-disposition: form-data; name=\"" + name + "\"" + (file ? "; filename=\"x\"" : "") + "\r\n\r\n" + value +
           "\r\n";
}

class Uploads : public ::testing::TestWithParam<Engine> {
protected:
    static app::Config config_in(const Folder& folder) {
        app::Config config;
        config.media = (folder.path / "media").string();
        return config;
    }
    http::Response send(const std::string& target, const std::string& body, std::vector<std::pair<std::string, std::string>> headers) {
        headers.emplace_back("content-type", "multipart/form-data; boundary=b0undary");
        return app.call({.method = http::Method::post, .target = target, .body = body + "--b0undary--\r\n", .headers = std::move(headers)});
    }
    http::Response send(const Studio& studio, const std::string& path, const std::string& body) {
        return send(studio.base + path, body + part("csrf", studio.csrf), {{"cookie", studio.cookie}});
    }
    http::Response by_api(const std::string& body) { return send("/api/v1/media", body, {{"authorization", "Bearer " + key}}); }
    [[nodiscard]] std::size_t files() const {
        const auto place = folder.path / "media" / app.mira.id.text;
        return fs::exists(place) ? static_cast<std::size_t>(std::distance(fs::directory_iterator(place), {})) : 0;
    }

    Folder folder;
    TestApp app{GetParam(), config_in(folder)};
    std::string key = app.make_key(app.mira);
    Studio mira = app.log_in(app.mira);
};
BARROW_BOTH_ENGINES(Uploads);

TEST_P(Uploads, AProgramUploadsListsAndRemoves) {
    const auto made = by_api(part("file", picture("a.jpg"), true) + part("alt", "A lamp") + part("name", "lamp.jpg"));
    ASSERT_EQ(made.status, 201) << made.body;
    const auto json = json_of(made);
    const auto path = json.find("path")->text(), id = json.find("id")->text();
    EXPECT_EQ(path, "/media/" + id + "-1080x810.webp");
    EXPECT_EQ(json.find("kind")->text(), "picture");
    const auto list = json_of(app.api(http::Method::get, "/api/v1/media", key));
    ASSERT_EQ(list.find("items")->items().size(), 1U);
    EXPECT_EQ(list.find("items")->items()[0].find("alt")->text(), "A lamp");

    const auto shown = app.get(path);
    EXPECT_EQ(shown.status, 200);
    EXPECT_EQ(shown.header("content-type"), "image/webp");
    EXPECT_EQ(shown.header("cache-control"), "public, max-age=31536000, immutable");
    EXPECT_NE(shown.header("content-security-policy").find("sandbox"), std::string::npos);
    EXPECT_EQ(shown.header("x-content-type-options"), "nosniff");
    EXPECT_EQ(app.call({.target = path, .headers = {{"range", "bytes=0-3"}}}).body, "RIFF");
    EXPECT_EQ(app.call({.target = path, .headers = {{"if-none-match", std::string(shown.header("etag"))}}}).status, 304);
    for (const auto* bad : {"/media/x.webp", "/media/..", "/media/%2e%2e%2fbarrow.db", "/media/.webp"})
        EXPECT_EQ(app.get(bad).status, 404) << bad;

    EXPECT_EQ(app.api(http::Method::del, "/api/v1/media/" + id, "").status, 401);
    EXPECT_EQ(app.api(http::Method::del, "/api/v1/media/" + id, key).status, 200);
    EXPECT_EQ(app.api(http::Method::del, "/api/v1/media/" + id, key).status, 404);
    EXPECT_EQ(app.get(path).status, 404);
    EXPECT_EQ(files(), 0U);
}

TEST_P(Uploads, AProductsFormTakesItsPictureAndItsSnippetSignsIt) {
    const auto form = [&](const std::string& file, const std::string& name) {
        return part("name", name) + part("price", "24.00") + part("tax", "19") + part("units", "3") + part("units_seen", "0") +
               part("published", "1") + part("image_alt", "A lamp") + part("image.file", file, true);
    };
    const auto made = send(mira, "/studio/products", form(picture("a.jpg"), "Lamp"));
    ASSERT_EQ(made.status, 303) << body_of(made).substr(0, 200);
    const auto image = json_of(app.api(http::Method::get, "/api/v1/products/lamp", key)).find("image")->text();
    ASSERT_TRUE(image.starts_with("/media/") && image.ends_with(".webp")) << image;
    EXPECT_NE(body_of(app.get(mira, "/studio/products/lamp")).find("-160.webp"), std::string::npos) << "the form shows it";
    const auto published =
        app.api(http::Method::post, "/api/v1/snippets", key, R"({"product":"lamp","title":"Light the room","action":"See it"})");
    ASSERT_EQ(published.status, 201) << body_of(published);
    const auto document = json_of(app.get("/snippets/lamp.json"));
    EXPECT_EQ(document.find("image")->text(), ".." + image);
    EXPECT_EQ(document.find("image_digest")->text(), "sha256-" + base64(sign::sha256(as_bytes(body_of(app.get(image))))));
    EXPECT_EQ(app.get(image).header("access-control-allow-origin"), "*");
    // A clip's own frame stands for it; what is no picture is refused at its field, and nothing is made.
    ASSERT_EQ(send(mira, "/studio/products", form(h264(), "Clip")).status, 303);
    EXPECT_TRUE(json_of(app.api(http::Method::get, "/api/v1/products/clip", key)).find("image")->text().ends_with(".webp"));
    const auto refused = send(mira, "/studio/products", form("<svg/>", "Drawing"));
    EXPECT_EQ(refused.status, 422);
    EXPECT_NE(body_of(refused).find("SVG"), std::string::npos);
    EXPECT_EQ(app.api(http::Method::get, "/api/v1/products/drawing", key).status, 404);
    // Another shop's picture is none that this shop could sign; nor is one by its address alone.
    ASSERT_EQ(app.api(http::Method::patch, "/api/v1/products/lamp", key, R"({"image":"/demo/tide-lamp.svg"})").status, 200);
    ASSERT_EQ(app.api(http::Method::post, "/api/v1/snippets/lamp/versions", key, R"({"title":"Light the room"})").status, 201);
    EXPECT_EQ(json_of(app.get("/snippets/lamp.json")).find("image_digest"), nullptr);
}

TEST_P(Uploads, WhatCannotBeTakenIsRefusedInOneLine) {
    const auto svg = by_api(part("file", "<svg/>", true));
    EXPECT_EQ(svg.status, 400);
    EXPECT_NE(svg.body.find("SVG"), std::string::npos) << svg.body;
    EXPECT_EQ(by_api(part("file", "", true)).status, 400);
    EXPECT_EQ(by_api(part("file", picture("a.png"), true) + part("colour", "red")).status, 400);
    EXPECT_EQ(send("/api/v1/media", part("file", picture("a.png"), true), {}).status, 401);
    EXPECT_EQ(send("/studio/media", part("file", picture("a.png"), true) + part("csrf", "x"), {{"cookie", mira.cookie}}).status, 403);
    EXPECT_EQ(send("/studio/media", part("file", picture("a.png"), true), {}).status, 303) << "to the login";
    EXPECT_EQ(files(), 0U);
    // A shop has so much and no more.
    ASSERT_TRUE(app.db->write_now([&](store::Tx& tx) {
        return uploads::add(tx, app.mira.id,
                            {.id = "x", .ending = ".mp4", .width = 1, .height = 1, .bytes = uploads::shop_bytes_max - 1'000});
    }));
    const auto full = by_api(part("file", picture("a.png"), true));
    EXPECT_EQ(full.status, 413) << full.body;
    EXPECT_NE(full.body.find("2 GB"), std::string::npos);
    EXPECT_EQ(files(), 0U);
}

TEST_P(Uploads, WhoRunsTheInstallationSaysHowMuchAShopKeeps) {
    const auto quota = [&](const char* what, std::int64_t most) {
        ASSERT_TRUE(app.app->command("set_quota", wire::Json::object({{"shop", "mira"}, {"what", what}, {"most", most}})));
    };
    auto have = [&, next = '0'](std::int64_t bytes) mutable {
        const auto id = std::string("01jx000000000000000000000") + next++;
        const auto added = app.db->write_now([&](store::Tx& tx) {
            return uploads::add(tx, app.mira.id, {.id = id, .ending = ".mp4", .width = 1, .height = 1, .bytes = bytes});
        });
        return added ? std::string("taken") : added.error().text;
    };
    const auto mend = "; remove some that no page shows, or ask who runs this installation for more room";
    quota("files", 1);
    EXPECT_EQ(have(1 << 20), "taken");
    EXPECT_EQ(have(2 << 20), std::string("this shop keeps at most 1 pictures and videos, and has them") + mend);
    const auto full = by_api(part("file", picture("a.png"), true));
    EXPECT_EQ(full.status, 413) << full.body;
    EXPECT_EQ(files(), 0U) << "refused before it is decoded";
    EXPECT_NE(app.get(mira, "/studio/media").body.find("1 of 1 files"), std::string::npos);
    quota("files", -1);
    quota("megabytes", 4);
    EXPECT_EQ(have(4 << 20), std::string("the pictures and videos of this shop may have 4 MB together, and 1 MB are there already") + mend);
    EXPECT_EQ(have(3 << 20), "taken") << "to the last byte";
    EXPECT_NE(app.get(mira, "/studio/media").body.find("of 4 MB"), std::string::npos);
    quota("megabytes", 3'072);
    EXPECT_EQ(have(2LL << 30), "taken") << "more than where nobody says anything, too";
    quota("megabytes", 0);
    EXPECT_NE(have(1), "taken");
}

TEST_P(Uploads, WhatACrashLeftIsSweptAndWhatIsMissingIsNamed) {
    ASSERT_EQ(by_api(part("file", picture("a.png"), true)).status, 201);
    const auto place = folder.path / "media" / app.mira.id.text;
    struct Case {
        const char* name;
        Duration age;
        bool stays;
    };
    const std::array<Case, 7> cases{{{"01jx0000000000000000000001-1080x810.webp", days(2), false},
                                     {"01jx0000000000000000000003.vtt", days(2), false},
                                     {"01jx0000000000000000000003.txt", days(2), true},
                                     {"01jx0000000000000000000001-1080x810-480.webp", days(2), false},
                                     {"01jx0000000000000000000002-1080x810.webp", hours(23), true},
                                     {"notes.txt", days(400), true},
                                     {"a-folder-of-the-owner.webp", days(400), true}}};
    const auto now = app.clock.now() + days(30);  // real files are dated by the real clock
    const auto date = [&](const fs::path& path, Duration age) {
        const timespec at{.tv_sec = (now - age).seconds(), .tv_nsec = 0};
        const timespec both[] = {at, at};
        ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), both, 0), 0);
    };
    for (const auto& file : fs::directory_iterator(place)) date(file.path(), days(9));
    for (const auto& one : cases) {
        std::ofstream(place / one.name) << "x";
        date(place / one.name, one.age);
    }
    app.clock.set(now);
    for (int i = 0; i < 3; ++i) app.tick();
    for (const auto& one : cases) EXPECT_EQ(fs::exists(place / one.name), one.stays) << one.name;
    EXPECT_EQ(files(), 5U + 4) << "what a row names stays with all its sizes";

    const auto missing = [&] {
        return app.db->read_now([&](store::Tx& tx) { return uploads::without_file(tx, app.mira.id, (folder.path / "media").string()); })
            .value();
    };
    EXPECT_TRUE(missing().empty());
    const auto upload = app.db->read_now([&](store::Tx& tx) { return uploads::list(tx, app.mira.id); }).value().at(0);
    fs::remove(place / (upload.stem() + ".webp"));
    ASSERT_EQ(missing().size(), 1U);
    EXPECT_EQ(missing()[0].id, upload.id);
}

TEST_P(Uploads, PicturesOfASuspendedShopOpenToItsOwnerAlone) {
    const auto path = json_of(by_api(part("file", picture("a.png"), true))).find("path")->text();
    ASSERT_TRUE(app.app->command("suspend_shop", wire::Json::object({{"shop", "mira"}, {"why", "complaints"}})));
    EXPECT_EQ(app.get(path).status, 503);
    EXPECT_EQ(app.call({.target = path, .headers = {{"cookie", "__Host-studio-mira=made-up"}}}).status, 503);
    const auto owner = app.get(mira, path);
    EXPECT_EQ(owner.status, 200);
    EXPECT_EQ(owner.header("cache-control"), "private, no-store") << "no cache between shows it to others";
    ASSERT_TRUE(app.app->command("suspend_shop", wire::Json::object({{"shop", "mira"}})));
    EXPECT_EQ(app.get(path).header("cache-control"), "public, max-age=31536000, immutable");
}

TEST_P(Uploads, APictureOfTheEditorIsOnThePageWithItsSizes) {
    const auto added =
        send(mira, "/studio/pages/bio/blocks",
             part("kind", "image") + part("picture", "") + part("picture.file", picture("a.jpg"), true) + part("alt", "A lamp"));
    ASSERT_EQ(added.status, 303) << body_of(added);
    ASSERT_EQ(app.post(mira, "/studio/pages/bio/publish", {}).status, 303);
    const auto page = app.get("/").body;
    const auto src = between(page, "<figure class=\"shot\"><img src=\"", "\"");
    EXPECT_EQ(app.get(src).status, 200) << src;
    EXPECT_NE(page.find("-480.webp 480w"), std::string::npos);
    EXPECT_NE(page.find("width=\"1080\" height=\"810\""), std::string::npos);
    EXPECT_NE(page.find(".jpg\">"), std::string::npos) << "for previews of the page";
    // What went wrong with a file stands at its field, with what was typed beside it.
    const auto wrong = send(mira, "/studio/pages/bio/blocks",
                            part("kind", "image") + part("picture", "") + part("picture.file", "%PDF-1.7", true) + part("alt", "My words"));
    EXPECT_EQ(wrong.status, 422);
    EXPECT_NE(body_of(wrong).find("This is a PDF"), std::string::npos);
    EXPECT_NE(body_of(wrong).find("My words"), std::string::npos);
    // What a page shows cannot be removed.
    const auto id = json_of(app.api(http::Method::get, "/api/v1/media", key)).find("items")->items()[0].find("id")->text();
    const auto kept = app.post(mira, "/studio/media/" + id + "/remove", {});
    EXPECT_EQ(kept.status, 422);
    EXPECT_NE(body_of(kept).find("It is shown on the page bio"), std::string::npos);
    EXPECT_EQ(app.get(src).status, 200);
}

TEST_P(Uploads, AClipIsATileOfItsOwnFrameAndAVideoPlays) {
    const auto added = send(mira, "/studio/pages/bio/blocks",
                            part("kind", "clips") + part("item_0_label", "Tide") + part("item_0_picture", "") +
                                part("item_0_picture.file", h264(), true) + part("item_0_link", "https://x.example/clip"));
    ASSERT_EQ(added.status, 303) << body_of(added);
    const auto video = send(mira, "/studio/pages/bio/blocks",
                            part("kind", "video") + part("video", "") + part("video.file", webm(), true) + part("label", "How it is made"));
    ASSERT_EQ(video.status, 303) << body_of(video);
    ASSERT_EQ(app.post(mira, "/studio/pages/bio/publish", {}).status, 303);
    const auto page = app.get("/").body;
    const auto tile = between(between(page, "<section class=\"shelf\">", "</section>"), "<img src=\"", "\"");
    EXPECT_EQ(app.get(tile).header("content-type"), "image/webp") << tile;
    const auto element = between(page, "<video class=\"shot\"", "</video>");
    const auto poster = between(element, "poster=\"", "\""), src = between(element, " src=\"", "\"");
    EXPECT_EQ(app.get(poster).header("content-type"), "image/webp") << element;
    EXPECT_EQ(app.get(src).header("content-type"), "video/webm") << element;
    const auto part_of_it = app.call({.target = src, .headers = {{"range", "bytes=100-199"}}});
    EXPECT_EQ(part_of_it.status, 206);
    EXPECT_EQ(part_of_it.body.size(), 100U);
    const auto as_video = send(mira, "/studio/pages/bio/blocks", part("kind", "video") + part("video", tile) + part("label", "x"));
    EXPECT_EQ(as_video.status, 422);
    EXPECT_NE(body_of(as_video).find("This is a picture"), std::string::npos);
}

TEST_P(Uploads, CaptionsOfAVideoAreATrackOfIt) {
    const std::string captions = "WEBVTT made by a person\n\nNOTE at home\n\n00:00.500 --> 00:02.000\nThis is <i>beech</i>.\n";
    const auto block = [&](const std::string& file) {
        return part("kind", "video") + part("video", "/media/a.webm") + part("label", "How it is made") + part("captions", "") +
               part("captions.file", file, true);
    };
    const std::pair<std::string, const char*> wrong[] = {
        {"1\n00:00:01,000 --> 00:00:04,000\nA lamp.\n", "save them as .vtt"},
        {"<!doctype html><script>alert(1)</script>", "This is a page"},
        {"WEBVTT\n\n00:01.000 --> soon\nA lamp.\n", "line 3 has the time &quot;soon&quot;"},
        {"WEBVTT\n", "not one caption"},
        {picture("a.png"), "This is no .vtt file"}};
    for (const auto& [file, says] : wrong) {
        const auto refused = send(mira, "/studio/pages/bio/blocks", block(file));
        EXPECT_EQ(refused.status, 422) << says;
        EXPECT_NE(body_of(refused).find(says), std::string::npos) << says;
    }
    app.clock.advance(seconds(1));
    const auto added = send(mira, "/studio/pages/bio/blocks", block(captions));
    ASSERT_EQ(added.status, 303) << body_of(added);
    ASSERT_EQ(app.post(mira, "/studio/pages/bio/publish", {}).status, 303);
    const auto page = app.get("/").body;
    const auto src = between(between(page, "<video class=\"shot\"", "</video>"), "<track kind=\"captions\" src=\"", "\"");
    const auto file = app.get(src);
    EXPECT_EQ(file.status, 200) << src;
    EXPECT_EQ(file.header("content-type"), "text/vtt");
    EXPECT_EQ(file.header("x-content-type-options"), "nosniff");
    EXPECT_NE(file.header("content-security-policy").find("sandbox"), std::string::npos);
    EXPECT_EQ(file.body, "WEBVTT\n\n00:00.500 --> 00:02.000\nThis is <i>beech</i>.\n");
    const auto list = json_of(app.api(http::Method::get, "/api/v1/media", key));
    const auto& newest = list.find("items")->items()[0];
    EXPECT_EQ(newest.find("kind")->text(), "captions");
    EXPECT_EQ(newest.find("path")->text(), src);
    EXPECT_EQ(newest.find("picture")->text(), "");
    EXPECT_EQ(newest.find("duration_ms")->integer(), 2'000);
    EXPECT_NE(app.get(mira, "/studio/media").body.find("Captions to 0:02 · 1 kB"), std::string::npos);
    // Captions are no picture, and what a page shows stays.
    const auto as_picture = send(mira, "/studio/pages/bio/blocks", part("kind", "image") + part("picture", src) + part("alt", "x"));
    EXPECT_EQ(as_picture.status, 422);
    EXPECT_NE(body_of(as_picture).find("These are captions"), std::string::npos);
    const auto id = newest.find("id")->text();
    EXPECT_EQ(app.api(http::Method::del, "/api/v1/media/" + id, key).status, 409);
    EXPECT_TRUE(app.db->read_now([&](store::Tx& tx) { return uploads::without_file(tx, app.mira.id, (folder.path / "media").string()); })
                    .value()
                    .empty());
    const auto spare = json_of(by_api(part("file", "\xef\xbb\xbf" + captions, true) + part("name", "de.vtt")));
    EXPECT_EQ(spare.find("path")->text(), "/media/" + spare.find("id")->text() + ".vtt");
    const auto before = files();
    EXPECT_EQ(app.api(http::Method::del, "/api/v1/media/" + spare.find("id")->text(), key).status, 200);
    EXPECT_EQ(files(), before - 1);
    ASSERT_TRUE(app.app->command("suspend_shop", wire::Json::object({{"shop", "mira"}, {"why", "complaints"}})));
    EXPECT_EQ(app.get(src).status, 503);
}

TEST_P(Uploads, ALogoStandsForTheShopAndAPictureForALink) {
    const auto saved = send(mira, "/studio/page",
                            part("name", "Mira") + part("bio", "") + part("swatch", "") + part("accent", "#0b6b4b") +
                                part("paper", "#fbfaf6") + part("logo", "") + part("logo.file", picture("a.png"), true));
    ASSERT_EQ(saved.status, 303) << body_of(saved);
    const auto face = between(app.get("/").body, "<img class=\"face\" src=\"", "\"");
    EXPECT_EQ(app.get(face).header("content-type"), "image/webp") << face;
    ASSERT_EQ(app.post(mira, "/studio/links", {{"slug", "lamp"}, {"target", "https://x.example/"}}).status, 303);
    EXPECT_NE(body_of(app.get("/qr/lamp.svg?logo=1")).find("<image"), std::string::npos) << "and is in the middle of QR codes";
    EXPECT_EQ(body_of(app.get("/qr/lamp.svg")).find("<image"), std::string::npos);
    ASSERT_EQ(send(mira, "/studio/page",
                   part("name", "Mira") + part("bio", "") + part("swatch", "") + part("accent", "#0b6b4b") + part("paper", "#fbfaf6") +
                       part("no_logo", "1"))
                  .status,
              303);
    EXPECT_EQ(app.get("/").body.find("<img class=\"face\""), std::string::npos);

    const auto changed = send(mira, "/studio/links/lamp",
                              part("slug", "lamp") + part("target", "https://x.example/") + part("preview_title", "Of beech") +
                                  part("preview_image", "") + part("preview_image.file", picture("a.png"), true));
    ASSERT_EQ(changed.status, 303) << body_of(changed);
    const auto preview = app.call({.target = "/s/lamp", .headers = {{"user-agent", "facebookexternalhit/1.1"}}}).body;
    const auto image = between(preview, "og:image\" content=\"http://localhost:8080", "\"");
    EXPECT_EQ(app.get(image).header("content-type"), "image/jpeg") << preview;
}

TEST_P(Uploads, AShopSeesItsOwnAlone) {
    const auto path = json_of(by_api(part("file", picture("a.png"), true))).find("path")->text();
    const auto other = app.make_shop("other");
    const auto owner = app.log_in(other);
    EXPECT_EQ(app.get(path).status, 200);
    EXPECT_EQ(app.get("/@other" + path).status, 404) << "another shop's address does not show it";
    const auto id = uploads::shown(path)->id;
    EXPECT_EQ(app.post(owner, "/studio/media/" + id + "/remove", {}).status, 404);
    EXPECT_EQ(app.post(owner, "/studio/media/" + id + "/alt", {{"alt", "mine"}}).status, 404);
    EXPECT_EQ(app.get(path).status, 200);
    EXPECT_NE(app.get(mira, "/studio/media").body.find(id), std::string::npos);
    EXPECT_EQ(app.get(owner, "/studio/media").body.find(id), std::string::npos);
}

TEST(UploadPaths, SayWhatIsThere) {
    const std::string id = "01jd8xk5c0m7rq9z2v4t6w8y0a";
    const auto large = uploads::shown("/media/" + id + "-1080x1350.webp");
    ASSERT_TRUE(large);
    EXPECT_EQ(large->srcset("/@mira"), "/@mira/media/" + id + "-1080x1350-160.webp 160w, /@mira/media/" + id +
                                           "-1080x1350-480.webp 480w, /@mira/media/" + id + "-1080x1350.webp 1080w");
    EXPECT_EQ(large->at_least(300), "/media/" + id + "-1080x1350-480.webp");
    const auto small = uploads::shown("/media/" + id + "-160x90.mp4");
    ASSERT_TRUE(small);
    EXPECT_EQ(small->srcset(""), "");
    EXPECT_EQ(small->at_least(160), "/media/" + id + "-160x90.webp");
    for (const auto& path : {"/media/" + id + "-1080x1350-480.webp", "/media/" + id + "-1080x1350.svg", "/media/" + id + "-0x10.webp",
                             "/media/" + id + "-x.webp", std::string("/media/lamp.webp"), "/demo/" + id + "-10x10.webp", "/media/../" + id,
                             "/media/" + id + "-99999x10.webp"})
        EXPECT_FALSE(uploads::shown(path)) << path;
}

}  // namespace
}  // namespace barrow::testing
