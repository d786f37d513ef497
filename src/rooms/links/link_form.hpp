// The studio's form of a link: its fields as text, both ways, and what is not right of them. Pure.
#pragma once

#include "floor/base/zone.hpp"
#include "floor/wire/json.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/links/doubt.hpp"
#include "rooms/links/link.hpp"

namespace barrow::links {

// The fields of the form as a browser would send them for this link: what is typed comes back as it was typed. Times are those of `zone`.
wire::Json form_of(const Link& link, const Zone& zone);
// The link that the form asks for, over `base`. An empty password keeps the one that is there. A button `move` "up-2" or "down-2" moves a
// rule, `rule_N_drop` takes one out. Refuses (bad_input) the first of what wrongs_of_form finds, as "Rule 2, countries: …".
// Costs 30 ms when a password is set.
Result<Link> link_of_form(const wire::Json& form, Link base, const Zone& zone, const DenyList& deny);
// All that is not right of it, each at its field, in the order of the page. What only the shop's other links say against it (an address
// that is taken) is not among it.
access::Wrongs wrongs_of_form(const wire::Json& form, const Link& base, const Zone& zone, const DenyList& deny);
// A refusal of the verb, at the field that it is about.
access::Wrong wrong_of(const Error& error);
// The fields that may be wrong, but for those of rules and shares; and the part of the page that a field stands in ("rules", "split",
// "when", "dead", "utm", "show", "apps", "order"), "" for what is always open.
std::vector<std::string_view> link_fields();
std::string_view part_of_page(std::string_view field);
// The values of the template's rules: one more than there are, for a new one.
wire::Json rule_rows(const wire::Json& form, const Zone& zone, const access::Wrongs& wrongs);
wire::Json split_rows(const wire::Json& form, const access::Wrongs& wrongs);
// A list to choose from: { value, label, selected }.
wire::Json options(const wire::Json& form, const std::string& field,
                   std::initializer_list<std::pair<std::string_view, std::string_view>> all);

}  // namespace barrow::links
