#include "analysis/baseline.h"

#include "analysis/json_input.h"
#include "model/json.h"

namespace fleet::analysis {
namespace {

constexpr int kBaselineVersion = 1;
constexpr std::size_t kMostBaselineBytes = std::size_t{64} << 20;

}  // namespace

std::string write_baseline(const std::vector<model::Finding>& findings, std::string_view before) {
  model::Json list = model::Json::array();
  if (const auto old = parse_foreign_json(before, "the baseline", kMostBaselineBytes)) {
    JsonInput input(*old);
    for (const model::Json& each : input.list(*old, "findings")) {
      if (input.text(each, "rule") == kWorkflowSecret) list.push_back(each);
    }
  }
  for (const model::Finding& finding : findings) {
    if (finding.suppression || finding.is_below_threshold) continue;
    list.push_back({{"fingerprint", finding.fingerprint},
                    {"rule", finding.rule},
                    {"path", model::bytes_to_json(finding.path)},
                    {"message", model::bytes_to_json(finding.message)}});
  }
  const model::Json baseline{{"version", kBaselineVersion}, {"findings", std::move(list)}};
  return baseline.dump(2, ' ', false, model::Json::error_handler_t::replace) + "\n";
}

Result<KnownFindings> read_baseline(std::string_view text) {
  FLEET_TRY(const model::Json json, parse_foreign_json(text, "the baseline", kMostBaselineBytes));
  JsonInput input(json);
  if (input.number(json, "version") != kBaselineVersion) input.wrong(json, "version", "it is not 1");
  KnownFindings known;
  for (const model::Json& each : input.list(json, "findings")) {
    const std::string fingerprint(input.text(each, "fingerprint"));
    if (fingerprint.empty()) input.wrong(each, "fingerprint", "it is missing");
    known.add(fingerprint);
  }
  FLEET_CHECK(input.verdict(
      "the baseline",
      "write it anew with `fleet analyze --write-baseline .fleet/baseline.json`, and commit it"));
  return known;
}

}  // namespace fleet::analysis
