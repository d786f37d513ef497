#include "rooms/live/live_http.hpp"

#include <algorithm>

#include "floor/wire/page.hpp"
#include "floor/wire/qr.hpp"
#include "rooms/experiments/experiments.hpp"
#include "rooms/links/address.hpp"
#include "rooms/links/links_http.hpp"
#include "rooms/orders/orders_http.hpp"
#include "rooms/orders/session_sales.hpp"
#include "rooms/snippets/show.hpp"

namespace barrow::live {
namespace {

// Who listens to a session at this node: the viewers' pages, the overlays, the creator's control rooms.
constexpr std::string_view viewers = "session:", overlays = "overlay:", control_rooms = "room:";
std::string topic(std::string_view listeners, const Id<Session>& session) { return std::string(listeners) + session.text; }

// "on air since" with 20:00, "ended" with 21:10, or when it starts.
struct When {
    std::string before;
    Instant at;
    std::string words;
};
When when(const Session& session, const Zone& zone, const wire::Words& say = wire::Words("en")) {
    if (session.state == Session::State::live) {
        const auto since = session.started.value_or(session.starts);
        return {say("on air since") + " ", since, zone.minute(since)};
    }
    if (session.state == Session::State::ended) {
        const auto at = session.ended.value_or(session.starts);
        return {say("ended") + " ", at, zone.minute(at)};
    }
    return {"", session.starts, access::date_and_time(zone, session.starts, say)};
}
std::string when_words(const Session& session, const Zone& zone) {
    const auto told = when(session, zone);
    return told.before + told.words;
}

std::string watch_name(const std::string& url) {
    const auto host = url.substr(url.find("//") == std::string::npos ? 0 : url.find("//") + 2);
    auto name = host.substr(0, host.find('/'));
    if (name.starts_with("www.")) name = name.substr(4);
    return name;
}

// Two threads may tell in another order than they read: whoever listens drops what has a lower version of the same product.
wire::Json stock_data(const Id<catalog::Product>& product, const stock::Standing& standing, std::int64_t version) {
    return wire::Json::object({{"product", product.text},
                               {"left", standing.left_count},
                               {"held", standing.held_count},
                               {"sold", standing.taken_count},
                               {"version", version}});
}

// The pinned product as the overlay shows it; null when nothing is pinned.
struct OnScreen {
    catalog::Product product;
    stock::Standing standing;
    std::int64_t version = 0;
    std::optional<snippets::Snippet> snippet;  // none while an experiment shows several by turns: those are each viewer's own
    bool tried = false;                        // one does
};
Result<std::optional<OnScreen>> on_screen(store::Tx& tx, const Id<access::Shop>& shop, const Session& session, Instant now) {
    if (!session.pinned) return std::optional<OnScreen>();
    auto product = TRY(catalog::find(tx, shop, *session.pinned));
    auto standing = TRY(stock::standing(tx, shop, product.id, session.drop, now));
    const auto version = TRY(stock::version_of(tx, shop, product.id));
    auto snippet = TRY(snippets::snippet_of(tx, shop, product.id, telemetry::Surface::live, now));
    const auto running = TRY(experiments::running(tx, shop));
    const bool tried = snippet && std::ranges::any_of(running, [&](const auto& one) { return one.snippet_id == snippet->id.text; });
    if (tried) snippet.reset();
    return std::optional(OnScreen{std::move(product), std::move(standing), version, std::move(snippet), tried});
}

wire::Json pin_data(const access::Site& site, const access::Tenant& tenant, const Session& session, const std::optional<OnScreen>& shown,
                    Instant now) {
    if (!shown) return wire::Json::object({{"product", ""}, {"name", ""}});
    const wire::Words say(tenant.shop.language);
    const auto live = access::address(site, tenant.shop, "/live/" + session.slug);
    const auto path = live.substr(access::origin(site, tenant.shop).size());
    auto data = stock_data(shown->product.id, shown->standing, shown->version);
    data.set("name", shown->product.name)
        .set("price", say.money(shown->product.price))
        .set("sold_out", shown->standing.left_count == 0)
        .set("url", access::authority(site, tenant.shop) + path)
        .set("qr", path + "/qr.svg")
        .set("until_ms", shown->standing.closes ? wire::Json(shown->standing.closes->us / 1'000) : wire::Json(""))
        .set("now_ms", now.us / 1'000);
    const auto* snippet = shown->snippet ? &*shown->snippet : nullptr;
    data.set("does", snippet != nullptr ? snippets::on(snippet->words, telemetry::Surface::live).title : "");
    if (shown->tried) return data;
    const auto base = path.substr(0, path.size() - ("/live/" + session.slug).size());
    data.set("doc", snippet != nullptr ? base + snippets::document_path(*snippet) : "")
        .set("signed", snippet != nullptr
                           ? say("{date}, version {version}", {{"date", access::long_date(tenant.zone, snippet->published, say)},
                                                               {"version", std::to_string(snippet->version)}})
                           : "");
    return data;
}

http::Event event(std::string name, const wire::Json& data, Instant now) {
    return {.sequence = now.us, .name = std::move(name), .data = wire::write_json(data)};
}

// On the bus: subject "live.SESSION", payload the event as its viewers read it.
constexpr std::string_view announced = "live.";
// Of the events only this one is for the control rooms alone.
constexpr std::string_view order_event = "order";

void tell(access::Site& site, const Id<Session>& session, const http::Event& event) {
    site.bus.publish(std::string(announced) + session.text,
                     wire::write_json(wire::Json::object({{"sequence", event.sequence}, {"name", event.name}, {"data", event.data}})));
}

}  // namespace

bus::Bus::Ear show_announced(bus::Bus& bus, http::EventHub& events) {
    return bus.listen(std::string(announced) + "*", [&events](const bus::Message& message) {
        const auto told = wire::read_json(message.payload);
        check(told.ok());
        const Id<Session> session{message.subject.substr(announced.size())};
        const http::Event event{
            .sequence = told->find("sequence")->integer(), .name = told->find("name")->text(), .data = told->find("data")->text()};
        events.publish(topic(control_rooms, session), event);
        if (event.name == order_event) return;
        events.publish(topic(viewers, session), event);
        events.publish(topic(overlays, session), event);
    });
}

Task<http::Response> get_live(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const auto slug = visit.request.parameter("slug");
    const auto came_with = snippets::came_with(visit, now);
    const auto unit = snippets::unit_of(visit, doors.salt);
    const auto say = visit.words();
    telemetry::Context seen;
    std::string product_id;
    auto values = co_await site.db.read([&](store::Tx& tx) -> Result<wire::Json> {
        const auto& shop = visit.shop();
        const auto session = TRY(find(tx, shop.id, slug));
        const auto running = TRY(experiments::running(tx, shop.id));
        seen = came_with;
        seen.surface = telemetry::Surface::live;
        seen.live_session = session.number;
        seen.day = now.day();
        auto pinned = wire::Json(false);
        if (const auto shown = TRY(on_screen(tx, shop.id, session, now))) {
            const auto& product = shown->product;
            product_id = product.id.text;
            auto cue = wire::Json(false);
            std::string does;
            if (auto current = TRY(snippets::snippet_of(tx, shop.id, product.id, telemetry::Surface::live, now))) {
                auto view = TRY(snippets::show(tx, shop, std::move(*current), running, seen, telemetry::Surface::live, unit, now));
                seen = view.context;
                does = snippets::on(view.snippet.words, telemetry::Surface::live).title;
                cue = snippets::card(site, visit, view.snippet, telemetry::Surface::live, product, stock::told(shown->standing, say),
                                     shown->standing.kind, "");
            }
            const auto token = snippets::context_token(*visit.tenant, seen);
            const auto& standing = shown->standing;
            pinned = wire::Json::object(
                {{"product", product.id.text},
                 {"name", product.name},
                 {"does", does},
                 {"href", visit.base + links::with_context("/p/" + product.slug, token)},
                 {"image", product.image.empty() ? "" : visit.base + product.image},
                 {"image_alt", product.image_alt},
                 {"price", say.money(product.price)},
                 {"left", standing.left_count},
                 {"state", stock::told(standing, say)},
                 {"state_kind", standing.kind},
                 {"until", standing.closes ? access::time_value(visit.zone(), *standing.closes, visit.zone().second(*standing.closes))
                                           : wire::Json(false)},
                 {"until_ms", standing.closes ? std::to_string(standing.closes->us / 1'000) : ""},
                 {"snippet", std::move(cue)}});
            const checkout::Offer offer{product, standing, token, "/live/" + session.slug + "/holds"};
            TRY(checkout::set_offer(tx, site, visit, offer, now, pinned));
        }
        wire::Json::Array others;
        for (const auto& product : TRY(products(tx, shop.id, session.id))) {
            if (session.pinned && *session.pinned == product.id) continue;
            const auto standing = TRY(stock::standing(tx, shop.id, product.id));
            auto context = seen;
            context.snippet = context.snippet_version = 0;
            others.push_back(wire::Json::object(
                {{"name", product.name},
                 {"href", visit.base + links::with_context("/p/" + product.slug, snippets::context_token(*visit.tenant, context))},
                 {"price", say.money(product.price)},
                 {"state", stock::told(standing, say)},
                 {"state_kind", standing.kind},
                 {"image", product.image.empty() ? "" : visit.base + product.image},
                 {"image_alt", product.image_alt},
                 {"at", ""}}));
        }
        const auto told = when(session, visit.zone(), say);
        const auto* note = pinned.is_object() ? pinned.find("note") : nullptr;
        return wire::Json::object(
            {{"url", access::address(site, shop, "/live/" + session.slug)},
             {"title", session.title},
             {"before", session.state == Session::State::scheduled},
             {"on_air", session.state == Session::State::live},
             {"ended", session.state == Session::State::ended},
             {"when", told.before},
             {"at", access::time_value(visit.zone(), told.at, told.words)},
             {"has_stage", !session.watch_url.empty()},
             {"video", ""},
             {"watch_url", session.watch_url},
             {"watch_name", watch_name(session.watch_url)},
             {"poster", ""},
             {"poster_alt", ""},
             {"note", note != nullptr ? *note : wire::Json("")},
             {"pinned", std::move(pinned)},
             {"products", std::move(others)},
             {"events_url", session.state == Session::State::ended ? "" : visit.base + "/overlay/" + session.id.text + "/events"},
             {"now_ms", now.us / 1'000}});
    });
    if (!values) co_return access::refusal(site, visit, values.error());
    doors.counters.note(
        {.shop = visit.shop().id, .day = now.day(), .touch = telemetry::Touch::impression, .context = seen, .product_id = product_id});
    co_return access::page(site, visit, "viewer/live.html", std::move(*values));
}

http::Response get_qr(Doors& doors, const access::Visit& visit) {
    const auto slug = visit.request.parameter("slug");
    if (!access::is_slug(slug, 60)) return access::refusal(doors.site, visit, fail(Fault::not_found, "there is no such session"));
    const telemetry::Context context{.surface = telemetry::Surface::overlay, .day = doors.site.clock.now().day()};
    const auto address =
        access::address(doors.site, visit.shop(), links::with_context("/live/" + slug, snippets::context_token(*visit.tenant, context)));
    http::Response response;
    response.body = wire::qr_svg(address, visit.words()("QR code of the live page"));
    response.headers = {{"content-type", "image/svg+xml"}, {"cache-control", "public, max-age=3600"}};
    return response;
}

Task<http::Response> get_overlay(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const Id<Session> id{visit.request.parameter("session")};
    const bool large = visit.request.query_value("size").value_or("") == "large";
    auto values = co_await site.db.read([&](store::Tx& tx) -> Result<wire::Json> {
        const auto session = TRY(find(tx, visit.shop().id, id));
        const auto shown = TRY(on_screen(tx, visit.shop().id, session, now));
        return wire::Json::object({{"events_url", visit.base + "/overlay/" + id.text + "/events?as=overlay"},
                                   {"large", large},
                                   {"pin", shown ? pin_data(site, *visit.tenant, session, shown, now) : wire::Json(false)},
                                   {"now_ms", now.us / 1'000}});
    });
    if (!values) co_return access::refusal(site, visit, values.error());
    co_return access::page(site, visit, "viewer/overlay.html", std::move(*values), {}, access::Framing::anybody);
}

namespace {

// Where things stand, then all that is told to these listeners.
Result<http::Response> stream(store::Tx& tx, const access::Site& site, const access::Visit& visit, std::string_view listeners,
                              const Id<Session>& id, Instant now) {
    const auto session = TRY(find(tx, visit.shop().id, id));
    const auto shown = TRY(on_screen(tx, visit.shop().id, session, now));
    http::Response response;
    response.headers = {{"content-type", "text/event-stream"}, {"cache-control", "no-store"}};
    response.events = std::make_shared<http::Subscription>();
    response.events->topic = topic(listeners, id);
    response.events->replay = http::format(event("pin", pin_data(site, *visit.tenant, session, shown, now), now));
    response.events->after = now.us;
    return response;
}

}  // namespace

Task<http::Response> get_events(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const Id<Session> id{visit.request.parameter("session")};
    const auto listeners = visit.request.query_value("as").value_or("") == "overlay" ? overlays : viewers;
    auto response = co_await site.db.read([&](store::Tx& tx) { return stream(tx, site, visit, listeners, id, now); });
    if (!response) co_return access::refusal(site, visit, response.error());
    co_return std::move(*response);
}

Task<http::Response> get_control_events(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const Id<Session> id{visit.request.parameter("session")};
    auto response = co_await site.db.read([&](store::Tx& tx) -> Result<http::Response> {
        TRY(access::owner(tx, visit, now));
        return stream(tx, site, visit, control_rooms, id, now);
    });
    if (!response) co_return access::refusal(site, visit, response.error());
    co_return std::move(*response);
}

Task<Status> announce_stock(access::Site& site, Id<access::Shop> shop, Id<catalog::Product> product) {
    struct Told {
        Id<Session> session;
        wire::Json data;
    };
    const auto now = site.clock.now();
    auto told = co_await site.db.read([&](store::Tx& tx) -> Result<std::vector<Told>> {
        std::vector<Told> out;
        const auto version = TRY(stock::version_of(tx, shop, product));
        for (const auto& session : TRY(showing(tx, shop, product))) {
            out.push_back({session.id, stock_data(product, TRY(stock::standing(tx, shop, product, session.drop, now)), version)});
        }
        return out;
    });
    if (!told) co_return told.error();
    for (const auto& one : *told) tell(site, one.session, event("stock", one.data, site.clock.now()));
    co_return Status();
}

Task<Status> announce_pin(access::Site& site, std::shared_ptr<const access::Tenant> tenant, Id<Session> id) {
    const auto now = site.clock.now();
    auto data = co_await site.db.read([&](store::Tx& tx) -> Result<wire::Json> {
        const auto session = TRY(find(tx, tenant->shop.id, id));
        if (session.state == Session::State::ended) return wire::Json();
        return pin_data(site, *tenant, session, TRY(on_screen(tx, tenant->shop.id, session, now)), now);
    });
    if (!data) co_return data.error();
    if (data->is_null())
        tell(site, id, event("end", wire::Json::object(), now));
    else
        tell(site, id, event("pin", *data, now));
    co_return Status();
}

Task<Status> announce_snippet(access::Site& site, std::shared_ptr<const access::Tenant> tenant, Id<catalog::Product> product) {
    auto sessions = co_await site.db.read([&](store::Tx& tx) { return showing(tx, tenant->shop.id, product); });
    if (!sessions) co_return sessions.error();
    for (const auto& session : *sessions) {
        auto told = co_await announce_pin(site, tenant, session.id);
        if (!told) co_return told;
    }
    co_return Status();
}

void announce_order(access::Site& site, const Id<Session>& session) {
    tell(site, session, event(std::string(order_event), wire::Json::object(), site.clock.now()));
}

namespace {

wire::Json live_bar(const access::Visit& visit, const Session& session) {
    return wire::Json::object({{"href", visit.base + "/studio/live/" + session.id.text},
                               {"title", session.title},
                               {"words", when_words(session, visit.zone())},
                               {"on_air", session.state == Session::State::live}});
}

std::string_view state_words(Session::State state) {
    return state == Session::State::live ? "on air" : state == Session::State::ended ? "ended" : "scheduled";
}

Result<access::StudioPage> sessions_page(store::Tx& tx, const access::Visit& visit, Instant now, const wire::Json* sent,
                                         const std::string& problem) {
    const auto& shop = visit.shop();
    wire::Json::Array rows, choices;
    const auto sessions = TRY(newest(tx, shop.id));
    std::vector<orders::SessionSales> sales;
    if (!sessions.empty()) sales = TRY(orders::sales_by_session(tx, shop.id, sessions.back().number, sessions.front().number));
    for (const auto& session : sessions) {
        const auto sold = std::ranges::find(sales, session.number, &orders::SessionSales::session);
        rows.push_back(wire::Json::object({{"href", visit.base + "/studio/live/" + session.id.text},
                                           {"name", session.title},
                                           {"when", when_words(session, visit.zone())},
                                           {"state", state_words(session.state)},
                                           {"state_kind", session.state == Session::State::ended ? "muted" : "sale"},
                                           {"public_url", visit.base + "/live/" + session.slug},
                                           {"sold", sold == sales.end() ? "0" : wire::grouped(sold->pieces)},
                                           {"net", sold == sales.end() ? "" : display({sold->net_minor, shop.currency}) + " net"}}));
    }
    for (const auto& product : TRY(catalog::all(tx, shop.id))) {
        if (!product.published) continue;
        const auto standing = TRY(stock::standing(tx, shop.id, product.id));
        choices.push_back(wire::Json::object({{"id", product.id.text},
                                              {"name", product.name},
                                              {"price", display(product.price)},
                                              {"left", standing.left_count},
                                              {"checked", choices.empty()}}));
    }
    const auto typed = [&](std::string_view name, std::string other) {
        return sent != nullptr ? access::field(*sent, name) : std::move(other);
    };
    const bool about_start = problem.starts_with("starts");
    return access::StudioPage{
        .place = "live",
        .title = "Live",
        .template_path = "studio/live.html",
        .values = wire::Json::object(
            {{"sessions", std::move(rows)},
             {"name", typed("name", "")},
             {"name_error", about_start || problem.empty() ? "" : access::at_field(problem, problem.substr(0, problem.find(':')))},
             {"starts", typed("starts", visit.zone().typed(now + hours(24)))},
             {"starts_error", about_start ? access::at_field(problem, "starts") : ""},
             {"products", std::move(choices)}})};
}

}  // namespace

Task<http::Response> get_sessions(Doors& doors, access::Visit visit) {
    const auto now = doors.site.clock.now();
    co_return co_await access::studio_page(doors.site, visit, [&](store::Tx& tx) { return sessions_page(tx, visit, now, nullptr, ""); });
}

Task<http::Response> post_session(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    auto response = co_await access::studio_form(
        site, visit,
        [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
            NewSession wanted{.title = access::field(sent, "name")};
            const auto starts = visit.zone().read(access::field(sent, "starts"));
            if (!starts) return fail(Fault::bad_input, "starts: write it as 2026-11-24T20:00");
            wanted.starts = *starts;
            if (const auto* products = sent.find("product")) {
                if (products->is_text())
                    wanted.products.push_back({products->text()});
                else
                    for (const auto& one : products->items()) wanted.products.push_back({one.text()});
            }
            const auto session = TRY(schedule(tx, visit.shop(), wanted, now, site.random));
            TRY(access::note_audit(tx, visit.shop().id, "owner", "schedule_session", session.id.text, now, site.random));
            return "/studio/live/" + session.id.text;
        },
        [&](store::Tx& tx, const wire::Json& sent, const Error& error) { return sessions_page(tx, visit, now, &sent, error.text); });
    links::announce_change(site.bus, visit.shop().id);
    co_return response;
}

namespace {

constexpr int orders_shown_max = 50;

std::string screens_words(std::int64_t count) {
    if (count == 0) return "overlay not connected";
    return count == 1 ? "1 overlay connected" : std::to_string(count) + " overlays connected";
}

Result<wire::Json> order_rows(store::Tx& tx, const access::Visit& visit, const Session& session) {
    wire::Json::Array rows;
    for (const auto& order : TRY(orders::paid_in_session(tx, visit.shop().id, session.number, orders_shown_max))) {
        const auto words = orders::state_words(order);
        rows.push_back(wire::Json::object({{"number", order.number},
                                           {"buyer", order.buyer.name},
                                           {"what", orders::what_words(order)},
                                           {"total", display(order.sum)},
                                           {"state", words.state},
                                           {"state_kind", words.kind},
                                           {"when", visit.zone().minute(order.paid.value_or(order.placed))}}));
    }
    return wire::Json(std::move(rows));
}

Result<access::StudioPage> control_room(store::Tx& tx, const access::Site& site, const access::Visit& visit, const Id<Session>& id,
                                        Instant now, const std::string& problem) {
    const auto& shop = visit.shop();
    const auto session = TRY(find(tx, shop.id, id));
    wire::Json::Array rows;
    auto pinned = wire::Json(false);
    std::string drop_price;
    for (const auto& product : TRY(products(tx, shop.id, id))) {
        const bool is_pinned = session.pinned && *session.pinned == product.id;
        const auto standing = TRY(stock::standing(tx, shop.id, product.id, is_pinned ? session.drop : Id<stock::Allotment>(), now));
        const auto image = product.image.empty() ? std::string() : visit.base + product.image;
        rows.push_back(wire::Json::object({{"product", product.id.text},
                                           {"name", product.name},
                                           {"price", display(product.price)},
                                           {"left", standing.left_count},
                                           {"image", image},
                                           {"image_alt", product.image_alt},
                                           {"is_pinned", is_pinned}}));
        if (!is_pinned) continue;
        drop_price = decimal(product.price);
        pinned = wire::Json::object({{"product", product.id.text},
                                     {"name", product.name},
                                     {"price", display(product.price)},
                                     {"price_field", decimal(product.price)},
                                     {"image", image},
                                     {"image_alt", product.image_alt},
                                     {"held", standing.held_count},
                                     {"sold", standing.taken_count},
                                     {"left", standing.left_count},
                                     {"version", TRY(stock::version_of(tx, shop.id, product.id))},
                                     {"drop_words", standing.closes ? "Drop until " + visit.zone().second(*standing.closes) : ""},
                                     {"drop_until_ms", standing.closes ? std::to_string(standing.closes->us / 1'000) : ""}});
    }
    const auto sales = TRY(orders::sales_by_session(tx, shop.id, session.number, session.number));
    const auto sold = sales.empty() ? orders::SessionSales() : sales.front();
    const auto screens = site.events.viewers(topic(overlays, id));
    const auto sign = display({0, shop.currency});
    return access::StudioPage{.place = "live",
                              .title = session.title,
                              .template_path = "studio/control_room.html",
                              .values = wire::Json::object(
                                  {{"id", id.text},
                                   {"name", session.title},
                                   {"before", session.state == Session::State::scheduled},
                                   {"on_air", session.state == Session::State::live},
                                   {"ended", session.state == Session::State::ended},
                                   {"when", when_words(session, visit.zone())},
                                   {"public_url", visit.base + "/live/" + session.slug},
                                   {"overlay_url", access::address(site, shop, "/overlay/" + id.text)},
                                   {"overlay_seen", screens_words(screens)},
                                   {"overlay_ok", screens > 0},
                                   {"events_url", visit.base + "/studio/live/" + id.text + "/events"},
                                   {"pinned", std::move(pinned)},
                                   {"products", std::move(rows)},
                                   {"drop_price", drop_price},
                                   {"drop_units", "10"},
                                   {"drop_minutes", "5"},
                                   {"currency_sign", sign.substr(0, sign.find('0'))},
                                   {"problem", access::sentence(problem)},
                                   {"orders", TRY(order_rows(tx, visit, session))},
                                   {"total_sold", wire::grouped(sold.pieces)},
                                   {"net", display({sold.net_minor, shop.currency})},
                                   {"now_ms", now.us / 1'000},
                                   {"live_bar", session.state == Session::State::ended ? wire::Json(false) : live_bar(visit, session)}})};
}

Result<Money> read_price(const wire::Json& sent, Currency currency) { return read_decimal(access::field(sent, "price"), currency); }

Result<std::int64_t> read_count(const wire::Json& sent, std::string_view name, std::int64_t most) {
    wire::Fields fields(sent, "form");
    auto count = fields.integer(name, 1, most);
    if (!count) return fail(Fault::bad_input, std::string(name) + ": a whole number from 1 to " + wire::grouped(most));
    return count;
}

Status act(store::Tx& tx, const access::Site& site, const access::Visit& visit, const Id<Session>& id, std::string_view what,
           const wire::Json& sent, Instant now) {
    const auto& shop = visit.shop();
    const Id<catalog::Product> product{access::field(sent, "product")};
    if (what == "start") {
        TRY(start(tx, shop.id, id, now));
    } else if (what == "end") {
        TRY(end(tx, shop.id, id, now));
    } else if (what == "pin") {
        TRY(pin(tx, shop.id, id, product.empty() ? std::nullopt : std::optional(product), now));
    } else if (what == "price" || what == "drop") {
        auto changed = TRY(catalog::find(tx, shop.id, product));
        changed.price = TRY(read_price(sent, shop.currency));
        TRY(catalog::change(tx, shop, changed, now));
        if (what == "drop") {
            const auto units = TRY(read_count(sent, "units", 100'000));
            const auto minute_count = TRY(read_count(sent, "minutes", 1'440));
            TRY(drop(tx, shop.id, id, {.product = product, .units = units, .minutes = minute_count}, now, site.random));
        }
    } else if (what == "products") {
        catalog::Product made{.name = access::field(sent, "name"), .price = TRY(read_price(sent, shop.currency))};
        if (made.name.empty()) made.name = "Item " + clock_time(visit.zone().face(now)).substr(0, 5);
        made.slug = TRY(catalog::free_slug(tx, shop.id, made.name));
        made = TRY(catalog::add(tx, shop, std::move(made), now, site.random));
        TRY(stock::receive(tx, shop.id, made.id, TRY(read_count(sent, "units", 100'000)), "made on air", now));
        TRY(add_product(tx, shop.id, TRY(find(tx, shop.id, id)), made.id));
        TRY(pin(tx, shop.id, id, made.id, now));
    } else {
        return fail(Fault::not_found, "there is no such button");
    }
    return access::note_audit(tx, shop.id, "owner", "live_" + std::string(what), id.text, now, site.random);
}

}  // namespace

Task<http::Response> get_control_room(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const Id<Session> id{visit.request.parameter("session")};
    if (visit.request.query_value("as").value_or("") != "json")
        co_return co_await access::studio_page(site, visit, [&](store::Tx& tx) { return control_room(tx, site, visit, id, now, ""); });
    auto room = co_await site.db.read([&](store::Tx& tx) -> Result<access::StudioPage> {
        TRY(access::owner(tx, visit, now));
        return control_room(tx, site, visit, id, now, "");
    });
    if (!room) co_return access::refusal(site, visit, room.error());
    auto changing = wire::Json::object();
    for (const auto* name : {"overlay_seen", "overlay_ok", "pinned", "orders", "total_sold", "net"})
        changing.set(name, *room->values.find(name));
    co_return http::Response::json(wire::write_json(changing)).with("cache-control", "no-store");
}

Task<http::Response> post_control(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    const Id<Session> id{visit.request.parameter("session")};
    const auto what = visit.request.parameter("act");
    auto response = co_await access::studio_form(
        site, visit,
        [&](store::Tx& tx, const wire::Json& sent) -> Result<std::string> {
            TRY(act(tx, site, visit, id, what, sent, now));
            return "/studio/live/" + id.text;
        },
        [&](store::Tx& tx, const wire::Json&, const Error& error) { return control_room(tx, site, visit, id, now, error.text); });
    if (response.status == 303) {
        links::announce_change(site.bus, visit.shop().id);
        auto told = co_await announce_pin(site, visit.tenant, id);
        if (!told) site.log.warning("announce_failed", {{"session", id.text}, {"text", told.error().text}});
    }
    co_return response;
}

}  // namespace barrow::live
