// The bus of a single node: a list of listeners.
#include <algorithm>
#include <map>
#include <vector>

#include "floor/base/mutex.hpp"
#include "floor/bus/bus.hpp"

namespace barrow::bus {
namespace {

constexpr std::size_t subject_max = 255;

std::string_view take_word(std::string_view& text) {
    const auto end = std::min(text.find('.'), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

bool is_word(std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

bool is_made_of(std::string_view text, bool wildcards) {
    if (text.empty() || text.size() > subject_max || text.back() == '.') return false;
    while (!text.empty()) {
        const auto word = take_word(text);
        if (wildcards && (word == "*" || (word == ">" && text.empty()))) continue;
        if (!is_word(word)) return false;
    }
    return true;
}

struct Listening {
    std::string pattern, group;
    Listener listener;
};

struct List {
    Mutex mutex;
    std::vector<std::shared_ptr<const Listening>> all guarded_by(mutex);
    std::map<std::string, std::size_t, std::less<>> turns guarded_by(mutex);  // of each group
};

class InProcess final : public Bus {
public:
    void publish(std::string_view subject, std::string_view payload) override {
        check(is_subject(subject));
        const Message message{std::string(subject), std::string(payload)};
        for (const auto& each : whose(subject)) each->listener(message);  // without the lock: a listener may publish or stop listening
    }

    Ear listen(std::string_view pattern, Listener listener, std::string_view group) override {
        check(is_pattern(pattern));
        auto made = std::make_shared<const Listening>(Listening{std::string(pattern), std::string(group), std::move(listener)});
        const Lock lock(list_->mutex);
        list_->all.push_back(made);
        return Ear(static_cast<void*>(const_cast<Listening*>(made.get())), [list = list_, made](void*) {
            const Lock at_end(list->mutex);
            std::erase(list->all, made);
        });
    }

private:
    std::vector<std::shared_ptr<const Listening>> whose(std::string_view subject) {
        std::vector<std::shared_ptr<const Listening>> out;
        std::map<std::string_view, std::vector<std::shared_ptr<const Listening>>> groups;
        const Lock lock(list_->mutex);
        for (const auto& each : list_->all) {
            if (!fits(each->pattern, subject)) continue;
            if (each->group.empty()) {
                out.push_back(each);
            } else {
                groups[each->group].push_back(each);
            }
        }
        for (const auto& [group, members] : groups) out.push_back(members[list_->turns[std::string(group)]++ % members.size()]);
        return out;
    }

    std::shared_ptr<List> list_ = std::make_shared<List>();
};

}  // namespace

bool is_subject(std::string_view text) { return is_made_of(text, false); }
bool is_pattern(std::string_view text) { return is_made_of(text, true); }

bool fits(std::string_view pattern, std::string_view subject) {
    while (!pattern.empty() && !subject.empty()) {
        const auto wanted = take_word(pattern);
        if (wanted == ">") return true;
        const auto word = take_word(subject);
        if (wanted != "*" && wanted != word) return false;
    }
    return pattern.empty() && subject.empty();
}

std::unique_ptr<Bus> open_in_process() { return std::make_unique<InProcess>(); }

}  // namespace barrow::bus
