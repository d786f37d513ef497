// The house: which room opens which door, and what nobody does anywhere. These tests read the tree, they run nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/paths.hpp"

namespace barrow {
namespace {

namespace fs = std::filesystem;

// ---- the list of doors ---------------------------------------------------------------------------------------------------

struct Room {
    std::string_view folder;
    std::string_view doors;  // folders that it may include from, besides itself; "*" for all
};
constexpr std::string_view tools = "floor/base floor/sign floor/wire floor/store floor/bus floor/http floor/fetch floor/outbox ";

// From what knows least to what knows most. A new folder gets its line here and in ARCHITECTURE.md in one commit.
const std::vector<Room>& house() {
    static const std::vector<Room> rooms = {
        {"floor/base", ""},
        {"floor/wire", "floor/base"},
        {"floor/sign", "floor/base floor/wire"},  // wire: a proof is made over canonical JSON
        {"floor/store", "floor/base"},
        {"floor/bus", "floor/base"},
        {"floor/http", "floor/base floor/wire"},
        {"floor/fetch", "floor/base floor/wire"},
        {"floor/acme", "floor/base floor/wire floor/sign floor/fetch"},
        {"floor/outbox", "floor/base floor/wire floor/sign floor/store floor/fetch"},
        {"floor/media", "floor/base ondevice"},
        {"ondevice", "floor/base"},
        {"rooms/access", "TOOLS"},
        {"rooms/ledger", "floor/base floor/store"},  // knows no order and no shop
        {"rooms/telemetry", "TOOLS rooms/access"},   // access: the type of a shop's id
        {"rooms/webhooks", "TOOLS rooms/access"},
        {"rooms/uploads", "TOOLS floor/media rooms/access"},
        {"rooms/letters", "TOOLS rooms/access rooms/telemetry rooms/webhooks"},
        {"rooms/experiments", "TOOLS rooms/access rooms/telemetry"},
        {"rooms/catalog", "TOOLS rooms/access floor/media"},
        {"rooms/stock", "TOOLS rooms/access"},
        {"rooms/snippets", "TOOLS rooms/access rooms/catalog rooms/uploads rooms/experiments rooms/telemetry ondevice floor/media"},
        {"rooms/drafts", "TOOLS rooms/access rooms/catalog"},
        {"rooms/links",
         "TOOLS rooms/access rooms/catalog rooms/stock rooms/snippets rooms/experiments rooms/telemetry "
         "rooms/webhooks rooms/uploads"},
        {"rooms/payments", "TOOLS rooms/access"},
        {"rooms/checkout", "TOOLS rooms/access rooms/catalog rooms/stock rooms/telemetry"},
        {"rooms/storefront",
         "TOOLS rooms/access rooms/catalog rooms/stock rooms/snippets rooms/drafts rooms/links rooms/experiments rooms/telemetry "
         "rooms/checkout rooms/uploads"},
        {"rooms/orders",
         "TOOLS rooms/access rooms/catalog rooms/stock rooms/checkout rooms/snippets rooms/ledger rooms/payments rooms/telemetry"},
        {"rooms/settlement", "TOOLS rooms/access rooms/ledger rooms/payments rooms/orders"},
        {"rooms/commerce", "TOOLS rooms/access rooms/catalog rooms/stock rooms/checkout rooms/payments rooms/orders"},
        {"rooms/live",
         "TOOLS rooms/access rooms/catalog rooms/stock rooms/snippets rooms/links rooms/checkout rooms/orders rooms/experiments "
         "rooms/telemetry"},
        {"rooms/guard",
         "TOOLS rooms/access rooms/catalog rooms/stock rooms/snippets rooms/links rooms/live rooms/telemetry rooms/webhooks"},
        {"rooms/pricing", "TOOLS rooms/access rooms/catalog rooms/orders rooms/experiments"},
        {"rooms/reports", "TOOLS rooms/access rooms/experiments rooms/telemetry ondevice"},
        {"app", "*"},
        {"cli", "*"},
    };
    return rooms;
}

// A test may look through one more door than its room, where it needs the other side of it.
struct TestDoor {
    std::string_view file, door, why;
};
constexpr TestDoor test_doors[] = {
    {"src/floor/fetch/fetch_test.cpp", "floor/http", "a client is tried against our own server"},
    {"src/floor/http/sni_test.cpp", "floor/sign", "certificates to serve"},
    {"src/floor/http/server_test.cpp", "floor/store", "a slow handler waits for the store"},
};

// ---- reading the tree ----------------------------------------------------------------------------------------------------

struct File {
    std::string path;  // "src/rooms/orders/place.cpp"
    std::string text;
    std::vector<std::string> lines;  // as they stand
    std::vector<std::string> code;   // without comments and without what stands between quotes
    [[nodiscard]] bool is_test() const { return path.ends_with("_test.cpp"); }
    [[nodiscard]] bool below(std::string_view folder) const { return path.starts_with("src/" + std::string(folder) + "/"); }
};

std::vector<std::string> split_lines(const std::string& text) {
    std::vector<std::string> lines(1);
    for (const char c : text) {
        if (c == '\n')
            lines.emplace_back();
        else
            lines.back() += c;
    }
    return lines;
}

// Comments, strings and characters of C++ become spaces; lines stay lines.
std::string bare_code(std::string_view text) {
    std::string out;
    const auto blank = [&](std::size_t from, std::size_t to) {
        for (auto i = from; i < to && i < text.size(); ++i) out += text[i] == '\n' ? '\n' : ' ';
    };
    for (std::size_t i = 0; i < text.size();) {
        const auto rest = text.substr(i);
        if (rest.starts_with("//")) {
            const auto end = std::min(text.find('\n', i), text.size());
            blank(i, end);
            i = end;
        } else if (rest.starts_with("/*")) {
            const auto end = std::min(text.find("*/", i), text.size() - 2) + 2;
            blank(i, end);
            i = end;
        } else if (rest.starts_with("R\"")) {
            const auto open = text.find('(', i);
            const auto close = ")" + std::string(text.substr(i + 2, open - i - 2)) + "\"";
            const auto end = std::min(text.find(close, open), text.size() - close.size()) + close.size();
            blank(i, end);
            i = end;
        } else if (text[i] == '"' || (text[i] == '\'' && (i == 0 || std::isalnum(static_cast<unsigned char>(text[i - 1])) == 0))) {
            auto end = i + 1;
            while (end < text.size() && text[end] != text[i] && text[end] != '\n') end += text[end] == '\\' ? 2 : 1;
            blank(i, end + 1);
            i = end + 1;
        } else {
            out += text[i++];
        }
    }
    return out;
}

std::string read_text(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<File> read_files(std::string_view folder, const std::set<std::string>& endings) {
    std::vector<File> files;
    const fs::path root = tests::in_project("");
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
        if (!entry.is_regular_file() || !endings.contains(entry.path().extension().string())) continue;
        File file{.path = fs::relative(entry.path(), root).generic_string(), .text = read_text(entry.path()), .lines = {}, .code = {}};
        file.lines = split_lines(file.text);
        file.code = split_lines(bare_code(file.text));
        files.push_back(std::move(file));
    }
    std::ranges::sort(files, {}, &File::path);
    EXPECT_FALSE(files.empty()) << "nothing was read below " << folder;
    return files;
}

const std::vector<File>& sources() {
    static const auto files = read_files("src", {".hpp", ".cpp"});
    return files;
}

// "src/rooms/links/import/take.cpp" → "rooms/links"; "" for what is in no folder of the house.
std::string room_of(std::string_view path) {
    if (path.starts_with("src/")) path.remove_prefix(4);
    std::string best;
    for (const auto& room : house()) {
        if (path.starts_with(std::string(room.folder) + "/") && room.folder.size() > best.size()) best = room.folder;
    }
    return best;
}

bool opens(const Room& room, std::string_view door) {
    if (room.doors == "*" || room.folder == door) return true;
    std::string doors(room.doors);
    if (const auto at = doors.find("TOOLS"); at != std::string::npos) doors.replace(at, 5, tools);
    return (" " + doors + " ").find(" " + std::string(door) + " ") != std::string::npos;
}

std::string at(const File& file, std::size_t line) { return file.path + ":" + std::to_string(line + 1) + ": "; }

// ---- doors ---------------------------------------------------------------------------------------------------------------

TEST(House, a_room_opens_only_the_doors_of_the_list) {
    const std::regex include(R"re(^\s*#\s*include\s*"([^"]+)")re");
    int seen = 0;
    for (const auto& file : sources()) {
        const auto room = room_of(file.path);
        ASSERT_NE(room, "") << file.path << " is in no room of the list; give its folder a line in house()";
        const auto line_of = std::ranges::find(house(), room, &Room::folder);
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            std::smatch found;
            if (!std::regex_search(file.lines[i], found, include)) continue;
            const std::string included = found[1];
            ++seen;
            if (file.is_test() && (included.starts_with("support/") || included.starts_with("sim/"))) continue;
            const auto door = room_of(included);
            ASSERT_NE(door, "") << at(file, i) << included << " is no path from src/ of a room in the list";
            const bool excused = file.is_test() && std::ranges::any_of(test_doors, [&](const TestDoor& one) {
                                     return one.file == file.path && one.door == door;
                                 });
            EXPECT_TRUE(excused || opens(*line_of, door))
                << at(file, i) << room << " must not open the door to " << door << " (" << included << ")";
        }
    }
    EXPECT_GT(seen, 300) << "the includes were not read";
}

TEST(House, doors_lead_one_way) {
    // Whoever is above in the list is unknown to whoever is below it, so that there are no circles; media is opened from ondevice's side.
    for (std::size_t i = 0; i < house().size(); ++i) {
        for (std::size_t j = i + 1; j < house().size(); ++j) {
            if (house()[i].doors == "*" || house()[i].folder == "floor/media") continue;
            EXPECT_FALSE(opens(house()[i], house()[j].folder) && opens(house()[j], house()[i].folder))
                << house()[i].folder << " and " << house()[j].folder << " open doors to each other";
        }
    }
}

TEST(House, every_header_of_a_room_begins_with_what_it_is_for) {
    for (const auto& file : sources()) {
        if (!file.below("rooms") || !file.path.ends_with(".hpp")) continue;
        EXPECT_TRUE(file.text.starts_with("// ")) << file.path << " does not begin with a comment";
    }
}

// ---- what nobody does ----------------------------------------------------------------------------------------------------

struct Ban {
    std::string_view what;
    std::string_view pattern;               // searched in each line of bare code (in the line as it stands for includes)
    std::vector<std::string_view> allowed;  // beginnings of paths below src/
    bool in_includes = false;
    std::vector<std::string_view> only = {};  // where it is looked for; everywhere when empty
    bool in_tests = false;                    // tests may
};

const std::vector<Ban>& bans() {
    static const std::vector<Ban> list = {
        {.what = "SQLite and libpq are called in floor/store only",
         .pattern = R"(\bsqlite3_\w|\bPQ[a-z]\w+\s*\()",
         .allowed = {"floor/store/"}},
        {.what = "SQLite and libpq are included in floor/store only",
         .pattern = R"(<(sqlite3\.h|libpq))",
         .allowed = {"floor/store/"},
         .in_includes = true},
        {.what = "nlohmann's headers stay in floor/wire's .cpp files",
         .pattern = R"(nlohmann/)",
         .allowed = {"floor/wire/json.cpp"},
         .in_includes = true},
        {.what = "sockets belong to floor/http, floor/fetch and the local socket",
         .pattern = R"(<(sys/(epoll|socket|un)\.h|netinet/|arpa/|netdb\.h|poll\.h))",
         .allowed = {"floor/http/", "floor/fetch/", "app/local_socket.cpp"},
         .in_includes = true},
        {.what = "time and chance are handed in",
         .pattern = R"(system_clock|\btime\s*\(\s*(nullptr|NULL|0)\s*\)|\bs?rand\s*\(|random_device|\bgettimeofday\b|getrandom\s*\()",
         .allowed = {"floor/base/"}},
        {.what = "the clock that only runs forward is for socket time-outs",
         .pattern = R"(steady_clock|clock_gettime)",
         .allowed = {"floor/base/", "floor/http/", "floor/fetch/", "floor/media/child/cage.cpp"}},  // the cage names the kernel's calls
        {.what = "nobody throws: errors are Results", .pattern = R"(\bthrow\b)", .allowed = {}},
        {.what = "exceptions are caught in the file that calls the library that throws",
         .pattern = R"(\bcatch\s*\()",
         .allowed = {"app/config.cpp", "cli/main.cpp"}},  // toml++; CLI11
        {.what = "threads live in app, http, fetch, store, bus and media",
         .pattern = R"(\bstd::(j?thread|async)\b)",
         .allowed = {"app/", "floor/http/", "floor/fetch/", "floor/store/", "floor/bus/", "floor/media/"}},
        {.what = "money, stock and orders are counted in integers",
         .pattern = R"(\b(double|float)\b|\bstd::(stod|stof|strtod|round|floor|ceil|pow)\b)",
         .allowed = {},
         .only = {"rooms/ledger/", "rooms/orders/", "rooms/checkout/", "rooms/payments/", "rooms/catalog/", "rooms/stock/",
                  "floor/base/money."}},
        {.what = "no globals that change, no singletons",
         .pattern = R"(\bthread_local\b|\bgetenv\s*\()",
         .allowed =
             {"floor/wire/page.cpp"}},  // each thread's parsed templates: they never change, and a lock there would cost more than the page
    };
    return list;
}

TEST(House, nobody_does_what_is_banned) {
    for (const auto& ban : bans()) {
        const std::regex pattern{std::string(ban.pattern)};
        for (const auto& file : sources()) {
            if (file.is_test() && !ban.in_tests) continue;
            const auto inside = std::string_view(file.path).substr(4);
            const auto begins = [&](std::string_view folder) { return inside.starts_with(folder); };
            if (std::ranges::any_of(ban.allowed, begins)) continue;
            if (!ban.only.empty() && std::ranges::none_of(ban.only, begins)) continue;
            const auto& lines = ban.in_includes ? file.lines : file.code;
            for (std::size_t i = 0; i < lines.size(); ++i) {
                if (ban.in_includes && !lines[i].starts_with("#include")) continue;
                EXPECT_FALSE(std::regex_search(lines[i], pattern)) << at(file, i) << ban.what << "\n  " << file.lines[i];
            }
        }
    }
}

std::size_t character_count(std::string_view line) {
    return static_cast<std::size_t>(std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

TEST(House, no_line_is_wider_than_a_screen) {
    constexpr std::size_t width_max = 180;
    for (const auto& file : sources()) {
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            EXPECT_LE(character_count(file.lines[i]), width_max) << at(file, i) << "break this line";
        }
    }
}

// ---- SQL -----------------------------------------------------------------------------------------------------------------

struct Statement {
    std::string path, name;  // name is "stock.hold"; "" in schema/
    std::string text;        // without comments, one space between words
};

std::string without_comments(const std::string& text) {
    std::string out;
    for (const auto& line : split_lines(text)) out += line.substr(0, line.find("--")) + " ";
    out = std::regex_replace(out, std::regex(R"(\s+)"), " ");
    if (out.starts_with(" ")) out.erase(0, 1);
    return out;
}

// The named queries of src/.
const std::vector<Statement>& queries() {
    static const auto list = [] {
        std::vector<Statement> statements;
        for (const auto& file : read_files("src", {".sql"})) {
            const auto stem = fs::path(file.path).stem().string();
            std::string body;
            const auto end = [&] {
                if (!statements.empty() && statements.back().path == file.path) statements.back().text = without_comments(body);
                body.clear();
            };
            for (const auto& line : file.lines) {
                if (line.starts_with("-- name: ")) {
                    end();
                    statements.push_back({file.path, stem + "." + line.substr(9), ""});
                } else {
                    body += line + "\n";
                }
            }
            end();
        }
        return statements;
    }();
    return list;
}

// The statements of schema/.
const std::vector<Statement>& schema() {
    static const auto list = [] {
        std::vector<Statement> statements;
        for (const auto& file : read_files("schema", {".sql"})) {
            std::string text = without_comments(file.text);
            for (auto from = std::size_t{0}; from < text.size();) {
                const auto end = std::min(text.find(';', from), text.size());
                auto one = text.substr(from, end - from);
                if (one.find_first_not_of(' ') != std::string::npos)
                    statements.push_back({file.path, "", one.substr(one.find_first_not_of(' '))});
                from = end + 1;
            }
        }
        return statements;
    }();
    return list;
}

std::vector<Statement> all_sql() {
    auto all = queries();
    all.insert(all.end(), schema().begin(), schema().end());
    return all;
}

TEST(Sql, the_tree_was_read) {
    EXPECT_GT(queries().size(), 100U);
    EXPECT_GT(schema().size(), 50U);
}

TEST(Sql, says_nothing_that_one_engine_alone_understands) {
    struct Word {
        std::string_view pattern, why;
    };
    const Word words[] = {
        {R"(\bTRIGGER\b)", "what happens, happens where it can be read"},
        {R"(\b(BIG|SMALL)?SERIAL\b|\bAUTOINCREMENT\b|GENERATED ALWAYS)", "ids are made by the program"},
        {R"(\bnow\(\)|CURRENT_TIME|CURRENT_DATE|strftime|unixepoch)", "time is handed in"},
        {R"(\bADVISORY\b)", "SQLite has none"},
        {R"(\b(LISTEN|NOTIFY)\b)", "the outbox and the bus tell"},
        {R"(\bDEFERR)", "a constraint that waits is checked when nobody looks"},
        {R"(SELECT \*|RETURNING \*|\.\*)", "columns are named"},
        {R"(\b(REAL|FLOAT|DOUBLE|NUMERIC|DECIMAL)\b)", "there is no floating point"},
        {R"(\bINTEGER\b|\bINT\b)", "on PostgreSQL these have 32 bits: BIGINT"},
        {R"(\bFOR UPDATE\b|\bSKIP LOCKED\b)", "SQLite has none; conditional updates and SERIALIZABLE do it"},
    };
    for (const auto& statement : all_sql()) {
        for (const auto& word : words) {
            EXPECT_FALSE(std::regex_search(statement.text, std::regex(std::string(word.pattern), std::regex::icase)))
                << statement.path << " " << statement.name << ": " << word.pattern << " (" << word.why << ")\n  " << statement.text;
        }
    }
}

// Tables whose names are the whole installation's, and why.
const std::map<std::string, std::string>& global_tables() {
    static const std::map<std::string, std::string> tables = {
        {"shop", "the tenant itself: its id is everybody else's shop_id"},
        {"certificate", "the installation's, by name: the name's shop is in domain"},
        {"acme_account", "the installation's account at a certificate authority"},
        {"acme_challenge", "asked for by a token, before any shop is known"},
        {"escape_off", "the operator's switches, for every shop"},
        {"denied_host", "the operator's deny list, for every shop"},
        {"day_salt", "one salt a day for all shops and nodes, deleted at midnight"},
    };
    return tables;
}
// Unique names across shops, and why.
const std::map<std::string, std::string>& global_indexes() {
    static const std::map<std::string, std::string> indexes = {
        {"shop_slug", "/@slug/ is read before the shop is known"},
        {"shop_host", "a host is one shop's"},
        {"domain_name", "a domain is one shop's"},
    };
    return indexes;
}

TEST(Sql, the_shop_comes_first_in_every_key) {
    const std::regex table(R"(^CREATE TABLE (\w+) \((.*)\)\s*$)");
    const std::regex index(R"(^CREATE UNIQUE INDEX (\w+) ON (\w+) \((\w+))");
    const std::regex key(R"(PRIMARY KEY \((\w+))");
    const std::regex inline_key(R"((\w+) \w+( NOT NULL)? PRIMARY KEY)");
    const std::regex unique(R"(\bUNIQUE\b)");
    std::set<std::string> tables;
    for (const auto& statement : schema()) {
        std::smatch found;
        if (std::regex_search(statement.text, found, table)) {
            const std::string name = found[1], body = found[2];
            tables.insert(name);
            EXPECT_FALSE(std::regex_search(body, unique))
                << statement.path << ": " << name << ": write CREATE UNIQUE INDEX, so that it can be found here";
            std::smatch first;
            ASSERT_TRUE(std::regex_search(body, first, key) || std::regex_search(body, first, inline_key))
                << statement.path << ": " << name << " has no primary key";
            if (global_tables().contains(name)) continue;
            EXPECT_EQ(first[1], "shop_id") << statement.path << ": the primary key of " << name << " does not begin with the shop";
        } else if (std::regex_search(statement.text, found, index)) {
            if (global_indexes().contains(found[1])) continue;
            EXPECT_EQ(found[3], "shop_id") << statement.path << ": the unique index " << found[1] << " does not begin with the shop";
        }
    }
    EXPECT_GT(tables.size(), 30U);
    for (const auto& [name, why] : global_tables()) EXPECT_TRUE(tables.contains(name)) << name << " is excused and is no table any more";
}

TEST(Sql, every_table_says_when_its_rows_end) {
    const auto docs = read_files("docs", {".md"});
    const auto& text = std::ranges::find(docs, "docs/operating.md", &File::path)->text;
    const auto from = text.find("## What is kept, and how long");
    ASSERT_NE(from, std::string::npos);
    const auto told = text.substr(from, text.find("\n## ", from) - from);
    const std::regex table(R"(^CREATE TABLE (\w+) \()");
    for (const auto& statement : schema()) {
        std::smatch found;
        if (!std::regex_search(statement.text, found, table)) continue;
        EXPECT_NE(told.find("`" + found[1].str() + "`"), std::string::npos)
            << found[1] << ": write its end into docs/operating.md, What is kept, and how long";
    }
}

TEST(Sql, amounts_stay_where_both_engines_count_alike) {
    const std::regex column(R"((\w+_minor) BIGINT([^,]*))");
    for (const auto& statement : schema()) {
        if (!statement.text.starts_with("CREATE TABLE")) continue;
        for (std::sregex_iterator found(statement.text.begin(), statement.text.end(), column), end; found != end; ++found) {
            EXPECT_NE((*found)[2].str().find("9007199254740991"), std::string::npos)
                << statement.path << ": " << (*found)[1] << " lacks CHECK (… BETWEEN … AND 9007199254740991)";
        }
    }
}

// Queries that ask across shops, and why.
const std::map<std::string, std::string>& across_shops() {
    static const std::map<std::string, std::string> list = {
        {"access.add_shop", "makes the shop"},
        {"access.change_shop", "the shop's own row, by its id"},
        {"access.set_zone", "the shop's own row, by its id"},
        {"access.set_language", "the shop's own row, by its id"},
        {"access.set_home_country", "the shop's own row, by its id"},
        {"access.suspend_shop", "the shop's own row, by its id"},
        {"access.all_shops", "the directory, read when the program starts"},
        {"moved.moved_since", "what a program hears of every shop that it keeps in memory"},
        {"domains.all_domains", "the directory, read when the program starts"},
        {"domains.all_hosts", "whoever keeps the certificates"},
        {"domains.owner_of_domain", "whose a name is, before it is given away"},
        {"domains.owner_of_host", "whose a name is, before it is given away"},
        {"certificates.states", "the installation's certificates"},
        {"certificates.state", "the installation's certificates"},
        {"certificates.find", "the installation's certificates"},
        {"certificates.claim", "the installation's certificates"},
        {"certificates.keep", "the installation's certificates"},
        {"certificates.note_failed", "the installation's certificates"},
        {"certificates.ask_again", "the installation's certificates"},
        {"certificates.ask_sooner", "the installation's certificates"},
        {"certificates.forget", "the installation's certificates"},
        {"certificates.add_account", "the installation's account"},
        {"certificates.find_account", "the installation's account"},
        {"certificates.set_account_url", "the installation's account"},
        {"certificates.put_challenge", "a certificate authority's question to the installation"},
        {"certificates.find_challenge", "a certificate authority's question to the installation"},
        {"certificates.forget_challenges", "a certificate authority's question to the installation"},
        {"escape.off_everywhere", "the operator's switches, for every shop"},
        {"escape.put_off_everywhere", "the operator's switches, for every shop"},
        {"escape.put_on_everywhere", "the operator's switches, for every shop"},
        {"escape.put_all_on_everywhere", "the operator's switches, for every shop"},
        {"escape.days_of_all", "sums for who runs the program; no shop reads them"},
        {"links.reported_everywhere", "the operator's page: what viewers reported, whose ever it is"},
        {"links.judged_everywhere", "the operator's page: what the operator said, whose ever it is"},
        {"links.count_reported", "a count for who runs the program; no shop reads it"},
        {"links.deny_host", "the operator's deny list, for every shop"},
        {"links.allow_host", "the operator's deny list, for every shop"},
        {"links.denied_hosts", "the operator's deny list, for every shop"},
        {"links.count_denied", "the operator's deny list, for every shop"},
        {"outbox.shops_with_due", "the clockwork's question: which shops have something to do"},
        {"outbox.receivers_with_due", "the clockwork's question: who has something to hear"},
        {"outbox.backlog", "two counts for who runs the program; no shop reads them"},
        {"stock.shops_with_due_drops", "the clockwork's question: which shops have something to do"},
        {"stock.shops_with_due_claims", "the clockwork's question: which shops have something to do"},
        {"orders.shops_with_unpaid", "the clockwork's question: which shops have something to do"},
        {"guard.due_targets", "the clockwork's question: which shops have something to do"},
        {"touchpoints.due_profiles", "the clockwork's question: which shops have something to do"},
        {"clicks.chains_to_roll", "the clockwork's question: which shops have something to do"},
        {"clicks.chains_to_seal", "the clockwork's question: which shops have something to do"},
        {"telemetry.add_salt", "the day's salt is everybody's"},
        {"telemetry.find_salt", "the day's salt is everybody's"},
        {"telemetry.forget_salts", "the day's salt is everybody's"},
    };
    return list;
}

int count_of(const std::string& text, const std::regex& pattern) {
    return static_cast<int>(std::distance(std::sregex_iterator(text.begin(), text.end(), pattern), std::sregex_iterator()));
}

TEST(Sql, every_query_says_whose_shop) {
    const std::regex where(R"(\bshop_id = \$1\b)"), insert(R"(^INSERT INTO \w+ \(shop_id\b)"), join(R"(\bJOIN\b)"),
        joined(R"(\bshop_id = \w+\.shop_id\b)");
    const std::regex select(R"(\bFROM [a-z])");
    std::set<std::string> names;
    for (const auto& query : queries()) {
        names.insert(query.name);
        if (across_shops().contains(query.name)) continue;
        EXPECT_TRUE(std::regex_search(query.text, where) || std::regex_search(query.text, insert))
            << query.path << ": " << query.name << " does not say shop_id = $1\n  " << query.text;
        EXPECT_EQ(count_of(query.text, join), count_of(query.text, joined))
            << query.path << ": " << query.name << " joins without shop_id = other.shop_id\n  " << query.text;
        // A query inside a query is asked of the same shop.
        const auto asks = count_of(query.text, select) + (query.text.starts_with("UPDATE") ? 1 : 0);
        EXPECT_GE(count_of(query.text, where), asks)
            << query.path << ": " << query.name << " asks inside a question without shop_id = $1\n  " << query.text;
    }
    for (const auto& [name, why] : across_shops()) EXPECT_TRUE(names.contains(name)) << name << " is excused and is no query any more";
}

TEST(Sql, sums_are_cast) {
    // PostgreSQL's SUM of BIGINT is NUMERIC: what comes back would be no integer.
    const std::set<std::string> compares_only = {"ledger.unbalanced_journals"};  // one SUM more, in HAVING: it never leaves the engine
    for (const auto& query : queries()) {
        int bare = 0;
        for (auto from = query.text.find("SUM("); from != std::string::npos; from = query.text.find("SUM(", from + 1)) {
            // Walk outwards through the open parentheses to a CAST( that ends in AS BIGINT).
            bool cast = false;
            int depth = 0;
            for (auto i = from; i > 0 && !cast; --i) {
                if (query.text[i - 1] == ')') ++depth;
                if (query.text[i - 1] != '(') continue;
                if (--depth >= 0) continue;
                depth = 0;
                if (i < 5 || query.text.compare(i - 5, 5, "CAST(") != 0) continue;
                int inner = 1;
                auto end = i;
                while (end < query.text.size() && inner > 0) {
                    inner += query.text[end] == '(' ? 1 : query.text[end] == ')' ? -1 : 0;
                    ++end;
                }
                cast = query.text.substr(i, end - i).ends_with(" AS BIGINT)");
            }
            bare += cast ? 0 : 1;
        }
        EXPECT_EQ(bare, compares_only.contains(query.name) ? 1 : 0)
            << query.path << ": " << query.name << ": CAST(SUM(…) AS BIGINT)\n  " << query.text;
    }
}

TEST(Sql, every_list_has_an_end) {
    // A SELECT names one thing by its key, or has a LIMIT, or asks for a sum.
    const std::set<std::string> by_key_or_bounded = {
        "ledger.entries_of",  // legs_max
        "ledger.read_split",  // shares_max
        "orders.read_lines",  // an order's lines are bounded where it is placed
    };
    const std::regex one(R"(LIMIT (\$\d|\d+)|\b(COUNT|SUM)\()");
    for (const auto& query : queries()) {
        if (!query.text.starts_with("SELECT") || query.text.find("ORDER BY") == std::string::npos || by_key_or_bounded.contains(query.name))
            continue;
        EXPECT_TRUE(std::regex_search(query.text, one)) << query.path << ": " << query.name << " has no LIMIT\n  " << query.text;
    }
}

}  // namespace
}  // namespace barrow
