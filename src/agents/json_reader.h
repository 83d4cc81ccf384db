#pragma once

#include <fmt/format.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>

#include "agents/cli_program.h"
#include "agents/json_lines.h"

namespace fleet::agents {

// For programs that print one JSON object a line. What is none is shown as it is.
class JsonReader : public CliReader {
 public:
  JsonReader()
      : lines_({[this](const Json& line) { take(line); },
                [this](std::string_view line) {
                  show(line);
                  hear(line);
                  hear("\n");
                }}) {}

  std::string feed(std::string_view bytes) final {
    lines_.feed(bytes);
    return std::exchange(shown_, {});
  }
  std::string finish() final {
    lines_.finish();
    if (!shown_.empty() && shown_.back() != '\n') shown_ += '\n';
    return std::exchange(shown_, {});
  }
  const CliReport& report() const final { return report_; }

 protected:
  virtual void take(const Json& line) = 0;

  void show(std::string_view line) { shown_ += fmt::format("{}\n", line); }
  void show_words(std::string_view words) { shown_ += words; }
  void show_tool(std::string_view name, std::string_view subject) {
    show(fmt::format("> {} {}", name, subject.substr(0, subject.find('\n'))));
  }
  void show_error(std::string_view message) { show(fmt::format("! {}", message)); }

  // A piece of what is said, with no bound on how many there are.
  void add_to_summary(std::string_view words) {
    constexpr std::size_t kMost = std::size_t{1} << 20;
    if (report_.summary.size() < kMost) report_.summary += words;
  }

  // What a tool is used on: the first of these inputs that it has.
  static std::string subject(const Json& input, std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (std::string text = text_at(input, name); !text.empty()) return text;
    }
    return {};
  }

  CliReport report_;

 private:
  JsonLines lines_;
  std::string shown_;
};

template <class Reader>
std::shared_ptr<CliReader> make_reader() {
  return std::make_shared<Reader>();
}

}  // namespace fleet::agents
