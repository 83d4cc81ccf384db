#include "os/event_loop.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "os/worker_pool.h"

namespace fleet::os {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

struct EventLoopTest : testing::Test {
  std::unique_ptr<EventLoop> loop = std::move(EventLoop::create().value());
  std::vector<int> order;
};

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
    out.reset(ends[0]);
    in.reset(ends[1]);
  }
  base::UniqueFd out, in;
};

TEST_F(EventLoopTest, RunsWhatIsPostedInOrderAlsoFromWithin) {
  loop->post([&] {
    order.push_back(1);
    loop->post([&] {
      order.push_back(3);
      loop->stop();
    });
  });
  loop->post([&] { order.push_back(2); });
  loop->run();
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST_F(EventLoopTest, StopEndsAfterTheRunningCallbackAndTheRestRunsNextTime) {
  loop->post([&] {
    order.push_back(1);
    loop->stop();
  });
  loop->post([&] {
    order.push_back(2);
    loop->stop();
  });
  loop->run();
  EXPECT_THAT(order, ElementsAre(1));
  loop->run();
  EXPECT_THAT(order, ElementsAre(1, 2));
}

TEST_F(EventLoopTest, StopBeforeRunEndsTheNextRunAtOnce) {
  loop->post([&] { order.push_back(1); });
  loop->stop();
  loop->run();
  EXPECT_TRUE(order.empty());
}

TEST_F(EventLoopTest, NothingPostedByManyThreadsIsLost) {
  constexpr int kThreads = 8;
  constexpr int kEach = 2000;
  int seen = 0;  // only the loop's thread touches it
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < kEach; ++k) {
        loop->post([&] {
          if (++seen == kThreads * kEach) loop->stop();
        });
      }
    });
  }
  loop->run();
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(seen, kThreads * kEach);
}

TEST_F(EventLoopTest, AnotherThreadWakesALoopThatWaits) {
  std::thread other([&] {
    std::this_thread::sleep_for(milliseconds(20));
    loop->stop();
  });
  loop->run();
  other.join();
}

TEST_F(EventLoopTest, TimersFireInOrderOfTheirDeadlinesAndNeverEarly) {
  const auto start = std::chrono::steady_clock::now();
  loop->add_timer(milliseconds(30), [&] {
    order.push_back(30);
    EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(30));
    loop->stop();
  });
  loop->add_timer(milliseconds(10), [&] {
    order.push_back(10);
    EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(10));
  });
  loop->add_timer_at(start, [&] { order.push_back(1); });
  loop->add_timer_at(start, [&] { order.push_back(2); });
  loop->run();
  EXPECT_THAT(order, ElementsAre(1, 2, 10, 30));
}

TEST_F(EventLoopTest, ACancelledTimerNeverFires) {
  EventLoop::TimerId second;
  loop->add_timer(milliseconds(1), [&] { loop->cancel(second); });
  second = loop->add_timer(milliseconds(1), [&] { order.push_back(2); });
  loop->cancel(loop->add_timer(milliseconds(1), [&] { order.push_back(3); }));
  loop->cancel(EventLoop::TimerId{});
  loop->add_timer(milliseconds(5), [&] { loop->stop(); });
  loop->run();
  EXPECT_TRUE(order.empty());
}

TEST_F(EventLoopTest, ATimerThatAddsItselfAgainDoesNotStarveDescriptors) {
  Pipe pipe;
  std::function<void()> again = [&] { loop->add_timer_at(SteadyTime{}, again); };
  again();
  ASSERT_TRUE(
      loop->watch(pipe.out.get(), EventLoop::Interest::readable, [&](EventLoop::Ready) { loop->stop(); }));
  ASSERT_EQ(::write(pipe.in.get(), "x", 1), 1);
  loop->run();
}

TEST_F(EventLoopTest, TellsAReadableDescriptorUntilItIsRead) {
  Pipe pipe;
  std::string got;
  ASSERT_TRUE(loop->watch(pipe.out.get(), EventLoop::Interest::readable, [&](EventLoop::Ready ready) {
    EXPECT_TRUE(ready.readable);
    char byte = 0;
    if (::read(pipe.out.get(), &byte, 1) == 1) got += byte;
    if (got == "abc") loop->stop();
  }));
  ASSERT_EQ(::write(pipe.in.get(), "abc", 3), 3);
  loop->run();
  EXPECT_EQ(got, "abc");
}

TEST_F(EventLoopTest, TellsThatTheOtherEndIsGone) {
  Pipe pipe;
  pipe.in.reset();
  bool hung_up = false;
  ASSERT_TRUE(loop->watch(pipe.out.get(), EventLoop::Interest::readable, [&](EventLoop::Ready ready) {
    hung_up = ready.hung_up;
    loop->stop();
  }));
  loop->run();
  EXPECT_TRUE(hung_up);
}

TEST_F(EventLoopTest, WhatIsUnwatchedInTheSameTurnIsNotCalled) {
  Pipe first, second;
  EventLoop::WatchId ids[2];
  const auto one_of_two = [&](int other) {
    return [&, other](EventLoop::Ready) {
      order.push_back(other);
      loop->unwatch(ids[other]);
      loop->add_timer(milliseconds(2), [&] { loop->stop(); });
      loop->unwatch(ids[1 - other]);
    };
  };
  ids[0] = loop->watch(first.out.get(), EventLoop::Interest::readable, one_of_two(1)).value();
  ids[1] = loop->watch(second.out.get(), EventLoop::Interest::readable, one_of_two(0)).value();
  ASSERT_EQ(::write(first.in.get(), "x", 1), 1);
  ASSERT_EQ(::write(second.in.get(), "x", 1), 1);
  loop->run();
  EXPECT_EQ(order.size(), 1U);
}

TEST_F(EventLoopTest, InterestCanBeChanged) {
  Pipe pipe;
  const auto id = loop->watch(pipe.in.get(), EventLoop::Interest::readable, [&](EventLoop::Ready ready) {
    EXPECT_TRUE(ready.writable);
    loop->stop();
  });
  ASSERT_TRUE(id);
  ASSERT_TRUE(loop->change(*id, EventLoop::Interest::writable));
  loop->run();
}

TEST_F(EventLoopTest, AFileThatCannotBeWaitedForIsAnError) {
  EXPECT_FALSE(loop->watch(-1, EventLoop::Interest::readable, [](EventLoop::Ready) {}));
}

TEST_F(EventLoopTest, WorkersHandTheirResultsToTheLoopsThread) {
  auto workers = WorkerPool::create(*loop, 3);
  ASSERT_TRUE(workers);
  WorkerPool& pool = **workers;
  const auto home = std::this_thread::get_id();
  int sum = 0;
  for (int i = 1; i <= 100; ++i) {
    pool.submit_for(
        [&, i] {
          EXPECT_NE(std::this_thread::get_id(), home);
          return i;
        },
        [&](int value) {
          EXPECT_EQ(std::this_thread::get_id(), home);
          sum += value;
          if (sum == 5050) loop->stop();
        });
  }
  loop->run();
  EXPECT_EQ(sum, 5050);
}

TEST_F(EventLoopTest, APoolThatIsDestroyedFinishesWhatWasSubmitted) {
  std::atomic<int> ran = 0;
  {
    auto pool = WorkerPool::create(*loop, 2);
    ASSERT_TRUE(pool);
    for (int i = 0; i < 50; ++i)
      (*pool)->submit([&] { ++ran; }, [] {});
  }
  EXPECT_EQ(ran, 50);
}

}  // namespace
}  // namespace fleet::os
