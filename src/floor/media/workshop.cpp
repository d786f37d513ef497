#include "floor/media/workshop.hpp"

#include <fcntl.h>
#include <openssl/sha.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <optional>
#include <utility>

namespace barrow::media {

// A file that is in memory alone, and what stands in it.
class MemoryFile {
public:
    explicit MemoryFile(const char* name) : number_(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING)) {}
    ~MemoryFile() {
        if (map_ != MAP_FAILED) ::munmap(map_, size_);
        if (number_ >= 0) ::close(number_);
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    [[nodiscard]] int number() const { return number_; }
    // Once: what was written until now. Nothing where it is more than `bytes_max`. The seal keeps whoever still has the file from taking
    // away what is looked at.
    [[nodiscard]] std::optional<std::string_view> open(std::size_t bytes_max) {
        struct stat about{};
        if (::fcntl(number_, F_ADD_SEALS, F_SEAL_SHRINK) != 0 || ::fstat(number_, &about) != 0) return std::nullopt;
        size_ = static_cast<std::size_t>(about.st_size);
        if (size_ > bytes_max) return std::nullopt;
        if (size_ == 0) return std::string_view();
        map_ = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, number_, 0);
        if (map_ == MAP_FAILED) return std::nullopt;
        return std::string_view(static_cast<const char*>(map_), size_);
    }
    // Copies `part` of what open() showed into another file, without a way through our memory.
    [[nodiscard]] bool copy(std::string_view part, int into) const {
        auto at = static_cast<off_t>(part.data() - static_cast<const char*>(map_));
        for (auto left = part.size(); left > 0;) {
            const auto count = ::sendfile(into, number_, &at, left);
            if (count <= 0) return false;
            left -= static_cast<std::size_t>(count);
        }
        return true;
    }

private:
    int number_;
    void* map_ = MAP_FAILED;
    std::size_t size_ = 0;
};

namespace {

namespace fs = std::filesystem;

constexpr int look_ms = 10;  // how often it is asked whether the program has ended

class File {
public:
    explicit File(int number) : number_(number) {}
    ~File() {
        if (number_ >= 0) ::close(number_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] bool write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto count = ::write(number_, bytes.data(), bytes.size());
            if (count <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }

private:
    int number_;
};

Error no_room() { return fail(Fault::storage, "the file could not be kept: the disk is full, or the media folder cannot be written to"); }
Error ends() { return fail(Fault::busy, "the server is being restarted; send the file again in a moment"); }
Error no_memory() { return fail(Fault::busy, "there is no memory to read the file now; try again in a moment"); }

// Starts it with the two files as input and output, nothing to say and an empty environment. Not a number above 0: it cannot be started.
int start(const std::string& program, const File& input, const MemoryFile& output) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, input.number(), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, output.number(), STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&how);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&how, &none);  // the server's threads block what ends it
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK);
    std::string name = "barrow-media";
    char* const words[] = {name.data(), nullptr};
    char* const environment[] = {nullptr};
    pid_t process = -1;
    if (::posix_spawn(&process, program.c_str(), &files, &how, words, environment) != 0) process = -1;
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    return process;
}

// On the disk when it returns.
bool keep(const std::string& path, const MemoryFile& from, std::string_view bytes) {
    const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    return file.number() >= 0 && from.copy(bytes, file.number()) && ::fsync(file.number()) == 0;
}

// The names in a folder.
bool is_on_disk(const std::string& place) {
    const File directory(::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return directory.number() >= 0 && ::fsync(directory.number()) == 0;
}

}  // namespace

std::string Workshop::program_beside() {
    std::error_code error;
    return fs::read_symlink("/proc/self/exe", error).replace_filename("barrow-media").string();
}

Result<std::unique_ptr<Workshop>> Workshop::open(std::string folder, std::string program) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return fail(Fault::storage, "cannot make the media folder " + folder + ": " + error.message());
    return std::unique_ptr<Workshop>(new Workshop(std::move(folder), std::move(program)));
}

Workshop::Workshop(std::string folder, std::string program) : folder_(std::move(folder)), program_(std::move(program)) {
    thread_ = std::thread([this] { work(); });
}

Workshop::~Workshop() { stop(); }

void Workshop::stop() {
    {
        const Lock lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

Later<Result<Made>> Workshop::make(Job job) {
    // The thread has it as soon as somebody waits for it.
    auto shared = std::make_shared<Job>(std::move(job));
    return Later<Result<Made>>([this, shared](Later<Result<Made>>::Answer answer) {
        bool ending = false;
        {
            const Lock lock(mutex_);
            ending = stopping_;
            if (!ending && waiting_.size() < jobs_waiting_max) {
                waiting_.push_back({std::move(*shared), std::move(answer)});
                changed_.notify_all();
                return;
            }
        }
        answer(ending ? ends() : fail(Fault::busy, "other files are being read; try again in a minute"));
    });
}

void Workshop::work() {
    for (;;) {
        Waiting next;
        bool stopping = false;
        {
            const Lock lock(mutex_);
            while (waiting_.empty() && !stopping_) changed_.wait(mutex_);
            if (waiting_.empty()) return;
            next = std::move(waiting_.front());
            waiting_.pop_front();
            stopping = stopping_;
        }
        auto outcome = stopping ? Result<Made>(ends()) : made(next.job);
        {
            const Lock lock(mutex_);
            if (stopping_ && !outcome) outcome = ends();
        }
        next.answer(std::move(outcome));
    }
}

// False when it had to be ended.
bool Workshop::ended(int process, int& status) {
    const Lock lock(mutex_);
    for (int ms = 0; ms < job_ms_max && !stopping_; ms += look_ms) {
        if (::waitpid(process, &status, WNOHANG) == process) return true;
        changed_.wait_ms(mutex_, look_ms);
    }
    ::kill(process, SIGKILL);
    ::waitpid(process, &status, 0);
    return false;
}

Status Workshop::decode(std::string_view bytes, const MemoryFile& output) {
    const File input(::memfd_create("upload", MFD_CLOEXEC));
    if (input.number() < 0 || output.number() < 0 || !input.write(bytes)) return no_memory();
    const auto process = start(program_, input, output);
    if (process <= 0) return fail(Fault::storage, "the program " + program_ + " cannot be started; install it beside barrow");
    int status = 0;
    if (!ended(process, status)) return fail(Fault::bad_input, "the file takes too long to read; export it smaller");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 3)
        return fail(Fault::storage, "this kernel gives no cage to read foreign files in (seccomp); no file can be taken here");
    // A refusal of one file, not of the server: the program was ended by a limit or by the file.
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return fail(Fault::bad_input, "the file could not be read safely; export it smaller or in another format");
    return {};
}

std::string Workshop::stamp(const std::string& folder, const std::string& stem) const {
    const File file(::open((folder_ + "/" + folder + "/" + stem + "-96.ppm").c_str(), O_RDONLY | O_CLOEXEC));
    std::string bytes(stamp_header.size() + 3 * stamp_side * stamp_side, '\0');
    if (file.number() < 0 || ::pread(file.number(), bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) return "";
    return bytes.substr(stamp_header.size());
}

Result<Made> Workshop::as_it_is(const Job& job) {
    const auto place = folder_ + "/" + job.folder;
    std::error_code error;
    fs::create_directories(place, error);
    const File file(::open((place + "/" + job.name + job.ending).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    const bool kept = file.number() >= 0 && file.write(job.bytes) && ::fsync(file.number()) == 0 && is_on_disk(place);
    if (kept) return Made{.stem = job.name, .ending = job.ending, .bytes = static_cast<std::int64_t>(job.bytes.size())};
    forget(job.folder, job.name, job.ending);
    return no_room();
}

namespace {
std::string digest_of(std::string_view bytes) {
    std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
    SHA256(as_bytes(bytes).data(), bytes.size(), digest.data());
    return "sha256-" + base64(digest);
}
}  // namespace

Result<Made> Workshop::made(const Job& job) {
    if (!job.ending.empty()) return as_it_is(job);
    TRY(sniff(job.bytes));  // most of what is refused needs no process
    MemoryFile output("box");
    TRY(decode(job.bytes, output));
    const auto text = output.open(box_bytes_max);
    if (!text) return no_memory();
    const auto box = TRY(read_box(*text));
    Made made{.stem = job.name + "-" + std::to_string(box.width) + "x" + std::to_string(box.height),
              .ending = ".webp",
              .width = box.width,
              .height = box.height,
              .duration_ms = box.duration_ms};
    const auto place = folder_ + "/" + job.folder;
    std::error_code error;
    fs::create_directories(place, error);
    bool kept = !error;
    for (const auto& piece : box.pieces) {
        kept = kept && keep(place + "/" + made.stem + piece.ending, output, piece.bytes);
        made.bytes += static_cast<std::int64_t>(piece.bytes.size());
        if (piece.ending == ".webp") made.digest = digest_of(piece.bytes);
        if (piece.ending == ".mp4" || piece.ending == ".webm") made.ending = piece.ending;
    }
    kept = kept && is_on_disk(place);
    if (kept) return made;
    forget(job.folder, made.stem, made.ending);
    return no_room();
}

void Workshop::forget(const std::string& folder, const std::string& stem, const std::string& ending) {
    for (const auto& one :
         {std::string(".webp"), std::string("-480.webp"), std::string("-160.webp"), std::string(".jpg"), std::string("-96.ppm"), ending}) {
        std::error_code error;
        fs::remove(folder_ + "/" + folder + "/" + stem + one, error);
    }
}

}  // namespace barrow::media
