#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/exit_code.h"
#include "forge/ci.h"
#include "net/http_client.h"
#include "terminal/terminal.h"

namespace fleet::app {

// The world as the program finds it: the only place where real things are made.
struct World {
  std::unique_ptr<Terminal> terminal;
  std::unique_ptr<Clock> clock;
  std::map<std::string, std::string, std::less<>> env;
  forge::Ci ci{};  // where we stand; nothing else looks for it in `env`
  // One for each session, which ends what is under way when it goes.
  std::function<std::unique_ptr<net::HttpClient>()> make_http_client{};

  // A variable that is set and not empty.
  [[nodiscard]] std::optional<std::string> variable(std::string_view name) const;
  // As it is: for programs, and for the CI that obeys commands in a log.
  void out(std::string_view text) const { terminal->write(terminal::Stream::out, text); }
  void err(std::string_view text) const { terminal->write(terminal::Stream::err, text); }
  // For people, in whole lines: the CI finds no command in it.
  void say(std::string_view text, terminal::Stream stream = terminal::Stream::err) const;
  // How a command ends whose product is what it printed: an Error when not all of it could be written.
  [[nodiscard]] Result<base::ExitCode> printed() const;
};

[[nodiscard]] World real_world();

}  // namespace fleet::app
