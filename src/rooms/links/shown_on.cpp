#include "rooms/links/shown_on.hpp"

#include "rooms/catalog/product.hpp"
#include "rooms/links/links.sql.hpp"
#include "rooms/links/pages/page.hpp"
#include "rooms/links/pages/pages.sql.hpp"

namespace barrow::links {

Result<std::string> shown_on(store::Tx& tx, const access::Shop& shop, const uploads::Upload& upload) {
    const auto begin = "/media/" + upload.id, anywhere = "%" + begin + "%";
    if (shop.logo.starts_with(begin)) return std::string("the stall as its logo");
    if (const auto rows = TRY(tx.run(pages::sql::find_page_with, {shop.id, anywhere})); !rows.empty()) {
        const auto& slug = rows[0].text("slug");
        return "the page " + (slug.empty() ? std::string(pages::bio_name) : slug);
    }
    if (const auto rows = TRY(tx.run(sql::find_link_with, {shop.id, anywhere})); !rows.empty()) return "the link " + rows[0].text("slug");
    for (const auto& product : TRY(catalog::all(tx, shop.id))) {
        if (product.image.starts_with(begin)) return "the product " + product.name;
    }
    return std::string();
}

}  // namespace barrow::links
