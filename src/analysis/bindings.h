#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/code.h"

namespace fleet::analysis {

// How the names of a file get their values: by assignments, declarations, loops, parameters and clauses
// (`with`, `catch`). It knows functions and what is outside of them, and no order: a name has all the values
// that it is given anywhere in its function. Views the code.
class Bindings {
 public:
  struct Binding {
    std::uint32_t function;  // around it; kNowhere: none
    std::uint32_t value;     // kNowhere: it cannot be told
    bool adds = false;       // `+=`
  };

  explicit Bindings(Code& code);

  // What a name that stands at a node may have been bound to. Empty: it is bound nowhere in the file.
  [[nodiscard]] std::vector<Binding> of(std::string_view name, std::uint32_t at) const;

 private:
  struct Bound {
    std::vector<Binding> by;
    bool too_many = false;  // there are more
  };

  void add(std::string_view name, Binding binding);
  void add_others(std::uint32_t node, std::uint32_t function);
  [[nodiscard]] bool is_bare_parameter(std::uint32_t function, std::uint32_t first) const;
  void add_names(std::uint32_t pattern, std::uint32_t function);
  void add_binding(std::uint32_t node, std::uint32_t function);
  void add_loop(std::uint32_t node, std::uint32_t function);

  Code& code_;
  std::unordered_map<std::string_view, Bound> by_name_;
};

}  // namespace fleet::analysis
