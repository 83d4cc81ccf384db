#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

#include "analysis/secret_samples.h"
#include "base/base64.h"

// tests/analysis/secret_cases.txt says what stands where and what is to be found of it.
namespace fleet::analysis {
namespace {

constexpr std::string_view kOpen = "\xc2\xab", kClose = "\xc2\xbb";  // « »

// What is put for one «...».
class SecretDrawer {
 public:
  std::string draw(std::string_view what) {
    const std::size_t space = what.find(' ');
    const std::size_t count =
        space == std::string_view::npos ? 0 : std::stoul(std::string(what.substr(space + 1)));
    const std::string_view kind = what.substr(0, space);
    if (kind == "hex") return of(count, "0123456789abcdef");
    if (kind == "HEX") return of(count, "0123456789ABCDEF");
    if (kind == "b64") return of(count, base::kBase64Alphabet);
    if (kind == "b62") return of(count, base::kBase64Alphabet.substr(0, 62));
    if (kind == "low") return of(count, "abcdefghijklmnopqrstuvwxyz0123456789");
    if (kind == "up") return of(count, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    if (kind == "digits") return of(1, "123456789") + of(count - 1, "0123456789");
    if (kind == "uuid")
      return fmt::format("{}-{}-4{}-a{}-{}", draw("hex 8"), draw("hex 4"), draw("hex 3"), draw("hex 3"),
                         draw("hex 12"));
    if (kind == "pass") return password();
    if (kind == "+pass") return base::encode_base64(password());
    if (kind == "word") return of(4, "bcdfgkmprtvz") + "ikvuwx" + of(3, "jqxzvb");
    if (kind == "basic") return base::encode_base64("deploy:" + password());
    if (kind == "jwt")
      return unpadded("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." +
             unpadded(fmt::format("{{\"sub\":\"{}\",\"iat\":1712345678}}", draw("digits 8"))) + "." +
             draw("b62 43");
    if (kind == "pem") return lines(count, "\n");
    if (kind == "escaped") return lines(count, "\\n");
    ADD_FAILURE() << "no kind " << what;
    return {};
  }

 private:
  std::string of(std::size_t count, std::string_view alphabet) {
    std::string text;
    while (text.size() < count)
      text += alphabet[random_() % alphabet.size()];
    return text;
  }
  std::string password() {
    static constexpr std::string_view kWords[] = {"Winter", "harbour", "Tiger", "coffee", "Monday", "rocket"};
    const std::string word(kWords[random_() % std::size(kWords)]);
    switch (random_() % 4) {
      case 0:
        return word + of(4, "23456789") + "!";
      case 1:
        return of(2, "bcdfgTRK") + "7" + of(1, "#%!@") + of(4, "kqLmvZ39");
      case 2:
        return word + of(3, "12345") + of(3, "xyzQ");
      default:
        return of(12, base::kBase64Alphabet.substr(0, 62)) + "4";
    }
  }
  std::string lines(std::size_t count, std::string_view between) {
    std::string text = "MII" + of(61, base::kBase64Alphabet);
    for (std::size_t i = 1; i < count; ++i)
      text += std::string(between) + of(i + 1 < count ? 64 : 40, base::kBase64Alphabet);
    return text;
  }
  static std::string unpadded(std::string_view text) {
    std::string encoded = base::encode_base64(text);
    return encoded.substr(0, encoded.find('='));
  }

  std::mt19937 random_{4711};
};

enum class SecretCaseKind { found, clean, missed, mistaken };

struct SecretCase {
  std::size_t line = 0;  // in the file of cases
  SecretCaseKind kind = SecretCaseKind::found;
  std::string path, text;
  std::vector<std::uint32_t> secret_lines;
};

std::vector<SecretCase> read_secret_cases() {
  std::ifstream file(FLEET_SOURCE_DIR "/tests/analysis/secret_cases.txt");
  EXPECT_TRUE(file);
  std::vector<SecretCase> cases;
  SecretDrawer drawer;
  std::size_t number = 0;
  std::uint32_t line_of_case = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    constexpr std::string_view kKinds = "+-?!";  // in the order of SecretCaseKind
    if (line.size() > 3 && line[0] == '=' && line[2] == ' ' &&
        kKinds.find(line[1]) != std::string_view::npos) {
      cases.push_back({number, static_cast<SecretCaseKind>(kKinds.find(line[1])), line.substr(3), {}, {}});
      line_of_case = 1;
      continue;
    }
    if (cases.empty()) continue;
    bool has_secret = false;
    for (std::size_t open = line.find(kOpen); open != std::string::npos; open = line.find(kOpen, open)) {
      const std::size_t begin = open + kOpen.size();
      const std::size_t end = line.find(kClose, begin);
      const std::string value = drawer.draw(std::string_view(line).substr(begin, end - begin));
      line.replace(open, end + kClose.size() - open, value);
      open += value.size();
      has_secret = true;
    }
    if (has_secret) cases.back().secret_lines.push_back(line_of_case);
    cases.back().text += line + "\n";
    line_of_case += 1 + static_cast<std::uint32_t>(std::count(line.begin(), line.end(), '\n'));
  }
  return cases;
}

bool is_found(const std::vector<model::Finding>& found, std::uint32_t line) {
  return std::any_of(found.begin(), found.end(), [&](const model::Finding& finding) {
    return finding.at.line <= line && line <= finding.at.end_line;
  });
}

TEST(SecretCases, AreFoundAndNothingElse) {
  double found_secrets = 0, missed = 0, mistaken = 0;
  std::size_t clean = 0;
  for (const SecretCase& each : read_secret_cases()) {
    std::vector<model::Finding> found = SecretScanner::built_in().scan(each.path, each.text);
    std::erase_if(found,
                  [](const model::Finding& finding) { return finding.confidence == model::Confidence::low; });
    const std::string place = fmt::format("secret_cases.txt:{}:\n{}", each.line, each.text);
    switch (each.kind) {
      case SecretCaseKind::found:
        for (const std::uint32_t line : each.secret_lines) {
          ++found_secrets;
          EXPECT_TRUE(is_found(found, line)) << "missed on line " << line << " of " << place;
        }
        break;
      case SecretCaseKind::missed:
        missed += static_cast<double>(each.secret_lines.size());
        EXPECT_TRUE(found.empty()) << "no longer missed: write `=+` for " << place;
        break;
      case SecretCaseKind::clean:
        ++clean;
        EXPECT_TRUE(found.empty()) << "found " << found[0].rule << " in " << place;
        break;
      case SecretCaseKind::mistaken:
        ++mistaken;
        EXPECT_FALSE(found.empty()) << "no longer mistaken: write `=-` for " << place;
        break;
    }
  }
  EXPECT_GE(clean, 300u);
  EXPECT_GE(found_secrets, 300);
  EXPECT_GE(found_secrets / (found_secrets + missed), 0.95);
  EXPECT_GE(found_secrets / (found_secrets + mistaken), 0.99);
}

}  // namespace
}  // namespace fleet::analysis
