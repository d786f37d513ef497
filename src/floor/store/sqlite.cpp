// SQLite: one thread writes and commits in groups, so that a hundred waiting writes share one fsync; readers have a
// connection and a thread each and see the snapshot of their first statement.
#include <sqlite3.h>

#include <algorithm>
#include <charconv>
#include <thread>
#include <unordered_map>

#include "floor/store/engine.hpp"
#include "floor/store/moved.hpp"

namespace barrow::store {
namespace {

constexpr std::size_t group_size_max = 256;  // more only adds to the wait of the first
constexpr int busy_timeout_ms = 5'000;       // a command beside the running server waits so long for its turn

constexpr Query begin_write{"sqlite.begin_write", "BEGIN IMMEDIATE"};
constexpr Query begin_read{"sqlite.begin_read", "BEGIN"};
constexpr Query commit{"sqlite.commit", "COMMIT"};
constexpr Query rollback{"sqlite.rollback", "ROLLBACK"};
constexpr Query savepoint{"sqlite.savepoint", "SAVEPOINT part"};
constexpr Query undo_part{"sqlite.undo_part", "ROLLBACK TO part"};
constexpr Query end_part{"sqlite.end_part", "RELEASE part"};

class Prepared {
public:
    explicit Prepared(sqlite3_stmt* statement) : statement_(statement) {
        for (int i = 0; i < sqlite3_column_count(statement); ++i) columns_.emplace_back(sqlite3_column_name(statement, i));
        for (int i = 1; i <= sqlite3_bind_parameter_count(statement); ++i) {
            // SQLite numbers parameters by first appearance; the number in the name is the one that we mean.
            const std::string_view name = sqlite3_bind_parameter_name(statement, i);
            std::size_t number = 0;
            const auto read = std::from_chars(name.data() + 1, name.data() + name.size(), number);
            check(read.ec == std::errc() && read.ptr == name.data() + name.size() && number > 0);
            slots_.push_back(number - 1);
            values_count_ = std::max(values_count_, number);
        }
    }
    ~Prepared() { sqlite3_finalize(statement_); }
    Prepared(const Prepared&) = delete;
    Prepared& operator=(const Prepared&) = delete;

    [[nodiscard]] bool only_reads() const { return sqlite3_stmt_readonly(statement_) != 0; }
    [[nodiscard]] std::size_t values_count() const { return values_count_; }
    [[nodiscard]] sqlite3_stmt* statement() const { return statement_; }
    [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }

    int bind(std::span<const Value> values) {
        for (std::size_t i = 0; i < slots_.size(); ++i) {
            const auto& value = values[slots_[i]];
            const int at = static_cast<int>(i) + 1;
            int outcome = SQLITE_OK;
            if (value.is_null()) {
                outcome = sqlite3_bind_null(statement_, at);
            } else if (value.is_integer()) {
                outcome = sqlite3_bind_int64(statement_, at, value.integer());
            } else {
                // The values outlive the step, so the text need not be copied.
                outcome = sqlite3_bind_text64(statement_, at, value.text().data(), value.text().size(), SQLITE_STATIC, SQLITE_UTF8);
            }
            if (outcome != SQLITE_OK) return outcome;
        }
        return SQLITE_OK;
    }

private:
    sqlite3_stmt* statement_;
    std::vector<std::string> columns_;
    std::vector<std::size_t> slots_;  // which value each of SQLite's parameters takes
    std::size_t values_count_ = 0;
};

enum class Access : std::uint8_t { read, write };

class Connection {
public:
    static Result<std::unique_ptr<Connection>> open(const std::string& path, const Options& options) {
        sqlite3* handle = nullptr;
        const char* vfs = options.sqlite_vfs.empty() ? nullptr : options.sqlite_vfs.c_str();
        const int outcome = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, vfs);
        auto connection = std::unique_ptr<Connection>(new Connection(handle));
        if (outcome != SQLITE_OK) {
            return fail(Fault::storage, "cannot open the database file " + path + ": " + sqlite3_errstr(outcome) +
                                            "; does its folder exist and may we write there?");
        }
        sqlite3_extended_result_codes(handle, 1);
        sqlite3_busy_timeout(handle, busy_timeout_ms);
        // A Disk of the simulator has no shared memory; with exclusive locking the WAL needs none.
        if (options.inline_mode && vfs != nullptr) TRY(connection->run({"", "PRAGMA locking_mode = EXCLUSIVE"}, {}, Access::write));
        const auto mode = TRY(connection->run({"", "PRAGMA journal_mode = WAL"}, {}, Access::write));
        if (mode.empty() || mode.values[0][0] != Value("wal")) {
            return fail(Fault::storage, "the database file " + path + " cannot use a write-ahead log; keep it on a local disk");
        }
        for (const char* setting : {"PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON", "PRAGMA temp_store = MEMORY",
                                    "PRAGMA journal_size_limit = 67108864"}) {
            TRY(connection->run({"", setting}, {}, Access::write));
        }
        return connection;
    }
    ~Connection() {
        prepared_.clear();
        sqlite3_close_v2(handle_);
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Result<Rows> run(const Query& query, std::span<const Value> values, Access access) {
        std::unique_ptr<Prepared> once;
        Prepared* prepared = nullptr;
        if (query.name.empty()) {
            once = TRY(prepare(query));
            prepared = once.get();
        } else {
            prepared = TRY(cached(query));
        }
        return step(query, *prepared, values, access);
    }
    Status execute(const Query& query) {
        TRY(run(query, {}, Access::write));
        return {};
    }
    [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

private:
    explicit Connection(sqlite3* handle) : handle_(handle) {}

    Result<std::unique_ptr<Prepared>> prepare(const Query& query) {
        sqlite3_stmt* statement = nullptr;
        const unsigned flags = query.name.empty() ? 0 : SQLITE_PREPARE_PERSISTENT;
        const int outcome = sqlite3_prepare_v3(handle_, query.text.data(), static_cast<int>(query.text.size()), flags, &statement, nullptr);
        if (outcome != SQLITE_OK) return refused(query, outcome);
        check(statement != nullptr);
        return std::make_unique<Prepared>(statement);
    }
    Result<Prepared*> cached(const Query& query) {
        const auto found = prepared_.find(std::string(query.text));
        if (found != prepared_.end()) return found->second.get();
        auto prepared = TRY(prepare(query));
        if (prepared_.size() >= prepared_max) prepared_.clear();
        return prepared_.emplace(query.text, std::move(prepared)).first->second.get();
    }
    Result<Rows> step(const Query& query, Prepared& prepared, std::span<const Value> values, Access access) {
        if (prepared.values_count() != values.size()) {
            return fail(Fault::storage, std::string(query.name) + " wants " + std::to_string(prepared.values_count()) + " values and got " +
                                            std::to_string(values.size()));
        }
        if (access == Access::read && !prepared.only_reads()) {
            return fail(Fault::storage, std::string(query.name) + " writes, and this transaction only reads");
        }
        auto* statement = prepared.statement();
        Rows rows;
        rows.columns = prepared.columns();
        int outcome = prepared.bind(values);
        while (outcome == SQLITE_OK || outcome == SQLITE_ROW) {
            outcome = sqlite3_step(statement);
            if (outcome != SQLITE_ROW) break;
            std::vector<Value> row;
            row.reserve(rows.columns.size());
            for (int i = 0; i < static_cast<int>(rows.columns.size()); ++i) {
                switch (sqlite3_column_type(statement, i)) {
                    case SQLITE_NULL:
                        row.emplace_back(nullptr);
                        break;
                    case SQLITE_INTEGER:
                        row.emplace_back(std::int64_t{sqlite3_column_int64(statement, i)});
                        break;
                    case SQLITE_TEXT:
                        row.emplace_back(std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, i)),
                                                     static_cast<std::size_t>(sqlite3_column_bytes(statement, i))));
                        break;
                    default:
                        sqlite3_reset(statement);
                        return fail(Fault::storage, std::string(query.name) + " gave a column " +
                                                        rows.columns[static_cast<std::size_t>(i)] + " that is neither an integer nor text");
                }
            }
            rows.values.push_back(std::move(row));
        }
        if (outcome != SQLITE_DONE) {
            auto error = refused(query, outcome);
            sqlite3_reset(statement);
            sqlite3_clear_bindings(statement);
            return error;
        }
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
        return rows;
    }
    Error refused(const Query& query, int outcome) {
        auto text = (query.name.empty() ? std::string("a statement") : std::string(query.name)) + ": " + sqlite3_errmsg(handle_);
        switch (sqlite3_extended_errcode(handle_)) {
            case SQLITE_CONSTRAINT_UNIQUE:
            case SQLITE_CONSTRAINT_PRIMARYKEY:
            case SQLITE_CONSTRAINT_ROWID:
            case SQLITE_CONSTRAINT_FOREIGNKEY:
                return fail(Fault::conflict, std::move(text));
            default:
                break;
        }
        if ((outcome & 0xff) == SQLITE_BUSY) {
            return fail(Fault::busy, "another program writes to this database just now; try again in a moment");
        }
        return fail(Fault::storage, std::move(text));
    }

    sqlite3* handle_;
    std::unordered_map<std::string, std::unique_ptr<Prepared>> prepared_;
};

class SqliteTx final : public Tx {
public:
    SqliteTx(Connection& connection, Access access, const Observer& observer, const Watch& watch)
        : connection_(connection), access_(access), observer_(observer), raised_(watch) {}

    Result<Rows> run(const Query& query, std::span<const Value> values) override {
        auto rows = connection_.run(query, values, access_);
        if (observer_) observer_(query, values, rows);
        if (rows && access_ == Access::write) raised_.note(query, values, *rows);
        return rows;
    }
    Result<std::vector<Rows>> run_many(const Query& query, std::span<const std::vector<Value>> sets) override {
        std::vector<Rows> answers;
        answers.reserve(sets.size());
        for (const auto& values : sets) answers.push_back(TRY(run(query, values)));
        return answers;
    }
    Status attempt(const std::function<Status()>& part) override {
        TRY(connection_.execute(savepoint));
        auto outcome = part();
        // A savepoint that cannot be closed leaves half of it behind: whoever swallows the error must not commit that.
        spoiled_ = true;
        if (!connection_.in_transaction()) return fail(Fault::storage, "the disk failed in the middle of a transaction");
        if (!outcome) TRY(connection_.execute(undo_part));
        TRY(connection_.execute(end_part));
        spoiled_ = false;
        return outcome;
    }
    Status raise() { return raised_.write(*this); }
    [[nodiscard]] bool spoiled() const { return spoiled_ || !connection_.in_transaction(); }

private:
    Connection& connection_;
    Access access_;
    const Observer& observer_;
    Raised raised_;
    bool spoiled_ = false;
};

class Sqlite final : public Database {
public:
    static Result<std::unique_ptr<Database>> open(const std::string& path, Options options) {
        std::unique_ptr<Sqlite> database(new Sqlite(std::move(options)));
        database->writer_ = TRY(Connection::open(path, database->options_));
        if (database->options_.inline_mode) return std::unique_ptr<Database>(std::move(database));
        for (int i = 0; i < std::max(database->options_.readers, 1); ++i) {
            database->readers_.push_back(TRY(Connection::open(path, database->options_)));
        }
        database->start();
        return std::unique_ptr<Database>(std::move(database));
    }
    ~Sqlite() override {
        writes_.close();
        reads_.close();
        for (auto& thread : threads_) thread.join();
    }

    [[nodiscard]] Engine engine() const override { return Engine::sqlite; }
    Result<int> migrate() override { return store::migrate(*this, migrations()); }

    void submit(Job job) override {
        if (options_.inline_mode) {
            if (job.kind == Kind::read) {
                auto outcome = read_one(*writer_, job);
                return job.done(std::move(outcome));
            }
            const auto outcomes = write_group({&job, 1});
            return job.done(outcomes[0]);
        }
        auto& line = job.kind == Kind::write ? writes_ : reads_;
        if (!line.push(job)) job.done(fail(Fault::busy, "too many requests wait for the database; try again in a second"));
    }
    void drain() override {
        writes_.drain();
        reads_.drain();
    }

private:
    explicit Sqlite(Options options) : options_(std::move(options)) {}

    void start() {
        threads_.emplace_back([this] {
            for (auto jobs = writes_.take(group_size_max); !jobs.empty(); jobs = writes_.take(group_size_max)) {
                const auto outcomes = write_group(jobs);
                for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i].done(outcomes[i]);
                writes_.answered(jobs.size());
            }
        });
        for (auto& reader : readers_) {
            threads_.emplace_back([this, &reader] {
                for (auto jobs = reads_.take(1); !jobs.empty(); jobs = reads_.take(1)) {
                    jobs[0].done(read_one(*reader, jobs[0]));
                    reads_.answered(1);
                }
            });
        }
    }

    Status read_one(Connection& connection, const Job& job) {
        TRY(connection.execute(begin_read));
        SqliteTx tx(connection, Access::read, options_.observer, watch_);
        auto outcome = job.run(tx);
        if (connection.in_transaction()) TRY(connection.execute(rollback));
        return outcome;
    }

    // Every job in a savepoint of its own, one COMMIT for all. When the commit fails, all are told so: a refusal, too, may
    // rest on what a neighbour wrote and has now lost ("sold out").
    std::vector<Status> write_group(std::span<const Job> jobs) {
        std::vector<Status> outcomes;
        auto group = writer_->execute(begin_write);
        for (const auto& job : jobs) {
            if (!group) break;
            group = write_one(job, outcomes.emplace_back(), jobs.size() > 1);
        }
        if (group) group = writer_->execute(jobs.size() == 1 && !outcomes[0] ? rollback : commit);
        if (!group) {
            if (writer_->in_transaction()) (void)writer_->execute(rollback).ok();
            outcomes.assign(jobs.size(), group);
        }
        return outcomes;
    }
    // The job's own answer goes to `outcome`; what comes back is whether the transaction around it still stands.
    Status write_one(const Job& job, Status& outcome, bool with_neighbours) {
        if (with_neighbours) TRY(writer_->execute(savepoint));
        SqliteTx tx(*writer_, Access::write, options_.observer, watch_);
        outcome = job.run(tx);
        if (outcome) outcome = tx.raise();
        if (tx.spoiled()) return fail(Fault::storage, "the disk failed in the middle of a transaction");
        if (!with_neighbours) return {};
        if (!outcome) TRY(writer_->execute(undo_part));
        return writer_->execute(end_part);
    }

    Options options_;
    std::unique_ptr<Connection> writer_;
    std::vector<std::unique_ptr<Connection>> readers_;
    JobLine writes_, reads_;
    std::vector<std::thread> threads_;
};

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const std::string& path, Options options) { return Sqlite::open(path, std::move(options)); }

}  // namespace barrow::store
