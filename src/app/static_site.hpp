// A shop's public pages as plain files: what a web server or a CDN in front of Barrow answers by itself, also while Barrow is away.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/app.hpp"
#include "rooms/access/shop.hpp"

namespace barrow::app {

struct StaticSite {
    std::int64_t pages = 0, documents = 0, pictures = 0, redirects = 0;  // written or found unchanged
    std::int64_t written = 0, unchanged = 0, removed = 0;                // files
    std::int64_t bytes = 0;                                              // of all files
    struct Left {
        std::string path, why;
    };
    std::optional<Instant> next;  // when words or a block of a page begin or end: the files should be written again then
    std::vector<Left> left;       // what only Barrow can answer, as far as it is in reach of the public
};

struct StaticPlan {
    std::string directory;
    std::string barrow_at = "http://127.0.0.1:8080";  // where the web server finds Barrow, for what is no file
};

// Writes below `directory`:
//   public/…           the files. Each stands where its address says: /p/lamp is public/p/lamp/index.html
//   redirects.nginx    short links that lead all people to one address: what stands in nginx's `map $uri … { }`; nginx.conf includes it
//   redirects.caddy    likewise for Caddy's `map {path} … { }`; Caddyfile imports it
//   files.json         what was written, so that the next time only what changed is written, and what is gone is removed
// The app is one whose config says `for_files`: nothing stands on its pages that holds for a moment only (units left, a hold's quote), and
// what sells asks Barrow at /p/…/now. Pages carry their Content-Security-Policy themselves, by hashes; what must be a header (who may frame
// a page, who may read a document) is in nginx.conf and Caddyfile. Files are replaced one at a time, pages after what they need, and
// removed last.
// Refuses (bad_input) an address that is none; (conflict) a closed shop, and a folder that holds something else; (storage) a disk that is
// full. `progress` hears how far it is.
Result<StaticSite> write_static_site(App& app, store::Database& db, const access::Shop& shop, const std::string& address,
                                     const StaticPlan& plan, Instant now,
                                     const std::function<void(std::int64_t done, std::int64_t of)>& progress);

}  // namespace barrow::app
