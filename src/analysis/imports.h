#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "analysis/call.h"
#include "analysis/code.h"

namespace fleet::analysis {

// What the names of a file mean elsewhere: `sh` is `subprocess.run` after `from subprocess import run as sh`,
// `exec` is `child_process.exec` after `const {exec} = require('child_process')`. Names that the file gives
// to functions of its own mean nothing elsewhere. A value; it views the source.
class Imports {
 public:
  [[nodiscard]] static Imports of(Code& code);

  // The full name of what is called, as plain_name() has it; what a call returns is `f()`. Empty where it has
  // no name, or is one of the file's own.
  [[nodiscard]] std::string full_name(const Code& code, const Call& call) const;
  // The same of what an expression names: `flask.request.args`.
  [[nodiscard]] std::string full_name(const Code& code, std::uint32_t expression) const;
  // Whether a full name may be this one, for one of the modules of which all names were imported.
  [[nodiscard]] bool may_be(std::string_view full_name, std::string_view wanted) const;
  // Whether the name is imported under another one.
  [[nodiscard]] bool renames(std::string_view name) const { return names_.count(name) > 0; }

 private:
  void add_import(const Code& code, std::uint32_t node);
  void add_python(const Code& code, std::uint32_t node);
  void add_python_names(const Code& code, std::uint32_t node);
  void add_script(const Code& code, std::uint32_t node);
  void add_go(const Code& code, std::uint32_t node);
  void add_java(const Code& code, std::uint32_t node);
  // What stands before a part of Rust's `use a::b::{c, d}`: `a.b.`, and `b`.
  struct UsePath {
    std::string prefix;
    std::string_view last_name;
  };
  void add_rust(const Code& code, std::uint32_t node, const UsePath& path, int depth);
  void add_binding(const Code& code, std::uint32_t node);
  void add_function(Code& code, std::uint32_t node);
  void bind(std::string_view name, std::string full);
  // Empty where it names nothing that was imported.
  [[nodiscard]] std::string imported_name(const Code& code, std::uint32_t expression) const;
  [[nodiscard]] std::string name_of(const Code& code, std::uint32_t expression, int depth,
                                    bool& imported) const;
  [[nodiscard]] std::string name_of(const Code& code, const Call& call, int depth, bool& imported) const;

  std::unordered_map<std::string_view, std::string> names_;
  std::unordered_set<std::string_view> own_;
  std::vector<std::string> whole_modules_;
};

// A name as names are compared: with a dot between its parts, without template arguments, and without what
// says nothing (`std::`, a leading `::`, `builtins.`; in scripts `window.`, `globalThis.`, `global.` and
// `self.`).
[[nodiscard]] std::string plain_name(std::string_view written, syntax::Language language);

// The text of a string literal without its quotes and prefixes; any other text as it is.
[[nodiscard]] std::string_view without_quotes(std::string_view text);

}  // namespace fleet::analysis
