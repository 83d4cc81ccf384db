#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "git/workspace_fixture.h"
#include "os/files.h"
#include "os/overlay.h"
#include "os/run_program.h"
#include "os/sandbox.h"

namespace fleet::attempt {

// Workspaces with layers, under real mounts and real programs, beside checkouts.
class Layers : public git::WorkspaceTest {
 protected:
  // Asked without fleet: a skip must not hide that fleet is broken.
  [[nodiscard]] bool mount_finds_a_way() const {
    const std::string mount =
        "mkdir -p lower upper work at && mount -t overlay overlay -o "
        "lowerdir=lower,upperdir=upper,workdir=work,userxattr,volatile at";
    const auto works = [&](const std::string& as) {
      return git::run("cd " + git::shell_quote(temp_.path().string()) + " && unshare --mount " + as +
                      "sh -c " + git::shell_quote(mount) + " 2>&1")
                 .status == 0;
    };
    return works("") || works("--user --map-root-user ");
  }
  void SetUp() override {
    const auto why_not = os::why_no_overlay(temp_.path(), {});
    ASSERT_TRUE(why_not) << why_not.error().message();
    if (*why_not && os::sandbox_ability().value().landlock_abi >= 3) {
      ASSERT_FALSE(mount_finds_a_way()) << "mount(8) can have one here, fleet not: " << **why_not;
    }
    if (*why_not) GTEST_SKIP() << "NOT TESTED: no overlay can be mounted here: " << **why_not;
  }

  os::FinishedProgram sh(const git::Workspace& workspace, const std::string& script,
                         os::Access access = os::Access::write) {
    os::SandboxRules rules;
    rules.read = {"/usr", "/bin", "/lib", "/lib64", "/etc", "/proc", (clone_ / ".git/objects").string()};
    rules.mounted = access;
    if (!workspace.layers()) rules.write.push_back(workspace.folder());
    os::ProcessSpec spec;
    spec.argv = {"/bin/sh", "-c", script};
    spec.env = {{"PATH", "/usr/bin:/bin"}, {"HOME", "/nonexistent"}, {"GIT_CONFIG_GLOBAL", "/dev/null"}};
    spec.working_directory = workspace.folder();
    spec.time_limit = std::chrono::seconds(20);
    spec.sandbox = git::must(os::prepare_sandbox(rules, model::SandboxMode::automatic));
    if (const auto layers = workspace.layers())
      spec.overlay = os::OverlayMount{layers->lower, layers->upper, layers->scratch, workspace.folder()};
    return git::must(os::run_program(std::move(spec)));
  }
  std::string out_of(const git::Workspace& workspace, const std::string& script) {
    const os::FinishedProgram finished = sh(workspace, script);
    EXPECT_TRUE(finished.succeeded()) << script << '\n' << finished.err;
    return finished.out;
  }
  static std::vector<std::string> sorted(std::vector<std::string> lines) {
    std::sort(lines.begin(), lines.end());
    return lines;
  }
};

}  // namespace fleet::attempt
