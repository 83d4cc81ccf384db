#include <gmock/gmock.h>

#include "dependencies/locks.h"
#include "dependencies/value.h"

namespace fleet::dependencies {
namespace {

using testing::HasSubstr;

// As JSON, texts in quotes and all other scalars as written, so that one line shows a whole document.
std::string shown(const Value& value) {
  if (value.kind == Value::Kind::string) return "\"" + value.text + "\"";
  if (value.kind != Value::Kind::list && !value.is_object()) return value.text;
  std::string all;
  for (const Member& member : value.members) {
    if (!all.empty()) all += ", ";
    if (value.is_object()) all += member.key + ": ";
    all += shown(member.value);
  }
  return value.is_object() ? "{" + all + "}" : "[" + all + "]";
}

std::string toml(std::string_view text) {
  const auto value = read_toml(text, "file");
  return value ? shown(*value) : fmt::format("{}: {}", value.error().at.line, value.error().message);
}

TEST(Toml, Scalars) {
  EXPECT_EQ(toml("a = 1\nb = -1_000 # c\nc = 0xdead_beef\nd = 1.5e-3\ne = true\nf = inf\n"),
            "{a: 1, b: -1_000, c: 0xdead_beef, d: 1.5e-3, e: true, f: inf}");
  EXPECT_EQ(toml("a = 1979-05-27T07:32:00.5-07:00\nb = 1979-05-27 07:32:00Z\nc = 1979-05-27\nd = 07:32:00"),
            "{a: \"1979-05-27T07:32:00.5-07:00\", b: \"1979-05-27 07:32:00Z\", c: \"1979-05-27\", d: "
            "\"07:32:00\"}");
  EXPECT_EQ(toml(R"(a = "q\"\\\t\u00e9\U0001F600")"), "{a: \"q\"\\\t\xc3\xa9\xf0\x9f\x98\x80\"}");
  EXPECT_EQ(toml("a = 'C:\\x'"), "{a: \"C:\\x\"}");
  EXPECT_EQ(toml("a = \"\"\"\none \\\n   two\"\"\"\"\nb = '''\r\nx\r\ny'''"),
            "{a: \"one two\"\", b: \"x\r\ny\"}");
}

TEST(Toml, Tables) {
  EXPECT_EQ(
      toml("[[p]]\nname = 'a'\n[p.s]\nt = 1\n[[p]]\nname = 'b'\n[[p.q]]\n[[p.q]]\nx.y = 2\n[m.\"n.o\"]\n"),
      "{p: [{name: \"a\", s: {t: 1}}, {name: \"b\", q: [{}, {x: {y: 2}}]}], m: {n.o: {}}}");
  EXPECT_EQ(toml("a = [\n 1, # c\n [2],\n {x.y = 3, z = {}},\n]\n"), "{a: [1, [2], {x: {y: 3}, z: {}}]}");
  EXPECT_EQ(toml("a.b = 1\na.c = 2\n[a.d]\n"), "{a: {b: 1, c: 2, d: {}}}");
  EXPECT_EQ(toml("[a.b]\n[a]\nx = 1\n"), "{a: {b: {}, x: 1}}");
}

TEST(Toml, KnowsLines) {
  const auto value = read_toml("# c\n[[package]]\nname = '''\n\nx'''\nlist = [\n1,\n2]\n", "file");
  ASSERT_TRUE(value);
  const Value& package = value->members_of("package")[0].value;
  EXPECT_EQ(package.line, 2U);
  EXPECT_EQ(package.members[0].line, 3U);
  EXPECT_EQ(package.members[1].line, 6U);
  EXPECT_EQ(package.members[1].value.members[1].value.line, 8U);
}

TEST(Toml, WhatIsNone) {
  for (const char* text : {"a",
                           "a =",
                           "a = x",
                           "a = 01",
                           "a = 1_",
                           "a = 1__0",
                           "a = .5",
                           "a = 5.",
                           "a = \"x",
                           "a = 'x\n'",
                           "= 1",
                           "[a",
                           "[a]]",
                           "[[a]",
                           "[]",
                           "a = 1 b = 2",
                           "a = [1",
                           "a = [1 2]",
                           "a = {x = 1",
                           "a = {x = 1,}",
                           "a = {x = 1\n}",
                           "a = 1\na = 2",
                           "[a]\n[a]",
                           "a = 1\n[a]",
                           "a = []\n[[a]]",
                           "[[a]]\n[a]",
                           "a.b = 1\n[a]",
                           "a = {}\n[a.b]",
                           "[a.b]\n[a]\nb.c = 1",
                           "a = {b = 1}\na.c = 2",
                           "a = \"\\x\"",
                           "a = \"\\u12\"",
                           "a = \"\\ud800\"",
                           "a = \"\x01\"",
                           "a = 1\r",
                           "a = \"\xff\"",
                           "a = 1979-5-27",
                           "# \x01"})
    EXPECT_THAT(toml(text), HasSubstr("cannot read it")) << text;
}

TEST(Toml, IsBoundedInDepth) {
  std::string dots = "a";
  for (int i = 0; i < 100'000; ++i)
    dots += ".a";
  EXPECT_THAT(toml(dots + " = 1"), HasSubstr("more than 64 parts"));
  EXPECT_THAT(toml("[" + dots + "]"), HasSubstr("more than 64 parts"));
  EXPECT_THAT(toml("a = " + std::string(100'000, '[')), HasSubstr("deeper than 64"));
}

}  // namespace
}  // namespace fleet::dependencies
