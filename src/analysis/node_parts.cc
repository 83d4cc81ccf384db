#include "analysis/node_parts.h"

#include <algorithm>
#include <array>
#include <utility>

namespace fleet::analysis {
namespace {

using syntax::Kind;
using syntax::Language;

using Words = std::vector<std::pair<std::string_view, std::uint32_t>>;

// In every grammar.
const Words kEverywhere{
    {"comment", kComment},
    {"line_comment", kComment},
    {"block_comment", kComment},
    {"if_statement", kIf},
    {"else_clause", kElse},
    {"for_statement", kLoop},
    {"while_statement", kLoop},
    {"do_statement", kLoop},
    {"catch_clause", kCatch},
    {"call_expression", kCall},
    {"goto_statement", kJump},
    {"break_statement", kLabelJump},
    {"continue_statement", kLabelJump},
};

const Words kC{
    {"function_definition", kFunction},
    {"struct_specifier", kClass},
    {"union_specifier", kClass},
    {"for_range_loop", kLoop},
    {"switch_statement", kSwitch},
    {"case_statement", kCase},
    {"conditional_expression", kTernary},
    {"binary_expression", kLogical},
    {"parameter_list", kParameters},
    {"compound_statement", kBlock},
    {"string_literal", kString},
    {"char_literal", kString},
    {"concatenated_string", kString},
    {"raw_string_literal", kString},
    {"system_lib_string", kString},
    {"primitive_type", kTypeWord},
    {"auto", kTypeWord},
    {"function_declarator", kDeclarator},
    {"class_specifier", kClass},
    {"lambda_expression", kLambda},
    {"namespace_definition", kScope},
    {"field_declaration_list", kBlock},
    {"preproc_if", kCondition},
    {"preproc_elif", kCondition},
};

const Words kScript{
    {"function_declaration", kFunction},
    {"generator_function_declaration", kFunction},
    {"method_definition", kFunction},
    {"function_expression", kLambda},
    {"generator_function", kLambda},
    {"arrow_function", kLambda},
    {"class_declaration", kClass},
    {"class", kClass},
    {"abstract_class_declaration", kClass},
    {"for_in_statement", kLoop},
    {"switch_statement", kSwitch},
    {"switch_case", kCase},
    {"ternary_expression", kTernary},
    {"binary_expression", kLogical},
    {"formal_parameters", kParameters},
    {"statement_block", kBlock},
    {"string", kString},
    {"template_string", kString},
    {"template_substitution", kInterpolation},
    {"regex", kString},
    {"statement_identifier", kLabel},
    {"internal_module", kScope},
    {"module", kScope},
};

const Words kPython{
    {"function_definition", kFunction},
    {"lambda", kLambda},
    {"class_definition", kClass},
    {"elif_clause", kElseIf},
    {"except_clause", kCatch},
    {"except_group_clause", kCatch},
    {"match_statement", kSwitch},
    {"case_clause", kCase},
    {"conditional_expression", kTernary},
    {"boolean_operator", kLogical},
    {"for_in_clause", kDecision},
    {"if_clause", kDecision},
    {"call", kCall},
    {"parameters", kParameters},
    {"lambda_parameters", kParameters},
    {"block", kBlock},
    {"string", kString},
    {"concatenated_string", kString},
    {"interpolation", kInterpolation},
};

const Words kGo{
    {"function_declaration", kFunction},
    {"method_declaration", kFunction},
    {"func_literal", kLambda},
    {"expression_switch_statement", kSwitch},
    {"type_switch_statement", kSwitch},
    {"select_statement", kSwitch},
    {"expression_case", kCase},
    {"type_case", kCase},
    {"communication_case", kCase},
    {"binary_expression", kLogical},
    {"parameter_list", kParameters},
    {"block", kBlock},
    {"interpreted_string_literal", kString},
    {"raw_string_literal", kString},
    {"rune_literal", kString},
    {"label_name", kLabel},
};

const Words kJava{
    {"method_declaration", kFunction},
    {"constructor_declaration", kFunction},
    {"compact_constructor_declaration", kFunction},
    {"lambda_expression", kLambda},
    {"class_declaration", kClass},
    {"interface_declaration", kClass},
    {"enum_declaration", kClass},
    {"record_declaration", kClass},
    {"enhanced_for_statement", kLoop},
    {"switch_expression", kSwitch},
    {"switch_label", kCase},
    {"ternary_expression", kTernary},
    {"binary_expression", kLogical},
    {"method_invocation", kCall},
    {"formal_parameters", kParameters},
    {"inferred_parameters", kParameters},
    {"guard", kDecision},
    {"block", kBlock},
    {"constructor_body", kBlock},
    {"string_literal", kString},
    {"character_literal", kString},
    {"string_interpolation", kInterpolation},
    {"void_type", kTypeWord},
    {"boolean_type", kTypeWord},
};

const Words kRust{
    {"function_item", kFunction},
    {"closure_expression", kLambda},
    {"impl_item", kClass},
    {"trait_item", kClass},
    {"mod_item", kScope},
    {"if_expression", kIf},
    {"for_expression", kLoop},
    {"while_expression", kLoop},
    {"loop_expression", kEndlessLoop},
    {"match_expression", kSwitch},
    {"match_arm", kCase},
    {"match_pattern", kPattern},
    {"let_declaration", kLetElse},
    {"mutable_specifier", kTypeWord},
    {"binary_expression", kLogical},
    {"let_chain", kLogical},
    {"parameters", kParameters},
    {"closure_parameters", kParameters},
    {"block", kBlock},
    {"string_literal", kString},
    {"raw_string_literal", kString},
    {"char_literal", kString},
    {"break_expression", kLabelJump},
    {"continue_expression", kLabelJump},
    {"label", kLabel},
    {"primitive_type", kTypeWord},
};

const Words& words_of(Language language) {
  switch (language) {
    case Language::c:
    case Language::cpp:
      return kC;
    case Language::go:
      return kGo;
    case Language::java:
      return kJava;
    case Language::python:
      return kPython;
    case Language::rust:
      return kRust;
    case Language::javascript:
    case Language::tsx:
    case Language::typescript:
      break;
  }
  return kScript;
}

}  // namespace

NodeParts::NodeParts(Language language) {
  const Kind kinds = syntax::kind_count(language);
  parts_.resize(kinds);
  operators_.resize(kinds);
  for (Kind kind = 0; kind < kinds; ++kind) {
    const std::string_view name = syntax::kind_name(language, kind);
    for (const Words* words : {&kEverywhere, &words_of(language)}) {
      for (const auto& [word, parts] : *words) {
        if (word == name) parts_[kind] |= parts;
      }
    }
    if (name == "&&" || name == "and") operators_[kind] = 1;
    if (name == "||" || name == "or") operators_[kind] = 2;
  }
}

const NodeParts& NodeParts::of(Language language) {
  static const auto all_parts = [] {
    std::vector<NodeParts> all;
    for (std::size_t i = 0; i < base::EnumNames<Language>::names.size(); ++i)
      all.push_back(NodeParts(static_cast<Language>(i)));
    return all;
  }();
  return all_parts.at(static_cast<std::size_t>(language));
}

}  // namespace fleet::analysis
