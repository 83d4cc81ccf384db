// Ordinary programs do their ordinary work inside.
#include <gtest/gtest.h>

#include "os/sandboxed.h"

namespace fleet::os {
namespace {

struct SandboxTools : Sandboxed {
  std::string path = std::getenv("PATH") == nullptr ? "/usr/bin:/bin" : std::getenv("PATH");

  FinishedProgram shell(const std::string& line) {
    ProcessSpec spec = program({"sh", "-e", "-c", line});
    spec.env["PATH"] = path;
    spec.env["HOME"] = workspace;
    spec.env["TMPDIR"] = workspace;
    spec.limits.processes = std::nullopt;
    return run(std::move(spec));
  }
  [[nodiscard]] bool is_there(const std::string& name) const {
    return executable_on_path(name, path).has_value();
  }
};

#define SKIP_WITHOUT_TOOL(name) \
  if (!is_there(name)) GTEST_SKIP() << "NOT TESTED: there is no " << (name)

TEST_F(SandboxTools, Shell) {
  const auto finished =
      shell("mkdir -p a/b; echo x > a/b/c; cp -r a d; mv d/b/c e; cat e; rm -r a d; ls | sort | tail -1");
  EXPECT_EQ(finished.out, "x\nfile\n") << finished.err;
}

TEST_F(SandboxTools, Git) {
  SKIP_WITHOUT_TOOL("git");
  const auto finished = shell(
      "git init -q -b main repository; cd repository; git config user.name a; git config user.email a@b; "
      "echo 1 > f; git add f; git commit -qm one; git checkout -q -b two; git mv f g; git commit -qam two; "
      "git gc -q; git clone -q . ../clone; git -C ../clone log --oneline | wc -l");
  EXPECT_EQ(finished.out, "2\n") << finished.err;
}

TEST_F(SandboxTools, Compiler) {
  SKIP_WITHOUT_TOOL("gcc");
  const auto finished = shell("echo 'int main(void) { return 5; }' > m.c; gcc -o m m.c; ./m || echo $?");
  EXPECT_EQ(finished.out, "5\n") << finished.err;
}

TEST_F(SandboxTools, Python) {
  SKIP_WITHOUT_TOOL("python3");
  const auto finished = shell(
      "python3 -c 'import json, subprocess, tempfile, ssl; tempfile.TemporaryFile().write(b\"x\"); "
      "print(subprocess.check_output([\"echo\", \"hi\"], text=True), end=\"\")'");
  EXPECT_EQ(finished.out, "hi\n") << finished.err;
}

TEST_F(SandboxTools, Node) {
  SKIP_WITHOUT_TOOL("node");
  rules.network = Network::off;
  const auto finished = shell(
      "node -e 'const c = require(\"child_process\"); require(\"fs\").writeFileSync(\"n\", \"x\"); "
      "require(\"fs\").truncateSync(\"n\"); new (require(\"worker_threads\").Worker)(\"0\", {eval: true}); "
      "console.log(c.execSync(\"echo hi\").toString().trim(), require(\"os\").cpus().length > 0)'");
  EXPECT_EQ(finished.out, "hi true\n") << finished.err;
}

TEST_F(SandboxTools, Npm) {
  SKIP_WITHOUT_TOOL("npm");
  rules.network = Network::off;
  const auto finished = shell(
      "echo '{\"name\": \"a\", \"version\": \"1.0.0\", \"scripts\": {\"build\": \"echo built\"}}' > "
      "package.json; "
      "npm install --offline --no-audit --no-fund --silent; npm run --silent build");
  EXPECT_EQ(finished.out, "built\n") << finished.err;
}

}  // namespace
}  // namespace fleet::os
