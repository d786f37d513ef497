#include "rooms/links/follow_http.hpp"

#include <array>

#include "floor/fetch/address_rules.hpp"
#include "floor/sign/sign.hpp"
#include "rooms/links/address.hpp"
#include "rooms/links/check/agents.hpp"
#include "rooms/links/escapes.hpp"
#include "rooms/links/opening.hpp"
#include "rooms/links/pages/page_http.hpp"
#include "rooms/snippets/show.hpp"

namespace barrow::links {
namespace {

using telemetry::WhyNot;

// One visit of one link: what is known of who comes, and why it may be no click.
struct Opening {
    telemetry::Agent agent;
    std::string country, source;
    std::string referrer;
    WhyNot why = WhyNot::no;
    telemetry::Repeats::Place place;  // of a person: where they come from
    Visitor visitor;
    std::string unit;
    std::optional<Try> out;  // it comes out of an app, where the same link was opened
};

bool is_person(WhyNot why) { return why == WhyNot::no || why == WhyNot::own || why == WhyNot::repeated || why == WhyNot::outside; }

// A click of it counts when somebody gets through, not when the link is opened.
bool is_walled(const Destination& destination) { return destination.has_password() || destination.counts_places(); }

std::array<std::uint8_t, 32> escape_key(const Doors& doors, const access::Visit& visit) {
    return doors.site.secrets.derive(visit.shop().id, "escape");
}

Opening open(const Doors& doors, const access::Visit& visit, const Destination& destination, Instant now) {
    const auto& request = visit.request;
    const auto said = said_by(request);
    Opening opening{.agent = telemetry::read_agent(said.agent),
                    .country = doors.countries.of(request),
                    .source = source_tag(request.query),
                    .referrer = referrer_host(said.referrer)};
    const auto [why, place] = opened(doors, visit, said, destination.number, opening.agent, now);
    opening.why = why;
    opening.place = place;
    opening.visitor = {.agent = opening.agent,
                       .country = {},
                       .language = preferred_language(said.language),
                       .query = request.query,
                       .now = now,
                       .stage = destination.moment() != nullptr ? std::optional(destination.moment()->stage) : std::nullopt};
    if (destination.has_split()) opening.unit = snippets::unit_of(visit, doors.salt);
    if (const auto token = parameter(request.query, try_parameter)) {
        auto out = read_try(*token, visit.shop().id, escape_key(doors, visit), now);
        if (out && out->link == destination.number) {
            opening.visitor.agent = out->agent;  // it leads where it led inside the app
            if (is_person(opening.why) && !is_walled(destination)) opening.why = WhyNot::outside;
            if (opening.why == WhyNot::repeated) opening.why = WhyNot::no;  // of the two, the page before it was not counted
            opening.out = std::move(*out);
        }
    }
    return opening;
}

Outcome decide(const Destination& destination, const Opening& opening) {
    auto outcome = decide(destination, opening.visitor, opening.unit);
    if (opening.out && outcome.split && opening.out->branch <= destination.link()->split.size()) {
        outcome.branch = opening.out->branch;
        outcome.target = outcome.branch == 0 ? destination.link()->target : destination.link()->split[outcome.branch - 1].target;
    }
    return outcome;
}

void count(const Doors& doors, const access::Visit& visit, const Destination& destination, const Opening& opening, const Outcome& outcome) {
    // Who is one too many of a flood gets on all the same, and takes a place where places are counted: among them are people.
    telemetry::Click click{.shop = visit.shop().id.text,
                           .link = destination.number,
                           .why = why_not(doors, visit, {.why = opening.why, .place = opening.place}, opening.visitor.now),
                           .device = opening.agent.device,
                           .os = opening.agent.os,
                           .app = opening.agent.app,
                           .country = opening.country,
                           .referrer = opening.referrer,
                           .source = opening.source};
    if (outcome.split) {
        click.experiment = destination.link()->split_number;
        click.arm = static_cast<std::int64_t>(outcome.branch);
    }
    doors.clicks.note(click);
}

// ---- answers ---------------------------------------------------------------------------------------------------------------

http::Response redirect(const access::Visit& visit, const Destination& destination, const Outcome& outcome, int status, Instant now) {
    const auto* link = destination.link();
    Onward onward{.query = link == nullptr || link->pass_query ? visit.request.query : std::string_view(),
                  .utm = link == nullptr ? std::string_view() : link->utm,
                  .slug = link == nullptr ? std::string_view() : link->slug,
                  .token = {}};
    std::string token, location;
    const bool own = outcome.target.starts_with('/');
    if (own || (link != nullptr && link->tell_context)) {
        telemetry::Context context{.link = destination.number, .surface = telemetry::Surface::link, .day = now.day()};
        if (outcome.split) context.arms = {{.experiment = link->split_number, .arm = static_cast<std::int64_t>(outcome.branch)}};
        token = snippets::context_token(*visit.tenant, context);
        onward.token = token;
        if (!own) onward.token_name = "bw";
    }
    if (own) location = visit.base;
    location += onward_address(outcome.target, onward);
    auto response = http::Response::redirect(std::move(location), status)
                        .with("cache-control", "private, no-store")
                        .with("referrer-policy", "strict-origin-when-cross-origin");
    if (link == nullptr || !link->may_index)
        response.headers.emplace_back("x-robots-tag", link != nullptr && link->no_index ? "noindex, nofollow" : "noindex");
    return response;
}

// web/viewer/link.html: a link that does not lead on right now. `kind` is one of its cases.
http::Response link_page(const Doors& doors, const access::Visit& visit, std::string_view kind, int status, wire::Json values) {
    for (const std::string_view one :
         {"early", "ended", "full", "blocked", "removed", "password", "preview", "doubt", "report", "reported"})
        values.set("is_" + std::string(one), kind == one);
    for (const std::string_view one : {"when", "problem", "action", "title", "text", "image", "url", "host", "report_url", "words"}) {
        if (values.find(one) == nullptr) values.set(std::string(one), "");
    }
    if (values.find("go") == nullptr) values.set("go", false);
    auto response = access::page(doors.site, visit, "viewer/link.html", std::move(values));
    response.status = status;
    return response;
}

// A form of a link posts to where it was opened, with what stood behind the "?".
std::string same_address(const access::Visit& visit) {
    const auto& request = visit.request;
    return visit.base + std::string(request.path) + (request.query.empty() ? "" : "?" + std::string(request.query));
}

http::Response ask_password(const Doors& doors, const access::Visit& visit, const std::string& problem, int status, bool went_on = false) {
    return link_page(doors, visit, "password", status,
                     wire::Json::object({{"action", same_address(visit)}, {"problem", problem}, {"go", went_on}}));
}

// What a target is called: its host, or the page of this shop. Behind a password it is not told.
std::string target_words(const Doors& doors, const access::Visit& visit, const Destination& destination, std::string_view target) {
    const auto own = access::authority(doors.site, visit.shop()) + visit.base;
    if (destination.has_password()) return own;
    const auto host = host_of(target);
    return host.empty() ? own + std::string(target.substr(0, target.find_first_of("?#"))) : host;
}

http::Response ask_first(const Doors& doors, const access::Visit& visit, const Destination& destination, const Outcome& outcome) {
    return link_page(doors, visit, "doubt", 200,
                     wire::Json::object({{"action", same_address(visit)},
                                         {"host", target_words(doors, visit, destination, outcome.target)},
                                         {"text", destination.doubt()},
                                         {"report_url", visit.base + "/report/" + destination.link()->slug}}));
}

// ---- the way out of an app, and into another -------------------------------------------------------------------------------

std::string with_query(std::string address, std::string_view query) {
    if (query.empty()) return address;
    address += address.find('?') == address.npos ? '?' : '&';
    return address += query;
}

// web/viewer/outside.html, without what belongs to one of its two kinds.
wire::Json offer_values(const Doors& doors, const access::Visit& visit, const Destination& destination, const Outcome& outcome,
                        const Opening& opening) {
    const auto& link = *destination.link();
    auto shared = access::address(doors.site, visit.shop(), "/s/" + link.slug);
    auto qr = visit.base + "/qr/" + link.slug + ".svg";
    if (!opening.source.empty()) {
        const auto tag = "d=" + http::percent_encode(opening.source);
        shared = with_query(shared, tag);
        qr = with_query(qr, tag);
    }
    const auto title = link.title.empty() ? visit.shop().name : link.title;
    return wire::Json::object({{"title", title},
                               {"host", target_words(doors, visit, destination, outcome.target)},
                               {"address", shared},
                               {"mail_href", "mailto:?subject=" + http::percent_encode(title) + "&body=" + http::percent_encode(shared)},
                               {"qr_url", qr}});
}

http::Response out_page(const Doors& doors, const access::Visit& visit, const Destination& destination, const Opening& opening,
                        const Outcome& outcome, const Recipe& recipe, Instant now) {
    const auto& link = *destination.link();
    const Try made{.recipe = std::string(recipe.id),
                   .link = destination.number,
                   .branch = outcome.branch,
                   .agent = {.device = opening.agent.device, .os = opening.agent.os, .app = opening.agent.app},
                   .nonce = doors.site.random.token(9),
                   .made = now};
    const auto token = write_try(made, visit.shop().id, escape_key(doors, visit));
    const auto arrival = [&](const std::string& address) {
        return with_query(address + "?" + std::string(try_parameter) + "=" + token, visit.request.query);
    };
    auto values = offer_values(doors, visit, destination, outcome, opening);
    values.set("is_out", true)
        .set("app", visit.words()(app_words(recipe.app)))
        .set("href", address_out(recipe, arrival(access::address(doors.site, visit.shop(), "/s/" + link.slug))))
        .set("tap_url", visit.base + "/outside/" + token)
        // Whoever stays goes straight to the target; where a password or a place is asked for, to that.
        .set("here_url", is_walled(destination) ? arrival(visit.base + "/s/" + link.slug)
                                                : std::string(redirect(visit, destination, outcome, 302, now).header("location")));
    return access::page(doors.site, visit, "viewer/outside.html", std::move(values));
}

// "spotify:album/1" as Android opens it; without the app, its own browser goes to `otherwise`.
std::string android_intent(const AppTargets& apps, std::string_view otherwise) {
    const auto colon = apps.android.find(':');
    return "intent:" + apps.android.substr(colon + 1) + "#Intent;scheme=" + apps.android.substr(0, colon) + ";package=" + apps.package +
           ";S.browser_fallback_url=" + http::percent_encode(otherwise) + ";end";
}

http::Response app_page(const Doors& doors, const access::Visit& visit, const Destination& destination, const Opening& opening,
                        const Outcome& outcome, Instant now) {
    const auto& apps = destination.link()->apps;
    const std::string here(redirect(visit, destination, outcome, 302, now).header("location"));
    // The way back from an app that is not there must name its host.
    const auto absolute = here.starts_with('/') ? access::origin(doors.site, visit.shop()) + here : here;
    auto values = offer_values(doors, visit, destination, outcome, opening);
    values.set("is_out", false)
        .set("app", "")
        .set("href", opening.visitor.agent.os == telemetry::Os::ios ? apps.ios : android_intent(apps, absolute))
        .set("tap_url", "")
        .set("here_url", here);
    return access::page(doors.site, visit, "viewer/outside.html", std::move(values));
}

// The page that stands before the target for this person; none when nothing is offered.
std::optional<http::Response> offer(const Doors& doors, const access::Visit& visit, const Destination& destination, const Opening& opening,
                                    const Outcome& outcome, Instant now) {
    if (!destination.choices) return std::nullopt;
    if (!opening.out && destination.offers_out()) {
        if (const auto* recipe = choose(opening.agent, destination.choices->recipes))
            return out_page(doors, visit, destination, opening, outcome, *recipe, now);
    }
    const auto& apps = destination.link()->apps;
    const auto os = opening.visitor.agent.os;
    const bool fits = (os == telemetry::Os::ios && !apps.ios.empty()) || (os == telemetry::Os::android && !apps.android.empty());
    if (!fits || is_walled(destination)) return std::nullopt;
    return app_page(doors, visit, destination, opening, outcome, now);
}

// To who shows links to people: what the creator wants said of it.
http::Response preview_page(const Doors& doors, const access::Visit& visit, const Link& link) {
    const auto upload = uploads::shown(link.preview_image);
    const auto picture = upload ? upload->share() : link.preview_image;  // some apps know no WebP
    return link_page(doors, visit, "preview", 200,
                     wire::Json::object({{"title", link.preview_title.empty() ? link.title : link.preview_title},
                                         {"text", link.preview_text},
                                         {"image", picture.starts_with('/') ? access::address(doors.site, visit.shop(), picture) : picture},
                                         {"url", access::address(doors.site, visit.shop(), "/s/" + link.slug)}}));
}
bool has_preview(const Link& link) { return !link.preview_title.empty() || !link.preview_text.empty() || !link.preview_image.empty(); }

wire::Json date_and_time(const access::Visit& visit, Instant at) {
    return access::time_value(visit.zone(), at, access::date_and_time(visit.zone(), at, visit.words()));
}

http::Response closed(const Doors& doors, const access::Visit& visit, const Destination& destination, const Outcome& outcome, Instant now) {
    using Kind = Outcome::Kind;
    const auto& link = *destination.link();
    if ((outcome.kind == Kind::ended || outcome.kind == Kind::full) && !outcome.target.empty())
        return redirect(visit, destination, outcome, 302, now);
    switch (outcome.kind) {
        case Kind::early:
            return link_page(doors, visit, "early", 404, wire::Json::object({{"when", date_and_time(visit, *link.starts)}}));
        case Kind::ended:
            return link_page(doors, visit, "ended", 410, wire::Json::object({{"when", date_and_time(visit, *link.ends)}}));
        case Kind::full:
            return link_page(doors, visit, "full", 410, wire::Json::object());
        case Kind::blocked:
            return link_page(doors, visit, "blocked", 403, wire::Json::object());
        case Kind::removed:
            return link_page(doors, visit, "removed", 410, wire::Json::object());
        case Kind::go:
            break;
    }
    check(false);
    return {};
}

WhyNot why_closed(Outcome::Kind kind) {
    switch (kind) {
        case Outcome::Kind::early:
            return WhyNot::early;
        case Outcome::Kind::ended:
            return WhyNot::ended;
        case Outcome::Kind::full:
            return WhyNot::full;
        case Outcome::Kind::blocked:
            return WhyNot::blocked;
        case Outcome::Kind::removed:
            return WhyNot::removed;
        case Outcome::Kind::go:
            break;
    }
    return WhyNot::no;
}

http::Response count_closed(const Doors& doors, const access::Visit& visit, const Destination& destination, Opening& opening,
                            const Outcome& outcome, Instant now) {
    if (is_person(opening.why)) opening.why = why_closed(outcome.kind);
    count(doors, visit, destination, opening, outcome);
    return closed(doors, visit, destination, outcome, now);
}

// What can be answered without waiting: everything but a password and a place.
std::optional<http::Response> answer_at_once(const Doors& doors, const access::Visit& visit, const Destination& destination,
                                             Opening& opening, const Outcome& outcome, Instant now) {
    if (outcome.kind != Outcome::Kind::go) return count_closed(doors, visit, destination, opening, outcome, now);
    if (destination.link() != nullptr && opening.why == WhyNot::preview && has_preview(*destination.link())) {
        count(doors, visit, destination, opening, outcome);
        return preview_page(doors, visit, *destination.link());
    }
    if (is_person(opening.why)) {
        if (!destination.doubt().empty()) {
            opening.why = WhyNot::warned;
            count(doors, visit, destination, opening, outcome);
            return ask_first(doors, visit, destination, outcome);
        }
        if (auto page = offer(doors, visit, destination, opening, outcome, now)) {
            if (is_walled(destination)) opening.why = WhyNot::outside;
            count(doors, visit, destination, opening, outcome);
            return page;
        }
    }
    if (destination.has_password()) {
        if (is_person(opening.why)) opening.why = WhyNot::locked;
        count(doors, visit, destination, opening, outcome);
        return ask_password(doors, visit, "", 200);
    }
    if (destination.counts_places()) {
        if (is_person(opening.why) && opening.why != WhyNot::own) return std::nullopt;
        // Places are for people who come: a program is told what the link is, its owner tries it; neither takes one.
        count(doors, visit, destination, opening, outcome);
        if (opening.why != WhyNot::own) return preview_page(doors, visit, *destination.link());
        return redirect(visit, destination, outcome, 302, now);
    }
    count(doors, visit, destination, opening, outcome);
    return redirect(visit, destination, outcome, 302, now);
}

// What a domain finds that ignores case is kept apart from what others find. No slug ends so.
std::string cache_key(const access::Visit& visit) {
    const auto& slug = visit.request.parameter("slug");
    return visit.ignores_case ? slug + " any case" : slug;
}

// One place of a link whose places are counted, then the way on.
Task<http::Response> take_place(Doors& doors, access::Visit visit, Destination destination, Opening opening, Outcome outcome, int status,
                                Instant now) {
    const auto shop = visit.shop().id;
    auto slug = destination.link()->slug;
    auto place = doors.places.add(shop.text, {.shop = shop, .slug = std::move(slug)});
    const auto granted = co_await place;
    if (!granted) co_return access::refusal(doors.site, visit, granted.error());
    if (*granted) {
        count(doors, visit, destination, opening, outcome);
        co_return redirect(visit, destination, outcome, status, now);
    }
    doors.cache.forget(shop, cache_key(visit));  // the next one sees at once that it is full
    const Outcome full{.kind = Outcome::Kind::full, .target = destination.link()->ended_target};
    co_return count_closed(doors, visit, destination, opening, full, now);
}

std::optional<Destination> find_cached(const Doors& doors, const access::Visit& visit, Instant now) {
    return doors.cache.find(visit.shop().id, cache_key(visit), now);
}

using Found = Result<Destination>;

Task<Found> look_up_now(Doors& doors, const access::Visit& visit, const std::string& slug, Instant now) {
    const auto epoch = doors.cache.epoch();
    const auto how = visit.ignores_case ? Case::ignored : Case::counts;
    auto found = co_await doors.site.db.read(
        [&](store::Tx& tx) { return look_up(tx, visit.shop().id, slug, how, doors.lists, visit.words(), now); });
    if (!found && found.error().fault == Fault::not_found)
        co_return Found(fail(Fault::not_found, "The address may be mistyped, or what stood here has moved."));
    if (!found) co_return Found(found.error());
    doors.cache.keep(visit.shop().id, cache_key(visit), *found, now, epoch);
    co_return Found(std::move(*found));
}

}  // namespace

std::optional<http::Response> follow_at_once(Doors& doors, const access::Visit& visit) {
    const auto now = doors.site.clock.now();
    const auto destination = find_cached(doors, visit, now);
    if (!destination || destination->counts_places() || parameter(visit.request.query, try_parameter)) return std::nullopt;
    auto opening = open(doors, visit, *destination, now);
    opening.visitor.country = opening.country;
    return answer_at_once(doors, visit, *destination, opening, decide(*destination, opening), now);
}

Task<http::Response> get_follow(Doors& doors, access::Visit visit) {
    const auto now = doors.site.clock.now();
    const auto& slug = visit.request.parameter("slug");
    auto destination = find_cached(doors, visit, now);
    if (!destination) {
        auto found = co_await look_up_now(doors, visit, slug, now);
        if (!found && found.error().fault == Fault::not_found) co_return co_await pages::get_page(doors, std::move(visit));
        if (!found) co_return access::refusal(doors.site, visit, found.error());
        destination = std::move(*found);
    }
    auto opening = open(doors, visit, *destination, now);
    opening.visitor.country = opening.country;
    if (opening.out && opening.agent.app == telemetry::App::none && is_person(opening.why)) {
        const auto arrived =
            co_await doors.site.db.write([&](store::Tx& tx) { return note_arrival(tx, visit.shop().id, *opening.out, now); });
        // Whoever came out goes on all the same.
        if (!arrived) doors.site.log.error("arrival_not_counted", {{"text", arrived.error().text}});
    }
    const auto outcome = decide(*destination, opening);
    auto answer = answer_at_once(doors, visit, *destination, opening, outcome, now);
    if (answer) co_return std::move(*answer);
    co_return co_await take_place(doors, std::move(visit), std::move(*destination), std::move(opening), outcome, 302, now);
}

Task<http::Response> post_follow(Doors& doors, access::Visit visit) {
    const auto now = doors.site.clock.now();
    const auto slug = visit.request.parameter("slug");
    if (const auto ours = access::same_site(visit); !ours) co_return access::refusal(doors.site, visit, ours.error());
    const auto form = access::form(visit);
    if (!form) co_return access::refusal(doors.site, visit, form.error());
    const auto* sent = form->find("password");
    const auto password = sent != nullptr && sent->is_text() ? sent->text() : "";
    auto found = co_await look_up_now(doors, visit, slug, now);
    if (!found) co_return access::refusal(doors.site, visit, found.error());
    const Destination destination = std::move(*found);
    auto opening = open(doors, visit, destination, now);
    if (opening.why == WhyNot::repeated) opening.why = WhyNot::no;  // of the two, the page that asked was not counted
    opening.visitor.country = opening.country;
    const auto outcome = decide(destination, opening);
    if (outcome.kind != Outcome::Kind::go) co_return count_closed(doors, visit, destination, opening, outcome, now);
    const bool went_on = form->find("go") != nullptr;
    if (!destination.doubt().empty() && !went_on) co_return ask_first(doors, visit, destination, outcome);
    if (destination.has_password() && sent == nullptr) co_return ask_password(doors, visit, "", 200, went_on);
    if (destination.has_password()) {
        const auto who = visit.shop().id.text + "/" + std::to_string(destination.number) + "/" + fetch::network_of(visit.request.peer);
        if (!doors.password_tries.take(who, now))
            co_return ask_password(doors, visit, visit.words()("Too many tries. Wait a minute, then try again."), 429, went_on);
        // On a reader thread: 30 ms of work must not hold up an io thread.
        const auto fits = co_await doors.site.db.read(
            [&](store::Tx&) -> Result<bool> { return sign::password_fits(destination.link()->password_hash, password); });
        if (!fits) co_return access::refusal(doors.site, visit, fits.error());
        if (!*fits) co_return ask_password(doors, visit, visit.words()("This is not the password. Type it again."), 422, went_on);
        doors.password_tries.give_back(who);  // the right one is no try: many know it behind one address
    }
    if (destination.counts_places())
        co_return co_await take_place(doors, std::move(visit), destination, std::move(opening), outcome, 303, now);
    count(doors, visit, destination, opening, outcome);
    co_return redirect(visit, destination, outcome, 303, now);
}

Task<http::Response> post_tap(Doors& doors, access::Visit visit) {
    const auto now = doors.site.clock.now();
    const auto shop = visit.shop().id;
    if (const auto ours = access::same_site(visit); !ours) co_return access::refusal(doors.site, visit, ours.error());
    const auto tapped = read_try(visit.request.parameter("token"), shop, escape_key(doors, visit), now);
    if (!tapped) co_return access::refusal(doors.site, visit, tapped.error());
    if (!doors.taps.take(fetch::network_of(visit.request.peer), now))
        co_return access::refusal(doors.site, visit, fail(Fault::rate_limited, "too many taps; wait a minute"));
    const auto switched_off =
        co_await doors.site.db.write([&](store::Tx& tx) { return note_tap(tx, shop, *tapped, now, doors.site.random); });
    if (!switched_off) co_return access::refusal(doors.site, visit, switched_off.error());
    if (*switched_off) {
        announce_change(doors.site.bus, shop);
        doors.site.log.warning("escape_off", {{"shop", shop.text}, {"recipe", tapped->recipe}});
    }
    http::Response done;
    done.status = 204;
    co_return std::move(done).with("cache-control", "no-store");
}

// ---- reports ---------------------------------------------------------------------------------------------------------------

namespace {
http::Response report_page(const Doors& doors, const access::Visit& visit, const Link& link, const std::string& problem,
                           std::string words) {
    return link_page(doors, visit, "report", problem.empty() ? 200 : 422,
                     wire::Json::object({{"action", visit.base + "/report/" + link.slug},
                                         {"url", access::authority(doors.site, visit.shop()) + visit.base + "/s/" + link.slug},
                                         {"problem", problem},
                                         {"words", std::move(words)}}));
}
}  // namespace

Task<http::Response> get_report(Doors& doors, access::Visit visit) {
    const auto slug = visit.request.parameter("slug");
    const auto link = co_await doors.site.db.read([&](store::Tx& tx) { return find(tx, visit.shop().id, slug); });
    if (!link) co_return access::refusal(doors.site, visit, link.error());
    co_return report_page(doors, visit, *link, "", "");
}

Task<http::Response> post_report(Doors& doors, access::Visit visit) {
    const auto now = doors.site.clock.now();
    const auto shop = visit.shop().id;
    const auto slug = visit.request.parameter("slug");
    const auto peer = fetch::network_of(visit.request.peer);  // who has one address of IPv6 has many
    if (const auto ours = access::same_site(visit); !ours) co_return access::refusal(doors.site, visit, ours.error());
    const auto form = access::form(visit);
    if (!form) co_return access::refusal(doors.site, visit, form.error());
    const auto text = [&](const char* name) {
        const auto* value = form->find(name);
        return value != nullptr && value->is_text() ? value->text() : std::string();
    };
    const Report said{.at = now, .kind = text("kind"), .words = text("words")};
    const auto link = co_await doors.site.db.read([&](store::Tx& tx) { return find(tx, shop, slug); });
    if (!link) co_return access::refusal(doors.site, visit, link.error());
    if (!doors.reports.take(peer, now))
        co_return access::refusal(doors.site, visit, fail(Fault::rate_limited, "That is enough for now. Come back in an hour."));
    // A second one of the same day is thanked for and not counted.
    if (doors.reports_of_one.take(shop.text + "/" + slug + "/" + peer, now)) {
        const auto reported = co_await doors.site.db.write([&](store::Tx& tx) { return report(tx, shop, slug, said); });
        if (!reported && reported.error().fault == Fault::bad_input)
            co_return report_page(doors, visit, *link, access::told(visit, reported.error()), said.words);
        if (!reported) co_return access::refusal(doors.site, visit, reported.error());
        if (*reported == reports_doubted) announce_change(doors.site.bus, shop);
    }
    co_return link_page(doors, visit, "reported", 200, wire::Json::object());
}

}  // namespace barrow::links
