// File page: a page of ours as it stands in a file, where no server sends its headers.
#pragma once

#include <string>

namespace barrow::access {

// The page with its Content-Security-Policy in itself: a nonce says nothing in a file, so styles and scripts that stand in the page are
// named by their hashes (CSP Level 3, section 8.3), and scripts of its own origin may be loaded. Who may frame a page cannot be said in a
// <meta>: that is for whoever serves the file. `html` is a page of access::page.
std::string file_page(std::string html);

}  // namespace barrow::access
