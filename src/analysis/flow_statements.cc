#include <utility>

#include "analysis/flow_run.h"

// The ways through a function.
namespace fleet::analysis {
namespace {

// Names that stand for the object a method is of.
constexpr std::string_view kObjects[] = {"self.", "this."};

bool is_of_object(std::string_view path) {
  return path.starts_with(kObjects[0]) || path.starts_with(kObjects[1]);
}

}  // namespace

Flow::Run::Run(Code& code, const Imports& imports, const FlowNames& names)
    : code_(code), imports_(imports), names_(names), kinds_(FlowKinds::of(code.language())) {}

void Flow::Run::walk() {
  constexpr std::uint64_t kWorkANode = 40;
  left_ = kWorkANode * code_.size() + 10'000;
  find_functions();
  frames_.emplace_back();
  for (std::uint32_t child = code_.first_child(0); child != kNowhere; child = code_.next_child(child, 0))
    exec(child, module_);
}

void Flow::Run::exec_children(std::uint32_t node, FlowEnv& env) {
  for (std::uint32_t child = code_.first_child(node); child != kNowhere;
       child = code_.next_child(child, node))
    exec(child, env);
}

void Flow::Run::exec(std::uint32_t node, FlowEnv& env) {
  if (!env.is_reachable || !may_go_on(static_cast<std::uint32_t>(depth_))) return;
  ++depth_;
  switch (kinds_.kind(code_.node(node))) {
    case FlowKind::branch:
    case FlowKind::else_if:
      exec_if(node, env);
      break;
    case FlowKind::loop:
      exec_loop(node, env);
      break;
    case FlowKind::choice:
      exec_switch(node, env);
      break;
    case FlowKind::attempt:
      exec_try(node, env);
      break;
    case FlowKind::leave:
      exec_return(node, env);
      break;
    case FlowKind::abandon:
      eval_all(node, env);
      env.is_reachable = false;
      break;
    case FlowKind::jump:
      exec_jump(env);
      break;
    case FlowKind::comprehension:
      eval_comprehension(node, env);
      break;
    case FlowKind::named_part:
      eval(node, env);
      break;
    case FlowKind::else_branch:
    case FlowKind::one_case:
    case FlowKind::handler:
    case FlowKind::finally:
    case FlowKind::decorated:
      exec_children(node, env);
      break;
    case FlowKind::other:
      switch (code_.shape(node)) {
        case Shape::function:
          exec_function(node, env);
          break;
        case Shape::type:
          exec_type(node, env);
          break;
        case Shape::import:
        case Shape::comment:
        case Shape::parameters:
          break;
        case Shape::block:
        case Shape::other:
          exec_children(node, env);
          break;
        default:
          eval(node, env);
      }
  }
  --depth_;
}

// The condition, what is done where it holds, and clauses or a statement for where it does not. Go may have
// a statement before the condition.
void Flow::Run::exec_if(std::uint32_t node, FlowEnv& env) {
  std::vector<std::uint32_t> parts;
  for (std::uint32_t child = code_.first_child(node); child != kNowhere && parts.size() < 1000;
       child = code_.next_child(child, node))
    parts.push_back(child);
  std::size_t condition = 0;
  if (code_.language() == syntax::Language::go) {
    while (condition + 1 < parts.size() && code_.shape(parts[condition + 1]) != Shape::block)
      exec(parts[condition++], env);
  }
  if (condition >= parts.size()) return;
  eval(parts[condition], env);
  FlowEnv out;
  out.is_reachable = false;
  FlowEnv not_yet = env;  // where no condition held so far
  const auto try_one = [&](std::uint32_t asked, std::uint32_t done) {
    const std::optional<bool> truth = truth_of(asked, not_yet);
    FlowEnv yes = not_yet;
    assume(asked, true, yes);
    assume(asked, false, not_yet);
    if (!truth || *truth) {
      if (done != kNowhere) exec(done, yes);
      out.join(yes);
    }
    if (truth && *truth) not_yet.is_reachable = false;
  };
  try_one(parts[condition], condition + 1 < parts.size() ? parts[condition + 1] : kNowhere);
  for (std::size_t i = condition + 2; i < parts.size(); ++i) {
    if (!not_yet.is_reachable) break;
    if (kinds_.kind(code_.node(parts[i])) == FlowKind::else_if) {
      const std::uint32_t asked = code_.first_child(parts[i]);
      if (asked == kNowhere) continue;
      eval(asked, not_yet);
      try_one(asked, code_.next_child(asked, parts[i]));
    } else {
      exec(parts[i], not_yet);
    }
  }
  out.join(not_yet);
  env = std::move(out);
}

void Flow::Run::exec_loop(std::uint32_t node, FlowEnv& env) {
  frames_.back().left_loops.emplace_back();
  frames_.back().left_loops.back().is_reachable = false;
  for (int round = 0; round < 2; ++round) {
    FlowEnv within = env;
    if (code_.shape(node) == Shape::loop) bind_loop(node, within);
    for (std::uint32_t child = code_.first_child(node); child != kNowhere;
         child = code_.next_child(child, node)) {
      const bool is_condition =
          code_.shape(child) != Shape::block && kinds_.kind(code_.node(child)) == FlowKind::other;
      exec(child, within);
      if (is_condition && kinds_.kind(code_.node(node)) == FlowKind::loop && code_.shape(node) != Shape::loop)
        assume(child, true, within);
    }
    env.join(within);
  }
  env.join(frames_.back().left_loops.back());
  frames_.back().left_loops.pop_back();
}

void Flow::Run::exec_switch(std::uint32_t node, FlowEnv& env) {
  const std::uint32_t subject = code_.first_child(node);
  const FlowValue asked = subject == kNowhere ? FlowValue{} : eval(subject, env);
  frames_.back().left_loops.emplace_back();
  frames_.back().left_loops.back().is_reachable = false;
  FlowEnv out;
  out.is_reachable = false;
  FlowEnv falls_through;
  falls_through.is_reachable = false;
  bool has_default = false, is_decided = false;
  const auto add_case = [&](std::uint32_t each) {
    const std::uint32_t first = code_.first_child(each);
    const std::string_view word = code_.text(each).substr(0, 7);
    const bool is_default = word.starts_with("default") || code_.kind(each) == "default_case" ||
                            (first != kNowhere && code_.text(first) == "_");
    has_default = has_default || is_default;
    // Of a subject that is known, only its own case.
    std::optional<bool> fits;
    if (asked.text && first != kNowhere && !is_default) {
      std::uint32_t value = first;
      while (code_.shape(value) != Shape::string && code_.first_child(value) != kNowhere &&
             code_.next_child(code_.first_child(value), value) == kNowhere)
        value = code_.first_child(value);
      if (code_.shape(value) == Shape::string) fits = without_quotes(code_.text(value)) == *asked.text;
    }
    FlowEnv within = env;
    if (fits && !*fits) within.is_reachable = false;
    if (is_decided && !falls_through.is_reachable) within.is_reachable = false;
    if (fits && *fits) is_decided = true;
    within.join(falls_through);
    if (!within.is_reachable) return;
    exec_children(each, within);
    const bool may_fall = code_.kind(each) == "switch_case" || code_.kind(each) == "switch_default" ||
                          code_.kind(each) == "case_statement" ||
                          code_.kind(each) == "switch_block_statement_group";
    falls_through = within;
    falls_through.is_reachable = may_fall && within.is_reachable;
    if (!may_fall) out.join(within);
  };
  for (std::uint32_t child = subject == kNowhere ? kNowhere : code_.next_child(subject, node);
       child != kNowhere; child = code_.next_child(child, node)) {
    if (kinds_.kind(code_.node(child)) == FlowKind::one_case) {
      add_case(child);
      continue;
    }
    for (std::uint32_t each = code_.first_child(child); each != kNowhere;
         each = code_.next_child(each, child)) {
      if (kinds_.kind(code_.node(each)) == FlowKind::one_case) add_case(each);
    }
  }
  out.join(falls_through);
  out.join(frames_.back().left_loops.back());
  frames_.back().left_loops.pop_back();
  if (!has_default && !is_decided) out.join(env);
  env = std::move(out);
}

// A handler may be reached from anywhere in what was tried.
void Flow::Run::exec_try(std::uint32_t node, FlowEnv& env) {
  const FlowEnv before = env;
  FlowEnv out;
  out.is_reachable = false;
  std::uint32_t last = kNowhere;
  for (std::uint32_t child = code_.first_child(node); child != kNowhere;
       child = code_.next_child(child, node)) {
    const FlowKind kind = kinds_.kind(code_.node(child));
    if (kind == FlowKind::finally) {
      last = child;
    } else if (kind == FlowKind::handler) {
      FlowEnv within = before;
      within.join(env);
      exec(child, within);
      out.join(within);
    } else {
      exec(child, env);
    }
  }
  out.join(env);
  env = std::move(out);
  if (last == kNowhere) return;
  const bool was_reachable = env.is_reachable;
  env.is_reachable = true;
  exec(last, env);
  env.is_reachable = env.is_reachable && was_reachable;
}

void Flow::Run::exec_return(std::uint32_t node, FlowEnv& env) {
  const FlowValue value = eval_all(node, env);
  Frame& frame = frames_.back();
  frame.returned = frame.has_returned ? joined(frame.returned, value) : value;
  frame.has_returned = true;
  env.is_reachable = false;
}

void Flow::Run::exec_jump(FlowEnv& env) {
  std::vector<FlowEnv>& loops = frames_.back().left_loops;
  if (!loops.empty()) loops.back().join(env);
  env.is_reachable = false;
}

// Where it stands, as if somebody called it with what nobody knows.
void Flow::Run::exec_function(std::uint32_t node, const FlowEnv& env) {
  const std::uint32_t body = code_.last_child(node);
  if (body == kNowhere) return;
  FlowEnv within = env;
  within.is_reachable = true;
  bind_parameters(node, {}, within);
  frames_.push_back({node, {}, false, {}});
  if (code_.shape(body) == Shape::block) {
    exec(body, within);
  } else if (code_.shape(body) != Shape::parameters) {
    eval(body, within);
  }
  frames_.pop_back();
  for (const auto& [path, value] : within.all()) {
    if (is_of_object(path)) of_object_.add(path, value);
  }
}

// What one method puts into the object, another one finds: so it is gone through twice, and only what is seen
// the second time counts.
void Flow::Run::exec_type(std::uint32_t node, const FlowEnv& env) {
  const FlowEnv outside = std::exchange(of_object_, FlowEnv{});
  const bool is_recording = is_recording_;
  for (int round = 0; round < 2; ++round) {
    is_recording_ = is_recording && round == 1;
    FlowEnv within = env;
    for (const auto& [path, value] : of_object_.all())
      within.set(path, value);
    exec_children(node, within);
  }
  of_object_ = outside;
}

}  // namespace fleet::analysis
