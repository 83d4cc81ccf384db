#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/fuzz.h"
#include "text/glob.h"
#include "text/slow_glob.h"

// Two lists of globs and some paths, with a line `--` between them. What matches is what the slow twin says
// (text/slow_glob.h, which tries everything), and two globs or lists have a path in common exactly where
// trying all short paths finds one.
namespace fleet::fuzz {
namespace {

using text::Glob;
using text::GlobSet;
using text::Overlap;
using text::Reading;
using Strings = std::vector<std::string>;

constexpr std::size_t kMostGlobs = 4;  // of a list
constexpr std::size_t kMostPaths = 8;
constexpr std::size_t kMostBytes =
    40;  // of a glob that the twin, which needs exponential time, is asked about
constexpr std::size_t kPathBytes = 4;  // of the paths that are tried for an overlap

// What the twin knows of brackets: plain bytes, ranges, a `!`; and each within one component.
bool bracket_is_plain(const std::string& component, std::size_t& at) {
  if (++at < component.size() && component[at] == '!') ++at;
  for (bool first = true; at < component.size(); first = false, ++at) {
    const char c = component[at];
    if (c == ']' && !first) return true;
    if (c == '\\' || c == '[' || (c == '^' && first) || (c & 0x80) != 0) return false;
    if (c == '-' && !first && at + 1 < component.size() && component[at + 1] != ']') {
      const char last = component[++at];
      if (last == '\\' || (last & 0x80) != 0) return false;
    }
  }
  return false;
}

bool twin_knows(const std::string& glob) {
  if (glob.size() > kMostBytes || std::count(glob.begin(), glob.end(), '*') > 8) return false;
  for (const std::string& component : text::slow::components(glob)) {
    for (std::size_t at = 0; at < component.size(); ++at) {
      if (component[at] == '\\' && ++at == component.size()) return false;
      if (component[at] == '[' && (at == 0 || component[at - 1] != '\\') && !bracket_is_plain(component, at))
        return false;
    }
  }
  return true;
}

bool can_exist(const std::string& path) {
  const Strings names = text::slow::components(path);
  return std::none_of(names.begin(), names.end(), [](const std::string& name) {
    return name.empty() || name == "." || name == ".." || name.find('\0') != name.npos;
  });
}

void check_matches(const Strings& globs, const Strings& paths) {
  for (const std::string& text : globs) {
    const auto glob = Glob::parse(text);
    if (!glob) continue;
    require(glob->text() == text, "a glob keeps its text", text);
    if (const auto literal = glob->literal())
      require(glob->matches(*literal), "a glob that is one path matches it", text);
    (void)glob->means_files();
    for (const std::string& path : paths) {
      const bool matches = glob->matches(path);
      if (path.size() > kMostBytes || !can_exist(path) || !twin_knows(text)) continue;
      require(matches == text::slow::matches(text, path), "a glob matches what its twin does",
              text + "\n" + path);
    }
  }
}

// One byte of each kind that the globs can tell apart, as far as five go.
std::string alphabet_of(const Strings& left, const Strings& right) {
  std::string bytes = "/.";
  for (const Strings* globs : {&left, &right}) {
    for (const std::string& glob : *globs) {
      for (const char c : glob) {
        if (bytes.size() == 5) return bytes;
        if (std::string_view("*?[]!\\-").find(c) == std::string_view::npos && bytes.find(c) == bytes.npos)
          bytes += c;
      }
    }
  }
  return bytes + (bytes.size() < 5 ? "\x7f" : "");
}

const Strings& all_paths_of(const std::string& alphabet) {
  static std::map<std::string, Strings> known;
  if (known.size() > 200) known.clear();
  auto [found, is_new] = known.try_emplace(alphabet);
  if (is_new) found->second = text::slow::all_paths(alphabet, kPathBytes);
  return found->second;
}

// A shortest path of those tried that both match.
template <class Matcher>
const std::string* try_all(const Strings& paths, const Matcher& left, const Matcher& right) {
  const auto found = std::find_if(paths.begin(), paths.end(), [&](const std::string& path) {
    return left.matches(path) && right.matches(path);
  });
  return found == paths.end() ? nullptr : &*found;
}

template <class Matcher>
void check_witness(const Matcher& left, const Matcher& right, const std::string& path,
                   const std::string& named) {
  require(can_exist(path), "what two globs have in common can exist", named + path);
  require(left.matches(path) && right.matches(path), "both match what they have in common", named + path);
}

void check_overlap(const Glob& left, const Glob& right, const Strings& paths) {
  const std::string named = left.text() + "\n" + right.text() + "\n";
  const auto found = common_path(left, right);
  const auto* tried = try_all(paths, left, right);
  if (found) check_witness(left, right, *found, named);
  require(found || tried == nullptr, "an overlap is found", named + (tried == nullptr ? "" : *tried));
  require(tried == nullptr || found->size() <= tried->size(), "a shortest path is found", named);
  const auto turned = common_path(right, left);
  require(found.has_value() == turned.has_value() && (!found || found->size() == turned->size()),
          "it does not matter which glob comes first", named);
  const auto likely = common_path(left, right, Reading::likely);
  require(!likely || found, "the likely reading finds no more", named);
  if (likely) check_witness(left, right, *likely, named);
}

void check_set_overlap(const Strings& left_globs, const Strings& right_globs, const Strings& paths) {
  const auto left = GlobSet::parse(left_globs);
  const auto right = GlobSet::parse(right_globs);
  if (!left || !right) return;
  std::string named;
  for (const Strings* globs : {&left_globs, &right_globs}) {
    for (const std::string& glob : *globs)
      named += glob + "\n";
    named += "--\n";
  }
  const Overlap found = common_path(*left, *right);
  if (found.answer == Overlap::Answer::certain) check_witness(*left, *right, found.path, named);
  if (found.answer == Overlap::Answer::none) {
    const auto* tried = try_all(paths, *left, *right);
    require(tried == nullptr, "an overlap of lists is found", named + (tried == nullptr ? "" : *tried));
  }
}

}  // namespace
}  // namespace fleet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fleet;
  const auto parts = fuzz::parts_of(fuzz::text_of(data, size), "\n--\n", 3);
  const fuzz::Strings left = fuzz::lines_of(parts[0], fuzz::kMostGlobs);
  const fuzz::Strings right = fuzz::lines_of(parts[1], fuzz::kMostGlobs);
  const fuzz::Strings given = fuzz::lines_of(parts[2], fuzz::kMostPaths);
  const fuzz::Strings& all = fuzz::all_paths_of(fuzz::alphabet_of(left, right));
  // The short ones come first: where globs go wrong, they do so for one of these.
  const fuzz::Strings shortest(all.begin(), all.begin() + std::min<std::ptrdiff_t>(std::ssize(all), 60));
  for (const fuzz::Strings* globs : {&left, &right}) {
    fuzz::check_matches(*globs, given);
    fuzz::check_matches(*globs, shortest);
  }
  if (!left.empty() && !right.empty()) {
    const auto one = text::Glob::parse(left.front());
    const auto other = text::Glob::parse(right.front());
    if (one && other) fuzz::check_overlap(*one, *other, all);
  }
  fuzz::check_set_overlap(left, right, all);
  return 0;
}
