#include "rooms/links/links_studio.hpp"

#include "floor/wire/page.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/catalog/product.hpp"
#include "rooms/links/bulk.hpp"
#include "rooms/links/doubt.hpp"

namespace barrow::links {
namespace {

constexpr std::string_view today_slug = "today";

// What the page is asked for: ?words=…&folder=…&tag=…&archived=1&before=NUMBER.
Filter asked_for(const access::Visit& visit) {
    const auto text = [&](std::string_view name) { return visit.request.query_value(name).value_or(""); };
    return {.words = text("words"),
            .folder = text("folder"),
            .tag = text("tag"),
            .archived = text("archived") == "1",
            .removed = text("removed") == "1",
            .before = std::atoll(text("before").c_str())};
}

// "" for the whole list from its newest on.
std::string query_of(const Filter& filter) {
    if (filter == Filter()) return "";
    std::string query = "?words=" + http::percent_encode(filter.words) + "&folder=" + http::percent_encode(filter.folder) +
                        "&tag=" + http::percent_encode(filter.tag);
    if (filter.archived) query += "&archived=1";
    if (filter.removed) query += "&removed=1";
    if (filter.before > 0) query += "&before=" + std::to_string(filter.before);
    return query;
}

wire::Json choices(const std::vector<Shelf>& shelves, const std::string& chosen) {
    wire::Json::Array out;
    for (const auto& shelf : shelves) {
        out.push_back(
            wire::Json::object({{"value", shelf.name}, {"links", wire::grouped(shelf.links)}, {"selected", shelf.name == chosen}}));
    }
    return out;
}

std::string state_of(const Link& link, const DenyList& watch, Instant now) {
    if (link.removed) return "removed";
    if (!link.blocked.empty()) return "off";
    if (link.ends && *link.ends <= now) return "ended";
    if (link.clicks_max && link.clicks_let >= *link.clicks_max) return "full";
    if (link.starts && now < *link.starts) return "not yet";
    if (!doubt_of(link, watch).empty()) return "asks first";
    if (!link.dead.empty()) return "fallback";
    return "works";
}

// "3 rules · split · password": what a link does beside leading on.
std::string also(const Link& link) {
    std::string text;
    const auto say = [&](bool is, const std::string& word) {
        if (is) text += (text.empty() ? "" : " · ") + word;
    };
    say(!link.rules.empty(), std::to_string(link.rules.size()) + (link.rules.size() == 1 ? " rule" : " rules"));
    say(!link.live.empty(), "follows the stream");
    say(!link.split.empty(), "split");
    say(link.clicks_max.has_value(), "for " + std::to_string(link.clicks_max.value_or(0)));
    say(!link.password_hash.empty(), "password");
    say(!link.folder.empty(), link.folder);
    for (const auto& tag : link.tags) say(true, "#" + tag);
    return text;
}

// A field that several boxes fill: one text, or a list of them.
std::vector<std::string> texts_of(const wire::Json& form, std::string_view name) {
    std::vector<std::string> list;
    const auto* value = form.find(name);
    if (value == nullptr) return list;
    if (value->is_text()) return {value->text()};
    if (!value->is_array()) return list;
    for (const auto& item : value->items()) list.push_back(item.is_text() ? item.text() : "");
    return list;
}

struct DoingName {
    std::string_view name;
    Doing doing;
    std::string_view label;  // of those that need a word: they stand in a list to choose from
};
constexpr std::array<DoingName, 5> doings{{{"move", Doing::move, "Move to the folder"},
                                           {"tag", Doing::tag, "Add the tag"},
                                           {"untag", Doing::untag, "Take off the tag"},
                                           {"archive", Doing::archive, ""},
                                           {"unarchive", Doing::unarchive, ""}}};

wire::Json whats(std::string_view picked) {
    wire::Json::Array out;
    for (const auto& one : doings) {
        if (!one.label.empty())
            out.push_back(wire::Json::object({{"value", one.name}, {"label", one.label}, {"selected", one.name == picked}}));
    }
    return out;
}

// What was typed into the form of a new link, and what is not right of it.
struct Typed {
    const wire::Json* form = nullptr;
    std::string problem;
};
// What was asked for of the chosen links, and what was refused, a line for each.
struct Asked {
    const wire::Json* form = nullptr;
    std::string refused;
};

wire::Json lines_json(std::string_view text) {
    wire::Json::Array lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.push_back(wire::Json::object({{"text", access::sentence(std::string(text.substr(0, end)))}}));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

Result<access::StudioPage> links_page(store::Tx& tx, const Doors& doors, const access::Visit& visit, const Typed& typed = {},
                                      const Asked& asked = {}) {
    constexpr std::size_t page_size = chosen_max;
    const auto& shop = visit.shop();
    const auto now = doors.site.clock.now();
    const auto filter = asked_for(visit);
    const auto chosen = asked.form != nullptr ? texts_of(*asked.form, "slug") : std::vector<std::string>();
    wire::Json::Array rows, templates;
    const auto listed = list(tx, shop.id, filter);
    if (!listed && listed.error().fault != Fault::bad_input) return listed.error();
    const auto links = listed ? *listed : std::vector<Link>();
    const auto clicks = telemetry::clicks_of(tx, shop.id, numbers_of(links), now.day() - 6);
    if (!clicks) return clicks.error();  // TRY of a map: g++ 12 sees a free of what was never allocated
    for (const auto& link : links) {
        const auto found = clicks->find(link.number);
        const auto counted = found == clicks->end() ? telemetry::ClickCounts() : found->second;
        const auto state = state_of(link, doors.lists.watch, now);
        rows.push_back(wire::Json::object({{"short", visit.base + "/s/" + link.slug},
                                           {"href", access::address(doors.site, shop, "/s/" + link.slug)},
                                           {"title", link.title},
                                           {"target", link.target},
                                           {"also", also(link)},
                                           {"clicks", wire::grouped(counted.all + link.imported_clicks)},
                                           {"week", wire::grouped(counted.recent)},
                                           {"bots", wire::grouped(counted.bots)},
                                           {"slug", link.slug},
                                           {"checked", std::ranges::find(chosen, link.slug) != chosen.end()},
                                           {"restore_url", link.removed ? visit.base + "/studio/links/" + link.slug + "/restore" : ""},
                                           {"state", state},
                                           {"state_kind", state == "works"                          ? "good"
                                                          : state == "off" || state == "asks first" ? "danger"
                                                                                                    : "muted"},
                                           {"edit_url", link.removed ? "" : visit.base + "/studio/links/" + link.slug}}));
    }
    for (const auto& one : TRY(utm_templates(tx, shop.id))) templates.push_back(wire::Json::object({{"name", one.name}, {"utm", one.utm}}));
    const auto& problem = typed.problem;
    const auto in_form = [](const wire::Json* form, std::string_view name) { return form != nullptr ? access::field(*form, name) : ""; };
    const bool about_slug = problem.starts_with("the address") || problem.starts_with("this shop has a ");
    const bool filtered =
        !filter.words.empty() || !filter.folder.empty() || !filter.tag.empty() || filter.archived || filter.removed || filter.before > 0;
    auto older = filter;
    if (!links.empty()) older.before = links.back().number;
    const auto next = links.size() == page_size ? visit.base + "/studio/links" + query_of(older) : "";
    return access::StudioPage{.place = "links",
                              .title = "Links",
                              .template_path = "studio/links.html",
                              .values = wire::Json::object({{"today", TRY(today_card(tx, doors.site, visit))},
                                                            {"refused", lines_json(asked.refused)},
                                                            {"slug", in_form(typed.form, "slug")},
                                                            {"slug_error", about_slug ? access::sentence(problem) : ""},
                                                            {"target", in_form(typed.form, "target")},
                                                            {"target_error", about_slug ? "" : access::sentence(problem)},
                                                            {"host", access::authority(doors.site, shop) + visit.base + "/s/"},
                                                            {"words", filter.words},
                                                            {"words_error", listed ? "" : access::sentence(listed.error().text)},
                                                            {"folders", choices(TRY(folders(tx, shop.id)), filter.folder)},
                                                            {"tags", choices(TRY(tags(tx, shop.id)), filter.tag)},
                                                            {"archived", filter.archived},
                                                            {"removed", filter.removed},
                                                            {"filtered", filtered},
                                                            {"next_url", next},
                                                            {"query", query_of(filter)},
                                                            {"whats", whats(in_form(asked.form, "what"))},
                                                            {"word", in_form(asked.form, "word")},
                                                            {"templates", std::move(templates)},
                                                            {"links", std::move(rows)}}),
                              .toast = {},
                              .status = listed ? 200 : 422};
}

}  // namespace

std::string own_path(const Doors& doors, const access::Visit& visit, std::string target) {
    const auto own = access::address(doors.site, visit.shop(), "/");
    if (target.starts_with(own)) return target.substr(own.size() - 1);
    return with_scheme(std::move(target));
}

std::vector<Hindrance> hindrances(const Link& link, const Zone& zone, Instant now) {
    std::vector<Hindrance> list;
    const auto say = [&](bool is, std::string_view kind, const auto& text) {
        if (is) list.push_back({text(), kind});
    };
    const auto afterwards = [&] {
        return link.ended_target.empty() ? std::string("Visitors read that it is over.") : "Visitors go to " + link.ended_target + ".";
    };
    const bool ended = link.ends && *link.ends <= now, full = link.clicks_max && link.clicks_let >= *link.clicks_max;
    say(!link.blocked.empty(), "danger", [&] { return "Whoever runs this site has switched it off: " + access::sentence(link.blocked); });
    say(ended, "danger", [&] { return "It ended on " + zone.stamp(*link.ends) + ". " + afterwards(); });
    say(!ended && full, "danger", [&] { return "All its " + wire::grouped(*link.clicks_max) + " places are taken. " + afterwards(); });
    say(link.starts && now < *link.starts, "danger", [&] { return "It opens on " + zone.stamp(*link.starts) + ", not before."; });
    say(!doubt_of(link, {}).empty(), "danger", [] { return std::string("People are asked first whether they go on."); });
    say(!link.dead.empty(), "sale", [&] {
        return "A target of it leads nowhere: visitors go to " + (link.fallback.empty() ? std::string("the bio page") : link.fallback) +
               ".";
    });
    say(!link.password_hash.empty(), "muted", [] { return std::string("It asks for a password."); });
    say(!link.rules.empty(), "muted", [&] {
        const auto n = link.rules.size();
        return n == 1 ? std::string("A rule leads some visitors elsewhere.") : std::to_string(n) + " rules lead some visitors elsewhere.";
    });
    say(!link.live.empty(), "muted", [] { return std::string("It follows a live session: the stream goes first."); });
    say(!link.split.empty(), "muted", [&] { return "Visitors are shared among " + std::to_string(link.split.size() + 1) + " targets."; });
    say(!ended && link.ends, "muted", [&] { return "It ends on " + zone.stamp(*link.ends) + "."; });
    const bool works = std::ranges::none_of(list, [](const Hindrance& one) { return one.kind == "danger"; });
    say(link.archived.has_value(), "muted",
        [&] { return std::string("It is in the archive") + (works ? ", and works all the same." : "."); });
    return list;
}

Result<wire::Json> today_card(store::Tx& tx, const access::Site& site, const access::Visit& visit, const std::string& error) {
    const auto& shop = visit.shop();
    const auto there = find(tx, shop.id, today_slug);
    if (!there && there.error().fault != Fault::not_found) return there.error();
    wire::Json::Array choices;
    for (const auto& product : TRY(catalog::all(tx, shop.id))) {
        if (product.published && choices.size() < 4)
            choices.push_back(wire::Json::object({{"label", product.name}, {"target", "/p/" + product.slug}}));
    }
    wire::Json::Array notes;
    if (there) {
        for (const auto& one : hindrances(*there, visit.zone(), site.clock.now()))
            notes.push_back(wire::Json::object({{"text", one.text}, {"kind", one.kind}}));
    } else {
        notes.push_back(wire::Json::object({{"text", "It is not made yet. Say where it leads, and it is."}, {"kind", "muted"}}));
    }
    return wire::Json::object({{"short_url", access::authority(site, shop) + visit.base + "/s/today"},
                               {"href", access::address(site, shop, "/s/today")},
                               {"target", there ? there->target : "/"},
                               {"action", visit.base + "/studio/today"},
                               {"back", ""},
                               {"error", access::sentence(error)},
                               {"choices", std::move(choices)},
                               {"notes", std::move(notes)},
                               {"edit_url", there ? visit.base + "/studio/links/" + there->slug : ""},
                               {"qr_url", there ? visit.base + "/qr/today.svg" : ""}});
}

Task<http::Response> get_links(Doors& doors, access::Visit visit) {
    co_return co_await access::studio_page(doors.site, visit, [&](store::Tx& tx) { return links_page(tx, doors, visit); });
}

Task<http::Response> post_link(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    auto response = co_await access::studio_form(
        site, visit,
        [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
            Link wanted{.slug = access::field(sent, "slug"), .target = own_path(doors, visit, access::field(sent, "target"))};
            TRY(examine_denied(wanted, doors.lists.deny));
            const auto link = TRY(add(tx, visit.shop().id, std::move(wanted), now, site.random));
            TRY(access::note_audit(tx, visit.shop().id, "owner", "add_link", link.slug, now, site.random));
            return access::with_toast(site, visit, "/studio/links",
                                      {.text = "Made: " + access::authority(site, visit.shop()) + visit.base + "/s/" + link.slug,
                                       .next_url = visit.base + "/studio/links/" + link.slug,
                                       .next_label = "Rules, password, places"});
        },
        [&](store::Tx& tx, const wire::Json& sent, const Error& error) {
            return links_page(tx, doors, visit, {.form = &sent, .problem = error.text});
        });
    if (access::was_done(response)) announce_change(doors.site.bus, visit.shop().id);
    co_return response;
}

Task<http::Response> post_today(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    auto response = co_await access::studio_form(
        site, visit,
        [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
            const auto target = own_path(doors, visit, access::field(sent, "target"));
            const bool from_home = access::field(sent, "back") == "home";
            TRY(examine_denied({.slug = std::string(today_slug), .target = target}, doors.lists.deny));
            access::Toast toast{.text = "Today's link leads to " + target + "."};
            const auto there = find(tx, visit.shop().id, today_slug);
            if (there) {
                TRY(retarget(tx, visit.shop().id, today_slug, target, {.who = "owner", .what = "leads to " + target, .at = now}));
                const auto hinders = hindrances(*there, visit.zone(), now);
                if (!hinders.empty()) {
                    toast.text += " " + hinders.front().text;
                    toast.next_url = visit.base + "/studio/links/" + there->slug;
                    toast.next_label = "Look";
                }
                toast.undo_url = visit.base + "/studio/today";
                toast.undo_fields.emplace_back("target", there->target);
                if (from_home) toast.undo_fields.emplace_back("back", "home");
            } else if (there.error().fault == Fault::not_found) {
                TRY(add(tx, visit.shop().id, {.slug = std::string(today_slug), .target = target}, now, site.random));
            } else {
                return there.error();
            }
            TRY(access::note_audit(tx, visit.shop().id, "owner", "retarget_link", today_slug, now, site.random));
            return access::with_toast(site, visit, from_home ? "/studio" : "/studio/links", toast);
        },
        [&](store::Tx& tx, const wire::Json&, const Error& error) -> Result<access::StudioPage> {
            auto page = TRY(links_page(tx, doors, visit));
            page.values.set("today", TRY(today_card(tx, site, visit, error.text)));
            return page;
        });
    if (access::was_done(response)) announce_change(doors.site.bus, visit.shop().id);
    co_return response;
}

namespace {
Task<http::Response> post_set_end(Doors& doors, access::Visit visit, bool ended) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto slug = visit.request.parameter("slug");
    auto response = co_await access::studio_form(site, visit, [&](store::Tx& tx, const wire::Json&) -> Result<std::string> {
        TRY(set_end(tx, visit.shop().id, slug, ended ? std::optional(now) : std::nullopt,
                    {.who = "owner", .what = ended ? "ended" : "works again", .at = now}));
        TRY(access::note_audit(tx, visit.shop().id, "owner", ended ? "end_link" : "resume_link", slug, now, site.random));
        access::Toast toast{.text = ended ? "The link " + slug + " has ended." : "The link " + slug + " works again."};
        if (const auto past = TRY(history(tx, visit.shop().id, TRY(find(tx, visit.shop().id, slug)).number)); ended && !past.empty()) {
            toast.undo_url = visit.base + "/studio/links/" + slug + "/put-back";
            toast.undo_fields.emplace_back("change", std::to_string(past.front().number));
        }
        return access::with_toast(site, visit, "/studio/links", toast);
    });
    if (access::was_done(response)) announce_change(doors.site.bus, visit.shop().id);
    co_return response;
}
}  // namespace

Task<http::Response> post_end(Doors& doors, access::Visit visit) { return post_set_end(doors, std::move(visit), true); }
Task<http::Response> post_resume(Doors& doors, access::Visit visit) { return post_set_end(doors, std::move(visit), false); }

// ---- the chosen ones ----------------------------------------------------------------------------------------------------------

namespace {

std::string count_words(std::size_t n) { return n == 1 ? "One link" : std::to_string(n) + " links"; }

// The list as it was looked at.
std::string list_of(const access::Visit& visit) { return "/studio/links" + query_of(asked_for(visit)); }

// One undo for all that went at this moment.
access::Toast gone_toast(const access::Visit& visit, std::string text, Instant at) {
    return {.text = std::move(text), .undo_url = visit.base + "/studio/link-removals/undo", .undo_fields = {{"at", std::to_string(at.us)}}};
}

// Runs `act`; what it refuses stands above the list.
Task<http::Response> act_on_list(Doors& doors, access::Visit visit, access::Act act) {
    auto& site = doors.site;
    const access::Again again = [&](store::Tx& tx, const wire::Json& sent, const Error& error) {
        return links_page(tx, doors, visit, {}, {.form = &sent, .refused = error.text});
    };
    auto response = co_await access::studio_form(site, visit, std::move(act), again);
    if (access::was_done(response)) announce_change(site.bus, visit.shop().id);
    co_return response;
}

}  // namespace

Task<http::Response> post_remove(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto slug = visit.request.parameter("slug");
    const access::Act act = [&](store::Tx& tx, const wire::Json&) -> Result<std::string> {
        const auto link = TRY(remove(tx, visit.shop().id, slug, {.who = "owner", .what = "removed", .at = now}));
        TRY(access::note_audit(tx, visit.shop().id, "owner", "remove_link", link.slug, now, site.random));
        return access::with_toast(site, visit, "/studio/links", gone_toast(visit, "The link " + link.slug + " is gone.", now));
    };
    co_return co_await act_on_list(doors, visit, act);
}

Task<http::Response> post_removals(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const access::Act act = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        const auto slugs = texts_of(sent, "slug");
        if (slugs.empty()) return fail(Fault::bad_input, "choose the links to remove: each has a box before its address");
        if (slugs.size() > chosen_max) return fail(Fault::bad_input, "at most 100 links at once");
        for (const auto& slug : slugs) {
            const auto gone = remove(tx, visit.shop().id, slug, {.who = "owner", .what = "removed", .at = now});
            if (!gone)
                return fail(gone.error().fault == Fault::forbidden ? Fault::conflict : gone.error().fault,
                            "\"" + slug + "\": " + gone.error().text);
            TRY(access::note_audit(tx, visit.shop().id, "owner", "remove_link", slug, now, site.random));
        }
        const auto words = count_words(slugs.size()) + (slugs.size() == 1 ? " is gone." : " are gone.");
        return access::with_toast(site, visit, list_of(visit), gone_toast(visit, words, now));
    };
    co_return co_await act_on_list(doors, visit, act);
}

namespace {
Result<std::string> put_these_back(store::Tx& tx, const Doors& doors, const access::Visit& visit, const std::vector<std::string>& slugs) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    if (slugs.empty())
        return fail(Fault::conflict, "there is nothing to put back: the addresses lead to other links now, or 30 days are over");
    for (const auto& slug : slugs) {
        TRY(put_removed_back(tx, visit.shop().id, slug, {.who = "owner", .what = "put back", .at = now}));
        TRY(access::note_audit(tx, visit.shop().id, "owner", "restore_link", slug, now, site.random));
    }
    const auto words = slugs.size() == 1 ? "The link " + slugs.front() + " is back." : count_words(slugs.size()) + " are back.";
    return access::with_toast(site, visit, "/studio/links", {.text = words});
}
}  // namespace

Task<http::Response> post_restore(Doors& doors, access::Visit visit) {
    const auto slug = visit.request.parameter("slug");
    const access::Act act = [&](store::Tx& tx, const wire::Json&) { return put_these_back(tx, doors, visit, {slug}); };
    co_return co_await act_on_list(doors, visit, act);
}

Task<http::Response> post_removals_undo(Doors& doors, access::Visit visit) {
    const access::Act act = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        const Instant at{std::atoll(access::field(sent, "at").c_str())};
        return put_these_back(tx, doors, visit, TRY(removed_at(tx, visit.shop().id, at)));
    };
    co_return co_await act_on_list(doors, visit, act);
}

namespace {

// What the buttons and the choice of the form ask for. Refuses (bad_input) what is neither.
Result<Chosen> read_chosen(const wire::Json& sent) {
    Chosen chosen{.slugs = texts_of(sent, "slug"), .word = access::field(sent, "word")};
    const auto at_once = access::field(sent, "at_once");
    const auto what = at_once.empty() ? access::field(sent, "what") : at_once;
    for (const auto& [name, doing, label] : doings) {
        if (what == name) {
            chosen.doing = doing;
            return chosen;
        }
    }
    return fail(Fault::bad_input, "say what to do with the chosen links");
}

std::string done_words(const Chosen& chosen, std::size_t changed) {
    if (changed == 0) return "Nothing to change: they are so already.";
    const auto links = count_words(changed), are = std::string(changed == 1 ? " is " : " are ");
    switch (chosen.doing) {
        case Doing::archive:
            return links + are + "in the archive, and " + (changed == 1 ? "works." : "work.");
        case Doing::unarchive:
            return links + are + "out of the archive.";
        case Doing::move:
            return links + are + (chosen.word.empty() ? "in no folder now." : "in the folder " + chosen.word + " now.");
        case Doing::tag:
            return links + (changed == 1 ? " has" : " have") + " the tag " + chosen.word + " now.";
        case Doing::untag:
            return links + (changed == 1 ? " has" : " have") + " the tag " + chosen.word + " no longer.";
    }
    return "";
}

}  // namespace

Task<http::Response> post_acts(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const access::Act act = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        const auto& shop = visit.shop().id;
        const auto chosen = TRY(read_chosen(sent));
        const auto made = TRY(change_chosen(tx, shop, chosen, "owner", now));
        for (const auto& slug : chosen.slugs) TRY(access::note_audit(tx, shop, "owner", "change_link", slug, now, site.random));
        access::Toast toast{.text = done_words(chosen, made.size())};
        if (!made.empty()) {
            toast.undo_url = visit.base + "/studio/link-acts/undo";
            toast.undo_fields.emplace_back("made", made_text(made));
        }
        return access::with_toast(site, visit, list_of(visit), toast);
    };
    co_return co_await act_on_list(doors, visit, act);
}

Task<http::Response> post_acts_undo(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const access::Act act = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        const auto made = read_made(access::field(sent, "made"));
        if (made.empty()) return fail(Fault::bad_input, "there is nothing to undo");
        TRY(undo_chosen(tx, visit.shop().id, made, {.who = "owner", .what = "put back", .at = now}));
        TRY(access::note_audit(tx, visit.shop().id, "owner", "put_back_links", std::to_string(made.size()), now, site.random));
        return access::with_toast(site, visit, "/studio/links",
                                  {.text = count_words(made.size()) + (made.size() == 1 ? " is" : " are") + " again as before."});
    };
    co_return co_await act_on_list(doors, visit, act);
}

}  // namespace barrow::links
