#include "rooms/storefront/publish.hpp"

#include "floor/wire/page.hpp"

namespace barrow::storefront {
namespace {

constexpr int tries_max = 50;  // snippets of one product that take their address from it

Result<std::string> free_slug(store::Tx& tx, const Id<access::Shop>& shop, const std::string& product_slug, Instant now) {
    for (int n = 1; n <= tries_max; ++n) {
        const auto slug = n == 1 ? product_slug : product_slug.substr(0, 56) + "-" + std::to_string(n);
        const auto there = snippets::find(tx, shop, std::string_view(slug), now);
        if (there) continue;
        if (there.error().fault != Fault::not_found) return there.error();
        return slug;
    }
    return fail(Fault::conflict, "slug: this product has many snippets already; give this one an address of its own");
}

}  // namespace

Result<snippets::Snippet> publish(store::Tx& tx, const access::Shop& shop, snippets::NewSnippet wanted, const access::Secrets& secrets,
                                  Instant now, Random& random) {
    const auto words = snippets::cleaned(wanted.publication.words);
    TRY(snippets::examine(words));
    const auto product = TRY(catalog::find(tx, shop.id, wanted.product));
    for (const auto& other : TRY(snippets::of_product(tx, shop.id, product.id, now))) {
        if (!other.revoked && other.words == words) { return fail(Fault::conflict, "this product has a snippet with these words already"); }
    }
    if (wanted.slug.empty()) wanted.slug = TRY(free_slug(tx, shop.id, product.slug, now));
    return snippets::publish(tx, shop, wanted, secrets, now, random);
}

std::string embed_code(const std::string& origin, const snippets::Snippet& snippet, const catalog::Product& product) {
    return "<script type=\"module\" src=\"" + wire::escape_html(origin) + "/embed.js\"></script>\n<barrow-snippet src=\"" +
           wire::escape_html(origin) + "/snippets/" + snippet.slug + ".json\"><a href=\"" + wire::escape_html(origin) + "/p/" +
           product.slug + "\">" + wire::escape_html(product.name) + "</a></barrow-snippet>";
}

}  // namespace barrow::storefront
