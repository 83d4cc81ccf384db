// Prints what the files named on standard input measure, a line of JSON each: what the oracles are held
// against.
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

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

json measured(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string source{std::istreambuf_iterator<char>(file), {}};
  const auto language = fleet::syntax::language_of(path, source);
  if (!file) return {{"path", path}, {"error", "it cannot be read"}};
  if (!language) return {{"path", path}, {"error", "its language is not known"}};
  const auto tree = fleet::syntax::parse(*language, source);
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

}  // namespace

int main() {
  for (std::string path; std::getline(std::cin, path);)
    std::cout << measured(path).dump() << '\n';
}
