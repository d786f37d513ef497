// Result<T>: a value, or an Error that says what is wrong and how to mend it.
//
// Expected failures travel as values: `return fail(Fault::sold_out, "…")` where they arise, `TRY(…)` where they pass through.
// A bug is not an Error: `check(condition)` ends the program, in release too. Cost: one variant, no allocation on success.
#pragma once

#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace barrow {

// What kind of refusal it is. http/ maps each to one status; the CLI maps bad_input and not_found to exit code 2, others to 1.
enum class Fault : std::uint8_t {
    bad_input,        // the caller can mend the request
    unauthenticated,  // who are you?
    forbidden,        // you may not
    not_found,
    gone,          // it was here and has ended: expired, revoked, closed
    conflict,      // the state has moved on; read again
    sold_out,      // fewer units left than asked for
    too_large,     // a named limit was passed
    rate_limited,  // too often; later it will work
    busy,          // we have too much to do; later it will work
    outside,       // a peer (provider, mail server) failed or gave nonsense
    storage,       // the database or the disk failed
};

std::string_view name(Fault fault);

struct [[nodiscard]] Error {
    Fault fault;
    std::string text;  // one sentence for a person: what is wrong, where, how to mend it
};

inline Error fail(Fault fault, std::string text) { return Error{fault, std::move(text)}; }

// A bug, never outside input: print where and stop, in release too.
[[noreturn]] void check_failed(const std::source_location& where);
inline void check(bool holds, const std::source_location& where = std::source_location::current()) {
    if (!holds) [[unlikely]]
        check_failed(where);
}

template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return held_.index() == 0; }
    [[nodiscard]] bool ok() const { return held_.index() == 0; }

    T& value() & {
        check(ok());
        return std::get<0>(held_);
    }
    const T& value() const& {
        check(ok());
        return std::get<0>(held_);
    }
    // By value, so that `for (const auto& one : *list())` walks over something that is still there.
    T value() && {
        check(ok());
        return std::get<0>(std::move(held_));
    }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    T release() { return std::move(*this).value(); }

    const Error& error() const& {
        check(!ok());
        return std::get<1>(held_);
    }
    Error&& error() && {
        check(!ok());
        return std::get<1>(std::move(held_));
    }

private:
    std::variant<T, Error> held_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)), failed_(true) {}

    explicit operator bool() const { return !failed_; }
    [[nodiscard]] bool ok() const { return !failed_; }
    void release() const { check(ok()); }
    const Error& error() const& {
        check(failed_);
        return error_;
    }
    Error&& error() && {
        check(failed_);
        return std::move(error_);
    }

private:
    Error error_{Fault::storage, {}};
    bool failed_ = false;
};

using Status = Result<void>;

}  // namespace barrow

// The value of a Result, or leave the function with its Error. Not in coroutines: there, test the Result and co_return.
#define TRY(expression) BARROW_TRY_NUMBERED(expression, __COUNTER__)
#define BARROW_TRY_NUMBERED(expression, number) BARROW_TRY_PASTED(expression, number)
#define BARROW_TRY_PASTED(expression, number) BARROW_TRY_NAMED(expression, try_outcome_##number)
#define BARROW_TRY_NAMED(expression, outcome)            \
    __extension__({                                      \
        auto outcome = (expression);                     \
        if (!outcome) return std::move(outcome).error(); \
        outcome.release();                               \
    })
