#include "text/template.h"

#include <gtest/gtest.h>

#include "text/random_text.h"

namespace fleet::text {
namespace {

Context matrix(Value values) {
  Context context;
  context.roots["matrix"] = std::move(values);
  return context;
}

std::string substituted(std::string_view text, const Context& context) {
  return *Template::parse(text)->substitute(context);
}

TEST(Template, RendersItsExpressions) {
  const Context context = matrix({{"a", "x"}, {"n", 3}});
  EXPECT_EQ(Template::parse("")->render(context), "");
  EXPECT_EQ(Template::parse("plain $ { }} text")->render(context), "plain $ { }} text");
  EXPECT_EQ(Template::parse("${{ matrix.a }}-${{matrix.n}}${{ matrix.no }}.")->render(context), "x-3.");
  EXPECT_EQ(Template::parse("$${{ matrix.a }}}")->render(context), "$x}");
  EXPECT_EQ(Template::parse("${{ '}}' }}")->render(context), "}}");
  EXPECT_EQ(Template::parse("${{ '${{' }}")->render(context), "${{");
}

TEST(Template, SaysWhereItIsWrong) {
  const auto open = Template::parse("abc ${{ x ");
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().offset, 4u);
  EXPECT_EQ(open.error().message, "this `${{` is never closed by `}}`");
  EXPECT_FALSE(Template::parse("${{ 'a }}"));
  const auto inner = Template::parse("a ${{ b c }}");
  ASSERT_FALSE(inner);
  EXPECT_EQ(inner.error().offset, 8u);
  EXPECT_FALSE(Template::parse("${{ }}"));
  std::string many;
  for (std::size_t i = 0; i <= Template::kMaxExpressions; ++i)
    many += "${{ 1 }}";
  EXPECT_FALSE(Template::parse(many));
}

TEST(Template, KnowsItsPartsByTheirPlaces) {
  const std::string text = "a ${{ env.X }} b";
  const auto parsed = Template::parse(text);
  ASSERT_EQ(parsed->parts().size(), 3u);
  const auto& part = parsed->parts()[1];
  EXPECT_EQ(part.text, "${{ env.X }}");
  EXPECT_EQ(part.offset, 2u);
  EXPECT_EQ(text.substr(part.expression_offset + part.expression->references()[0].offset, 5), "env.X");
  EXPECT_TRUE(parsed->has_expressions());
  EXPECT_FALSE(Template::parse("a")->has_expressions());
}

TEST(Template, TellsAnExpressionFromTextWithOne) {
  EXPECT_NE(Template::parse(" ${{ success() }}\n")->sole_expression(), nullptr);
  EXPECT_EQ(Template::parse("success()")->sole_expression(), nullptr);
  EXPECT_EQ(Template::parse("${{ 1 }}${{ 2 }}")->sole_expression(), nullptr);
  EXPECT_EQ(Template::parse("${{ 1 }} && 2")->sole_expression(), nullptr);
}

TEST(Template, SubstitutesOnlyWhatIsKnown) {
  const Context context = matrix({{"a", "x"}});
  EXPECT_EQ(substituted("${{ matrix.a }} ${{ needs.b.result }} ${{matrix.a == env.c}}", context),
            "x ${{ needs.b.result }} ${{matrix.a == env.c}}");
  EXPECT_EQ(substituted("${{ success() }}", context), "${{ success() }}");
}

TEST(Template, ASubstitutedValueNeverBecomesAnExpression) {
  const Context context =
      matrix({{"evil", "${{ needs.x }}"}, {"dollar", "$"}, {"brace", "${"}, {"open", "{ env.KEY }}"}});
  for (const char* text : {"${{ matrix.evil }}", "${{ matrix.dollar }}{{ needs.x }}", "$${{ matrix.open }}",
                           "${{ matrix.brace }}${{ matrix.open }}",
                           "$${{ matrix.brace }}{ x }} ${{ matrix.dollar }}${{ matrix.dollar }}{{"}) {
    const auto parsed = Template::parse(text);
    const std::string rendered = *parsed->render(context);
    const auto again = Template::parse(*parsed->substitute(context));
    ASSERT_TRUE(again) << text;
    EXPECT_EQ(again->render({}).value(), rendered) << text;
  }
}

// Substituting first and rendering the rest later comes to the same as rendering at once.
TEST(Template, SubstitutesWithoutChangingTheMeaning) {
  RandomText random(6);
  const std::vector<std::string_view> values{"$", "{", "${", "${{", "}}", "'", "x", "{{", "$${{ 'a' }}"};
  const std::vector<std::string_view> pieces{"$",
                                             "{",
                                             "}}",
                                             "'",
                                             "x",
                                             "{{",
                                             "${{ matrix.a }}",
                                             "${{ needs.b }}",
                                             "${{ matrix.c }}",
                                             "${{ format('{0}{1}', needs.b, matrix.a) }}"};
  int tried = 0;
  while (tried < 5000) {
    const auto parsed = Template::parse(random.several(pieces, 8));
    if (!parsed) continue;
    ++tried;
    const Context first = matrix({{"a", random.several(values, 3)}, {"c", random.several(values, 2)}});
    Context all = first;
    all.roots["needs"] = {{"b", random.several(values, 3)}};
    const std::string half = *parsed->substitute(first);
    const auto again = Template::parse(half);
    ASSERT_TRUE(again) << half;
    EXPECT_EQ(again->render(all).value(), parsed->render(all).value()) << half;
  }
}

}  // namespace
}  // namespace fleet::text
