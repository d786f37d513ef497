// "A 60-second seeded run of the whole walk": viewers, creator, provider, clock and crashes by one seed.
//
//   BARROW_SIM_SECONDS=60 barrow_tests --gtest_filter='Sim.*'     a fresh seed, printed first
//   BARROW_SIM_SEED=7 barrow_tests --gtest_filter='Sim.*'         that one again
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "sim/walk.hpp"

namespace barrow::sim {
namespace {

namespace fs = std::filesystem;

// In memory where the system has such a folder: what dies here is the program, not the machine.
class Folder {
public:
    Folder() {
        const fs::path base = fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
        path_ = (base / ("barrow-sim-" + std::to_string(getpid()) + "-XXXXXX")).string();
        if (mkdtemp(path_.data()) == nullptr) path_.clear();
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::string database_url() const { return "sqlite:" + path_ + "/barrow.db"; }

private:
    std::string path_;
};

Told run(std::uint64_t seed, std::int64_t rounds) {
    SCOPED_TRACE("BARROW_SIM_SEED=" + std::to_string(seed));
    const Folder folder;
    const auto told = Walk(folder.database_url(), seed).play(rounds);
    std::cout << "sim seed " << seed << ": " << told.virtual_minutes << " virtual minutes, " << told.requests << " requests, " << told.holds
              << " holds, " << told.orders << " orders, " << told.paid << " paid, " << told.refunds << " refunded, " << told.crashes
              << " crashes, " << told.webhooks_again << " webhooks again, trace " << std::hex << told.hash << std::dec << "\n";
    return told;
}

std::uint64_t number_from(const char* name) {
    const char* text = std::getenv(name);
    return text == nullptr ? 0 : std::strtoull(text, nullptr, 10);
}

constexpr std::int64_t rounds_of_a_seed = 400;

TEST(Sim, sixty_seconds_of_the_walk) {
    if (const auto seed = number_from("BARROW_SIM_SEED"); seed != 0) {
        run(seed, rounds_of_a_seed);
        return;
    }
    if (const auto seconds = number_from("BARROW_SIM_SECONDS"); seconds != 0) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
        SystemRandom random;
        for (auto seed = random.number() % 1'000'000'000 + 1; std::chrono::steady_clock::now() < end && !HasFailure(); ++seed)
            run(seed, rounds_of_a_seed);
        return;
    }
    Told all;
    for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6}) {
        const auto told = run(seed, rounds_of_a_seed);
        if (HasFailure()) return;
        all.orders += told.orders;
        all.paid += told.paid;
        all.refunds += told.refunds;
        all.crashes += told.crashes;
        all.virtual_minutes += told.virtual_minutes;
    }
    // A walk in which nothing happens proves nothing.
    EXPECT_GT(all.orders, 100);
    EXPECT_GT(all.paid, 40);
    EXPECT_GT(all.refunds, 0);
    EXPECT_GT(all.crashes, 5);
    EXPECT_GT(all.virtual_minutes, 10 * 60);
}

TEST(Sim, the_same_seed_is_the_same_walk) {
    const auto first = run(77, 120), second = run(77, 120), other = run(78, 120);
    EXPECT_EQ(first.hash, second.hash);
    EXPECT_NE(first.hash, other.hash);
}

}  // namespace
}  // namespace barrow::sim
