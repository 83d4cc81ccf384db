#include <algorithm>
#include <string>

#include "dependencies/advisory.h"
#include "dependencies/license_expression.h"
#include "dependencies/readers.h"
#include "dependencies/value.h"
#include "dependencies/version.h"
#include "fuzz/fuzz.h"
#include "text/utf8.h"

// Any bytes as every kind of lock file, as an advisory, as a licence and as versions: each is read or refused
// with a reason, and places lie in the file.
namespace fleet::fuzz {
namespace {

using namespace dependencies;

void check_file(const ReadLockFile& read, std::string_view text) {
  if (!read) {
    require(!read.error().message.empty(), "a file is refused with a reason");
    return;
  }
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  for (const Dependency& dependency : read->dependencies) {
    require(!dependency.name.empty() && !dependency.version.empty(), "a dependency has a name and a version");
    require(dependency.line >= 1 && dependency.line <= lines, "a dependency stands in a line of the file",
            dependency.name);
    require(dependency.path == "file", "a dependency stands in the file that was given");
  }
  for (const model::Diagnostic& remark : read->remarks)
    require(!remark.message.empty() && text::is_valid_utf8(remark.message), "a remark says something");
}

void check_locks(std::string_view text) {
  const std::string path = "file";
  const ReadBeside none = [](const std::string&) { return std::nullopt; };
  check_file(read_package_lock(text, path), text);
  check_file(read_yarn_lock(text, path), text);
  check_file(read_pnpm_lock(text, path), text);
  check_file(read_requirements(text, path, none), text);
  check_file(read_poetry_lock(text, path), text);
  check_file(read_uv_lock(text, path), text);
  check_file(read_pdm_lock(text, path), text);
  check_file(read_pipfile_lock(text, path), text);
  check_file(read_cargo_lock(text, path), text);
  check_file(read_go_mod(text, path, std::string(text)), text);
  check_file(read_pom(text, path, none), text);
  check_file(read_gradle_lock(text, path), text);
}

void check_advisory(std::string_view text) {
  const auto value = read_json(text, "file", is_member_of_advisory);
  if (!value) return;
  std::string why;
  const auto read = read_advisory(
      *value, [](Ecosystem, const std::string&) { return true; }, why);
  require(read || !why.empty(), "a record is refused with a reason");
  if (!read) return;
  for (const Affected& affected : read->advisory.affected) {
    for (const char* version : {"0.0.0", "1.0.0", "1.4.0", "99.0.0"}) {
      const auto parsed = Version::parse(affected.package.first, version);
      (void)is_affected(affected, version, &*parsed);
      const std::string fix = fixing_version(affected, *parsed);
      const auto fixed = Version::parse(affected.package.first, fix);
      require(fix.empty() || (fixed && *fixed > *parsed && !is_affected(affected, fix, &*fixed)),
              "what fixes a version is above it, and not affected", fix);
    }
  }
}

void check_license(std::string_view text) {
  const LicenseReading reading = read_license(text);
  if (!reading.expression) {
    require(!reading.expression.error().empty(), "a licence is refused with a reason");
    return;
  }
  const std::string written = reading.expression->text();
  const auto again = parse_license(written);
  require(written.size() > kMostLicenseBytes || (again && again->text() == written),
          "a licence is read again as it was written", written);
}

void check_versions(std::string_view text) {
  const auto parts = lines_of(text, 3);
  for (const Ecosystem ecosystem : {Ecosystem::npm, Ecosystem::pypi, Ecosystem::maven}) {
    std::vector<Version> versions;
    for (const std::string& part : parts) {
      if (auto version = Version::parse(ecosystem, part)) versions.push_back(*std::move(version));
    }
    for (const Version& left : versions) {
      require(left == left, "a version is equal to itself", text);
      for (const Version& right : versions)
        require((left < right) == (right > left), "the order has two ends", text);
    }
  }
}

}  // namespace
}  // namespace fleet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fleet::fuzz::text_of(data, size);
  fleet::fuzz::check_locks(text);
  fleet::fuzz::check_advisory(text);
  fleet::fuzz::check_license(text);
  fleet::fuzz::check_versions(text);
  return 0;
}
