#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dependencies/dependency.h"

// Inside the room: gathers what a reader finds in one file.
namespace fleet::dependencies {

class LockFileBuilder {
 public:
  // Past this a file's other dependencies are counted only, and a remark says so.
  static constexpr std::size_t kMostDependencies = 300'000;
  static constexpr std::size_t kMostRemarks = 100;
  static constexpr std::size_t kMostNameBytes = 500;

  LockFileBuilder(Ecosystem ecosystem, std::string path) : ecosystem_(ecosystem), path_(std::move(path)) {}

  // What more is known of it may be written to the result, which is good until the next call. A name or
  // version that cannot be one becomes a remark, and what is written is lost.
  Dependency& add(std::string_view name, std::string_view version, std::uint32_t line);
  // From git, a URL or a folder: no advisory tells about its version.
  void add_elsewhere(std::string_view name, std::uint32_t line) { elsewhere_.add(name, line); }
  // Without an exact version.
  void add_open(std::string_view name, std::uint32_t line) { open_.add(name, line); }
  void remark(std::uint32_t line, std::string message, std::string suggestion = {});

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] LockFile finish();

 private:
  // Some of the names, and how many there are.
  struct Names {
    std::vector<std::string> first;
    std::size_t count = 0;
    std::uint32_t line = 1;
    void add(std::string_view name, std::uint32_t at);
    [[nodiscard]] std::string list() const;
  };

  Ecosystem ecosystem_;
  std::string path_;
  LockFile file_;
  Dependency refused_;
  Names elsewhere_, open_;
  std::size_t left_out_ = 0;
};

}  // namespace fleet::dependencies
