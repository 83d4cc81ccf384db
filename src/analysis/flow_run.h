#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "analysis/call.h"
#include "analysis/flow.h"
#include "analysis/flow_kinds.h"

namespace fleet::analysis {

// One walk over a file, with what it found: the inside of a Flow. An expression gives a value, a statement
// changes the environment.
class Flow::Run {
 public:
  Run(Code& code, const Imports& imports, const FlowNames& names);

  void walk();
  [[nodiscard]] FlowValue value_of(std::uint32_t node) const;
  [[nodiscard]] std::vector<FlowPlace> way_of(const FlowValue& value) const;

 private:
  struct Step {
    std::uint32_t node;
    std::uint32_t before;  // 0: none
    std::string what;
  };
  // A function that is being gone through.
  struct Frame {
    std::uint32_t function = kNowhere;
    FlowValue returned;
    bool has_returned = false;
    std::vector<FlowEnv> left_loops;  // what a `break` or `continue` takes along, by loop
  };
  using Values = std::vector<FlowValue>;

  // Expressions (flow_expressions.cc).
  FlowValue eval(std::uint32_t node, FlowEnv& env);
  FlowValue eval_plain(std::uint32_t node, FlowEnv& env);
  FlowValue eval_all(std::uint32_t node, FlowEnv& env);
  FlowValue eval_name(std::uint32_t node, const FlowEnv& env);
  FlowValue eval_member(std::uint32_t node, FlowEnv& env);
  FlowValue eval_subscript(std::uint32_t node, FlowEnv& env);
  FlowValue eval_operation(std::uint32_t node, FlowEnv& env);
  FlowValue eval_two(std::uint32_t node, const FlowValue& left, const FlowValue& right);
  FlowValue eval_choice(std::uint32_t node, FlowEnv& env);
  FlowValue eval_literal(std::uint32_t node, FlowEnv& env);
  FlowValue eval_comprehension(std::uint32_t node, FlowEnv& env);
  FlowValue eval_lambda(std::uint32_t node, const FlowEnv& env);
  [[nodiscard]] std::optional<FlowValue> source_at(std::uint32_t node);
  [[nodiscard]] std::optional<std::string_view> path_of(std::uint32_t node);
  std::string_view kept(std::string text);

  // Assignments (flow_assignments.cc).
  FlowValue assign(std::uint32_t node, FlowEnv& env);
  void assign_to(std::uint32_t target, std::uint32_t from, FlowValue value, FlowEnv& env);
  void assign_names(std::uint32_t pattern, const FlowValue& value, FlowEnv& env);
  void assign_parts(std::string_view path, std::uint32_t collection, FlowEnv& env);
  void bind_loop(std::uint32_t loop, FlowEnv& env);
  void bind_parameters(std::uint32_t function, const Values& values, FlowEnv& env);
  [[nodiscard]] FlowValue parameter_of(std::uint32_t function, std::uint32_t parameter);

  // Calls (flow_calls.cc).
  FlowValue eval_call(std::uint32_t node, FlowEnv& env);
  FlowValue call_own(std::uint32_t function, const Call& call, const Values& values, const FlowEnv& env);
  [[nodiscard]] std::uint32_t own_function(const Call& call) const;
  void fill(const Call& call, std::uint32_t source, FlowEnv& env);
  void change_object(const Call& call, const Values& values, FlowEnv& env);
  void find_functions();

  // Statements (flow_statements.cc).
  void exec(std::uint32_t node, FlowEnv& env);
  void exec_children(std::uint32_t node, FlowEnv& env);
  void exec_if(std::uint32_t node, FlowEnv& env);
  void exec_loop(std::uint32_t node, FlowEnv& env);
  void exec_switch(std::uint32_t node, FlowEnv& env);
  void exec_try(std::uint32_t node, FlowEnv& env);
  void exec_return(std::uint32_t node, FlowEnv& env);
  void exec_jump(FlowEnv& env);
  void exec_function(std::uint32_t node, const FlowEnv& env);
  void exec_type(std::uint32_t node, const FlowEnv& env);
  [[nodiscard]] bool may_go_on(std::uint32_t depth);

  // Checks (flow_checks.cc).
  void assume(std::uint32_t condition, bool holds, FlowEnv& env, int depth = 0);
  void assume_operation(std::uint32_t condition, bool holds, FlowEnv& env, int depth);
  void assume_call(std::uint32_t condition, bool holds, FlowEnv& env);
  void allow(std::uint32_t node, FlowEnv& env);
  void allow_for(std::uint32_t node, const char* group, FlowEnv& env);
  [[nodiscard]] std::optional<bool> truth_of(std::uint32_t condition, FlowEnv& env);

  [[nodiscard]] FlowValue tainted(std::uint32_t source, std::uint32_t node);
  [[nodiscard]] FlowValue moved(FlowValue value, std::uint32_t node, std::string what);
  void record(std::uint32_t node, const FlowValue& value);
  [[nodiscard]] std::string name_at(std::uint32_t node) const;

  Code& code_;
  const Imports& imports_;
  const FlowNames& names_;
  const FlowKinds& kinds_;
  std::unordered_map<std::uint32_t, FlowValue> values_;  // that are not clean, by node
  std::unordered_set<std::uint32_t> seen_;               // that were gone through at all
  std::vector<Step> steps_{Step{kNowhere, 0, {}}};
  std::vector<Frame> frames_;
  std::unordered_map<std::string_view, std::uint32_t> functions_;  // by name; kNowhere: there are several
  std::unordered_map<std::string, FlowValue> called_;  // what own functions return, by what they are given
  std::unordered_set<std::string> texts_;              // paths that stand in the source otherwise
  FlowEnv module_;                                     // what the names outside of functions hold
  FlowEnv of_object_;                                  // what the methods of a class put into its object
  std::uint64_t left_ = 0;                             // nodes that may still be gone through
  int depth_ = 0;
  bool is_recording_ = true;
};

}  // namespace fleet::analysis
