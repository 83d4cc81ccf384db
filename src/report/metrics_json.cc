#include "report/metrics_json.h"

#include "model/json.h"

namespace fleet::report {
namespace {

using model::Json;

Json span_json(const model::Region& at) {
  return {{"line", at.line}, {"end_line", at.end_line}};
}

Json lines_json(const model::LineCounts& lines) {
  return {{"total", lines.total}, {"code", lines.code}, {"comment", lines.comment}, {"blank", lines.blank}};
}

Json halstead_json(const model::Halstead& halstead) {
  return {{"distinct_operators", halstead.distinct_operators},
          {"distinct_operands", halstead.distinct_operands},
          {"operators", halstead.operators},
          {"operands", halstead.operands},
          {"volume", halstead.volume()},
          {"difficulty", halstead.difficulty()},
          {"effort", halstead.effort()},
          {"seconds", halstead.seconds()},
          {"bugs", halstead.bugs()}};
}

Json function_json(const model::FunctionMetrics& function) {
  return {{"name", function.name},
          {"at", span_json(function.at)},
          {"lines", lines_json(function.lines)},
          {"cyclomatic", function.cyclomatic},
          {"cognitive", function.cognitive},
          {"nesting", function.nesting},
          {"parameters", function.parameters},
          {"halstead", halstead_json(function.halstead)},
          {"maintainability", function.maintainability},
          {"known", function.is_known}};
}

Json class_json(const model::ClassMetrics& of) {
  return {{"name", of.name},
          {"at", span_json(of.at)},
          {"lines", lines_json(of.lines)},
          {"methods", of.methods},
          {"cyclomatic", of.cyclomatic}};
}

}  // namespace

Json scores_json(const model::Scores& scores) {
  Json json = {{"overall", scores.overall},
               {"maintainability", scores.maintainability},
               {"security", scores.security},
               {"performance", scores.performance}};
  if (scores.coverage) json["coverage"] = *scores.coverage;
  return json;
}

Json metrics_json(const model::FileMetrics& file) {
  Json json = {{"path", file.path},
               {"language", file.language},
               {"lines", lines_json(file.lines)},
               {"cyclomatic", file.cyclomatic},
               {"cognitive", file.cognitive},
               {"halstead", halstead_json(file.halstead)},
               {"maintainability", file.maintainability},
               {"not_understood", file.error_share},
               {"functions", Json::array()},
               {"classes", Json::array()}};
  for (const model::FunctionMetrics& function : file.functions)
    json["functions"].push_back(function_json(function));
  for (const model::ClassMetrics& each : file.classes)
    json["classes"].push_back(class_json(each));
  return json;
}

}  // namespace fleet::report
