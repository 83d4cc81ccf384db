#include "text/glob.h"

#include <fmt/format.h>

#include "text/utf8.h"

namespace fleet::text {
namespace {

constexpr std::string_view kTried = "read the glob";

tl::unexpected<Error> refuse(std::string_view text, std::string why, std::string hint = {}) {
  return base::fail_input(std::string(kTried),
                          fmt::format("`{}`", truncate(printable(text, Newlines::escape), 80)),
                          std::move(why), std::move(hint));
}

// Components that no path in a repository has, so that the glob could never match.
Result<> check_components(std::string_view text) {
  std::size_t begin = !text.empty() && text.front() == '/' ? 1 : 0;
  const std::size_t end = text.size() - (text.size() > begin && text.back() == '/' ? 1 : 0);
  while (begin <= end) {
    const std::size_t slash = std::min(text.find('/', begin), end);
    const std::string_view component = text.substr(begin, slash - begin);
    if (component.empty())
      return refuse(text, end <= 1 ? "it names no path" : fmt::format("`//` at byte {}", begin + 1));
    if (component == "." || component == "..")
      return refuse(text, fmt::format("`{}` at byte {}: globs start at the repository's root and go down",
                                      component, begin + 1));
    begin = slash + 1;
  }
  return {};
}

bool ends_in_extension(std::string_view text) {
  const std::size_t dot = text.rfind('.');
  if (dot == std::string_view::npos || dot + 1 == text.size()) return false;
  if (dot == 0 || text[dot - 1] == '/') return false;  // `.github`
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  for (const char c : text.substr(dot + 1)) {
    if (!is_letter(c) && !(c >= '0' && c <= '9')) return false;
  }
  return is_letter(text[dot + 1]);
}

}  // namespace

Result<Glob> Glob::parse(std::string_view text) {
  if (text.empty()) return refuse(text, "it is empty");
  if (text.size() > kMaxLength)
    return refuse(text, fmt::format("it has {} bytes, {} are allowed", text.size(), kMaxLength));
  if (const auto zero = text.find('\0'); zero != std::string_view::npos)
    return refuse(text, fmt::format("a zero byte at byte {}", zero + 1));
  if (text.front() == '!') {
    return refuse(text, "`!` takes paths back from a list, which this is not",
                  "write `\\!` for a name that starts with `!`");
  }
  FLEET_CHECK(check_components(text));
  PathPattern pattern = PathPattern::compile(text, PathPattern::Flavour::documented);
  if (const auto& problem = pattern.problem())
    return refuse(text, fmt::format("{} (at byte {})", problem->what, problem->offset + 1));
  return Glob(std::string(text), std::move(pattern));
}

bool Glob::matches(std::string_view path) const {
  const auto [exact, below] = pattern_.match(path);
  return below || (exact && !pattern_.directory_only());
}

std::optional<std::string> Glob::literal() const {
  if (!pattern_.is_literal() || pattern_.directory_only()) return std::nullopt;
  return pattern_.literal_start();
}

bool Glob::means_files() const {
  return ends_in_extension(text_);
}

Result<GlobSet> GlobSet::parse(const std::vector<std::string>& globs) {
  if (globs.size() > kMaxGlobs) {
    return base::fail_input("read a list of globs", "",
                            fmt::format("it has {} globs, {} are allowed", globs.size(), kMaxGlobs));
  }
  GlobSet set;
  for (const std::string& each : globs) {
    const bool takes_back = each.starts_with('!');
    FLEET_TRY(Glob glob, Glob::parse(std::string_view(each).substr(takes_back ? 1 : 0)));
    set.rules_.push_back({std::move(glob), takes_back});
  }
  return set;
}

bool GlobSet::matches(std::string_view path) const {
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    if (rule->glob.matches(path)) return !rule->takes_back;
  }
  return false;
}

}  // namespace fleet::text
