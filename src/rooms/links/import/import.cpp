#include "rooms/links/import/import.hpp"

#include <algorithm>
#include <array>

#include "floor/wire/page.hpp"
#include "rooms/links/import/intake.hpp"
#include "rooms/links/link_json.hpp"

namespace barrow::links::import {
namespace {

// A file is of the first one that knows it; any table is `csv` at last.
constexpr std::array services{&from_barrow,    &from_kutt,      &from_yourls,   &from_dub,    &from_shlink, &from_bitly, &from_shortio,
                              &from_rebrandly, &from_linkstack, &from_linktree, &from_cuttly, &from_blink,  &from_csv};

const Service* guess(const Source& source) {
    const auto found = std::ranges::find_if(services, [&](const Service* service) { return service->is(source); });
    return found == services.end() ? nullptr : *found;
}

Result<const Service*> choose(const Source& source, const std::string& wanted) {
    const auto* guessed = guess(source);
    if (wanted.empty()) {
        if (guessed == nullptr)
            return fail(Fault::bad_input, "this is no export that is known here; say whose it is with --from: " + services_text());
        return guessed;
    }
    const auto named = std::ranges::find(services, std::string_view(wanted), &Service::name);
    if (named == services.end())
        return fail(Fault::bad_input, "there is no importer for \"" + wanted.substr(0, 40) + "\"; there are: " + services_text());
    const auto& service = **named;
    if (service.is(source) || (service.name == from_cuttly.name && !source.is_json())) return &service;
    const auto like = guessed != nullptr && guessed != &from_csv
                          ? "it looks like one of " + std::string(guessed->name) + ": leave --from out"
                          : std::string(service.how);
    return fail(Fault::bad_input, "this is no file of " + std::string(service.name) + "; " + like);
}

constexpr std::array<std::string_view, 4> state_names{"new", "same", "leads elsewhere", "refused"};

}  // namespace

std::string_view name(State state) { return state_names[static_cast<std::size_t>(state)]; }

std::string services_text() {
    std::string text;
    for (const auto* service : services) text += (text.empty() ? "" : ", ") + std::string(service->name);
    return text;
}

Result<Batch> read(std::string_view file, const Wanted& wanted) {
    const auto source = TRY(understand(file));
    const auto* service = TRY(choose(source, wanted.service));
    Intake intake(service->name, wanted);
    TRY(service->read(source, intake));
    return std::move(intake).done();
}

Status hash_passwords(Batch& batch, std::size_t passwords_max) {
    const auto n = std::ranges::count_if(batch.links, [](const Entry& entry) { return !entry.password.empty(); });
    if (static_cast<std::size_t>(n) > passwords_max)
        return fail(Fault::too_large,
                    "the file has " + std::to_string(n) + " passwords, which take a while to seal; use: barrow import links");
    for (auto& entry : batch.links) {
        if (!entry.password.empty()) TRY(set_password(entry.link, std::exchange(entry.password, "")));
    }
    return {};
}

// ---- the report --------------------------------------------------------------------------------------------------------------

std::int64_t Report::count(State state) const { return std::ranges::count(links, state, &Told::state); }

Report begin_report(const Batch& batch, Write how) {
    Report report{.service = batch.service,
                  .dry_run = how == Write::no,
                  .links = {},
                  .refused_by_the_file = batch.refused.size(),
                  .days_in_the_file = static_cast<std::int64_t>(batch.days.size()),
                  .notes = batch.notes};
    for (const auto& one : batch.refused) report.links.push_back({State::refused, one.where, one.slug, "", one.why, 0});
    return report;
}

void tell(Report& report, Taken taken) {
    report.days += taken.days;
    const auto last = report.links.end() - static_cast<std::ptrdiff_t>(report.refused_by_the_file);
    report.links.insert(last, std::make_move_iterator(taken.links.begin()), std::make_move_iterator(taken.links.end()));
}

wire::Json report_json(const Report& report, std::size_t rows_max) {
    std::int64_t clicks = 0;
    for (const auto& one : report.links) clicks += one.state == State::added ? one.clicks : 0;
    wire::Json::Array rows;
    const auto show = [&](bool needs_a_look) {
        for (const auto& one : report.links) {
            if ((one.state >= State::elsewhere) != needs_a_look || rows.size() >= rows_max) continue;
            rows.push_back(wire::Json::object({{"slug", one.slug},
                                               {"target", one.target},
                                               {"state", name(one.state)},
                                               {"clicks", one.clicks},
                                               {"where", one.where},
                                               {"why", one.why}}));
        }
    };
    show(true);
    show(false);
    const auto left_out = report.links.size() - rows.size();
    return wire::Json::object({{"service", report.service},
                               {"dry_run", report.dry_run},
                               {"added", report.count(State::added)},
                               {"same", report.count(State::same)},
                               {"elsewhere", report.count(State::elsewhere)},
                               {"refused", report.count(State::refused)},
                               {"clicks", clicks},
                               {"days", report.days},
                               {"notes", wire::Json::Array(report.notes.begin(), report.notes.end())},
                               {"links", std::move(rows)},
                               {"left_out", left_out}});
}

std::string summary_words(const Report& report) {
    const auto count = [&](State state) { return wire::grouped(report.count(state)); };
    auto text = (report.dry_run ? "would add " : "added ") + count(State::added) + ", already there " + count(State::same);
    if (report.count(State::elsewhere) > 0) text += ", lead elsewhere here " + count(State::elsewhere);
    if (report.count(State::refused) > 0) text += ", refused " + count(State::refused);
    if (report.days_in_the_file > 0) text += "; days of clicks " + wire::grouped(report.days);
    if (report.days < report.days_in_the_file)
        text += " of " + wire::grouped(report.days_in_the_file) + ": the others are of links that are not here, import those first";
    return text;
}

}  // namespace barrow::links::import
