// Workshop: foreign pictures and videos come in, files that pages may show come out, in a folder of its own.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <thread>

#include "floor/base/mutex.hpp"
#include "floor/base/task.hpp"
#include "floor/media/box.hpp"

namespace barrow::media {

inline constexpr std::size_t jobs_waiting_max = 8;  // each holds its request, with the file, in memory
inline constexpr int job_ms_max = 40'000;           // then the program is ended, whatever it does; it gets 20 s of a processor

struct Job {
    std::string_view bytes;  // as they came; they stand until it is made
    std::string folder;      // below the workshop's, made where it is not there: "01jx…", one name without a slash
    std::string name;        // of the files, before the size: "01jy…"; nobody else's
    std::string ending{};    // ".vtt": one file, kept as it is, since whoever sends it has read it; "" for what is to be decoded
};

// What was kept: FOLDER/STEMENDING alone of what is not decoded; else FOLDER/STEM.webp, STEM-480.webp and STEM-160.webp where the picture
// is wider than that, STEM.jpg, STEM-96.ppm, and of a video STEM.mp4 or STEM.webm.
struct Made {
    std::string stem;    // "01jy…-1080x1350": the name and the size of the largest picture
    std::string ending;  // of the file itself: ".webp", ".mp4" or ".webm", or the job's own
    std::int64_t width = 0, height = 0, duration_ms = 0;
    std::int64_t bytes = 0;  // of all its files
    std::string digest;      // "sha256-…" of STEM.webp, as Subresource Integrity writes it; "" where there is none
};

class MemoryFile;

// One file at a time, on a thread of its own, so that neither a request nor a query waits for a decoder. The decoder is the program
// barrow-media: a process of its own, in a cage (child/cage.hpp), at low priority, without environment, that gets the bytes as its input
// and is ended after job_ms_max. What it answers is not trusted either (read_box).
class Workshop {
public:
    // Makes the folder. Refuses (storage) one that cannot be made. The program is looked for when it is needed.
    static Result<std::unique_ptr<Workshop>> open(std::string folder, std::string program);
    // barrow-media beside the program that runs.
    static std::string program_beside();
    ~Workshop();
    // Ends the program that runs. Who waits is told so (busy), and whoever comes later: call it while they can still be told.
    void stop();
    Workshop(const Workshop&) = delete;
    Workshop& operator=(const Workshop&) = delete;

    // Refuses (bad_input, too_large) what sniff() and the decoder refuse; (busy) more than jobs_waiting_max that wait; (storage) a disk
    // that takes nothing, a program that is not there, and a kernel without seccomp. The files are on the disk when it answers, or none is.
    Later<Result<Made>> make(Job job);
    // Files that are gone already are no trouble.
    void forget(const std::string& folder, const std::string& stem, const std::string& ending);

    // The middle of the picture: stamp_side × stamp_side × 3 bytes, red, green, blue; "" where there is none. Costs a read of 27 kB.
    [[nodiscard]] std::string stamp(const std::string& folder, const std::string& stem) const;

    [[nodiscard]] const std::string& folder() const { return folder_; }

private:
    struct Waiting {
        Job job;
        std::function<void(Result<Made>)> answer;
    };
    Workshop(std::string folder, std::string program);
    void work();
    Result<Made> made(const Job& job);
    Result<Made> as_it_is(const Job& job);
    Status decode(std::string_view bytes, const MemoryFile& output);
    bool ended(int process, int& status);

    const std::string folder_, program_;
    Mutex mutex_;
    Condition changed_;
    std::deque<Waiting> waiting_ guarded_by(mutex_);
    bool stopping_ guarded_by(mutex_) = false;
    std::thread thread_;
};

}  // namespace barrow::media
