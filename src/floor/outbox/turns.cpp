#include "floor/outbox/turns.hpp"

#include <algorithm>
#include <utility>

#include "floor/base/result.hpp"

namespace barrow::outbox {

std::vector<Receiver> Turns::begin(std::vector<Receiver> waiting) {
    // Who waits no more is as new when it comes again: the maps hold no more than what waits and what is under way.
    std::set<std::pair<std::string, std::string>> names;
    for (const auto& one : waiting) names.emplace(one.shop_id, one.name);
    for (auto& [id, shop] : shops_)
        std::erase_if(shop.lasts, [&](const auto& one) { return !names.contains({id, one.first}) && !shop.now.contains(one.first); });
    std::erase_if(shops_, [](const auto& one) { return one.second.lasts.empty(); });
    for (const auto& one : waiting) shops_[one.shop_id].lasts.try_emplace(one.name, 0);

    std::ranges::stable_sort(waiting, {}, [&](const Receiver& one) { return std::pair(shops_[one.shop_id].lasts[one.name], one.due); });
    std::vector<std::pair<std::int64_t, std::string>> order;
    order.reserve(shops_.size());
    for (const auto& [id, shop] : shops_) order.emplace_back(shop.last, id);
    std::ranges::sort(order);

    std::vector<Receiver> begun;
    for (int round = 0; round < turns_of_shop_max; ++round) {
        for (const auto& [last, id] : order) {
            auto& shop = shops_[id];
            if (shop.under_way > round) continue;
            const auto next = std::ranges::find_if(waiting, [&](const Receiver& one) { return one.shop_id == id && may_begin(shop, one); });
            if (next == waiting.end()) continue;
            ++under_way_;
            ++shop.under_way;
            failing_ += next->failing ? 1 : 0;
            shop.failing += next->failing ? 1 : 0;
            shop.last = shop.lasts[next->name] = ++turn_;
            shop.now.insert(next->name);
            begun.push_back(*next);
        }
    }
    return begun;
}

void Turns::end(const Receiver& receiver) {
    auto& shop = shops_[receiver.shop_id];
    check(shop.now.erase(receiver.name) == 1);
    --under_way_;
    --shop.under_way;
    failing_ -= receiver.failing ? 1 : 0;
    shop.failing -= receiver.failing ? 1 : 0;
}

bool Turns::may_begin(const Shop& shop, const Receiver& receiver) const {
    if (shop.now.contains(receiver.name)) return false;
    if (under_way_ >= (shop.under_way == 0 ? turns_max : turns_max - first_turns_kept) || shop.under_way >= turns_of_shop_max) return false;
    return !receiver.failing || (failing_ < failing_turns_max && shop.failing < failing_turns_of_shop_max);
}

}  // namespace barrow::outbox
