#include <algorithm>

#include "syntax/language.h"
#include "syntax/pattern.h"
#include "syntax/replacement.h"
#include "text/regex.h"
#include "workflow/names.h"
#include "workflow/parts.h"

namespace fleet::workflow {
namespace {

constexpr std::size_t kMostCommands = 100;

void read_language(Reader& reader, yaml::Node node, model::Codemod& codemod) {
  if (!expect_scalar(reader, node, "the name of a language")) return;
  codemod.language = node.text();
  if (syntax::find_language(node.text())) return;
  reader.problems.add(node, fmt::format("{} is not one of: {}", quote(node.text()), syntax::language_names()),
                      reader.problems.did_you_mean(node.text(), base::EnumNames<syntax::Language>::names,
                                                   "for other text use `regex: true`"));
}

void read_codemod_paths(Reader& reader, yaml::Node node, model::Codemod& codemod) {
  for (const yaml::Node item : read_list(reader, node, "a list of globs")) {
    note_expressions(reader, item, Scope::planning);
    if (!has_expression(item.text())) check_glob(reader, item);
    codemod.paths.emplace_back(item.text());
  }
}

const Key<model::Codemod> kCodemodKeys[] = {
    {"language", read_language},
    {"find",
     [](Reader& r, yaml::Node v, model::Codemod& codemod) {
       codemod.find = read_verbatim(r, v);
       if (v.is_scalar() && v.text().empty()) r.problems.add(v, "the text is empty");
     }},
    {"replace",
     [](Reader& r, yaml::Node v, model::Codemod& codemod) { codemod.replace = read_verbatim(r, v); }},
    {"regex", [](Reader& r, yaml::Node v,
                 model::Codemod& codemod) { codemod.regex = read_boolean(r, v).value_or(false); }},
    {"paths", read_codemod_paths},
};

// Whoever meant an expression is told, where it can be no code.
std::string hint_for(yaml::Node text, const Error& error) {
  return has_expression(text.text()) ? "`${{ }}` means nothing in a codemod: write the text itself"
                                     : error.hint;
}

void check_regex(Reader& reader, yaml::Node find, yaml::Node replace) {
  const auto regex = text::Regex::parse(find.text());
  if (!regex) {
    reader.problems.add(find, fmt::format("not a regular expression: {}", regex.error().why),
                        hint_for(find, regex.error()));
  } else if (const auto good = regex->check_replacement(replace.text()); !good) {
    reader.problems.add(replace, good.error().why, hint_for(replace, good.error()));
  }
}

void check_structure(Reader& reader, yaml::Node find, yaml::Node replace, syntax::Language language) {
  const auto pattern = syntax::Pattern::compile(language, find.text());
  if (!pattern) {
    reader.problems.add(find, fmt::format("not a pattern: {}", pattern.error().why),
                        hint_for(find, pattern.error()));
  } else if (const auto good = syntax::Replacement::compile(*pattern, replace.text()); !good) {
    reader.problems.add(replace, good.error().why, hint_for(replace, good.error()));
  }
}

// Better told now than when the task's turn comes.
void check_codemod(Reader& reader, yaml::Node node, const model::Codemod& codemod) {
  const auto find_entry = find(node, "find");
  const auto replace_entry = find(node, "replace");
  if (!find_entry || !replace_entry || !find_entry->value.is_scalar() || !replace_entry->value.is_scalar())
    return;
  const yaml::Node find = find_entry->value, replace = replace_entry->value;
  if (find.text().empty()) return;
  if (codemod.regex) {
    check_regex(reader, find, replace);
  } else if (const auto language = syntax::find_language(codemod.language)) {
    check_structure(reader, find, replace, *language);
  }
}

model::Codemod read_codemod(Reader& reader, yaml::Node node) {
  model::Codemod codemod;
  codemod.at = node.at();
  const UnknownKeys unknown = read_keys(reader, node, "`codemod`", kCodemodKeys, codemod);
  if (!node.is_mapping()) return codemod;
  for (const std::string_view key : {"find", "replace"}) {
    if (!find(node, key) && !has_misspelt(unknown, key)) {
      reader.problems.add(node, fmt::format("the codemod has no `{}`", key),
                          fmt::format("add `{}: ...`", key));
    }
  }
  const auto language = find(node, "language");
  if (codemod.regex && language) {
    reader.problems.add(language->key, "`language` means nothing with `regex`", "name the files by `paths`");
  } else if (!codemod.regex && !language && !has_misspelt(unknown, "language") &&
             !has_misspelt(unknown, "regex")) {
    reader.problems.add(node, "the codemod has no `language`",
                        fmt::format("add one of {}; for other text `regex: true`", syntax::language_names()));
  }
  check_codemod(reader, node, codemod);
  return codemod;
}

model::Prompt read_prompt(Reader& reader, const std::optional<yaml::Entry>& agent,
                          const std::optional<yaml::Entry>& prompt) {
  model::Prompt work;
  const yaml::Entry first = agent ? *agent : *prompt;
  work.at = first.key.at();
  if (!agent) reader.problems.add(first.key, "`prompt` needs an agent", "add `agent: NAME`, one of `agents`");
  if (!prompt) reader.problems.add(first.key, "`agent` needs something to do", "add `prompt: ...`");
  if (agent && !agent->value.is_null() && expect_scalar(reader, agent->value, "the name of an agent")) {
    reader.names.push_back({agent->value, reader.task, NameOf::agent});
    work.agent = agent->value.text();
  }
  if (prompt && !prompt->value.is_null()) work.text = read_text(reader, prompt->value, Scope::attempt);
  return work;
}

}  // namespace

model::Command read_command(Reader& reader, yaml::Node node, std::string_view key) {
  model::Command command{{}, node.at()};
  if (node.is_sequence()) {
    std::vector<std::string> argv;
    for (const yaml::Node item : node.items())
      argv.push_back(read_value(reader, item, Scope::attempt));
    if (argv.empty() || argv[0].empty())
      reader.problems.add(node, "the list names no program", "write `[program, argument]`");
    command.line = std::move(argv);
    return command;
  }
  if (!expect_scalar(reader, node, "a command")) return command;
  const std::string_view text = node.text();
  if (text.find_first_not_of(" \t\n\r") == std::string_view::npos)
    reader.problems.add(node, "the command is empty");
  if (const std::size_t start = text.find("${{"); start != std::string_view::npos) {
    if (const std::size_t end = text.find("}}", start); end == std::string_view::npos) {
      reader.problems.add_within(node, start, 3, "this `${{` is never closed by `}}`",
                                 "a value reaches shell text by the environment: "
                                 "`env: {VALUE: \"${{ ... }}\"}`, and `\"$VALUE\"` here");
    } else {
      reader.problems.add_within(node, start, end + 2 - start,
                                 "an expression in shell text: its value would be run as code",
                                 environment_instead(key, text));
    }
  }
  command.line = std::string(text);
  return command;
}

std::vector<model::Command> read_commands(Reader& reader, yaml::Node node, std::string_view key) {
  std::vector<model::Command> commands;
  if (!node.is_sequence()) {
    commands.push_back(read_command(reader, node, key));
    return commands;
  }
  for (const yaml::Node item : node.items())
    commands.push_back(read_command(reader, item, key));
  if (commands.size() > kMostCommands) {
    reader.problems.add(node, fmt::format("there are more than {} commands", kMostCommands),
                        "put them into a script");
  }
  return commands;
}

void read_work(Reader& reader, yaml::Entry task, const UnknownKeys& unknown, model::TaskSpec& into) {
  const auto run = find(task.value, "run");
  const auto codemod = find(task.value, "codemod");
  const auto agent = find(task.value, "agent");
  const auto prompt = find(task.value, "prompt");
  const bool misspelt = has_misspelt(unknown, "run") || has_misspelt(unknown, "codemod") ||
                        has_misspelt(unknown, "agent") || has_misspelt(unknown, "prompt");
  const int kinds = (run ? 1 : 0) + (codemod ? 1 : 0) + (agent || prompt ? 1 : 0);
  if (kinds > 1) {
    const yaml::Entry second = agent ? *agent : prompt ? *prompt : *codemod;
    reader.problems.add(
        second.key, "a task has one of `run`, `codemod`, and `agent` with `prompt`",
        "make two tasks of it, one needing the other; a program that validates belongs into `check`");
  } else if (kinds == 0 && !misspelt) {
    reader.problems.add(task.key, fmt::format("the task {} does nothing", quote(into.id)),
                        "give it `run`, `codemod`, or `agent` and `prompt`");
  }
  if (run && !run->value.is_null()) into.work = read_command(reader, run->value, "run");
  if (codemod && !codemod->value.is_null()) into.work = read_codemod(reader, codemod->value);
  if (agent || prompt) into.work = read_prompt(reader, agent, prompt);
}

}  // namespace fleet::workflow
