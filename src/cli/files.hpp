// Reading files and addresses that a user names.
#pragma once

#include <functional>
#include <string>

#include "floor/base/result.hpp"

namespace barrow::cli {

// Refuses (not_found) what is not there, (bad_input) folders and what is larger than `bytes_max`.
Result<std::string> read_file(const std::string& path, std::size_t bytes_max);

// The text at an address that the user typed. Refuses (outside) where nobody answers, and more than 1 MB; (not_found) answers other than
// 200.
Result<std::string> fetch_text(const std::string& url);

// Writes what `write` hands over, piece by piece, to the file, or to the terminal where the name is "". Each piece is told whether it could
// be written. Refuses (bad_input) a file that cannot be made, (storage) a disk that is full.
using Out = std::function<bool(const std::string&)>;
Status write_file(const std::string& path, const std::function<Status(const Out&)>& write);

}  // namespace barrow::cli
