#include "analysis/cppcheck.h"

#include <fmt/format.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "analysis/cppcheck_cache.h"
#include "analysis/cppcheck_program.h"
#include "analysis/cppcheck_stage.h"
#include "analysis/hash_parts.h"
#include "analysis/include_closure.h"
#include "analysis/remarks.h"
#include "os/event_loop.h"
#include "os/files.h"
#include "os/process.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kMaxPrinted = std::size_t{64} << 20;  // of each stream

// A file that the cache does not know.
struct Pending {
  std::size_t index = 0;  // of its report
  CppcheckFile file;
  std::vector<std::string> arguments;
  std::vector<std::string> includes, included;
  IncludeClosure::Source source;
  std::string key;
  std::string name;  // that cppcheck is given

  [[nodiscard]] bool reads(const std::string& path) const {
    return path == file.path || source.headers.count(path) != 0;
  }
};

using CppcheckJob = std::vector<const Pending*>;  // all with the same arguments

// It says which file it checks: one that it never names was passed over.
std::string why_passed_over(const CppcheckJob& job, const std::string& out) {
  const std::string said = "\n" + out;
  for (const Pending* pending : job) {
    const std::string line = "\nChecking " + pending->name;
    if (said.find(line + " ...") == std::string::npos && said.find(line + ": ") == std::string::npos) {
      return "it did not say that it checked the file";
    }
  }
  return {};
}

// One call of run_cppcheck(). Everything is on the thread that calls it.
class CppcheckRun {
 public:
  CppcheckRun(const CppcheckOptions& options, CppcheckProgram program, CppcheckStage stage)
      : options_(options),
        program_(std::move(program)),
        stage_(std::move(stage)),
        cache_(options.cache, options.cache_bytes),
        closure_(options.root),
        reader_(options.root) {
    report_.version = program_.version;
  }

  Result<CppcheckReport> run(const std::vector<CppcheckFile>& files);

 private:
  Result<> prepare(std::size_t index, const CppcheckFile& file);
  void make_jobs();
  Result<> run_jobs();
  void start_jobs();
  void start(CppcheckJob job);
  void ended(const CppcheckJob& job, const os::ProcessEnd& end, const std::string& out,
             const std::string& err);
  void share_out(const CppcheckJob& job, CppcheckOutput output);
  const Pending* owner(const CppcheckJob& job, const CppcheckMessage& message,
                       std::set<const Pending*>& again);
  void keep(const Pending& pending, const std::vector<CppcheckMessage>& messages, IncludeClosure& now);
  void settle(std::size_t index, const std::string& path, bool has_nul,
              const std::vector<CppcheckMessage>& messages);
  void give_up(const CppcheckJob& job, CppcheckOutcome outcome, const std::string& why);
  void alone(const CppcheckJob& job);

  const CppcheckOptions& options_;
  CppcheckProgram program_;
  CppcheckStage stage_;
  CppcheckCache cache_;
  IncludeClosure closure_;
  CppcheckReader reader_;
  CppcheckReport report_;
  std::vector<std::unique_ptr<Pending>> pending_;
  std::deque<CppcheckJob> jobs_;
  // Declared last: what runs ends before what it tells of.
  std::unique_ptr<os::EventLoop> loop_;
  std::unique_ptr<os::Processes> processes_;
};

Result<CppcheckReport> CppcheckRun::run(const std::vector<CppcheckFile>& files) {
  std::map<std::string, std::size_t> first;
  std::vector<std::pair<std::size_t, std::size_t>> copies;
  report_.files.resize(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    report_.files[i].path = files[i].path;
    const auto known = first.emplace(files[i].path, i);
    if (!known.second) {
      copies.emplace_back(i, known.first->second);
    } else if (auto prepared = prepare(i, files[i]); !prepared) {
      report_.files[i].outcome = CppcheckOutcome::failed;
      report_.files[i].why = prepared.error().line();
    }
  }
  make_jobs();
  if (!jobs_.empty()) FLEET_CHECK(run_jobs());
  for (const auto& copy : copies)
    report_.files[copy.first] = report_.files[copy.second];
  report_.findings = reader_.take_findings();
  report_.notes = reader_.notes();
  return std::move(report_);
}

// Answers from the cache, or leaves the file among those that are pending.
Result<> CppcheckRun::prepare(std::size_t index, const CppcheckFile& file) {
  if (is_excluded(options_.settings, file.path)) {
    report_.files[index].outcome = CppcheckOutcome::excluded;
    report_.files[index].why = "cppcheck's project file leaves it out";
    return {};
  }
  auto pending = std::make_unique<Pending>();
  pending->index = index;
  pending->file = file;
  pending->includes = options_.settings.everywhere.includes;
  pending->included = options_.settings.everywhere.included;
  if (const CompileFlags* own = options_.settings.compile_commands.of(file.path)) {
    pending->includes.insert(pending->includes.end(), own->includes.begin(), own->includes.end());
    pending->included.insert(pending->included.end(), own->included.begin(), own->included.end());
  }
  FLEET_TRY(pending->source, closure_.of(file.path, pending->includes, pending->included));
  pending->arguments = cppcheck_arguments(options_.settings, file, pending->source.names);
  if (pending->source.is_known) {
    // Two programs of one version may read other libraries (std.cfg), which stand beside them.
    std::vector<std::string> parts{"cppcheck 2", program_.path, program_.version, file.path,
                                   pending->source.hash};
    const auto add = [&](const std::vector<std::string>& list) {
      parts.push_back(std::to_string(list.size()));
      parts.insert(parts.end(), list.begin(), list.end());
    };
    add(pending->arguments);
    add(options_.settings.suppressions);
    for (const auto& header : pending->source.headers) {
      parts.push_back(header.first);
      parts.push_back(header.second);
    }
    pending->key = hash_parts(parts);
    if (const auto messages = cache_.find(pending->key)) {
      report_.files[index].from_cache = true;
      settle(index, file.path, pending->source.has_nul, *messages);
      return {};
    }
  }
  FLEET_TRY(pending->name, stage_.name(file.path, file.language, pending->arguments));
  pending_.push_back(std::move(pending));
  return {};
}

void CppcheckRun::make_jobs() {
  std::map<std::vector<std::string>, CppcheckJob> alike;
  for (const auto& pending : pending_) {
    if (pending->source.is_known) {
      alike[pending->arguments].push_back(pending.get());
    } else {
      jobs_.push_back({pending.get()});
    }
  }
  // Not so many to one that another has nothing to do.
  const std::size_t at_once = std::max(options_.at_once, 1U);
  const std::size_t fair = (pending_.size() + at_once - 1) / at_once;
  const std::size_t most = std::max<std::size_t>(std::min(options_.batch, fair), 1);
  for (const auto& group : alike) {
    for (std::size_t i = 0; i < group.second.size(); i += most) {
      const auto begin = group.second.begin() + static_cast<std::ptrdiff_t>(i);
      const auto count = std::min(most, group.second.size() - i);
      jobs_.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(count));
    }
  }
}

Result<> CppcheckRun::run_jobs() {
  FLEET_TRY(loop_, os::EventLoop::create());
  FLEET_TRY(processes_, os::Processes::create(*loop_, 0));
  loop_->post([this] { start_jobs(); });
  loop_->run();
  return {};
}

void CppcheckRun::start_jobs() {
  while (!jobs_.empty() && processes_->running() < std::max(options_.at_once, 1U)) {
    CppcheckJob job = std::move(jobs_.front());
    jobs_.pop_front();
    start(std::move(job));
  }
  if (jobs_.empty() && processes_->running() == 0) loop_->stop();
}

void CppcheckRun::start(CppcheckJob job) {
  struct Printed {
    std::string out, err;
    bool cut = false;
  };
  auto printed = std::make_shared<Printed>();
  os::ProcessSpec spec = cppcheck_spec(options_, program_.path, stage_.folder());
  const auto& arguments = job.front()->arguments;
  spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
  if (!stage_.suppressions().empty()) spec.argv.push_back("--suppressions-list=" + stage_.suppressions());
  for (const Pending* pending : job)
    spec.argv.push_back(pending->name);
  // Between two files it says so on stdout: its longest silence is the longest that a file takes.
  spec.idle_limit = options_.file_limit;
  spec.time_limit = options_.file_limit * static_cast<std::int64_t>(job.size());
  os::ProcessEvents events;
  events.output = [printed](os::Stream stream, std::string_view bytes) {
    std::string& kept = stream == os::Stream::out ? printed->out : printed->err;
    const auto room = bytes.substr(0, kMaxPrinted - kept.size());
    kept += room;
    printed->cut = printed->cut || room.size() < bytes.size();
  };
  events.ended = [this, printed, job = std::move(job)](Result<os::ProcessEnd> end) {
    if (!end) {
      give_up(job, CppcheckOutcome::failed, end.error().line());
    } else if (printed->cut && job.size() > 1) {
      alone(job);
    } else if (printed->cut) {
      give_up(job, CppcheckOutcome::failed,
              "cppcheck printed more than 64 MB; suppress what there is so much of");
    } else {
      ended(job, *end, printed->out, printed->err);
    }
    // Not from here: the program counts as running until this returns.
    loop_->post([this] { start_jobs(); });
  };
  ++report_.starts;
  processes_->start(std::move(spec), std::move(events));
}

void CppcheckRun::ended(const CppcheckJob& job, const os::ProcessEnd& end, const std::string& out,
                        const std::string& err) {
  std::string why = why_cppcheck_failed(end, err + "\n" + out);
  std::optional<CppcheckOutput> output;
  if (why.empty()) {
    if (auto read = read_cppcheck_output(err)) {
      output = *std::move(read);
      why = why_passed_over(job, out);
    } else {
      why = read.error().line();
    }
  }
  if (why.empty()) return share_out(job, *std::move(output));
  // One of them is to blame, and the others are not to suffer for it.
  if (job.size() > 1) return alone(job);
  const bool is_late = end.cause == os::EndCause::timed_out || end.cause == os::EndCause::idle;
  if (is_late) {
    return give_up(
        job, CppcheckOutcome::timed_out,
        fmt::format("cppcheck took longer than {} for this file; exclude it in a project file of cppcheck",
                    base::format_duration(options_.file_limit)));
  }
  give_up(job, CppcheckOutcome::failed,
          fmt::format("cppcheck {} failed: {}; run it on this file by hand", program_.version, why));
}

// The file that a message is of. Null: of none, because it would not be there if that file were checked
// alone.
const Pending* CppcheckRun::owner(const CppcheckJob& job, const CppcheckMessage& message,
                                  std::set<const Pending*>& again) {
  std::set<const Pending*> mentioned;
  for (const Pending* pending : job) {
    if (!message.of.empty() && message.of == pending->file.path) return pending;
    for (const auto& place : message.places) {
      if (place.file == pending->file.path) mentioned.insert(pending);
    }
  }
  if (mentioned.size() == 1) return *mentioned.begin();
  if (job.size() == 1) return job.front();
  if (mentioned.empty()) again.insert(job.begin(), job.end());
  for (const Pending* one : mentioned) {
    for (const Pending* other : mentioned) {
      if (one != other && one->reads(other->file.path)) again.insert(one);
    }
  }
  return nullptr;
}

void CppcheckRun::share_out(const CppcheckJob& job, CppcheckOutput output) {
  std::map<const Pending*, std::vector<CppcheckMessage>> messages;
  std::set<const Pending*> again;
  for (auto& message : output.messages) {
    stage_.give_names_back(message);
    const Pending* of = owner(job, message, again);
    if (of == nullptr) continue;
    // cppcheck says the same of a header only once, for the first file that reads it.
    for (const Pending* other : job) {
      if (other != of && !message.places.empty() && other->reads(message.places.front().file))
        again.insert(other);
    }
    messages[of].push_back(std::move(message));
  }
  IncludeClosure now(options_.root);
  for (const Pending* pending : job) {
    if (again.count(pending) != 0) continue;
    settle(pending->index, pending->file.path, pending->source.has_nul, messages[pending]);
    if (!pending->key.empty() && !options_.cache.empty()) keep(*pending, messages[pending], now);
  }
  alone(CppcheckJob(again.begin(), again.end()));
}

// What cppcheck read need not be what the key was made of: `now` is what stands there after it.
void CppcheckRun::keep(const Pending& pending, const std::vector<CppcheckMessage>& messages,
                       IncludeClosure& now) {
  const auto source = now.of(pending.file.path, pending.includes, pending.included);
  if (!source || *source != pending.source) {
    report_.cache_trouble =
        printable_line(pending.file.path, 500) + ", or a header of it, changed while it was checked";
  } else if (auto kept = cache_.keep(pending.key, messages); !kept) {
    report_.cache_trouble = kept.error().line();
  }
}

void CppcheckRun::settle(std::size_t index, const std::string& path, bool has_nul,
                         const std::vector<CppcheckMessage>& messages) {
  CppcheckFileReport& file = report_.files[index];
  file.outcome = CppcheckOutcome::checked;
  if (has_nul) {
    file.outcome = CppcheckOutcome::not_understood;
    file.why = "it holds NUL bytes, which no source does";
  }
  for (const auto& message : messages) {
    reader_.add(message, path);
    if (!ends_the_check(message.id)) continue;
    file.outcome = CppcheckOutcome::not_understood;
    file.why = fmt::format(
        "cppcheck stopped at {}:{}: {}; a compile_commands.json, or defines in a project "
        "file of cppcheck, would tell it what the code means",
        printable_line(message.places.empty() ? path : message.places.front().file, 500),
        message.places.empty() ? 1 : message.places.front().line, printable_line(message.text, 500));
  }
}

void CppcheckRun::give_up(const CppcheckJob& job, CppcheckOutcome outcome, const std::string& why) {
  for (const Pending* pending : job) {
    report_.files[pending->index].outcome = outcome;
    report_.files[pending->index].why = why;
  }
}

void CppcheckRun::alone(const CppcheckJob& job) {
  for (const Pending* pending : job)
    jobs_.push_back({pending});
}

}  // namespace

Result<CppcheckReport> run_cppcheck(const CppcheckOptions& options, const std::vector<CppcheckFile>& files) {
  FLEET_TRY(auto stage, CppcheckStage::create(options.root, options.settings));
  FLEET_TRY(auto program, find_cppcheck(options, stage.folder()));
  return CppcheckRun(options, std::move(program), std::move(stage)).run(files);
}

}  // namespace fleet::analysis
