#include "text/mask.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "text/ascii.h"
#include "text/escape.h"
#include "text/random_text.h"
#include "text/secret_forms.h"
#include "text/utf8.h"

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
           "p%40ss%20w%22rd%2F%C3%A9%3C%26%3E%27%091",  // RFC 3986
           "p%40ss%20w%22rd%2f%c3%a9%3c%26%3e%27%091",  //
           "p%40ss%20w%22rd/%C3%A9%3C%26%3E%27%091",    // quote()
           "p%40ss%20w%22rd%2F%C3%A9%3C%26%3E'%091",    // encodeURIComponent()
           "p@ss%20w%22rd/%C3%A9%3C&%3E'%091",          // encodeURI()
           "p%40ss+w%22rd%2F%C3%A9%3C%26%3E%27%091",    // a form
           "%70%40%73%73%20%77%22%72%64%2F%C3%A9%3C%26%3E%27%09%31",
           "%70%40%73%73%20%77%22%72%64%2f%c3%a9%3c%26%3e%27%09%31",
           R"(\x70\x40\x73\x73\x20\x77\x22\x72\x64\x2f\xc3\xa9\x3c\x26\x3e\x27\x09\x31)",
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

// The same by looking everywhere: in the text, without its escape sequences, and, for what is encoded, also
// without its blanks.
std::string masked_slowly(const std::vector<Secret>& secrets, const std::string& text) {
  SecretForms forms;
  for (const Secret& secret : secrets) {
    const std::string value = secret.value.substr(0, secret.value.find_last_not_of('\n') + 1);
    if (value.size() >= Masker::kMinLength) add_secret_forms(value, forms);
  }
  std::vector<std::size_t> whole;  // where the bytes of each reading are
  std::vector<std::size_t> seen;
  std::vector<std::size_t> no_blanks;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t escape = 0;
    if (text[i] == kEscape) escape = escape_sequence(std::string_view(text).substr(i)).length;
    for (const std::size_t end = i + std::max<std::size_t>(escape, 1); i < end; ++i) {
      whole.push_back(i);
      if (escape != 0) continue;
      seen.push_back(i);
      if (!is_ascii_blank(text[i])) no_blanks.push_back(i);
    }
  }
  std::vector<std::pair<std::size_t, std::size_t>> ranges;
  const auto look = [&](const std::vector<std::size_t>& places, const std::set<std::string>& wanted) {
    std::string reading;
    for (const std::size_t place : places)
      reading += text[place];
    for (const std::string& form : wanted) {
      for (auto at = reading.find(form); at != std::string::npos; at = reading.find(form, at + 1))
        ranges.emplace_back(places[at], places[at + form.size() - 1] + 1);
    }
  };
  look(whole, forms.all);
  look(seen, forms.all);
  look(no_blanks, forms.encoded);
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

// A form of a secret with something between its bytes now and then.
std::string broken_form(const std::vector<Secret>& secrets, RandomText& random) {
  SecretForms forms;
  for (const Secret& secret : secrets)
    add_secret_forms(secret.value, forms);
  std::string text;
  if (forms.all.empty()) return text;
  for (const char c :
       *std::next(forms.all.begin(), static_cast<std::ptrdiff_t>(random.below(forms.all.size())))) {
    text += c;
    if (random.one_in(4))
      text += random.pick({"\n", "\r\n", " ", "\x1b[m", "\x1b[31", "\x1b]0;\x07", "\x1b", "a"});
  }
  return text;
}

TEST(MaskerStream, DoesNotDependOnHowTheTextIsCut) {
  RandomText random(7);
  int masked = 0;
  for (int i = 0; i < 300; ++i) {
    std::vector<Secret> secrets;
    for (std::size_t left = 1 + random.below(4); left > 0; --left)
      secrets.push_back({"S", random.several({"a", "b", "ab", "ba", "%", "\n", "m", "\x1b[m"}, 8)});
    const Masker masker(secrets);
    for (int k = 0; k < 20; ++k) {
      std::string text;
      for (std::size_t left = random.below(4); left > 0; --left) {
        text += random.several(
                    {"a",  "b",    "ab", "ba",   "%",      "%25",     "c", "\n",      "YWFh", "6",
                     "16", "\r\n", " ",  "\x1b", "\x1b[m", "\x1b[31", "m", "\x1b]0;", "\x07", "\x1b\\"},
                    20) +
                broken_form(secrets, random);
      }
      const std::string expected = masked_slowly(secrets, text);
      masked += expected == text ? 0 : 1;
      ASSERT_EQ(masker.mask(text), expected) << testing::PrintToString(text);
      Masker::Stream stream(masker);
      std::string out;
      for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = 1 + random.below(5);
        out += stream.feed(std::string_view(text).substr(at, length));
        at = std::min(at + length, text.size());
      }
      ASSERT_EQ(out + stream.finish(), expected) << testing::PrintToString(text);
    }
  }
  EXPECT_GT(masked, 1000);
}

// Colours, as `grep`, `ls` and test runners put them around, and into, what they print.
TEST(Masker, SeesThroughEscapeSequences) {
  const Masker masker = masker_of("token_abc123");
  EXPECT_EQ(masker.mask("is \x1b[01;31m\x1b[Ktoken_abc\x1b[m\x1b[K123 \x1b[m"),
            "is \x1b[01;31m\x1b[K*** \x1b[m");
  EXPECT_EQ(masker.mask("to\x1b]8;;http://a\x1b\\ken\x1b(B_abc\x1b]0;t\x07"
                        "123"),
            "***")
      << "links, titles";
  EXPECT_EQ(masker.mask("\x1b]0;token_abc123\x07"), "\x1b]0;***\x07") << "within one";
  EXPECT_EQ(masker.mask("\x1b[token_abc123"), "\x1b[***") << "by its first byte the end of one";
  EXPECT_EQ(masker.mask("dG9r\x1b[1mZW5fYWJjMTIz"), "***");
  EXPECT_EQ(masker.mask("token\x1b[31_abc123 tok\x1b\nen"), "token\x1b[31_abc123 tok\x1b\nen")
      << "none is taken out";
}

TEST(Masker, LeavesNothingThatPrintingPutsTogether) {
  RandomText random(11);
  const Masker masker = masker_of("secret");
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (const char c : std::string("a secret, a secret"))
      text += c + (random.one_in(3) ? random.several({"\x1b[1m", "\x1b[0;31m", "\x1b(B", "\x1b]0;x\x07"}, 3)
                                    : "");
    ASSERT_EQ(printable(masker.mask(text)).find("secret"), std::string::npos) << testing::PrintToString(text);
  }
}

std::string wrapped(const std::string& text, std::size_t width, const std::string& line_break) {
  std::string lines;
  for (std::size_t at = 0; at < text.size(); at += width)
    lines += text.substr(at, width) + line_break;
  return lines;
}

// As `base64` (76 columns), `openssl base64` (64), `xxd -p` (60) and `od -An -tx1` (two and a blank) do.
TEST(Masker, KnowsEncodingsThatAreBrokenIntoLines) {
  std::string key;
  for (int i = 0; i < 3; ++i)
    key += "key-of-forty-characters-and-a-number-" + std::to_string(100 + i);
  const Masker masker = masker_of(key);
  std::string in_hex;
  for (const char c : key)
    in_hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  SecretForms forms;
  add_secret_forms(key, forms);
  std::vector<std::string> encoded{in_hex};
  for (const std::string& form : forms.encoded) {
    if (form.size() == 160 && form.rfind("a2V5", 0) == 0) encoded.push_back(form);
  }
  ASSERT_EQ(encoded.size(), 2u);
  for (const std::string& line : encoded) {
    for (const std::size_t width : {76, 64, 60, 2, 1}) {
      EXPECT_EQ(masker.mask("<\n" + wrapped(line, width, "\n") + ">"), "<\n***\n>");
      EXPECT_EQ(masker.mask(wrapped(line, width, "\r\n")), "***\r\n");
      EXPECT_EQ(masker.mask(wrapped(line, width, "\n    ")), "***\n    ");
      EXPECT_EQ(masker.mask(wrapped(line, width, " ")), "*** ");
    }
  }
  EXPECT_EQ(masker.mask(wrapped(key, 76, "\n")), wrapped(key, 76, "\n")) << "only what is encoded";
}

TEST(Masker, LeavesTheLineFeedAfterASecretThatEndsInOne) {
  EXPECT_EQ(masker_of("s3cr3t\n").mask("a=s3cr3t\nb=2"), "a=***\nb=2");
  EXPECT_EQ(masker_of("abc\n").unmaskable().size(), 1u);
}

// What judges and notes make of a file name before it is masked.
TEST(Masker, KnowsASecretAsATerminalShowsIt) {
  const std::string secret = "one\ttwo\x07three\nfour";
  EXPECT_EQ(masker_of(secret).mask(printable(secret)), "***");
  EXPECT_EQ(masker_of(secret).mask(printable(secret, Newlines::escape)), "***");
}

TEST(MaskerStream, KeepsBackABoundedPart) {
  const Masker masker = masker_of("secret");
  for (const std::string& gap : {std::string("\x1b[1m"), "\x1b]0;" + std::string(1000, 'x') + "\x07"}) {
    Masker::Stream stream(masker);
    std::size_t fed = 4;
    std::size_t out = stream.feed("secr").size();
    while (fed < 1'000'000) {
      out += stream.feed(gap).size();
      fed += gap.size();
      ASSERT_LE(fed - out, masker.longest());
    }
    EXPECT_EQ(stream.feed("et"), "et") << "too far apart";
  }
  Masker::Stream stream(masker);
  (void)stream.feed("\x1b]0;");
  EXPECT_EQ(stream.feed(std::string(kMaxEscapeSequence, 'x')).size(), kMaxEscapeSequence + 4) << "never ends";
  std::string blanks = stream.feed("c2Vj" + std::string(1'000'000, ' '));
  EXPECT_GT(blanks.size(), 1'000'000 - masker.longest());
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
