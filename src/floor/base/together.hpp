// together(): several tasks at once, for those who wait for all of them.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "floor/base/task.hpp"

namespace barrow {

// Runs all of them at once on the executor of the task that waits; their values, in their order.
template <class T>
Task<std::vector<T>> together(std::vector<Task<T>> tasks) {
    auto& here = co_await current_executor;
    std::vector<std::optional<T>> values(tasks.size());
    std::size_t left = tasks.size();
    if (left > 0) {
        Later<bool> all([&](Later<bool>::Answer answer) {
            for (std::size_t i = 0; i < tasks.size(); ++i) {
                start<T>(here, std::move(tasks[i]), [&values, &left, i, answer](T value) {
                    values[i].emplace(std::move(value));
                    if (--left == 0) answer(true);
                });
            }
        });
        co_await all;
    }
    std::vector<T> out;
    out.reserve(values.size());
    for (auto& value : values) out.push_back(std::move(*value));
    co_return out;
}

}  // namespace barrow
