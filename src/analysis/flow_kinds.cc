#include "analysis/flow_kinds.h"

#include <array>
#include <string_view>
#include <unordered_map>

#include "base/enum_names.h"

namespace fleet::analysis {
namespace {

using enum FlowKind;

const std::unordered_map<std::string_view, FlowKind>& flow_kinds_by_name() {
  static const std::unordered_map<std::string_view, FlowKind> kinds{
      {"if_statement", branch},
      {"if_expression", branch},
      {"else_clause", else_branch},
      {"elif_clause", else_if},
      {"for_statement", loop},
      {"for_in_statement", loop},
      {"for_range_loop", loop},
      {"enhanced_for_statement", loop},
      {"for_expression", loop},
      {"while_statement", loop},
      {"while_expression", loop},
      {"loop_expression", loop},
      {"do_statement", loop},
      {"switch_statement", choice},
      {"switch_expression", choice},
      {"expression_switch_statement", choice},
      {"type_switch_statement", choice},
      {"select_statement", choice},
      {"match_statement", choice},
      {"match_expression", choice},
      {"switch_case", one_case},
      {"switch_default", one_case},
      {"case_statement", one_case},
      {"case_clause", one_case},
      {"match_arm", one_case},
      {"switch_block_statement_group", one_case},
      {"switch_rule", one_case},
      {"expression_case", one_case},
      {"type_case", one_case},
      {"default_case", one_case},
      {"communication_case", one_case},
      {"try_statement", attempt},
      {"try_with_resources_statement", attempt},
      {"catch_clause", handler},
      {"except_clause", handler},
      {"except_group_clause", handler},
      {"finally_clause", finally},
      {"return_statement", leave},
      {"return_expression", leave},
      {"throw_statement", abandon},
      {"throw_expression", abandon},
      {"raise_statement", abandon},
      {"break_statement", jump},
      {"continue_statement", jump},
      {"break_expression", jump},
      {"continue_expression", jump},
      {"decorated_definition", decorated},
      {"list_comprehension", comprehension},
      {"set_comprehension", comprehension},
      {"dictionary_comprehension", comprehension},
      {"generator_expression", comprehension},
      {"as_pattern", named_part},
  };
  return kinds;
}

}  // namespace

FlowKinds::FlowKinds(syntax::Language language) : kinds_(syntax::kind_count(language), other) {
  for (syntax::Kind kind = 0; kind < kinds_.size(); ++kind) {
    const auto known = flow_kinds_by_name().find(syntax::kind_name(language, kind));
    if (known != flow_kinds_by_name().end()) kinds_[kind] = known->second;
  }
}

const FlowKinds& FlowKinds::of(syntax::Language language) {
  static const auto all = [] {
    std::vector<FlowKinds> tables;
    for (std::size_t i = 0; i < base::EnumNames<syntax::Language>::names.size(); ++i)
      tables.push_back(FlowKinds(static_cast<syntax::Language>(i)));
    return tables;
  }();
  return all.at(static_cast<std::size_t>(language));
}

}  // namespace fleet::analysis
