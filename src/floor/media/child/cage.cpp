#include "floor/media/child/cage.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>

#include "floor/media/box.hpp"

namespace barrow::media {
namespace {

constexpr rlim_t memory_max = 1 << 30, seconds_max = 20;

#if defined(__x86_64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_AARCH64;
#else
#error "the cage knows the kernel's calls of x86-64 and ARM64 only"
#endif

constexpr std::array allowed{SYS_read,
                             SYS_write,
                             SYS_pread64,
                             SYS_lseek,
                             SYS_close,
                             SYS_mmap,
                             SYS_munmap,
                             SYS_mprotect,
                             SYS_mremap,
                             SYS_madvise,
                             SYS_brk,
                             SYS_futex,
                             SYS_exit,
                             SYS_exit_group,
                             SYS_rt_sigaction,
                             SYS_rt_sigreturn,
                             SYS_rt_sigprocmask,
                             SYS_sigaltstack,
                             SYS_getpid,
                             SYS_gettid,
                             SYS_tgkill,
                             SYS_getrandom,
                             SYS_clock_gettime,
                             SYS_clock_getres,
                             SYS_gettimeofday,
                             SYS_sched_yield,
                             SYS_sched_getaffinity,
                             SYS_restart_syscall,
                             SYS_sysinfo};

// A sanitizer's shadow alone is larger than memory_max.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#else
constexpr bool sanitized = false;
#endif

bool limit(__rlimit_resource what, rlim_t most) {
    const rlimit both{most, most};
    return ::setrlimit(what, &both) == 0;
}

bool filter_calls() {
    constexpr auto calls = allowed.size();
    // Load the architecture, die on another; load the call, compare; the two answers stand at the end.
    std::array<sock_filter, calls + 6> program{};
    std::size_t n = 0;
    program[n++] = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch));
    program[n++] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architecture, 1, 0);
    program[n++] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    program[n++] = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr));
    for (std::size_t i = 0; i < calls; ++i) {
        const auto to_yes = static_cast<std::uint8_t>(calls - i);  // over the other comparisons and the no
        program[n++] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(allowed[i]), to_yes, 0);
    }
    program[n++] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    program[n++] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const sock_fprog filter{static_cast<unsigned short>(n), program.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

}  // namespace

bool lock_up() {
    return (sanitized || limit(RLIMIT_AS, memory_max)) && ::close_range(3, ~0U, 0) == 0 && limit(RLIMIT_CPU, seconds_max) &&
           limit(RLIMIT_FSIZE, box_bytes_max) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, 3) && filter_calls();
}

}  // namespace barrow::media
