#include "support/databases.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <thread>

namespace barrow::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* postgres_bin = "/usr/lib/postgresql/15/bin/";

[[noreturn]] void stop(const std::string& why) {
    std::cerr << "test databases: " << why << "\n";
    std::_Exit(1);
}

std::string new_directory(const std::string& kind) {
    std::string path = (fs::temp_directory_path() / ("barrow-" + kind + "-" + std::to_string(getpid()) + "-XXXXXX")).string();
    if (mkdtemp(path.data()) == nullptr) stop("cannot make a directory in " + fs::temp_directory_path().string());
    return path;
}

// A program that was killed could not tidy up: the next one does.
void remove_left_behind(const std::string& kind) {
    std::error_code ignored;
    const auto prefix = "barrow-" + kind + "-";
    for (const auto& entry : fs::directory_iterator(fs::temp_directory_path(), ignored)) {
        const auto name = entry.path().filename().string();
        if (!name.starts_with(prefix)) continue;
        const auto owner = std::atoi(name.c_str() + prefix.size());
        if (owner > 0 && kill(owner, 0) != 0 && errno == ESRCH) fs::remove_all(entry.path(), ignored);
    }
}

class Server {
public:
    static Server& running() {
        static Server server;
        return server;
    }
    [[nodiscard]] std::string url(const std::string& database) const {
        if (!directory_.empty()) return "postgres:///" + database + "?host=" + directory_ + "&user=postgres";
        // postgres://user@host:port/NAME?options: put another name in.
        const auto question = std::min(given_.find('?'), given_.size());
        const auto slash = given_.find('/', given_.find("://") + 3);
        return given_.substr(0, std::min(slash, question)) + "/" + database + given_.substr(question);
    }
    // Through psql: CREATE DATABASE refuses to run inside a transaction, and the store has nothing else.
    void administer(const std::string& text, const std::string& database = "template1") {
        if (run({std::string(postgres_bin) + "psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", url(database), "-c",
                 "SET client_min_messages = warning", "-c", text}) != 0)
            stop("could not run " + text);
    }
    // A migrated database that nobody uses, emptied: making one costs a copy and removing one a checkpoint, most of a second.
    std::string lend() {
        if (free_.empty()) {
            const auto name = create("");
            auto database =
                store::Database::open(url(name), {.readers = 1, .writers = 1, .sqlite_vfs = {}, .inline_mode = true, .observer = {}});
            if (!database) stop(database.error().text);
            if (const auto done = (*database)->migrate(); !done) stop(done.error().text);
            administer(
                "CREATE SCHEMA kept; CREATE TABLE kept.name AS SELECT tablename FROM pg_tables WHERE schemaname = 'public'; "
                "CREATE TABLE kept.version AS SELECT * FROM schema_version",
                name);
            return name;
        }
        auto name = free_.back();
        free_.pop_back();
        administer(R"(DO $$ DECLARE t TEXT; BEGIN
            SET LOCAL session_replication_role = replica;
            FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
                IF t IN (SELECT tablename FROM kept.name) THEN EXECUTE 'DELETE FROM ' || quote_ident(t);
                ELSE EXECUTE 'DROP TABLE ' || quote_ident(t) || ' CASCADE'; END IF;
            END LOOP;
            INSERT INTO schema_version SELECT * FROM kept.version;
        END $$)",
                   name);
        return name;
    }
    void give_back(const std::string& name) { free_.push_back(name); }
    std::string create(const std::string& kind) {
        const auto name = "barrow_test_" + kind + std::to_string(getpid()) + "_" + std::to_string(++count_);
        administer("CREATE DATABASE " + name + " TEMPLATE template0");
        mine_.push_back(name);
        return name;
    }

private:
    Server() {
        if (const char* given = std::getenv("BARROW_TEST_POSTGRES"); given != nullptr && *given != '\0') {
            given_ = given;
            return;
        }
        remove_left_behind("postgres");
        directory_ = new_directory("postgres");
        if (geteuid() == 0) {
            const auto* user = getpwnam("postgres");
            if (user == nullptr) stop("no user postgres: install the package postgresql-15");
            user_ = user->pw_uid;
            group_ = user->pw_gid;
            if (chown(directory_.c_str(), user_, group_) != 0) stop("cannot give " + directory_ + " to the user postgres");
        }
        const auto data = directory_ + "/data";
        const auto bin = std::string(postgres_bin);
        if (run({bin + "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--locale=C", "-E", "UTF8", "--no-sync"}) != 0) {
            stop("initdb failed in " + directory_);
        }
        process_ = start({bin + "postgres", "-D", data, "-k", directory_, "-c", "listen_addresses=", "-c", "shared_buffers=64MB", "-c",
                          "max_connections=100", "-c", "log_min_messages=panic"});
        for (int tries = 0; run({bin + "pg_isready", "-q", "-h", directory_}) != 0; ++tries) {
            if (tries > 200) stop("PostgreSQL does not start in " + directory_);
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    }
    ~Server() {
        if (process_ > 0) {
            kill(process_, SIGQUIT);  // nothing in it is worth a last checkpoint
            waitpid(process_, nullptr, 0);
        } else {
            for (const auto& name : mine_) administer("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
        }
        std::error_code ignored;
        if (!directory_.empty()) fs::remove_all(directory_, ignored);
    }

    // PostgreSQL refuses to run as root, and must not outlive us.
    pid_t start(const std::vector<std::string>& words) const {
        std::vector<char*> arguments;
        for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        const auto child = fork();
        if (child < 0) stop("cannot fork");
        if (child > 0) return child;
        const int nothing = open("/dev/null", O_RDWR);
        dup2(nothing, 0);
        dup2(nothing, 1);
        const bool ready = (directory_.empty() || chdir(directory_.c_str()) == 0) &&
                           (user_ == 0 || (setgroups(1, &group_) == 0 && setgid(group_) == 0 && setuid(user_) == 0));
        prctl(PR_SET_PDEATHSIG, SIGINT);
        if (ready) execv(arguments[0], arguments.data());
        dprintf(2, "cannot start %s as user %u in %s: %s\n", arguments[0], static_cast<unsigned>(user_), directory_.c_str(),
                strerror(errno));
        _exit(127);
    }
    int run(const std::vector<std::string>& words) const {
        int status = 0;
        waitpid(start(words), &status, 0);
        return status;
    }

    std::string given_, directory_;
    std::vector<std::string> free_, mine_;
    int count_ = 0;
    uid_t user_ = 0;
    gid_t group_ = 0;
    pid_t process_ = 0;
};

}  // namespace

TestDatabase::TestDatabase(Engine engine, store::Options options, Schema schema) : engine_(engine), schema_(schema) {
    if (engine == Engine::sqlite) {
        static const bool tidied = (remove_left_behind("sqlite"), true);
        (void)tidied;
        place_ = new_directory("sqlite");
        url_ = "sqlite:" + place_ + "/test.db";
    } else {
        place_ = schema == Schema::migrated ? Server::running().lend() : Server::running().create("empty_");
        url_ = Server::running().url(place_);
    }
    reopen(std::move(options));
    if (schema == Schema::migrated) {
        if (const auto done = database_->migrate(); !done) stop(done.error().text);
    }
}

TestDatabase::~TestDatabase() {
    database_.reset();
    std::error_code ignored;
    if (engine_ == Engine::sqlite) {
        fs::remove_all(place_, ignored);
    } else {
        if (schema_ == Schema::migrated) Server::running().give_back(place_);
    }
}

void TestDatabase::reopen(store::Options options) {
    database_.reset();
    auto opened = store::Database::open(url_, std::move(options));
    if (!opened) stop(opened.error().text);
    database_ = std::move(*opened);
}

store::Rows TestDatabase::sql(const std::string& text, std::vector<store::Value> values) {
    auto rows = database_->write_now([&](store::Tx& tx) { return tx.run(store::Query{"", text}, values); });
    if (!rows) {
        ADD_FAILURE() << rows.error().text << "\n  " << text;
        return {};
    }
    return std::move(*rows);
}

}  // namespace barrow::testing
