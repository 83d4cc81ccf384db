#include "analysis/arguments.h"

#include "analysis/imports.h"

namespace fleet::analysis {
namespace {

// The value of a property of an object that is written out, or that the name is bound to.
void find_property(Code& code, Values& values, std::uint32_t argument, std::string_view property,
                   Arguments& into) {
  const std::uint32_t object = values.resolved(argument);
  const Shape shape = code.shape(object);
  if (shape != Shape::collection) {
    into.unknown = into.unknown || (shape != Shape::string && shape != Shape::number &&
                                    shape != Shape::constant && shape != Shape::function);
    return;
  }
  for (std::uint32_t child = code.first_child(object); child != kNowhere;
       child = code.next_child(child, object)) {
    if (code.shape(child) == Shape::spread) {
      into.unknown = true;
    } else if (code.shape(child) == Shape::pair) {
      const std::uint32_t key = code.first_child(child);
      if (key != kNowhere && without_quotes(code.text(key)) == property)
        into.nodes.push_back(code.last_child(child));
    } else if (code.text(child) == property) {
      into.nodes.push_back(child);
    }
  }
}

}  // namespace

Arguments find_arguments(Code& code, Values& values, const Call& call, const ArgumentName& name) {
  Arguments found;
  if (call.arguments == kNowhere) {  // a generator, a template: what is passed cannot be told
    found.unknown = true;
    return found;
  }
  const bool any = !name.position && name.keyword.empty();
  std::uint32_t position = 0;
  const auto take = [&](std::uint32_t value) {
    if (name.property.empty()) {
      found.nodes.push_back(value);
    } else {
      find_property(code, values, value, name.property, found);
    }
  };
  for (std::uint32_t each = code.first_child(call.arguments); each != kNowhere;
       each = code.next_child(each, call.arguments)) {
    switch (code.shape(each)) {
      case Shape::spread:
        found.unknown = true;
        break;
      case Shape::keyword_argument:
        if (any || code.text(code.first_child(each)) == name.keyword) take(code.last_child(each));
        break;
      default:
        if (any || (name.position && !found.unknown && *name.position == position)) take(each);
        ++position;
    }
  }
  return found;
}

}  // namespace fleet::analysis
