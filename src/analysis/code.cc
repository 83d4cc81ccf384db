#include "analysis/code.h"

namespace fleet::analysis {
namespace {

std::uint32_t skip_unnamed(const Code& code, std::uint32_t at, std::uint32_t end) {
  while (at < end && (!code.node(at).named || code.node(at).extra) && code.work().take())
    at = code.node(at).next;
  return at < end ? at : kNowhere;
}

// The name within a declarator of C: `*Parser::parse(int)` has it in its middle.
std::string_view declared_name(const Code& code, std::uint32_t declarator) {
  for (int depth = 0; depth < 8 && declarator != kNowhere; ++depth) {
    const Shape shape = code.shape(declarator);
    if (shape == Shape::name || shape == Shape::member) return code.text(declarator);
    const std::string_view kind = code.kind(declarator);
    if (kind == "destructor_name" || kind == "operator_name") return code.text(declarator);
    if (!kind.ends_with("declarator")) return {};
    declarator = code.first_child(declarator);
  }
  return {};
}

}  // namespace

std::uint32_t Code::first_child(std::uint32_t index) const {
  return skip_unnamed(*this, index + 1, node(index).next);
}

std::uint32_t Code::next_child(std::uint32_t child, std::uint32_t of) const {
  return skip_unnamed(*this, node(child).next, node(of).next);
}

std::uint32_t Code::last_child(std::uint32_t index) const {
  std::uint32_t last = kNowhere;
  for (std::uint32_t child = first_child(index); child != kNowhere; child = next_child(child, index))
    last = child;
  return last;
}

std::uint32_t Code::child_of_shape(std::uint32_t index, Shape wanted) const {
  for (std::uint32_t child = first_child(index); child != kNowhere; child = next_child(child, index)) {
    if (shape(child) == wanted) return child;
  }
  return kNowhere;
}

std::string_view Code::operator_of(std::uint32_t index) const {
  for (std::uint32_t at = index + 1; at < node(index).next && work_.take(); at = node(at).next) {
    if (!node(at).named && text(at) != "(") return text(at);
  }
  return {};
}

void Code::find_parents() {
  parents_.resize(size(), kNowhere);
  std::vector<std::uint32_t> open;
  for (std::uint32_t i = 0; i < size(); ++i) {
    while (!open.empty() && node(open.back()).next <= i)
      open.pop_back();
    if (!open.empty()) parents_[i] = open.back();
    if (!tree_.is_leaf(i)) open.push_back(i);
  }
}

std::uint32_t Code::parent(std::uint32_t index) {
  if (parents_.empty()) find_parents();
  return work_.take() ? parents_[index] : kNowhere;
}

std::uint32_t Code::function_around(std::uint32_t index) {
  std::uint32_t at = parent(index);
  while (at != kNowhere && shape(at) != Shape::function)
    at = parent(at);
  return at;
}

std::string_view Code::name_of_definition(std::uint32_t index) {
  for (std::uint32_t child = first_child(index); child != kNowhere; child = next_child(child, index)) {
    const Shape is = shape(child);
    if (is == Shape::parameters || is == Shape::block) break;
    if (is == Shape::name && kind(child) != "type_identifier") return text(child);
    if (is == Shape::name && shape(index) == Shape::type) return text(child);
    if (kind(child).ends_with("declarator")) return declared_name(*this, child);
  }
  // `const parse = () => ...`, `{parse: function () {...}}`, `x.parse = ...`
  const std::uint32_t around = parent(index);
  if (around == kNowhere) return {};
  const Shape shape_around = shape(around);
  const bool names_it = shape_around == Shape::binding || shape_around == Shape::pair ||
                        kind(around).ends_with("field_definition");
  if (!names_it) return {};
  std::uint32_t left = first_child(around);
  if (left != kNowhere && shape(left) == Shape::member) left = last_child(left);
  return left != kNowhere && left != index && shape(left) == Shape::name ? text(left) : std::string_view();
}

std::string Code::symbol(std::uint32_t index) {
  constexpr std::size_t kMostBytes = 200;
  std::string symbol;
  for (std::uint32_t at = index; at != kNowhere; at = parent(at)) {
    if (shape(at) != Shape::function && shape(at) != Shape::type) continue;
    std::string name(name_of_definition(at));
    if (name.empty() || name.size() > kMostBytes) continue;
    for (std::size_t colons = name.find("::"); colons != std::string::npos; colons = name.find("::"))
      name.replace(colons, 2, ".");
    symbol = symbol.empty() ? name : name + "." + symbol;
    if (symbol.size() > kMostBytes) break;
  }
  return symbol;
}

std::uint32_t Code::node_at(syntax::Span span) const {
  std::uint32_t found = 0;
  for (std::uint32_t at = 0; at < size() && work_.take();) {
    const syntax::Node& each = node(at);
    if (each.span.end < span.end) {
      at = each.next;
    } else if (each.span.start <= span.start) {
      found = at++;
    } else {
      break;
    }
  }
  return found;
}

}  // namespace fleet::analysis
