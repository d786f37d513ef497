#include "rooms/links/follow_http.hpp"

#include "floor/sign/sign.hpp"
#include "rooms/links/address.hpp"
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
    Visitor visitor;
    std::string unit;
};

// The headers that matter here, found in one pass: this runs for every click.
struct Said {
    std::string_view agent, language, referrer;
    bool ahead = false, cookies = false;
};

Said said_by(const http::Request& request) {
    Said said;
    for (const auto& [name, value] : request.headers) {
        switch (name.size()) {
            case 5:
                if (name == "x-moz") said.ahead = said.ahead || value.find("prefetch") != value.npos;
                break;
            case 6:
                said.cookies = said.cookies || name == "cookie";
                break;
            case 7:
                if (name == "referer") said.referrer = value;
                [[fallthrough]];
            case 9:
            case 11:
                if (name == "purpose" || name == "x-purpose" || name == "sec-purpose")
                    said.ahead = said.ahead || value.find("prefetch") != value.npos || value.find("preview") != value.npos;
                break;
            case 10:
                if (name == "user-agent") said.agent = value;
                break;
            case 15:
                if (name == "accept-language") said.language = value;
                break;
            default:
                break;
        }
    }
    return said;
}

WhyNot why_not(const Doors& doors, const access::Visit& visit, const Said& said, std::int64_t link, const telemetry::Agent& agent,
               Instant now) {
    const auto& request = visit.request;
    if (request.method == http::Method::head) return WhyNot::head;
    if (said.ahead) return WhyNot::prefetch;
    switch (agent.kind) {
        case telemetry::AgentKind::preview:
            return WhyNot::preview;
        case telemetry::AgentKind::crawler:
            return WhyNot::crawler;
        case telemetry::AgentKind::tool:
            return WhyNot::tool;
        case telemetry::AgentKind::person:
            break;
    }
    if (said.cookies && !request.cookie("__Host-" + access::session_cookie(visit.shop())).empty()) return WhyNot::own;
    if (doors.repeats.again(visit.shop().id.text, link, request.peer, said.agent, now)) return WhyNot::repeated;
    return WhyNot::no;
}

bool is_person(WhyNot why) { return why == WhyNot::no || why == WhyNot::own || why == WhyNot::repeated; }

Opening open(const Doors& doors, const access::Visit& visit, const Destination& destination, Instant now) {
    const auto& request = visit.request;
    const auto said = said_by(request);
    Opening opening{.agent = telemetry::read_agent(said.agent),
                    .country = doors.countries.of(request),
                    .source = source_tag(request.query),
                    .referrer = referrer_host(said.referrer)};
    opening.why = why_not(doors, visit, said, destination.number, opening.agent, now);
    opening.visitor = {.agent = opening.agent,
                       .country = {},
                       .language = preferred_language(said.language),
                       .query = request.query,
                       .now = now,
                       .stage = destination.moment() != nullptr ? std::optional(destination.moment()->stage) : std::nullopt};
    if (destination.has_split()) opening.unit = snippets::unit_of(visit, doors.salt);
    return opening;
}

void count(const Doors& doors, const access::Visit& visit, const Destination& destination, const Opening& opening, const Outcome& outcome) {
    telemetry::Click click{.shop = visit.shop().id.text,
                           .link = destination.number,
                           .why = opening.why,
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
    if (link != nullptr && link->no_index) response.headers.emplace_back("x-robots-tag", "noindex, nofollow");
    return response;
}

// web/viewer/link.html: a link that does not lead on right now. `kind` is one of its cases.
http::Response link_page(const Doors& doors, const access::Visit& visit, std::string_view kind, int status, wire::Json values) {
    for (const std::string_view one : {"early", "ended", "full", "blocked", "password", "preview"})
        values.set("is_" + std::string(one), kind == one);
    for (const std::string_view one : {"when", "problem", "action", "title", "text", "image", "url"}) {
        if (values.find(one) == nullptr) values.set(std::string(one), "");
    }
    auto response = access::page(doors.site, visit, "viewer/link.html", std::move(values));
    response.status = status;
    return response;
}

http::Response ask_password(const Doors& doors, const access::Visit& visit, const std::string& problem, int status) {
    return link_page(doors, visit, "password", status,
                     wire::Json::object({{"action", visit.base + std::string(visit.request.path)}, {"problem", problem}}));
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

std::string date_and_time(Instant at) { return snippets::long_date(at) + ", " + clock_time(at).substr(0, 5) + " UTC"; }

http::Response closed(const Doors& doors, const access::Visit& visit, const Destination& destination, const Outcome& outcome, Instant now) {
    using Kind = Outcome::Kind;
    const auto& link = *destination.link();
    if ((outcome.kind == Kind::ended || outcome.kind == Kind::full) && !outcome.target.empty())
        return redirect(visit, destination, outcome, 302, now);
    switch (outcome.kind) {
        case Kind::early:
            return link_page(doors, visit, "early", 404, wire::Json::object({{"when", date_and_time(*link.starts)}}));
        case Kind::ended:
            return link_page(doors, visit, "ended", 410, wire::Json::object({{"when", date_and_time(*link.ends)}}));
        case Kind::full:
            return link_page(doors, visit, "full", 410, wire::Json::object());
        case Kind::blocked:
            return link_page(doors, visit, "blocked", 403, wire::Json::object());
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
    if (destination.has_password()) {
        if (is_person(opening.why)) opening.why = WhyNot::locked;
        count(doors, visit, destination, opening, outcome);
        return ask_password(doors, visit, "", 200);
    }
    if (destination.counts_places()) {
        if (is_person(opening.why)) return std::nullopt;
        // Places are for people: a program is told what the link is, and takes none.
        count(doors, visit, destination, opening, outcome);
        return preview_page(doors, visit, *destination.link());
    }
    count(doors, visit, destination, opening, outcome);
    return redirect(visit, destination, outcome, 302, now);
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
    doors.cache.forget(shop);  // the next one sees at once that it is full
    const Outcome full{.kind = Outcome::Kind::full, .target = destination.link()->ended_target};
    co_return count_closed(doors, visit, destination, opening, full, now);
}

// In the cache: what a domain finds that ignores case is kept apart from what others find. No slug ends so.
std::string any_case(const std::string& slug) { return slug + " any case"; }

using Found = Result<Destination>;

Task<Found> look_up_now(Doors& doors, const access::Visit& visit, const std::string& slug, Instant now) {
    const auto epoch = doors.cache.epoch();
    const auto how = visit.ignores_case ? Case::ignored : Case::counts;
    auto found = co_await doors.site.db.read([&](store::Tx& tx) { return look_up(tx, visit.shop().id, slug, how, doors.deny, now); });
    if (!found && found.error().fault == Fault::not_found)
        co_return Found(fail(Fault::not_found, "The address may be mistyped, or what stood here has moved."));
    if (!found) co_return Found(found.error());
    doors.cache.keep(visit.shop().id, visit.ignores_case ? any_case(slug) : slug, *found, now, epoch);
    co_return Found(std::move(*found));
}

}  // namespace

Task<http::Response> get_follow(Doors& doors, access::Visit visit) {
    const auto now = doors.site.clock.now();
    const auto& slug = visit.request.parameter("slug");
    auto destination = doors.cache.find(visit.shop().id, visit.ignores_case ? any_case(slug) : slug, now);
    if (!destination) {
        auto found = co_await look_up_now(doors, visit, slug, now);
        if (!found && found.error().fault == Fault::not_found) co_return co_await pages::get_page(doors, std::move(visit));
        if (!found) co_return access::refusal(doors.site, visit, found.error());
        destination = std::move(*found);
    }
    auto opening = open(doors, visit, *destination, now);
    opening.visitor.country = opening.country;
    const auto outcome = decide(*destination, opening.visitor, opening.unit);
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
    opening.visitor.country = opening.country;
    const auto outcome = decide(destination, opening.visitor, opening.unit);
    if (outcome.kind != Outcome::Kind::go) co_return count_closed(doors, visit, destination, opening, outcome, now);
    if (destination.has_password()) {
        if (!doors.password_tries.take(visit.shop().id.text + "/" + slug + "/" + std::string(visit.request.peer), now))
            co_return ask_password(doors, visit, "Too many tries. Wait a minute, then try again.", 429);
        // On a reader thread: 30 ms of work must not hold up an io thread.
        const auto fits = co_await doors.site.db.read(
            [&](store::Tx&) -> Result<bool> { return sign::password_fits(destination.link()->password_hash, password); });
        if (!fits) co_return access::refusal(doors.site, visit, fits.error());
        if (!*fits) co_return ask_password(doors, visit, "This is not the password. Type it again.", 422);
    }
    if (destination.counts_places())
        co_return co_await take_place(doors, std::move(visit), destination, std::move(opening), outcome, 303, now);
    count(doors, visit, destination, opening, outcome);
    co_return redirect(visit, destination, outcome, 303, now);
}

}  // namespace barrow::links
