#include "terminal/terminal.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <map>
#include <thread>

#include "terminal/choice.h"
#include "terminal/look.h"

namespace fleet::terminal {
namespace {

using testing::HasSubstr;

Look look(const std::map<std::string, std::string>& environment, bool is_tty = true,
          std::optional<int> columns = {}) {
  return look_of(
      [&environment](std::string_view name) -> std::string_view {
        const auto found = environment.find(std::string(name));
        return found == environment.end() ? std::string_view() : found->second;
      },
      is_tty, columns);
}

TEST(Look, ShowsColoursOnTerminalsThatCan) {
  EXPECT_TRUE(look({{"TERM", "xterm"}}).colour);
  EXPECT_FALSE(look({{"TERM", "dumb"}}).colour);
  EXPECT_FALSE(look({}).colour);
  EXPECT_FALSE(look({{"TERM", "xterm"}}, false).colour);
}

TEST(Look, HonoursWhatPeopleSaidAboutColours) {
  EXPECT_FALSE(look({{"TERM", "xterm"}, {"NO_COLOR", "1"}}).colour);
  EXPECT_TRUE(look({{"TERM", "xterm"}, {"NO_COLOR", ""}}).colour);
  EXPECT_FALSE(look({{"TERM", "xterm"}, {"CLICOLOR", "0"}}).colour);
  EXPECT_TRUE(look({{"CLICOLOR_FORCE", "1"}}, false).colour);
  EXPECT_FALSE(look({{"CLICOLOR_FORCE", "0"}}, false).colour);
  EXPECT_FALSE(look({{"CLICOLOR_FORCE", "1"}, {"NO_COLOR", "1"}}, false).colour);
  EXPECT_TRUE(look({{"GITHUB_ACTIONS", "true"}}, false).colour);
  EXPECT_FALSE(look({{"GITHUB_ACTIONS", "true"}, {"NO_COLOR", "1"}}, false).colour);
}

TEST(Look, ShowsUnicodeWhereTheLocaleIsUtf8) {
  EXPECT_TRUE(look({{"LANG", "en_GB.UTF-8"}}).unicode);
  EXPECT_TRUE(look({{"LC_CTYPE", "C.utf8"}, {"LANG", "C"}}).unicode);
  EXPECT_FALSE(look({{"LC_ALL", "C"}, {"LANG", "en_GB.UTF-8"}}).unicode);
  EXPECT_FALSE(look({}).unicode);
  EXPECT_TRUE(look({{"GITLAB_CI", "true"}}, false).unicode);
}

TEST(Look, TakesTheWidthFromWhoKnowsBest) {
  EXPECT_EQ(look({}, true, 77).width, 77);
  EXPECT_EQ(look({{"COLUMNS", "90"}}, true, 77).width, 90);
  EXPECT_EQ(look({{"COLUMNS", "nonsense"}}, true, 77).width, 77);
  EXPECT_EQ(look({{"COLUMNS", "99999999999999"}}, false).width, 120);
  EXPECT_EQ(look({{"COLUMNS", "-5"}}, true, 0).width, 120);
  EXPECT_EQ(look({{"COLUMNS", "1"}}).width, 40);
  EXPECT_EQ(look({{"COLUMNS", "100000"}}).width, 500);
}

TEST(Choose, TakesAWordItsStartOrItsNumber) {
  const std::vector<std::string> choices{"retry", "skip", "abort", "retry-all"};
  EXPECT_EQ(choose("skip", choices), "skip");
  EXPECT_EQ(choose(" S\r", choices), "skip");
  EXPECT_EQ(choose("3", choices), "abort");
  EXPECT_EQ(choose("retry", choices), "retry");
  EXPECT_EQ(choose("retry-", choices), "retry-all");
  EXPECT_EQ(choose("r", choices), std::nullopt);
  EXPECT_EQ(choose("", choices), std::nullopt);
  EXPECT_EQ(choose("5", choices), std::nullopt);
}

TEST(Question, ObeysNobody) {
  EXPECT_EQ(question_text("go \x1b[2Jon?", std::vector<std::string>{"yes", "no"}, false),
            "go on? [1 yes, 2 no] ");
}

// A program that has a real terminal as its input, output and error; gives back what the terminal showed, and
// its exit status.
struct Shown {
  std::string text;
  int status = -1;
};
Shown on_a_terminal(int (*program)(), const std::string& typed) {
  int master = -1;
  const pid_t child = ::forkpty(&master, nullptr, nullptr, nullptr);
  if (child == 0) ::_exit(program());
  Shown shown;
  bool has_typed = false;
  char buffer[512];
  for (ssize_t count = 0; (count = ::read(master, buffer, sizeof buffer)) > 0;) {
    shown.text.append(buffer, static_cast<std::size_t>(count));
    if (!has_typed && shown.text.find("] ") != std::string::npos) {
      has_typed = true;
      EXPECT_EQ(::write(master, typed.data(), typed.size()), static_cast<ssize_t>(typed.size()));
    }
  }
  ::waitpid(child, &shown.status, 0);
  ::close(master);
  return shown;
}

const std::vector<std::string> kAnswers{"retry", "skip"};

TEST(RealTerminal, AsksUntilAnAnswerMeansSomething) {
  const Shown shown = on_a_terminal(
      [] {
        const auto answer = real_terminal()->ask("What now?", kAnswers);
        return answer == "skip" ? 0 : 1;
      },
      "what\nsk\n");
  EXPECT_EQ(shown.status, 0) << shown.text;
  EXPECT_THAT(shown.text, HasSubstr("What now?"));
}

TEST(RealTerminal, HasNoAnswerWhenInputEnds) {
  const Shown shown =
      on_a_terminal([] { return real_terminal()->ask("What now?", kAnswers) ? 1 : 0; }, "\x04");
  EXPECT_EQ(shown.status, 0);
}

TEST(RealTerminal, GivesUpAQuestionThatIsWithdrawn) {
  const Shown shown = on_a_terminal(
      [] {
        const auto terminal = real_terminal();
        std::thread other([&terminal] {
          std::this_thread::sleep_for(std::chrono::milliseconds(50));
          terminal->withdraw();
        });
        const bool answered =
            terminal->ask("What now?", kAnswers).has_value() || terminal->ask("Now?", kAnswers);
        other.join();
        return answered ? 1 : 0;
      },
      "");
  EXPECT_EQ(shown.status, 0);
}

TEST(RealTerminal, AsksNobodyWhereNobodyIs) {
  const pid_t child = ::fork();
  if (child == 0) {
    const int null = ::open("/dev/null", O_RDWR);
    ::dup2(null, STDIN_FILENO);
    const auto terminal = real_terminal();
    ::_exit(terminal->can_ask() || terminal->ask("?", kAnswers) ? 1 : 0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(RealTerminal, DropsWhatNobodyReadsAlong) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGPIPE, SIG_IGN);
    int ends[2];
    if (::pipe(ends) != 0) ::_exit(2);
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    const auto terminal = real_terminal();
    terminal->write(Stream::out, std::string(100'000, 'x'));
    ::_exit(terminal->output_error());
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(RealTerminal, RemembersThatOutputCouldNotBeWritten) {
  const pid_t child = ::fork();
  if (child == 0) {
    const int full = ::open("/dev/full", O_WRONLY);
    ::dup2(full, STDERR_FILENO);
    const auto terminal = real_terminal();
    terminal->write(Stream::err, "notes are no product");
    if (terminal->output_error() != 0) ::_exit(1);
    const int out = ::dup(STDOUT_FILENO);
    ::dup2(full, STDOUT_FILENO);
    terminal->write(Stream::out, "x");
    ::dup2(out, STDOUT_FILENO);
    terminal->write(Stream::out, "");
    ::_exit(terminal->output_error() == ENOSPC ? 0 : 2);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace fleet::terminal
