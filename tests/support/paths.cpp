#include "support/paths.hpp"

namespace barrow::tests {

std::string in_project(const std::string& path) { return std::string(BARROW_SOURCE_DIR) + "/" + path; }
std::string program() { return BARROW_PROGRAM; }

}  // namespace barrow::tests
