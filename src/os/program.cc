#include "os/program.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <thread>

namespace fleet::os {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// How long what a program left behind may go on by itself: `tee` in a process substitution, a logger that
// flushes.
constexpr auto kLinger = milliseconds(250);
// A process that the kernel does not let go of (a dead network file system) holds nothing up for longer.
constexpr auto kGiveUp = std::chrono::seconds(5);
// How often memory is looked at: while it writes, and by itself, ever more seldom.
constexpr auto kBetweenSamples = milliseconds(100);
constexpr auto kFirstSample = milliseconds(50);
constexpr auto kLastSample = std::chrono::seconds(2);
constexpr std::size_t kChunk = 64 * 1024;
constexpr std::size_t kChunksATurn = 16;     // then the others get their turn
constexpr std::size_t kLastDrain = 1 << 20;  // more than fits into a pipe

Duration to_duration(timeval time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

}  // namespace

Program::Program(EventLoop& loop, std::uint64_t id, const ProcessSpec& spec, ProcessEvents events,
                 Owners& owners, std::function<void(Result<ProcessEnd>)> over)
    : loop_(loop),
      id_(id),
      token_entry_(spec.token.empty() ? std::string() : fmt::format("{}={}", kTokenVariable, spec.token)),
      time_limit_(spec.time_limit),
      idle_limit_(spec.idle_limit),
      grace_(spec.grace),
      events_(std::move(events)),
      owners_(owners),
      over_(std::move(over)) {}

Program::~Program() {
  for (const auto timer : {limit_timer_, idle_timer_, kill_timer_, linger_timer_})
    loop_.cancel(timer);
  loop_.unwatch(handle_watch_);
  for (const Stream stream : {Stream::out, Stream::err})
    close_output(stream);
  if (leader_ == 0) return;
  kill_all();
  const auto deadline = Clock::now() + kGiveUp;
  pollfd ended{handle_.get(), POLLIN, 0};
  while (::poll(&ended, 1, static_cast<int>(milliseconds(kGiveUp).count())) < 0 && errno == EINTR) {
  }
  while (!survivors().empty() && Clock::now() < deadline) {
    kill_all();
    std::this_thread::sleep_for(milliseconds(2));
  }
  static_cast<void>(Children::instance().reap(leader_));
}

void Program::begin(Result<Spawned> spawned) {
  if (!spawned) {
    over_(tl::make_unexpected(std::move(spawned).error()));
    return;
  }
  const auto identity = spawned->identity;
  adopt(std::move(*spawned));
  if (auto watched = watch(); !watched) {
    over_(tl::make_unexpected(std::move(watched).error()));  // the destructor ends it
    return;
  }
  if (events_.started) events_.started(identity);
  set_limits();
  if (early_stop_) {
    const auto left = std::chrono::duration_cast<Duration>(*early_stop_ - Clock::now());
    stop(EndCause::stopped, std::max(left, Duration::zero()));
  }
}

void Program::adopt(Spawned spawned) {
  leader_ = spawned.pid;
  handle_ = std::move(spawned.handle);
  outputs_[0].fd = std::move(spawned.out);
  outputs_[1].fd = std::move(spawned.err);
  peak_at_start_ = spawned.peak_at_start;
  started_ = last_output_ = last_sample_ = Clock::now();
}

Result<> Program::watch() {
  FLEET_TRY(handle_watch_, loop_.watch(handle_.get(), EventLoop::Interest::readable,
                                       [this](EventLoop::Ready) { leader_ended(); }));
  for (const Stream stream : {Stream::out, Stream::err}) {
    Output& output = outputs_[static_cast<std::size_t>(stream)];
    FLEET_TRY(output.watch,
              loop_.watch(output.fd.get(), EventLoop::Interest::readable,
                          [this, stream](EventLoop::Ready) { read_output(stream, kChunk * kChunksATurn); }));
  }
  return {};
}

void Program::set_limits() {
  if (time_limit_) {
    limit_timer_ = loop_.add_timer_at(started_ + *time_limit_, [this] { stop(EndCause::timed_out, grace_); });
  }
  if (idle_limit_) idle_timer_ = loop_.add_timer_at(started_ + *idle_limit_, [this] { check_silence(); });
  sample_timer_ = loop_.add_timer_at(started_ + kFirstSample, [this] { sample_again(); });
}

void Program::check_silence() {
  const auto deadline = last_output_ + *idle_limit_;
  if (deadline <= Clock::now()) {
    stop(EndCause::idle, grace_);
  } else {
    idle_timer_ = loop_.add_timer_at(deadline, [this] { check_silence(); });
  }
}

void Program::read_output(Stream stream, std::size_t at_most) {
  static thread_local std::array<char, kChunk> buffer;
  Output& output = outputs_[static_cast<std::size_t>(stream)];
  while (output.fd && at_most > 0) {
    const ssize_t count = ::read(output.fd.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return close_output(stream);
    last_output_ = Clock::now();
    if (last_output_ - last_sample_ > kBetweenSamples) sample_memory();
    at_most -= std::min(at_most, static_cast<std::size_t>(count));
    if (events_.output)
      events_.output(stream, std::string_view(buffer.data(), static_cast<std::size_t>(count)));
  }
}

void Program::close_output(Stream stream) {
  Output& output = outputs_[static_cast<std::size_t>(stream)];
  if (!output.fd) return;
  loop_.unwatch(output.watch);
  output.fd.reset();
}

void Program::stop(EndCause cause, Duration grace) {
  const auto kill_at = Clock::now() + grace;
  if (leader_ == 0) {  // a spawner has it
    early_stop_ = std::min(early_stop_.value_or(kill_at), kill_at);
    return;
  }
  if (has_leader_ended_) {  // the rest is given little time anyway
    if (grace <= Duration::zero()) kill_all();
    return;
  }
  if (end_.cause == EndCause::own) end_.cause = cause;
  if (kill_at_ && *kill_at_ <= kill_at) return;  // a second stop can only hurry
  const bool is_first = !kill_at_;
  kill_at_ = kill_at;
  loop_.cancel(kill_timer_);
  if (grace <= Duration::zero()) {
    kill_all();
    return;
  }
  if (is_first) terminate_all();
  kill_timer_ = loop_.add_timer_at(kill_at, [this] { kill_all(); });
}

void Program::leader_ended() {
  loop_.unwatch(handle_watch_);
  for (const auto timer : {limit_timer_, idle_timer_, kill_timer_, sample_timer_})
    loop_.cancel(timer);
  has_leader_ended_ = true;
  leader_ended_at_ = Clock::now();
  look_for_the_end();
}

void Program::look_for_the_end() {
  for (const Stream stream : {Stream::out, Stream::err})
    read_output(stream, kLastDrain);
  const bool silent = !outputs_[0].fd && !outputs_[1].fd;
  const bool alone = survivors().empty();
  const auto now = Clock::now();
  // Pipes that are open with nobody left are held by what hides from us.
  if (alone && (silent || killed_at_)) {
    end_.left_nothing = silent && !strangers_;
    return finish();
  }
  if (killed_at_ && now - *killed_at_ > kGiveUp) return finish();
  if (killed_at_) {
    kill_all();
  } else if (now >= std::max(leader_ended_at_ + kLinger, kill_at_.value_or(leader_ended_at_))) {
    end_.stragglers = kill_all();
  }
  const auto since = now - leader_ended_at_;
  const auto pause = std::clamp<Clock::duration>(since / 2, milliseconds(1), milliseconds(25));
  linger_timer_ = loop_.add_timer_at(now + pause, [this] { look_for_the_end(); });
}

void Program::finish() {
  for (const Stream stream : {Stream::out, Stream::err}) {
    read_output(stream, kLastDrain);
    close_output(stream);
  }
  end_.usage.wall = std::chrono::duration_cast<Duration>(leader_ended_at_ - started_);
  const auto last_seen = process_stat(leader_);
  if (const auto reaped = Children::instance().reap(leader_)) {
    add_usage(reaped->usage);
    // Nothing was seen of those that it started: they may have used more than it did itself.
    const bool is_known = static_cast<std::uint64_t>(reaped->usage.ru_maxrss) * 1024 > peak_at_start_;
    if (!is_known && !has_seen_below_ && (!last_seen || last_seen->had_children)) seen_peak_ = 0;
    if (WIFEXITED(reaped->status)) end_.exit_status = WEXITSTATUS(reaped->status);
    if (WIFSIGNALED(reaped->status)) end_.signal = WTERMSIG(reaped->status);
  }
  if (seen_peak_ > 0) end_.usage.peak_memory = seen_peak_;
  leader_ = 0;
  over_(end_);
}

void Program::sample_memory() {
  if (leader_ == 0 || has_leader_ended_) return;
  last_sample_ = Clock::now();
  seen_peak_ = std::max(seen_peak_, peak_memory_of(leader_));
  for (const ProcessStat& below : descendants_of(leader_)) {
    const std::uint64_t peak = peak_memory_of(below.pid);
    seen_peak_ = std::max(seen_peak_, peak);
    has_seen_below_ = has_seen_below_ || peak > 0;
  }
}

void Program::sample_again() {
  sample_memory();
  const auto pause = std::clamp<Clock::duration>(last_sample_ - started_, kFirstSample, kLastSample);
  sample_timer_ = loop_.add_timer_at(last_sample_ + pause, [this] { sample_again(); });
}

void Program::add_usage(const rusage& usage) {
  end_.usage.user_cpu += to_duration(usage.ru_utime);
  end_.usage.system_cpu += to_duration(usage.ru_stime);
  const auto peak = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  if (peak > peak_at_start_) seen_peak_ = std::max(seen_peak_, peak);
}

bool Program::owns(const ProcessStat& orphan) {
  const auto known = owners_.find(orphan.pid);
  if (known != owners_.end()) return known->second == id_;
  const bool ours = orphan.session == leader_ || orphan.group == leader_ ||
                    (!token_entry_.empty() && carries(orphan.pid, token_entry_));
  if (ours) owners_[orphan.pid] = id_;
  return ours;
}

std::vector<ProcessStat> Program::survivors() {
  std::vector<ProcessStat> alive;
  strangers_ = false;
  for (const ProcessStat& orphan : Children::instance().orphans()) {
    if (!owns(orphan)) {
      strangers_ = strangers_ || (!orphan.is_dead() && !owners_.contains(orphan.pid));
      continue;
    }
    if (!orphan.is_dead()) {
      alive.push_back(orphan);
    } else if (const auto reaped = Children::instance().reap_orphan(orphan.pid)) {
      add_usage(reaped->usage);
      owners_.erase(orphan.pid);
    }
  }
  return alive;
}

std::vector<ProcessStat> Program::outside_group() {
  std::vector<ProcessStat> all = descendants_of(leader_);
  for (const ProcessStat& orphan : survivors()) {
    all.push_back(orphan);
    const auto below = descendants_of(orphan.pid);
    all.insert(all.end(), below.begin(), below.end());
  }
  all.erase(std::remove_if(all.begin(), all.end(), [](const ProcessStat& stat) { return stat.is_dead(); }),
            all.end());
  return all;
}

void Program::terminate_all() {
  // SIGCONT: a stopped process would see SIGTERM only when somebody lets it go on.
  for (const int number : {SIGTERM, SIGCONT}) {
    ::kill(-leader_, number);
    for (const ProcessStat& process : outside_group()) {
      if (process.group != leader_) signal_process(process, number);
    }
  }
}

std::size_t Program::kill_all() {
  if (!killed_at_) killed_at_ = Clock::now();
  std::size_t killed = 0;
  // Again until nothing new is found: a process may fork while its siblings are being counted.
  for (int round = 0; round < 20; ++round) {
    const auto found = outside_group();
    ::kill(-leader_, SIGKILL);  // at once for all of it: the kernel lets no fork slip through
    bool some_outside = false;
    for (const ProcessStat& process : found) {
      if (process.group != leader_) {
        some_outside = true;
        signal_process(process, SIGKILL);
      }
      if (round == 0) ++killed;
    }
    if (!some_outside) break;
  }
  return killed;
}

}  // namespace fleet::os
