#include "rooms/access/secrets.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "floor/sign/sign.hpp"

namespace barrow::access {
namespace {

Result<std::string> read_or_make(const std::string& path, Random& random) {
    const int made = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made < 0 && errno != EEXIST) {
        return fail(Fault::storage, "cannot write " + path + ": " + std::strerror(errno) + "; choose another --data folder");
    }
    if (made >= 0) {
        const auto text = random.token(32);
        const bool written = ::write(made, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(made) == 0;
        ::close(made);
        if (!written) return fail(Fault::storage, "cannot write " + path + ": the disk is full or failing");
        return text;
    }
    std::ifstream in(path);
    std::string text(std::istreambuf_iterator<char>(in), {});
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
}

}  // namespace

Result<Secrets> Secrets::open(const std::string& folder, Random& random) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return fail(Fault::storage, "cannot make " + folder + ": " + error.message());
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    const auto path = folder + "/operator.key";
    const auto bytes = read_base64url(TRY(read_or_make(path, random)));
    if (!bytes || bytes->size() != 32)
        return fail(Fault::storage, path + " is damaged: it must hold 32 bytes in base64url; put back your copy");
    std::array<std::uint8_t, 32> key;
    std::ranges::copy(*bytes, key.begin());
    return Secrets(key);
}

std::array<std::uint8_t, 32> Secrets::derive(const Id<Shop>& shop, std::string_view purpose) const {
    std::string message(purpose);
    message += '\0';
    message += shop.text;
    return sign::hmac_sha256(operator_key_, as_bytes(message));
}

}  // namespace barrow::access
