#include "analysis/call.h"

namespace fleet::analysis {
namespace {

// The last name of what is called, with what stands before it.
void find_name(const Code& code, Call& call) {
  std::uint32_t expression = call.callee;
  for (int depth = 0; depth < 8 && expression != kNowhere; ++depth) {
    const std::string_view kind = code.kind(expression);
    if (code.shape(expression) == Shape::name || kind == "import") {
      call.name = expression;
      return;
    }
    if (kind == "template_function" || kind == "template_method" || kind == "generic_function" ||
        kind == "generic_type") {
      expression = code.first_child(expression);
    } else if (code.shape(expression) == Shape::member) {
      if (call.object == kNowhere) call.object = code.first_child(expression);
      expression = code.last_child(expression);
    } else {
      return;
    }
  }
}

// Java's, which has the object, the name and the arguments side by side.
void find_parts(const Code& code, Call& call) {
  std::uint32_t before = kNowhere;
  for (std::uint32_t child = code.first_child(call.node); child != kNowhere && child != call.arguments;
       child = code.next_child(child, call.node)) {
    if (code.kind(child) == "type_arguments") continue;
    before = call.name;
    call.name = child;
  }
  if (call.name == kNowhere) return;
  call.object = before;
  if (before == kNowhere) call.callee = call.name;
  call.callee_span = {code.node(call.node).span.start, code.node(call.name).span.end};
}

}  // namespace

std::optional<Call> call_at(const Code& code, std::uint32_t node) {
  if (code.shape(node) != Shape::call && code.shape(node) != Shape::construction) return std::nullopt;
  Call call;
  call.node = node;
  call.arguments = code.child_of_shape(node, Shape::arguments);
  if (code.kind(node) == "method_invocation") {
    find_parts(code, call);
    return call.name == kNowhere ? std::nullopt : std::optional(call);
  }
  call.callee = code.first_child(node);
  if (call.callee == kNowhere || call.callee == call.arguments) return std::nullopt;
  call.callee_span = code.node(call.callee).span;
  find_name(code, call);
  return call;
}

std::string_view called_name(const Code& code, const Call& call) {
  return call.name == kNowhere ? std::string_view() : code.text(call.name);
}

}  // namespace fleet::analysis
