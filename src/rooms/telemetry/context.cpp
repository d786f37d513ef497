#include "rooms/telemetry/context.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "floor/base/bytes.hpp"
#include "floor/sign/sign.hpp"

namespace barrow::telemetry {
namespace {

constexpr std::uint8_t version = 1, key_id = 1;
constexpr std::size_t mac_size = 8, arms_max = 2;

void put(Bytes& out, std::int64_t number) {
    check(number >= 0);
    auto rest = static_cast<std::uint64_t>(number);
    while (rest >= 0x80) {
        out.push_back(static_cast<std::uint8_t>(rest | 0x80));
        rest >>= 7;
    }
    out.push_back(static_cast<std::uint8_t>(rest));
}

class Reader {
public:
    explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
    std::int64_t number() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            const auto next = byte();
            value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
            if (next < 0x80) return static_cast<std::int64_t>(value);
        }
        good_ = false;
        return 0;
    }
    std::uint8_t byte() {
        if (at_ == bytes_.size()) {
            good_ = false;
            return 0;
        }
        return bytes_[at_++];
    }
    [[nodiscard]] bool good_at_end() const { return good_ && at_ == bytes_.size(); }

private:
    std::span<const std::uint8_t> bytes_;
    std::size_t at_ = 0;
    bool good_ = true;
};

std::array<std::uint8_t, mac_size> mac(std::span<const std::uint8_t> payload, const Id<access::Shop>& shop,
                                       std::span<const std::uint8_t, 32> key) {
    Bytes message(payload.begin(), payload.end());
    message.insert(message.end(), shop.text.begin(), shop.text.end());
    const auto digest = sign::hmac_sha256(key, message);
    std::array<std::uint8_t, mac_size> out;
    std::copy_n(digest.begin(), mac_size, out.begin());
    return out;
}

Error broken() { return fail(Fault::bad_input, "the context of this address is damaged or too old; it is not counted"); }

}  // namespace

std::string_view name(Surface surface) {
    switch (surface) {
        case Surface::none:
            return "none";
        case Surface::bio:
            return "bio";
        case Surface::product:
            return "product";
        case Surface::overlay:
            return "overlay";
        case Surface::live:
            return "live";
        case Surface::embed:
            return "embed";
        case Surface::card:
            return "card";
        case Surface::feed:
            return "feed";
        case Surface::link:
            return "link";
        case Surface::mail:
            return "mail";
    }
    return "none";
}

std::string write_context(const Context& context, const Id<access::Shop>& shop, std::span<const std::uint8_t, 32> key) {
    check(context.arms.size() <= arms_max && context.day >= 0 && context.day <= 0xffff);
    Bytes bytes{version, key_id};
    put(bytes, context.link);
    bytes.push_back(static_cast<std::uint8_t>(context.surface));
    put(bytes, context.snippet);
    put(bytes, context.snippet_version);
    bytes.push_back(static_cast<std::uint8_t>(context.arms.size()));
    for (const auto& arm : context.arms) {
        put(bytes, arm.experiment);
        put(bytes, arm.arm);
    }
    put(bytes, context.live_session);
    bytes.push_back(static_cast<std::uint8_t>(context.day >> 8));
    bytes.push_back(static_cast<std::uint8_t>(context.day));
    const auto seal = mac(bytes, shop, key);
    bytes.insert(bytes.end(), seal.begin(), seal.end());
    return base64url(bytes);
}

Result<Context> read_context(std::string_view token, const Id<access::Shop>& shop, std::span<const std::uint8_t, 32> key, Instant now) {
    if (token.size() > context_length_max) return broken();
    const auto bytes = read_base64url(token);
    if (!bytes || bytes->size() <= mac_size) return broken();
    const auto payload = std::span(*bytes).first(bytes->size() - mac_size);
    if (!sign::equal(mac(payload, shop, key), std::span(*bytes).last(mac_size))) return broken();
    Reader read(payload);
    if (read.byte() != version || read.byte() != key_id) return broken();
    Context context;
    context.link = read.number();
    const auto surface = read.byte();
    if (surface > static_cast<std::uint8_t>(Surface::mail)) return broken();
    context.surface = static_cast<Surface>(surface);
    context.snippet = read.number();
    context.snippet_version = read.number();
    const auto arm_count = read.byte();
    if (arm_count > arms_max) return broken();
    for (int i = 0; i < arm_count; ++i) {
        const auto experiment = read.number();
        context.arms.push_back({.experiment = experiment, .arm = read.number()});
    }
    context.live_session = read.number();
    context.day = read.byte() << 8;
    context.day |= read.byte();
    if (!read.good_at_end() || context.day + context_days_max < now.day()) return broken();
    return context;
}

Context context_or_none(std::string_view token, const Id<access::Shop>& shop, std::span<const std::uint8_t, 32> key, Instant now) {
    if (token.empty()) return {};
    auto read = read_context(token, shop, key, now);
    return read ? read.release() : Context();
}

std::string write_arms(const std::vector<Arm>& arms) {
    std::string text;
    for (const auto& arm : arms) {
        if (!text.empty()) text += ',';
        text += std::to_string(arm.experiment) + ":" + std::to_string(arm.arm);
    }
    return text;
}

std::vector<Arm> read_arms(std::string_view text) {
    std::vector<Arm> arms;
    const auto* at = text.data();
    const auto* const end = at + text.size();
    while (at < end) {
        Arm arm;
        at = std::from_chars(at, end, arm.experiment).ptr;
        check(at < end && *at == ':');
        at = std::from_chars(at + 1, end, arm.arm).ptr;
        arms.push_back(arm);
        if (at < end) {
            check(*at == ',');
            ++at;
        }
    }
    return arms;
}

}  // namespace barrow::telemetry
