// Uploads over HTTP: a shop's files, and files that come with a form.
#pragma once

#include <functional>

#include "floor/base/task.hpp"
#include "floor/http/static_files.hpp"
#include "rooms/access/site.hpp"
#include "rooms/uploads/upload.hpp"

namespace barrow::uploads {

inline constexpr std::size_t body_max = media::video_bytes_max + (1 << 20);  // a video and the fields beside it

struct Doors {
    access::Site& site;
    media::Workshop* workshop = nullptr;  // nullptr: no file can be taken
    std::unique_ptr<http::PublicFolder> folder;
    // Where a file is shown, in words ("the page bio"), or "": said by the rooms above, so that nobody removes what visitors see.
    std::function<Result<std::string>(store::Tx&, const access::Shop&, const Upload&)> shown_on;
};

// Who sends it: Ok lets them. Asked before the file is read, and again before its row is written.
using Door = std::function<Status(store::Tx&)>;
struct Sent {
    std::string_view bytes;  // stand until take() answers
    std::string name, alt;
};
// Decodes, keeps and writes down one file. Refuses what the door, the workshop and add() refuse; then no file is left.
Task<Result<Upload>> take(Doors& doors, const access::Visit& visit, Sent sent, Door door);

// The bytes of the field "file", "" without one.
std::string_view file_of(const wire::FormWithFiles& read);

// Of a form with a session and its csrf: each file "picture.file" becomes an upload, and its path the value of "picture". Refuses
// what take() refuses, as "picture: …".
Task<Status> take_files(Doors& doors, const access::Visit& visit, wire::FormWithFiles& read);

// The form of the request, read and with its files taken: what access::studio_form asks for, and what became of the files, for its act to
// refuse.
struct TakenForm {
    Result<wire::Json> form;
    Status files;
};
Task<TakenForm> take_form(Doors& doors, const access::Visit& visit);

// The row goes now, the files after the commit. Refuses not_found, and (conflict) what is shown somewhere.
Task<Result<Upload>> take_away(Doors& doors, const access::Visit& visit, std::string id, Door door);

wire::Json upload_json(const access::Site& site, const access::Visit& visit, const Upload& upload);

Task<http::Response> get_media(Doors& doors, access::Visit visit);       // GET  /media/:file
Task<http::Response> get_studio(Doors& doors, access::Visit visit);      // GET  /studio/media
Task<http::Response> post_studio(Doors& doors, access::Visit visit);     // POST /studio/media: file, alt; JSON for who accepts that alone
Task<http::Response> post_alt(Doors& doors, access::Visit visit);        // POST /studio/media/:id/alt: alt
Task<http::Response> post_take_away(Doors& doors, access::Visit visit);  // POST /studio/media/:id/remove

}  // namespace barrow::uploads
