#include "app/certificates.hpp"

#include <algorithm>
#include <set>

#include "rooms/access/domains.hpp"

namespace barrow::app {
namespace {

// Longer than an authority is waited for. A node that dies meanwhile leaves the name to the others after it.
constexpr Duration lease = minutes(15);
constexpr std::size_t names_max = 10'000;  // of one installation; each costs 10 kB of memory and a minute in ninety days

// Names that no public authority may vouch for (RFC 6761, RFC 6762, RFC 8375).
bool is_of_this_network(std::string_view name) {
    return std::ranges::any_of(std::initializer_list<std::string_view>{".local", ".localhost", ".internal", ".home.arpa", ".lan"},
                               [&](std::string_view end) { return name.ends_with(end); });
}

struct Picture {
    std::vector<std::string> wanted;
    std::map<std::string, access::CertificateState, std::less<>> states;
};

Result<Picture> look(store::Tx& tx, const std::vector<std::string>& domains) {
    Picture picture;
    std::set<std::string, std::less<>> seen;
    const auto want = [&](const std::string& name) {
        if (access::read_domain(name) && !is_of_this_network(name) && picture.wanted.size() < names_max && seen.insert(name).second)
            picture.wanted.push_back(name);
    };
    for (const auto& name : domains) want(name);
    for (const auto& name : TRY(access::all_hosts(tx))) want(name);
    for (const auto& domain : TRY(access::all_domains(tx))) want(domain.name);
    for (auto& state : TRY(access::certificate_states(tx))) picture.states.emplace(state.name, std::move(state));
    return picture;
}

}  // namespace

bool is_due(const access::CertificateState* state, std::string_view directory, Instant now) {
    return state == nullptr || state->directory != directory || (state->next_try && *state->next_try <= now);
}

Task<Status> CertificateKeeper::pass() {
    auto picture = co_await world_.db.read([&](store::Tx& tx) { return look(tx, domains_); });
    if (!picture) co_return picture.error();
    auto served = co_await serve_new(picture->wanted);
    if (!served) co_return served.error();
    for (const auto& name : picture->wanted) {
        const auto found = picture->states.find(name);
        if (!is_due(found == picture->states.end() ? nullptr : &found->second, authority_.directory, world_.clock.now())) continue;
        auto asked = co_await ask(name);
        if (!asked) co_return asked.error();
        served = co_await serve_new(picture->wanted);
        if (!served) co_return served.error();
        if (!world_.pause(Duration{})) break;
    }
    // What nobody wants any more is forgotten when it has ended.
    for (const auto& [name, state] : picture->states) {
        if (state.not_after > world_.clock.now() || std::ranges::find(picture->wanted, name) != picture->wanted.end()) continue;
        auto forgotten = co_await world_.db.write([&](store::Tx& tx) { return access::forget_certificate(tx, name); });
        if (!forgotten) co_return forgotten.error();
    }
    co_return Status();
}

// Reads the certificates that are newer than those served, and hands all to the listener when there are any.
Task<Status> CertificateKeeper::serve_new(const std::vector<std::string>& wanted) {
    auto fresh = co_await world_.db.read([&](store::Tx& tx) -> Result<Served> {
        Served found;
        for (const auto& state : TRY(access::certificate_states(tx))) {
            if (!state.is_there() || std::ranges::find(wanted, state.name) == wanted.end()) continue;
            const auto there = served_.find(state.name);
            if (there != served_.end() && there->second.first == state.not_after) {
                found.insert(*there);
            } else if (const auto certificate = TRY(access::find_certificate(tx, state.name, world_.secrets))) {
                found[state.name] = {state.not_after, {{state.name}, certificate->chain_pem, certificate->key_pem}};
            }
        }
        return found;
    });
    if (!fresh) co_return fresh.error();
    const bool same = std::ranges::equal(
        *fresh, served_, [](const auto& a, const auto& b) { return a.first == b.first && a.second.first == b.second.first; });
    if (same) co_return Status();
    served_ = std::move(*fresh);
    std::vector<http::ServedCertificate> all;
    for (const auto& name : wanted) {
        if (const auto found = served_.find(name); found != served_.end()) all.push_back(found->second.second);
    }
    co_return world_.serve(all);
}

Task<Status> CertificateKeeper::ask(std::string name) {
    const auto now = world_.clock.now();
    auto failed = co_await world_.db.write(
        [&](store::Tx& tx) { return access::claim_certificate(tx, name, authority_.directory, now, now + lease); });
    if (!failed) co_return failed.error();
    if (!*failed) co_return Status();  // another node asks
    auto outcome = co_await obtain(name);
    const auto then = world_.clock.now();
    if (outcome.certificate) {
        const auto& got = *outcome.certificate;
        world_.log.info("certificate_obtained", {{"name", name}, {"serial", got.serial}, {"ends", iso(got.not_after)}});
        const access::Certificate certificate{got.chain_pem, got.key_pem};
        co_return co_await world_.db.write([&](store::Tx& tx) {
            return access::keep_certificate(tx, name, certificate, got.not_before, got.not_after, world_.secrets, world_.random);
        });
    }
    const auto& error = outcome.certificate.error();
    if (error.fault == Fault::busy)  // we stop: whoever starts next goes on
        co_return co_await world_.db.write([&](store::Tx& tx) { return access::ask_for_certificate_again(tx, name, then); });
    auto wait = access::wait_after_failures(**failed + 1);
    if (wait && outcome.retry_after) wait = std::max(*wait, *outcome.retry_after);
    const auto next = wait ? std::optional(then + *wait) : std::nullopt;
    world_.log.warning("certificate_failed", {{"name", name}, {"text", error.text}, {"next_try", next ? iso(*next) : "never"}});
    co_return co_await world_.db.write([&](store::Tx& tx) { return access::note_certificate_failed(tx, name, error.text, next); });
}

Task<acme::Outcome> CertificateKeeper::obtain(const std::string& name) {
    const auto new_key = sign::Es256Key::make(world_.random).pem();
    auto kept = co_await world_.db.write([&](store::Tx& tx) {
        return access::acme_account(tx, authority_.directory, new_key, world_.secrets, world_.clock.now(), world_.random);
    });
    if (!kept) co_return acme::Outcome{kept.error(), {}};
    auto key = sign::Es256Key::read(kept->key_pem);
    if (!key) co_return acme::Outcome{key.error(), {}};
    acme::World world{
        .fetcher = world_.fetcher,
        .clock = world_.clock,
        .random = world_.random,
        .show = [this](std::string token, std::string answer) -> Task<Status> {
            co_return co_await world_.db.write(
                [&](store::Tx& tx) { return access::put_acme_challenge(tx, token, answer, world_.clock.now()); });
        },
        .registered = [this](std::string url) -> Task<Status> {
            co_return co_await world_.db.write([&](store::Tx& tx) { return access::set_acme_account_url(tx, authority_.directory, url); });
        },
        .pause = world_.pause};
    acme::Account account{*key, kept->url};
    auto authority = authority_;
    co_return co_await acme::obtain(world, std::move(authority), std::move(account), name);
}

}  // namespace barrow::app
