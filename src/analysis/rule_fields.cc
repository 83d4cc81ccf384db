#include "analysis/rule_fields.h"

#include <unordered_set>

namespace fleet::analysis {

std::string read_text(yaml::Problems& problems, yaml::Node node) {
  if (!node.is_scalar()) {
    problems.add(node, fmt::format("expected text, found {}", yaml::found_instead(node)));
    return {};
  }
  if (node.text().find_first_not_of(" \t\r\n") == std::string_view::npos) {
    problems.add(node, "the text is empty");
    return {};
  }
  return std::string(node.text());
}

std::vector<yaml::Node> read_texts(yaml::Problems& problems, yaml::Node node) {
  std::vector<yaml::Node> texts;
  std::unordered_set<std::string_view> seen;
  const auto take = [&](yaml::Node item) {
    if (read_text(problems, item).empty()) return;
    if (seen.insert(item.text()).second) {
      texts.push_back(item);
    } else {
      problems.add(item, fmt::format("{} is here twice", yaml::quote(item.text())), "remove one");
    }
  };
  if (!node.is_sequence()) {
    take(node);
    return texts;
  }
  if (node.empty()) problems.add(node, "the list is empty");
  for (const yaml::Node item : node.items())
    take(item);
  return texts;
}

void read_rule_lists(const RuleSource& source, model::Diagnostics& into, const RuleLists& lists) {
  using Parsing = tl::expected<yaml::Document, model::Diagnostic>;
  const BuiltInFile* ours = source.built_in;
  const Parsing document = ours != nullptr
                               ? Parsing(yaml::Document::restore(source.text, {ours->records, ours->pool}))
                               : yaml::Document::parse(source.text);
  if (!document) {
    into.push_back(document.error());
    into.back().path = source.path;
    return;
  }
  struct FileReader {
    yaml::Problems& problems;
  };
  yaml::Problems problems(source.path, *document);
  FileReader reader{problems};
  for (const yaml::DoubledKey& key : document->doubled_keys()) {
    problems.add(key.again, fmt::format("the key {} is here twice", yaml::quote(key.again.text())),
                 fmt::format("the first one is on line {}: remove one of them", key.first.at().line));
  }
  struct Lists {
    std::optional<yaml::Node> rules, sources, sanitizers;
  };
  Lists found;
  constexpr yaml::Key<FileReader, Lists> kKeys[] = {
      {"rules", [](FileReader&, yaml::Node node, Lists& into_lists) { into_lists.rules = node; }},
      {"sources", [](FileReader&, yaml::Node node, Lists& into_lists) { into_lists.sources = node; }},
      {"sanitizers", [](FileReader&, yaml::Node node, Lists& into_lists) { into_lists.sanitizers = node; }},
  };
  yaml::read_keys(reader, document->root(), "a file of rules", kKeys, found);
  const auto read_list = [&](const std::optional<yaml::Node>& list, const char* name, const ReadItem& read) {
    if (!list) return;
    if (!read) {
      problems.add(*list, fmt::format("a file of this kind has no {}", name),
                   "put them into a file of rules");
    } else if (!list->is_sequence()) {
      problems.add(*list, fmt::format("expected a list of {}, found {}", name, yaml::found_instead(*list)));
    } else {
      for (const yaml::Node item : list->items())
        read(problems, item);
    }
  };
  read_list(found.sources, "sources", lists.source);
  read_list(found.sanitizers, "sanitizers", lists.sanitizer);
  read_list(found.rules, "rules", lists.rule);
  for (model::Diagnostic& each : problems.take())
    into.push_back(std::move(each));
}

}  // namespace fleet::analysis
