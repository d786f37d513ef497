// barrow-media: reads one foreign file from its input, in a cage, and writes a Box to its output. The server starts one for each upload,
// so that no mistake in a decoder is a mistake in the server, and so that the server need not load what decodes.
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "floor/media/child/av.hpp"
#include "floor/media/child/cage.hpp"
#include "floor/media/child/decode.hpp"

namespace {

bool write_all(std::string_view text) {
    while (!text.empty()) {
        const auto count = ::write(STDOUT_FILENO, text.data(), text.size());
        if (count <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

}  // namespace

int main() {
    using namespace barrow;
    struct stat about{};
    if (::isatty(STDIN_FILENO) != 0 || ::fstat(STDIN_FILENO, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size < 0) {
        constexpr std::string_view words = "barrow-media is started by barrow, with a file as its input\n";
        (void)!::write(STDERR_FILENO, words.data(), words.size());
        return 2;
    }
    (void)!::nice(10);  // visitors first
    av_log_set_level(AV_LOG_QUIET);
    const auto size = static_cast<std::size_t>(about.st_size);
    void* input = size == 0 ? nullptr : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0);
    if (input == MAP_FAILED || !media::lock_up()) return 3;
    const auto made = media::decode({static_cast<const char*>(input), size});
    const bool written = write_all(media::write_box(made));
    ::_exit(written ? 0 : 4);  // without what runs at an end: there is nothing to keep
}
