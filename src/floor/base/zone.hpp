// Zone: the clock of a place, by its IANA name ("Europe/Berlin"), as /usr/share/zoneinfo has it (Debian: tzdata).
// A local time that a clock skips (02:30 on the night when it goes from 2 to 3) is moved forward by what is skipped: 03:30. One that comes
// twice (the night when it goes back) is the first of the two.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/result.hpp"
#include "floor/base/time.hpp"

namespace barrow {

class Zone {
public:
    Zone();  // UTC, which needs no file

    // Reads the file of the name: tens of microseconds. Refuses (bad_input) a name that is none, and says the nearest one; case counts.
    static Result<Zone> named(std::string_view name);
    // What there is to choose from, in alphabetical order, UTC first. Names that lead to these ("Asia/Calcutta") are known, too, and not
    // listed. Without tzdata: UTC alone.
    static std::vector<std::string> names();

    [[nodiscard]] const std::string& name() const { return name_; }
    // What the clock is ahead of UTC; west of Greenwich it is below zero.
    [[nodiscard]] Duration offset(Instant at) const;
    // "CET" or "CEST"; where the place has no letters of its own "UTC+5:45".
    [[nodiscard]] std::string tag(Instant at) const;
    // The same clock face as if it were UTC's: for iso_day, clock_time and others that print UTC.
    [[nodiscard]] Instant face(Instant at) const { return at + offset(at); }

    [[nodiscard]] std::int64_t day(Instant at) const { return face(at).day(); }  // of its calendar, days since 1970-01-01
    [[nodiscard]] Instant day_begins(std::int64_t day) const;                    // midnight, or the first moment behind a skipped one
    [[nodiscard]] std::string minute(Instant at) const;                          // "20:00 CET"
    [[nodiscard]] std::string second(Instant at) const;                          // "20:00:00 CET"
    [[nodiscard]] std::string stamp(Instant at) const;                           // "2026-11-23 20:00 CET"
    [[nodiscard]] std::string iso(Instant at) const;                             // "2026-11-23T20:00:00+01:00", for UTC with a Z
    [[nodiscard]] std::string typed(Instant at) const;                           // "2026-11-23T20:00": as a form's field has it

    // What a clock here said: the same face as `face` gives, back to the instant. See above for skipped and doubled times.
    [[nodiscard]] Instant instant(Instant face) const;
    // Reads what read_iso reads: with an offset or a Z it is that instant, without it a time here. Refuses (bad_input) as read_iso does.
    [[nodiscard]] Result<Instant> read(std::string_view text) const;

    // Whether all clocks between the two moments are the same whole number of hours ahead of UTC; then `hours` is that number.
    [[nodiscard]] bool is_whole_hours(Instant from, Instant until, int& hours) const;

    struct Table;  // zone.cpp

private:
    Zone(std::string name, std::shared_ptr<const Table> table) : name_(std::move(name)), table_(std::move(table)) {}
    std::string name_;
    std::shared_ptr<const Table> table_;
};

}  // namespace barrow
