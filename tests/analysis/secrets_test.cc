#include "analysis/secrets.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <array>
#include <chrono>
#include <thread>

#include "analysis/secret_rules.h"
#include "analysis/secret_samples.h"
#include "text/regex.h"

namespace fleet::analysis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::vector<model::Finding> scan(std::string_view path, std::string_view bytes) {
  return SecretScanner::built_in().scan(path, bytes);
}

TEST(Secrets, SayWhereTheyStand) {
  const auto found = scan("src/a.py", "# \xc3\xa4\nx = '\xc3\xa4', '" + kGithubToken + "'\n");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].rule, "secrets.github-token");
  EXPECT_EQ(found[0].at, (model::Region{2, 11, 2, 51}));
  EXPECT_EQ(found[0].severity, model::Severity::error);
  EXPECT_EQ(found[0].confidence, model::Confidence::high);
  EXPECT_EQ(found[0].excerpt, "x = '\xc3\xa4', 'ghp_***'");
  EXPECT_THAT(found[0].message,
              HasSubstr("A GitHub personal access token (ghp_..., 40 characters, fingerprint "));
  EXPECT_THAT(found[0].cwe, ElementsAre("CWE-798"));
}

TEST(Secrets, KeepTheirFingerprintWhereverTheyMove) {
  const auto one = scan("a.py", "x = '" + kGithubToken + "'\n");
  const auto two = scan("b.py", "\n\ny = '" + kGithubToken + "'; z = '" + kGithubToken + "'\n");
  ASSERT_THAT(two, SizeIs(2));
  EXPECT_EQ(one[0].fingerprint, two[0].fingerprint);
  EXPECT_EQ(one[0].message, two[1].message);
  EXPECT_EQ(two[0].fingerprint + "-2", two[1].fingerprint);
}

// Neither a value nor a part of it that would help stands in any field of a finding.
void expect_hidden(const std::string& text, const std::string& value) {
  for (const model::Finding& finding : scan("src/app.conf", text)) {
    for (const std::string& field : {finding.message, finding.excerpt, finding.symbol, finding.fingerprint,
                                     finding.rule, finding.path, finding.owasp, finding.tool}) {
      EXPECT_THAT(field, Not(HasSubstr(value))) << finding.rule;
      constexpr std::size_t kPrefix = 16;  // which names the provider, as the rule does
      for (std::size_t at = value.size() > 2 * kPrefix ? kPrefix : 4; at + 8 <= value.size(); at += 4)
        EXPECT_THAT(field, Not(HasSubstr(value.substr(at, 8)))) << finding.rule;
    }
  }
}

TEST(Secrets, OfEveryProviderAreNeverPrinted) {
  std::size_t checked = 0;
  for (const SecretRule& rule : read_secret_rules(built_in_rules(), SecretReading::check).rules) {
    // Nearly any text has the shape of those.
    if (rule.is_generic || rule.check == SecretCheck::password || rule.check == SecretCheck::random) continue;
    const auto regex = text::Regex::parse(rule.regex);
    const std::size_t group = regex->group("secret").value_or(regex->count_groups() > 0 ? 1 : 0);
    for (const std::string& example : rule.examples) {
      std::array<text::Regex::Span, 4> spans;
      ASSERT_TRUE(regex->find(example, 0, text::Regex::Start::anywhere, spans)) << rule.id;
      expect_hidden(example, example.substr(spans[group].begin, spans[group].end - spans[group].begin));
      ++checked;
    }
  }
  EXPECT_GE(checked, 150u);
}

TEST(Secrets, AreNeverPrinted) {
  const auto check = expect_hidden;
  const std::string both = "a = '" + kGithubToken + "'; b = '" + kAwsId + "'; c = '" + kGithubToken + "'";
  ASSERT_THAT(scan("a", both), SizeIs(3));
  check(both, kGithubToken);
  check(both, kAwsId);
  const std::string password = joined({"hunter2", "Xy!9"});
  check("password = '" + password + "'  # " + password, password);
  check("postgres://svc:" + password + "@db/x # postgres://svc:" + password + "@db/y", password);
  std::string key;  // longer than the expression looks at, in one line of JSON
  for (int i = 0; i < 200; ++i)
    key += fmt::format("{:08x}Qz{:x}\\n", i * 2654435761u, i * 40503u);
  const std::string pem = joined({"{\"k\": \"-----BEGIN ", "PRIVATE KEY-----\\n"}) + key;
  ASSERT_THAT(scan("a.json", pem), SizeIs(1));
  check(pem, key);
}

TEST(Secrets, LeaveOutWhatStandsForOne) {
  for (const std::string_view text : {"password = '<your-password>'",
                                      "password: ${DB_PASSWORD}",
                                      "password = '{{ vault_password }}'",
                                      "token = process.env.TOKEN",
                                      "api_key = 'xxxxxxxxxxxxxxxxxxxxxxxx'",
                                      "password = 'changeme'",
                                      "secret = '0123456789abcdef0123456789abcdef'",
                                      "secret = 'abcdefghijklmnopqrstuvwxyz'",
                                      "token = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'",
                                      "password = 'password'",
                                      "password = ''",
                                      "password = null",
                                      "api_key = 'YOUR_API_KEY_GOES_HERE'",
                                      "AWS_SECRET_ACCESS_KEY=$AWS_SECRET_ACCESS_KEY",
                                      "password = getpass.getpass()",
                                      "password = os.environ['DB_PASSWORD']",
                                      "password = config.password",
                                      "postgres://user:password@localhost/db",
                                      "https://user:${PASSWORD}@host.com/x",
                                      "password = '********'",
                                      "password: str",
                                      "def login(password: str = None):",
                                      "password_label = 'Enter it9'",
                                      "tokenType = 'Bearer12'",
                                      "PASSWORD_FIELD = 'input9x'",
                                      "if (password === 'undefined')"})
    EXPECT_THAT(rules_found("src/a.conf", text), IsEmpty()) << text;
  EXPECT_THAT(rules_found("a", joined({"id = AKIAIOSFODNN7", "EXAMPLE"})), IsEmpty());
  EXPECT_THAT(
      rules_found("a", joined({"aws_secret_access_key=wJalrXUtnFEMI/", "K7MDENG/bPxRfiCY", "EXAMPLEKEY"})),
      IsEmpty());
  EXPECT_THAT(rules_found("a.js", joined({"stripe('sk_test_4eC39", "HqLyjWDarjtT1zdp7dc')"})), IsEmpty());
  EXPECT_THAT(rules_found("a", joined({"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
                                       ".eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9l",
                                       "IiwiaWF0IjoxNTE2MjM5MDIyfQ",
                                       ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"})),
              IsEmpty());
}

TEST(Secrets, AreNotSeenInWhatLooksLikeThem) {
  for (const std::string_view text :
       {"commit 4b8262a1c9d0e7f6a5b4c3d2e1f0a9b8c7d6e5f4", "id: 123e4567-e89b-12d3-a456-426614174000",
        "\"integrity\": "
        "\"sha512-9vM2lcBbJ9xm0Vd0QzQzYk1vQ0d7Zk4F5g6H7j8K9l0M1n2B3v4C5x6Z7a8S9d0F1g2H3j4K5l6Q7w8E9r0T1y==\"",
        "background: "
        "url(data:image/"
        "png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+"
        "M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==)",
        "color: #a1b2c3; border: 1px solid #ffeedd;", "\"login.password.label\": \"Password\"",
        "password: Passwort vergessen?", "data-testid=\"password-input-1\"",
        "!function(e,t){\"use strict\";var n=e.password,r=t.token;n.secret=r}(a,b);",
        "github.com/acme/thing v1.2.3 h1:Qw3Er5Ty7Ui9Op1As2Df4Gh6Jk8Lz0Xc1Vb2Nm3Qw4E=",
        "const tokens = ['abc', 'def']; token = tokens[0];", "cancelToken: source.token",
        "// the token is passed in the header", "\"publicKeyToken\": \"b77a5c561934e089\"",
        "token: SyntaxKind.Identifier", "<input type=\"password\" name=\"password\" id=\"pwd1\">",
        "nextPageToken = 'CAUQAA9xYz12345678ab'", "password.length < 8 && error('Password too short')",
        "checksum = '9f8c2e71b04d5a63e7f1c802b6d94a35'"})
    EXPECT_THAT(sure_rules_found("src/a.js", text), IsEmpty()) << text;
  const std::string lock = "{\"node_modules/a\": {\"token\": \"" + kRandomHex + "\"}}";
  EXPECT_THAT(rules_found("package-lock.json", lock), IsEmpty());
  EXPECT_THAT(rules_found("locales/de.json", "{\"password\": \"Kennwort\"}"), IsEmpty());
}

TEST(Secrets, AreKnownByTheNameTheyAreGiven) {
  const std::string value = joined({"tR7#kq", "Lm2vZ"});
  for (const std::string& text :
       {"password = \"" + value + "\"", "\"password\": \"" + value + "\"",
        "$config['db_password'] = '" + value + "';", "define('DB_PASSWORD', '" + value + "');",
        "<password>" + value + "</password>", "<add key=\"Password\" value=\"" + value + "\"/>",
        "password := \"" + value + "\"", "setPassword(\"" + value + "\")",
        "let password: &str = \"" + value + "\";", "private String dbPassword = \"" + value + "\";",
        "char password[] = \"" + value + "\";", "const pw = process.env.PASSWORD || '" + value + "';",
        "os.getenv('PASSWORD', '" + value + "')", ":password => '" + value + "'",
        "password: String::from(\"" + value + "\")", "if password == \"" + value + "\":",
        "{key: \"password\", value: \"" + value + "\"}", "{\\\"password\\\": \\\"" + value + "\\\"}"})
    EXPECT_THAT(sure_rules_found("src/a.rb", text), ElementsAre("secrets.generic-password")) << text;
  for (const std::string& text :
       {"DB_PASSWORD=" + value, "password: " + value, "export PASSWORD=" + value + " && run",
        "- name: DB_PASSWORD\n  value: " + value, "run --password " + value + " --user me"})
    EXPECT_THAT(sure_rules_found("deploy/a.yml", text), ElementsAre("secrets.generic-password")) << text;
  EXPECT_THAT(
      sure_rules_found("a.php", "mysqli_connect(\"db.acme.net\", \"svc\", \"" + value + "\", \"app\");"),
      ElementsAre("secrets.database-login"));
  EXPECT_THAT(sure_rules_found("a.py", "smtp.login('me@acme.net', '" + value + "')"),
              ElementsAre("secrets.login-call"));
  EXPECT_THAT(sure_rules_found("a.py", "API_KEY = '" + kRandomHex + "'"),
              ElementsAre("secrets.generic-api-key"));
  EXPECT_THAT(sure_rules_found("a.py", "datadog_api_key = '" + kRandomHex + "'"),
              ElementsAre("secrets.datadog-key"))
      << "the more exact one";
}

// Wherever the less exact match begins.
TEST(Secrets, AreFoundOnceByTheMostExactRule) {
  EXPECT_THAT(rules_found("a.py", "secret = 'v1." + kGithubToken + "'"), ElementsAre("secrets.github-token"));
  EXPECT_THAT(rules_found("a.py", "secret = '" + kGithubToken + ".v1'"), ElementsAre("secrets.github-token"));
  EXPECT_THAT(rules_found("a.py", "x = '" + kGithubToken + "' + '9x'"), ElementsAre("secrets.github-token"));
  EXPECT_THAT(rules_found("a.py", "headers = {'Authorization': 'Bearer " + kGithubToken + "'}"),
              ElementsAre("secrets.github-token"));
}

TEST(Secrets, AreLessSureWhereTheyAreTried) {
  const std::string text = "x = '" + kGithubToken + "'\n";
  EXPECT_EQ(scan("src/a.py", text)[0].confidence, model::Confidence::high);
  EXPECT_EQ(scan("tests/a.py", text)[0].confidence, model::Confidence::medium);
  EXPECT_EQ(scan("src/a_test.go", text)[0].confidence, model::Confidence::medium);
  const auto altered = scan("src/a.py", "x = '" + kGithubTokenAltered + "'\n");
  ASSERT_THAT(altered, SizeIs(1));
  EXPECT_EQ(altered[0].confidence, model::Confidence::medium);
  EXPECT_THAT(altered[0].message, HasSubstr("its checksum is wrong"));
}

std::string base64_of(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i + 3 <= bytes.size(); i += 3) {
    const auto byte = [&](std::size_t k) {
      return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i + k]));
    };
    const std::uint32_t group = byte(0) << 16 | byte(1) << 8 | byte(2);
    for (int shift = 18; shift >= 0; shift -= 6)
      out += kAlphabet[group >> shift & 63];
  }
  return out;
}

TEST(Secrets, AreSeenThroughBase64) {
  const std::string run = base64_of("token: " + kGithubToken + "\n");
  const auto found = scan("k8s/secret.yml", "data:\n  config: " + run + "\n");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].rule, "secrets.github-token");
  EXPECT_EQ(found[0].at, (model::Region{2, 11, 2, 11 + static_cast<std::uint32_t>(run.size())}));
  EXPECT_EQ(found[0].excerpt, "config: ***");
  EXPECT_THAT(found[0].message, HasSubstr("in base64"));
}

TEST(Secrets, AreSeenInParts) {
  const std::string_view token = kGithubToken;
  const std::string head(token.substr(0, 9));
  const std::string tail(token.substr(9));
  for (const std::string& text :
       {"t = \"" + head + "\" + \"" + tail + "\"", "t = '" + head + "' \\\n    '" + tail + "'",
        "t = (\"" + head + "\"\n     \"" + tail + "\")", "$t = '" + head + "' . '" + tail + "';",
        "t = \"" + head + "\\\n" + tail + "\"", "t = \"gh\" + \"p_\" + \"" + kGithubToken.substr(4) + "\""}) {
    const auto found = scan("src/a.js", text);
    ASSERT_THAT(found, SizeIs(1)) << text;
    EXPECT_EQ(found[0].rule, "secrets.github-token") << text;
    EXPECT_THAT(found[0].excerpt, Not(HasSubstr(tail.substr(0, 8))));
    EXPECT_THAT(found[0].message, HasSubstr("joined from parts"));
  }
  EXPECT_THAT(scan("src/a.js", "t = [\"" + head + "\", \"" + tail + "\"]"), IsEmpty())
      << "a list joins nothing";
}

TEST(Secrets, AreReadInWideTextAndInBinariesWhereCertain) {
  std::string wide = "\xff\xfe";
  for (const char c : "x = '" + kGithubToken + "'\r\n") {
    wide += c;
    wide += '\0';
  }
  const auto found = scan("a.ps1", wide);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].at, (model::Region{1, 6, 1, 46}));
  const std::string binary = std::string(
                                 "\x7f"
                                 "ELF\0\0",
                                 6) +
                             "password = 'tR7#kqLm2vZ' \0 " + kGithubToken;
  EXPECT_THAT(rules_found("a.out", binary), ElementsAre("secrets.github-token"));
}

TEST(Secrets, ManyThreadsFindTheSame) {
  SecretRules read = read_secret_rules(built_in_rules(), SecretReading::check);
  const std::size_t rules = read.rules.size();
  std::string text;
  for (const SecretRule& rule : read.rules) {
    for (const std::string& example : rule.examples)
      text += example + "\n\n\n";
  }
  const SecretScanner fresh(std::move(read.rules));  // whose expressions are not compiled yet
  std::vector<std::size_t> counts(4);
  std::vector<std::thread> threads;
  for (std::size_t& count : counts)
    threads.emplace_back([&] { count = fresh.scan("a.conf", text).size(); });
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_GE(counts[0], rules - 10);
  for (const std::size_t count : counts)
    EXPECT_EQ(count, counts[0]);
}

// Each of these is some megabytes that make a naive search quadratic.
TEST(Secrets, TakeLinearTimeOnHostileInput) {
  constexpr std::size_t kSize = 4u << 20;
  const auto repeated = [](std::string_view part) {
    std::string text;
    while (text.size() < kSize)
      text += part;
    return text;
  };
  const std::string all_keywords = [] {
    std::string text;
    for (const SecretRule& rule : SecretScanner::built_in().rules()) {
      for (const std::string& word : rule.keywords)
        text += word + "=";
    }
    return text;
  }();
  for (const std::string_view part : std::initializer_list<std::string_view>{"a",
                                                                             "\"",
                                                                             "\" \"",
                                                                             "'+'",
                                                                             "\\\n",
                                                                             "a\\\nb",
                                                                             "eyJ",
                                                                             "/eyJ-",
                                                                             "eyJhbGciOi.",
                                                                             "password=",
                                                                             "password='",
                                                                             "token = '",
                                                                             "ghp_",
                                                                             "-----BEGIN ",
                                                                             "://a:",
                                                                             "://",
                                                                             "akia ",
                                                                             "\"a\" + ",
                                                                             "QUtJQQ",
                                                                             std::string_view("\0", 1),
                                                                             "\xff\xfe\xfd",
                                                                             "\xc3",
                                                                             "password: a1b2c3d4\n",
                                                                             "machine a login b password ",
                                                                             "curl -u ",
                                                                             all_keywords,
                                                                             kGithubToken,
                                                                             "\n"}) {
    const std::string text = repeated(part);
    const auto begin = std::chrono::steady_clock::now();
    const auto found = scan("src/a.conf", text);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    EXPECT_LT(took.count(), 20) << part.substr(0, 40);  // a sanitizer's build is slow
    EXPECT_LE(found.size(), SecretScanner::kMostMatches + 1);
  }
}

TEST(Secrets, SayWhenTheyAreTooManyToKeep) {
  std::string text;
  for (std::size_t i = 0; i <= SecretScanner::kMostMatches; ++i)
    text += kGithubToken + "\n";
  const auto found = scan("a", text);
  ASSERT_THAT(found, SizeIs(SecretScanner::kMostMatches + 1));
  EXPECT_EQ(found.back().rule, "secrets.unfinished");
}

}  // namespace
}  // namespace fleet::analysis
