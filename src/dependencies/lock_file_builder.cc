#include "dependencies/lock_file_builder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dependencies/version.h"
#include "text/utf8.h"

namespace fleet::dependencies {
namespace {

constexpr std::size_t kNamesShown = 5;

// Of visible ASCII: what other characters there are would only deceive a reader.
bool is_plain(std::string_view text, std::size_t most) {
  for (const char c : text) {
    if (c <= ' ' || c >= 0x7f) return false;
  }
  return !text.empty() && text.size() <= most;
}

std::string shown(std::string_view text) {
  return text::truncate(text::printable(text, text::Newlines::escape), 80);
}

}  // namespace

void LockFileBuilder::Names::add(std::string_view name, std::uint32_t at) {
  if (count++ == 0) line = at;
  if (first.size() < kNamesShown) first.push_back(shown(name));
}

std::string LockFileBuilder::Names::list() const {
  return fmt::format("{}{}", fmt::join(first, ", "), count > first.size() ? ", ..." : "");
}

Dependency& LockFileBuilder::add(std::string_view name, std::string_view version, std::uint32_t line) {
  refused_ = {};
  if (!is_plain(name, kMostNameBytes) || !is_plain(version, kMostVersionBytes)) {
    remark(line, fmt::format("`{}` in version `{}` cannot be a package", shown(name), shown(version)));
    return refused_;
  }
  if (file_.dependencies.size() >= kMostDependencies) {
    ++left_out_;
    return refused_;
  }
  Dependency& added = file_.dependencies.emplace_back();
  added.ecosystem = ecosystem_;
  added.name = normalised_name(ecosystem_, name);
  added.version = version;
  added.path = path_;
  added.line = line;
  return added;
}

void LockFileBuilder::remark(std::uint32_t line, std::string message, std::string suggestion) {
  if (file_.remarks.size() > kMostRemarks) return;
  model::Diagnostic& remark = file_.remarks.emplace_back();
  remark.path = path_;
  remark.at.line = static_cast<int>(line);
  remark.message = std::move(message);
  remark.suggestion = std::move(suggestion);
  if (file_.remarks.size() > kMostRemarks) remark.message = "there is more to remark, which is left out";
}

LockFile LockFileBuilder::finish() {
  if (open_.count > 0) {
    remark(open_.line,
           fmt::format("{} {} no exact version, and cannot be judged: {}", open_.count,
                       open_.count == 1 ? "package has" : "packages have", open_.list()),
           "lock the versions and commit the lock file");
  }
  if (elsewhere_.count > 0) {
    remark(elsewhere_.line,
           fmt::format(
               "{} from git, a URL or a folder, where a version says nothing of advisories: {}",
               elsewhere_.count == 1 ? "1 package comes" : fmt::format("{} packages come", elsewhere_.count),
               elsewhere_.list()));
  }
  if (left_out_ > 0) {
    remark(1, fmt::format("the file names more than {} packages: {} are not judged", kMostDependencies,
                          left_out_));
  }
  return std::move(file_);
}

}  // namespace fleet::dependencies
