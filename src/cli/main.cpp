// barrow: one program, one command a file.
#include <cstdio>

#include "cli/command.hpp"

int main(int argc, char** argv) {
    using namespace barrow;
    cli::Common common;
    CLI::App barrow("Barrow: links, signed snippets, a shop in your live stream, an honest ledger.", "barrow");
    barrow.require_subcommand(1);
    barrow.set_help_flag("--help,-h", "what there is and how it is used");
    barrow.set_version_flag("--version", "barrow 0.1.0");
    cli::add_serve(barrow, common);
    cli::add_shop(barrow, common);
    cli::add_domain(barrow, common);
    cli::add_demo(barrow, common);
    cli::add_import(barrow, common);
    cli::add_export(barrow, common);
    cli::add_linkcheck(barrow, common);
    cli::add_report(barrow, common);
    cli::add_ledger(barrow, common);
    cli::add_clicks(barrow, common);
    cli::add_link(barrow, common);
    cli::add_escape(barrow, common);
    cli::add_guard(barrow, common);
    cli::add_snippet(barrow, common);
    cli::add_publish(barrow, common);
    cli::add_export_letters(barrow, common);
    cli::add_export_shop(barrow, common);
    cli::add_doctor(barrow, common);
    cli::add_login(barrow, common);
    cli::add_operator(barrow, common);
    cli::add_key(barrow, common);
    try {
        barrow.parse(argc, argv);
    } catch (const CLI::Success& asked) { return barrow.exit(asked); } catch (const CLI::RequiredError& error) {
        // "barrow serv" is a word too many as well as a command too few: say which.
        const bool unknown = argc > 1 && argv[1][0] != '-' && barrow.get_subcommands().empty();
        const auto words = unknown ? "there is no command \"" + std::string(argv[1]) + "\"" : std::string(error.what());
        std::fprintf(stderr, "barrow: %s; see barrow --help\n", words.c_str());
        return 2;
    } catch (const CLI::ParseError& error) {
        std::fprintf(stderr, "barrow: %s; see barrow --help\n", error.what());
        return 2;
    }
    const auto status = common.run();
    std::fflush(stdout);
    if (status) return 0;
    std::fprintf(stderr, "barrow: %s\n", status.error().text.c_str());
    const auto fault = status.error().fault;
    return fault == Fault::bad_input || fault == Fault::not_found ? 2 : 1;
}
