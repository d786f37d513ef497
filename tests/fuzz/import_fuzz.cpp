// Any bytes as another service's export, as a form with a file, and as captions. What must hold, whatever comes: nothing crashes, what is
// taken is what links::add takes, no slug twice, and every refusal says where.
#include <set>
#include <string>

#include "floor/wire/form.hpp"
#include "rooms/links/import/import.hpp"
#include "rooms/uploads/captions.hpp"

namespace {

using namespace barrow;

void read_as(std::string_view file, const std::string& service) {
    const auto batch = links::import::read(file, {.service = service, .only_domain = "", .now = Instant{1'795'000'000'000'000}});
    if (!batch) {
        check(!batch.error().text.empty());
        return;
    }
    std::set<std::string> slugs;
    for (const auto& entry : batch->links) {
        check(links::examine(entry.link).ok());
        check(slugs.insert(entry.link.slug).second);
        check(!entry.where.empty() && entry.link.imported_clicks >= 0);
        for (const auto& rule : entry.link.rules) check(links::examine_target(rule.target).ok());
    }
    for (const auto& one : batch->refused) check(!one.where.empty() && !one.why.empty());
    for (const auto& piece : links::import::pieces(*batch)) {
        const auto again = links::import::read_piece(links::import::piece_json(piece));
        check(again.ok() && again->links.size() == piece.links.size());
    }
}

// What is taken is taken again as it is, and holds nothing but cues.
void read_as_captions(std::string_view file) {
    const auto captions = uploads::read_captions(file);
    if (!captions) {
        check(!captions.error().text.empty());
        return;
    }
    check(captions->cues > 0 && captions->ends_ms > 0);
    const auto again = uploads::read_captions(captions->text);
    check(again.ok() && again->text == captions->text && again->cues == captions->cues);
}

}  // namespace

// The first byte chooses the service; 0 and others let it be guessed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view file(reinterpret_cast<const char*>(data) + 1, size - 1);
    std::string service;
    auto rest = links::import::services_text();
    for (int i = data[0] % 16; i > 0 && !rest.empty(); --i) {
        const auto end = std::min(rest.find(", "), rest.size());
        service = i == 1 ? rest.substr(0, end) : "";
        rest.erase(0, std::min(end + 2, rest.size()));
    }
    read_as(file, service);
    read_as_captions(file);
    (void)wire::read_multipart(file, "multipart/form-data; boundary=a");
    return 0;
}
