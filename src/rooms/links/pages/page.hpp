// Page: the bio page and the micro-landing pages of a shop, each with a draft and what is published of it.
#pragma once

#include "rooms/links/host_check.hpp"
#include "rooms/links/link.hpp"
#include "rooms/links/pages/block.hpp"

namespace barrow::pages {

using access::Shop;
using links::Change;

inline constexpr std::size_t pages_max = 50, slug_max = 60;
// The bio page's slug is "", since it answers at `/`; in addresses of the studio and the API it is called this.
inline constexpr std::string_view bio_name = "bio";
inline constexpr Duration removed_kept = days(30);

struct Page {
    std::string slug;         // "lamp": lower case, at `/lamp`; "" for the bio page
    std::int64_t number = 0;  // 0: the bio page of a shop that never changed it
    Content draft;
    std::optional<Content> published;  // what visitors see; first_bio(), or nothing on another page, until it is published
    std::optional<Instant> published_at;
    Instant created, changed;

    [[nodiscard]] bool is_bio() const { return slug.empty(); }
    [[nodiscard]] bool differs() const { return !published || draft != *published; }
};

// What a bio page is until the creator makes it their own: the live moment, all snippets, all links that are set to show there.
Content first_bio();

// By slug, case ignored; "" and bio_name are the bio page, which is always there. Refuses not_found.
Result<Page> find(store::Tx& tx, const Id<Shop>& shop, std::string_view slug);
// The bio page first, then by slug; at most pages_max and the bio page.
Result<std::vector<Page>> all(store::Tx& tx, const Id<Shop>& shop);

// A micro-landing page that nobody sees yet. The slug is made lower case; "" makes it from the title. Refuses a slug that is none, is an
// address of the shop's own or has no letter or digit (bad_input), one that a link or a page has (conflict), and more than pages_max
// (too_large); beyond it what save refuses.
Result<Page> add(store::Tx& tx, const Id<Shop>& shop, std::string_view slug, Content draft, Instant now, Random& random,
                 const links::DenyList* deny = nullptr);
// The draft from now on, and the slug `to` where one is given. What it was is kept for undo. A bio page that is changed for the first time
// gets its row. Links that the blocks name are settled. Refuses links and addresses that are none (bad_input, at their field), and a
// page other than the bio without a title. A change that changes nothing is not written down.
Result<Page> save(store::Tx& tx, const Id<Shop>& shop, std::string_view slug, Content draft, const Change& why, Random& random,
                  std::optional<std::string_view> to = {}, const links::DenyList* deny = nullptr);
// Visitors see the draft.
Result<Page> publish(store::Tx& tx, const Id<Shop>& shop, std::string_view slug, const Change& why, Random& random);
// Not the bio page. Its address is free from now on; restore brings it back while nobody took it (conflict), for removed_kept.
Status remove(store::Tx& tx, const Id<Shop>& shop, std::string_view slug, Instant now);
Status restore(store::Tx& tx, const Id<Shop>& shop, std::string_view slug);
// Of one shop: what was removed longer than removed_kept ago.
Status forget_removed(store::Tx& tx, const Id<Shop>& shop, Instant now);

enum class PastKind : std::uint8_t { draft, published };
struct Past {
    std::int64_t number = 0;
    Instant at;
    std::string who, what;
    Content content;
};
// Newest first, the last twenty of either kind: drafts as they were before a change, publications as they were shown.
Result<std::vector<Past>> history(store::Tx& tx, const Id<Shop>& shop, const Page& page, PastKind kind);
// The draft is again what it was then: a change of its own, so an undo can be undone. Refuses not_found.
Result<Page> put_back(store::Tx& tx, const Id<Shop>& shop, std::string_view slug, std::int64_t past, const Change& why, Random& random);

// Fields that hold a link keep the link's number, "#7", so that a link may change its slug. settle() makes numbers of what was typed: the
// slug of a link, "/s/SLUG", or an address, for which a link is made (in the folder `folder`, titled as the block is labelled) unless a
// block of `before` has one that leads there. What `before` has not, and leads to a host of `deny`, is refused at its field, as a link of
// its own is. A link that was removed since it was put there stays and shows nothing. named() turns numbers into slugs again; a link that
// is gone becomes "".
inline constexpr std::string_view folder = "Pages";
Status settle(store::Tx& tx, const Id<Shop>& shop, Content& content, const Content& before, Instant now, Random& random,
              const links::DenyList* deny = nullptr);
Result<Content> named(store::Tx& tx, const Id<Shop>& shop, Content content);
// The link of a field; none where it was never one or is gone.
Result<std::optional<links::Link>> link_of(store::Tx& tx, const Id<Shop>& shop, std::string_view value);

}  // namespace barrow::pages
