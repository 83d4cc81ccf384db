#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fleet::terminal {

enum class Stream { out, err };

// What a stream can show.
struct Look {
  int width = 100;       // columns
  bool tty = false;      // a person is watching: lines may be redrawn
  bool colour = false;   // ANSI colours
  bool unicode = false;  // else ASCII only
};

// One of the four seams: where people watch and answer. Any thread.
class Terminal {
 public:
  virtual ~Terminal() = default;

  // Writes the text as it is, whole. What cannot be written (a closed pipe, a full disk) is dropped: a run
  // never fails because nobody reads along. Needs os::prepare_process(), or a closed pipe ends the process.
  virtual void write(Stream stream, std::string_view text) = 0;
  // The errno of the first write to standard output that failed for another reason than that nobody reads
  // it any more; 0: none did. For commands whose product is what they print.
  [[nodiscard]] virtual int output_error() const { return 0; }
  // The width is read anew at each call.
  [[nodiscard]] virtual Look look(Stream stream) const = 0;
  // Whether ask() can get an answer: standard input and standard error are a terminal.
  [[nodiscard]] virtual bool can_ask() const = 0;
  // Asks a person, and waits for one of `choices` (its first letters are enough) or its number. Nothing when
  // nobody can be asked, input ends, or withdraw() was called. One question at a time; others wait.
  [[nodiscard]] virtual std::optional<std::string> ask(std::string_view question,
                                                       std::span<const std::string> choices) = 0;
  // Ends a question that waits, and all later ones: the run stops.
  virtual void withdraw() = 0;
};

// Standard input, output and error. What each can show follows NO_COLOR and CLICOLOR_FORCE, CLICOLOR
// (https://no-color.org, https://bixense.com/clicolors), TERM=dumb, COLUMNS, LC_ALL, LC_CTYPE and LANG;
// colours are on in GitHub Actions and GitLab CI, whose logs show them.
[[nodiscard]] std::unique_ptr<Terminal> real_terminal();

}  // namespace fleet::terminal

namespace fleet {
using terminal::Terminal;
}
