#include "analysis/secrets.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <thread>

#include "analysis/secret_layers.h"
#include "analysis/secret_pass.h"
#include "analysis/secret_path.h"
#include "analysis/secret_program.h"
#include "analysis/secret_rules.h"
#include "analysis/secret_samples.h"
#include "base/base64.h"
#include "slowness.h"
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

// What is passed over by its name alone is still counted, below the threshold; and each rule has its own
// names.
TEST(Secrets, AreMarkedWhereTheNameSaysOtherwise) {
  for (const std::string_view text :
       {"password_label = 'Enter_it9'", "PASSWORD_FIELD = 'input9x'",
        "nextPageToken = 'CAUQAA9xYz12345678ab'", "csrf_token = 'CAUQAA9xYz12345678ab'",
        "public_api_key = 'CAUQAA9xYz12345678ab'"}) {
    const auto found = scan("src/a.py", text);
    ASSERT_THAT(found, SizeIs(1)) << text;
    EXPECT_EQ(found[0].confidence, model::Confidence::low) << text;
  }
  EXPECT_THAT(sure_rules_found("src/a.py", "next_password = '" + joined({"tR7#kq", "Lm2vZ"}) + "'"),
              SizeIs(1))
      << "`next` is of tokens";
}

// The first in reach stands for one only.
TEST(Secrets, NearAKeywordAreAllLookedAt) {
  const std::string d = joined({"a9Cn8xf8YUFk3tGoplvG", "TjSTE7pr1pPb9BRzZ2Ed", "1ZI"});
  EXPECT_THAT(rules_found("a.json", "{\"d\": \"" + std::string(43, 'x') + "\"}, {\"kty\": \"EC\", \"d\": \"" +
                                        d + "\"}"),
              ElementsAre("secrets.jwk-private-key"));
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
  for (const std::string& text : {"password = \"" + value + "\"",
                                  "\"password\": \"" + value + "\"",
                                  "$config['db_password'] = '" + value + "';",
                                  "define('DB_PASSWORD', '" + value + "');",
                                  "<password>" + value + "</password>",
                                  "<add key=\"Password\" value=\"" + value + "\"/>",
                                  "password := \"" + value + "\"",
                                  "setPassword(\"" + value + "\")",
                                  "let password: &str = \"" + value + "\";",
                                  "private String dbPassword = \"" + value + "\";",
                                  "char password[] = \"" + value + "\";",
                                  "const pw = process.env.PASSWORD || '" + value + "';",
                                  "os.getenv('PASSWORD', '" + value + "')",
                                  ":password => '" + value + "'",
                                  "password: String::from(\"" + value + "\")",
                                  "if password == \"" + value + "\":",
                                  "{key: \"password\", value: \"" + value + "\"}",
                                  "{password, \"" + value + "\"}",
                                  "password <- \"" + value + "\"",
                                  "f(\"--password=" + value + "\")",
                                  "x = \"${PASSWORD:-" + value + "}\"",
                                  "add(\"--password\", type=str, default=\"" + value + "\")",
                                  "<name>x.password</name>\n  <value>" + value + "</value>",
                                  "<Pass encoding=\"plain\">" + value + "</Pass>",
                                  "<string name=\"password\">" + value + "</string>",
                                  "<property name=\"password\">\n<value>" + value + "</value>",
                                  "password := []byte(\"" + value + "\")",
                                  "{\\\"password\\\": \\\"" + value + "\\\"}"})
    EXPECT_THAT(sure_rules_found("src/a.rb", text), ElementsAre("secrets.generic-password")) << text;
  for (const std::string& text :
       {"DB_PASSWORD=" + value, "password: " + value, "export PASSWORD=" + value + " && run",
        "- name: DB_PASSWORD\n  value: " + value, "ENV PASSWORD " + value,
        "run --password " + value + " --user me"})
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

TEST(Secrets, AreSeenThroughBase64) {
  const std::string run = base::encode_base64("token: " + kGithubToken + "\n");
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
  SecretRules read = read_secret_rules(built_in_secret_files());
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

// Bytes that are looked at besides those that the search for keywords reads.
std::size_t work_of(std::string_view text) {
  const SecretPath path = read_secret_path("src/a.conf");
  static const SecretProgram program(read_built_in_secret_rules());
  SecretPass pass(program, path, SecretFileKind::text, std::string_view::npos);
  pass.search(text);
  const SecretLayerVisitor search_layer = [&](const SecretLayer& layer) { pass.search(layer); };
  decode_base64_runs(text, search_layer);
  join_literals(text, search_layer);
  return pass.looked_at();
}

// Each of these on one line makes a naive search quadratic.
TEST(Secrets, TakeLinearWorkOnHostileInput) {
  const auto repeated = [](std::string_view part, std::size_t size) {
    std::string text;
    while (text.size() < size)
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
    constexpr std::size_t kSize = 64 * 1024;
    const std::size_t little = work_of(repeated(part, kSize));
    const std::size_t much = work_of(repeated(part, 4 * kSize));
    EXPECT_LE(much, 5 * little + kSize) << part.substr(0, 40);
  }
}

TEST(Secrets, AreFoundAtTheEndOfALineOf100Megabytes) {
  constexpr std::size_t kSize = size_for_time(100'000'000);
  std::string text;
  text.reserve(kSize + 1000);
  while (text.size() < kSize)
    text += "\"user\":\"me\",\"password\":null,\"token\":\"${TOKEN}\",\"text\":\"ghp_ and more\",";
  text += kGithubToken;
  const SecretPath path = read_secret_path("src/a.json");
  const SecretProgram program(read_built_in_secret_rules());
  SecretPass pass(program, path, SecretFileKind::text, 8 * kSize);
  pass.search(text);
  EXPECT_EQ(pass.state(), SecretSearch::whole);
  EXPECT_THAT(pass.take(), SizeIs(1));
}

// More is looked at than a file of secrets needs: the rest is not searched, and that is said.
TEST(Secrets, StopWhereTheWorkIsNoLongerLinear) {
  const SecretPath path = read_secret_path("src/a.conf");
  const SecretProgram program(read_built_in_secret_rules());
  SecretPass pass(program, path, SecretFileKind::text, 10'000);
  std::string text;
  for (int i = 0; i < 1000; ++i)
    text += "ghp_ ";
  pass.search(text);
  EXPECT_EQ(pass.state(), SecretSearch::too_costly);
  EXPECT_LE(pass.looked_at(), 10'000u);
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
