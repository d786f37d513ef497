// Where the project and its program are. One file knows it as it was built, so that a checkout elsewhere compiles nothing anew.
#pragma once

#include <string>

namespace barrow::tests {

std::string in_project(const std::string& path);  // "web/shared/tokens.css" → that file
std::string program();                            // build/…/barrow; barrow-media stands beside it

}  // namespace barrow::tests
