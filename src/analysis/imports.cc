#include "analysis/imports.h"

#include <algorithm>
#include <array>

#include "analysis/sides.h"

namespace fleet::analysis {
namespace {

constexpr int kMostParts = 40;  // of a name; bounds the recursion over expressions

constexpr std::size_t kLongestName = 500;  // bytes; a longer one is not followed

bool is_of_scripts(syntax::Language language) {
  using enum syntax::Language;
  return language == javascript || language == typescript || language == tsx;
}

std::string module_name(std::string_view quoted) {
  std::string_view name = without_quotes(quoted);
  if (name.starts_with("node:")) name.remove_prefix(5);
  return std::string(name);
}

// Ways to say the same thing.
void leave_out_prefixes(std::string& name, bool of_script) {
  static constexpr auto kAlways = std::to_array<std::string_view>({"std.", "builtins.", "__builtins__."});
  static constexpr auto kOfScripts =
      std::to_array<std::string_view>({"window.", "globalThis.", "global.", "self."});
  const auto strip = [&](const auto& prefixes) {
    for (const std::string_view prefix : prefixes) {
      if (name.starts_with(prefix)) name.erase(0, prefix.size());
    }
  };
  strip(kAlways);
  if (of_script) strip(kOfScripts);
}

std::string dotted(std::string_view text) {
  std::string name;
  int brackets = 0;  // of template arguments
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '<') ++brackets;
    if (brackets == 0 && c == ':') {
      if (!name.empty() && name.back() != '.') name += '.';
    } else if (brackets == 0 && c != ' ' && c != '\n' && c != '\r' && c != '\t') {
      name += c;
    }
    if (c == '>' && brackets > 0) --brackets;
  }
  return name;
}

// The string that a call of `require`, `import` or `__import__` is given.
std::string required_module(const Code& code, std::uint32_t call) {
  static constexpr auto kLoaders =
      std::to_array<std::string_view>({"require", "import", "__import__", "importlib.import_module"});
  const std::uint32_t callee = code.first_child(call);
  if (callee == kNowhere || std::find(kLoaders.begin(), kLoaders.end(), code.text(callee)) == kLoaders.end())
    return {};
  const std::uint32_t arguments = code.child_of_shape(call, Shape::arguments);
  if (arguments == kNowhere) return {};
  const std::uint32_t first = code.first_child(arguments);
  if (first == kNowhere || code.shape(first) != Shape::string) return {};
  return module_name(code.text(first));
}

// `promisify(exec)` calls what `exec` does.
std::uint32_t promisified(const Code& code, std::uint32_t call) {
  const std::uint32_t callee = code.first_child(call);
  if (callee == kNowhere || !code.text(callee).ends_with("promisify")) return kNowhere;
  const std::uint32_t arguments = code.child_of_shape(call, Shape::arguments);
  return arguments == kNowhere ? kNowhere : code.first_child(arguments);
}

// Whether it is a function of a class or an object, and no name by itself.
bool is_method(Code& code, std::uint32_t function) {
  using enum syntax::Language;
  // They call one by its bare name, from its class.
  if (code.language() == cpp || code.language() == java) return false;
  const std::string_view kind = code.kind(function);
  if (kind == "method_definition" || kind == "method_declaration") return true;
  std::uint32_t around = code.parent(function);
  if (around != kNowhere && code.kind(around) == "decorated_definition") around = code.parent(around);
  return around != kNowhere && code.parent(around) != kNowhere &&
         code.shape(code.parent(around)) == Shape::type;
}

// `md5` of `crypto/md5`, `rand` of `math/rand/v2`, `yaml` of `gopkg.in/yaml.v3`.
std::string_view go_package(std::string_view path) {
  const auto is_version = [](std::string_view part) {
    return part.size() > 1 && part[0] == 'v' &&
           part.find_first_not_of("0123456789", 1) == std::string_view::npos;
  };
  std::string_view last = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  if (is_version(last) && last.size() < path.size()) {
    path.remove_suffix(last.size() + 1);
    last = path.substr(path.rfind('/') + 1);
  }
  const std::size_t dot = last.rfind('.');
  return dot != std::string_view::npos && is_version(last.substr(dot + 1)) ? last.substr(0, dot) : last;
}

}  // namespace

std::string plain_name(std::string_view written, syntax::Language language) {
  std::string name = dotted(written);
  leave_out_prefixes(name, is_of_scripts(language));
  return name;
}

std::string_view without_quotes(std::string_view text) {
  std::string_view rest = text;
  while (!rest.empty() && rest.front() != '"' && rest.front() != '\'' && rest.front() != '`')
    rest.remove_prefix(1);
  const std::size_t prefix = text.size() - rest.size();
  constexpr std::size_t kLongestPrefix = 3;      // `rb`, `u8R`
  while (rest.size() > 2 && rest.back() == '#')  // `r#"a"#`
    rest.remove_suffix(1);
  if (rest.size() < 2 || prefix > kLongestPrefix) return text;
  for (const std::string_view triple : {"\"\"\"", "'''"}) {
    if (rest.size() >= 6 && rest.starts_with(triple) && rest.ends_with(triple))
      return rest.substr(3, rest.size() - 6);
  }
  return rest.front() == rest.back() ? rest.substr(1, rest.size() - 2) : text;
}

Imports Imports::of(Code& code) {
  Imports imports;
  if (code.language() == syntax::Language::java) imports.whole_modules_.emplace_back("java.lang");
  for (std::uint32_t i = 0; i < code.size() && code.steps().take(); ++i) {
    switch (code.shape(i)) {
      case Shape::import:
        imports.add_import(code, i);
        break;
      case Shape::binding:
        imports.add_binding(code, i);
        break;
      case Shape::function:
        imports.add_function(code, i);
        break;
      default:
        if (code.node(i).named && code.kind(i) == "namespace_alias_definition") imports.add_binding(code, i);
    }
  }
  return imports;
}

void Imports::bind(std::string_view name, std::string full) {
  if (full.size() <= kLongestName) names_[name] = std::move(full);
}

void Imports::add_import(const Code& code, std::uint32_t node) {
  switch (code.language()) {
    case syntax::Language::python:
      return add_python(code, node);
    case syntax::Language::go:
      return add_go(code, node);
    case syntax::Language::java:
      return add_java(code, node);
    case syntax::Language::rust:
      if (const std::uint32_t what = code.last_child(node); what != kNowhere) add_rust(code, what, {}, 0);
      return;
    default:
      return add_script(code, node);
  }
}

void Imports::add_go(const Code& code, std::uint32_t node) {
  for (std::uint32_t at = node + 1; at < code.node(node).next && code.steps().take(); ++at) {
    if (code.kind(at) != "import_spec") continue;
    const std::string_view path = without_quotes(code.text(code.last_child(at)));
    const std::uint32_t first = code.first_child(at);
    if (first == kNowhere) continue;
    if (code.kind(first) == "dot") {
      whole_modules_.emplace_back(path);
    } else {
      bind(code.shape(first) == Shape::name ? code.text(first) : go_package(path), std::string(path));
    }
  }
}

void Imports::add_java(const Code& code, std::uint32_t node) {
  const std::uint32_t what = code.first_child(node);
  if (what == kNowhere) return;
  const std::string_view name = code.text(what);
  if (code.kind(code.last_child(node)) == "asterisk") {
    whole_modules_.emplace_back(name);
  } else {
    bind(name.substr(name.rfind('.') + 1), std::string(name));
  }
}

void Imports::add_rust(const Code& code, std::uint32_t node, const UsePath& path, int depth) {
  if (depth > kMostParts || path.prefix.size() > kLongestName || !code.steps().take()) return;
  const std::string_view kind = code.kind(node);
  const auto last_name = [&](std::uint32_t of) {
    return code.text(code.shape(of) == Shape::member ? code.last_child(of) : of);
  };
  const auto below = [&](std::uint32_t of) {
    return path.prefix + plain_name(code.text(of), code.language());
  };
  if (kind == "use_as_clause") {
    bind(code.text(code.last_child(node)), below(code.first_child(node)));
  } else if (kind == "scoped_use_list") {
    const std::uint32_t of = code.first_child(node);
    const std::uint32_t list = code.last_child(node);
    if (list != kNowhere && list != of) add_rust(code, list, {below(of) + ".", last_name(of)}, depth + 1);
  } else if (kind == "use_list") {
    for (std::uint32_t child = code.first_child(node); child != kNowhere;
         child = code.next_child(child, node))
      add_rust(code, child, path, depth + 1);
  } else if (kind == "use_wildcard") {
    whole_modules_.push_back(below(code.first_child(node)));
  } else if (kind == "self" && !path.prefix.empty()) {
    bind(path.last_name, path.prefix.substr(0, path.prefix.size() - 1));
  } else {
    bind(last_name(node), below(node));
  }
}

void Imports::add_python(const Code& code, std::uint32_t node) {
  if (code.kind(node) == "import_from_statement") return add_python_names(code, node);
  for (std::uint32_t child = code.first_child(node); child != kNowhere;
       child = code.next_child(child, node)) {
    if (code.kind(child) == "aliased_import") {
      bind(code.text(code.last_child(child)), std::string(code.text(code.first_child(child))));
    } else {  // `import os.path` binds `os`
      const std::string_view root = code.text(child).substr(0, code.text(child).find('.'));
      bind(root, std::string(root));
    }
  }
}

void Imports::add_python_names(const Code& code, std::uint32_t node) {
  const std::uint32_t module = code.first_child(node);
  if (module == kNowhere) return;
  const std::string prefix = std::string(code.text(module)) + ".";
  for (std::uint32_t child = code.next_child(module, node); child != kNowhere;
       child = code.next_child(child, node)) {
    if (code.kind(child) == "wildcard_import") {
      whole_modules_.emplace_back(code.text(module));
    } else if (code.kind(child) == "aliased_import") {
      bind(code.text(code.last_child(child)), prefix + std::string(code.text(code.first_child(child))));
    } else {
      bind(code.text(child), prefix + std::string(code.text(child)));
    }
  }
}

void Imports::add_script(const Code& code, std::uint32_t node) {
  std::string module;
  for (std::uint32_t at = node + 1; at < code.node(node).next && code.steps().take(); ++at) {
    if (code.shape(at) == Shape::string) module = module_name(code.text(at));
  }
  if (module.empty()) return;
  for (std::uint32_t at = node + 1; at < code.node(node).next && code.steps().take(); ++at) {
    if (!code.node(at).named) continue;
    const std::string_view kind = code.kind(at);
    if (kind == "import_specifier") {
      bind(code.text(code.last_child(at)), module + "." + std::string(code.text(code.first_child(at))));
    } else if (kind == "import_clause" || kind == "namespace_import" || kind == "import_require_clause") {
      const std::uint32_t name = code.first_child(at);
      if (name != kNowhere && code.shape(name) == Shape::name) bind(code.text(name), module);
    }
  }
}

void Imports::add_binding(const Code& code, std::uint32_t node) {
  const Sides sides = sides_of(code, node);
  const std::uint32_t left = sides.left;
  const std::uint32_t value = sides.value;
  if (left == kNowhere || value == kNowhere) return;
  if (code.shape(left) == Shape::name) {
    if (code.shape(value) == Shape::function) {
      own_.insert(code.text(left));
      return;
    }
    std::string full = imported_name(code, value);
    if (!full.empty()) bind(code.text(left), std::move(full));
    return;
  }
  if (code.kind(left) != "object_pattern") return;
  const std::string full = imported_name(code, value);
  if (full.empty()) return;
  for (std::uint32_t child = code.first_child(left); child != kNowhere;
       child = code.next_child(child, left)) {
    if (code.shape(child) == Shape::name) {
      bind(code.text(child), full + "." + std::string(code.text(child)));
    } else if (code.kind(child) == "pair_pattern") {
      bind(code.text(code.last_child(child)), full + "." + std::string(code.text(code.first_child(child))));
    }
  }
}

void Imports::add_function(Code& code, std::uint32_t node) {
  if (code.kind(node) == "arrow_function" || is_method(code, node)) return;
  for (std::uint32_t child = code.first_child(node); child != kNowhere;
       child = code.next_child(child, node)) {
    if (code.shape(child) == Shape::parameters || code.shape(child) == Shape::block) return;
    if (code.shape(child) == Shape::name && code.kind(child) != "type_identifier") {
      own_.insert(code.text(child));
      return;
    }
    if (code.kind(child).ends_with("declarator")) break;
  }
  for (std::uint32_t at = node + 1; at < code.node(node).next && code.steps().take(); ++at) {
    if (code.shape(at) == Shape::block) return;
    if (code.kind(at) != "function_declarator") continue;
    const std::uint32_t declared = code.first_child(at);
    if (declared != kNowhere && code.shape(declared) == Shape::name) own_.insert(code.text(declared));
    return;
  }
}

std::string Imports::imported_name(const Code& code, std::uint32_t expression) const {
  bool imported = false;
  std::string name = name_of(code, expression, 0, imported);
  return imported ? name : std::string();
}

std::string Imports::full_name(const Code& code, const Call& call) const {
  bool imported = false;
  std::string name = name_of(code, call, 0, imported);
  leave_out_prefixes(name, is_of_scripts(code.language()));
  return name;
}

std::string Imports::full_name(const Code& code, std::uint32_t expression) const {
  bool imported = false;
  std::string name = name_of(code, expression, 0, imported);
  leave_out_prefixes(name, is_of_scripts(code.language()));
  return name;
}

bool Imports::may_be(std::string_view full_name, std::string_view wanted) const {
  if (full_name.empty() || names_.count(full_name.substr(0, full_name.find('.'))) > 0) return false;
  return std::any_of(whole_modules_.begin(), whole_modules_.end(), [&](const std::string& module) {
    return wanted.size() == module.size() + 1 + full_name.size() && wanted.starts_with(module) &&
           wanted[module.size()] == '.' && wanted.ends_with(full_name);
  });
}

std::string Imports::name_of(const Code& code, const Call& call, int depth, bool& imported) const {
  if (call.callee != kNowhere) return name_of(code, call.callee, depth + 1, imported);
  std::string object = name_of(code, call.object, depth + 1, imported);
  return object.empty() ? object : object + "." + std::string(code.text(call.name));
}

std::string Imports::name_of(const Code& code, std::uint32_t expression, int depth, bool& imported) const {
  if (expression == kNowhere || depth > kMostParts || !code.steps().take()) return {};
  switch (code.shape(expression)) {
    case Shape::name: {
      const std::string_view text = code.text(expression);
      if (const auto known = names_.find(text); known != names_.end()) {
        imported = true;
        return known->second;
      }
      return own_.count(text) > 0 ? std::string() : std::string(text);
    }
    case Shape::member: {
      if (code.kind(expression) == "qualified_identifier") {
        std::string name = dotted(code.text(expression));
        const std::size_t dot = name.find('.');
        const auto known = names_.find(std::string_view(name).substr(0, dot));
        if (known == names_.end() || dot == std::string::npos) return name;
        imported = true;
        return known->second + name.substr(dot);
      }
      const std::uint32_t property = code.last_child(expression);
      std::string object = name_of(code, code.first_child(expression), depth + 1, imported);
      if (object.empty() || property == kNowhere) return {};
      return object + "." + std::string(code.text(property));
    }
    case Shape::wrapper:
      return name_of(code, code.first_child(expression), depth + 1, imported);
    case Shape::construction:
    case Shape::call: {
      if (std::string module = required_module(code, expression); !module.empty()) {
        imported = true;
        return module;
      }
      const std::uint32_t inner = promisified(code, expression);
      if (inner != kNowhere) return name_of(code, inner, depth + 1, imported);
      const auto call = call_at(code, expression);
      std::string callee = call ? name_of(code, *call, depth + 1, imported) : std::string();
      return callee.empty() ? callee : callee + "()";
    }
    default: {
      if (!code.node(expression).named) return {};
      const std::string_view kind = code.kind(expression);
      if (kind == "nested_namespace_specifier") return dotted(code.text(expression));
      // Names with type arguments.
      const bool is_generic =
          kind == "generic_type" || kind == "generic_function" || kind == "template_function";
      return is_generic ? name_of(code, code.first_child(expression), depth + 1, imported) : std::string();
    }
  }
}

}  // namespace fleet::analysis
