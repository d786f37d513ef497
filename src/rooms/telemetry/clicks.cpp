#include "rooms/telemetry/clicks.hpp"

#include <algorithm>
#include <charconv>

#include "floor/base/bytes.hpp"
#include "floor/sign/sign.hpp"
#include "rooms/telemetry/clicks.sql.hpp"
#include "rooms/telemetry/retention.hpp"

namespace barrow::telemetry {
namespace {

constexpr std::array<std::string_view, 18> reasons{"",        "head",     "prefetch", "preview", "crawler", "tool",
                                                   "own",     "repeated", "ended",    "early",   "full",    "locked",
                                                   "blocked", "warned",   "outside",  "check",   "removed", "flood"};
constexpr std::size_t columns = 10;
constexpr std::string_view other_origins = "(more)";  // origins beyond those that are kept apart

void put(std::string& out, std::string_view text) {
    out += text;
    out += '\t';
}

std::string line_of(const Click& click, std::int64_t n) {
    std::string line;
    put(line, std::to_string(click.link));
    put(line, name(click.why));
    put(line, click.experiment == 0 ? "" : std::to_string(click.experiment) + ":" + std::to_string(click.arm));
    put(line, name(click.device));
    put(line, name(click.os));
    put(line, name(click.app));
    put(line, click.country);
    put(line, click.referrer);
    put(line, click.source);
    return line + std::to_string(n) + "\n";
}

std::string seal_text(std::string_view shop, std::string_view chain, std::int64_t number, std::string_view hash) {
    return "click log " + std::string(shop) + " " + std::string(chain) + " " + std::to_string(number) + " " + std::string(hash);
}

std::int64_t hour_of_day(Instant at) { return at.us / hours(1).us % 24; }

}  // namespace

std::string block_hash(const HashedBlock& block) {
    std::string text;
    for (const std::string_view part : {block.previous, block.shop, block.chain}) text.append(part) += '\n';
    text += std::to_string(block.number) + "\n" + std::to_string(block.at.us) + "\n";
    text += block.lines;
    return base64url(sign::sha256(as_bytes(text)));
}

bool signed_by(const access::Tenant& shop, std::string_view text, std::int64_t key_number, std::string_view signature) {
    const auto bytes = read_base64url(signature);
    const auto key = std::ranges::find(shop.keys, key_number, &access::SigningKey::number);
    return bytes && key != shop.keys.end() && sign::verify(as_bytes(text), *bytes, key->keys.public_key);
}

std::string_view name(WhyNot why) { return reasons[static_cast<std::size_t>(why)]; }
std::optional<WhyNot> why_named(std::string_view name) {
    const auto found = std::ranges::find(reasons, name);
    return found == reasons.end() ? std::nullopt : std::optional(static_cast<WhyNot>(found - reasons.begin()));
}

// ---- gathering -------------------------------------------------------------------------------------------------------------

Click Clicks::Kept::view() const {
    return {.shop = shop,
            .link = link,
            .why = why,
            .experiment = experiment,
            .arm = arm,
            .device = device,
            .os = os,
            .app = app,
            .country = country,
            .referrer = referrer,
            .source = source};
}

std::size_t Clicks::Hash::operator()(const Click& click) const {
    std::size_t hash = std::hash<std::string_view>()(click.shop);
    const auto mix = [&](std::uint64_t value) { hash = (hash ^ value) * 0x9e3779b97f4a7c15U; };
    mix(static_cast<std::uint64_t>(click.link));
    mix(static_cast<std::uint64_t>(click.why) | static_cast<std::uint64_t>(click.device) << 8U |
        static_cast<std::uint64_t>(click.os) << 16U | static_cast<std::uint64_t>(click.app) << 24U |
        static_cast<std::uint64_t>(click.arm) << 32U);
    for (const auto text : {click.country, click.referrer, click.source}) {
        if (!text.empty()) mix(std::hash<std::string_view>()(text));
    }
    mix(static_cast<std::uint64_t>(click.experiment));
    return hash ^ hash >> 32U;
}

bool Clicks::Same::same(const Click& a, const Click& b) {
    return a.link == b.link && a.why == b.why && a.device == b.device && a.os == b.os && a.app == b.app && a.experiment == b.experiment &&
           a.arm == b.arm && a.shop == b.shop && a.country == b.country && a.referrer == b.referrer && a.source == b.source;
}

bool Clicks::Origins::known(const Click& click, std::string_view part, std::string_view value) {
    if (value.empty()) return true;
    const std::hash<std::string_view> hash;
    const auto link = (hash(click.shop) ^ static_cast<std::size_t>(click.link)) * 0x9e3779b97f4a7c15U ^ hash(part);
    const auto origin = link * 0x9e3779b97f4a7c15U ^ hash(value);
    if (origins_.contains(origin)) return true;
    if (origins_.size() >= origins_max || values_[link] >= values_max) return false;
    ++values_[link];
    origins_.insert(origin);
    return true;
}
void Clicks::Origins::clear() {
    origins_.clear();
    values_.clear();
}

void Clicks::note(const Click& click) {
    total_.fetch_add(1, std::memory_order_relaxed);
    add(click, 1);
}

void Clicks::add(const Click& click, std::int64_t n) {
    auto& stripe = stripes_[Hash()(click) % stripes_.size()];
    const Lock lock(stripe.mutex);
    if (const auto known = stripe.counts.find(click); known != stripe.counts.end()) {
        known->second += n;
        return;
    }
    auto kept = click;
    if (stripe.counts.size() >= kinds_max / stripes_.size()) kept.referrer = kept.source = kept.country = {};
    if (!stripe.origins.known(kept, "source", kept.source)) kept.source = other_origins;
    if (!stripe.origins.known(kept, "referrer", kept.referrer)) kept.referrer = other_origins;
    stripe.counts[Kept{.link = kept.link,
                       .why = kept.why,
                       .experiment = kept.experiment,
                       .arm = kept.arm,
                       .device = kept.device,
                       .os = kept.os,
                       .app = kept.app,
                       .shop = std::string(kept.shop),
                       .country = std::string(kept.country),
                       .referrer = std::string(kept.referrer),
                       .source = std::string(kept.source)}] += n;
}

// ---- the log ---------------------------------------------------------------------------------------------------------------

// One block for each shop that had clicks.
std::shared_ptr<const Clicks::Blocks> Clicks::take_blocks(Instant now) {
    std::vector<Map> taken;
    for (auto& stripe : stripes_) {
        const Lock lock(stripe.mutex);
        if (!stripe.counts.empty()) taken.push_back(std::exchange(stripe.counts, {}));
        if (stripe.day != now.day()) {
            stripe.day = now.day();
            stripe.origins.clear();
        }
    }
    if (taken.empty()) return nullptr;
    std::map<std::string_view, std::string> lines;  // by shop
    for (const auto& map : taken) {
        for (const auto& [kept, n] : map) lines[kept.shop] += line_of(kept.view(), n);
    }
    auto blocks = std::make_shared<Blocks>();
    blocks->chain = chain_ + "." + iso_day(now.day()).substr(0, 7);  // "token.2026-11"
    blocks->at = now;
    if (blocks->chain != chain_now_) heads_.clear();
    chain_now_ = blocks->chain;
    for (auto& [shop, text] : lines) {
        const auto& head = heads_[std::string(shop)];
        const auto number = head.number + 1;
        auto hash = block_hash({.previous = head.hash, .shop = shop, .chain = blocks->chain, .number = number, .at = now, .lines = text});
        blocks->list.push_back({.shop = std::string(shop), .number = number, .lines = std::move(text), .hash = std::move(hash)});
    }
    return blocks;
}

Later<Status> Clicks::flush(store::Database& db, Instant now) {
    return Later<Status>([this, &db, now](Later<Status>::Answer answer) {
        if (!unwritten_) unwritten_ = take_blocks(now);
        if (!unwritten_) return answer(Status());
        auto blocks = unwritten_;
        db.submit(
            {store::Database::Kind::write,
             [blocks](store::Tx& tx) -> Status {
                 for (const auto& block : blocks->list) {
                     TRY(tx.run(clicks::sql::add_block, {block.shop, blocks->chain, block.number, blocks->at, block.lines, block.hash}));
                     TRY(tx.run(clicks::sql::move_chain, {block.shop, blocks->chain, block.number, block.hash}));
                 }
                 return {};
             },
             [this, blocks, answer = std::move(answer)](Status status) {
                 if (status) {
                     for (const auto& block : blocks->list) heads_[block.shop] = {.number = block.number, .hash = block.hash};
                     unwritten_.reset();
                 }
                 answer(std::move(status));
             }});
    });
}

Result<std::vector<Line>> read_lines(std::string_view lines) {
    const auto broken = [] { return fail(Fault::storage, "a block of the click log is no list of clicks"); };
    std::vector<Line> out;
    while (!lines.empty()) {
        const auto end = lines.find('\n');
        if (end == lines.npos) return broken();
        auto rest = lines.substr(0, end);
        lines.remove_prefix(end + 1);
        std::array<std::string_view, columns> cells;
        for (std::size_t i = 0; i < columns; ++i) {
            const auto tab = rest.find('\t');
            if ((tab == rest.npos) != (i + 1 == columns)) return broken();
            cells[i] = rest.substr(0, tab);
            rest.remove_prefix(std::min(tab == rest.npos ? rest.size() : tab + 1, rest.size()));
        }
        bool good = true;
        const auto number = [&](std::string_view text) {
            std::int64_t value = 0;
            const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
            good = good && read.ec == std::errc() && read.ptr == text.data() + text.size();
            return value;
        };
        const auto why = why_named(cells[1]);
        const auto device = device_named(cells[3]);
        const auto os = os_named(cells[4]);
        const auto app = app_named(cells[5]);
        if (!why || !device || !os || !app) return broken();
        Line line{.click = {.link = number(cells[0]),
                            .why = *why,
                            .device = *device,
                            .os = *os,
                            .app = *app,
                            .country = cells[6],
                            .referrer = cells[7],
                            .source = cells[8]},
                  .n = number(cells[9])};
        if (!cells[2].empty()) {
            const auto colon = std::min(cells[2].find(':'), cells[2].size());
            line.click.experiment = number(cells[2].substr(0, colon));
            line.click.arm = number(cells[2].substr(std::min(colon + 1, cells[2].size())));
        }
        if (!good || line.n < 1) return broken();
        out.push_back(line);
    }
    return out;
}

// ---- totals ----------------------------------------------------------------------------------------------------------------

namespace {

// What one or more blocks add to the totals. The audit makes the same of the whole log.
struct Totals {
    struct Day {
        std::int64_t link, day;
        auto operator<=>(const Day&) const = default;
    };
    std::map<std::tuple<Day, std::string, std::string>, std::int64_t> touches;  // kind ("click", "bot"; of pages "view", "unseen") and arms
    std::map<std::tuple<Day, std::string, std::string>, std::int64_t> parts;    // part and value

    void add(const Line& line, Instant at) {
        const auto& click = line.click;
        const Day day{click.link, at.day()};
        const bool counted = click.why == WhyNot::no;
        const std::vector<Arm> arms =
            click.experiment == 0 ? std::vector<Arm>() : std::vector<Arm>{{.experiment = click.experiment, .arm = click.arm}};
        const bool page = is_page(click.link);
        touches[{day, counted ? (page ? "view" : "click") : (page ? "unseen" : "bot"), write_arms(arms)}] += line.n;
        const auto part = [&](std::string_view name, std::string_view value) {
            parts[{day, std::string(name), std::string(value)}] += line.n;
        };
        if (!counted) return part("why", name(click.why));
        part("app", name(click.app));
        part("device", name(click.device));
        part("os", name(click.os));
        part("country", click.country);
        part("referrer", click.referrer);
        part("source", click.source);
        const auto hour = hour_of_day(at);
        part("hour", (hour < 10 ? "0" : "") + std::to_string(hour));
    }
};

Result<std::int64_t> roll_chain(store::Tx& tx, const std::string& shop, const std::string& chain, std::int64_t rolled,
                                std::int64_t blocks_max, const Heard& heard) {
    Totals totals;
    RolledUp rolled_up{.shop = shop, .key = {}, .clicks = {}};
    auto last = rolled;
    const auto blocks = TRY(tx.run(clicks::sql::blocks_after, {shop, chain, rolled, blocks_max}));
    for (const auto block : blocks) {
        const auto at = block.instant("at_us");
        // By value: g++ 12 would end a Result's value before the loop over it.
        const auto lines = read_lines(block.text("lines"));
        if (!lines) return lines.error();
        for (const auto& line : *lines) {
            totals.add(line, at);
            if (line.click.why == WhyNot::no && !is_page(line.click.link)) rolled_up.clicks[line.click.link] += line.n;
        }
        last = block.integer("number");
    }
    if (last == rolled) return std::int64_t{0};
    std::vector<std::vector<store::Value>> sets;
    for (const auto& [key, n] : totals.touches) {
        const auto& [day, kind, arms] = key;
        sets.push_back({shop, day.day, kind, day.link, arms, n});
    }
    TRY(tx.run_many(clicks::sql::add_click_touches, sets));
    sets.clear();
    for (const auto& [key, n] : totals.parts) {
        const auto& [day, part, value] = key;
        sets.push_back({shop, day.link, day.day, part, value, n});
    }
    TRY(tx.run_many(clicks::sql::add_parts, sets));
    // The check and the change: where another node was faster, nothing of this is written.
    if (TRY(tx.run(clicks::sql::set_rolled, {shop, chain, rolled, last})).empty())
        return fail(Fault::conflict, "another node added up this chain of clicks");
    if (heard && !rolled_up.clicks.empty()) {
        rolled_up.key = chain + "." + std::to_string(last);
        TRY(heard(rolled_up));
    }
    return static_cast<std::int64_t>(blocks.size());
}

}  // namespace

Result<std::int64_t> roll_up(store::Tx& tx, std::int64_t blocks_max, const Heard& heard) {
    std::int64_t taken = 0;
    for (const auto chain : TRY(tx.run(clicks::sql::chains_to_roll))) {
        if (taken >= blocks_max) break;
        taken += TRY(roll_chain(tx, chain.text("shop_id"), chain.text("chain"), chain.integer("rolled"), blocks_max - taken, heard));
    }
    return taken;
}

Result<std::optional<ChainName>> seal_chains(store::Tx& tx, const access::Directory& directory, const ChainName& after, Instant now) {
    std::unordered_map<std::string, std::shared_ptr<const access::Tenant>> tenants;
    for (const auto& one : directory.all()) tenants.emplace(one->shop.id.text, one);
    const auto chains = TRY(tx.run(clicks::sql::chains_to_seal, {after.shop, after.chain, chains_sealed_max}));
    ChainName last;
    for (std::size_t i = 0; i < chains.size(); ++i) {
        const auto chain = chains[i];
        const auto shop = chain.text("shop_id");
        last = {.shop = shop, .chain = chain.text("chain")};
        const auto tenant = tenants.find(shop);
        if (tenant == tenants.end()) continue;
        const auto& key = tenant->second->signing_key();
        const auto text = seal_text(shop, chain.text("chain"), chain.integer("last"), chain.text("hash"));
        const auto signature = sign::sign(as_bytes(text), key.keys);
        TRY(tx.run(clicks::sql::add_seal,
                   {shop, chain.text("chain"), chain.integer("last"), now, chain.text("hash"), key.number, base64url(signature)}));
        TRY(tx.run(clicks::sql::set_sealed, {shop, chain.text("chain"), chain.integer("last")}));
    }
    if (static_cast<std::int64_t>(chains.size()) < chains_sealed_max) return std::optional<ChainName>();
    return std::optional(std::move(last));
}

// ---- the audit -------------------------------------------------------------------------------------------------------------

namespace {

class Auditor {
public:
    Auditor(store::Tx& tx, const access::Tenant& shop, const std::function<void(std::int64_t, std::int64_t)>& progress)
        : tx_(tx), shop_(shop), progress_(progress) {}

    Result<Audit> run() {
        const auto& id = shop_.shop.id;
        const auto chains = TRY(tx_.run(clicks::sql::chains_of, {id}));
        for (const auto chain : chains) of_ += chain.integer("last") - chain.integer("gone");
        TRY(read_gone());
        for (const auto chain : chains) TRY(walk(chain));
        audit_.chains = static_cast<std::int64_t>(chains.size());
        TRY(compare_touches());
        TRY(compare_parts());
        compare_gone();
        return std::move(audit_);
    }

private:
    void wrong(std::string what) {
        constexpr std::size_t named_max = 100;
        if (audit_.wrong.size() < named_max) audit_.wrong.push_back({std::move(what)});
    }

    Status walk(const store::Row& row) {
        const auto& id = shop_.shop.id;
        const auto chain = row.text("chain");
        const auto rolled = row.integer("rolled");
        std::map<std::int64_t, std::string> sealed;
        for (const auto seal : TRY(tx_.run(clicks::sql::seals_of, {id, chain}))) {
            examine_seal(seal, chain);
            sealed[seal.integer("number")] = seal.text("hash");
        }
        std::string previous;
        auto number = row.integer("gone");
        if (number > 0) {
            const auto gone = TRY(find_let_go(tx_, shop_, chain));
            if (gone && gone->good && gone->number == number)
                previous = gone->hash;
            else
                wrong("chain " + chain + " begins behind block " + std::to_string(number) + ", and the shop's key did not let that go");
        }
        for (bool more = true; more;) {
            constexpr std::int64_t page = 100;
            const auto blocks = TRY(tx_.run(clicks::sql::blocks_after, {id, chain, number, page}));
            for (const auto block : blocks) {
                const auto expected = ++number;
                number = block.integer("number");
                const auto named = "block " + std::to_string(number) + " of chain " + chain;
                if (number != expected)
                    wrong("blocks " + std::to_string(expected) + " to " + std::to_string(number - 1) + " of chain " + chain +
                          " are missing");
                const auto at = block.instant("at_us");
                const auto& lines = block.text("lines");
                const auto hash =
                    block_hash({.previous = previous, .shop = id.text, .chain = chain, .number = number, .at = at, .lines = lines});
                if (hash != block.text("hash")) wrong(named + " is not what was written: its hash does not fit");
                if (const auto seal = sealed.find(number); seal != sealed.end()) {
                    if (seal->second != block.text("hash")) wrong(named + " is not what was sealed");
                    sealed.erase(seal);
                }
                previous = block.text("hash");
                const auto read = read_lines(lines);
                if (!read) {
                    wrong(named + " holds no list of clicks");
                    continue;
                }
                for (const auto& line : *read) {
                    count(line);
                    if (number > rolled) continue;
                    if (at.day() >= audit_.gone.before_day)
                        totals_.add(line, at);
                    else
                        (line.click.why == WhyNot::no ? old_clicks_ : old_others_) += line.n;
                }
                ++audit_.blocks;
                if (progress_ && audit_.blocks % 64 == 0) progress_(audit_.blocks, of_);
            }
            more = blocks.size() == page;
        }
        if (number != row.integer("last") || previous != row.text("hash"))
            wrong("chain " + chain + " ends at block " + std::to_string(number) + ", and its head says " +
                  std::to_string(row.integer("last")));
        for (const auto& [at, hash] : sealed) wrong("block " + std::to_string(at) + " of chain " + chain + " was sealed and is missing");
        return {};
    }

    void examine_seal(const store::Row& seal, const std::string& chain) {
        ++audit_.seals;
        const auto text = seal_text(shop_.shop.id.text, chain, seal.integer("number"), seal.text("hash"));
        if (!signed_by(shop_, text, seal.integer("key_number"), seal.text("signature")))
            wrong("the seal of block " + std::to_string(seal.integer("number")) + " of chain " + chain + " is not this shop's");
    }

    void count(const Line& line) {
        if (is_page(line.click.link)) {
            (line.click.why == WhyNot::no ? audit_.views : audit_.views_not_counted) += line.n;
        } else if (line.click.why == WhyNot::no) {
            audit_.clicks += line.n;
        } else {
            audit_.not_counted += line.n;
            audit_.reasons[std::string(name(line.click.why))] += line.n;
        }
    }

    Status read_gone() {
        const auto gone = TRY(find_let_go(tx_, shop_, ""));
        if (!gone) return {};
        audit_.gone = {.before_day = gone->before_day, .blocks = gone->number, .clicks = gone->clicks, .others = gone->others};
        if (!gone->good) wrong("what was let go before " + iso_day(gone->before_day) + " is not signed by this shop's key");
        return {};
    }
    // Of the days that were let go: their totals are what their blocks held, in sum.
    void compare_gone() {
        const auto& gone = audit_.gone;
        if (total_clicks_ != gone.clicks + old_clicks_ || total_others_ != gone.others + old_others_)
            wrong("before " + iso_day(gone.before_day) + " the totals are " + std::to_string(total_clicks_) + " clicks and views and " +
                  std::to_string(total_others_) + " that were none, and the log held " + std::to_string(gone.clicks + old_clicks_) +
                  " and " + std::to_string(gone.others + old_others_));
    }

    // A total without lines, lines without a total, or two that differ.
    Status compare_touches() {
        for (const auto row : TRY(tx_.run(clicks::sql::click_touches, {shop_.shop.id}))) {
            const Totals::Day day{row.integer("link"), row.integer("day")};
            if (day.day < audit_.gone.before_day)
                (row.text("kind") == "click" || row.text("kind") == "view" ? total_clicks_ : total_others_) += row.integer("n");
            else
                compare(totals_.touches, {day, row.text("kind"), row.text("arms")}, row.integer("n"));
        }
        return left_over(totals_.touches);
    }
    Status compare_parts() {
        for (const auto row : TRY(tx_.run(clicks::sql::all_parts, {shop_.shop.id}))) {
            const Totals::Day day{row.integer("link"), row.integer("day")};
            if (day.day < audit_.gone.before_day) continue;  // on their way
            compare(totals_.parts, {day, row.text("part"), row.text("value")}, row.integer("n"));
        }
        return left_over(totals_.parts);
    }

    using Map = std::map<std::tuple<Totals::Day, std::string, std::string>, std::int64_t>;
    static std::string words(const Map::key_type& key) {
        const auto& [day, what, value] = key;
        const auto whose = !is_page(day.link)        ? " of link " + std::to_string(day.link)
                           : day.link == bio_subject ? std::string(" of the bio page")
                                                     : " of page " + std::to_string(bio_subject - day.link);
        return what + (value.empty() ? "" : " " + value) + whose + " on " + iso_day(day.day);
    }
    void compare(Map& logged, const Map::key_type& key, std::int64_t total) {
        const auto found = logged.find(key);
        const auto lines = found == logged.end() ? 0 : found->second;
        if (lines != total) wrong(words(key) + ": the total is " + std::to_string(total) + ", the log holds " + std::to_string(lines));
        if (found != logged.end()) logged.erase(found);
    }
    Status left_over(const Map& logged) {
        for (const auto& [key, n] : logged) wrong(words(key) + ": the log holds " + std::to_string(n) + ", there is no total");
        return {};
    }

    store::Tx& tx_;
    const access::Tenant& shop_;
    const std::function<void(std::int64_t, std::int64_t)>& progress_;
    std::int64_t of_ = 0;
    Audit audit_;
    Totals totals_;
    std::int64_t old_clicks_ = 0, old_others_ = 0, total_clicks_ = 0, total_others_ = 0;  // of days that are let go
};

}  // namespace

Result<Audit> audit(store::Tx& tx, const access::Tenant& shop, const std::function<void(std::int64_t, std::int64_t)>& progress) {
    return Auditor(tx, shop, progress).run();
}

Result<std::map<std::int64_t, Views>> views_of(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t today) {
    std::map<std::int64_t, Views> views;
    for (const auto row : TRY(tx.run(clicks::sql::views, {shop, today - 6, today - 29})))
        views[row.integer("link")] = {.week = row.integer("week"), .month = row.integer("month"), .not_counted = row.integer("unseen")};
    return views;
}

Result<std::map<std::int64_t, Taps>> taps_from(store::Tx& tx, const Id<access::Shop>& shop, std::string_view source, std::int64_t today) {
    std::map<std::int64_t, Taps> taps;
    for (const auto row : TRY(tx.run(clicks::sql::taps_from, {shop, today - 6, today - 29, source})))
        taps[row.integer("link")] = {.week = row.integer("week"), .month = row.integer("month")};
    return taps;
}

Result<std::vector<Part>> parts_of(store::Tx& tx, const Id<access::Shop>& shop, std::int64_t link, std::int64_t since_day) {
    constexpr int values_max = 20;
    std::vector<Part> parts;
    int values = 0;
    for (const auto row : TRY(tx.run(clicks::sql::parts_of_link, {shop, link, since_day}))) {
        Part part{.part = row.text("part"), .value = row.text("value"), .n = row.integer("n")};
        values = parts.empty() || parts.back().part != part.part ? 1 : values + 1;
        if (values <= values_max || part.part == "hour") parts.push_back(std::move(part));
    }
    return parts;
}

}  // namespace barrow::telemetry
