// Batcher: hot verbs take a span of requests and answer each. While one transaction of a shop is under way its further
// requests gather, and go together (up to batch_size_max) into the next: a hot row is locked once for all of them.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "floor/store/store.hpp"

namespace barrow::store {

inline constexpr std::size_t batch_size_max = 256;     // more only adds to the wait of the first
inline constexpr std::size_t batch_queue_max = 8'192;  // a shop's waiting requests; further ones are told Fault::busy

template <class Request, class Reply>
class Batcher {
public:
    // One Result for each request, in order. An Error for all rolls the whole batch back. May run twice.
    using Verb = std::function<Result<std::vector<Result<Reply>>>(Tx&, std::span<const Request>)>;

    Batcher(Database& database, Verb verb) : database_(database), verb_(std::move(verb)) {}
    // The last answer reaches its buyer before the batcher has put its line away: wait until the database's threads let go of it.
    ~Batcher() { database_.drain(); }
    Batcher(const Batcher&) = delete;
    Batcher& operator=(const Batcher&) = delete;

    // The answer to one request, after the commit of the transaction that it was part of. Name the request on a line before
    // the co_await (task.hpp says why).
    Later<Result<Reply>> add(std::string shop, Request request) {
        return Later<Result<Reply>>([this, shop = std::move(shop), request = std::move(request)](auto answer) mutable {
            enqueue(shop, Waiting{std::move(request), std::move(answer)});
        });
    }

private:
    struct Waiting {
        Request request;
        std::function<void(Result<Reply>)> answer;
    };
    struct Line {
        std::deque<Waiting> waiting;
        bool under_way = false;
    };

    void enqueue(const std::string& shop, Waiting waiting) {
        bool full = false;
        {
            const Lock lock(mutex_);
            auto& line = lines_[shop];
            full = line.waiting.size() >= batch_queue_max;
            if (!full) {
                line.waiting.push_back(std::move(waiting));
                if (line.under_way) return;
                line.under_way = true;
            }
        }
        if (!full) return next(shop);
        // Moved only where there was room.
        waiting.answer(fail(Fault::busy, "too many orders wait for this shop; try again in a second"));  // NOLINT(bugprone-use-after-move)
    }

    void next(const std::string& shop) {
        auto requests = std::make_shared<std::vector<Request>>();
        auto answers = std::make_shared<std::vector<std::function<void(Result<Reply>)>>>();
        {
            const Lock lock(mutex_);
            auto& line = lines_[shop];
            while (!line.waiting.empty() && requests->size() < batch_size_max) {
                requests->push_back(std::move(line.waiting.front().request));
                answers->push_back(std::move(line.waiting.front().answer));
                line.waiting.pop_front();
            }
            if (requests->empty()) {
                lines_.erase(shop);
                return;
            }
        }
        auto replies = std::make_shared<std::vector<Result<Reply>>>();
        database_.submit({Database::Kind::write,
                          [this, requests, replies](Tx& tx) -> Status {
                              *replies = TRY(verb_(tx, *requests));
                              check(replies->size() == requests->size());
                              return {};
                          },
                          [this, shop, replies, answers](Status status) {
                              for (std::size_t i = 0; i < answers->size(); ++i) {
                                  (*answers)[i](status ? std::move((*replies)[i]) : Result<Reply>(status.error()));
                              }
                              next(shop);
                          }});
    }

    Database& database_;
    Verb verb_;
    Mutex mutex_;
    std::map<std::string, Line> lines_ guarded_by(mutex_);
};

}  // namespace barrow::store
