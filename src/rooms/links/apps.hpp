// The shop's own apps: what a phone asks a domain, so that an installed app opens the domain's addresses by itself.
#pragma once

#include <string>
#include <vector>

#include "rooms/links/links_http.hpp"

namespace barrow::links {

inline constexpr std::size_t app_paths_max = 20, app_fingerprints_max = 10;

struct Apps {
    std::string ios;                        // "9JA89QQLNQ.com.example.tide": team and bundle; "" for none
    std::vector<std::string> paths;         // "/p/*", "/live/*": of the iPhone's app
    std::string android;                    // "com.example.tide"; "" for none
    std::vector<std::string> fingerprints;  // SHA-256 of its signing certificates: "14:6D:E9:…"
    bool operator==(const Apps&) const = default;
};

// Refuses (bad_input), each with its mend: an id that is no ten characters and a bundle, paths that do not begin with "/", a package
// without fingerprints and the other way round, fingerprints that are no 32 bytes in hex.
Status examine(const Apps& apps);
Result<Apps> apps_of(store::Tx& tx, const Id<access::Shop>& shop);
// No app at all takes them off. Refuses what examine does.
Status set_apps(store::Tx& tx, const Id<access::Shop>& shop, const Apps& apps);

// developer.apple.com, "Supporting associated domains": details with appIDs and components, since iOS 13.
wire::Json apple_association(const Apps& apps);
// developers.google.com/digital-asset-links: one statement with handle_all_urls.
wire::Json asset_links(const Apps& apps);

// GET /.well-known/apple-app-site-association, /.well-known/assetlinks.json → application/json, no redirect; 404 where there is no such
// app.
Task<http::Response> get_apple_association(Doors& doors, access::Visit visit);
Task<http::Response> get_asset_links(Doors& doors, access::Visit visit);
Task<http::Response> get_apps(Doors& doors, access::Visit visit);   // GET  /studio/apps
Task<http::Response> post_apps(Doors& doors, access::Visit visit);  // POST /studio/apps: ios, paths, android, fingerprints (one a line)

}  // namespace barrow::links
