#include "app/api/call.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"
#include "rooms/uploads/uploads_http.hpp"

namespace barrow::app::api {

Task<http::Response> get_media(uploads::Doors& doors, access::Visit visit) {
    co_return co_await read(doors.site, visit, [&](store::Tx& tx) -> Result<wire::Json> {
        const auto limit = TRY(limit_of(visit));
        wire::Json::Array items;
        std::string last;
        for (const auto& upload : TRY(uploads::list(tx, visit.shop().id, after_of(visit), limit))) {
            items.push_back(uploads::upload_json(doors.site, visit, upload));
            last = upload.id;
        }
        const bool more = static_cast<std::int64_t>(items.size()) == limit;
        return listed(visit, std::move(items), limit, more ? last : "");
    });
}

// multipart/form-data: file, and alt and name if they are known.
Task<http::Response> post_media(uploads::Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    std::string who;
    const uploads::Door door = [&](store::Tx& tx) -> Status {
        who = TRY(access::api_caller(tx, visit, now));
        return {};
    };
    const auto work = [&]() -> Task<Result<wire::Json>> {
        const auto read = access::form_with_files(visit);
        if (!read) co_return fail(Fault::bad_input, "send the file as multipart/form-data in the field file, with alt beside it");
        const auto& form = read->form;
        for (const auto& [name, value] : form.members()) {
            if (!value.is_text() || (name != "file" && name != "alt" && name != "name"))
                co_return fail(Fault::bad_input, name.substr(0, 60) + ": this is not expected here; there are file, alt and name");
        }
        uploads::Sent sent{.bytes = uploads::file_of(*read), .name = access::field(form, "name"), .alt = access::field(form, "alt")};
        auto taking = uploads::take(doors, visit, std::move(sent), door);
        const auto taken = co_await taking;
        if (!taken) co_return taken.error();
        const auto noted = co_await site.db.write(
            [&](store::Tx& tx) { return access::note_audit(tx, visit.shop().id, who, "add_upload", taken->id, now, site.random); });
        if (!noted) co_return noted.error();
        co_return uploads::upload_json(site, visit, *taken);
    };
    co_return co_await ask(site, visit, work, 201);
}

Task<http::Response> delete_media(uploads::Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto now = site.clock.now();
    std::string who;
    const uploads::Door door = [&](store::Tx& tx) -> Status {
        who = TRY(access::api_caller(tx, visit, now));
        return {};
    };
    const auto work = [&]() -> Task<Result<wire::Json>> {
        auto going = uploads::take_away(doors, visit, visit.request.parameter("id"), door);
        const auto gone = co_await going;
        if (!gone) co_return gone.error();
        const auto noted = co_await site.db.write(
            [&](store::Tx& tx) { return access::note_audit(tx, visit.shop().id, who, "remove_upload", gone->id, now, site.random); });
        if (!noted) co_return noted.error();
        co_return wire::Json::object({{"removed", gone->id}});
    };
    co_return co_await ask(site, visit, work);
}

}  // namespace barrow::app::api
