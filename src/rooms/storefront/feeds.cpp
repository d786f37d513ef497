#include "rooms/storefront/feeds.hpp"

#include <algorithm>

#include "floor/wire/markup.hpp"
#include "floor/wire/page.hpp"
#include "rooms/snippets/show.hpp"
#include "rooms/stock/standing.hpp"
#include "rooms/storefront/offer.hpp"

namespace barrow::storefront {
namespace {

using telemetry::Surface;

snippets::Words words_of(const FeedItem& item) {
    return item.snippet ? snippets::on(item.snippet->words, Surface::feed) : snippets::Words();
}

std::string text_of(const FeedItem& item) {
    const auto words = words_of(item);
    return description({item.product, item.snippet ? &words : nullptr, item.can_hold});
}

// Cut at a character, not within one.
std::string_view first_characters(std::string_view text, std::size_t most) {
    std::size_t at = 0;
    for (; at < text.size() && most > 0; --most) {
        ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
    }
    return text.substr(0, at);
}

std::string element(std::string_view name, std::string_view text) {
    return "<" + std::string(name) + ">" + wire::escape_html(text) + "</" + std::string(name) + ">\n";
}

std::string price_words(Money price) { return decimal(price) + " " + std::string(price.currency.code()); }

}  // namespace

Result<std::vector<FeedItem>> feed_items(store::Tx& tx, const Id<access::Shop>& shop, Instant now) {
    std::vector<FeedItem> items;
    const auto snippets = TRY(snippets::all(tx, shop, now));
    for (auto& product : TRY(catalog::all(tx, shop))) {
        if (!product.published || items.size() == feed_items_max) continue;
        const auto said =
            std::ranges::find_if(snippets, [&](const auto& snippet) { return snippet.product == product.id && snippet.on(Surface::feed); });
        const auto standing = TRY(stock::standing(tx, shop, product.id));
        items.push_back({std::move(product), said == snippets.end() ? std::optional<snippets::Snippet>() : *said, standing.can_hold()});
    }
    const auto born = [](const FeedItem& item) { return item.snippet ? item.snippet->published : item.product.created; };
    std::ranges::stable_sort(items, [&](const auto& a, const auto& b) { return born(a) > born(b); });
    return items;
}

std::string json_feed(const access::Site& site, const access::Shop& shop, std::span<const FeedItem> items) {
    wire::Json::Array list;
    for (const auto& item : items) {
        if (!item.snippet) continue;
        const auto words = words_of(item);
        const auto url = access::address(site, shop, "/p/" + item.product.slug);
        auto one = wire::Json::object(
            {{"id", access::address(site, shop, "/snippets/" + item.snippet->slug)},
             {"url", url},
             {"title", words.title},
             {"content_text", text_of(item)},
             {"content_html", "<p>" + wire::markup_html(words.how) + "</p><p><a href=\"" + wire::escape_html(url) + "\">" +
                                  wire::escape_html(item.product.name) + "</a></p>"},
             {"date_published", iso(std::max(item.snippet->published, item.snippet->starts))},
             {"language", shop.language},
             {"tags", wire::Json::array({item.product.name})},
             {"_barrow", wire::Json::object({{"about", "https://www.w3.org/TR/vc-di-eddsa/"},
                                             {"document", access::address(site, shop, snippets::document_path(*item.snippet))},
                                             {"digest", item.snippet->digest}})}});
        if (!item.product.image.empty()) one.set("image", access::address(site, shop, item.product.image));
        list.push_back(std::move(one));
    }
    return wire::write_json(wire::Json::object(
        {{"version", "https://jsonfeed.org/version/1.1"},
         {"title", shop.name},
         {"home_page_url", access::address(site, shop, "/")},
         {"feed_url", access::address(site, shop, "/feed.json")},
         {"description", shop.bio},
         {"language", shop.language},
         {"authors", wire::Json::array({wire::Json::object({{"name", shop.name}, {"url", access::address(site, shop, "/")}})})},
         {"items", std::move(list)}}));
}

std::string google_feed(const access::Site& site, const access::Shop& shop, std::span<const FeedItem> items) {
    std::string out =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:g=\"http://base.google.com/ns/1.0\">\n<channel>\n";
    out += element("title", shop.name) + element("link", access::address(site, shop, "/")) +
           element("description", shop.bio.empty() ? shop.name : shop.bio);
    for (const auto& item : items) {
        const auto& product = item.product;
        if (product.image.empty() || product.price.minor <= 0) continue;
        out += "<item>\n";
        out += element("g:id", product.slug) + element("g:title", first_characters(product.name, 150));
        out += element("g:description", first_characters(text_of(item), 5'000));
        out += element("g:link", access::address(site, shop, "/p/" + product.slug));
        out += element("g:image_link", access::address(site, shop, product.image));
        out += element("g:availability", item.can_hold ? "in_stock" : "out_of_stock");
        out += element("g:price", price_words(product.price)) + element("g:condition", "new");
        out += element("g:brand", first_characters(shop.name, 70)) + element("g:identifier_exists", "no");
        out += "</item>\n";
    }
    return out + "</channel>\n</rss>\n";
}

std::string products_jsonl(const access::Site& site, const access::Shop& shop, std::span<const FeedItem> items) {
    std::string out;
    for (const auto& item : items) {
        const auto& product = item.product;
        auto one = wire::Json::object({{"id", product.slug},
                                       {"title", product.name},
                                       {"description", text_of(item)},
                                       {"link", access::address(site, shop, "/p/" + product.slug)},
                                       {"price", price_words(product.price)},
                                       {"availability", item.can_hold ? "in_stock" : "out_of_stock"},
                                       {"condition", "new"},
                                       {"brand", shop.name},
                                       {"seller_name", shop.seller()},
                                       {"seller_url", access::address(site, shop, "/")}});
        if (!product.image.empty()) one.set("image_link", access::address(site, shop, product.image));
        if (const auto days = refund_days(product.page.refund)) one.set("return_window", *days);
        if (item.snippet) {
            one.set("explanation", access::address(site, shop, snippets::document_path(*item.snippet)));
            one.set("signed_price", access::address(site, shop, "/snippets/" + item.snippet->slug + ".quote.json"));
        }
        out += wire::write_json(one) + "\n";
    }
    return out;
}

}  // namespace barrow::storefront
