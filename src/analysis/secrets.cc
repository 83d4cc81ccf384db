#include "analysis/secrets.h"

#include <algorithm>
#include <string>
#include <utility>

#include "analysis/built_in_rules.h"
#include "analysis/secret_layers.h"
#include "analysis/secret_match.h"
#include "analysis/secret_pass.h"
#include "analysis/secret_path.h"
#include "analysis/secret_program.h"
#include "analysis/secret_rules.h"
#include "base/assert.h"

namespace fleet::analysis {
namespace {

enum class SecretByteOrder { little, big };

// Its ASCII, and `?` for all else: no rule looks for more.
std::string narrowed_utf16(std::string_view bytes, SecretByteOrder order) {
  std::string text;
  text.reserve(bytes.size() / 2);
  for (std::size_t i = 2; i + 1 < bytes.size(); i += 2) {
    const auto low = static_cast<unsigned char>(order == SecretByteOrder::little ? bytes[i] : bytes[i + 1]);
    const auto high = static_cast<unsigned char>(order == SecretByteOrder::little ? bytes[i + 1] : bytes[i]);
    text += high == 0 && low < 0x80 ? static_cast<char>(low) : '?';
  }
  return text;
}

SecretFileKind kind_of_secret_file(std::string_view bytes) {
  constexpr std::size_t kLooked = 8 * 1024;
  return bytes.substr(0, kLooked).find('\0') == std::string_view::npos ? SecretFileKind::text
                                                                       : SecretFileKind::binary;
}

}  // namespace

struct SecretScanner::Program {
  SecretProgram program;
};

SecretScanner::SecretScanner(std::vector<SecretRule> rules)
    : program_(new Program{SecretProgram(std::move(rules))}) {}
SecretScanner::~SecretScanner() = default;
SecretScanner::SecretScanner(SecretScanner&&) noexcept = default;
SecretScanner& SecretScanner::operator=(SecretScanner&&) noexcept = default;

const SecretScanner& SecretScanner::built_in() {
  static const SecretScanner scanner([] {
    SecretRules read = read_secret_rules(built_in_rules(), SecretReading::trust);
    FLEET_ASSERT(read.diagnostics.empty(), "the rules that come with fleet are read by its tests");
    return std::move(read.rules);
  }());
  return scanner;
}

const std::vector<SecretRule>& SecretScanner::rules() const {
  return program_->program.rules();
}

std::vector<model::Finding> SecretScanner::scan(std::string_view path, std::string_view bytes) const {
  if (bytes.starts_with("\xff\xfe")) return scan(path, narrowed_utf16(bytes, SecretByteOrder::little));
  if (bytes.starts_with("\xfe\xff")) return scan(path, narrowed_utf16(bytes, SecretByteOrder::big));
  const SecretPath about = read_secret_path(path);
  const SecretFileKind kind = kind_of_secret_file(bytes);
  SecretPass pass(program_->program, about, kind, kLeastWork + kWorkPerByte * bytes.size());
  pass.search(bytes);
  if (kind == SecretFileKind::text) {
    const SecretLayerVisitor search_layer = [&](const SecretLayer& layer) { pass.search(layer); };
    decode_base64_runs(bytes, search_layer);
    join_literals(bytes, search_layer);
  }
  const SecretSearch state = pass.state();
  return report_secrets(path, bytes, pass.take(), state);
}

}  // namespace fleet::analysis
