// PostgreSQL through libpq: writers are SERIALIZABLE and try again when two of them crossed; readers see one snapshot.
#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <thread>
#include <unordered_map>

#include "floor/base/random.hpp"
#include "floor/store/engine.hpp"
#include "floor/store/moved.hpp"

namespace barrow::store {
namespace {

constexpr int tries_max = 40;       // of one write; on a hot row without a batcher most crossings clear within ten
constexpr int backoff_ms_max = 64;  // the longest wait between two tries
constexpr int reconnects_max = 8;   // about ten seconds: a restarted server or a promoted standby is back by then
constexpr const char* connect_timeout_s = "5";

struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

enum class Trouble : std::uint8_t {
    none,
    crossed,  // two transactions met: roll back and try again
    lost,     // the connection is gone, or its server no longer takes writes
};

class Connection {
public:
    explicit Connection(std::string url) : url_(std::move(url)) {}
    ~Connection() { PQfinish(handle_); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Status connect() {
        if (handle_ != nullptr && PQstatus(handle_) == CONNECTION_OK && trouble_ != Trouble::lost) return {};
        PQfinish(handle_);
        prepared_.clear();
        trouble_ = Trouble::none;
        const char* const names[] = {"dbname", "client_encoding", "application_name", "connect_timeout", nullptr};
        const char* const values[] = {url_.c_str(), "UTF8", "barrow", connect_timeout_s, nullptr};
        handle_ = PQconnectdbParams(names, values, 1);
        if (PQstatus(handle_) != CONNECTION_OK) {
            trouble_ = Trouble::lost;
            return fail(Fault::storage, "the PostgreSQL server does not answer: " + one_line(PQerrorMessage(handle_)));
        }
        PQsetNoticeProcessor(handle_, [](void*, const char*) {}, nullptr);
        done_ = 0;
        plans_until_ = plans_at_first;
        return {};
    }

    // PostgreSQL keeps a statement's plan until its table is analyzed. One that was made while the table was empty reads it from
    // end to end, also for a foreign key, when it has grown: so plans are made anew each time the connection has done twice as much.
    Status begin(const char* text) {
        if (done_ >= plans_until_) {
            TRY(command("DISCARD PLANS"));
            plans_until_ = 2 * done_;
        }
        TRY(command(text));
        return {};
    }
    // BEGIN, SAVEPOINT, COMMIT …: no values, no answer. Gives the command that was done: a COMMIT may turn out a ROLLBACK.
    Result<std::string> command(const char* text) {
        const Answer answer(PQexec(handle_, text));
        if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) return refused(text, answer.get());
        return std::string(PQcmdStatus(answer.get()));
    }
    Result<Rows> run(const Query& query, std::span<const Value> values) {
        const Packed packed(values);
        ++done_;
        if (query.name.empty()) {
            const Answer answer(PQexecParams(handle_, std::string(query.text).c_str(), packed.count(), nullptr, packed.texts(),
                                             packed.lengths(), nullptr, 0));
            return read(query, answer.get());
        }
        const auto* prepared = TRY(cached(query));
        const Answer answer(PQexecPrepared(handle_, prepared->c_str(), packed.count(), packed.texts(), packed.lengths(), nullptr, 0));
        return read(query, answer.get());
    }
    // All sent before the first answer is read: one round trip for the lot.
    Result<std::vector<Rows>> run_many(const Query& query, std::span<const std::vector<Value>> sets) {
        std::vector<Rows> answers;
        if (sets.empty()) return answers;
        done_ += sets.size();
        const auto* prepared = TRY(cached(query));
        if (PQenterPipelineMode(handle_) != 1) return lost();
        for (const auto& values : sets) {
            const Packed packed(values);
            if (PQsendQueryPrepared(handle_, prepared->c_str(), packed.count(), packed.texts(), packed.lengths(), nullptr, 0) != 1) {
                return lost();
            }
        }
        if (PQpipelineSync(handle_) != 1) return lost();
        std::optional<Error> first;
        for (std::size_t i = 0; i < sets.size(); ++i) {
            for (Answer answer(PQgetResult(handle_)); answer; answer.reset(PQgetResult(handle_))) {
                if (first || PQresultStatus(answer.get()) == PGRES_PIPELINE_ABORTED) continue;
                auto rows = read(query, answer.get());
                if (rows) {
                    answers.push_back(std::move(*rows));
                } else {
                    first = std::move(rows).error();
                }
            }
            if (PQstatus(handle_) != CONNECTION_OK) return lost();
        }
        const Answer sync(PQgetResult(handle_));
        if (PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC || PQexitPipelineMode(handle_) != 1) return lost();
        if (first) return std::move(*first);
        return answers;
    }

    [[nodiscard]] Trouble trouble() const { return trouble_; }
    void forget_crossing() {
        if (trouble_ == Trouble::crossed) trouble_ = Trouble::none;
    }

private:
    // Values as libpq wants them: text, or a null pointer.
    class Packed {
    public:
        explicit Packed(std::span<const Value> values) {
            numbers_.reserve(values.size());
            for (const auto& value : values) {
                if (value.is_null()) {
                    texts_.push_back(nullptr);
                    lengths_.push_back(0);
                    continue;
                }
                if (value.is_integer()) numbers_.push_back(std::to_string(value.integer()));
                const auto& text = value.is_integer() ? numbers_.back() : value.text();
                texts_.push_back(text.c_str());
                lengths_.push_back(static_cast<int>(text.size()));
            }
        }
        [[nodiscard]] int count() const { return static_cast<int>(texts_.size()); }
        [[nodiscard]] const char* const* texts() const { return texts_.data(); }
        [[nodiscard]] const int* lengths() const { return lengths_.data(); }

    private:
        std::vector<std::string> numbers_;
        std::vector<const char*> texts_;
        std::vector<int> lengths_;
    };

    Result<const std::string*> cached(const Query& query) {
        const auto found = prepared_.find(std::string(query.text));
        if (found != prepared_.end()) return &found->second;
        if (prepared_.size() >= prepared_max) {
            TRY(command("DEALLOCATE ALL"));
            prepared_.clear();
        }
        auto name = "s" + std::to_string(++prepared_count_);
        const Answer answer(PQprepare(handle_, name.c_str(), std::string(query.text).c_str(), 0, nullptr));
        if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) return refused(query.name, answer.get());
        return &prepared_.emplace(query.text, std::move(name)).first->second;
    }
    Result<Rows> read(const Query& query, PGresult* answer) {
        const auto status = PQresultStatus(answer);
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
            return refused(query.name.empty() ? "a statement" : query.name, answer);
        }
        Rows rows;
        const int width = PQnfields(answer);
        for (int column = 0; column < width; ++column) rows.columns.emplace_back(PQfname(answer, column));
        rows.values.reserve(static_cast<std::size_t>(PQntuples(answer)));
        for (int row = 0; row < PQntuples(answer); ++row) {
            auto& values = rows.values.emplace_back();
            values.reserve(static_cast<std::size_t>(width));
            for (int column = 0; column < width; ++column) {
                if (PQgetisnull(answer, row, column) != 0) {
                    values.emplace_back(nullptr);
                    continue;
                }
                const std::string_view text(PQgetvalue(answer, row, column), static_cast<std::size_t>(PQgetlength(answer, row, column)));
                switch (PQftype(answer, column)) {
                    case oid_int8:
                    case oid_int4:
                    case oid_int2: {
                        std::int64_t number = 0;
                        std::from_chars(text.data(), text.data() + text.size(), number);
                        values.emplace_back(number);
                        break;
                    }
                    case oid_bool:
                        values.emplace_back(std::int64_t{text == "t"});
                        break;
                    case oid_text:
                    case oid_varchar:
                    case oid_name:
                    case oid_unknown:
                        values.emplace_back(text);
                        break;
                    default:
                        return fail(Fault::storage, std::string(query.name) + " gave a column " +
                                                        rows.columns[static_cast<std::size_t>(column)] +
                                                        " that is neither an integer nor text; cast it in the statement");
                }
            }
        }
        return rows;
    }
    Error refused(std::string_view what, const PGresult* answer) {
        if (answer == nullptr || PQstatus(handle_) != CONNECTION_OK) return lost();
        const char* code = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
        const std::string_view state = code == nullptr ? "" : code;
        const char* primary = PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY);
        auto text = std::string(what) + ": " + one_line(primary == nullptr ? PQresultErrorMessage(answer) : primary);
        if (state == "40001" || state == "40P01") {
            if (trouble_ == Trouble::none) trouble_ = Trouble::crossed;
            return fail(Fault::busy, std::move(text));
        }
        // The server shuts down, or a promoted standby left us on a node that only reads.
        if (state.starts_with("57P") || state.starts_with("08") || state == "25006") {
            trouble_ = Trouble::lost;
            return fail(Fault::storage, std::move(text));
        }
        if (state == "23505" || state == "23503") return fail(Fault::conflict, std::move(text));
        return fail(Fault::storage, std::move(text));
    }
    Error lost() {
        trouble_ = Trouble::lost;
        return fail(Fault::storage, "the connection to PostgreSQL was lost: " + one_line(PQerrorMessage(handle_)));
    }
    static std::string one_line(std::string text) {
        std::ranges::replace(text, '\n', ' ');
        while (!text.empty() && text.back() == ' ') text.pop_back();
        return text;
    }

    static constexpr Oid oid_bool = 16, oid_name = 19, oid_int8 = 20, oid_int2 = 21, oid_int4 = 23, oid_text = 25, oid_unknown = 705,
                         oid_varchar = 1043;

    std::string url_;
    PGconn* handle_ = nullptr;
    std::unordered_map<std::string, std::string> prepared_;  // text → the name it has on this connection
    std::int64_t prepared_count_ = 0;
    static constexpr std::size_t plans_at_first = 64;
    std::size_t done_ = 0, plans_until_ = plans_at_first;  // statements since it was connected
    Trouble trouble_ = Trouble::none;
};

class PostgresTx final : public Tx {
public:
    PostgresTx(Connection& connection, const Observer& observer, const Watch& watch)
        : connection_(connection), observer_(observer), raised_(watch) {}

    Result<Rows> run(const Query& query, std::span<const Value> values) override {
        auto rows = connection_.run(query, values);
        if (observer_) observer_(query, values, rows);
        if (rows) raised_.note(query, values, *rows);
        return rows;
    }
    Result<std::vector<Rows>> run_many(const Query& query, std::span<const std::vector<Value>> sets) override {
        auto answers = connection_.run_many(query, sets);
        if (observer_) {
            for (std::size_t i = 0; i < sets.size(); ++i) {
                if (!answers) {
                    observer_(query, sets[i], answers.error());
                    break;
                }
                observer_(query, sets[i], (*answers)[i]);
            }
        }
        for (std::size_t i = 0; answers && i < sets.size(); ++i) raised_.note(query, sets[i], (*answers)[i]);
        return answers;
    }
    Status attempt(const std::function<Status()>& part) override {
        TRY(connection_.command("SAVEPOINT part"));
        auto outcome = part();
        // What has crossed is tried again as a whole, whatever the caller makes of this answer.
        if (connection_.trouble() != Trouble::none) {
            return outcome ? Status(fail(Fault::busy, "the transaction crossed another one")) : std::move(outcome);
        }
        if (!outcome) TRY(connection_.command("ROLLBACK TO SAVEPOINT part"));
        TRY(connection_.command("RELEASE SAVEPOINT part"));
        return outcome;
    }

    Status raise() { return raised_.write(*this); }

private:
    Connection& connection_;
    const Observer& observer_;
    Raised raised_;
};

class Postgres final : public Database {
public:
    static Result<std::unique_ptr<Database>> open(const std::string& url, Options options) {
        std::unique_ptr<Postgres> database(new Postgres(std::move(options)));
        const bool threads = !database->options_.inline_mode;
        const int writers = threads ? std::max(database->options_.writers, 1) : 1;
        const int readers = threads ? std::max(database->options_.readers, 1) : 0;
        for (int i = 0; i < writers + readers; ++i) {
            auto& list = i < writers ? database->writers_ : database->readers_;
            list.push_back(std::make_unique<Connection>(url));
            TRY(list.back()->connect());
        }
        if (threads) database->start();
        return std::unique_ptr<Database>(std::move(database));
    }
    ~Postgres() override {
        writes_.close();
        reads_.close();
        for (auto& thread : threads_) thread.join();
    }

    [[nodiscard]] Engine engine() const override { return Engine::postgres; }
    Result<int> migrate() override { return store::migrate(*this, migrations()); }

    void submit(Job job) override {
        if (options_.inline_mode) {
            auto outcome = serve(*writers_[0], job);
            return job.done(std::move(outcome));
        }
        auto& line = job.kind == Kind::write ? writes_ : reads_;
        if (!line.push(job)) job.done(fail(Fault::busy, "too many requests wait for the database; try again in a second"));
    }
    void drain() override {
        writes_.drain();
        reads_.drain();
    }

private:
    explicit Postgres(Options options) : options_(std::move(options)) {}

    void start() {
        for (auto* list : {&writers_, &readers_}) {
            auto& line = list == &writers_ ? writes_ : reads_;
            for (auto& connection : *list) {
                threads_.emplace_back([this, &line, &connection] {
                    for (auto jobs = line.take(1); !jobs.empty(); jobs = line.take(1)) {
                        jobs[0].done(serve(*connection, jobs[0]));
                        line.answered(1);
                    }
                });
            }
        }
    }

    Status serve(Connection& connection, const Job& job) {
        int reconnects = 0;
        for (int tries = 1;; ++tries) {
            if (const auto connected = connection.connect(); !connected) {
                if (++reconnects > reconnects_max) return connected;
                pause(reconnects + 6);
                continue;
            }
            connection.forget_crossing();
            bool committing = false;
            auto outcome = once(connection, job, committing);
            const auto trouble = connection.trouble();
            if (trouble == Trouble::none) return outcome;
            // The answer to a COMMIT was lost: it may have happened. Only the caller's idempotency key can tell.
            if (trouble == Trouble::lost && committing) {
                return fail(Fault::storage, "the connection broke during the commit; ask again with the same idempotency key");
            }
            if (tries >= tries_max) { return fail(Fault::busy, "too many changes to the same thing at once; try again in a second"); }
            pause(tries);
        }
    }
    Status once(Connection& connection, const Job& job, bool& committing) {
        const bool writes = job.kind == Kind::write;
        TRY(connection.begin(writes ? "BEGIN ISOLATION LEVEL SERIALIZABLE" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
        PostgresTx tx(connection, options_.observer, watch_);
        auto outcome = job.run(tx);
        if (outcome && writes) outcome = tx.raise();
        if (connection.trouble() == Trouble::lost) return outcome;
        if (connection.trouble() == Trouble::crossed || !outcome || !writes) {
            TRY(connection.command("ROLLBACK"));
            return outcome;
        }
        committing = true;
        const auto done = TRY(connection.command("COMMIT"));
        if (done != "COMMIT") return fail(Fault::storage, "a statement failed and its error was not passed on: nothing was written");
        return outcome;
    }
    // Full jitter: those who crossed once should not meet again.
    static void pause(int tries) {
        const auto most_us = std::int64_t{std::min(1 << std::min(tries, 10), backoff_ms_max)} * 1'000;
        SystemRandom random;
        std::this_thread::sleep_for(std::chrono::microseconds(random.below(static_cast<std::uint64_t>(most_us)) + 1));
    }

    Options options_;
    std::vector<std::unique_ptr<Connection>> writers_, readers_;
    JobLine writes_, reads_;
    std::vector<std::thread> threads_;
};

}  // namespace

Result<std::unique_ptr<Database>> open_postgres(const std::string& url, Options options) { return Postgres::open(url, std::move(options)); }

}  // namespace barrow::store
