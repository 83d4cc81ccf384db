#pragma once

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "os/event_loop.h"
#include "os/files.h"
#include "os/process.h"

namespace fleet::os {

inline ProcessSpec program(std::vector<std::string> argv) {
  ProcessSpec spec;
  spec.argv = std::move(argv);
  spec.env = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"LANG", "C"}};
  spec.working_directory = "/";
  spec.grace = std::chrono::seconds(5);
  return spec;
}

inline ProcessSpec actor(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), OS_ACTOR);
  return program(std::move(arguments));
}

inline bool is_alive(pid_t pid) {
  return ::kill(pid, 0) == 0;
}

template <class Condition>
bool becomes_true(Condition condition, std::chrono::seconds within = std::chrono::seconds(10)) {
  const auto deadline = std::chrono::steady_clock::now() + within;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

// The pid that an actor wrote, once it has.
inline pid_t told_pid(const std::string& path) {
  becomes_true([&] { return exists(path); });
  const auto text = read_file(path, 64);
  return text ? std::atoi(text->c_str()) : 0;
}

}  // namespace fleet::os
