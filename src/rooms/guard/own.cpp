#include "rooms/guard/own.hpp"

#include <algorithm>
#include <charconv>

#include "floor/fetch/url.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/links/pages/page.hpp"
#include "rooms/live/session.hpp"
#include "rooms/snippets/snippet.hpp"
#include "rooms/stock/standing.hpp"

namespace barrow::guard {
namespace {

Look missing(std::string words) { return {.finding = Finding::missing, .words = std::move(words)}; }

Look of_link(const links::Link& link, Instant now) {
    if (!link.blocked.empty()) return missing("the operator has the link off");
    if (link.ends && *link.ends <= now && link.ended_target.empty())
        return {.finding = Finding::expired, .words = "it ended on " + iso_day(link.ends->day()) + " UTC"};
    return {};
}

// None: there is none.
template <class Thing>
Result<std::optional<Thing>> if_there(Result<Thing> found) {
    if (found) return std::optional<Thing>(std::move(*found));
    if (found.error().fault == Fault::not_found) return std::optional<Thing>();
    return found.error();
}

Result<Look> of_product(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug) {
    const auto product = TRY(if_there(catalog::find(tx, shop, slug)));
    if (!product) return missing("there is no such product");
    if (!product->published) return missing("the product is not shown");
    const auto standing = TRY(stock::standing(tx, shop, product->id));
    if (standing.left_count > 0 || standing.held_count > 0) return Look();
    return Look{.finding = Finding::sold_out, .words = standing.words};
}

Result<Look> of_name(store::Tx& tx, const Id<access::Shop>& shop, std::string_view slug, Instant now) {
    if (const auto link = TRY(if_there(links::find(tx, shop, slug)))) return of_link(*link, now);
    if (links::is_reserved(slug)) return Look();
    const auto page = TRY(if_there(pages::find(tx, shop, slug)));
    if (!page) return missing("there is no such link or page");
    return page->published ? Look() : missing("the page is not published");
}

Result<Look> of_path(store::Tx& tx, const Id<access::Shop>& shop, std::string_view path, Instant now) {
    path = path.substr(0, path.find_first_of("?#"));
    while (path.starts_with('/')) path.remove_prefix(1);
    while (path.ends_with('/')) path.remove_suffix(1);
    if (path.empty()) return Look();
    const auto first = path.substr(0, path.find('/'));
    auto rest = path.substr(std::min(first.size() + 1, path.size()));
    if (rest.empty()) return of_name(tx, shop, first, now);
    if (rest.find('/') == rest.npos) {
        if (first == "p") return of_product(tx, shop, rest);
        if (first == "s") {
            const auto link = TRY(if_there(links::find(tx, shop, rest)));
            return link ? of_link(*link, now) : missing("there is no such link");
        }
        if (first == "live") {
            const auto session = TRY(if_there(live::find(tx, shop, rest)));
            return session ? Look() : missing("there is no such session");
        }
        if (first == "snippets" && rest.ends_with(".json")) {
            rest.remove_suffix(std::string_view(".json").size());
            const auto snippet = TRY(if_there(snippets::find(tx, shop, rest, now)));
            if (!snippet) return missing("there is no such snippet");
            return snippet->state == snippets::State::published ? Look() : missing("the snippet is " + std::string(name(snippet->state)));
        }
    }
    return Look{.finding = Finding::unsure, .words = "what stands at this address of the shop cannot be told from here"};
}

// The path of a target at one of the shop's own addresses.
std::optional<std::string> own_path(const access::Site& site, const access::Shop& shop, std::string_view target) {
    if (target.starts_with('/')) return std::string(target);
    const auto parts = fetch::read_url(target);
    if (!parts) return std::nullopt;
    const auto tenant = site.directory.by_host(parts->host);
    const bool own_host = tenant && tenant->shop.id == shop.id;
    const bool own_origin = fetch::origin(target) == fetch::origin(access::origin(site, shop));
    if (!own_host && !own_origin) return std::nullopt;
    std::string_view path = parts->path;
    const auto base = "/@" + shop.slug;
    if (path == base || path.starts_with(base + "/")) return std::string(path.substr(base.size()));
    // Of a host that shops share, the rest is the first shop's.
    const auto first = site.directory.first();
    if (!own_host && (!first || first->shop.id != shop.id || path.starts_with("/@"))) return std::nullopt;
    return std::string(path);
}

}  // namespace

Result<std::optional<Look>> look_at_own(store::Tx& tx, const access::Site& site, const access::Shop& shop, std::string_view target,
                                        Instant now) {
    if (target.starts_with('#')) {
        std::int64_t number = 0;
        std::from_chars(target.data() + 1, target.data() + target.size(), number);
        const auto link = TRY(links::find_numbered(tx, shop.id, number));
        return std::optional(link ? of_link(*link, now) : missing("the link is not there any more"));
    }
    const auto path = own_path(site, shop, target);
    if (!path) return std::optional<Look>();
    return std::optional(TRY(of_path(tx, shop.id, *path, now)));
}

}  // namespace barrow::guard
