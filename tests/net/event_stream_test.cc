#include "net/event_stream.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

namespace fleet::net {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

using Events = std::vector<std::pair<std::string, std::string>>;

Events read(std::string_view bytes, std::size_t piece) {
  Events events;
  EventStream stream([&](std::string_view name, std::string_view data) { events.emplace_back(name, data); });
  for (std::size_t at = 0; at < bytes.size(); at += piece)
    EXPECT_TRUE(stream.feed(bytes.substr(at, piece)));
  stream.finish();
  return events;
}

TEST(EventStream, GivesTheSameWhereverItIsCut) {
  // The examples of the standard, with all three line ends.
  const std::string bytes =
      "\xef\xbb\xbf: a remark\r\ndata: YHOO\r\ndata:+2\r\n\r\nevent: add\ndata: "
      "73857293\n\ndata\n\ndata:\ndata\n\n"
      "id: 1\revent:x\rdata:  two\r\rretry: 10\n\nevent: lonely\n\ndata: \xc3\xa9\xe2\x82\xac\n\n";
  const Events expected = read(bytes, bytes.size());
  EXPECT_THAT(expected, ElementsAre(Pair("", "YHOO\n+2"), Pair("add", "73857293"), Pair("", ""),
                                    Pair("", "\n"), Pair("x", " two"), Pair("", "\xc3\xa9\xe2\x82\xac")));
  for (std::size_t piece = 1; piece < bytes.size(); ++piece)
    EXPECT_EQ(read(bytes, piece), expected) << piece;
}

TEST(EventStream, AnEventThatTheEndCutsOffCounts) {
  EXPECT_THAT(read("data: one\n\ndata: two", 100), ElementsAre(Pair("", "one"), Pair("", "two")));
  EXPECT_THAT(read("event: nothing\n", 100), IsEmpty());
}

TEST(EventStream, StopsAtAnEventWithoutEnd) {
  EventStream stream([](std::string_view, std::string_view) { ADD_FAILURE() << "there is no whole event"; });
  const std::string line = "data: " + std::string(1 << 20, 'x') + "\n";
  std::size_t fed = 0;
  while (stream.feed(line)) {
    fed += line.size();
    ASSERT_LE(fed, EventStream::kMaxEvent);
  }
}

}  // namespace
}  // namespace fleet::net
