#include "rooms/access/certificates.hpp"

#include <array>

#include "floor/sign/sign.hpp"
#include "rooms/access/certificates.sql.hpp"

namespace barrow::access {
namespace {

constexpr std::array waits = {minutes(5), minutes(30), hours(2), hours(6), hours(24)};
constexpr std::int64_t tries_max = 40;         // five in the first day, then one a day
constexpr Duration challenge_life = hours(1);  // an authority asks within seconds

std::string seal(const std::string& pem, const Secrets& secrets, Random& random) {
    return sign::seal(as_bytes(pem), secrets.operator_key(), random);
}
Result<std::string> unseal(const std::string& sealed, const Secrets& secrets) {
    return as_text(TRY(sign::open_sealed(sealed, secrets.operator_key())));
}

}  // namespace

Instant renewal_of(Instant not_before, Instant not_after) { return not_before + Duration{(not_after - not_before).us / 3 * 2}; }

std::optional<Duration> wait_after_failures(std::int64_t failed_count) {
    if (failed_count >= tries_max) return std::nullopt;
    return waits[static_cast<std::size_t>(std::min<std::int64_t>(std::max<std::int64_t>(failed_count, 1), waits.size()) - 1)];
}

std::string certificate_standing(const CertificateState* state, Instant now, const Zone& zone) {
    if (state == nullptr || !state->is_there()) return "none yet";
    const auto left = (state->not_after - now).us / days(1).us;
    const auto end = iso_day(zone.day(state->not_after));
    if (state->not_after <= now) return "ended " + end;
    return "good until " + end + ", " + std::to_string(left) + (left == 1 ? " day" : " days");
}

std::string certificate_trouble(const CertificateState& state, const Zone& zone) {
    if (state.problem.empty()) return "";
    return std::to_string(state.failed_count) + (state.failed_count == 1 ? " try failed: " : " tries failed: ") + state.problem +
           (state.next_try ? "; next try " + zone.stamp(*state.next_try) : "; given up until you ask again");
}

std::string certificate_words(const CertificateState* state, Instant now) {
    const auto trouble = state == nullptr ? "" : certificate_trouble(*state);
    return certificate_standing(state, now) + (trouble.empty() ? "" : "; " + trouble);
}

namespace {
CertificateState read_state(const store::Row& row) {
    return {.name = row.text("name"),
            .directory = row.text("directory"),
            .not_before = row.instant("not_before_us"),
            .not_after = row.instant("not_after_us"),
            .failed_count = row.integer("failed_count"),
            .next_try = row.maybe_instant("try_us"),
            .problem = row.text("problem")};
}
}  // namespace

Result<std::vector<CertificateState>> certificate_states(store::Tx& tx) {
    std::vector<CertificateState> found;
    for (const auto row : TRY(tx.run(certificates::sql::states))) found.push_back(read_state(row));
    return found;
}

Result<std::optional<CertificateState>> certificate_state(store::Tx& tx, std::string_view name) {
    const auto rows = TRY(tx.run(certificates::sql::state, {name}));
    return rows.empty() ? std::optional<CertificateState>() : std::optional(read_state(rows[0]));
}

Result<std::optional<Certificate>> find_certificate(store::Tx& tx, std::string_view name, const Secrets& secrets) {
    const auto rows = TRY(tx.run(certificates::sql::find, {name}));
    if (rows.empty()) return std::optional<Certificate>();
    return std::optional(Certificate{rows[0].text("chain"), TRY(unseal(rows[0].text("sealed_key"), secrets))});
}

Result<std::optional<std::int64_t>> claim_certificate(store::Tx& tx, std::string_view name, std::string_view directory, Instant now,
                                                      Instant lease_end) {
    const auto rows = TRY(tx.run(certificates::sql::claim, {name, directory, now, lease_end}));
    if (rows.empty()) return std::optional<std::int64_t>();
    return std::optional(rows[0].integer("failed_count"));
}

Status keep_certificate(store::Tx& tx, std::string_view name, const Certificate& certificate, Instant not_before, Instant not_after,
                        const Secrets& secrets, Random& random) {
    TRY(tx.run(certificates::sql::keep, {name, certificate.chain_pem, seal(certificate.key_pem, secrets, random), not_before, not_after,
                                         renewal_of(not_before, not_after)}));
    return {};
}

Status note_certificate_failed(store::Tx& tx, std::string_view name, std::string_view problem, std::optional<Instant> next_try) {
    TRY(tx.run(certificates::sql::note_failed, {name, next_try, problem}));
    return {};
}

Status ask_for_certificate_again(store::Tx& tx, std::string_view name, Instant now) {
    if (!TRY(tx.run(certificates::sql::ask_again, {name, now})).empty()) return {};
    return fail(Fault::not_found,
                "no certificate was asked for " + std::string(name) + " yet; that begins with: barrow serve --domain " + std::string(name));
}

Status ask_for_certificate_sooner(store::Tx& tx, std::string_view name, Instant now) {
    if (!TRY(tx.run(certificates::sql::ask_sooner, {name, now, now + ask_sooner_than})).empty()) return {};
    return fail(Fault::conflict, "the certificate of " + std::string(name) +
                                     " is there, or the next try comes within a quarter of an hour; look again then");
}

Status forget_certificate(store::Tx& tx, std::string_view name) {
    TRY(tx.run(certificates::sql::forget, {name}));
    return {};
}

Result<Account> acme_account(store::Tx& tx, std::string_view directory, const std::string& new_key_pem, const Secrets& secrets, Instant now,
                             Random& random) {
    TRY(tx.run(certificates::sql::add_account, {directory, seal(new_key_pem, secrets, random), now}));
    const auto rows = TRY(tx.run(certificates::sql::find_account, {directory}));
    check(!rows.empty());
    return Account{TRY(unseal(rows[0].text("sealed_key"), secrets)), rows[0].text("url")};
}

Status set_acme_account_url(store::Tx& tx, std::string_view directory, std::string_view url) {
    TRY(tx.run(certificates::sql::set_account_url, {directory, url}));
    return {};
}

Status put_acme_challenge(store::Tx& tx, std::string_view token, std::string_view answer, Instant now) {
    TRY(tx.run(certificates::sql::forget_challenges, {now}));
    TRY(tx.run(certificates::sql::put_challenge, {token, answer, now + challenge_life}));
    return {};
}

Result<std::string> acme_challenge(store::Tx& tx, std::string_view token, Instant now) {
    const auto rows = TRY(tx.run(certificates::sql::find_challenge, {token, now}));
    if (rows.empty()) return fail(Fault::not_found, "no such challenge");
    return rows[0].text("answer");
}

}  // namespace barrow::access
