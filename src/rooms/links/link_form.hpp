// The studio's form of a link: its fields as text, both ways. Pure.
#pragma once

#include "floor/base/zone.hpp"
#include "floor/wire/json.hpp"
#include "rooms/links/link.hpp"

namespace barrow::links {

// The fields of the form as a browser would send them for this link: what is typed comes back as it was typed. Times are those of `zone`.
wire::Json form_of(const Link& link, const Zone& zone);
// The link that the form asks for, over `base`. An empty password keeps the one that is there. A button `move` "up-2" or "down-2" moves a
// rule, `rule_N_drop` takes one out. Refuses (bad_input) in words that begin with the part: "Rule 2: …", "Start: …".
// Costs 30 ms when a password is set.
Result<Link> link_of_form(const wire::Json& form, Link base, const Zone& zone);
// The values of the template's rules: one more than there are, for a new one.
wire::Json rule_rows(const wire::Json& form, const Zone& zone);
wire::Json split_rows(const wire::Json& form);
// A list to choose from: { value, label, selected }.
wire::Json options(const wire::Json& form, const std::string& field,
                   std::initializer_list<std::pair<std::string_view, std::string_view>> all);

}  // namespace barrow::links
