#include "app/world.h"

#include <unistd.h>

#include <cstring>

#include "net/curl_client.h"
#include "os/files.h"
#include "text/workflow_commands.h"

namespace fleet::app {

std::optional<std::string> World::variable(std::string_view name) const {
  const auto found = env.find(name);
  if (found == env.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

void World::say(std::string_view text, terminal::Stream stream) const {
  if (ci.forge == forge::Forge::none) return terminal->write(stream, text);
  terminal->write(stream, text::defuse_commands(text));
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
  world.ci =
      forge::detect_ci([&world](std::string_view name) { return world.variable(name); }, os::read_file);
  // As curl itself and OpenSSL look for certificates that are trusted here.
  net::CurlOptions options;
  options.ca_file = world.variable("SSL_CERT_FILE").value_or(world.variable("CURL_CA_BUNDLE").value_or(""));
  world.make_http_client = [options] { return net::make_curl_client(options); };
  return world;
}

}  // namespace fleet::app
