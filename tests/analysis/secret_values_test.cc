#include "analysis/secret_values.h"

#include <gtest/gtest.h>

#include "analysis/secret_checks.h"
#include "analysis/secret_path.h"
#include "analysis/secret_samples.h"

namespace fleet::analysis {
namespace {

TEST(SecretValues, EntropyIsShannons) {
  EXPECT_DOUBLE_EQ(entropy_of(""), 0);
  EXPECT_DOUBLE_EQ(entropy_of("aaaa"), 0);
  EXPECT_DOUBLE_EQ(entropy_of("abab"), 1);
  EXPECT_DOUBLE_EQ(entropy_of("abcdefgh"), 3);
}

TEST(SecretValues, WordsAreToldFromChance) {
  for (const std::string_view text :
       {"configuration", "getUserPassword", "my-long-identifier", "ThisIsAnExampleSentence"})
    EXPECT_GE(word_share(text), 0.7) << text;
  for (const std::string_view text : {"q8ZtLx3vNfG7cRyWm2KpAj5", "xkqzjwptvbn", "9f8c2e71b04d5a63"})
    EXPECT_LE(word_share(text), 0.2) << text;
}

TEST(SecretValues, LikenessOfTokens) {
  EXPECT_EQ(like_random(kAwsSecret), Likeness::secret);
  EXPECT_EQ(like_random(kRandomHex), Likeness::secret);
  EXPECT_EQ(like_random("123e4567-e89b-12d3-a456-426614174000"), Likeness::weak);
  for (const std::string_view text :
       {"application/x-www-form-urlencoded", "user.profile.settings.title", "getAccessTokenSilently",
        "/etc/ssl/private/server.key", "https://a.com/b1c2d3e4f5g6", "1234567890123456", "short1",
        "some words with blanks 12", "CONTINUE_WITHOUT_TOKEN", "error.token.expired.401"})
    EXPECT_EQ(like_random(text), Likeness::unlike) << text;
}

TEST(SecretValues, LikenessOfKeys) {
  for (const std::string_view text : {"123e4567-e89b-12d3-a456-426614174000", "kXABXqQg6f", "a8Kd93jLq2Zx",
                                      "s3cr3t!x", "mySigningKey2023!"})
    EXPECT_EQ(like_key(text), Likeness::secret) << text;
  EXPECT_EQ(like_key("85ae268a"), Likeness::weak);
  for (const std::string_view text : {"client", "x-client-secret", "getClientSecret", "SECRET_1"})
    EXPECT_EQ(like_key(text), Likeness::unlike) << text;
}

TEST(SecretValues, LikenessOfPasswords) {
  for (const std::string_view text :
       {"hunter2", "tR7#kqLm", "Summer2024!", "p4ssphrase9", "xKqzJwPtVbn", "ckzgikvuwxbzb"})
    EXPECT_EQ(like_password(text), Likeness::secret) << text;
  for (const std::string_view text : {"admin", "qwerty", "password123", "384756"})
    EXPECT_EQ(like_password(text), Likeness::weak) << text;
  for (const std::string_view text :
       {"abc", "password", "currentPassword", "DB_PASSWORD_2", "me@acme.org", "sha256", "/run/secrets/db1",
        "$2b$12$abcdefghijk", "2016-09-21T23:03:13Z", "*db_password1", "\\x65\\x78\\x74", "pk_live_9aB",
        "#/definitions/password1", "user.password", "getPassword()", "Password:"})
    EXPECT_EQ(like_password(text), Likeness::unlike) << text;
}

TEST(SecretValues, PlaceholdersAreNone) {
  for (const std::string_view text :
       {"<token>", "${TOKEN}", "{{ token }}", "%TOKEN%", "$TOKEN", "xxxxxxxx", "changeme", "12345678",
        "abcdefgh", "aaaaaaaaab", "your-token", "abcabcabcabc", "[secret]", "process.env.TOKEN", "null", ""})
    EXPECT_TRUE(is_placeholder(text)) << text;
  for (const std::string_view text : {"hunter2", "tR7#kqLm2vZ", "$ecret9!x", "q8Zt0/Lx3vNfG7cR"})
    EXPECT_FALSE(is_placeholder(text)) << text;
}

TEST(SecretChecks, KnowTheSums) {
  EXPECT_EQ(check_secret(SecretCheck::github_crc, kGithubToken), SecretCheckResult::fits);
  EXPECT_EQ(check_secret(SecretCheck::github_crc, kGithubTokenAltered), SecretCheckResult::wrong_sum);
  EXPECT_EQ(check_secret(SecretCheck::base64_pair, "ZGVwbG95OnRSN2txTG0y"), SecretCheckResult::fits);
  EXPECT_EQ(check_secret(SecretCheck::base64_pair, "ZGVwbG95"), SecretCheckResult::unlike);
  EXPECT_EQ(check_secret(SecretCheck::jwt, "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.x"), SecretCheckResult::unlike);
  EXPECT_EQ(check_secret(SecretCheck::base64_json, "eyJhIjoxfQ"), SecretCheckResult::fits);
  EXPECT_EQ(check_secret(SecretCheck::macaroon, "pypi-AAAA"), SecretCheckResult::unlike);
}

TEST(SecretPath, KnowsKindsOfFiles) {
  EXPECT_TRUE(read_secret_path("src/tests/a.py").is_test);
  EXPECT_TRUE(read_secret_path("src/a.spec.ts").is_test);
  EXPECT_FALSE(read_secret_path("src/latest/contest.py").is_test);
  EXPECT_TRUE(read_secret_path("web/yarn.lock").is_lock);
  EXPECT_TRUE(read_secret_path("a/jquery.min.js").is_lock);
  EXPECT_TRUE(read_secret_path(".env.production").has_bare_values);
  EXPECT_TRUE(read_secret_path("Dockerfile").has_bare_values);
  EXPECT_FALSE(read_secret_path("a.ts").has_bare_values);
  EXPECT_TRUE(read_secret_path("src/i18n/de.ts").is_translation);
}

}  // namespace
}  // namespace fleet::analysis
