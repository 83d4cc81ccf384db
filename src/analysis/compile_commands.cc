#include "analysis/compile_commands.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/hash_parts.h"
#include "analysis/remarks.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kMaxCompileCommands = 1'000'000;
constexpr std::size_t kMaxKeptFlags = 1'000'000;
constexpr std::size_t kMaxCommand = std::size_t{6} << 20;  // what Linux takes at most: execve(2)
constexpr std::size_t kMaxCommandWords = 200'000;

// Takes the events of the JSON parser. The list is at depth 1, a command at 2, its arguments at 3.
class CommandReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  CommandReader(const std::string& root, CompileCommands& commands) : root_(root), commands_(commands) {}

  [[nodiscard]] const std::string& why() const { return why_; }

  bool start_array(std::size_t) override {
    if (depth_ == 2) is_arguments_ = key_ == "arguments";
    if (depth_ == 3 && is_arguments_) return wrong("a word of its arguments is no string");
    return open(depth_ == 0 || depth_ >= 2);
  }
  bool end_array() override {
    if (--depth_ == 2) is_arguments_ = false;
    return true;
  }
  bool start_object(std::size_t) override {
    if (depth_ == 1) command_ = {};
    if (depth_ == 3 && is_arguments_) return wrong("a word of its arguments is no string");
    return open(depth_ >= 1);
  }
  bool end_object() override { return --depth_ != 1 || finish(); }
  bool key(string_t& name) override {
    if (depth_ == 2) key_ = name;
    return true;
  }
  bool string(string_t& value) override {
    if (depth_ < 2) return scalar();
    if (depth_ == 3 && is_arguments_) {
      bytes_ += value.size();
      if (bytes_ > kMaxCommand || command_.arguments.size() == kMaxCommandWords) {
        return wrong("it is longer than a system starts a program with");
      }
      command_.has_arguments = true;
      command_.arguments.push_back(std::move(value));
    } else if (depth_ == 2) {
      if (value.size() > kMaxCommand) return wrong("it is longer than a system starts a program with");
      if (key_ == "arguments") return wrong("its `arguments` are no list");
      std::string* const member = key_ == "file"        ? &command_.file
                                  : key_ == "directory" ? &command_.folder
                                  : key_ == "command"   ? &command_.line
                                                        : nullptr;
      if (member != nullptr) *member = std::move(value);
    }
    return true;
  }
  bool null() override { return scalar(); }
  bool boolean(bool) override { return scalar(); }
  bool number_integer(number_integer_t) override { return scalar(); }
  bool number_unsigned(number_unsigned_t) override { return scalar(); }
  bool number_float(number_float_t, const string_t&) override { return scalar(); }
  bool binary(binary_t&) override { return scalar(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    why_ = printable_line(error.what(), 300);
    return false;
  }

 private:
  struct Command {
    std::string file, folder, line;
    std::vector<std::string> arguments;
    bool has_arguments = false;
  };

  bool open(bool is_expected) {
    if (!is_expected) return depth_ == 0 ? no_list() : wrong("it is no object");
    ++depth_;
    return true;
  }
  bool scalar() {
    if (depth_ == 0) return no_list();
    if (depth_ == 1) return wrong("it is no object");
    const bool is_wanted = key_ == "file" || key_ == "command" || key_ == "directory" || key_ == "arguments";
    const bool is_word = depth_ == 3 && is_arguments_;
    return is_word || (depth_ == 2 && is_wanted) ? wrong("a string is expected") : true;
  }
  bool no_list() {
    why_ = "it is no list of commands";
    return false;
  }
  bool wrong(const char* what) {
    why_ = fmt::format("/{}: {}", index_, what);
    return false;
  }

  bool finish() {
    if (command_.file.empty() || (!command_.has_arguments && command_.line.empty())) {
      return wrong("a command has `file`, and `arguments` or `command`");
    }
    if (++index_ > kMaxCompileCommands) {
      why_ = fmt::format("it holds more than {} commands", kMaxCompileCommands);
      return false;
    }
    bytes_ = 0;
    std::string path = path_below(root_, command_.folder, command_.file);
    if (path.front() == '/') {
      ++commands_.outside;
      return true;
    }
    if (commands_.files.count(path) != 0) return true;
    const auto words = command_.has_arguments ? std::move(command_.arguments) : shell_words(command_.line);
    auto flags = shared(compile_flags(words, root_, command_.folder));
    if (kept_ > kMaxKeptFlags) {
      why_ = fmt::format("its commands have more than {} different flags", kMaxKeptFlags);
      return false;
    }
    commands_.files.emplace(std::move(path), std::move(flags));
    return true;
  }

  // Thousands of files are compiled alike, with hundreds of flags each.
  std::shared_ptr<const CompileFlags> shared(CompileFlags flags) {
    std::vector<std::string> parts;
    for (const auto* list : {&flags.includes, &flags.included, &flags.defines, &flags.undefines}) {
      parts.push_back(std::to_string(list->size()));
      parts.insert(parts.end(), list->begin(), list->end());
    }
    parts.push_back(flags.standard);
    auto& known = known_[hash_parts(parts)];
    if (known == nullptr) {
      kept_ += parts.size();
      known = std::make_shared<const CompileFlags>(std::move(flags));
    }
    return known;
  }

  const std::string& root_;
  CompileCommands& commands_;
  std::string why_;
  std::size_t depth_ = 0, index_ = 0, kept_ = 0, bytes_ = 0;
  std::string key_;
  bool is_arguments_ = false;
  Command command_;
  std::unordered_map<std::string, std::shared_ptr<const CompileFlags>> known_;  // by hash
};

}  // namespace

const CompileFlags* CompileCommands::of(const std::string& path) const {
  const auto found = files.find(path);
  return found == files.end() ? nullptr : found->second.get();
}

Result<CompileCommands> read_compile_commands(std::string_view json, const std::string& root,
                                              const std::string& name) {
  const char* const hint = "let the build system write it anew, or take it away: it is not needed";
  CompileCommands commands;
  CommandReader reader(root, commands);
  // It calls parse_error() where it would throw.
  if (nlohmann::json::sax_parse(json, &reader)) return commands;
  return base::fail_input("read", name, reader.why(), hint);
}

}  // namespace fleet::analysis
