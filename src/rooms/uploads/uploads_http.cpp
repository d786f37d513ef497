#include "rooms/uploads/uploads_http.hpp"

#include <algorithm>

#include "floor/wire/page.hpp"
#include "rooms/access/shops.hpp"
#include "rooms/access/studio.hpp"

namespace barrow::uploads {
namespace {

constexpr std::string_view file_mark = ".file";

Error nowhere() { return fail(Fault::storage, "no files can be taken here: this server has no media folder"); }

Door door_of(const access::Site& site, const access::Visit& visit, const wire::Json& form) {
    const auto now = site.clock.now();
    return [&visit, &form, now](store::Tx& tx) -> Status { return access::same_csrf(TRY(access::owner(tx, visit, now)), form); };
}

// "12.3 MB", "4 kB".
std::string size_words(std::int64_t bytes) {
    if (bytes > 0 && bytes < 100 << 10) return std::to_string((bytes + 1'023) / 1'024) + " kB";
    constexpr std::int64_t tenth = (1 << 20) / 10;
    const auto tenths = (bytes + tenth - 1) / tenth;
    return wire::grouped(tenths / 10) + "." + std::to_string(tenths % 10) + " MB";
}

// "0:42".
std::string length_words(std::int64_t ms) {
    const auto s = ms / 1'000;
    return std::to_string(s / 60) + (s % 60 < 10 ? ":0" : ":") + std::to_string(s % 60);
}

std::string facts_of(const Upload& upload) {
    const auto size = size_words(upload.bytes);
    if (upload.is_captions()) return "Captions to " + length_words(upload.duration_ms) + " · " + size;
    return std::to_string(upload.width) + " × " + std::to_string(upload.height) + " · " +
           (upload.is_video() ? length_words(upload.duration_ms) + " · " : "") + size;
}

std::string_view kind_of(const Upload& upload) { return upload.is_captions() ? "captions" : upload.is_video() ? "video" : "picture"; }

}  // namespace

Task<Result<Upload>> take(Doors& doors, const access::Visit& visit, Sent sent, Door door) {
    auto& site = doors.site;
    if (doors.workshop == nullptr) co_return nowhere();
    const auto& shop = visit.shop().id;
    const auto now = site.clock.now();
    const auto room = co_await site.db.read([&](store::Tx& tx) -> Status {
        TRY(door(tx));
        return has_room(tx, shop);
    });
    if (!room) co_return room.error();
    Upload upload{.id = new_id_text(now, site.random), .name = std::move(sent.name), .alt = std::move(sent.alt), .created = now};
    media::Job job{.bytes = sent.bytes, .folder = shop.text, .name = upload.id};
    Captions captions;
    if (is_captions(sent.bytes)) {
        auto read = read_captions(sent.bytes);
        if (!read) co_return read.error();
        captions = std::move(*read);
        job.bytes = captions.text;
        job.ending = captions_ending;
    }
    auto later = doors.workshop->make(std::move(job));
    const auto made = co_await std::move(later);
    if (!made) co_return made.error();
    upload.ending = made->ending;
    upload.width = made->width;
    upload.height = made->height;
    upload.duration_ms = upload.is_captions() ? captions.ends_ms : made->duration_ms;
    upload.bytes = made->bytes;
    upload.digest = made->digest;
    const auto added = co_await site.db.write([&](store::Tx& tx) -> Status {
        TRY(door(tx));
        return add(tx, shop, upload);
    });
    if (added) co_return upload;
    doors.workshop->forget(shop.text, made->stem, made->ending);
    co_return added.error();
}

std::string_view file_of(const wire::FormWithFiles& read) {
    const auto file = std::ranges::find(read.files, "file", &wire::FormFile::field);
    return file == read.files.end() ? std::string_view() : file->bytes;
}

Task<Status> take_files(Doors& doors, const access::Visit& visit, wire::FormWithFiles& read) {
    auto& form = read.form;
    auto alt = access::field(form, "alt");
    if (alt.empty()) alt = access::field(form, "label");
    for (const auto& file : read.files) {
        if (!file.field.ends_with(file_mark) || file.bytes.empty()) continue;
        const auto field = file.field.substr(0, file.field.size() - file_mark.size());
        Sent sent{.bytes = file.bytes, .name = field, .alt = alt};
        const auto door = door_of(doors.site, visit, form);
        auto taking = take(doors, visit, std::move(sent), door);
        const auto taken = co_await taking;
        if (!taken) co_return fail(taken.error().fault, field + ": " + taken.error().text);
        form.set(field, taken->path());
    }
    co_return Status();
}

Task<TakenForm> take_form(Doors& doors, const access::Visit& visit) {
    auto read = access::form_with_files(visit);
    if (!read) co_return TakenForm{.form = read.error(), .files = {}};
    auto taking = take_files(doors, visit, *read);
    auto files = co_await taking;
    co_return TakenForm{.form = std::move(read->form), .files = std::move(files)};
}

Task<Result<Upload>> take_away(Doors& doors, const access::Visit& visit, std::string id, Door door) {
    const auto& shop = visit.shop().id;
    auto removed = co_await doors.site.db.write([&](store::Tx& tx) -> Result<Upload> {
        TRY(door(tx));
        const auto upload = TRY(find(tx, shop, id));
        const auto where = doors.shown_on ? TRY(doors.shown_on(tx, visit.shop(), upload)) : std::string();
        if (!where.empty()) return fail(Fault::conflict, "it is shown on " + where + "; take it out there first");
        return remove(tx, shop, id);
    });
    if (removed && doors.workshop != nullptr) doors.workshop->forget(shop.text, removed->stem(), removed->ending);
    co_return removed;
}

wire::Json upload_json(const access::Site& site, const access::Visit& visit, const Upload& upload) {
    const auto shows = shown(upload.path());
    return wire::Json::object({{"id", upload.id},
                               {"kind", kind_of(upload)},
                               {"path", upload.path()},
                               {"picture", shows ? shows->picture() : ""},
                               {"url", access::address(site, visit.shop(), upload.path())},
                               {"name", upload.name},
                               {"alt", upload.alt},
                               {"width", upload.width},
                               {"height", upload.height},
                               {"duration_ms", upload.duration_ms},
                               {"bytes", upload.bytes},
                               {"created", iso_ms(upload.created)}});
}

Task<http::Response> get_media(Doors& doors, access::Visit visit) {
    if (!doors.folder) co_return access::refusal(doors.site, visit, fail(Fault::not_found, "There is no file at this address."));
    // A suspended shop's pictures are its owner's alone.
    const bool is_closed = !visit.shop().suspended.empty();
    if (is_closed) {
        const auto now = doors.site.clock.now();
        const auto inside = co_await doors.site.db.read([&](store::Tx& tx) { return access::owner(tx, visit, now); });
        if (!inside) co_return access::closed(doors.site, visit);
    }
    auto response = doors.folder->answer(visit.request, visit.shop().id.text + "/" + visit.request.parameter("file"), http::Keep::for_good);
    if (is_closed) {
        std::erase_if(response.headers, [](const auto& header) { return header.first == "cache-control"; });
        response.with("cache-control", "private, no-store");
    } else {
        response.with("access-control-allow-origin", "*");  // a signed picture is checked on other sites, too
    }
    if (response.status == 404) co_return access::refusal(doors.site, visit, fail(Fault::not_found, "There is no file at this address."));
    co_return response;
}

// ---- the studio ----------------------------------------------------------------------------------------------------------------

namespace {

Result<access::StudioPage> studio(store::Tx& tx, const Doors& doors, const access::Visit& visit, const std::string& problem) {
    const auto& shop = visit.shop().id;
    const auto before = visit.request.query_value("before").value_or("");
    const auto have = TRY(totals(tx, shop));
    const auto room = TRY(room_of(tx, shop));
    const auto uploads = TRY(list(tx, shop, before));
    wire::Json::Array rows;
    for (const auto& upload : uploads) {
        const auto shows = shown(upload.path());
        rows.push_back(wire::Json::object({{"id", upload.id},
                                           {"name", upload.name},
                                           {"alt", upload.alt},
                                           {"path", upload.path()},
                                           {"href", visit.base + upload.path()},
                                           {"picture", shows ? visit.base + shows->at_least(480) : ""},
                                           {"facts", facts_of(upload)},
                                           {"own", visit.base + "/studio/media/" + upload.id}}));
    }
    const bool more = static_cast<std::int64_t>(uploads.size()) == listed_max;
    return access::StudioPage{
        .place = "page",
        .title = "Pictures and videos",
        .template_path = "studio/media.html",
        .values = wire::Json::object({{"problem", problem.empty() ? "" : access::sentence(problem)},
                                      {"uploads", std::move(rows)},
                                      {"used", size_words(have.bytes)},
                                      {"count", wire::grouped(have.count)},
                                      {"room", room_words(room.bytes_max)},
                                      {"count_max", wire::grouped(room.count_max)},
                                      {"can_take", doors.workshop != nullptr},
                                      {"next", more ? visit.base + "/studio/media?before=" + uploads.back().id : ""}})};
}

}  // namespace

Task<http::Response> get_studio(Doors& doors, access::Visit visit) {
    co_return co_await access::studio_page(doors.site, visit, [&](store::Tx& tx) { return studio(tx, doors, visit, ""); });
}

Task<http::Response> post_studio(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    auto read = access::form_with_files(visit);
    if (!read) co_return access::refusal(site, visit, read.error());
    const auto* form = &read->form;
    Sent sent{.bytes = file_of(*read), .name = access::field(*form, "name"), .alt = access::field(*form, "alt")};
    const auto accept = visit.request.header("accept");
    const bool wants_json = accept.find("json") != accept.npos && accept.find("html") == accept.npos;
    auto taking = take(doors, visit, std::move(sent), door_of(site, visit, *form));
    const auto taken = co_await taking;
    if (!taken) {
        const auto fault = taken.error().fault;
        if (wants_json || fault == Fault::unauthenticated || fault == Fault::forbidden || fault == Fault::storage)
            co_return access::refusal(site, visit, taken.error());
        const auto problem = taken.error().text;
        co_return co_await access::studio_page(site, visit, [&](store::Tx& tx) -> Result<access::StudioPage> {
            auto page = TRY(studio(tx, doors, visit, problem));
            page.status = 422;
            return page;
        });
    }
    const auto noted = co_await site.db.write([&](store::Tx& tx) {
        return access::note_audit(tx, visit.shop().id, "owner", "add_upload", taken->id, site.clock.now(), site.random);
    });
    if (!noted) co_return access::refusal(site, visit, noted.error());
    if (wants_json)
        co_return http::Response::json(wire::write_json(upload_json(site, visit, *taken)), 201).with("cache-control", "no-store");
    const access::Toast toast{.text = taken->is_video()      ? "Kept, with a frame of its own."
                                      : taken->is_captions() ? "Kept. A video can show them now."
                                                             : "Kept. A page can show it now."};
    co_return access::see_other(visit, access::with_toast(site, visit, "/studio/media", toast));
}

Task<http::Response> post_alt(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto id = visit.request.parameter("id");
    co_return co_await access::studio_form(
        site, visit,
        [&](store::Tx& tx, const wire::Json& form) -> Result<std::string> {
            TRY(set_alt(tx, visit.shop().id, id, access::field(form, "alt")));
            return access::with_toast(site, visit, "/studio/media", {.text = "Saved."}) + "#" + id;
        },
        [&](store::Tx& tx, const wire::Json&, const Error& error) { return studio(tx, doors, visit, error.text); });
}

Task<http::Response> post_take_away(Doors& doors, access::Visit visit) {
    auto& site = doors.site;
    const auto form = access::form(visit);
    if (!form) co_return access::refusal(site, visit, form.error());
    auto going = take_away(doors, visit, visit.request.parameter("id"), door_of(site, visit, *form));
    const auto gone = co_await going;
    if (!gone && gone.error().fault != Fault::conflict) co_return access::refusal(site, visit, gone.error());
    if (!gone) {
        const auto problem = gone.error().text;
        co_return co_await access::studio_page(site, visit, [&](store::Tx& tx) -> Result<access::StudioPage> {
            auto page = TRY(studio(tx, doors, visit, problem));
            page.status = 422;
            return page;
        });
    }
    const auto noted = co_await site.db.write([&](store::Tx& tx) {
        return access::note_audit(tx, visit.shop().id, "owner", "remove_upload", gone->id, site.clock.now(), site.random);
    });
    if (!noted) co_return access::refusal(site, visit, noted.error());
    const access::Toast toast{.text = "Removed, with all its sizes."};
    co_return access::see_other(visit, access::with_toast(site, visit, "/studio/media", toast));
}

}  // namespace barrow::uploads
