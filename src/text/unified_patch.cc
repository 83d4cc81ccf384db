#include "text/unified_patch.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace fleet::text {
namespace {

using Kind = Hunk::Line::Kind;

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

constexpr std::size_t kMostCompared = 20'000'000;  // lines, of all hunks of a file
constexpr std::size_t kMostOfPatch = 8 << 20;      // bytes

std::string_view without_cr(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// From `--- a/src/x.cc<TAB>date`; empty for /dev/null.
std::string path_of(std::string_view header, std::string_view prefix) {
  header = header.substr(0, header.find('\t'));
  while (header.ends_with(' '))
    header.remove_suffix(1);
  if (header == "/dev/null") return {};
  if (header.starts_with(prefix)) header.remove_prefix(prefix.size());
  return std::string(header);
}

class PatchParser {
 public:
  explicit PatchParser(std::string_view text) : lines_(split_lines(text)) {}

  Result<std::vector<FilePatch>> parse() {
    for (; at_ < lines_.size(); ++at_) {
      const std::string_view line = without_cr(lines_[at_]);
      if (line.starts_with("--- ") && at_ + 1 < lines_.size() && lines_[at_ + 1].starts_with("+++ ")) {
        FLEET_CHECK(close());
        ++at_;
        files_.push_back(
            {path_of(line.substr(4), "a/"), path_of(without_cr(lines_[at_]).substr(4), "b/"), {}});
        if (files_.back().before.empty() && files_.back().after.empty())
          return wrong("both its files are /dev/null");
      } else if (line.starts_with("@@")) {
        if (files_.empty())
          return wrong("a hunk stands before the `--- a/path` and `+++ b/path` of its file");
        FLEET_CHECK(close());
        files_.back().hunks.push_back({line_of(line), {}, false});
        is_open_ = true;
      } else if (is_open_ && !line.starts_with("diff --git ")) {
        FLEET_CHECK(take(lines_[at_]));
      } else if (line.starts_with("rename ") || line.starts_with("copy ") || line.starts_with("GIT binary") ||
                 line.starts_with("Binary files")) {
        return wrong("renames, copies and binary files cannot be patched");
      } else {
        FLEET_CHECK(close());
      }
    }
    FLEET_CHECK(close());
    if (files_.empty())
      return base::fail_input("read", "the patch", "it has no `--- a/path` and `+++ b/path`");
    return std::move(files_);
  }

 private:
  tl::unexpected<Error> wrong(std::string_view why) const {
    return base::fail_input("read", "the patch", fmt::format("line {}: {}", at_ + 1, why));
  }

  static std::optional<std::size_t> line_of(std::string_view header) {
    const std::size_t minus = header.find('-');
    if (minus == std::string_view::npos) return std::nullopt;
    std::size_t line = 0;
    const char* begin = header.data() + minus + 1;
    const auto [end, error] = std::from_chars(begin, header.data() + header.size(), line);
    return error == std::errc() && end != begin ? std::optional(line) : std::nullopt;
  }

  Result<> take(std::string_view raw) {
    Hunk& hunk = files_.back().hunks.back();
    const char first = raw.empty() ? '\n' : raw.front();
    const std::string_view rest = raw.empty() ? raw : raw.substr(1);
    if (first == '\\') {
      hunk.ends_without_newline = hunk.lines.empty() || hunk.lines.back().kind != Kind::removed;
    } else if (first == '+') {
      hunk.lines.push_back({Kind::added, std::string(rest)});
    } else if (first == '-') {
      hunk.lines.push_back({Kind::removed, std::string(rest)});
    } else if (first == ' ') {
      hunk.lines.push_back({Kind::context, std::string(rest)});
    } else if (without_cr(raw).empty()) {  // a blank line whose space was lost
      hunk.lines.push_back({Kind::context, {}});
      ++blanks_;
      return {};
    } else {
      return wrong("a line of a hunk begins with ` `, `-` or `+`");
    }
    blanks_ = 0;
    return {};
  }

  // Blank lines at the end of a hunk stand between it and what follows.
  Result<> close() {
    if (!is_open_) return {};
    is_open_ = false;
    auto& lines = files_.back().hunks.back().lines;
    lines.resize(lines.size() - blanks_);
    blanks_ = 0;
    const bool changes = std::any_of(lines.begin(), lines.end(),
                                     [](const Hunk::Line& line) { return line.kind != Kind::context; });
    if (!changes) return wrong("the hunk before this line adds nothing and removes nothing");
    return {};
  }

  std::vector<std::string_view> lines_;
  std::size_t at_ = 0;
  std::vector<FilePatch> files_;
  bool is_open_ = false;    // a hunk
  std::size_t blanks_ = 0;  // lost ones at its end, so far
};

class HunkApplier {
 public:
  explicit HunkApplier(std::string_view text)
      : lines_(split_lines(text)),
        ends_with_newline_(text.empty() || text.ends_with('\n')),
        crlf_(!lines_.empty() && lines_.front().ends_with('\r')) {}

  Result<> apply(const Hunk& hunk, std::size_t number) {
    std::vector<std::string_view> old;
    for (const Hunk::Line& line : hunk.lines) {
      if (line.kind != Kind::added) old.push_back(line.text);
    }
    FLEET_TRY(const std::size_t at, find(old, hunk.line, number));
    for (; next_ < at; ++next_)
      copy();
    for (const Hunk::Line& line : hunk.lines) {
      if (line.kind == Kind::context) {
        copy();
        ++next_;
      } else if (line.kind == Kind::removed) {
        ++next_;
      } else {
        out_.push_back(std::string(without_cr(line.text)) + (crlf_ ? "\r" : ""));
      }
    }
    // Where the end of the file was in its hands. A last line that stays keeps its end.
    if (next_ == lines_.size() && (hunk.ends_without_newline || hunk.lines.back().kind != Kind::context))
      ends_with_newline_ = !hunk.ends_without_newline;
    return {};
  }

  std::string finish() {
    for (; next_ < lines_.size(); ++next_)
      copy();
    std::string text;
    for (std::size_t i = 0; i < out_.size(); ++i) {
      text += out_[i];
      if (i + 1 < out_.size() || ends_with_newline_) text += '\n';
    }
    return text;
  }

 private:
  void copy() { out_.emplace_back(lines_[next_]); }

  [[nodiscard]] bool fits(const std::vector<std::string_view>& old, std::size_t at) {
    if (at + old.size() > lines_.size()) return false;
    for (std::size_t i = 0; i < old.size(); ++i) {
      ++compared_;
      if (without_cr(lines_[at + i]) != without_cr(old[i])) return false;
    }
    return true;
  }

  [[nodiscard]] Result<std::size_t> find(const std::vector<std::string_view>& old,
                                         std::optional<std::size_t> line, std::size_t number) {
    const auto refuse = [number](std::string_view why) {
      return base::fail_input("apply", fmt::format("hunk {}", number), std::string(why));
    };
    if (old.empty()) {  // nothing to find it by but its line, after which it adds
      if (lines_.empty()) return std::size_t{0};
      if (!line || *line > lines_.size() || *line < next_)
        return refuse("it has no context lines that say where its lines are to be added");
      return *line;
    }
    std::optional<std::size_t> best;
    std::size_t places = 0;
    const std::size_t wanted = line && *line > 0 ? *line - 1 : 0;
    const auto distance = [wanted](std::size_t at) { return at > wanted ? at - wanted : wanted - at; };
    for (std::size_t at = next_; at + old.size() <= lines_.size(); ++at) {
      if (compared_ > kMostCompared)
        return refuse("it takes too long to find: give fewer and more telling lines");
      if (!fits(old, at)) continue;
      ++places;
      if (!best || distance(at) < distance(*best)) best = at;
    }
    if (!best) {
      return refuse(
          fmt::format("its context and removed lines are not in the file{}; the first of them is `{}`",
                      next_ > 0 ? " after the hunk before it" : "", old.front().substr(0, 200)));
    }
    const bool is_exact = line && distance(*best) == 0;
    if (!is_exact && places > 1)
      return refuse(fmt::format("it fits in {} places: give the right line number, or more context", places));
    return *best;
  }

  std::vector<std::string_view> lines_;
  std::vector<std::string> out_;
  std::size_t next_ = 0;      // line of the old file
  std::size_t compared_ = 0;  // lines
  bool ends_with_newline_;
  bool crlf_;
};

}  // namespace

Result<std::vector<FilePatch>> parse_patch(std::string_view text) {
  if (text.size() > kMostOfPatch) return base::fail_input("read", "the patch", "it has more than 8 MB");
  return PatchParser(text).parse();
}

Result<std::string> apply_hunks(std::string_view text, const std::vector<Hunk>& hunks) {
  HunkApplier applier(text);
  for (std::size_t i = 0; i < hunks.size(); ++i)
    FLEET_CHECK(applier.apply(hunks[i], i + 1));
  return applier.finish();
}

}  // namespace fleet::text
