#include "rooms/telemetry/units.hpp"

#include <algorithm>

#include "floor/base/bytes.hpp"
#include "floor/sign/sign.hpp"
#include "rooms/telemetry/telemetry.sql.hpp"

namespace barrow::telemetry {

Status DaySalt::renew(store::Tx& tx, Instant now, Random& random) {
    TRY(tx.run(sql::forget_salts, {now.day()}));
    TRY(tx.run(sql::add_salt, {now.day(), random.token(32)}));
    const auto rows = TRY(tx.run(sql::find_salt, {now.day()}));
    const auto bytes = TRY(read_base64url(rows[0].text("salt")));
    check(bytes.size() == 32);
    const Lock lock(mutex_);
    day_ = now.day();
    std::ranges::copy(bytes, salt_.begin());
    return {};
}

std::int64_t DaySalt::day() const {
    const Lock lock(mutex_);
    return day_;
}

std::string DaySalt::unit(const Id<access::Shop>& shop, std::string_view ip, std::string_view agent) const {
    std::string message = shop.text;
    message += '\0';
    message += ip;
    message += '\0';
    message += agent;
    const Lock lock(mutex_);
    const auto digest = sign::hmac_sha256(salt_, as_bytes(message));
    return base64url(std::span(digest).first(16));
}

}  // namespace barrow::telemetry
