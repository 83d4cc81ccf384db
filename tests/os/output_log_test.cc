#include "os/output_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/command_line.h"
#include "os/files.h"

namespace fleet::os {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

struct OutputLogTest : testing::Test {
  TemporaryDirectory folder = TemporaryDirectory::create().value();
  OutputLog::Settings settings;

  OutputLogTest() {
    settings.path = folder / "log";
    settings.head_bytes = 8;
    settings.tail_bytes = 8;
  }
  std::string file() { return read_file(folder / "log", 1 << 20).value(); }
};

// Holds back everything from the last `s` on, and makes `secret` three stars.
class Stars : public OutputFilter {
 public:
  std::string feed(std::string_view bytes) override {
    held_ += bytes;
    for (auto at = held_.find("secret"); at != std::string::npos; at = held_.find("secret")) {
      held_.replace(at, 6, "***");
    }
    const auto cut = std::min(held_.rfind('s'), held_.size());
    std::string out = held_.substr(0, cut);
    held_.erase(0, cut);
    return out;
  }
  std::string finish() override { return std::exchange(held_, {}); }

 private:
  std::string held_;
};

TEST_F(OutputLogTest, KeepsAllOnDiskAndHeadAndTailInMemory) {
  const auto log = std::make_unique<OutputLog>(settings);
  std::string all;
  for (int i = 0; i < 1000; ++i) {
    const std::string line = std::to_string(i) + "\n";
    log->write(i % 2 == 0 ? Stream::out : Stream::err, line);
    all += line;
  }
  ASSERT_TRUE(log->finish());
  EXPECT_EQ(file(), all);
  EXPECT_EQ(log->size(), all.size());
  EXPECT_EQ(log->head(), all.substr(0, 8));
  EXPECT_EQ(log->tail(), all.substr(all.size() - 8));
}

TEST_F(OutputLogTest, HeadAndTailTogetherAreAShortOutput) {
  for (const std::string whole : {"", "short", "12345678", "123456789", "1234567890123456"}) {
    settings.path = folder / ("log" + whole);
    const auto log = std::make_unique<OutputLog>(settings);
    log->write(Stream::out, whole);
    EXPECT_EQ(log->head() + log->tail(), whole);
  }
}

TEST_F(OutputLogTest, AOneGoLongOutputKeepsItsEnd) {
  const auto log = std::make_unique<OutputLog>(settings);
  log->write(Stream::out, std::string(100'000, 'x') + "the end.");
  EXPECT_EQ(log->tail(), "the end.");
  log->write(Stream::out, "!");
  EXPECT_EQ(log->tail(), "he end.!");
}

TEST_F(OutputLogTest, DoesNotCutThroughCharacters) {
  const auto log = std::make_unique<OutputLog>(settings);
  log->write(Stream::out, "1234567\u00e9 and so on \u20ac1234567");
  EXPECT_EQ(log->head(), "1234567");
  EXPECT_EQ(log->tail(), "1234567");
}

TEST_F(OutputLogTest, WhatIsNoUtf8IsKeptAsItIs) {
  const auto log = std::make_unique<OutputLog>(settings);
  log->write(Stream::out, std::string(40, '\x9f'));
  EXPECT_EQ(log->head(), std::string(8, '\x9f'));
  EXPECT_EQ(log->tail().size(), 5U);
}

TEST_F(OutputLogTest, NothingIsKeptThatDidNotPassTheFilter) {
  std::string seen;
  settings.make_filter = [] { return std::make_unique<Stars>(); };
  settings.also = [&](Stream, std::string_view bytes) { seen += bytes; };
  settings.head_bytes = 100;
  const auto log = std::make_unique<OutputLog>(settings);
  log->write(Stream::out, "a sec");
  log->write(Stream::err, "[between]");  // another stream: it does not cut the secret
  log->write(Stream::out, "ret is ");
  log->write(Stream::out, "s");
  EXPECT_EQ(file(), "a [between]*** is ");
  ASSERT_TRUE(log->finish());
  EXPECT_EQ(file(), "a [between]*** is s");
  EXPECT_EQ(log->head(), file());
  EXPECT_EQ(seen, file());
}

TEST_F(OutputLogTest, PastTheCapTheFileSaysSoAndTheTailGoesOn) {
  settings.max_bytes = 10;
  const auto log = std::make_unique<OutputLog>(settings);
  log->write(Stream::out, "123456789");
  log->write(Stream::out, "abcdef");
  log->write(Stream::out, "ghi");
  ASSERT_TRUE(log->finish());
  EXPECT_EQ(file(), "123456789a\n[fleet: the output goes on; past 10 bytes it is not kept]\n");
  EXPECT_EQ(log->tail(), "bcdefghi");
  EXPECT_EQ(log->size(), 18U);
}

TEST_F(OutputLogTest, AFullDiskIsToldAtTheEndAndMemoryIsWhole) {
  settings.path = "/dev/full";
  const auto log = std::make_unique<OutputLog>(settings);
  log->write(Stream::out, "12345");
  log->write(Stream::out, "67890");
  const auto finished = log->finish();
  ASSERT_FALSE(finished);
  EXPECT_THAT(finished.error().message(), HasSubstr("No space left"));
  EXPECT_EQ(log->head() + log->tail(), "1234567890");
}

TEST_F(OutputLogTest, SeveralProgramsFollowEachOtherInOneFile) {
  OutputLog(settings).write(Stream::out, "first\n");
  OutputLog(settings).write(Stream::out, "second\n");
  EXPECT_EQ(file(), "first\nsecond\n");
}

TEST_F(OutputLogTest, AFileComesWithTheFirstByteAndOneThatCannotBeMadeIsToldAtTheEnd) {
  OutputLog silent(settings);
  EXPECT_TRUE(silent.finish());
  EXPECT_FALSE(exists(settings.path));
  settings.path = "/proc/no/such/log";
  OutputLog log(settings);
  log.write(Stream::out, "heard");
  EXPECT_FALSE(log.finish());
  EXPECT_EQ(log.head(), "heard");
}

TEST(PlainCommand, IsSplitWhenAShellWouldOnlySplitIt) {
  EXPECT_THAT(split_plain_command("npm ci"), Optional(ElementsAre("npm", "ci")));
  EXPECT_THAT(split_plain_command("  gcc\t-O2 -DX=1  a.c,v @list %x \n"),
              Optional(ElementsAre("gcc", "-O2", "-DX=1", "a.c,v", "@list", "%x")));
}

TEST(PlainCommand, NeedsAShellForAllElse) {
  for (const char* line :
       {"",        "  ",        "a | b",    "a && b", "a; b",    "a > b", "a < b",  "a &",     "echo 'x'",
        "a \"b\"", "a $B",      "a `b`",    "a\\ b",  "a *",     "a ?",   "a [b]",  "a ~",     "~/a",
        "A=1 b",   "a\nb",      "a # c",    "{ a; }", "a {b,c}", "! a",   "a (b)",  "a^b",     "cd x",
        "exit 1",  "test -f x", "[ -f x ]", "true",   ". ./x",   "if x",  "time x", "\xc3\xa9"}) {
    EXPECT_EQ(split_plain_command(line), std::nullopt) << line;
  }
}

}  // namespace
}  // namespace fleet::os
