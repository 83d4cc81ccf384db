#include "analysis/secret_values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>

#include "text/ascii.h"

namespace fleet::analysis {
namespace {

// The pairs of letters that make up four fifths of those in English words; chance would hit one in four.
constexpr std::string_view kCommonPairs =
    "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de "
    "hi ri "
    "ro ic ne ea ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc "
    "et ut "
    "ss so rs un lo wa ge ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia "
    "am fi "
    "ci vi pl ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ex ke fr oo av ag if ap gr od bo sp rd do uc bu "
    "ei ov "
    "by rm ep tt oc fa ef cu rn sc gi da yo cr cl du ga qu ue ff ba ey ls va um pp ua up lu go ht ru ug ds "
    "lt pi "
    "rc rr eg au ck ew mu br bi pt ak pu ui rg ib tl ny ki rk ys ob mm fu ph og ms ye ud mb ip ub oi rl gu "
    "dr hr "
    "cc tw ft wn nu af hu nn eo vo rv nf xp gn sm fl iz ok nl my gl aw ju oa eq sy sl ps jo lf nv je nk kn "
    "gs dy "
    "hy ze ks xt bs ik dd pt rp sk xi oe oy ws lv dl rf eu dg wr xa yi nm eb ja";

constexpr std::size_t place_of_pair(char first, char second) {
  return static_cast<std::size_t>(first - 'a') * 26 + static_cast<std::size_t>(second - 'a');
}

constexpr std::array<bool, 26 * 26> common_pairs() {
  std::array<bool, 26 * 26> common{};
  for (std::size_t i = 0; i + 1 < kCommonPairs.size(); i += 3)
    common[place_of_pair(kCommonPairs[i], kCommonPairs[i + 1])] = true;
  return common;
}

constexpr std::array<bool, 26 * 26> kIsCommonPair = common_pairs();

bool is_lower_letter(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_upper_letter(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_english_word(std::string_view letters) {
  constexpr std::size_t kShortest = 4;
  if (letters.size() < kShortest) return false;
  std::size_t common = 0;
  for (std::size_t i = 1; i < letters.size(); ++i) {
    const char before = text::to_ascii_lower(letters[i - 1]);
    const char now = text::to_ascii_lower(letters[i]);
    if (is_lower_letter(before) && is_lower_letter(now) && kIsCommonPair[place_of_pair(before, now)])
      ++common;
  }
  return common * 10 >= (letters.size() - 1) * 7;
}

// The kinds of bytes in a text.
struct SecretMixture {
  std::size_t lower = 0, upper = 0, digits = 0, joints = 0, marks = 0, brackets = 0, others = 0;
  bool is_hex = true;
  [[nodiscard]] std::size_t letters() const { return lower + upper; }
};

SecretMixture secret_mixture_of(std::string_view text) {
  SecretMixture mix;
  for (const char c : text) {
    const char low = text::to_ascii_lower(c);
    if (is_lower_letter(c)) {
      ++mix.lower;
    } else if (is_upper_letter(c)) {
      ++mix.upper;
    } else if (text::is_ascii_digit(c)) {
      ++mix.digits;
    } else if (c == '_' || c == '-' || c == '.' || c == '/' || c == ':' || c == ',') {
      ++mix.joints;
    } else if (std::string_view("(){}[]<>|;`").find(c) != std::string_view::npos) {
      ++mix.brackets;
    } else if (c > ' ' && c < '\x7f') {
      ++mix.marks;
    } else {
      ++mix.others;
    }
    mix.is_hex = mix.is_hex && (text::is_ascii_digit(c) || (low >= 'a' && low <= 'f'));
  }
  return mix;
}

bool is_uuid(std::string_view text) {
  constexpr std::size_t kSize = 36;
  if (text.size() != kSize) return false;
  for (std::size_t i = 0; i < kSize; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char low = text::to_ascii_lower(text[i]);
    if (dash ? low != '-' : !(text::is_ascii_digit(low) || (low >= 'a' && low <= 'f'))) return false;
  }
  return true;
}

bool is_path_or_url(std::string_view text) {
  return text.find("://") != std::string_view::npos || text.starts_with('/') || text.starts_with("./") ||
         text.starts_with("../") || text.starts_with("~/") || text.find("#/") != std::string_view::npos ||
         text.find("\\\\") != std::string_view::npos;
}

bool is_mail_address(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != 0 && at != std::string_view::npos && text.find('.', at) != std::string_view::npos &&
         text.find_first_of("!#$%^&*=?") == std::string_view::npos;
}

// A hash of a password is no way in by itself.
bool is_password_hash(std::string_view text) {
  for (const std::string_view start :
       {"$2a$", "$2b$", "$2y$", "$1$", "$5$", "$6$", "$y$", "$argon2", "$apr1$", "pbkdf2", "{SSHA}", "{SHA}",
        "scrypt:", "sha256$", "sha512$", "md5:"}) {
    if (text.starts_with(start)) return true;
  }
  return false;
}

// What programs call things, and nobody's password.
constexpr std::string_view kTechnicalWords[] = {
    "sha1",   "sha256", "sha384", "sha512", "md5",    "utf8",   "utf-8",        "utf16",
    "base64", "oauth2", "pbkdf2", "bcrypt", "hs256",  "rs256",  "es256",        "aes256",
    "http2",  "ipv4",   "ipv6",   "oauth",  "x509",   "pkcs8",  "pkcs1",        "win32",
    "h264",   "mp4",    "latin1", "ascii",  "base32", "openid", "scram-sha-256"};

constexpr std::string_view kUsualPasswords[] = {
    "admin",    "root",   "toor",     "qwerty", "letmein", "welcome", "guest",  "postgres", "mysql",
    "password", "secret", "passw0rd", "test",   "default", "master",  "dragon", "monkey",   "pass"};

template <std::size_t N>
bool is_one_of_words(std::string_view text, const std::string_view (&words)[N]) {
  return std::find(std::begin(words), std::end(words), text) != std::end(words);
}

// `2016-09-21`, `2016-09-21T23:03:13Z`
bool is_date(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-dd";
  if (text.size() < kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == 'd' ? !text::is_ascii_digit(text[i]) : text[i] != kForm[i]) return false;
  }
  return text.size() == kForm.size() || text[kForm.size()] == 'T';
}

// `*name` of YAML, and the hashes of MySQL: `*2470C0C0...`.
bool is_starred_name(std::string_view text) {
  return text.starts_with('*') && std::all_of(text.begin() + 1, text.end(), [](char c) {
           return text::is_ascii_letter(c) || text::is_ascii_digit(c) || c == '_' || c == '-';
         });
}

// Of Stripe and those who do as it does: for the pages that a browser shows.
bool is_publishable_key(std::string_view text) {
  return text.starts_with("pk_test_") || text.starts_with("pk_live_");
}

bool is_other_than_a_value(std::string_view text) {
  return is_path_or_url(text) || is_mail_address(text) || is_password_hash(text) || is_date(text) ||
         is_starred_name(text) || is_publishable_key(text) || text.find("\\x") != std::string_view::npos;
}

Likeness like_random_hex(std::string_view text, const SecretMixture& mix) {
  constexpr std::size_t kShortest = 16, kSure = 24;
  constexpr double kLeastEntropy = 2.7;  // 16 digits drawn at random hardly ever have less
  if (text.size() < kShortest || mix.digits == 0 || entropy_of(text) < kLeastEntropy) return Likeness::unlike;
  return text.size() >= kSure ? Likeness::secret : Likeness::weak;
}

// Names that programs have: `SMART_ON_FHIR_V1`, `v1.2.3-alpha`, `error_401_b`, `getUserById2`.
bool is_like_a_name(std::string_view text, const SecretMixture& mix) {
  constexpr std::size_t kLongestConstant = 32;
  constexpr double kMostWords = 0.4;
  const bool is_constant = mix.lower == 0 && mix.joints > 1 && text.size() < kLongestConstant;
  return is_constant || mix.joints * 5 > text.size() || word_share(text) >= kMostWords;
}

}  // namespace

double entropy_of(std::string_view text) {
  std::array<std::uint32_t, 256> counts{};
  for (const char c : text)
    ++counts[static_cast<unsigned char>(c)];
  const auto size = static_cast<double>(text.size());
  double bits = 0;
  for (const std::uint32_t count : counts) {
    if (count == 0) continue;
    const double share = count / size;
    bits -= share * std::log2(share);
  }
  return bits;
}

double word_share(std::string_view text) {
  std::size_t in_words = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const bool is_letter = i < text.size() && text::is_ascii_letter(text[i]);
    const bool hump = is_letter && i > begin && is_upper_letter(text[i]) && is_lower_letter(text[i - 1]);
    if (is_letter && !hump) continue;
    if (i > begin && is_english_word(text.substr(begin, i - begin))) in_words += i - begin;
    begin = hump ? i : i + 1;
  }
  return text.empty() ? 0 : static_cast<double>(in_words) / static_cast<double>(text.size());
}

Likeness like_random(std::string_view text) {
  constexpr std::size_t kShortest = 12, kLongest = 512;
  if (text.size() < kShortest || text.size() > kLongest || is_other_than_a_value(text))
    return Likeness::unlike;
  const SecretMixture mix = secret_mixture_of(text);
  if (mix.others > 0 || mix.brackets > 0 || mix.letters() == 0) return Likeness::unlike;
  if (is_uuid(text)) return Likeness::weak;
  if (mix.is_hex) return like_random_hex(text, mix);
  constexpr std::size_t kLong = 24;
  const double least_entropy = text.size() < kLong ? 3.0 : 3.5;
  if (is_like_a_name(text, mix) || entropy_of(text) < least_entropy) return Likeness::unlike;
  constexpr std::size_t kLongEnoughForLetters = 20, kLongEnoughForOneCase = 24,
                        kLongEnoughForLittleMixed = 16;
  const bool has_both_cases = mix.lower > 2 && mix.upper > 2;
  if (mix.digits == 0 && !(has_both_cases && text.size() >= kLongEnoughForLetters)) {
    const bool may_be = mix.letters() >= kLongEnoughForOneCase && word_share(text) < 0.2;
    return may_be ? Likeness::weak : Likeness::unlike;
  }
  const bool is_well_mixed = mix.digits > 1 && mix.lower > 1 && mix.upper > 1;
  const bool is_mixed = text.size() >= kLongEnoughForLittleMixed && mix.digits + mix.upper + mix.marks >= 3;
  return is_well_mixed || is_mixed ? Likeness::secret : Likeness::weak;
}

Likeness like_key(std::string_view text) {
  constexpr std::size_t kLikePasswords = 12;  // shorter ones are told as passwords are
  if (is_uuid(text)) return Likeness::secret;
  const SecretMixture mix = secret_mixture_of(text);
  if (text.size() >= kLikePasswords) {
    // `mySigningKey2023!`: words, and yet nobody would call anything so.
    const bool is_chosen = mix.digits > 0 && mix.marks > 0 && like_password(text) == Likeness::secret;
    const Likeness random = like_random(text);
    return random == Likeness::unlike && is_chosen ? Likeness::secret : random;
  }
  if (mix.digits == 0 || mix.letters() == 0 || like_password(text) != Likeness::secret)
    return Likeness::unlike;
  const bool is_mixed = mix.marks > 0 || (mix.lower > 1 && mix.upper > 1);
  return is_mixed && text.size() >= 8 ? Likeness::secret : Likeness::weak;
}

Likeness like_password(std::string_view text) {
  constexpr std::size_t kShortest = 4;
  constexpr std::size_t kMost = 128;
  if (text.size() < kShortest || text.size() > kMost || is_other_than_a_value(text)) return Likeness::unlike;
  const SecretMixture mix = secret_mixture_of(text);
  const std::string lower = text::to_ascii_lower(text);
  if (mix.others > 0 || is_one_of_words(lower, kTechnicalWords)) return Likeness::unlike;
  if (std::string_view("$%:&/.~#\\?=+-_,*").find(text[0]) != std::string_view::npos && mix.digits == 0)
    return Likeness::unlike;
  if (std::string_view(":,;=/").find(text.back()) != std::string_view::npos && !text.ends_with("="))
    return Likeness::unlike;
  const bool names_itself =
      lower.find("passw") != std::string::npos || lower.find("secret") != std::string::npos;
  if (mix.brackets > 0) {
    const bool is_code =
        text.find('(') != std::string_view::npos || text.find("[]") != std::string_view::npos;
    return mix.digits > 0 && mix.lower > 0 && mix.upper > 0 && !is_code ? Likeness::weak : Likeness::unlike;
  }
  if (mix.marks > 0) {
    // `it's`, `a=b`, `wrong!`, `50%`
    if (mix.letters() == 0 && mix.digits < 4) return Likeness::unlike;
    if (mix.digits == 0 && (mix.marks == 1 && word_share(text) >= 0.5)) return Likeness::weak;
    return names_itself && mix.digits == 0 ? Likeness::weak : Likeness::secret;
  }
  if (mix.digits == 0) {
    if (is_one_of_words(lower, kUsualPasswords)) return names_itself ? Likeness::unlike : Likeness::weak;
    if (mix.joints > 0 || names_itself) return Likeness::unlike;
    const bool is_name = mix.lower == 0 || word_share(text) >= 0.5 || text.size() < 6;
    if (!is_name && mix.upper > 1 && mix.lower > 1) return Likeness::secret;
    constexpr std::size_t kLongForNoWord = 10;
    if (mix.upper == 0 && text.size() >= kLongForNoWord && word_share(text) < 0.2) return Likeness::secret;
    return mix.upper == 0 && text.size() >= 6 ? Likeness::weak : Likeness::unlike;
  }
  if (mix.letters() == 0) return mix.joints == 0 && text.size() >= 6 ? Likeness::weak : Likeness::unlike;
  if (mix.lower == 0 && mix.joints > 0 && word_share(text) >= 0.4) return Likeness::unlike;  // DB_PASSWORD_2
  if (names_itself) return mix.joints > 0 ? Likeness::unlike : Likeness::weak;
  if (mix.joints > 0 && word_share(text) >= 0.4) return Likeness::weak;
  return text.size() >= 6 ? Likeness::secret : Likeness::weak;
}

}  // namespace fleet::analysis
