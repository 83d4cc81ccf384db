#include "plan/values.h"

#include <fmt/format.h>

#include <set>
#include <utility>
#include <vector>

#include "text/distance.h"
#include "text/glob.h"
#include "text/template.h"

namespace fleet::plan {

namespace {

bool has_expression(const std::string& text) {
  return text.find("${{") != std::string::npos;
}

text::Value object_of(const std::map<std::string, std::string>& values) {
  text::Value object = text::Value::object();
  for (const auto& [name, value] : values)
    object[name] = value;
  return object;
}

bool uses(const text::Reference& reference, const std::set<std::string>& env_names) {
  return reference.root == "env" && !reference.path.empty() && reference.path[0] &&
         env_names.count(*reference.path[0]) > 0;
}

// The first thing in the text that is known only later, as it is written: `needs.build.outputs.version`.
// Nothing when all of it is known.
std::optional<std::string> known_later(const text::Template& parsed, const text::Context& context,
                                       const std::set<std::string>& later_env) {
  for (const text::Template::Part& part : parsed.parts()) {
    if (!part.expression) continue;
    for (const text::Reference& reference : part.expression->references()) {
      if (context.roots.find(reference.root) != context.roots.end() && !uses(reference, later_env)) continue;
      return part.text.substr(part.expression_offset - part.offset + reference.offset, reference.length);
    }
    for (const text::Call& call : part.expression->calls()) {
      if (call.needs_run) return call.function + "()";
    }
  }
  return std::nullopt;
}

}  // namespace

std::map<std::string, std::string> input_values(const model::Workflow& workflow,
                                                const std::map<std::string, std::string>& given,
                                                model::Diagnostics& diagnostics) {
  std::map<std::string, std::string> values;
  std::vector<std::string> known;
  for (const model::InputSpec& input : workflow.inputs) {
    known.push_back(input.name);
    if (const auto found = given.find(input.name); found != given.end()) {
      values[input.name] = found->second;
    } else if (input.otherwise) {
      values[input.name] = *input.otherwise;
    } else {
      diagnostics.push_back(
          {workflow.path, input.at, static_cast<int>(input.name.size()),
           fmt::format("the input `{}` has no value", input.name),
           fmt::format("give one with --input {}=VALUE, or write a `default` here", input.name)});
    }
  }
  for (const auto& [name, value] : given) {
    if (values.count(name) > 0) continue;
    std::string suggestion =
        known.empty() ? "this workflow takes no inputs" : fmt::format("it takes: {}", fmt::join(known, ", "));
    if (const auto meant = text::suggest(name, known)) suggestion = fmt::format("did you mean `{}`?", *meant);
    diagnostics.push_back(
        {workflow.path, {}, 1, fmt::format("--input: there is no input `{}`", name), suggestion});
  }
  return values;
}

void TaskValues::put_in() {
  model::TaskSpec& spec = task_.spec;
  put_in(spec.name, spec.at);
  put_in(spec.description, spec.at);
  for (model::Text& glob : spec.reads)
    put_in_glob(glob.value, glob.at);
  if (spec.writes) {
    for (model::Text& glob : *spec.writes)
      put_in_glob(glob.value, glob.at);
  }
  for (model::Text& path : spec.expect)
    put_in(path.value, path.at);
  for (model::Text& glob : spec.keep)
    put_in_glob(glob.value, glob.at);
  if (auto* codemod = std::get_if<model::Codemod>(&spec.work)) {
    for (std::string& glob : codemod->paths)
      put_in_glob(glob, codemod->at);
  }
  if (spec.sandbox) {
    for (std::string& path : spec.sandbox->read)
      put_in(path, spec.at);
    for (std::string& path : spec.sandbox->write)
      put_in(path, spec.at);
  }
}

void TaskValues::put_in(std::string& text, model::Location at) {
  if (!has_expression(text)) return;
  const auto parsed = text::Template::parse(text);
  if (!parsed) return;  // the reader reported it
  if (const auto later = known_later(*parsed, context(), later_env_)) {
    report(
        at, fmt::format("`{}` is known only when the task starts", *later),
        "names, globs and paths may use `matrix`, `inputs`, and the parts of `env` that need nothing else");
    return;
  }
  if (auto rendered = parsed->render(context())) {
    text = *std::move(rendered);
  } else {
    report(at, rendered.error().why, rendered.error().hint);
  }
}

void TaskValues::put_in_glob(std::string& text, model::Location at) {
  if (!has_expression(text)) return;
  const std::string written = text;
  put_in(text, at);
  if (text == written) return;
  if (const auto globs = text::GlobSet::parse({text}); !globs)
    report(at, fmt::format("`{}` becomes `{}`, which is not a glob: {}", written, text, globs.error().why),
           globs.error().hint);
}

const text::Context& TaskValues::context() {
  if (context_) return *context_;
  context_.emplace();
  context_->roots["matrix"] = object_of(task_.matrix);
  context_->roots["inputs"] = object_of(inputs_);
  std::map<std::string, std::string> env = task_.spec.env;
  env.insert(workflow_.env.begin(), workflow_.env.end());
  text::Value known = text::Value::object();
  for (const auto& [name, value] : env) {
    known[name] = value;
    if (!has_expression(value)) continue;
    const auto parsed = text::Template::parse(value);
    const auto rendered = parsed && !known_later(*parsed, *context_, {})
                              ? parsed->render(*context_)
                              : Result<std::string>(base::fail_input("read", name, "known later"));
    if (rendered) {
      known[name] = *rendered;
    } else {
      later_env_.insert(name);
    }
  }
  context_->roots["env"] = std::move(known);
  return *context_;
}

void TaskValues::report(model::Location at, std::string message, std::string suggestion) {
  diagnostics_.push_back({workflow_.path, at, 1, std::move(message), std::move(suggestion)});
}

}  // namespace fleet::plan
