#include "rooms/links/import/import.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "cli/command.hpp"
#include "cli/files.hpp"
#include "floor/wire/page.hpp"

namespace barrow::cli {
namespace {

namespace import = links::import;

constexpr std::size_t rows_shown_max = 40, passwords_max = 100'000;

// "[=====     ] 12,000 of 100,000" on one line of a terminal, where there is more than one piece to wait for.
class Progress {
public:
    explicit Progress(std::size_t total) : total_(total), shown_(total > import::piece_max && ::isatty(STDERR_FILENO) == 1) {}
    ~Progress() {
        if (shown_) std::fprintf(stderr, "\r%60s\r", "");
    }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    void at(std::size_t done) const {
        if (!shown_) return;
        constexpr std::size_t width = 30;
        const auto full = done * width / total_;
        std::fprintf(stderr, "\r[%s%s] %s of %s", std::string(full, '=').c_str(), std::string(width - full, ' ').c_str(),
                     wire::grouped(static_cast<std::int64_t>(done)).c_str(), wire::grouped(static_cast<std::int64_t>(total_)).c_str());
    }

private:
    std::size_t total_;
    bool shown_;
};

// What a terminal shows of a text from a file: no control characters, so many characters at most, filled up with spaces.
std::string shown(std::string_view text, std::size_t width) {
    std::string out;
    std::size_t characters = 0;
    for (const char c : text) {
        if ((static_cast<unsigned char>(c) & 0xc0) != 0x80 && ++characters > width) break;
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
    return out + std::string(characters < width ? width - characters : 0, ' ');
}

void say_row(const import::Told& one) {
    if (one.target.empty()) {
        say("  refused          " + shown(one.slug, 20) + "  " + one.where + ": " + shown(one.why, one.why.size()));
        return;
    }
    say("  " + shown(import::name(one.state), 15) + "  " + shown(one.slug, 20) + "  " + shown(one.target, 50) + "  " +
        wire::grouped(one.clicks) + (one.clicks == 1 ? " click" : " clicks") +
        (one.why.empty() ? "" : "  (" + one.where + ": " + one.why + ")"));
}

// Those that need a look first.
void say_table(const import::Report& report) {
    std::vector<const import::Told*> rows;
    for (const auto& one : report.links) {
        if (report.dry_run || one.state >= import::State::elsewhere) rows.push_back(&one);
    }
    std::ranges::stable_sort(rows, std::greater(), [](const auto* one) { return one->state >= import::State::elsewhere; });
    for (std::size_t i = 0; i < rows.size() && i < rows_shown_max; ++i) say_row(*rows[i]);
    if (rows.size() > rows_shown_max)
        say("  … and " + wire::grouped(static_cast<std::int64_t>(rows.size() - rows_shown_max)) + " more; --json has them all");
}

}  // namespace

void add_import(CLI::App& barrow, Common& common) {
    auto& group = *barrow.add_subcommand("import", "bring your things in from another service");
    group.require_subcommand(1);
    auto& command = *group.add_subcommand("links", "short links, with what they had counted");
    add_place(command, common);
    add_shop_choice(command, common);
    add_json(command, common);
    struct Flags {
        std::string file;
        import::Wanted wanted;
        bool dry_run = false;
    };
    auto flags = std::make_shared<Flags>();
    command.add_option("FILE", flags->file, "the service's export; docs/importing.md says how to get it")->required();
    command.add_option("--from", flags->wanted.service, "whose file it is, where it cannot be told: " + import::services_text())
        ->type_name("SERVICE");
    command.add_option("--only-domain", flags->wanted.only_domain, "of a file with several short domains, this one's links alone")
        ->type_name("DOMAIN");
    command.add_flag("--dry-run", flags->dry_run, "say what would happen, change nothing");
    command.callback([&common, flags] {
        common.run = [&common, flags]() -> Status {
            auto wanted = flags->wanted;
            wanted.now = SystemClock().now();
            auto batch = TRY(import::read(TRY(read_file(flags->file, import::file_bytes_max)), wanted));
            if (!flags->dry_run) TRY(import::hash_passwords(batch, passwords_max));
            auto report = import::begin_report(batch, flags->dry_run ? import::Write::no : import::Write::yes);
            const auto total = batch.links.size() + batch.days.size();
            {
                const Progress progress(total);
                std::size_t done = 0;
                for (const auto& piece : import::pieces(batch)) {
                    auto answer =
                        cli::command(common, "import_links",
                                     wire::Json::object(
                                         {{"service", batch.service}, {"dry_run", flags->dry_run}, {"piece", import::piece_json(piece)}}));
                    if (!answer) {
                        if (done == 0 || flags->dry_run) return answer.error();
                        return fail(answer.error().fault, "stopped after " + wire::grouped(static_cast<std::int64_t>(done)) + " of " +
                                                              wire::grouped(static_cast<std::int64_t>(total)) + ": " + answer.error().text +
                                                              "; run it again, what is there already stays as it is");
                    }
                    import::tell(report, TRY(import::read_taken(*answer)));
                    done += piece.links.size() + piece.days.size();
                    progress.at(done);
                }
            }
            if (common.json) {
                say(wire::write_json_pretty(import::report_json(report, report.links.size())));
                return {};
            }
            if (flags->wanted.service.empty()) say("This is a file of: " + batch.service);
            say_table(report);
            for (const auto& note : report.notes) say("note: " + note);
            say(import::summary_words(report));
            return {};
        };
    });
}

}  // namespace barrow::cli
