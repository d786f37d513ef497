// A certificate for tests that speak TLS.
#pragma once

#include <string>

namespace barrow::testing {

// For localhost and 127.0.0.1, signed by itself, good for `days`: as PEM files.
void write_certificate(const std::string& certificate_file, const std::string& key_file, long days);

}  // namespace barrow::testing
