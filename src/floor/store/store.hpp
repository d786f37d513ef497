// The store: one database, two engines (SQLite, PostgreSQL), one SQL text.
// A write is `co_await db.write([&](Tx& tx) -> Result<Receipt> {…})`: by reference, the awaiting coroutine keeps its variables alive (and
// see task.hpp: g++ 12 breaks captured copies). The function runs on a writer thread, inside a transaction that commits before the answer
// comes back: durable, then told. It may run twice (a serialisation failure, a broken batch), so it touches nothing but its Tx and returns
// values. A Result that is an Error rolls back all it wrote. A read is `db.read(fn)`: one snapshot, no writes.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "floor/base/id.hpp"
#include "floor/base/money.hpp"
#include "floor/base/result.hpp"
#include "floor/base/task.hpp"
#include "floor/base/time.hpp"

namespace barrow::store {

// One named statement; tools/embed makes these from the .sql files. The text uses $1, $2 … and runs on both engines.
struct Query {
    std::string_view name;  // "stock.claim_stock"
    std::string_view text;
};

// NULL, a 64-bit integer or text. There is no floating point and there are no bytes: those are base64url text.
class Value {
public:
    Value(std::nullptr_t) {}
    Value(std::int64_t number) : held_(number) {}
    Value(int number) : held_(std::int64_t{number}) {}
    Value(std::string text) : held_(std::move(text)) {}
    Value(std::string_view text) : held_(std::string(text)) {}
    Value(const char* text) : held_(std::string(text)) {}
    Value(Instant at) : held_(at.us) {}
    Value(Currency currency) : held_(std::string(currency.code())) {}
    template <class Thing>
    Value(const Id<Thing>& id) : held_(id.text) {}
    template <class T>
    Value(const std::optional<T>& maybe) {
        if (maybe) *this = Value(*maybe);
    }

    [[nodiscard]] bool is_null() const { return held_.index() == 0; }
    [[nodiscard]] bool is_integer() const { return held_.index() == 1; }
    [[nodiscard]] bool is_text() const { return held_.index() == 2; }
    [[nodiscard]] std::int64_t integer() const;     // a bug on anything else
    [[nodiscard]] const std::string& text() const;  // a bug on anything else
    bool operator==(const Value&) const = default;

private:
    std::variant<std::monostate, std::int64_t, std::string> held_;
};

// A row of an answer. Columns are read by name; a name that the statement does not have is a bug.
class Row {
public:
    Row(const std::vector<std::string>& columns, const std::vector<Value>& values) : columns_(&columns), values_(&values) {}

    [[nodiscard]] const Value& at(std::string_view column) const;
    [[nodiscard]] std::int64_t integer(std::string_view column) const { return at(column).integer(); }
    [[nodiscard]] const std::string& text(std::string_view column) const { return at(column).text(); }
    [[nodiscard]] bool is_null(std::string_view column) const { return at(column).is_null(); }
    [[nodiscard]] Instant instant(std::string_view column) const { return {integer(column)}; }
    [[nodiscard]] std::optional<std::int64_t> maybe_integer(std::string_view column) const;
    [[nodiscard]] std::optional<std::string> maybe_text(std::string_view column) const;
    [[nodiscard]] std::optional<Instant> maybe_instant(std::string_view column) const;
    [[nodiscard]] Money money(std::string_view amount_column, std::string_view currency_column) const;
    template <class Thing>
    [[nodiscard]] Id<Thing> id(std::string_view column) const {
        return {text(column)};
    }

private:
    const std::vector<std::string>* columns_;
    const std::vector<Value>* values_;
};

// The whole answer of a statement, kept in memory; every query has a LIMIT or reads one thing.
struct Rows {
    std::vector<std::string> columns;
    std::vector<std::vector<Value>> values;

    [[nodiscard]] std::size_t size() const { return values.size(); }
    [[nodiscard]] bool empty() const { return values.empty(); }
    [[nodiscard]] Row operator[](std::size_t i) const { return {columns, values[i]}; }

    class Iterator {
    public:
        Iterator(const Rows& rows, std::size_t i) : rows_(&rows), i_(i) {}
        Row operator*() const { return (*rows_)[i_]; }
        Iterator& operator++() {
            ++i_;
            return *this;
        }
        bool operator==(const Iterator& other) const { return i_ == other.i_; }

    private:
        const Rows* rows_;
        std::size_t i_;
    };
    [[nodiscard]] Iterator begin() const { return {*this, 0}; }
    [[nodiscard]] Iterator end() const { return {*this, size()}; }
};

// A transaction in progress. Used by one thread, inside the function that was given it.
class Tx {
public:
    virtual ~Tx() = default;

    // Runs one statement. Errors: conflict (a unique or foreign key says no), storage (all else). On PostgreSQL an error
    // spoils the transaction unless it happened inside attempt().
    virtual Result<Rows> run(const Query& query, std::span<const Value> values) = 0;
    Result<Rows> run(const Query& query, std::initializer_list<Value> values = {}) {
        return run(query, std::span<const Value>(values.begin(), values.size()));
    }
    // One statement with many sets of values: pipelined on PostgreSQL, one prepared statement on SQLite. Row answers come
    // back in order; the first error is the error of all.
    virtual Result<std::vector<Rows>> run_many(const Query& query, std::span<const std::vector<Value>> sets) = 0;

    // Runs `part` inside a savepoint: an Error undoes what it wrote, and the transaction goes on.
    virtual Status attempt(const std::function<Status()>& part) = 0;
};

// Sees every statement and its answer; the engine conformance test compares two of these.
using Observer = std::function<void(const Query&, std::span<const Value>, const Result<Rows>&)>;

// Tables whose writes others must hear of (moved.hpp).
struct Watch {
    struct Table {
        std::string_view name, topic;
        bool of_every_shop = false;  // a row is no shop's; of the others' statements the first value is the shop
    };
    std::vector<Table> tables;
    std::vector<std::string_view> except;  // names of queries that change nothing that anybody keeps
    const Clock* clock = nullptr;
};

struct Options {
    int readers = 2;           // reader connections (SQLite) or reader threads (PostgreSQL)
    int writers = 4;           // PostgreSQL writer connections; SQLite has one writer thread
    std::string sqlite_vfs;    // the Disk seam: a registered VFS, "" is the system's own
    bool inline_mode = false;  // everything on the calling thread: the simulator
    Observer observer;
};

class Database {
public:
    // "sqlite:PATH" (made if it is not there; WAL, synchronous=FULL) or "postgres://…" (an existing database).
    // Refuses: a path that cannot be written, a server that does not answer, a schema newer than this program.
    static Result<std::unique_ptr<Database>> open(const std::string& url, Options options = {});
    virtual ~Database() = default;

    // Once, after migrate() and before the first write that others must hear of.
    void watch(Watch watch) { watch_ = std::move(watch); }

    enum class Engine : std::uint8_t { sqlite, postgres };
    [[nodiscard]] virtual Engine engine() const = 0;

    // Applies the migrations of schema/ that are missing, in order; each once. Returns how many were applied.
    virtual Result<int> migrate() = 0;

    // A transaction that writes. `fn` is Result<T>(Tx&).
    template <class Fn>
    auto write(Fn fn) -> Later<std::invoke_result_t<Fn&, Tx&>> {
        return later(Kind::write, std::move(fn));
    }
    // A transaction that only reads one snapshot. `fn` is Result<T>(Tx&).
    template <class Fn>
    auto read(Fn fn) -> Later<std::invoke_result_t<Fn&, Tx&>> {
        return later(Kind::read, std::move(fn));
    }
    // The same for threads that may block: commands, the clockwork, tests. Never on an io thread.
    template <class Fn>
    auto write_now(Fn fn) -> std::invoke_result_t<Fn&, Tx&> {
        return now(Kind::write, std::move(fn));
    }
    template <class Fn>
    auto read_now(Fn fn) -> std::invoke_result_t<Fn&, Tx&> {
        return now(Kind::read, std::move(fn));
    }

    enum class Kind : std::uint8_t { read, write };
    struct Job {
        Kind kind;
        std::function<Status(Tx&)> run;    // may run twice; an Error rolls back
        std::function<void(Status)> done;  // once, after the commit (or its failure), on any thread
    };
    // Refuses with Fault::busy (through done) when more than queue_length_max jobs wait.
    virtual void submit(Job job) = 0;
    static constexpr std::size_t queue_length_max = 16'384;  // about a second of work on SQLite

    // Returns when all that was submitted has been answered. For shutdown and backups; never from inside a job.
    virtual void drain() = 0;

protected:
    Watch watch_;

private:
    template <class Fn>
    Job job(Kind kind, Fn fn, std::function<void(std::invoke_result_t<Fn&, Tx&>)> answer) {
        using Outcome = std::invoke_result_t<Fn&, Tx&>;
        auto kept = std::make_shared<std::optional<Outcome>>();
        return {kind,
                [fn = std::move(fn), kept](Tx& tx) mutable -> Status {
                    kept->emplace(fn(tx));
                    return (**kept) ? Status() : Status((**kept).error());
                },
                [kept, answer = std::move(answer)](Status status) {
                    // A function that succeeded is told so only if the commit did.
                    if (!status) return answer(Outcome(std::move(status).error()));
                    answer(std::move(**kept));
                }};
    }
    template <class Fn>
    auto later(Kind kind, Fn fn) -> Later<std::invoke_result_t<Fn&, Tx&>> {
        static_assert(std::is_trivially_copyable_v<Fn>, "capture by reference in co_await db.write: g++ 12 breaks captured copies");
        using Outcome = std::invoke_result_t<Fn&, Tx&>;
        return Later<Outcome>([this, kind, fn = std::move(fn)](typename Later<Outcome>::Answer answer) mutable {
            submit(job(kind, std::move(fn), std::move(answer)));
        });
    }
    template <class Fn>
    auto now(Kind kind, Fn fn) -> std::invoke_result_t<Fn&, Tx&> {
        using Outcome = std::invoke_result_t<Fn&, Tx&>;
        Mutex mutex;
        Condition answered;
        std::optional<Outcome> outcome;
        submit(job(kind, std::move(fn), [&](Outcome answer) {
            const Lock lock(mutex);
            outcome.emplace(std::move(answer));
            answered.notify_one();
        }));
        const Lock lock(mutex);
        while (!outcome) answered.wait(mutex);
        return std::move(*outcome);
    }
};

}  // namespace barrow::store
