#include "app/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "analysis/rule_file.h"
#include "git/tree.h"
#include "os/files.h"
#include "workflow/diagnostic_text.h"

namespace fleet::app {
namespace {

constexpr std::uint64_t kMostRuleBytes = 8 << 20;  // of one file, as yaml/ has it

bool is_rule_file(std::string_view path) {
  return path.ends_with(".yml") || path.ends_with(".yaml");
}

}  // namespace

std::vector<RuleText> built_in_rule_texts() {
  std::vector<RuleText> texts;
  for (const analysis::BuiltInFile& file : analysis::built_in_rules()) {
    if (!analysis::is_of_secrets(file.path))
      texts.push_back({fmt::format("rules/{}", file.path), std::string(file.text), &file});
  }
  return texts;
}

Result<std::vector<RuleText>> read_rule_folder(const std::string& folder) {
  std::vector<RuleText> files;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    const std::string path = at->path().string();
    if (!is_rule_file(path)) continue;
    std::error_code unknown;
    const bool is_file = at->is_regular_file(unknown);
    if (unknown)
      return base::fail_errno("read the rules", path, unknown.value(), "remove the link, or mend it");
    if (!is_file) continue;
    FLEET_TRY(std::string text, os::read_file(path, kMostRuleBytes));
    files.push_back({path, std::move(text)});
  }
  if (error)
    return base::fail_errno("read the rules", folder, error.value(), "name a folder with files of rules");
  std::sort(files.begin(), files.end(), [](const RuleText& a, const RuleText& b) { return a.path < b.path; });
  return files;
}

Result<std::vector<RuleText>> committed_rule_texts(const git::Repository& repository, ObjectId commit) {
  std::vector<RuleText> files;
  const git::ObjectStore& store = repository.objects();
  FLEET_TRY(const ObjectId tree, store.tree_of(commit));
  FLEET_TRY(const git::Place place, git::look_up(store, tree, kOwnRules));
  if (place.folder.is_none()) return files;
  FLEET_TRY(const auto listed, git::list(store, tree, kOwnRules));
  for (const git::Listed& file : listed) {
    if (!is_rule_file(file.path) || !file.entry.is_file()) continue;
    FLEET_TRY(const std::uint64_t size, store.blob_size(file.entry.id));
    if (size > kMostRuleBytes) {
      return base::fail_input("read the rules", file.path,
                              fmt::format("{} bytes are more than {}", size, kMostRuleBytes));
    }
    FLEET_TRY(std::string text, store.read_blob(file.entry.id));
    files.push_back({file.path, std::move(text)});
  }
  return files;
}

Result<std::vector<analysis::Rule>> load_rules(const World& world, const std::vector<RuleText>& texts,
                                               RuleCheck check) {
  std::vector<analysis::RuleSource> sources;
  for (const RuleText& each : texts) {
    const bool is_checked = each.built_in != nullptr && check == RuleCheck::what_is_not_ours;
    sources.push_back({each.path, each.text, is_checked ? analysis::Check::form : analysis::Check::everything,
                       each.built_in});
  }
  analysis::ReadRules read = analysis::read_rules(sources);
  if (read.diagnostics.empty()) return std::move(read.rules);
  show_rule_diagnostics(world, texts, read.diagnostics);
  return base::fail_input("use the rules", "",
                          read.diagnostics.size() == 1
                              ? "there is an error"
                              : fmt::format("there are {} errors", read.diagnostics.size()));
}

Result<std::vector<analysis::Rule>> rules_at(const World& world, const git::Repository& repository,
                                             ObjectId commit) {
  std::vector<RuleText> texts = built_in_rule_texts();
  FLEET_TRY(std::vector<RuleText> own, committed_rule_texts(repository, commit));
  std::move(own.begin(), own.end(), std::back_inserter(texts));
  return load_rules(world, texts, RuleCheck::what_is_not_ours);
}

void show_rule_diagnostics(const World& world, const std::vector<RuleText>& texts,
                           const model::Diagnostics& wrong) {
  const bool colour = world.terminal->look(terminal::Stream::err).colour;
  for (const RuleText& file : texts) {
    model::Diagnostics of_file;
    for (const model::Diagnostic& each : wrong) {
      if (each.path == file.path) of_file.push_back(each);
    }
    world.say(
        workflow::diagnostic_text(of_file, file.text, colour ? workflow::Colour::on : workflow::Colour::off));
  }
}

}  // namespace fleet::app
