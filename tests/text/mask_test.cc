#include "text/mask.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "text/random_text.h"
#include "text/secret_forms.h"

namespace fleet::text {
namespace {

Masker masker_of(std::string value) {
  return Masker({{"SECRET", std::move(value)}});
}

TEST(Masker, ReplacesEachOccurrence) {
  const Masker masker({{"A", "hunter2"}, {"B", "swordfish"}});
  EXPECT_EQ(masker.mask("hunter2 and swordfish, hunter22"), "*** and ***, ***2");
  EXPECT_EQ(masker.mask("hunter hunter"), "hunter hunter");
  EXPECT_EQ(masker.mask(""), "");
  EXPECT_EQ(masker.mask("hunter2hunter2"), "******");
  EXPECT_EQ(Masker().mask("anything"), "anything");
}

TEST(Masker, MakesOneOfOccurrencesThatOverlap) {
  const Masker masker({{"A", "abcdef"}, {"B", "defghi"}, {"C", "bcde"}});
  EXPECT_EQ(masker.mask("xabcdefghix"), "x***x");
  EXPECT_EQ(masker_of("aaaa").mask("aaaaaaaab"), "***b");
}

TEST(Masker, PrefersTheLongest) {
  const Masker masker({{"A", "pass"}, {"B", "password1234"}});
  EXPECT_EQ(masker.mask("password1234 password"), "*** ***word");
}

TEST(Masker, NamesWhatIsTooShort) {
  const Masker masker({{"PIN", "123"}, {"EMPTY", ""}, {"KEY", "1234"}});
  EXPECT_EQ(masker.unmaskable(), std::vector<std::string>{"PIN"});
  EXPECT_EQ(masker.mask("123 1234"), "123 ***");
}

TEST(Masker, KnowsTheLinesOfASecret) {
  const Masker masker = masker_of("-----BEGIN KEY-----\r\n  MIIEabcd\n}\nlast line");
  EXPECT_EQ(masker.mask("> MIIEabcd <\n}\nlast line"), "> *** <\n}\n***");
  EXPECT_EQ(masker.unmaskable().size(), 0u);
}

// What `base64` and Python's urlsafe_b64encode() print for: <before> + "s3cr3t/+pass?>~" + <after>.
TEST(Masker, KnowsBase64InEveryAlignment) {
  const Masker masker = masker_of("s3cr3t/+pass?>~");
  EXPECT_EQ(masker.mask("czNjcjN0LytwYXNzPz5+"), "***");
  EXPECT_EQ(masker.mask("YXMzY3IzdC8rcGFzcz8+fg=="), "YX***");
  EXPECT_EQ(masker.mask("YWFzM2NyM3QvK3Bhc3M/Pn4="), "YWF***");
  EXPECT_EQ(masker.mask("YXMzY3IzdC8rcGFzcz8-fg=="), "YX***");
  EXPECT_EQ(masker.mask("YWFzM2NyM3QvK3Bhc3M_Pn4"), "YWF***");
  EXPECT_EQ(masker.mask("dXNlcjpzM2NyM3QvK3Bhc3M/Pn46eA=="), "dXNlcjp***46eA==") << "user:<secret>:x";
}

TEST(Masker, KnowsOtherEncodings) {
  const Masker masker = masker_of("p@ss w\"rd/\xc3\xa9<&>'\t1");
  for (const char* shown : {
           "p%40ss%20w%22rd%2F%C3%A9%3C%26%3E%27%091",         // RFC 3986
           "p%40ss%20w%22rd%2f%c3%a9%3c%26%3e%27%091",         //
           "p%40ss%20w%22rd/%C3%A9%3C%26%3E%27%091",           // quote()
           "p%40ss%20w%22rd%2F%C3%A9%3C%26%3E'%091",           // encodeURIComponent()
           "p@ss%20w%22rd/%C3%A9%3C&%3E'%091",                 // encodeURI()
           "p%40ss+w%22rd%2F%C3%A9%3C%26%3E%27%091",           // a form
           "p@ss w\\\"rd/\xc3\xa9<&>'\\t1",                    // JSON
           "p@ss w\\\"rd/\\u00e9<&>'\\t1",                     // json.dumps()
           "p@ss w\\\"rd\\/\\u00e9<&>'\\t1",                   // PHP
           "p@ss w\\\"rd/\xc3\xa9\\u003c\\u0026\\u003e'\\t1",  // Go
           "p@ss w\\\\\\\"rd/\xc3\xa9<&>'\\\\t1",              // JSON in JSON
           "p@ss w&quot;rd/\xc3\xa9&lt;&amp;&gt;&#39;\t1",     // HTML
           "p@ss w\"rd/\xc3\xa9<&>'\\''\t1",                   // sh -x
           "704073732077227264"
           "2fc3a93c263e270931",  // hex
       })
    EXPECT_EQ(masker.mask(shown), "***") << shown;
}

TEST(MaskerStream, KeepsBackNoMoreThanTheBeginningOfASecret) {
  const Masker masker = masker_of("secret");
  Masker::Stream stream(masker);
  EXPECT_EQ(stream.feed("no se"), "no ");
  EXPECT_EQ(stream.feed("al"), "seal");
  EXPECT_EQ(stream.feed("secre"), "");
  EXPECT_EQ(stream.feed("t."), "***.");
  EXPECT_EQ(stream.feed("sec"), "");
  EXPECT_EQ(stream.finish(), "sec");
  EXPECT_EQ(stream.feed("x secret"), "x ***") << "used anew";
}

// All occurrences of all forms, found by looking everywhere.
std::string masked_slowly(const std::vector<Secret>& secrets, const std::string& text) {
  std::vector<std::pair<std::size_t, std::size_t>> ranges;
  for (const Secret& secret : secrets) {
    if (secret.value.size() < Masker::kMinLength) continue;
    for (const std::string& form : secret_forms(secret.value)) {
      for (auto at = text.find(form); at != std::string::npos; at = text.find(form, at + 1))
        ranges.emplace_back(at, at + form.size());
    }
  }
  std::sort(ranges.begin(), ranges.end());
  std::string out;
  std::size_t done = 0;
  for (std::size_t i = 0; i < ranges.size();) {
    auto [begin, end] = ranges[i];
    for (++i; i < ranges.size() && ranges[i].first < end; ++i)
      end = std::max(end, ranges[i].second);
    out += text.substr(done, begin - done) + "***";
    done = end;
  }
  return out + text.substr(done);
}

TEST(MaskerStream, DoesNotDependOnHowTheTextIsCut) {
  RandomText random(7);
  int masked = 0;
  for (int i = 0; i < 300; ++i) {
    std::vector<Secret> secrets;
    for (std::size_t left = 1 + random.below(4); left > 0; --left)
      secrets.push_back({"S", random.several({"a", "b", "ab", "ba", "%", "\n"}, 8)});
    const Masker masker(secrets);
    for (int k = 0; k < 10; ++k) {
      const std::string text = random.several({"a", "b", "ab", "ba", "%", "%25", "c", "\n", "YWFh"}, 60);
      const std::string expected = masked_slowly(secrets, text);
      masked += expected == text ? 0 : 1;
      ASSERT_EQ(masker.mask(text), expected) << text;
      Masker::Stream stream(masker);
      std::string out;
      for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = 1 + random.below(5);
        out += stream.feed(std::string_view(text).substr(at, length));
        at = std::min(at + length, text.size());
        ASSERT_LE(out.size(), text.size() * 3);
      }
      ASSERT_EQ(out + stream.finish(), expected) << text;
    }
  }
  EXPECT_GT(masked, 300);
}

TEST(Masker, TakesLargeSecretsAndLogs) {
  std::string key;
  for (int i = 0; i < 16'000; ++i)
    key += static_cast<char>('!' + base::mix(static_cast<std::uint64_t>(i)) % 90);
  const Masker masker = masker_of(key);
  EXPECT_EQ(masker.mask("<" + key + ">"), "<***>");
  const std::string log(5'000'000, key[0]);
  EXPECT_EQ(masker.mask(log), log);
  EXPECT_GE(masker.longest(), key.size());
}

}  // namespace
}  // namespace fleet::text
