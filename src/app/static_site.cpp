#include "app/static_site.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "floor/http/in_process.hpp"
#include "floor/wire/assets.hpp"
#include "rooms/access/file_page.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/experiments/experiments.hpp"
#include "rooms/links/edge.hpp"
#include "rooms/links/pages/page.hpp"
#include "rooms/live/session.hpp"
#include "rooms/snippets/snippet.hpp"

namespace barrow::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view list_name = "files.json";

// ---- what is asked for ---------------------------------------------------------------------------------------------------------

struct Wanted {
    std::string path;  // with base
    enum class Kind : std::uint8_t { page, document } kind = Kind::page;
};

struct Sight {
    std::vector<Wanted> wanted;
    std::vector<links::Link> links;
    std::vector<StaticSite::Left> left;
    std::optional<Instant> next;
    links::Ask ask = links::Ask::never;
};

Result<Sight> look(store::Tx& tx, const access::Shop& shop, const std::string& base, Instant now) {
    Sight sight;
    const auto page = [&](const std::string& path) { sight.wanted.push_back({base + path, Wanted::Kind::page}); };
    const auto document = [&](const std::string& path) { sight.wanted.push_back({base + path, Wanted::Kind::document}); };
    const auto again_at = [&](const std::optional<Instant>& moment) {
        if (moment && *moment > now && (!sight.next || *moment < *sight.next)) sight.next = moment;
    };
    for (const auto& one : TRY(pages::all(tx, shop.id))) {
        if (!one.published) continue;
        page("/" + one.slug);
        for (const auto& block : one.published->blocks) {
            if (block.hidden) continue;
            again_at(block.from);
            again_at(block.until);
            if (block.kind->name != "countdown") continue;
            if (const auto at = read_iso(block.value("at"))) again_at(*at);
        }
    }
    for (const auto& product : TRY(catalog::all(tx, shop.id))) {
        if (product.published) page("/p/" + product.slug);
    }
    for (const auto& session : TRY(live::newest(tx, shop.id))) {
        if (session.state == live::Session::State::ended)
            page("/live/" + session.slug);
        else
            sight.left.push_back({base + "/live/" + session.slug, "it changes while people look"});
    }
    const auto running = TRY(experiments::running(tx, shop.id));
    for (const auto& snippet : TRY(snippets::all(tx, shop.id, now))) {
        if (std::ranges::any_of(running, [&](const auto& one) { return one.snippet_id == snippet.id.text; }))
            sight.left.push_back(
                {base + "/snippets/" + snippet.slug + ".json", "an experiment shows its versions by turns; the files show one"});
        document("/snippets/" + snippet.slug + ".json");
        if (snippet.on(telemetry::Surface::embed)) page("/embed/" + snippet.slug);
        for (const auto& version : TRY(snippets::versions(tx, shop.id, snippet.id))) {
            if (version.called_off) continue;
            again_at(version.starts);
            again_at(version.ends);
            if (!version.digest.empty() && version.starts <= now) document("/snippets/" + version.digest + ".json");
        }
    }
    for (const auto* path : {"/feed/google.xml", "/feed/products.jsonl"}) sight.left.push_back({base + path, "it says what is in stock"});
    page("/offline");
    for (const auto* path : {"/bundle.json", "/did.json", "/feed.json", "/sitemap.xml"}) document(path);
    if (base.empty()) {
        for (const auto* path : {"/.well-known/did.json", "/.well-known/apple-app-site-association", "/.well-known/assetlinks.json",
                                 "/robots.txt", "/embed.js", "/sw.js", "/favicon.ico"})
            document(path);
    }
    sight.ask = TRY(links::ask_of(tx, shop.id));
    for (std::int64_t after = 0;;) {
        auto some = TRY(links::made_after(tx, shop.id, after));
        if (some.empty()) break;
        after = some.back().number;
        std::ranges::move(some, std::back_inserter(sight.links));
    }
    return sight;
}

// ---- a page without its server ---------------------------------------------------------------------------------------------------

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += with.size()) text.replace(at, what.size(), with);
}

bool is_of_a_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

// "/media/abc.webp" and "/demo/lamp.svg" wherever they are named; with their base.
void find_pictures(const std::string& text, const std::string& base, std::set<std::string>& found) {
    for (const auto& folder : {base + "/media/", base + "/demo/"}) {
        for (auto at = text.find(folder); at != text.npos; at = text.find(folder, at + 1)) {
            auto end = at + folder.size();
            while (end < text.size() && (is_of_a_name(text[end]))) ++end;
            if (end > at + folder.size()) found.insert(text.substr(at, end - at));
        }
    }
}

// ---- files -------------------------------------------------------------------------------------------------------------------------

class Folder {
public:
    static Result<Folder> open(const std::string& directory) {
        Folder folder{fs::path(directory)};
        std::error_code error;
        fs::create_directories(folder.root_, error);
        if (error) return fail(Fault::bad_input, "cannot make the folder " + directory + ": " + error.message());
        std::ifstream in(folder.root_ / list_name, std::ios::binary);
        if (in) {
            const std::string text(std::istreambuf_iterator<char>(in), {});
            const auto list = wire::read_json(text);
            const auto* files = list ? list->find("files") : nullptr;
            if (files == nullptr || !files->is_array())
                return fail(Fault::conflict, directory + "/" + std::string(list_name) + " is damaged; choose an empty folder");
            for (const auto& file : files->items()) {
                if (!file.is_text() || !is_inside(file.text()))
                    return fail(Fault::conflict, directory + "/" + std::string(list_name) + " is damaged; choose an empty folder");
                folder.before_.insert(file.text());
            }
        } else if (!fs::is_empty(folder.root_, error)) {
            return fail(Fault::conflict, directory + " holds other files; choose an empty folder, or one that this command has written");
        }
        return folder;
    }

    // Before the first file: what is broken off can be gone on with, and what it left is known.
    Status begin(const std::set<std::string>& planned) {
        auto all = before_;
        all.insert(planned.begin(), planned.end());
        return write_list(all);
    }

    Status write(const std::string& name, std::string_view bytes, StaticSite& told) {
        const auto path = root_ / name;
        now_.insert(name);
        told.bytes += static_cast<std::int64_t>(bytes.size());
        if (holds(path, bytes)) {
            ++told.unchanged;
            return {};
        }
        std::error_code error;
        fs::create_directories(path.parent_path(), error);
        const auto beside = root_ / "being-written";  // at the root, which nobody serves; one that was left is written over
        std::ofstream out(beside, std::ios::binary | std::ios::trunc);
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        out.close();
        if (out) fs::rename(beside, path, error);
        if (!out || error) return fail(Fault::storage, "cannot write " + path.string() + "; is the disk full?");
        ++told.written;
        return {};
    }

    // What was there before and is no more; then the list of what is.
    Status close(StaticSite& told) {
        std::error_code error;
        for (const auto& name : before_) {
            if (now_.contains(name)) continue;
            if (fs::remove(root_ / name, error)) ++told.removed;
            for (auto parent = (root_ / name).parent_path(); parent != root_ && fs::is_empty(parent, error); parent = parent.parent_path())
                fs::remove(parent, error);
        }
        return write_list(now_);
    }

    [[nodiscard]] std::string where(std::string_view name) const { return (fs::absolute(root_) / name).lexically_normal().string(); }

private:
    explicit Folder(fs::path root) : root_(std::move(root)) {}
    // Below the folder, as this command names files.
    static bool is_inside(const std::string& name) {
        const fs::path path(name);
        return !name.empty() && path.is_relative() && std::ranges::none_of(path, [](const auto& part) { return part == ".."; });
    }
    Status write_list(const std::set<std::string>& names) {
        wire::Json::Array files;
        for (const auto& name : names) files.push_back(name);
        auto listed = now_;
        StaticSite uncounted;
        auto written =
            write(std::string(list_name), wire::write_json_pretty(wire::Json::object({{"files", std::move(files)}})) + "\n", uncounted);
        now_ = std::move(listed);  // the list is not in the list
        return written;
    }
    static bool holds(const fs::path& path, std::string_view bytes) {
        std::error_code error;
        if (fs::file_size(path, error) != bytes.size() || error) return false;
        std::ifstream in(path, std::ios::binary);
        const std::string there(std::istreambuf_iterator<char>(in), {});
        return there == bytes;
    }
    fs::path root_;
    std::set<std::string> before_, now_;
};

std::string file_of(const Wanted& wanted) {
    if (wanted.kind == Wanted::Kind::document) return "public" + wanted.path;
    return "public" + wanted.path + (wanted.path.ends_with('/') ? "index.html" : "/index.html");
}

// ---- what the servers in front are told ----------------------------------------------------------------------------------------------

constexpr std::string_view nginx_text =
    R"(# Written by `barrow publish --static`, and again the next time: include this file in nginx's http block. For TLS put certificate and key into
# a copy of the server block; the maps may stay here. Where the two sizes below are set already, take them out here and keep the larger ones.
map_hash_bucket_size 512;
map_hash_max_size 65536;
map $uri $barrow_to { default ""; include "<REDIRECTS>"; }
map $is_args $barrow_short { default ""; "" $barrow_to; }
# Who comes with a context or is told why comes to the page as it is now.
map $args $barrow_asked { default ""; "~(^|&)(c|why)=" "/asked-of-barrow"; }
map $uri $barrow_readers { default ""; ~^(/@[^/]+)?/(assets/|media/|snippets/|bundle\.json|did\.json|\.well-known/did\.json|feed|embed\.js|favicon\.ico) "*"; }
map $uri $barrow_keep { default "no-cache"; ~^/assets/ "public, max-age=31536000, immutable"; ~/(snippets/sha256-|media/) "public, max-age=3600"; }
map $uri $barrow_frames { default "frame-ancestors 'none'"; ~^(/@[^/]+)?/embed/ "frame-ancestors *"; }
server {
  listen <PORT>;
  server_name <HOST>;
  root "<ROOT>";
  absolute_redirect off;
  client_max_body_size 0;
  recursive_error_pages on;
  gzip on;
  gzip_types text/css text/javascript application/javascript application/json application/xml image/svg+xml;
  error_page 405 = @barrow;
  location / {
    if ($barrow_short != "") {
      add_header X-Robots-Tag noindex;
      add_header Cache-Control "private, no-store";
      return 302 $barrow_short;
    }
    add_header X-Content-Type-Options nosniff;
    add_header Access-Control-Allow-Origin $barrow_readers;
    add_header Cache-Control $barrow_keep;
    add_header Content-Security-Policy $barrow_frames;
    try_files $barrow_asked$uri $barrow_asked$uri/index.html @barrow;
  }
  location = /favicon.ico { types { } default_type image/svg+xml; add_header Cache-Control no-cache; try_files $uri @barrow; }
  location = /.well-known/apple-app-site-association { default_type application/json; try_files $uri @barrow; }
  location @barrow {
    proxy_pass <BARROW>;
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_request_buffering off;
    proxy_buffering off;
    error_page 502 504 = @away;
  }
  location @away {
    add_header Content-Security-Policy $barrow_frames;
    add_header Cache-Control no-store;
    try_files $uri/index.html @gone;
  }
  location @gone {
    error_page 503 <BASE>/offline/index.html;
    return 503;
  }
}
)";

constexpr std::string_view caddy_text =
    R"(# Written by `barrow publish --static`, and again the next time. Caddy asks for the certificate of the name by itself.
<SITE> {
	root * "<ROOT>"
	encode gzip
	map {path} {barrow_to} {
		import "<REDIRECTS>"
		default ""
	}
	@short expression `{barrow_to} != "" && {query} == ""`
	header @short X-Robots-Tag noindex
	header @short Cache-Control "private, no-store"
	redir @short {barrow_to} 302
	# Who comes with a context or is told why comes to the page as it is now.
	@file {
		method GET HEAD
		not query c=*
		not query why=*
		file {
			try_files {path} {path}/index.html
		}
	}
	handle @file {
		header X-Content-Type-Options nosniff
		@open path_regexp ^(/@[^/]+)?/(assets/|media/|snippets/|bundle\.json|did\.json|\.well-known/did\.json|feed|embed\.js|favicon\.ico)
		header @open Access-Control-Allow-Origin *
		header /favicon.ico Content-Type image/svg+xml
		header /.well-known/apple-app-site-association Content-Type application/json
		@forever path /assets/*
		header @forever Cache-Control "public, max-age=31536000, immutable"
		@hour path_regexp /(snippets/sha256-|media/)
		header @hour Cache-Control "public, max-age=3600"
		@changing not path_regexp (^/assets/|/snippets/sha256-|/media/)
		header @changing Cache-Control no-cache
		@framed path_regexp ^(/@[^/]+)?/embed/
		header @framed Content-Security-Policy "frame-ancestors *"
		@alone not path_regexp ^(/@[^/]+)?/embed/
		header @alone Content-Security-Policy "frame-ancestors 'none'"
		rewrite {http.matchers.file.relative}
		file_server
	}
	handle {
		reverse_proxy <BARROW>
	}
	handle_errors {
		header Cache-Control no-store
		@kept {
			method GET HEAD
			file {
				try_files {path}/index.html
			}
		}
		handle @kept {
			rewrite {http.matchers.file.relative}
			file_server {
				status 200
			}
		}
		handle {
			rewrite * <BASE>/offline/index.html
			file_server {
				status 503
			}
		}
	}
}
)";

std::string filled(std::string_view text, const std::vector<std::pair<std::string_view, std::string>>& values) {
    std::string out(text);
    for (const auto& [name, value] : values) replace_all(out, name, value);
    return out;
}

}  // namespace

Result<StaticSite> write_static_site(App& app, store::Database& db, const access::Shop& shop, const std::string& address,
                                     const StaticPlan& plan, Instant now,
                                     const std::function<void(std::int64_t done, std::int64_t of)>& progress) {
    const auto scheme = address.find("://") + 3;
    const auto path = std::min(address.find('/', scheme), address.size());
    const auto host = address.substr(scheme, path - scheme), base = address.substr(path);
    const bool secure = address.starts_with("https:");
    const auto front = app.front();
    Loop loop;
    const auto ask = [&](const std::string& target) {
        return http::call(
            front, loop,
            {.target = target,
             .headers = {{"accept", "text/html"}, {"user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}},
             .authority = host,
             .secure = secure});
    };
    const auto body = [](const http::Response& response) -> std::string_view {
        return response.shared_body ? *response.shared_body : response.body;
    };

    const auto first = ask(base + "/offline");
    if (first.header("x-closed") != "") return fail(Fault::conflict, "the shop is closed: nothing of it is public");
    if (first.status != 200)
        return fail(Fault::bad_input, "no viewer can reach the shop at " + address + "; say its address like https://shop.example");

    StaticSite told;
    auto folder = TRY(Folder::open(plan.directory));
    auto sight = TRY(db.read_now([&](store::Tx& tx) { return look(tx, shop, base, now); }));
    told.left = std::move(sight.left);
    told.next = sight.next;

    // All is asked for first: pictures are written before the pages that show them.
    std::vector<std::pair<std::string, std::string>> pages;
    std::set<std::string> pictures;
    const auto of = static_cast<std::int64_t>(sight.wanted.size());
    for (std::int64_t done = 0; const auto& wanted : sight.wanted) {
        progress(done++, of);
        const auto response = ask(wanted.path);
        if (response.status != 200) {
            if (wanted.kind == Wanted::Kind::page) told.left.push_back({wanted.path, "it answers " + std::to_string(response.status)});
            continue;
        }
        auto text = std::string(body(response));
        find_pictures(text, base, pictures);
        const bool is_page = wanted.kind == Wanted::Kind::page;
        ++(is_page ? told.pages : told.documents);
        pages.emplace_back(file_of(wanted), is_page ? access::file_page(std::move(text)) : std::move(text));
    }
    if (base.empty()) pages.emplace_back("public/404.html", access::file_page(std::string(body(ask("/404/nothing")))));

    std::set<std::string> planned{"redirects.nginx", "redirects.caddy", "nginx.conf", "Caddyfile"};
    for (const auto& [name, text] : pages) planned.insert(name);
    for (const auto& picture : pictures) planned.insert("public" + picture);
    std::vector<const wire::Asset*> assets;
    for (const auto& asset : wire::assets()) {
        const bool is_for_viewers = asset.path.starts_with("viewer/") || asset.path.starts_with("shared/");
        const bool is_a_part = asset.path.ends_with(".html") || asset.path.ends_with(".css") || asset.path.ends_with(".txt");  // of pages
        if (is_for_viewers && !is_a_part) assets.push_back(&asset);
    }
    const auto language = wire::Words(shop.language).language();
    const auto asset_name = [&](const wire::Asset& asset) {
        return "public/assets/" + std::string(wire::assets_hash()) + "/" + (language == "en" ? "" : std::string(language) + "/") +
               std::string(asset.path);
    };
    for (const auto* asset : assets) planned.insert(asset_name(*asset));
    TRY(folder.begin(planned));
    for (const auto* asset : assets) TRY(folder.write(asset_name(*asset), wire::find_asset(asset->path, language)->plain, told));
    for (const auto& picture : pictures) {
        const auto response = ask(picture);
        if (response.status != 200) continue;  // a name that looks like one
        ++told.pictures;
        TRY(folder.write("public" + picture, body(response), told));
    }
    for (const auto& [name, text] : pages) TRY(folder.write(name, text, told));

    // nginx finds paths of a map whatever their case: two that differ in nothing else are left to Barrow.
    std::map<std::string, std::int64_t> spellings;
    const auto folded = [](std::string text) {
        std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
        return text;
    };
    const auto again_at = [&](const std::optional<Instant>& moment) {
        if (moment && *moment > now && (!told.next || *moment < *told.next)) told.next = moment;
    };
    for (const auto& link : sight.links) {
        if (!link.removed && !link.archived) {  // pages show it from then on, and until then
            again_at(link.starts);
            again_at(link.ends);
        }
        ++spellings[folded(link.slug)];
        for (const auto& alias : link.aliases) ++spellings[folded(alias)];
    }
    std::string nginx, caddy;
    for (const auto& link : sight.links) {
        auto fixed = links::fixed(link, sight.ask);
        const auto own = base + "/s/" + link.slug;
        // What the running code makes of it has the last word: a target that is denied meanwhile, say.
        if (fixed.why_not.empty() && ask(own).status != 302) fixed.why_not = "it does not lead there just now";
        if (fixed.target.starts_with('/')) fixed.target.insert(0, base);
        if (fixed.why_not.empty() && (links::nginx_map_line(own, fixed.target).empty() || links::caddy_map_line(own, fixed.target).empty()))
            fixed.why_not = "its target has signs that mean something else there";
        if (fixed.why_not.empty() && spellings[folded(link.slug)] > 1) fixed.why_not = "another one differs in its case only";
        if (!fixed.why_not.empty()) {
            if (!link.removed) told.left.push_back({own, fixed.why_not});
            continue;
        }
        ++told.redirects;
        auto slugs = link.aliases;
        slugs.insert(slugs.begin(), link.slug);
        for (const auto& slug : slugs) {
            if (spellings[folded(slug)] > 1) continue;
            nginx += links::nginx_map_line(base + "/s/" + slug, fixed.target);
            caddy += links::caddy_map_line(base + "/s/" + slug, fixed.target);
        }
    }
    TRY(folder.write("redirects.nginx", nginx, told));
    TRY(folder.write("redirects.caddy", caddy, told));
    const auto colon = std::min(host.rfind(':'), host.size());
    const auto server = [&](std::string_view text, const std::string& redirects) {
        return filled(text, {{"<HOST>", host.substr(0, colon)},
                             {"<PORT>", colon == host.size() ? "80" : host.substr(colon + 1)},
                             {"<SITE>", secure ? host : "http://" + host},
                             {"<ROOT>", folder.where("public")},
                             {"<REDIRECTS>", folder.where(redirects)},
                             {"<BARROW>", plan.barrow_at},
                             {"<BASE>", base}});
    };
    TRY(folder.write("nginx.conf", server(nginx_text, "redirects.nginx"), told));
    TRY(folder.write("Caddyfile", server(caddy_text, "redirects.caddy"), told));
    TRY(folder.close(told));
    progress(of, of);
    return told;
}

}  // namespace barrow::app
