#include "app/world.h"

#include <unistd.h>

#include <cstring>

namespace fleet::app {

std::optional<std::string> World::variable(std::string_view name) const {
  const auto found = env.find(name);
  if (found == env.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

Result<base::ExitCode> World::printed() const {
  if (const int error = terminal->output_error(); error != 0)
    return base::fail_errno("write all of it to", "standard output", error, "look at where it goes to");
  return base::ExitCode::good;
}

World real_world() {
  World world{terminal::real_terminal(), std::make_unique<base::SystemClock>(), {}};
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const char* equals = std::strchr(*entry, '=');
    if (equals != nullptr)
      world.env.emplace(std::string(*entry, static_cast<std::size_t>(equals - *entry)), equals + 1);
  }
  return world;
}

}  // namespace fleet::app
