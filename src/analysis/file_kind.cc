#include "analysis/file_kind.h"

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "syntax/tree.h"
#include "text/ascii.h"
#include "text/glob.h"
#include "text/regex.h"

namespace fleet::analysis {
namespace {

using model::FileKind;

constexpr std::size_t kSniffed = 8000;  // bytes, as git looks for NUL
constexpr std::size_t kHeader = 4000;   // bytes in which a file says that it was generated
constexpr std::size_t kLongLine = 500;  // bytes

constexpr auto kVendored = std::to_array<std::string_view>(
    {"node_modules/", "bower_components/", "jspm_packages/", "vendor/", "vendors/", "third_party/",
     "third-party/", "thirdparty/", "3rdparty/", "site-packages/", ".venv/", "venv/", "Pods/", "Carthage/",
     "Godeps/", ".yarn/releases/", ".yarn/plugins/", ".yarn/sdks/"});
constexpr auto kGenerated = std::to_array<std::string_view>({"*.pb.go",
                                                             "*.pb.cc",
                                                             "*.pb.h",
                                                             "*.pb.validate.go",
                                                             "*_pb2.py",
                                                             "*_pb2.pyi",
                                                             "*_pb2_grpc.py",
                                                             "*_pb.js",
                                                             "*_grpc_pb.js",
                                                             "*_pb.d.ts",
                                                             "zz_generated.*",
                                                             "*.snap",
                                                             "*.js.map",
                                                             "*.css.map",
                                                             "package-lock.json",
                                                             "npm-shrinkwrap.json",
                                                             "pnpm-lock.yaml",
                                                             "yarn.lock",
                                                             "Cargo.lock",
                                                             "go.sum",
                                                             "poetry.lock",
                                                             "uv.lock",
                                                             "pdm.lock",
                                                             "Pipfile.lock",
                                                             "composer.lock",
                                                             "Gemfile.lock",
                                                             "gradle.lockfile",
                                                             "flake.lock"});
constexpr auto kMinified =
    std::to_array<std::string_view>({"*.min.js", "*.min.mjs", "*.min.css", "*-min.js", "*.bundle.js"});

template <std::size_t N>
std::vector<text::Glob> globs(const std::array<std::string_view, N>& texts) {
  std::vector<text::Glob> out;
  for (const std::string_view each : texts) {
    auto glob = text::Glob::parse(each);
    FLEET_ASSERT(glob.has_value(), "they are ours");
    out.push_back(*std::move(glob));
  }
  return out;
}

bool matches_any(const std::vector<text::Glob>& known, std::string_view path) {
  return std::any_of(known.begin(), known.end(), [&](const text::Glob& glob) { return glob.matches(path); });
}

bool is_utf16(std::string_view bytes) {
  return bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff");
}

// What generators write (Go's own rule, protoc, SWIG, bison, Thrift, GraphQL and OpenAPI generators, ...): a
// comment that says both that the file was generated and that it is not to be edited, or has the mark.
bool says_generated(std::string_view bytes) {
  static const auto kMark = text::Regex::parse(R"((?m)^\W*(?:(?:\S+ )?@generated\b|<auto-?generated))");
  static const auto kMade =
      text::Regex::parse(R"((?im)^\W*(?:.{0,60}\b)?(?:auto(?:matically)?[- ]?)?generated\b)");
  static const auto kHandsOff =
      text::Regex::parse(R"((?im)^\W*.{0,200}\b(?:do not|don't) (?:edit|modify|change|hand-edit)\b)");
  static const auto kAutomatic = text::Regex::parse(
      R"((?im)^\W*(?:this (?:file|code|module|class) (?:is|was|has been) |file )?auto(?:matically)?[- ]?generated (?:by|from|with|using|file|code)\b)");
  const std::string_view header = bytes.substr(0, kHeader);
  return kMark->is_found_in(header) || kAutomatic->is_found_in(header) ||
         (kMade->is_found_in(header) && kHandsOff->is_found_in(header));
}

bool is_minified(std::string_view path, std::string_view bytes) {
  const bool may_be =
      path.ends_with(".js") || path.ends_with(".mjs") || path.ends_with(".cjs") || path.ends_with(".css");
  if (!may_be || bytes.size() < 4 * kLongLine) return false;
  std::size_t on_long_lines = 0;
  for (std::size_t start = 0; start < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', start), bytes.size());
    if (end - start > kLongLine) on_long_lines += end - start;
    start = end + 1;
  }
  return on_long_lines > bytes.size() / 2;
}

}  // namespace

FileKind kind_of(std::string_view path, std::string_view bytes) {
  static const std::vector<text::Glob> vendored = globs(kVendored);
  static const std::vector<text::Glob> generated = globs(kGenerated);
  static const std::vector<text::Glob> minified = globs(kMinified);
  if (bytes.substr(0, kSniffed).find('\0') != bytes.npos && !is_utf16(bytes)) return FileKind::binary;
  if (matches_any(vendored, path)) return FileKind::vendored;
  if (matches_any(generated, path) || says_generated(bytes)) return FileKind::generated;
  if (matches_any(minified, path) || is_minified(path, bytes)) return FileKind::minified;
  if (bytes.size() > syntax::Bounds{}.max_bytes) return FileKind::too_large;
  if (!is_utf16(bytes) && syntax::language_of(path, bytes)) return FileKind::source;
  return FileKind::text;
}

}  // namespace fleet::analysis
