// Log: one line an event, key=value; ids and never names, addresses or bodies.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "floor/base/time.hpp"

namespace barrow {

enum class Level : std::uint8_t { info, warning, error };

struct LogField {
    std::string_view key;
    std::string value;

    LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
    LogField(std::string_view k, const char* v) : key(k), value(v) {}
    LogField(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
    LogField(std::string_view k, std::int64_t v) : key(k), value(std::to_string(v)) {}
};

class Log {
public:
    virtual ~Log() = default;
    virtual void write(Level level, std::string_view event, std::initializer_list<LogField> fields) = 0;

    void info(std::string_view event, std::initializer_list<LogField> fields = {}) { write(Level::info, event, fields); }
    void warning(std::string_view event, std::initializer_list<LogField> fields = {}) { write(Level::warning, event, fields); }
    void error(std::string_view event, std::initializer_list<LogField> fields = {}) { write(Level::error, event, fields); }
};

// To stderr, a write(2) per line: `at=2026-11-23T09:15:00.250Z level=info event=order_placed order=01j…`. Values with spaces,
// quotes or control characters are quoted and escaped, so one event stays one line.
class StderrLog final : public Log {
public:
    explicit StderrLog(const Clock& clock) : clock_(clock) {}
    void write(Level level, std::string_view event, std::initializer_list<LogField> fields) override;

private:
    const Clock& clock_;
};

class SilentLog final : public Log {
public:
    void write(Level, std::string_view, std::initializer_list<LogField>) override {}
};

// The line without its time, as StderrLog prints it.
std::string log_line(Level level, std::string_view event, std::initializer_list<LogField> fields);

}  // namespace barrow
