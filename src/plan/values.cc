#include "plan/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "model/name.h"
#include "text/columns.h"
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

// ": what it is for", by the first line of what the workflow says of it.
std::string what_for(const model::InputSpec& input) {
  constexpr std::size_t kLongest = 200;  // columns
  const std::string_view said = input.description;
  if (said.empty()) return {};
  return ": " + text::fit(said.substr(0, said.find('\n')), kLongest, text::Charset::unicode);
}

// Whether all that the text uses is in the context, and nothing that the run must answer.
bool can_be_evaluated(const text::Template& parsed, const text::Context& context) {
  return std::all_of(parsed.parts().begin(), parsed.parts().end(), [&](const text::Template::Part& part) {
    return !part.expression || part.expression->can_be_evaluated(context);
  });
}

// Whether the text uses a variable of these names.
bool uses_env(const text::Template& parsed, const std::set<std::string>& names) {
  for (const text::Template::Part& part : parsed.parts()) {
    if (!part.expression) continue;
    for (const text::Reference& reference : part.expression->references()) {
      if (reference.root != "env" || reference.path.empty() || !reference.path[0]) continue;
      if (names.count(*reference.path[0]) > 0) return true;
    }
  }
  return false;
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
           fmt::format("the input `{}` has no value{}", input.name, what_for(input)),
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

std::map<std::string, std::string> environment_below(const model::Workflow& workflow) {
  std::map<std::string, std::string> env = workflow.defaults.env;
  env.insert(workflow.env.begin(), workflow.env.end());
  return env;
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
    put_in_path(path.value, path.at);
  for (model::Text& path : spec.keep)
    put_in_path(path.value, path.at);
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
  // Of these the reader reports it.
  if (!parsed || !can_be_evaluated(*parsed, context()) || uses_env(*parsed, later_env_)) return;
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

void TaskValues::put_in_path(std::string& text, model::Location at) {
  const std::string written = text;
  put_in(text, at);
  const std::string_view path = std::string_view(text).substr(0, text.find_last_not_of('/') + 1);
  if (text != written && !model::is_safe_relative_path(path))
    report(at, fmt::format("`{}` becomes `{}`, which is no path below the repository", written, text), "");
}

const text::Context& TaskValues::context() {
  if (context_) return *context_;
  context_.emplace();
  context_->roots["matrix"] = object_of(task_.matrix);
  context_->roots["inputs"] = object_of(inputs_);
  std::map<std::string, std::string> env = task_.spec.env;
  env.merge(environment_below(workflow_));
  text::Value known = text::Value::object();
  for (const auto& [name, value] : env) {
    known[name] = value;
    if (!has_expression(value)) continue;
    const auto parsed = text::Template::parse(value);
    const auto rendered = parsed && can_be_evaluated(*parsed, *context_)
                              ? parsed->render(*context_)
                              : Result<std::string>(base::fail_input("read", name, "it is known later"));
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
