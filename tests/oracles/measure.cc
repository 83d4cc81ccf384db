// oracle_measure [duplicates]: prints what the files named on standard input measure, a line of JSON each:
// what the oracles are held against.
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "analysis/duplicates.h"
#include "analysis/metrics.h"
#include "syntax/tree.h"
#include "text/utf8.h"

namespace {

using nlohmann::json;

json to_json(const fleet::model::LineCounts& lines) {
  return {{"total", lines.total}, {"code", lines.code}, {"comment", lines.comment}, {"blank", lines.blank}};
}

json to_json(const fleet::model::FunctionMetrics& function) {
  return {{"name", fleet::text::to_valid_utf8(function.name)},
          {"line", function.at.line},
          {"column", function.at.column},
          {"end_line", function.at.end_line},
          {"cyclomatic", function.cyclomatic},
          {"cognitive", function.cognitive},
          {"nesting", function.nesting},
          {"parameters", function.parameters}};
}

std::optional<std::string> read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return {};
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

json measured(const std::string& path) {
  const auto source = read(path);
  if (!source) return {{"path", path}, {"error", "it cannot be read"}};
  const auto language = fleet::syntax::language_of(path, *source);
  if (!language) return {{"path", path}, {"error", "its language is not known"}};
  const auto tree = fleet::syntax::parse(*language, *source);
  if (!tree) return {{"path", path}, {"error", tree.error().line()}};
  const fleet::model::FileMetrics metrics = fleet::analysis::measure(*tree, path);
  json functions = json::array();
  for (const fleet::model::FunctionMetrics& function : metrics.functions)
    functions.push_back(to_json(function));
  return {{"path", path},
          {"language", metrics.language},
          {"lines", to_json(metrics.lines)},
          {"cyclomatic", metrics.cyclomatic},
          {"error_share", metrics.error_share},
          {"functions", std::move(functions)}};
}

// Of all files together.
json duplicates_of(const std::vector<std::string>& paths) {
  fleet::analysis::DuplicateFinder finder;
  for (const std::string& path : paths) {
    const auto source = read(path);
    if (!source) continue;
    const auto language = fleet::syntax::language_of(path, *source);
    if (!language) continue;
    const auto tree = fleet::syntax::parse(*language, *source);
    if (tree) finder.add(*tree, path);
  }
  const fleet::analysis::Duplicates duplicates = finder.find();
  json groups = json::array();
  for (const fleet::analysis::DuplicateGroup& group : duplicates.groups) {
    json places = json::array();
    for (const fleet::analysis::DuplicatePlace& place : group.places)
      places.push_back({duplicates.files[place.file].path, place.line, place.end_line});
    groups.push_back({{"tokens", group.tokens}, {"places", std::move(places)}});
  }
  return {{"percentage", duplicates.percentage()}, {"groups", std::move(groups)}};
}

}  // namespace

int main(int count, char** words) {
  std::vector<std::string> paths;
  for (std::string path; std::getline(std::cin, path);)
    paths.push_back(path);
  if (count == 2 && std::string_view(words[1]) == "duplicates") {
    std::cout << duplicates_of(paths).dump() << '\n';
    return 0;
  }
  for (const std::string& path : paths)
    std::cout << measured(path).dump() << '\n';
}
