#include "yaml/document.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <optional>
#include <string>

namespace fleet::yaml {
namespace {

using model::Location;
using testing::HasSubstr;

// Parsed text that keeps what it was parsed from.
struct Parsed {
  explicit Parsed(std::string text) : source(std::move(text)), result(Document::parse(source)) {
    EXPECT_TRUE(result) << (result ? "" : result.error().message) << "\n" << source.substr(0, 200);
  }
  [[nodiscard]] Node root() const { return result->root(); }
  [[nodiscard]] Node at(std::string_view key) const {
    for (const Entry entry : root().entries()) {
      if (entry.key.text() == key) return entry.value;
    }
    ADD_FAILURE() << "no key " << key;
    return root();
  }
  const std::string source;
  const tl::expected<Document, model::Diagnostic> result;
};

std::string shown(Node node) {
  if (node.is_null()) return "null";
  std::string text;
  if (node.is_sequence()) {
    for (const Node item : node.items())
      text += fmt::format("{}{}", text.empty() ? "" : ",", shown(item));
    return fmt::format("[{}]", text);
  }
  if (node.is_mapping()) {
    for (const Entry entry : node.entries())
      text += fmt::format("{}{}:{}", text.empty() ? "" : ",", shown(entry.key), shown(entry.value));
    return fmt::format("{{{}}}", text);
  }
  return std::string(node.text());
}

TEST(Document, KeepsTheTreeInTheFilesOrder) {
  const Parsed parsed("b: [x, {y: z}, []]\na:\n  - 1\n  - k: v\n    l:\nc: {}\n");
  EXPECT_EQ(shown(parsed.root()), "{b:[x,{y:z},[]],a:[1,{k:v,l:null}],c:{}}");
  EXPECT_EQ(parsed.root().size(), 3u);
  EXPECT_EQ(parsed.at("b").size(), 3u);
  EXPECT_TRUE(parsed.at("c").empty());
  EXPECT_FALSE(parsed.at("b").empty());
}

TEST(Document, IsTheSameWhenItIsPutTogetherAgain) {
  const Parsed parsed(
      "a: &x [1, \"two\\n\", {k: v}]\nb: *x\nb: ~\nc: 'it''s'\n\"d\\t\": 1.50\ne: |\n  kept\n  text\n");
  const Flat flat = parsed.result->flat();
  const Document again = Document::restore(parsed.source, {flat.records, flat.pool});
  EXPECT_EQ(shown(again.root()), shown(parsed.root()));
  EXPECT_EQ(again.flat().records, flat.records);
  ASSERT_EQ(again.doubled_keys().size(), 1u);
  const Entry first = *parsed.root().entries().begin();
  const Entry same = *again.root().entries().begin();
  EXPECT_EQ(same.value.at(), first.value.at());
  EXPECT_EQ(same.value.length(), first.value.length());
  EXPECT_EQ(same.value.kind(), first.value.kind());
}

TEST(Document, KnowsWhereKeysAndValuesStand) {
  const Parsed parsed("# first\nname: \"a \\\" b\"\ntasks:\n  setup: {run: 'x''y'}\n");
  const Entry tasks = *++parsed.root().entries().begin();
  EXPECT_EQ(tasks.key.at(), (Location{3, 1}));
  EXPECT_EQ(parsed.at("name").at(), (Location{2, 7}));
  EXPECT_EQ(parsed.at("name").length(), 8);
  const Entry setup = *tasks.value.entries().begin();
  EXPECT_EQ(setup.key.at(), (Location{4, 3}));
  EXPECT_EQ(setup.key.length(), 5);
  const Entry run = *setup.value.entries().begin();
  EXPECT_EQ(run.value.at(), (Location{4, 16}));
  EXPECT_EQ(run.value.length(), 6);
  EXPECT_EQ(run.value.text(), "x'y");
}

TEST(Document, CountsColumnsInCharactersAlsoAfterAByteOrderMark) {
  const Parsed parsed("\xef\xbb\xbfgröße: [äöü, ß]\nnext: ok\n");
  const Entry first = *parsed.root().entries().begin();
  EXPECT_EQ(first.key.at(), (Location{1, 1}));
  EXPECT_EQ(first.key.length(), 5);
  EXPECT_EQ((*first.value.items().begin()).length(), 3);
  EXPECT_EQ((*++first.value.items().begin()).at(), (Location{1, 14}));
  EXPECT_EQ(parsed.at("next").at(), (Location{2, 7}));
  EXPECT_EQ(parsed.result->location(parsed.source.find("ok")), (Location{2, 7}));
}

TEST(Document, ReadsWindowsLineEnds) {
  const Parsed parsed("a: 1\r\nb: |\r\n  x\r\n  y\r\nc: z\r\n");
  EXPECT_EQ(parsed.at("b").text(), "x\ny\n");
  EXPECT_EQ(parsed.at("c").at(), (Location{5, 4}));
}

TEST(Document, TellsKindsApartAsTheCoreSchemaDoes) {
  const struct {
    const char* text;
    Kind kind;
  } cases[] = {
      {"~", Kind::null},          {"null", Kind::null},         {"''", Kind::string},
      {"true", Kind::boolean},    {"False", Kind::boolean},     {"yes", Kind::string},
      {"on", Kind::string},       {"\"true\"", Kind::string},   {"12", Kind::integer},
      {"-7", Kind::integer},      {"0x1F", Kind::integer},      {"0o17", Kind::integer},
      {"0o18", Kind::string},     {"1.50", Kind::real},         {"1e3", Kind::real},
      {".5", Kind::real},         {"5.", Kind::real},           {".inf", Kind::real},
      {"-.Inf", Kind::real},      {".nan", Kind::real},         {"1_000", Kind::string},
      {"10m", Kind::string},      {"-", Kind::string},          {".", Kind::string},
      {"1e", Kind::string},       {"!!str 12", Kind::string},   {"!!int 12", Kind::integer},
      {"!!float 12", Kind::real}, {"2026-11-20", Kind::string},
  };
  for (const auto& each : cases) {
    const std::string source = fmt::format("[{}]", std::string(each.text) == "-" ? "\"-\"" : each.text);
    const Parsed parsed(source);
    EXPECT_EQ((*parsed.root().items().begin()).kind(), each.kind) << each.text;
  }
}

TEST(Document, KeepsTextAsWritten) {
  const Parsed parsed("a: 1.10\nb: 0x1F\nc: \"t\\tx\\u00e4\"\nd: >-\n  one\n  two\ne: |2\n    in\n");
  EXPECT_EQ(parsed.at("a").text(), "1.10");
  EXPECT_EQ(parsed.at("b").text(), "0x1F");
  EXPECT_EQ(parsed.at("c").text(), "t\txä");
  EXPECT_EQ(parsed.at("d").text(), "one two");
  EXPECT_EQ(parsed.at("e").text(), "  in\n");
}

TEST(Document, ShowsAnAliasAsWhatItStandsForAtItsOwnPlace) {
  const Parsed parsed("a: &x {k: [1, 2]}\nb: *x\nc: &y text\nd: [*y, *x]\n");
  EXPECT_EQ(shown(parsed.root()), "{a:{k:[1,2]},b:{k:[1,2]},c:text,d:[text,{k:[1,2]}]}");
  EXPECT_EQ(parsed.at("b").at(), (Location{2, 4}));
  EXPECT_EQ(parsed.at("b").length(), 2);
}

TEST(Document, LetsALaterAnchorOfTheSameNameWin) {
  const Parsed parsed("a: &x 1\nb: *x\nc: &x 2\nd: *x\n");
  EXPECT_EQ(shown(parsed.root()), "{a:1,b:1,c:2,d:2}");
}

TEST(Document, FindsEveryDoubledKey) {
  const Parsed parsed("a: 1\nb: {x: 1, y: 2, \"x\": 3}\na: 2\na: 3\n");
  const std::vector<DoubledKey> doubled = parsed.result->doubled_keys();
  ASSERT_EQ(doubled.size(), 3u);
  EXPECT_EQ(doubled[0].first.at(), (Location{2, 5}));
  EXPECT_EQ(doubled[0].again.at(), (Location{2, 17}));
  EXPECT_EQ(doubled[1].again.at(), (Location{3, 1}));
  EXPECT_EQ(doubled[2].first.at(), (Location{1, 1}));
  EXPECT_EQ(doubled[2].again.at(), (Location{4, 1}));
}

TEST(Document, MarksAMissingValueWhereItWasLeftOut) {
  const Parsed parsed("a:\n\n\nb: 1\n");
  EXPECT_TRUE(parsed.at("a").is_null());
  EXPECT_EQ(parsed.at("a").at(), (Location{1, 2}));
  EXPECT_EQ(parsed.at("b").at(), (Location{4, 4}));
}

TEST(Document, IsNullWhenThereIsNothing) {
  for (const char* source : {"", "\n\n", "# only a comment\n", "---\n", "\xef\xbb\xbf", "--- # x\n...\n"}) {
    const Parsed parsed(source);
    EXPECT_TRUE(parsed.root().is_null()) << source;
  }
}

}  // namespace
}  // namespace fleet::yaml
