#include "floor/wire/page.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/letters/letters_http.hpp"

namespace barrow::letters {
namespace {

constexpr int newest_shown = 50;
constexpr std::size_t csv_rows_max = 100'000;  // in one answer; `barrow export letters` writes as many as there are

std::string_view kind_of(State state) { return state == State::confirmed ? "good" : state == State::bounced ? "danger" : "muted"; }

Result<access::StudioPage> studio(store::Tx& tx, const Doors& doors, const access::Visit& visit, const wire::Json* typed,
                                  const std::string& problem) {
    const auto& shop = visit.shop();
    wire::Json::Array lists_shown, people;
    std::int64_t everybody = 0;
    const auto typed_slug = typed != nullptr ? access::field(*typed, "slug") : "";
    bool shown_at_list = false;
    const auto list_json = [&](const Counted& one, bool is_new) {
        const bool mine = typed != nullptr && one.list.slug == typed_slug;
        shown_at_list = shown_at_list || mine;
        return wire::Json::object(
            {{"slug", one.list.slug},
             {"is_new", is_new},
             {"name", mine ? access::field(*typed, "name") : one.list.name},
             {"words", mine ? access::field(*typed, "words") : one.list.words},
             {"problem", mine ? access::sentence(problem) : ""},
             {"confirmed", wire::grouped(one.confirmed)},
             {"asked", wire::grouped(one.asked)},
             {"stopped", wire::grouped(one.stopped)},
             {"bounced", wire::grouped(one.bounced)},
             {"href", access::address(doors.site, shop, "/letters" + (one.list.slug == default_list ? "" : "?list=" + one.list.slug))}});
    };
    for (const auto& one : TRY(lists(tx, shop))) {
        everybody += one.asked + one.confirmed + one.stopped + one.bounced;
        lists_shown.push_back(list_json(one, false));
    }
    Counted fresh;
    if (typed != nullptr && !shown_at_list) fresh.list.slug = typed_slug;
    auto new_list = list_json(fresh, true);
    for (const auto& one : TRY(newest(tx, shop.id, newest_shown))) {
        people.push_back(wire::Json::object({{"address", one.address},
                                             {"list", one.list},
                                             {"state", name(one.state)},
                                             {"state_kind", kind_of(one.state)},
                                             {"asked", visit.zone().stamp(one.asked)},
                                             {"confirmed", one.confirmed ? visit.zone().stamp(*one.confirmed) : ""},
                                             {"can_stop", one.state == State::asked || one.state == State::confirmed},
                                             {"stop_url", visit.base + "/studio/letters/" + one.id + "/stop"}}));
    }
    return access::StudioPage{.place = "letters",
                              .title = "Letters",
                              .template_path = "studio/letters.html",
                              .values = wire::Json::object({{"takes_mail", doors.site.takes_mail},
                                                            {"lists", std::move(lists_shown)},
                                                            {"new_list", wire::Json::Array{std::move(new_list)}},
                                                            {"people", std::move(people)},
                                                            {"more", everybody > newest_shown ? wire::grouped(everybody) : ""}})};
}

}  // namespace

Task<http::Response> get_studio(Doors& doors, access::Visit visit) {
    co_return co_await access::studio_page(doors.site, visit, [&](store::Tx& tx) { return studio(tx, doors, visit, nullptr, ""); });
}

Task<http::Response> post_studio(Doors& doors, access::Visit visit) {
    co_return co_await access::studio_form(
        doors.site, visit,
        [&](store::Tx& tx, const wire::Json& form) -> Result<std::string> {
            auto words = access::field(form, "words");
            std::erase(words, '\r');
            const List list{.slug = access::field(form, "slug"), .name = access::field(form, "name"), .words = std::move(words)};
            TRY(put_list(tx, visit.shop(), list));
            TRY(access::note_audit(tx, visit.shop().id, "owner", "change_letter_list", list.slug, doors.site.clock.now(),
                                   doors.site.random));
            return access::with_toast(doors.site, visit, "/studio/letters", {.text = "Kept. Who signs up from now on reads these words."});
        },
        [&](store::Tx& tx, const wire::Json& form, const Error& error) { return studio(tx, doors, visit, &form, error.text); });
}

Task<http::Response> post_stop(Doors& doors, access::Visit visit) {
    const auto id = visit.request.parameter("id");
    co_return co_await access::studio_form(doors.site, visit, [&](store::Tx& tx, const wire::Json&) -> Result<std::string> {
        const auto now = doors.site.clock.now();
        TRY(stop(tx, visit.shop().id, TRY(find(tx, visit.shop().id, id)), now));
        TRY(access::note_audit(tx, visit.shop().id, "owner", "stop_letters", id, now, doors.site.random));
        return access::with_toast(doors.site, visit, "/studio/letters", {.text = "Stopped. No more letters go there."});
    });
}

Task<http::Response> get_csv(Doors& doors, access::Visit visit) {
    const auto now = doors.site.clock.now();
    const auto made = co_await doors.site.db.read([&](store::Tx& tx) -> Result<std::string> {
        TRY(access::owner(tx, visit, now));
        auto out = csv_header();
        std::string after;
        for (std::size_t rows = 0; rows < csv_rows_max; rows += page_max) {
            const auto people = TRY(page(tx, visit.shop().id, after, page_max));
            for (const auto& one : people) out += csv_line(one);
            if (people.size() < page_max) break;
            after = people.back().id;
        }
        return out;
    });
    if (!made) co_return access::refusal(doors.site, visit, made.error());
    http::Response response;
    response.body = *made;
    response.headers = {{"content-type", "text/csv; charset=utf-8"},
                        {"content-disposition", "attachment; filename=\"letters.csv\""},
                        {"cache-control", "no-store"}};
    co_return response;
}

}  // namespace barrow::letters
