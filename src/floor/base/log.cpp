#include "floor/base/log.hpp"

#include <unistd.h>

namespace barrow {
namespace {

void append_value(std::string& line, std::string_view value) {
    const bool plain = !value.empty() && value.find_first_of(" \"=\\") == std::string_view::npos &&
                       value.find_first_of(std::string_view("\0\n\r\t\x1b", 5)) == std::string_view::npos;
    if (plain) {
        line += value;
        return;
    }
    line += '"';
    for (const char c : value) {
        if (c == '"' || c == '\\') {
            line += '\\';
            line += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            static constexpr char digits[] = "0123456789abcdef";
            line += "\\x";
            line += digits[static_cast<unsigned char>(c) >> 4];
            line += digits[static_cast<unsigned char>(c) & 15];
        } else {
            line += c;
        }
    }
    line += '"';
}

std::string_view name(Level level) {
    switch (level) {
        case Level::info:
            return "info";
        case Level::warning:
            return "warning";
        case Level::error:
            return "error";
    }
    return "error";
}

}  // namespace

std::string log_line(Level level, std::string_view event, std::initializer_list<LogField> fields) {
    std::string line = "level=";
    line += name(level);
    line += " event=";
    append_value(line, event);
    for (const auto& field : fields) {
        line += ' ';
        line += field.key;
        line += '=';
        append_value(line, field.value);
    }
    return line;
}

void StderrLog::write(Level level, std::string_view event, std::initializer_list<LogField> fields) {
    const auto line = "at=" + iso_ms(clock_.now()) + " " + log_line(level, event, fields) + "\n";
    // Nowhere to say that stderr is closed.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace barrow
