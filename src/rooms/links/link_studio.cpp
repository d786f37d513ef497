#include "rooms/links/link_studio.hpp"

#include <algorithm>

#include "floor/base/text.hpp"
#include "floor/fetch/url.hpp"
#include "floor/wire/page.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/links/check/agents.hpp"
#include "rooms/links/check/page_signs.hpp"
#include "rooms/links/conversion.hpp"
#include "rooms/links/link_form.hpp"

namespace barrow::links {
namespace {

constexpr std::int64_t parts_days = 30;

struct PartName {
    std::string_view part, label, nothing;
};
constexpr std::array<PartName, 7> part_names{{{"source", "Source tags", ""},
                                              {"referrer", "Pages they came from", "not said"},
                                              {"app", "Apps", ""},
                                              {"device", "Devices", ""},
                                              {"os", "Systems", ""},
                                              {"country", "Countries", "not known"},
                                              {"why", "Not counted, and why", ""}}};

std::string_view why_words(std::string_view why) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 17> words{{{"head", "only asked for the headers"},
                                                                                   {"prefetch", "fetched ahead by a browser"},
                                                                                   {"preview", "a link preview"},
                                                                                   {"crawler", "a crawler"},
                                                                                   {"tool", "a program"},
                                                                                   {"own", "you yourself"},
                                                                                   {"repeated", "the same browser twice in two seconds"},
                                                                                   {"ended", "people who came after the end"},
                                                                                   {"early", "people who came before the start"},
                                                                                   {"full", "people who found no place"},
                                                                                   {"locked", "people who were asked for the password"},
                                                                                   {"blocked", "people, while it was off"},
                                                                                   {"warned", "people who were asked first"},
                                                                                   {"outside", "the same once more, outside the app"},
                                                                                   {"check", "our own link check"},
                                                                                   {"removed", "people, after it was removed"},
                                                                                   {"flood", "too many from one address in a minute"}}};
    const auto found = std::ranges::find(words, why, &std::pair<std::string_view, std::string_view>::first);
    return found == words.end() ? why : found->second;
}

// The log counts by UTC's hours. They are told by the shop's clock where that was the same whole number of hours ahead all the time.
wire::Json hours_json(const std::vector<telemetry::Part>& parts, const Zone& zone, Instant since, Instant now) {
    int ahead = 0;
    const bool own = zone.is_whole_hours(since, now, ahead);
    std::array<std::int64_t, 24> hours{};
    for (const auto& part : parts) {
        if (part.part == "hour") hours[static_cast<std::size_t>((std::atoi(part.value.c_str()) + ahead + 48) % 24)] += part.n;
    }
    const auto most = *std::ranges::max_element(hours);
    wire::Json::Array rows;
    for (std::size_t hour = 0; hour < hours.size(); ++hour) {
        if (hours[hour] == 0) continue;
        const auto label = (hour < 10 ? "0" : "") + std::to_string(hour) + ":00";
        rows.push_back(wire::Json::object({{"label", label}, {"n", wire::grouped(hours[hour])}, {"of", most}, {"is", hours[hour]}}));
    }
    return wire::Json::object({{"label", "Hours (" + (own ? zone.name() : "UTC") + ")"}, {"rows", std::move(rows)}});
}

// The last thirty days, a list for each part that says something.
wire::Json parts_json(const std::vector<telemetry::Part>& parts, const Zone& zone, Instant now) {
    wire::Json::Array out;
    for (const auto& name : part_names) {
        std::int64_t most = 0;
        for (const auto& part : parts) {
            if (part.part == name.part) most = std::max(most, part.n);
        }
        wire::Json::Array rows;
        for (const auto& part : parts) {
            if (part.part != name.part || (part.value.empty() && name.nothing.empty())) continue;
            const auto label = part.value.empty()   ? name.nothing
                               : name.part == "why" ? why_words(part.value)
                                                    : std::string_view(part.value);
            rows.push_back(wire::Json::object({{"label", label == "none" ? std::string_view("no app") : label},
                                               {"n", wire::grouped(part.n)},
                                               {"of", most},
                                               {"is", part.n}}));
        }
        if (!rows.empty()) out.push_back(wire::Json::object({{"label", name.label}, {"rows", std::move(rows)}}));
    }
    const Instant since{(now.day() - parts_days + 1) * days(1).us};
    if (auto hours = hours_json(parts, zone, since, now); !hours.find("rows")->items().empty()) out.push_back(std::move(hours));
    return out;
}

// Which of its targets leads nowhere, while the visitors go to the fallback.
std::string dead_words(const Link& link) {
    if (link.dead.empty()) return "";
    std::string words = "Visitors go to " + (link.fallback.empty() ? std::string("the bio page") : link.fallback) + " now, because ";
    for (std::size_t i = 0; i < link.dead.size(); ++i) words += (i == 0 ? "" : ", ") + link.dead[i];
    return words + (link.dead.size() == 1 ? " leads nowhere." : " lead nowhere.");
}

Result<access::StudioPage> link_page(store::Tx& tx, const Doors& doors, const access::Visit& visit, const std::string& asked,
                                     const wire::Json* typed, const Error* error) {
    const auto& shop = visit.shop();
    const auto now = doors.site.clock.now();
    const auto link = TRY(find(tx, shop.id, asked));
    const auto& slug = link.slug;
    const auto form = typed != nullptr ? *typed : form_of(link, visit.zone());
    access::Wrongs wrongs;
    if (error != nullptr) {
        wrongs = wrongs_of_form(form, link, visit.zone(), doors.lists.deny);
        if (wrongs.empty()) wrongs.push_back(wrong_of(*error));
    }
    const auto is_wrong_in = [&](std::string_view part) {
        return std::ranges::any_of(wrongs, [&](const auto& one) { return part_of_page(one.field) == part; });
    };
    const auto own = visit.base + "/studio/links/" + slug;
    const auto text = [&](std::string_view name) { return access::field(form, name); };
    const auto clicks = telemetry::clicks_of(tx, shop.id, std::array{link.number}, now.day() - 6);
    if (!clicks) return clicks.error();
    const auto found = clicks->find(link.number);
    const auto counted = found == clicks->end() ? telemetry::ClickCounts() : found->second;
    wire::Json::Array changes, templates;
    for (const auto& past : TRY(history(tx, shop.id, link.number))) {
        changes.push_back(wire::Json::object({{"number", past.number},
                                              {"when", visit.zone().stamp(past.at)},
                                              {"what", past.what},
                                              {"was", past.before.target},
                                              {"action", own + "/put-back"}}));
    }
    for (const auto& one : TRY(utm_templates(tx, shop.id)))
        templates.push_back(wire::Json::object({{"label", one.name}, {"utm", one.utm}}));
    const auto brought = TRY(brought_by(tx, shop.id, link.number, now - days(30)));
    std::int64_t sales = 0;
    std::string net;
    for (const auto& one : brought.sales) {
        sales += one.count;
        net += (net.empty() ? "" : " + ") + display(one.net);
    }
    wire::Json::Array reports;
    if (link.reports > 0) {
        for (const auto& one : TRY(reports_of(tx, shop.id, link.number)))
            reports.push_back(wire::Json::object({{"when", visit.zone().stamp(one.at)}, {"kind", one.kind}, {"words", one.words}}));
    }
    wire::Json::Array aliases;
    for (const auto& alias : link.aliases) {
        aliases.push_back(wire::Json::object({{"slug", alias},
                                              {"short", access::authority(doors.site, shop) + visit.base + "/s/" + alias},
                                              {"href", access::address(doors.site, shop, "/s/" + alias)},
                                              {"action", own + "/aliases"}}));
    }
    const auto doubt = doubt_of(link, doors.lists.watch);
    const bool ended = link.ends && *link.ends <= now;
    const bool full = link.clicks_max && link.clicks_let >= *link.clicks_max;
    const auto preview_now = uploads::shown(text("preview_image"));
    auto values = wire::Json::object(
        {{"action", own},
         {"wrongs", access::wrongs_json(wrongs)},
         {"name", text("title")},
         {"short", access::authority(doors.site, shop) + visit.base + "/s/" + slug},
         {"href", access::address(doors.site, shop, "/s/" + slug)},
         {"qr_url", visit.base + "/qr/" + slug},
         {"aliases", std::move(aliases)},
         {"alias", ""},
         {"alias_error", ""},
         {"host", access::authority(doors.site, shop) + visit.base + "/s/"},
         {"state", !link.blocked.empty() ? "switched off by the operator: " + link.blocked
                   : full                ? std::string("all places taken")
                   : ended               ? std::string("ended")
                   : !doubt.empty()      ? std::string("asks people first")
                   : !link.dead.empty()  ? std::string("leads to its fallback")
                   : link.archived       ? std::string("in the archive, and works")
                                         : std::string("works")},
         {"state_kind", !link.blocked.empty()             ? "danger"
                        : full || ended || !doubt.empty() ? "muted"
                        : !link.dead.empty()              ? "sale"
                                                          : "good"},
         {"clicks", wire::grouped(counted.all + link.imported_clicks)},
         {"week", wire::grouped(counted.recent)},
         {"not_counted", wire::grouped(counted.bots)},
         {"imported", link.imported_clicks > 0 ? wire::grouped(link.imported_clicks) : ""},
         {"imported_from", link.imported_from},
         {"places", link.clicks_max ? wire::grouped(link.clicks_let) + " of " + wire::grouped(*link.clicks_max) + " are taken" : ""},
         {"brought", brought.leads > 0 || sales > 0},
         {"leads", brought.leads > 0 ? wire::grouped(brought.leads) : ""},
         {"sales", sales > 0 ? wire::grouped(sales) : ""},
         {"net", net},
         {"parts", parts_json(TRY(telemetry::parts_of(tx, shop.id, link.number, now.day() - parts_days + 1)), visit.zone(), now)},
         {"changes", std::move(changes)},
         {"templates", std::move(templates)},
         {"rules", rule_rows(form, visit.zone(), wrongs)},
         {"rules_most", rules_max},
         {"split", split_rows(form, wrongs)},
         {"split_most", split_max},
         {"has_password", !link.password_hash.empty()},
         {"rules_open", !link.rules.empty() || is_wrong_in("rules")},
         {"split_open", !link.split.empty() || is_wrong_in("split")},
         {"when_open", link.starts || link.ends || link.clicks_max || !link.password_hash.empty() || is_wrong_in("when")},
         {"dead_open", !link.fallback.empty() || link.keeps_target || !link.dead.empty() || is_wrong_in("dead")},
         {"order_open", is_wrong_in("order")},
         {"dead", dead_words(link)},
         {"utm_open", !link.utm.empty() || !link.pass_query || link.tell_context || is_wrong_in("utm")},
         {"show_open", link.on_bio || !link.preview_title.empty() || !link.preview_image.empty() || link.no_index || link.may_index ||
                           is_wrong_in("show")},
         {"apps_open", link.outside != Outside::as_shop || link.apps != AppTargets() || is_wrong_in("apps")},
         {"outsides", options(form, "outside", {{"", "as the shop says"}, {"offer", "offer it"}, {"never", "never"}})},
         {"robots",
          options(form, "robots",
                  {{"", "leave the short address out"}, {"index", "may show it"}, {"nofollow", "leave it out and do not follow it"}})},
         {"doubt", doubt},
         {"reports", std::move(reports)},
         {"report_count", link.reports > 0 ? std::to_string(link.reports) + (link.reports == 1 ? " person has" : " people have") : ""},
         {"takes_files", doors.uploads.workshop != nullptr},
         {"preview_now", preview_now ? visit.base + preview_now->at_least(160) : ""},
         {"archive_url", own + (link.archived ? "/unarchive" : "/archive")},
         {"archived", link.archived.has_value()},
         {"end_url", own + (ended ? "/resume" : "/end")},
         {"ended", ended}});
    for (const auto* name : {"slug", "target", "live", "utm", "starts", "ends", "clicks_max", "ended_target", "fallback", "preview_title",
                             "preview_text", "preview_image", "app_ios", "app_android", "app_package", "folder", "tags", "note"}) {
        values.set(name, text(name));
    }
    for (const auto name : link_fields()) values.set(std::string(name) + "_error", access::wrong_at(wrongs, name));
    for (const auto* name : {"on_bio", "pass_query", "tell_context", "keeps_target"}) values.set(name, form.find(name) != nullptr);
    return access::StudioPage{.place = "links",
                              .title = link.title.empty() ? slug : link.title,
                              .template_path = "studio/link.html",
                              .values = std::move(values)};
}

// What a change is called in the history.
std::string words_of(const Link& before, const Link& after) {
    std::string what;
    const auto say = [&](bool changed, std::string_view word) {
        if (changed) what += (what.empty() ? "" : ", ") + std::string(word);
    };
    say(before.target != after.target, "target");
    say(before.slug != after.slug || before.aliases != after.aliases, "address");
    say(before.title != after.title, "title");
    say(before.rules != after.rules, "rules");
    say(before.live != after.live, "live session");
    say(before.split != after.split, "split");
    say(before.starts != after.starts || before.ends != after.ends, "time");
    say(before.fallback != after.fallback || before.keeps_target != after.keeps_target, "fallback");
    say(before.clicks_max != after.clicks_max, "places");
    say(before.password_hash != after.password_hash, "password");
    say(before.utm != after.utm || before.pass_query != after.pass_query, "UTM and parameters");
    say(before.preview_title != after.preview_title || before.preview_text != after.preview_text ||
            before.preview_image != after.preview_image || before.no_index != after.no_index || before.may_index != after.may_index ||
            before.on_bio != after.on_bio,
        "how it shows");
    say(before.outside != after.outside || before.apps != after.apps, "apps");
    say(before.folder != after.folder || before.tags != after.tags || before.note != after.note, "folder, tags, note");
    return "changed: " + what;
}

// Runs `act` on the link of the address, tells every node, and comes back to its page or, on a refusal, to the form.
using ActOnLink = std::function<Result<access::Toast>(store::Tx&, const wire::Json& sent, Link link, std::string& slug)>;
Task<http::Response> act_on_link(Doors& doors, access::Visit visit, ActOnLink act, bool to_list) {
    auto& site = doors.site;
    const auto slug = visit.request.parameter("slug");
    auto taking = uploads::take_form(doors.uploads, visit);
    auto taken = co_await taking;
    const access::Act acted = [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        TRY(Status(taken.files));
        auto now_at = slug;
        const auto toast = TRY(act(tx, sent, TRY(find(tx, visit.shop().id, slug)), now_at));
        TRY(access::note_audit(tx, visit.shop().id, "owner", "change_link", now_at, site.clock.now(), site.random));
        return access::with_toast(site, visit, to_list ? "/studio/links" : "/studio/links/" + now_at, toast);
    };
    const access::Again again = [&](store::Tx& tx, const wire::Json& sent, const Error& error) {
        return link_page(tx, doors, visit, slug, &sent, &error);
    };
    auto response = co_await access::studio_form(site, visit, std::move(taken.form), acted, again);
    if (access::was_done(response)) announce_change(site.bus, visit.shop().id);
    co_return response;
}

}  // namespace

Task<http::Response> get_link(Doors& doors, access::Visit visit) {
    const auto slug = visit.request.parameter("slug");
    co_return co_await access::studio_page(doors.site, visit,
                                           [&](store::Tx& tx) { return link_page(tx, doors, visit, slug, nullptr, nullptr); });
}

Task<http::Response> post_change(Doors& doors, access::Visit visit) {
    const auto now = doors.site.clock.now();
    const auto base = visit.base;
    const auto shop = visit.shop().id;
    const auto zone = visit.zone();
    const auto& deny = doors.lists.deny;
    const ActOnLink act = [&](store::Tx& tx, const wire::Json& sent, Link link, std::string& slug) -> Result<access::Toast> {
        const auto wanted = TRY(link_of_form(sent, link, zone, deny));
        const auto changed = TRY(change(tx, shop, slug, wanted, {.who = "owner", .what = words_of(link, wanted), .at = now}));
        slug = changed.slug;
        access::Toast toast{.text = "Saved."};
        if (const auto past = TRY(history(tx, shop, changed.number)); !past.empty() && past.front().at == now) {
            toast.undo_url = base + "/studio/links/" + slug + "/put-back";
            toast.undo_fields.emplace_back("change", std::to_string(past.front().number));
        }
        return toast;
    };
    co_return co_await act_on_link(doors, visit, act, false);
}

Task<http::Response> post_aliases(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto asked = visit.request.parameter("slug");
    auto response = co_await access::studio_form(
        site, visit,
        [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
            const auto& shop = visit.shop().id;
            auto link = TRY(find(tx, shop, asked));
            const auto wanted = trimmed(access::field(sent, "add")), gone = access::field(sent, "drop");
            if (gone.empty() && wanted.empty())
                return fail(Fault::bad_input, "the address: say which one, like a word that you say on stream");
            if (gone.empty() && (wanted == link.slug || std::ranges::binary_search(link.aliases, wanted)))
                return fail(Fault::conflict, "the address \"" + wanted + "\" leads to this link already");
            if (gone.empty())
                link.aliases.push_back(wanted);
            else
                std::erase(link.aliases, gone);
            const auto what = gone.empty() ? "also at " + wanted : "no longer at " + gone;
            link = TRY(change(tx, shop, asked, std::move(link), {.who = "owner", .what = what, .at = now}));
            TRY(access::note_audit(tx, shop, "owner", "change_link", link.slug, now, site.random));
            const auto own = visit.base + "/studio/links/" + link.slug;
            access::Toast toast{.text = gone.empty() ? "It leads here now: " + wanted : "Let go: " + gone};
            if (const auto past = TRY(history(tx, shop, link.number)); !past.empty() && past.front().at == now) {
                toast.undo_url = own + "/put-back";
                toast.undo_fields.emplace_back("change", std::to_string(past.front().number));
            }
            return access::with_toast(site, visit, "/studio/links/" + link.slug, toast);
        },
        [&](store::Tx& tx, const wire::Json& sent, const Error& error) -> Result<access::StudioPage> {
            auto page = TRY(link_page(tx, doors, visit, asked, nullptr, nullptr));
            page.values.set("alias", access::field(sent, "add")).set("alias_error", access::sentence(error.text));
            return page;
        });
    if (access::was_done(response)) announce_change(site.bus, visit.shop().id);
    co_return response;
}

namespace {

constexpr std::size_t preview_bytes_max = 256 * 1024;  // a page says in its head what it is
constexpr long preview_ms_max = 8'000;

// What the page at the address says of itself. Refuses (bad_input) what is no public page of HTML.
Task<Result<linkcheck::PageFace>> face_of(fetch::Fetcher& fetcher, std::string target) {
    using Face = Result<linkcheck::PageFace>;
    const auto no = [&](const std::string& why) { return Face(fail(Fault::bad_input, "The target's words could not be read: " + why)); };
    if (target.starts_with('/')) co_return no("it is a page of this shop, which says itself what it is.");
    if (const auto good = examine_target(target); !good) co_return Face(good.error());
    fetch::FetchRequest request{.url = target.substr(0, target.find('#')),
                                .headers = {{"User-Agent", std::string(linkcheck::check_agent)}, {"Accept", "text/html"}},
                                .body_bytes_max = preview_bytes_max,
                                .beyond = fetch::Beyond::cut,
                                .total_ms = preview_ms_max,
                                .redirects_max = 5};
    const auto answer = co_await fetcher.fetch(std::move(request));
    if (!answer) co_return no(answer.error().text);
    if (answer->status != 200) co_return no("it answers " + std::to_string(answer->status) + ".");
    if (answer->header("content-type").find("html") == std::string_view::npos) co_return no("it is no page of HTML.");
    auto face = linkcheck::page_face(answer->body);
    if (face.title.empty() && face.text.empty() && face.image.empty()) co_return no("it says nothing of itself.");
    if (!face.image.empty()) {
        const auto image = fetch::resolve(answer->url, face.image);
        face.image = image && examine_target(*image) ? *image : std::string();
    }
    co_return Face(std::move(face));
}

}  // namespace

Task<http::Response> post_preview(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    auto sent = access::form(visit);
    if (!sent) co_return access::refusal(site, visit, sent.error());
    const auto slug = visit.request.parameter("slug");
    const auto allowed = co_await site.db.read([&](store::Tx& tx) -> Status {
        TRY(access::same_csrf(TRY(access::owner(tx, visit, now)), *sent));
        TRY(find(tx, visit.shop().id, slug));
        return {};
    });
    if (!allowed) co_return access::refusal(site, visit, allowed.error());
    auto face = Result<linkcheck::PageFace>(fail(Fault::rate_limited, "That was often. Wait a minute, then ask again."));
    if (doors.password_tries.take("preview/" + visit.shop().id.text, now)) {
        auto asking = face_of(site.fetcher, access::field(*sent, "target"));
        face = co_await asking;
    }
    if (face) sent->set("preview_title", face->title).set("preview_text", face->text).set("preview_image", face->image);
    co_return co_await access::studio_page(site, visit, [&](store::Tx& tx) -> Result<access::StudioPage> {
        auto page = TRY(link_page(tx, doors, visit, slug, &*sent, nullptr));
        page.values.set("show_open", true);
        if (!face) {
            const access::Wrongs wrongs{{"preview_title", "Title in previews", face.error().text}};
            page.values.set("wrongs", access::wrongs_json(wrongs)).set("preview_title_error", access::wrong_at(wrongs, "preview_title"));
            page.status = 422;
        }
        return page;
    });
}

Task<http::Response> post_put_back(Doors& doors, access::Visit visit) {
    const auto now = doors.site.clock.now();
    const auto shop = visit.shop().id;
    const ActOnLink act = [&](store::Tx& tx, const wire::Json& sent, Link, std::string& slug) -> Result<access::Toast> {
        const auto number = std::atoll(access::field(sent, "change").c_str());
        const auto link = TRY(put_back(tx, shop, slug, number, {.who = "owner", .what = "put back", .at = now}));
        slug = link.slug;
        return access::Toast{.text = "The link is again as it was."};
    };
    co_return co_await act_on_link(doors, visit, act, false);
}

namespace {
Task<http::Response> set_archived(Doors& doors, access::Visit visit, bool archived) {
    const auto now = doors.site.clock.now();
    const auto shop = visit.shop().id;
    const auto base = visit.base;
    const ActOnLink act = [&](store::Tx& tx, const wire::Json&, Link link, std::string& slug) -> Result<access::Toast> {
        link.archived = archived ? std::optional(now) : std::nullopt;
        TRY(change(tx, shop, slug, std::move(link),
                   {.who = "owner", .what = archived ? "put in the archive" : "out of the archive", .at = now}));
        access::Toast toast{.text =
                                archived ? "The link " + slug + " is in the archive. It still works." : "The link " + slug + " is back."};
        if (archived) toast.undo_url = base + "/studio/links/" + slug + "/unarchive";
        return toast;
    };
    co_return co_await act_on_link(doors, visit, act, true);
}
}  // namespace

Task<http::Response> post_archive(Doors& doors, access::Visit visit) { return set_archived(doors, std::move(visit), true); }
Task<http::Response> post_unarchive(Doors& doors, access::Visit visit) { return set_archived(doors, std::move(visit), false); }

Task<http::Response> post_templates(Doors& doors, access::Visit visit) {
    co_return co_await access::studio_form(doors.site, visit, [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
        const UtmTemplate wanted{.name = access::field(sent, "name"), .utm = access::field(sent, "utm")};
        TRY(set_utm_template(tx, visit.shop().id, wanted));
        return access::with_toast(doors.site, visit, "/studio/links",
                                  {.text = wanted.utm.empty() ? "Removed: " + wanted.name : "Kept: " + wanted.name});
    });
}

}  // namespace barrow::links
