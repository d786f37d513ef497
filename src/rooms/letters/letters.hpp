// Letters: who asked to be written to, and proved it by a mail. An address is on a list only after its owner pressed the button of the page
// that the mail leads to (double opt-in); every letter carries the same link, which then stops them.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "floor/base/random.hpp"
#include "floor/store/store.hpp"
#include "rooms/access/shop.hpp"

namespace barrow::letters {

inline constexpr std::string_view default_list = "letters";
inline constexpr std::string_view mail_kind = "letters.mail";  // the promise of a confirmation mail; its payload is {"id"}
inline constexpr Duration mail_again_after = days(1);          // one confirmation mail a day for an address and list
inline constexpr Duration unconfirmed_life = days(7);
inline constexpr int lists_max = 20;  // a form names one; more than these nobody keeps apart
inline constexpr int page_max = 1'000;

struct List {
    std::string slug, name;
    std::string words;  // what people agree to, shown beside the field and on the page of the button
};
// Every shop has the list "letters", with words of the house until it writes its own.
Result<List> find_list(store::Tx& tx, const access::Shop& shop, std::string_view slug);
struct Counted {
    List list;
    std::int64_t asked = 0, confirmed = 0, stopped = 0, bounced = 0;
};
// "letters" first, the others by slug.
Result<std::vector<Counted>> lists(store::Tx& tx, const access::Shop& shop);
// Makes or changes one. Refuses (bad_input) empty or long words and a slug that is none, (conflict) one list too many.
Status put_list(store::Tx& tx, const access::Shop& shop, const List& list);

enum class State : std::uint8_t { asked, confirmed, stopped, bounced };
std::string_view name(State state);

struct Subscriber {
    std::string id;
    std::string list, address;
    State state = State::asked;
    std::string nonce;
    std::string words;      // as they were shown when it was asked for
    std::int64_t link = 0;  // the number of the short link that brought them, 0 for none
    Instant asked;
    std::optional<Instant> confirmed, ended;
};

using Key = std::array<std::uint8_t, 32>;  // the shop's derived key "letters"
// What stands in the links of this subscriber's mails: 132 bits that neither the database nor the outbox holds.
std::string token_of(const Subscriber& subscriber, const Key& key);

struct Ask {
    std::string list;
    std::string address;  // as outbox::read_address gives it
    std::int64_t link = 0;
};
// Writes the wish down and promises the mail. Nothing at all for who is on the list already, or had a mail within a day: the answer is the
// same to whoever asks. Refuses (not_found) a list that is not there.
Status ask(store::Tx& tx, const access::Shop& shop, const Ask& wish, const Key& key, Instant now, Random& random);

// Refuses (not_found) what was never there, or was deleted.
Result<Subscriber> find(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id);
Result<Subscriber> find_by_token(store::Tx& tx, const Id<access::Shop>& shop, std::string_view token);

// Each gives the subscriber as it is afterwards; a second time changes nothing. Both are told to the shop's webhooks.
// Who stopped, or bounced, is not confirmed by an old mail: confirm() leaves them as they are.
Result<Subscriber> confirm(store::Tx& tx, const Id<access::Shop>& shop, Subscriber subscriber, Instant now);
Result<Subscriber> stop(store::Tx& tx, const Id<access::Shop>& shop, Subscriber subscriber, Instant now);
// The address takes no mail.
Status bounce(store::Tx& tx, const Id<access::Shop>& shop, std::string_view id, Instant now);

// In the order of their asking, after the id; at most page_max. And the newest first.
Result<std::vector<Subscriber>> page(store::Tx& tx, const Id<access::Shop>& shop, std::string_view after, std::int64_t count);
Result<std::vector<Subscriber>> newest(store::Tx& tx, const Id<access::Shop>& shop, int count);

// The clockwork: who did not confirm within unconfirmed_life is deleted.
Status forget_unconfirmed(store::Tx& tx, const Id<access::Shop>& shop, Instant now);

// CSV: the first line, and one subscriber; formulas guarded.
std::string csv_header();
std::string csv_line(const Subscriber& subscriber);

}  // namespace barrow::letters
