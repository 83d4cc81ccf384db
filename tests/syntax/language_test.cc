#include "syntax/language.h"

#include <gtest/gtest.h>

namespace fleet::syntax {
namespace {

TEST(Language, HasTheNamesOfTheWorkflowFile) {
  EXPECT_EQ(find_language("typescript"), Language::typescript);
  EXPECT_EQ(find_language("cpp"), Language::cpp);
  EXPECT_EQ(find_language("TypeScript"), std::nullopt);
  EXPECT_EQ(find_language(""), std::nullopt);
  EXPECT_EQ(language_names(), "c, cpp, go, java, javascript, python, rust, tsx, typescript");
}

TEST(Language, CoversFilesByTheirEnding) {
  for (const char* path : {"a.ts", "dir/a.mts", "a.cts", "A.TS", "a.d.ts", "with space.ts", "\xff\n.ts"})
    EXPECT_TRUE(covers(Language::typescript, path)) << path;
  for (const char* path : {"a.tsx", "a.js", "ts", ".ts", "a.ts.bak", "", "a.tss"})
    EXPECT_FALSE(covers(Language::typescript, path)) << path;
  EXPECT_TRUE(covers(Language::tsx, "a.tsx"));
  for (const char* path : {"a.js", "a.mjs", "a.cjs", "a.jsx"})
    EXPECT_TRUE(covers(Language::javascript, path)) << path;
  EXPECT_TRUE(covers(Language::c, "a.h"));
  EXPECT_TRUE(covers(Language::cpp, "a.h"));
  EXPECT_FALSE(covers(Language::c, "a.hpp"));
}

TEST(Language, OfAHeaderIsWhatItsWordsAre) {
  EXPECT_EQ(language_of("a.h", "struct a { int b; };\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n"),
            Language::c);
  EXPECT_EQ(language_of("a.h", "#pragma once\nnamespace a { }\n"), Language::cpp);
}

TEST(Language, OfAScriptIsWhatItsFirstLineNames) {
  EXPECT_EQ(language_of("bin/tool", "#!/usr/bin/env -S python3 -u\nx = 1\n"), Language::python);
  EXPECT_EQ(language_of("tool", "#!/usr/local/bin/node\n"), Language::javascript);
  EXPECT_EQ(language_of("tool", "#!/usr/bin/env deno"), Language::typescript);
  EXPECT_EQ(language_of("tool", "#!/bin/sh\n# python\n"), std::nullopt);
  EXPECT_EQ(language_of("tool", "#!"), std::nullopt);
  EXPECT_EQ(language_of("tool", ""), std::nullopt);
  EXPECT_EQ(language_of("tool.txt", "#!/usr/bin/python\n"), std::nullopt);
  EXPECT_EQ(language_of("a.py", ""), Language::python);
}

}  // namespace
}  // namespace fleet::syntax
