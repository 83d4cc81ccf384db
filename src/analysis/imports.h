#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "analysis/code.h"

namespace fleet::analysis {

// What the names of a file mean elsewhere: `sh` is `subprocess.run` after `from subprocess import run as sh`,
// `exec` is `child_process.exec` after `const {exec} = require('child_process')`. Names that the file gives
// to functions of its own mean nothing elsewhere. A value; it views the source.
class Imports {
 public:
  [[nodiscard]] static Imports of(Code& code);

  // The full name of what an expression names, its parts joined by dots; what a call returns is `f()`. Empty
  // where it is no name, or one of the file's own. `std::`, `window.`, `globalThis.`, `builtins.` and `node:`
  // are left out, as if they had not been written.
  [[nodiscard]] std::string full_name(const Code& code, std::uint32_t expression) const;
  // What a name that nothing binds may be as well: modules of which all names were imported.
  [[nodiscard]] const std::vector<std::string>& whole_modules() const { return whole_modules_; }
  // Whether the name is imported under another one.
  [[nodiscard]] bool renames(std::string_view name) const { return names_.count(name) > 0; }

 private:
  void add_python(const Code& code, std::uint32_t node);
  void add_python_names(const Code& code, std::uint32_t node);
  void add_script(const Code& code, std::uint32_t node);
  void add_binding(const Code& code, std::uint32_t node);
  void add_function(Code& code, std::uint32_t node);
  void bind(std::string_view name, std::string full) { names_[name] = std::move(full); }
  // Empty where it names nothing that was imported.
  [[nodiscard]] std::string imported_name(const Code& code, std::uint32_t expression) const;
  [[nodiscard]] std::string name_of(const Code& code, std::uint32_t expression, int depth,
                                    bool& imported) const;

  std::unordered_map<std::string_view, std::string> names_;
  std::unordered_set<std::string_view> own_;
  std::vector<std::string> whole_modules_;
};

// The text of a string literal without its quotes and prefixes; any other text as it is.
[[nodiscard]] std::string_view without_quotes(std::string_view text);

}  // namespace fleet::analysis
