// What the database keeps of certificates that Barrow asks for itself: the certificates with their keys sealed, the account at the
// authority, and the answers to its challenges. They belong to the installation; names and their shops are in domains.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/random.hpp"
#include "floor/base/time.hpp"
#include "floor/base/zone.hpp"
#include "floor/store/store.hpp"
#include "rooms/access/secrets.hpp"

namespace barrow::access {

// ---- deciding ------------------------------------------------------------------------------------------------------------

// A certificate is renewed when two thirds of its life are over: 30 days before the end of one of 90 days, as Let's Encrypt advises, and
// in time for those of six days, too.
Instant renewal_of(Instant not_before, Instant not_after);

// The wait after so many failures in a row; none: it is given up until somebody asks again. Let's Encrypt allows five failed
// validations of a name in an hour; the tries, one a day at last, outlast the 30 days before an end.
std::optional<Duration> wait_after_failures(std::int64_t failed_count);

struct CertificateState {
    std::string name, directory;
    Instant not_before, not_after;    // 1970 while there is none
    std::int64_t failed_count = 0;    // tries in a row
    std::optional<Instant> next_try;  // or renewal; none: given up
    std::string problem;              // of the last try, "" when it went well

    [[nodiscard]] bool is_there() const { return not_after.us > 0; }
    // Somebody should look: none, or one that will end, and the tries fail.
    [[nodiscard]] bool needs_help() const { return !problem.empty(); }
};
// "good until 2027-02-21, 89 days"; and what hinders the next one, "" when nothing does.
std::string certificate_standing(const CertificateState* state, Instant now, const Zone& zone = {});
std::string certificate_trouble(const CertificateState& state, const Zone& zone = {});
// Both in one line; `state` nullptr: none was asked for yet.
std::string certificate_words(const CertificateState* state, Instant now);

// ---- keeping -------------------------------------------------------------------------------------------------------------

struct Certificate {
    std::string chain_pem, key_pem;
};
struct Account {
    std::string key_pem;
    std::string url;  // "" until it is registered
};

// All there are, by name; and one name's, none when none was asked for yet.
Result<std::vector<CertificateState>> certificate_states(store::Tx& tx);
Result<std::optional<CertificateState>> certificate_state(store::Tx& tx, std::string_view name);
Result<std::optional<Certificate>> find_certificate(store::Tx& tx, std::string_view name, const Secrets& secrets);

// Takes the asking for a certificate on, until `lease_end`, when it is due or comes from another directory: how often it failed
// before. None: it is not due, or another node has it.
Result<std::optional<std::int64_t>> claim_certificate(store::Tx& tx, std::string_view name, std::string_view directory, Instant now,
                                                      Instant lease_end);
Status keep_certificate(store::Tx& tx, std::string_view name, const Certificate& certificate, Instant not_before, Instant not_after,
                        const Secrets& secrets, Random& random);
Status note_certificate_failed(store::Tx& tx, std::string_view name, std::string_view problem, std::optional<Instant> next_try);
// The next pass asks for it, whatever happened before. Refuses (not_found) a name that none was asked for.
Status ask_for_certificate_again(store::Tx& tx, std::string_view name, Instant now);
// Likewise, for a shop's owner. Refuses (conflict) where none failed, or the next try comes within ask_sooner_than anyway: authorities
// count what an installation asks for, and all its shops share what they allow.
inline constexpr Duration ask_sooner_than = minutes(15);
Status ask_for_certificate_sooner(store::Tx& tx, std::string_view name, Instant now);
Status forget_certificate(store::Tx& tx, std::string_view name);

// The account of a directory; the first time with `new_key_pem`.
Result<Account> acme_account(store::Tx& tx, std::string_view directory, const std::string& new_key_pem, const Secrets& secrets, Instant now,
                             Random& random);
Status set_acme_account_url(store::Tx& tx, std::string_view directory, std::string_view url);

Status put_acme_challenge(store::Tx& tx, std::string_view token, std::string_view answer, Instant now);
// Refuses (not_found) an unknown token.
Result<std::string> acme_challenge(store::Tx& tx, std::string_view token, Instant now);

}  // namespace barrow::access
