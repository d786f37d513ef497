#include "rooms/access/quotas.hpp"

#include <algorithm>

#include "floor/base/money.hpp"
#include "rooms/access/shop_quotas.sql.hpp"

namespace barrow::access {

Result<std::vector<Quota>> quotas(store::Tx& tx, const Id<Shop>& shop) {
    std::vector<Quota> list;
    for (const auto row : TRY(tx.run(shop_quotas::sql::quotas_of, {shop})))
        list.push_back({.what = row.text("what"), .most = row.integer("most")});
    return list;
}

Result<std::optional<std::int64_t>> quota_of(store::Tx& tx, const Id<Shop>& shop, std::string_view what) {
    const auto rows = TRY(tx.run(shop_quotas::sql::find, {shop, what}));
    return rows.empty() ? std::nullopt : std::optional(rows[0].integer("most"));
}

Status set_quota(store::Tx& tx, const Id<Shop>& shop, std::string_view what, std::optional<std::int64_t> most) {
    if (std::ranges::find(quota_kinds, what) == quota_kinds.end())
        return fail(Fault::bad_input, "there is no quota \"" + std::string(what.substr(0, 40)) +
                                          "\"; there are links, pages, products, "
                                          "mails, files and megabytes");
    if (most && (*most < 0 || *most > amount_minor_max)) return fail(Fault::bad_input, "a quota is a whole number from 0");
    if (most)
        TRY(tx.run(shop_quotas::sql::set, {shop, what, *most}));
    else
        TRY(tx.run(shop_quotas::sql::take_off, {shop, what}));
    return {};
}

Status within_quota(store::Tx& tx, const Id<Shop>& shop, std::string_view what, std::int64_t number) {
    const auto most = TRY(quota_of(tx, shop, what));
    if (!most || number <= *most) return {};
    return fail(Fault::conflict, "this shop may make " + std::to_string(*most) + " " + std::string(what) +
                                     " and has; who runs this installation can raise that");
}

Status use_mail(store::Tx& tx, const Id<Shop>& shop, Instant now) {
    const auto most = TRY(quota_of(tx, shop, "mails")).value_or(amount_minor_max);
    if (most > 0 && !TRY(tx.run(shop_quotas::sql::use_one, {shop, "mails", now.day(), most})).empty()) return {};
    return fail(Fault::rate_limited, "No more mails go out from here today. Come back tomorrow, and ask again.");
}

Result<std::int64_t> mails_today(store::Tx& tx, const Id<Shop>& shop, Instant now) {
    const auto rows = TRY(tx.run(shop_quotas::sql::used, {shop, "mails", now.day()}));
    return rows.empty() ? 0 : rows[0].integer("n");
}

}  // namespace barrow::access
