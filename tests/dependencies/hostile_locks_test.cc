#include <algorithm>
#include <filesystem>

#include "dependencies/locks.h"
#include "dependencies/tree.h"
#include "slowness.h"
#include "text/random_text.h"

namespace fleet::dependencies {
namespace {

// A tree of one file.
Files only(const std::string& name, const std::string& bytes) {
  return {[name](const std::string&) {
            return std::vector<FolderEntry>{{name, FolderEntry::Kind::file}};
          },
          [name, bytes](const std::string& path, std::uint64_t) -> Result<std::string> {
            if (path == name) return bytes;
            return base::fail_input("read", path, "it is not there");
          }};
}

void read_and_check(const std::string& name, const std::string& bytes) {
  const auto tree = read_tree(only(name, bytes), std::chrono::seconds(20));
  ASSERT_TRUE(tree) << tree.error().message();
  const auto lines = 1 + std::count(bytes.begin(), bytes.end(), '\n');
  for (const Dependency& dependency : tree->dependencies) {
    EXPECT_FALSE(dependency.name.empty() || dependency.version.empty());
    EXPECT_GE(dependency.line, 1U);
    EXPECT_LE(dependency.line, lines);
  }
  for (const model::Diagnostic& remark : tree->remarks)
    EXPECT_FALSE(remark.path.empty() || remark.message.empty());
}

// Every reader on every kind of file that there is a sample of: cut off anywhere, and with bytes changed.
TEST(HostileLocks, EndNoReader) {
  text::RandomText random(7);
  std::size_t files = 0;
  const std::filesystem::path locks = FLEET_SOURCE_DIR "/tests/dependencies/locks";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(locks)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file() || !is_lock_file(name)) continue;
    ++files;
    const std::string whole = lock_text(std::filesystem::relative(entry.path(), locks).string());
    for (std::size_t end = 0; end < whole.size(); end += 1 + random.below(7))
      read_and_check(name, whole.substr(0, end));
    for (int i = 0; i < 300; ++i) {
      std::string flipped = whole;
      for (std::size_t flips = 1 + random.below(8); flips > 0; --flips)
        flipped[random.below(flipped.size())] = static_cast<char>(random.below(256));
      read_and_check(name, flipped);
    }
  }
  EXPECT_GE(files, 16U);
}

// Within the time of read_tree(), where anything quadratic would not be.
TEST(HostileLocks, TakeTimeThatIsLinear) {
  std::string packages = "{\"packages\":{\"\":{\"dependencies\":{";
  std::string toml, yarn, requirements, go = "require (\n", dotted;
  for (std::size_t i = 0; i < size_for_time(100'000); ++i) {
    packages += fmt::format("{}\"p{}\":\"1\"", i > 0 ? "," : "", i);
    toml += fmt::format("[[package]]\nname='p{}'\nversion='1'\ndependencies=['p{}']\n[t{}]\n", i, i, i);
    yarn += fmt::format("p{}@1, p@{}:\n  version \"1.0.0\"\n", i, i);
    requirements += fmt::format("p{}==1\\\n;x\n", i);
    go += fmt::format("m.example/{} v1.0.0\n", i);
    dotted += fmt::format("a.b.c{}.d=1\n", i);
  }
  read_and_check("package-lock.json", packages + "}}}}");
  read_and_check("Cargo.lock", toml);
  read_and_check("uv.lock", toml);
  read_and_check("poetry.lock", dotted);
  read_and_check("yarn.lock", yarn);
  read_and_check("requirements.txt", requirements);
  read_and_check("go.mod", go + ")\n");
  read_and_check("yarn.lock", std::string(size_for_time(5'000'000), '"') + ":");
  read_and_check("requirements.txt", "x" + std::string(size_for_time(5'000'000), '#'));
  read_and_check("go.mod", "require " + std::string(size_for_time(5'000'000), '('));
  read_and_check("uv.lock", "a=\"" + std::string(size_for_time(5'000'000), '\\'));
  read_and_check("pom.xml", "<!--" + std::string(size_for_time(5'000'000), '-'));
}

}  // namespace
}  // namespace fleet::dependencies
