#include "cli/command.hpp"

namespace barrow::cli {

void add_report(CLI::App& barrow, Common& common) {
    (void)barrow;
    (void)common;
}

}  // namespace barrow::cli
