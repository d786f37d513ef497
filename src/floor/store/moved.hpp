// Moved: how programs on one database hear what another one changed (nodes of one PostgreSQL; a command beside a running server).
// A write that changes a row of a watched table raises a number for its shop and topic, in its own transaction, whichever verb, import or
// command it is: nobody has to think of it, and what was rolled back is not told. Whoever keeps something in memory reads what rose.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "floor/base/time.hpp"
#include "floor/store/store.hpp"

namespace barrow::store {

// What one transaction moved. Used by the engines.
class Raised {
public:
    explicit Raised(const Watch& watch) : watch_(watch) {}
    // A statement that succeeded. Costs a look at its first words.
    void note(const Query& query, std::span<const Value> values, const Rows& rows);
    // Before the commit.
    Status write(Tx& tx) const;

private:
    const Watch& watch_;
    std::set<std::pair<std::string, std::string_view>> moved_;  // shop ("" for every shop) and topic
};

// The numbers that rose since a moment, by shop ("" for every shop) and topic.
struct Risen {
    std::map<std::pair<std::string, std::string>, std::int64_t> numbers;
    bool cut = false;                               // there are more than rows_max
    static constexpr std::size_t rows_max = 5'000;  // as moved.sql says
};
Result<Risen> risen_since(Tx& tx, Instant since);

// Remembers what it has heard of. Of one thread.
class Ear {
public:
    struct News {
        bool everything = false;                                   // all that is kept may be old
        std::vector<std::pair<std::string, std::string>> moved{};  // shop and topic
        [[nodiscard]] bool about(std::string_view topic) const;
    };
    // From when on to read. Clocks of the programs may be off by `late_max` together with the time that a write takes: within it nothing is
    // missed, however long this program could not read.
    [[nodiscard]] Instant since(Instant now) const;
    // What of it is new. Nothing the first time: call remember before what is to be kept is read.
    [[nodiscard]] News compare(const Risen& risen) const;
    // When all has been done about it.
    void remember(Risen risen, Instant now);
    static constexpr Duration late_max = minutes(2);

private:
    Risen known_;
    bool began_ = false;
    Instant heard_;
};

}  // namespace barrow::store
