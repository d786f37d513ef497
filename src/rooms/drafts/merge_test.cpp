// Copies of a draft that meet in any order become one, and nothing that nobody overrode is lost.
#include "rooms/drafts/merge.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <map>
#include <set>

#include "floor/base/id.hpp"
#include "support/paths.hpp"

namespace barrow::drafts {
namespace {

const Instant now{1'795'000'000'000'000};
constexpr std::int64_t now_ms = 1'795'000'000'000;

std::string id_of(int number) {
    auto text = std::string(26, '0');
    text[25] = static_cast<char>('0' + number);
    return text;
}
Document empty() { return {.id = id_of(9), .context = {}, .fields = {}}; }
Writer device(int number, std::int64_t ms = now_ms) {
    return {.device = id_of(number), .by = "device " + std::to_string(number), .ms = ms};
}
void type(Document& draft, const Writer& writer, const std::string& field, const std::string& text) {
    write(draft, writer, {{field, text, dots(draft, field)}, {std::string(life_field), std::string(life_draft), dots(draft, life_field)}});
}
std::vector<std::string> texts(const Document& draft, const std::string& field) {
    std::vector<std::string> all;
    for (const auto& head : choices(draft, field)) all.push_back(head.value);
    return all;
}
using Texts = std::vector<std::string>;

TEST(DraftMerge, DifferentFieldsMeetWithoutAQuestion) {
    auto phone = empty();
    type(phone, device(1), "title", "Bring the tide");
    auto desk = phone;
    type(phone, device(1), "how", "It follows the harbour.");
    type(desk, device(2), "proof", "Measured in May.");
    const auto both = merge(phone, desk);
    EXPECT_EQ(value(both, "title"), "Bring the tide");
    EXPECT_EQ(value(both, "how"), "It follows the harbour.");
    EXPECT_EQ(value(both, "proof"), "Measured in May.");
    EXPECT_TRUE(conflicts(both).empty());
}

TEST(DraftMerge, OneFieldWrittenTwiceIsAConflictUntilOneIsChosen) {
    auto phone = empty(), desk = empty();
    type(phone, device(1, now_ms), "title", "From the phone");
    type(desk, device(2, now_ms + 5), "title", "From the desk");
    auto both = merge(phone, desk);
    EXPECT_EQ(texts(both, "title"), (Texts{"From the desk", "From the phone"})) << "the later one first";
    EXPECT_EQ(conflicts(both), Texts{"title"}) << "lives that say the same are none";
    auto chosen = both;
    write(chosen, device(1, now_ms), {{"title", "From the phone", dots(both, "title")}});
    EXPECT_EQ(texts(merge(chosen, desk), "title"), Texts{"From the phone"}) << "what was overridden does not come back";
    EXPECT_EQ(texts(merge(both, chosen), "title"), Texts{"From the phone"});
    EXPECT_GT(choices(chosen, "title")[0].ms, now_ms) << "a slow clock does not stand behind what it has seen";
}

TEST(DraftMerge, WhatAWriterDidNotSeeStaysBesideIt) {
    auto draft = empty();
    type(draft, device(1), "title", "One");
    const auto shown = dots(draft, "title");
    type(draft, device(2), "title", "Two");
    write(draft, device(3), {{"title", "Three", shown}});
    EXPECT_EQ(texts(draft, "title"), (Texts{"Three", "Two"}));
}

TEST(DraftMerge, AWritingThatKnewOfNoRemovalBringsTheDraftBack) {
    auto desk = empty();
    type(desk, device(1), "title", "Bring the tide");
    auto phone = desk;
    write(desk, device(1), {{"life", "removed", dots(desk, "life")}});
    EXPECT_EQ(life(desk), life_removed);
    EXPECT_EQ(life(merge(desk, phone)), life_removed) << "a copy that was only kept does not";
    type(phone, device(2), "how", "It follows the harbour.");
    const auto both = merge(desk, phone);
    EXPECT_EQ(life(both), life_draft);
    EXPECT_EQ(conflicts(both), Texts{"life"}) << "and it is shown";
    EXPECT_EQ(value(both, "title"), "Bring the tide");
}

TEST(DraftMerge, TwoThingsUnderOneDotAreBothKept) {
    auto before = empty();
    type(before, device(1), "title", "One");
    auto lost = before, put_back = before;
    type(lost, device(1), "title", "Two");
    type(put_back, device(1, now_ms + 7), "title", "Three");
    const auto both = merge(lost, put_back);
    EXPECT_EQ(texts(both, "title"), (Texts{"Three", "Two"}));
    EXPECT_EQ(both, merge(put_back, lost));
    EXPECT_EQ(both, merge(both, lost));
}

TEST(DraftMerge, IsReadAsItIsWritten) {
    auto draft = empty();
    type(draft, device(1), "title", "Größe \xF0\x9F\x8C\x8A \"x\" \\ \x7f");
    type(draft, device(2), "live_title", "");
    const auto text = canonical(draft);
    const auto again = read(wire::read_json(text).value());
    ASSERT_TRUE(again) << again.error().text;
    EXPECT_EQ(*again, draft);
    EXPECT_EQ(canonical(*again), text);
}

TEST(DraftMerge, WhatIsNoDraftIsRefusedInOneLine) {
    struct Case {
        std::string find, put, why;
    };
    auto draft = empty();
    type(draft, device(1), "title", "One");
    const auto good = canonical(draft);
    const auto own = id_of(1), other = id_of(2);
    const Case cases[] = {
        {"\"v\":1", "\"v\":2", "newer version"},
        {"\"v\":1", "\"v\":1.5", "another form"},
        {"\"v\":1", "\"v\":1,\"w\":1", "another form"},
        {"\"id\":\"" + id_of(9), "\"id\":\"../" + id_of(9).substr(3), "id is none"},
        {"\"title\"", "\"price\"", "no field"},
        {"\"title\"", "\"__proto__\"", "no field"},
        {"\"value\":\"One\"", "\"value\":1", "another form"},
        {"\"value\":\"One\"", "\"value\":\"One\",\"x\":1", "another form"},
        {"\"value\":\"draft\"", "\"value\":\"alive\"", "a life that there is not"},
        {"{\"" + own + "\":1}", "{\"" + own + "\":0}", "names no device"},
        {"{\"" + own + "\":1}", "{\"" + own + "\":1.5}", "names no device"},
        {"{\"" + own + "\":1}", "{\"" + other + "\":1}", "has not seen"},
        {"{\"" + own + "\":1}", "{\"phone\":1}", "names no device"},
        {"\"dot\":[\"" + own + "\",1]", "\"dot\":[\"" + own + "\",2]", "has not seen"},
        {"\"dot\":[\"" + own + "\",1]", "\"dot\":[\"" + own + "\"]", "another form"},
        {"\"hlc\":[1795000000000,0]", "\"hlc\":[-1,0]", "time cannot be"},
        {"\"hlc\":[1795000000000,0]", "\"hlc\":[1e300,0]", "another form"},
        {"\"hlc\":[1795000000000,0]", "\"hlc\":[9223372036854775807,0]", "time cannot be"},
    };
    for (const auto& [find, put, why] : cases) {
        auto text = good;
        ASSERT_NE(text.find(find), std::string::npos) << find;
        text.replace(text.find(find), find.size(), put);
        const auto refused = read(wire::read_json(text).value());
        ASSERT_FALSE(refused) << put;
        EXPECT_NE(refused.error().text.find(why), std::string::npos) << put << ": " << refused.error().text;
        EXPECT_EQ(refused.error().text.find('\n'), std::string::npos);
    }
    for (const auto* text : {"null", "[]", "{}", "1", R"({"context":[],"fields":{},"id":"","v":1})"})
        EXPECT_FALSE(read(wire::read_json(text).value())) << text;
}

TEST(DraftMerge, HasBounds) {
    auto many = empty();
    for (int i = 0; i < static_cast<int>(heads_max) + 1; ++i) write(many, device(i), {{"title", std::to_string(i), {}}});
    EXPECT_NE(examine(many, now).error().text.find("title: more than 8 devices"), std::string::npos);
    auto longer = empty();
    type(longer, device(1), "how", std::string(value_bytes_max, 'a'));
    EXPECT_TRUE(examine(longer, now));
    type(longer, device(1), "how", std::string(value_bytes_max + 1, 'a'));
    EXPECT_EQ(examine(longer, now).error().fault, Fault::too_large);
    auto ahead = empty();
    type(ahead, device(1, now_ms + 300'000), "how", "a");
    EXPECT_TRUE(examine(ahead, now));
    type(ahead, device(1, now_ms + 300'001), "how", "b");
    EXPECT_NE(examine(ahead, now).error().text.find("clock"), std::string::npos);
    auto old = empty();
    for (int i = 0; i <= static_cast<int>(devices_max); ++i)
        old.context.emplace(new_id_text({i * 1'000}, *std::make_unique<SeededRandom>(1)), 1);
    EXPECT_EQ(examine(old, now).error().fault, Fault::too_large);
}

// ---- any order, lost answers ----------------------------------------------------------------------------------------------------------

constexpr std::array<const char*, 5> written{"title", "how", "surface", "live_title", "life"};

// Three devices and a server. Each step is written down for the other implementation: see tests/browser/draft_merge.mjs.
class History {
public:
    explicit History(std::uint64_t seed) : random_(seed) { replicas_.fill(empty()); }

    void play(int steps) {
        for (int i = 0; i < steps; ++i) {
            const auto chance = random_.below(10);
            if (chance < 5)
                write_at(static_cast<std::size_t>(random_.below(3)));
            else
                sync(static_cast<std::size_t>(random_.below(3)), random_.below(3) == 0 ? Answer::lost : Answer::arrives);
        }
        for (int round = 0; round < 2; ++round)
            for (std::size_t i = 0; i < 3; ++i) sync(i, Answer::arrives);
    }

    // Everybody has one document, and in it stands exactly what nobody who saw it took the place of.
    void check_it(std::uint64_t seed) {
        for (std::size_t i = 1; i < replicas_.size(); ++i) ASSERT_EQ(canonical(replicas_[0]), canonical(replicas_[i])) << "seed " << seed;
        for (const auto* field : written) {
            std::set<Dot> found;
            for (const auto& dot : dots(replicas_[0], field)) found.insert(dot);
            std::set<Dot> wanted;
            for (const auto& dot : made_[field])
                if (!covered_[field].contains(dot)) wanted.insert(dot);
            ASSERT_EQ(found, wanted) << "seed " << seed << ", " << field;
        }
    }
    void check_laws(std::uint64_t seed) {
        for (int i = 0; i < 20 && copies_.size() > 2; ++i) {
            const auto& a = copies_[random_.below(copies_.size())];
            const auto& b = copies_[random_.below(copies_.size())];
            const auto& c = copies_[random_.below(copies_.size())];
            ASSERT_EQ(merge(a, b), merge(b, a)) << "seed " << seed;
            ASSERT_EQ(merge(merge(a, b), c), merge(a, merge(b, c))) << "seed " << seed;
            ASSERT_EQ(merge(a, a), a) << "seed " << seed;
            ASSERT_EQ(merge(merge(a, b), b), merge(a, b)) << "seed " << seed;
        }
    }
    [[nodiscard]] wire::Json steps() const { return wire::Json::object({{"id", empty().id}, {"steps", steps_}}); }

private:
    enum class Answer : std::uint8_t { arrives, lost };
    static constexpr std::size_t server = 3;

    void write_at(std::size_t at) {
        // What the page shows may be older than what the device has: another tab, or an answer that came while somebody typed.
        const auto& page = random_.below(3) == 0 && !pages_[at].fields.empty() ? pages_[at] : replicas_[at];
        auto writer = device(static_cast<int>(at) + 1, now_ms + static_cast<std::int64_t>(random_.below(50)) * 100 - 2'500);
        std::vector<Change> changes;
        auto list = wire::Json::array();
        const auto add = [&](const std::string& field, const std::string& text) {
            changes.push_back({field, text, dots(page, field)});
            auto covers = wire::Json::array();
            for (const auto& dot : changes.back().covers) covers.push(wire::Json::array({dot.device, dot.count}));
            list.push(wire::Json::object({{"field", field}, {"value", text}, {"covers", std::move(covers)}}));
        };
        for (std::size_t i = 0; i < 4; ++i)
            if (random_.below(3) == 0) add(written[i], words());
        add("life", random_.below(6) == 0 ? "removed" : "draft");
        write(replicas_[at], writer, changes);
        const Dot dot{writer.device, replicas_[at].context[writer.device]};
        for (const auto& change : changes) {
            made_[change.field].insert(dot);
            for (const auto& one : change.covers) covered_[change.field].insert(one);
        }
        steps_.push(wire::Json::object({{"write", static_cast<std::int64_t>(at)},
                                        {"writer", wire::Json::object({{"device", writer.device}, {"by", writer.by}, {"ms", writer.ms}})},
                                        {"changes", std::move(list)},
                                        {"after", canonical(replicas_[at])}}));
        note(at);
    }
    void sync(std::size_t at, Answer answer) {
        take(server, at);
        if (answer == Answer::arrives) take(at, server);
        if (random_.below(2) == 0) pages_[at] = replicas_[at];
    }
    void take(std::size_t into, std::size_t from) {
        replicas_[into] = merge(replicas_[into], replicas_[from]);
        const auto read_back = read(wire::read_json(canonical(replicas_[into])).value());
        ASSERT_TRUE(read_back && *read_back == replicas_[into]);
        auto shown = wire::Json::array();
        for (const auto& head : choices(replicas_[into], "title")) shown.push(head.value);
        steps_.push(wire::Json::object({{"take", static_cast<std::int64_t>(into)},
                                        {"from", static_cast<std::int64_t>(from)},
                                        {"shown", std::move(shown)},
                                        {"life", life(replicas_[into])},
                                        {"after", canonical(replicas_[into])}}));
        note(into);
    }
    void note(std::size_t at) { copies_.push_back(replicas_[at]); }
    std::string words() {
        static constexpr std::array<const char*, 8> some{"tide", "Größe", "\xF0\x9F\x8C\x8A", "\xEF\xBC\xA1", "\"quoted\"", "\\", "\n", ""};
        std::string text;
        for (auto left = random_.below(3); left > 0; --left) text += some[random_.below(some.size())];
        return text;
    }

    SeededRandom random_;
    std::array<Document, 4> replicas_, pages_;
    std::map<std::string, std::set<Dot>> made_, covered_;
    std::vector<Document> copies_;
    wire::Json steps_ = wire::Json::array();
};

TEST(DraftMerge, AnyOrderOfWritingsAndLostAnswersEndsInOneDraftThatLacksNothing) {
    for (std::uint64_t seed = 1; seed <= 1'500; ++seed) {
        History history(seed);
        history.play(static_cast<int>(5 + seed % 40));
        history.check_it(seed);
        history.check_laws(seed);
        if (HasFatalFailure()) return;
    }
}

// The same histories, played by web/studio/draft_merge.js under node: equal to the byte after each step.
TEST(DraftMerge, TheBrowsersMergeIsTheSame) {
    auto histories = wire::Json::array();
    for (std::uint64_t seed = 1; seed <= 120; ++seed) {
        History history(seed);
        history.play(40);
        histories.push(history.steps());
    }
    const auto file = ::testing::TempDir() + "barrow-draft-histories-" + std::to_string(::getpid()) + ".json";
    std::ofstream(file) << wire::write_json(histories);
    const auto command = "node '" + tests::in_project("tests/browser/draft_merge.mjs") + "' '" + file + "' 2>&1";
    auto* out = ::popen(command.c_str(), "r");
    ASSERT_NE(out, nullptr);
    std::string said;
    std::array<char, 4'096> piece{};
    while (const auto size = std::fread(piece.data(), 1, piece.size(), out)) said.append(piece.data(), size);
    EXPECT_EQ(::pclose(out), 0) << said.substr(0, 2'000);
    std::cout << said;
    std::remove(file.c_str());
}

}  // namespace
}  // namespace barrow::drafts
