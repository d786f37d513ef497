// What both engines share and nobody outside store/ includes: opening, migrating, and the line of waiting jobs.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "floor/base/mutex.hpp"
#include "floor/store/migrations.hpp"
#include "floor/store/store.hpp"

namespace barrow::store {

Result<std::unique_ptr<Database>> open_sqlite(const std::string& path, Options options);
Result<std::unique_ptr<Database>> open_postgres(const std::string& url, Options options);

// Brings the schema up to the last of `steps`, which rise in number; returns how many were applied.
Result<int> migrate(Database& database, std::span<const Migration> steps);
// Refuses a database whose schema is newer than the last of `steps`.
Status refuse_newer(Database& database, std::span<const Migration> steps);
// A migration's text as single statements, without its comments.
std::vector<std::string> statements(std::string_view text);

// Statements by their text: a query made at run time may reuse another's address or name. Past the bound all are dropped,
// which only a program that makes up SQL as it goes would ever see.
inline constexpr std::size_t prepared_max = 1'024;

// Jobs in the order in which they came, for one or several threads that serve them.
class JobLine {
public:
    // False when the line is full; the job is then still the caller's.
    bool push(Database::Job& job) {
        const Lock lock(mutex_);
        if (waiting_.size() >= Database::queue_length_max) return false;
        waiting_.push_back(std::move(job));
        ++unanswered_;
        arrived_.notify_one();
        return true;
    }
    // Waits for at least one job and takes up to `count_max`. Empty once the line is closed and all has been taken.
    std::vector<Database::Job> take(std::size_t count_max) {
        std::vector<Database::Job> jobs;
        const Lock lock(mutex_);
        while (waiting_.empty() && !closed_) arrived_.wait(mutex_);
        while (!waiting_.empty() && jobs.size() < count_max) {
            jobs.push_back(std::move(waiting_.front()));
            waiting_.pop_front();
        }
        return jobs;
    }
    void answered(std::size_t count) {
        const Lock lock(mutex_);
        unanswered_ -= count;
        if (unanswered_ == 0) quiet_.notify_all();
    }
    void drain() {
        const Lock lock(mutex_);
        while (unanswered_ > 0) quiet_.wait(mutex_);
    }
    void close() {
        const Lock lock(mutex_);
        closed_ = true;
        arrived_.notify_all();
    }

private:
    Mutex mutex_;
    Condition arrived_, quiet_;
    std::deque<Database::Job> waiting_ guarded_by(mutex_);
    std::size_t unanswered_ guarded_by(mutex_) = 0;
    bool closed_ guarded_by(mutex_) = false;
};

}  // namespace barrow::store
