// Published test vectors (RFC 8785's, W3C's, Wycheproof's, GrowthBook's) are other people's files: they are read from a folder
// beside the project where there is one, and a test that finds none says so.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "support/paths.hpp"

namespace barrow::tests {

inline std::optional<std::string> vector_file(const std::string& path) {
    const char* folder = std::getenv("BARROW_VECTORS");
    std::ifstream in((folder != nullptr ? std::string(folder) : in_project("../shared/data")) + "/" + path, std::ios::binary);
    if (!in) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(in), {});
}

#define NEED_VECTORS(name, path)                        \
    const auto name = barrow::tests::vector_file(path); \
    if (!name) GTEST_SKIP() << "the published vectors " << path << " are not in BARROW_VECTORS or ../shared/data"

}  // namespace barrow::tests
