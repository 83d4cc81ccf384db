#include "forge/push.h"

#include <fmt/format.h>

#include <chrono>
#include <string_view>

#include "os/files.h"
#include "os/run_program.h"
#include "text/utf8.h"

namespace fleet::forge {
namespace {

// A server that says nothing for so long will not answer.
constexpr auto kLongest = std::chrono::minutes(5);

constexpr std::string_view kToken = "FLEET_PUSH_TOKEN";
// git asks it where the server wants to know who we are.
constexpr std::string_view kHelper =
    R"(!f() { test "$1" != get || printf 'username=x-access-token\npassword=%s\n' "$FLEET_PUSH_TOKEN"; }; f)";

// A git folder of its own, which reads the clone's objects and nothing else of it.
Result<os::TemporaryDirectory> borrow_objects(const PushSpec& spec) {
  FLEET_TRY(os::TemporaryDirectory folder, os::TemporaryDirectory::create());
  std::string alternates;
  for (const std::filesystem::path& objects : spec.objects) {
    if (objects.native().find('\n') != std::string::npos)
      return base::fail_input("push from", objects.string(), "its name holds a line break");
    alternates += objects.string() + "\n";
  }
  FLEET_CHECK(os::make_directories(folder / "objects/info"));
  FLEET_CHECK(os::make_directories(folder / "refs"));
  FLEET_CHECK(os::write_file_atomically(folder / "HEAD", "ref: refs/heads/none\n"));
  FLEET_CHECK(os::write_file_atomically(folder / "objects/info/alternates", alternates));
  if (!spec.shallow.empty()) {
    FLEET_CHECK(os::write_file_atomically(folder / "shallow", spec.shallow));
  }
  return folder;
}

std::map<std::string, std::string> environment(const std::map<std::string, std::string, std::less<>>& env,
                                               const PushSpec& spec, const std::string& folder) {
  std::map<std::string, std::string> chosen;
  for (const char* name :
       {"PATH", "TMPDIR", "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy",
        "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH"}) {
    if (const auto found = env.find(name); found != env.end()) chosen.emplace(*found);
  }
  chosen["GIT_DIR"] = folder;
  chosen["GIT_TERMINAL_PROMPT"] = "0";
  // A task may have had the home folder: what it wrote there could lead the token elsewhere.
  chosen["GIT_CONFIG_GLOBAL"] = "/dev/null";
  chosen["GIT_ALLOW_PROTOCOL"] = "https:http";
  chosen["LC_ALL"] = "C";
  chosen[std::string(kToken)] = spec.token;
  return chosen;
}

// `https://github.com` of `https://github.com/owner/name.git`: nobody else is given the token.
std::string server_of(const std::string& url) {
  const auto host = url.find("://");
  return host == std::string::npos ? url : url.substr(0, url.find('/', host + 3));
}

// The last lines of what git said, as one.
std::string last_words(std::string_view said) {
  constexpr std::size_t kMost = 600;
  if (said.size() > kMost) said.remove_prefix(said.size() - kMost);
  std::string line;
  for (const char c : said)
    line += c == '\n' || c == '\t' ? ' ' : c;
  while (line.ends_with(' '))
    line.pop_back();
  return text::printable(line, text::Newlines::escape);
}

std::string hint_for(std::string_view said) {
  const auto says = [said](std::string_view words) { return said.find(words) != said.npos; };
  if (says("stale info")) return "somebody else has written to it: it is left as it is";
  if (says("`workflows` permission")) return "a job's own token may not change workflows: give one that may";
  if (says("403") || says("Permission") || says("Authentication failed"))
    return "the job's token needs `permissions: {contents: write}`";
  return {};
}

}  // namespace

Result<> push(const PushSpec& spec, const std::map<std::string, std::string, std::less<>>& env) {
  const std::string tried = "push the branch";
  const auto path = env.find("PATH");
  if (!os::executable_on_path("git", path == env.end() ? "" : path->second))
    return base::fail_world(tried, spec.branch, "there is no git", "install git");
  FLEET_TRY(const os::TemporaryDirectory folder, borrow_objects(spec));
  const std::string ref = "refs/heads/" + spec.branch;
  os::ProcessSpec process;
  process.argv = {"git",
                  "-c",
                  "safe.directory=*",
                  "-c",
                  "core.hooksPath=/dev/null",
                  "-c",
                  "credential.helper=",
                  "-c",
                  fmt::format("credential.{}.helper={}", server_of(spec.url), kHelper),
                  "push",
                  "--porcelain",
                  "--no-verify",
                  fmt::format("--force-with-lease={}:{}", ref,
                              spec.replaces.is_none() ? std::string() : spec.replaces.hex()),
                  spec.url,
                  fmt::format("{}:{}", spec.commit.hex(), ref)};
  process.env = environment(env, spec, folder.path());
  process.working_directory = folder.path();
  process.time_limit = kLongest;
  FLEET_TRY(const os::FinishedProgram git, os::run_program(std::move(process)));
  if (git.succeeded()) return {};
  if (git.end.cause == os::EndCause::timed_out)
    return base::fail_world(tried, spec.branch, "the server has not taken it for five minutes");
  const std::string said = last_words(git.out + git.err);
  return base::fail_world(tried, spec.branch, said, hint_for(said));
}

}  // namespace fleet::forge
