#include "analysis/shape.h"

#include <array>
#include <string_view>
#include <unordered_map>

#include "base/enum_names.h"

namespace fleet::analysis {
namespace {

using enum Shape;
using syntax::Language;

const std::unordered_map<std::string_view, Shape>& shapes_by_name() {
  static const std::unordered_map<std::string_view, Shape> shapes{
      {"call", call},
      {"call_expression", call},
      {"new_expression", construction},
      {"argument_list", arguments},
      {"arguments", arguments},
      {"keyword_argument", keyword_argument},
      {"list_splat", spread},
      {"dictionary_splat", spread},
      {"spread_element", spread},
      {"attribute", member},
      {"member_expression", member},
      {"field_expression", member},
      {"qualified_identifier", member},
      {"nested_identifier", member},
      {"subscript", subscript},
      {"subscript_expression", subscript},
      {"identifier", name},
      {"property_identifier", name},
      {"private_property_identifier", name},
      {"shorthand_property_identifier", name},
      {"shorthand_property_identifier_pattern", name},
      {"field_identifier", name},
      {"type_identifier", name},
      {"namespace_identifier", name},
      {"this", name},
      {"super", name},
      {"string", string},
      {"concatenated_string", string},
      {"template_string", string},
      {"string_literal", string},
      {"raw_string_literal", string},
      {"char_literal", string},
      {"integer", number},
      {"float", number},
      {"number", number},
      {"number_literal", number},
      {"true", constant},
      {"false", constant},
      {"none", constant},
      {"null", constant},
      {"undefined", constant},
      {"binary_operator", operation},
      {"binary_expression", operation},
      {"unary_operator", sign},
      {"unary_expression", sign},
      {"conditional_expression", choice},
      {"ternary_expression", choice},
      {"boolean_operator", choice},
      {"interpolation", substitution},
      {"template_substitution", substitution},
      {"list", collection},
      {"tuple", collection},
      {"set", collection},
      {"dictionary", collection},
      {"array", collection},
      {"object", collection},
      {"initializer_list", collection},
      {"expression_list", collection},
      {"pair", pair},
      {"parenthesized_expression", wrapper},
      {"await", wrapper},
      {"await_expression", wrapper},
      {"as_expression", wrapper},
      {"satisfies_expression", wrapper},
      {"non_null_expression", wrapper},
      {"cast_expression", wrapper},
      {"type_assertion", wrapper},
      {"function_definition", function},
      {"function_declaration", function},
      {"function_expression", function},
      {"generator_function", function},
      {"generator_function_declaration", function},
      {"arrow_function", function},
      {"method_definition", function},
      {"lambda", function},
      {"lambda_expression", function},
      {"class_definition", type},
      {"class_declaration", type},
      {"abstract_class_declaration", type},
      {"class", type},
      {"class_specifier", type},
      {"struct_specifier", type},
      {"assignment", binding},
      {"variable_declarator", binding},
      {"assignment_expression", binding},
      {"init_declarator", binding},
      {"named_expression", binding},
      {"augmented_assignment", augmentation},
      {"augmented_assignment_expression", augmentation},
      {"parameters", parameters},
      {"formal_parameters", parameters},
      {"parameter_list", parameters},
      {"lambda_parameters", parameters},
      {"for_statement", loop},
      {"for_in_statement", loop},
      {"for_in_clause", loop},
      {"for_range_loop", loop},
      {"import_statement", import},
      {"import_from_statement", import},
      {"comment", comment},
      {"html_comment", comment},
      {"block", block},
      {"statement_block", block},
      {"compound_statement", block},
      {"class_body", block},
      {"declaration_list", block},
      {"field_declaration_list", block},
      {"switch_body", block},
      {"method_invocation", call},
      {"object_creation_expression", construction},
      {"variadic_argument", spread},
      {"selector_expression", member},
      {"field_access", member},
      {"scoped_identifier", member},
      {"scoped_type_identifier", member},
      {"array_access", subscript},
      {"index_expression", subscript},
      {"package_identifier", name},
      {"self", name},
      {"crate", name},
      {"interpreted_string_literal", string},
      {"rune_literal", string},
      {"character_literal", string},
      {"int_literal", number},
      {"float_literal", number},
      {"integer_literal", number},
      {"decimal_integer_literal", number},
      {"hex_integer_literal", number},
      {"octal_integer_literal", number},
      {"binary_integer_literal", number},
      {"decimal_floating_point_literal", number},
      {"nil", constant},
      {"null_literal", constant},
      {"boolean_literal", constant},
      {"class_literal", constant},
      {"array_initializer", collection},
      {"literal_value", collection},
      {"array_expression", collection},
      {"tuple_expression", collection},
      {"keyed_element", pair},
      {"literal_element", wrapper},
      {"reference_expression", wrapper},
      {"try_expression", wrapper},
      {"type_cast_expression", wrapper},
      {"type_assertion_expression", wrapper},
      {"method_declaration", function},
      {"constructor_declaration", function},
      {"compact_constructor_declaration", function},
      {"func_literal", function},
      {"function_item", function},
      {"closure_expression", function},
      {"interface_declaration", type},
      {"enum_declaration", type},
      {"record_declaration", type},
      {"impl_item", type},
      {"trait_item", type},
      {"short_var_declaration", binding},
      {"var_spec", binding},
      {"const_spec", binding},
      {"assignment_statement", binding},
      {"let_declaration", binding},
      {"const_item", binding},
      {"static_item", binding},
      {"resource", binding},
      {"compound_assignment_expr", augmentation},
      {"inferred_parameters", parameters},
      {"closure_parameters", parameters},
      {"enhanced_for_statement", loop},
      {"range_clause", loop},
      {"for_expression", loop},
      {"import_declaration", import},
      {"use_declaration", import},
      {"line_comment", comment},
      {"block_comment", comment},
      {"constructor_body", block},
      {"interface_body", block},
      {"enum_body", block},
      {"switch_block", block},
      {"match_block", block},
  };
  return shapes;
}

std::vector<Shape> make_shapes(Language language) {
  const syntax::Kind count = syntax::kind_count(language);
  std::vector<Shape> shapes(count, other);
  const bool is_c = language == Language::c || language == Language::cpp;
  for (syntax::Kind kind = 0; kind < count; ++kind) {
    const std::string_view written = syntax::kind_name(language, kind);
    const auto known = shapes_by_name().find(written);
    if (known == shapes_by_name().end()) continue;
    // `__attribute__` of C has the name of a member in Python.
    if (is_c && written == "attribute") continue;
    shapes[kind] = known->second;
  }
  return shapes;
}

}  // namespace

const std::vector<Shape>& shapes_of(Language language) {
  static const auto all = [] {
    std::array<std::vector<Shape>, base::EnumNames<Language>::names.size()> tables;
    for (std::size_t i = 0; i < tables.size(); ++i)
      tables[i] = make_shapes(static_cast<Language>(i));
    return tables;
  }();
  return all.at(static_cast<std::size_t>(language));
}

}  // namespace fleet::analysis
