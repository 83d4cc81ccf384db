#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "dependencies/license_expression.h"
#include "dependencies/version.h"
#include "os/files.h"
#include "os/run_program.h"
#include "text/random_text.h"

// Our order of versions against that of the programs that define it, on random versions.
namespace fleet::dependencies {
namespace {

using text::RandomText;

constexpr int kPairs = 4'000;

// The words of what a program says, one for each line; nothing where it is not there.
std::vector<std::string> ask(std::vector<std::string> argv, const std::string& input) {
  os::ProcessSpec spec;
  spec.argv = std::move(argv);
  for (const char* name : {"PATH", "HOME", "PYENV_ROOT"}) {
    if (const char* value = std::getenv(name)) spec.env[name] = value;
  }
  spec.input = input;
  spec.time_limit = std::chrono::seconds(60);
  const auto finished = os::run_program(std::move(spec), 16 << 20);
  std::vector<std::string> lines;
  if (!finished || !finished->succeeded()) return lines;
  std::string line;
  for (const char c : finished->out) {
    if (c != '\n') {
      line += c;
    } else {
      lines.push_back(std::move(line));
      line.clear();
    }
  }
  return lines;
}

std::string order_of(Ecosystem ecosystem, const std::string& left, const std::string& right) {
  const auto one = Version::parse(ecosystem, left), other = Version::parse(ecosystem, right);
  if (!one || !other) return "none";
  return *one < *other ? "<" : *one == *other ? "==" : ">";
}

std::string several(RandomText& random, const std::vector<std::string_view>& pieces, std::size_t most) {
  return random.one_in(3) ? std::string() : random.several(pieces, most);
}

std::string python_version(RandomText& random) {
  static const std::vector<std::string_view> kNumbers{"0", "1", "2", "10", "01", "123456789012345678901"};
  static const std::vector<std::string_view> kSuffixes{
      "a", "b", "rc", "c", "alpha", "beta", "pre", "preview", "post", "rev", "r",  "dev", "RC",
      "1", "0", "2",  "-", "_",     ".",    "-1",  ".1",      "+",    "abc", "1a", "x"};
  std::string version = several(random, {"v", " ", "1!", "0!"}, 1);
  for (std::size_t numbers = 1 + random.below(3); numbers > 0; --numbers)
    version += fmt::format("{}{}", random.pick(kNumbers), numbers > 1 ? "." : "");
  return version + several(random, kSuffixes, 5);
}

TEST(VersionOracle, PythonsPackaging) {
  static const std::string kScript = R"(
import sys
try:
    from packaging.version import Version
except ImportError:
    from pip._vendor.packaging.version import Version
def read(text):
    try:
        return Version(text)
    except ValueError:
        return None
for line in sys.stdin.read().split("\n")[:-1]:
    left, right = map(read, line.split("\t"))
    print("none" if left is None or right is None else "<" if left < right else "==" if left == right else ">")
)";
  RandomText random(1);
  std::vector<std::pair<std::string, std::string>> pairs;
  std::string input;
  for (int i = 0; i < kPairs; ++i) {
    pairs.emplace_back(python_version(random), python_version(random));
    input += fmt::format("{}\t{}\n", pairs.back().first, pairs.back().second);
  }
  const auto answers = ask({"python3", "-c", kScript}, input);
  ASSERT_FALSE(answers.empty()) << "there is no python3 with packaging";
  ASSERT_EQ(answers.size(), pairs.size());
  std::size_t ordered = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto& [left, right] = pairs[i];
    EXPECT_EQ(order_of(Ecosystem::pypi, left, right), answers[i]) << left << "   " << right;
    if (answers[i] != "none") ++ordered;
  }
  EXPECT_GT(ordered, kPairs / 10);
}

std::string npm_version(RandomText& random) {
  static const std::vector<std::string_view> kNumbers{"0", "1", "2", "10", "9007199254740991"};
  static const std::vector<std::string_view> kIdentifiers{"alpha", "beta", "rc", "1",  "0",
                                                          "10",    "x-y",  "-",  "1a", "01"};
  std::string version =
      fmt::format("{}.{}.{}", random.pick(kNumbers), random.pick(kNumbers), random.pick(kNumbers));
  if (!random.one_in(3)) {
    version += fmt::format("-{}", random.pick(kIdentifiers));
    while (random.one_in(2))
      version += fmt::format(".{}", random.pick(kIdentifiers));
  }
  if (random.one_in(5)) version += "+build.1";
  if (random.one_in(20)) version += random.pick({"-", ".", "+", "_", " x"});
  return version;
}

TEST(VersionOracle, NpmsSemver) {
  static const std::string kScript = R"(
const npm = require("fs").realpathSync(require("child_process").execSync("command -v npm", {encoding: "utf8"}).trim());
const semver = require("module").createRequire(npm)("semver");
const lines = require("fs").readFileSync(0, "utf8").split("\n").slice(0, -1);
console.log(lines.map((line) => {
  const [left, right] = line.split("\t").map((text) => semver.parse(text));
  return left && right ? ["<", "==", ">"][left.compare(right) + 1] : "none";
}).join("\n"));
)";
  RandomText random(2);
  std::vector<std::pair<std::string, std::string>> pairs;
  std::string input;
  for (int i = 0; i < kPairs; ++i) {
    pairs.emplace_back(npm_version(random), npm_version(random));
    input += fmt::format("{}\t{}\n", pairs.back().first, pairs.back().second);
  }
  const auto answers = ask({"node", "-e", kScript}, input);
  ASSERT_FALSE(answers.empty()) << "there is no node with npm";
  ASSERT_EQ(answers.size(), pairs.size());
  std::size_t ordered = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto& [left, right] = pairs[i];
    EXPECT_EQ(order_of(Ecosystem::npm, left, right), answers[i]) << left << "   " << right;
    if (answers[i] != "none") ++ordered;
  }
  EXPECT_GT(ordered, kPairs / 2);
}

TEST(VersionOracle, MavensComparableVersion) {
  static const std::string kArtifact = "/usr/share/java/maven3-artifact.jar";
  if (!os::exists(kArtifact))
    GTEST_SKIP() << "NOT TESTED: there is no " << kArtifact << " (Debian's libmaven3-core-java)";
  static const std::vector<std::string_view> kPieces{
      "0",  "1",     "2",       "10",    "007",  ".",   "-",  ".",        "-",
      "a",  "b",     "m",       "alpha", "beta", "rc",  "cr", "snapshot", "SNAPSHOT",
      "ga", "final", "release", "sp",    "x",    "abc", "1.", "-1",       "99999999999999999999"};
  RandomText random(3);
  std::vector<std::string> argv{"java", "-cp", kArtifact + ":/usr/share/java/commons-lang3.jar",
                                "org.apache.maven.artifact.versioning.ComparableVersion"};
  std::vector<std::string> versions;
  for (int i = 0; i < kPairs; ++i)
    versions.push_back("1" + random.several(kPieces, 7));
  argv.insert(argv.end(), versions.begin(), versions.end());
  std::size_t compared = 0;
  for (const std::string& line : ask(std::move(argv), {})) {
    if (!line.starts_with("   ")) continue;  // `   1.0 < 1-sp`, among lines about each by itself
    ++compared;
    const std::string &left = versions[compared - 1], &right = versions[compared];
    EXPECT_EQ(line, fmt::format("   {} {} {}", left, order_of(Ecosystem::maven, left, right), right));
  }
  if (compared == 0) GTEST_SKIP() << "NOT TESTED: there is no java";
  EXPECT_EQ(compared, versions.size() - 1);
}

// Whether a text is an SPDX expression of listed ids. Words in lower case, which SPDX has let stand for the
// operators since 3.0, are not tried: this program does not know them.
TEST(LicenseOracle, NpmsSpdxExpressionParse) {
  static const std::string kScript = R"js(
const npm = require("fs").realpathSync(require("child_process").execSync("command -v npm", {encoding: "utf8"}).trim());
const parse = require("module").createRequire(npm)("spdx-expression-parse");
const show = (tree) => tree.conjunction
  ? "(" + show(tree.left) + " " + tree.conjunction + " " + show(tree.right) + ")"
  : tree.license + (tree.plus ? "+" : "") + (tree.exception ? " WITH " + tree.exception : "");
const lines = require("fs").readFileSync(0, "utf8").split("\n").slice(0, -1);
console.log(lines.map((line) => { try { return show(parse(line)); } catch { return "none"; } }).join("\n"));
)js";
  struct Shown {
    // Its trees have two branches each, to the right.
    static std::string text(const LicenseExpression& of, std::size_t from = 0) {
      if (of.kind == LicenseExpression::Kind::term) return of.text();
      const std::string first = text(of.parts[from]);
      if (from + 1 == of.parts.size()) return first;
      return fmt::format("({} {} {})", first, of.kind == LicenseExpression::Kind::all_of ? "and" : "or",
                         text(of, from + 1));
    }
    static bool is_listed(const LicenseExpression& of) {
      if (of.kind == LicenseExpression::Kind::term)
        return of.term.is_listed || (of.term.id.starts_with("LicenseRef-") && of.term.exception.empty());
      return std::all_of(of.parts.begin(), of.parts.end(), is_listed);
    }
  };
  static const std::vector<std::string_view> kWords{
      "MIT",  "Apache-2.0", "GPL-2.0", "GPL-2.0-only", "LicenseRef-x",           "AND", "OR", "AND", "OR",
      "WITH", "(",          ")",       "BSD",          "Classpath-exception-2.0"};
  RandomText random(4);
  std::vector<std::string> texts;
  std::string input;
  for (int i = 0; i < 3 * kPairs; ++i) {
    std::string text;
    for (std::size_t words = 1 + random.below(7); words > 0; --words)
      text += fmt::format("{}{}", text.empty() ? "" : " ", random.pick(kWords));
    if (text.find("( )") != std::string::npos) continue;  // which it reads as nothing at all
    texts.push_back(text);
    input += text + "\n";
  }
  const auto answers = ask({"node", "-e", kScript}, input);
  ASSERT_FALSE(answers.empty()) << "there is no node with npm";
  ASSERT_EQ(answers.size(), texts.size());
  std::size_t valid = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto expression = parse_license(texts[i]);
    const bool is_valid = expression && Shown::is_listed(*expression);
    EXPECT_EQ(is_valid ? Shown::text(*expression) : "none", answers[i]) << texts[i];
    if (is_valid) ++valid;
  }
  EXPECT_GT(valid, 300U);
}

}  // namespace
}  // namespace fleet::dependencies
