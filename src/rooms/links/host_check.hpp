// Hosts that are not what they look like, and those that the operator's list names.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "floor/base/mutex.hpp"
#include "floor/base/result.hpp"

namespace barrow::links {

// The host of an http(s) address in lower case, without user, port and brackets; "" for a path of this shop and what is none.
std::string host_of(std::string_view target);

// Refuses (bad_input): a user before the host (https://bank.example@evil.example), a host in other than ASCII letters (with its xn-- form,
// which is the one to write), an xn-- label that is none, and a label that mixes scripts whose letters look alike (Latin, Greek, Cyrillic,
// Armenian, Cherokee …: UTS 39's restriction to one of them). A host wholly in one script is what it is.
Status examine_host(std::string_view target);

// What a host looks like when one of its labels is written wholly in Cyrillic or Greek letters that pass for Latin ones ("аррӏе.com", all
// Cyrillic, is "apple.com"); "" for a host that looks like nothing else. Such a name may be somebody's own, so it is no refusal: people are
// asked first. The letters are those of Unicode's confusables.txt (UTS 39) that stand for one letter a to z.
std::string lookalike_of(std::string_view target);

// The host that somebody names, alone or as an address, in lower case. Refuses (bad_input) what is none, one without a dot, and one in
// other than ASCII letters, with the form to write.
Result<std::string> read_host(std::string_view typed);

// The operator's deny list, and the watch list. Hosts that are named one by one (doubt.hpp), and a text file, one host or address a line,
// "#" for comments; hosts files ("127.0.0.1 evil.example") and URLhaus's lists are of that form. A host stands for what is below it, too.
class DenyList {
public:
    // Reads the file again when it has changed; a missing or unreadable one keeps the list that was there and is told. Returns whether the
    // list is another one now. At most 5,000,000 lines.
    Result<bool> reload(const std::string& path);
    // Those that are named one by one, beside the file's.
    void set_named(std::vector<std::string> hosts);
    [[nodiscard]] bool names(std::string_view target) const;
    [[nodiscard]] std::size_t size() const;  // of the file

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    using Hosts = std::unordered_set<std::string, Hash, std::equal_to<>>;
    [[nodiscard]] std::shared_ptr<const Hosts> hosts() const;
    [[nodiscard]] std::shared_ptr<const Hosts> named() const;
    mutable Mutex mutex_;
    std::shared_ptr<const Hosts> hosts_ guarded_by(mutex_) = std::make_shared<Hosts>(), named_
                                                                                        guarded_by(mutex_) = std::make_shared<Hosts>();
    std::int64_t changed_ = 0;  // the file's own time; of the clockwork's thread
};

}  // namespace barrow::links
