// The studio's frame and the doors of access itself: login, logout, the shop's own settings.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "floor/base/task.hpp"
#include "rooms/access/site.hpp"

namespace barrow::access {

// Which part of the studio a page belongs to: the name of its at_… value.
inline constexpr std::string_view studio_places[] = {"home",    "orders", "products", "snippets", "links",
                                                     "letters", "live",   "numbers",  "page"};

// A word of thanks after a POST, shown once on the next page: its number travels in ?done=, the words stay here.
struct Toast {
    std::string text;
    std::string undo_url;
    std::vector<std::pair<std::string, std::string>> undo_fields;
    std::string next_url, next_label;  // where to go from here, or ""
};

struct StudioPage {
    std::string_view place;  // one of studio_places
    std::string title;
    std::string_view template_path;
    wire::Json values = wire::Json::object();
    Toast toast;
    int status = 200;  // 422 when a form comes back with errors
};

// Reads the session, then runs `make` in one read transaction and shows what it made. Without a session: to the login page.
Task<http::Response> studio_page(Site& site, Visit visit, std::function<Result<StudioPage>(store::Tx&)> make);

// A studio form: session and csrf are checked and the form read, then `act` runs in one write transaction and says where to
// go ("/studio/links?done=…"). An Error with Fault::bad_input or conflict is given to `again`, which shows the form with it.
using Act = std::function<Result<std::string>(store::Tx&, const wire::Json& form)>;
using Again = std::function<Result<StudioPage>(store::Tx&, const wire::Json& form, const Error& error)>;
Task<http::Response> studio_form(Site& site, Visit visit, Act act, Again again = {});
// Likewise, of a form that was read before: files that came with it were kept meanwhile.
Task<http::Response> studio_form(Site& site, Visit visit, Result<wire::Json> sent, Act act, Again again);
// Whether a form's answer says that it was done: it was not refused, and nobody was sent to the login.
bool was_done(const http::Response& answer);

// A form's text, "" when it is not there.
std::string field(const wire::Json& form, std::string_view name);

// A refusal as it stands at its field, where the field's name need not be said again: "price: too much" → "Too much.",
// "title has 70 characters" → "It has 70 characters."
std::string at_field(std::string_view problem, std::string_view name);

// What is not right of a form, each at its field. A form with more than one field that can be wrong collects all of it, so that nobody
// mends one thing only to be told of the next.
struct Wrong {
    std::string field;  // its id in the page: "target"; "" where it is about the whole form
    std::string label;  // as the page calls the field: "Goes to"
    std::string text;   // why, and what to do
};
using Wrongs = std::vector<Wrong>;
// The text of the first that is about `field` as a sentence, or "".
std::string wrong_at(const Wrongs& wrongs, std::string_view field);
// The value `wrongs` of web/studio/wrongs.html, the summary above the form that leads to each field.
wire::Json wrongs_json(const Wrongs& wrongs);

// "/studio/links?done=WORDS": the words are shown in a toast on that page; they are signed, so that nobody can put words
// into the studio's mouth by a link.
std::string with_toast(const Site& site, const Visit& visit, std::string_view path, const Toast& toast);
Toast read_toast(const Site& site, const Visit& visit);

Task<http::Response> get_login(Site& site, Visit visit);
Task<http::Response> post_login(Site& site, Visit visit);
Task<http::Response> post_logout(Site& site, Visit visit);

// The settings of the shop on the studio's page "Page", which is the bio page's editor (links/pages): the values of web/studio/page.html
// that are about the stall, and the POST of its form, which was read before; `files` says what was wrong with the files in it. `again`
// shows the page with what was typed and the problem.
wire::Json shop_values(const Shop& shop, const std::string& problem);
using ShopAgain = std::function<Result<StudioPage>(store::Tx&, wire::Json values)>;
Task<http::Response> post_shop(Site& site, Visit visit, Result<wire::Json> sent, Status files, ShopAgain again);

}  // namespace barrow::access
