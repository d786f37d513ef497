// Stories: tests/stories/*.story, requests and expected answers as text, each on SQLite and PostgreSQL.
//
//   GET path | POST path name=value&… | OWNER GET … | OWNER POST …     asks; {name} is what was kept
//   form NAME ENDING         keeps the form of the page whose action ends so; {NAME.field} is a value of it
//   SEND NAME [to path] [with field=value]      sends it
//   header name value        for the next request
//   < 303 /holds/*           the answer: status (* for any digit), and where it leads (* at the end for any rest)
//   keep NAME                keeps where it leads; {NAME:2nd} is that path at the first shop
//   says words | lacks words     of the page
//   wait N minutes           the clock moves and the clockwork steps
//   stock SLUG N | left SLUG N held N taken N | orders N | shop SLUG
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "rooms/access/shops.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/live/session.hpp"
#include "rooms/stock/stock.hpp"
#include "sim/world.hpp"
#include "support/databases.hpp"
#include "support/paths.hpp"

namespace barrow {
namespace {

using testing::Engine;

sim::Fields read_fields(std::string_view text) {
    sim::Fields fields;
    while (!text.empty()) {
        const auto one = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), one.size() + 1));
        const auto equals = one.find('=');
        fields.emplace_back(one.substr(0, equals), equals == std::string_view::npos ? "" : one.substr(equals + 1));
    }
    return fields;
}

bool matches(std::string_view text, std::string_view pattern) {
    if (pattern.ends_with('*')) return text.starts_with(pattern.substr(0, pattern.size() - 1));
    return text == pattern;
}

std::string first_word(std::string& rest) {
    const auto word = rest.substr(0, rest.find(' '));
    rest.erase(0, std::min(rest.size(), word.size() + 1));
    return word;
}

class Teller {
public:
    explicit Teller(const std::string& url) : world_(url, 3) {
        EXPECT_TRUE(world_.app().command("demo", wire::Json::object()).ok());
        owner_.log_in();
        write([&](store::Tx& tx) -> Status {
            const auto rows = TRY(tx.run(store::Query{"", "SELECT id FROM shop"}));
            shop_ = rows[0].id<access::Shop>("id");
            kept_["session"] = TRY(live::find(tx, shop_, "tuesday")).id.text;
            return {};
        });
    }

    void tell(const std::string& line) {
        auto rest = filled(line);
        const auto word = first_word(rest);
        if (word == "GET" || word == "POST") return ask(word, rest, nullptr);
        if (word == "OWNER") {
            const auto method = first_word(rest);
            return ask(method, rest, &owner_);
        }
        if (word == "form") {
            const auto name = first_word(rest);
            const auto form = sim::find_form(answer_.body, rest);
            ASSERT_TRUE(form) << "the page has no form to " << rest;
            forms_[name] = *form;
            for (const auto& [field, value] : form->fields) kept_[name + "." + field] = value;
            return;
        }
        if (word == "SEND") return send(rest);
        if (word == "header") {
            const auto name = first_word(rest);
            headers_.emplace_back(name, rest);
            return;
        }
        if (word == "<") {
            const auto status = first_word(rest);
            const auto got = std::to_string(answer_.status);
            for (std::size_t i = 0; i < 3; ++i)
                EXPECT_TRUE(status[i] == '*' || status[i] == got[i]) << "answered " << got << " " << location() << "\n" << words();
            EXPECT_TRUE(rest.empty() || matches(location(), rest)) << "leads to " << location();
            return;
        }
        if (word == "keep") {
            kept_[rest] = location();
            kept_[rest + ":2nd"] = location().substr(std::min(location().size(), location().find('/', 1)));
            return;
        }
        if (word == "says" || word == "lacks") {
            EXPECT_EQ(answer_.body.find(rest) != std::string::npos, word == "says") << words();
            return;
        }
        if (word == "wait") {
            world_.clock.advance(minutes(std::stol(first_word(rest))));
            world_.tick();
            return;
        }
        if (word == "stock" || word == "left" || word == "orders" || word == "shop") return look(word, rest);
        FAIL() << "no story says \"" << word << "\"";
    }

private:
    template <class Verb>
    void write(Verb verb) {
        const auto done = world_.db().write_now([&](store::Tx& tx) -> Status { return verb(tx); });
        EXPECT_TRUE(done) << done.error().text;
    }
    [[nodiscard]] std::string location() const { return std::string(answer_.header("location")); }
    [[nodiscard]] std::string words() const {
        const auto at = answer_.body.find("<main");
        return answer_.body.substr(at == std::string::npos ? 0 : at, 700);
    }
    [[nodiscard]] std::string filled(std::string line) const {
        for (auto open = line.find('{'); open != std::string::npos; open = line.find('{', open)) {
            const auto close = line.find('}', open);
            const auto name = line.substr(open + 1, close - open - 1);
            const auto found = kept_.find(name);
            EXPECT_NE(found, kept_.end()) << "nothing was kept as " << name;
            if (found == kept_.end()) return line;
            line.replace(open, close - open + 1, found->second);
        }
        return line;
    }
    void ask(const std::string& method, std::string rest, sim::Owner* owner) {
        const auto path = first_word(rest);
        if (owner != nullptr) {
            answer_ = method == "GET" ? owner->see(path) : owner->act(path, read_fields(rest));
            return;
        }
        ask(method == "GET" ? sim::get(path) : sim::post(path, read_fields(rest)));
    }
    void ask(http::Call call) {
        for (auto& header : headers_) call.headers.push_back(std::move(header));
        headers_.clear();
        answer_ = world_.ask(std::move(call));
    }
    void send(std::string rest) {
        const auto name = first_word(rest);
        ASSERT_TRUE(forms_.contains(name)) << "no form was kept as " << name;
        auto form = forms_[name];
        while (!rest.empty()) {
            const auto word = first_word(rest);
            if (word == "to") form.action = first_word(rest);
            if (word == "with") {
                const auto change = read_fields(first_word(rest));
                form.set(change[0].first, change[0].second);
            }
        }
        ask(sim::post(form.action, form.fields));
    }
    void look(const std::string& what, std::string rest) {
        write([&](store::Tx& tx) -> Status {
            if (what == "orders") {
                const auto rows = TRY(tx.run(store::Query{"", "SELECT COUNT(*) AS n FROM orders"}));
                EXPECT_EQ(rows[0].integer("n"), std::stol(rest));
                return {};
            }
            const auto slug = first_word(rest);
            if (what == "shop") return open_shop(tx, slug);
            const auto product = TRY(catalog::find(tx, shop_, slug));
            const auto now = TRY(stock::find(tx, shop_, stock::open_allotment(product.id)));
            if (what == "stock") {
                const auto change = std::stol(rest) - now.left_count;
                if (change != 0) TRY(stock::receive(tx, shop_, product.id, change, "told by the story", world_.clock.now()));
                return {};
            }
            EXPECT_EQ(
                std::to_string(now.left_count) + " held " + std::to_string(now.held_count) + " taken " + std::to_string(now.taken_count),
                rest);
            EXPECT_TRUE(TRY(stock::adds_up(tx, shop_, now.id)));
            return {};
        });
        if (what != "shop") return;
        world_.crash();  // the directory of shops is read when the program starts
        world_.open();
    }
    Status open_shop(store::Tx& tx, const std::string& slug) {
        const auto now = world_.clock.now() + seconds(1);  // shops answer in order of birth
        SeededRandom random(8);
        const auto shop = TRY(access::make_shop(tx, {.slug = slug, .name = slug + "'s"}, world_.secrets(), now, random));
        const auto kettle = TRY(catalog::add(tx, shop, {.slug = "kettle", .name = "Kettle", .price = {3000, euro}}, now, random));
        TRY(stock::receive(tx, shop.id, kettle.id, 3, "opening", now));
        return {};
    }

    sim::World world_;
    sim::Owner owner_{world_};
    Id<access::Shop> shop_;
    http::Response answer_;
    std::map<std::string, std::string> kept_;
    std::map<std::string, sim::Form> forms_;
    std::vector<std::pair<std::string, std::string>> headers_;
};

class Stories : public ::testing::TestWithParam<Engine> {};
BARROW_BOTH_ENGINES(Stories);

TEST_P(Stories, are_true) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(tests::in_project("tests/stories"))) {
        if (entry.path().extension() != ".story") continue;
        ++count;
        testing::TestDatabase db(GetParam());
        Teller teller(db.url());
        std::ifstream in(entry.path());
        std::string line;
        for (int number = 1; std::getline(in, line); ++number) {
            if (line.empty() || line.starts_with('#')) continue;
            SCOPED_TRACE(entry.path().filename().string() + ":" + std::to_string(number) + ": " + line);
            teller.tell(line);
            if (HasFailure()) break;
        }
    }
    EXPECT_GE(count, 5);
}

}  // namespace
}  // namespace barrow
