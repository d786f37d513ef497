#include "floor/http/calls.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

namespace barrow::http {
namespace {

struct Pair {
    Pair() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0); }
    ~Pair() {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;
    int ends[2] = {-1, -1};
};

SocketCall call_of(SocketCall::Kind kind, int socket, std::vector<std::string*> pieces) {
    SocketCall call;
    call.kind = kind;
    call.socket = socket;
    for (auto* piece : pieces) call.pieces[static_cast<std::size_t>(call.pieces_count++)] = {piece->data(), piece->size()};
    return call;
}

class SocketCallsTest : public testing::TestWithParam<bool> {
protected:
    void SetUp() override {
        if (GetParam() && !calls_.uses_uring()) GTEST_SKIP() << "this kernel has no io_uring, or forbids it";
    }
    SocketCalls calls_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Calls, SocketCallsTest, testing::Bool(), [](const auto& how) { return how.param ? "together" : "one_by_one"; });

TEST_P(SocketCallsTest, each_call_has_its_own_result) {
    Pair full, empty, ended, broken;
    std::string said = "what stands there", one = "one, ", two = "two", far = "nobody hears";
    ASSERT_EQ(::send(full.ends[1], said.data(), said.size(), 0), static_cast<ssize_t>(said.size()));
    ::shutdown(ended.ends[1], SHUT_WR);
    ::shutdown(broken.ends[0], SHUT_WR);
    std::string room(100, '.'), other_room(100, '.'), third_room(100, '.');
    using enum SocketCall::Kind;
    std::vector<SocketCall> calls{call_of(receive, full.ends[0], {&room}),        call_of(receive, empty.ends[0], {&other_room}),
                                  call_of(receive, ended.ends[0], {&third_room}), call_of(send, empty.ends[1], {&one, &two}),
                                  call_of(send, broken.ends[0], {&far}),          call_of(receive, 1'000'000, {&third_room})};
    calls_.run(calls);
    EXPECT_EQ(calls[0].result, static_cast<int>(said.size()));
    EXPECT_EQ(room.substr(0, said.size()), said);
    EXPECT_EQ(calls[1].result, -EAGAIN) << "it never waits";
    EXPECT_EQ(calls[2].result, 0) << "the other end has said all";
    EXPECT_EQ(calls[3].result, 8);
    EXPECT_EQ(calls[4].result, -EPIPE) << "an error, not a signal";
    EXPECT_EQ(calls[5].result, -EBADF);
    EXPECT_EQ(::recv(empty.ends[0], room.data(), room.size(), MSG_DONTWAIT), 8);
    EXPECT_EQ(room.substr(0, 8), "one, two") << "pieces leave in their order";
}

TEST_P(SocketCallsTest, as_many_as_it_takes_and_again) {
    std::vector<std::unique_ptr<Pair>> pairs;
    for (std::size_t i = 0; i < SocketCalls::together_max; ++i) pairs.push_back(std::make_unique<Pair>());
    for (int round = 0; round < 100; ++round) {
        std::vector<std::string> said, rooms(pairs.size(), std::string(8, '.'));
        said.reserve(pairs.size());
        for (std::size_t i = 0; i < pairs.size(); ++i) said.push_back(std::to_string(10'000'000 + round * 1000 + static_cast<int>(i)));
        std::vector<SocketCall> sends, receives;
        sends.reserve(pairs.size());
        receives.reserve(pairs.size());
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            sends.push_back(call_of(SocketCall::Kind::send, pairs[i]->ends[0], {&said[i]}));
            receives.push_back(call_of(SocketCall::Kind::receive, pairs[i]->ends[1], {&rooms[i]}));
        }
        calls_.run(sends);
        calls_.run(receives);
        ASSERT_EQ(rooms, said);
    }
}

TEST_P(SocketCallsTest, a_full_socket_takes_a_part) {
    Pair pair;
    std::string much(8'000'000, 'x');
    std::vector<SocketCall> calls{call_of(SocketCall::Kind::send, pair.ends[0], {&much}),
                                  call_of(SocketCall::Kind::receive, pair.ends[0], {&much})};
    calls_.run(calls);
    EXPECT_GT(calls[0].result, 0);
    EXPECT_LT(calls[0].result, 8'000'000);
    calls_.run(calls);
    EXPECT_EQ(calls[0].result, -EAGAIN);
}

}  // namespace
}  // namespace barrow::http
