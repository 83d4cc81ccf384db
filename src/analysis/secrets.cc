#include "analysis/secrets.h"

#include <string>
#include <utility>

#include "analysis/built_in_rules.h"
#include "analysis/secret_layers.h"
#include "analysis/secret_match.h"
#include "analysis/secret_pass.h"
#include "analysis/secret_path.h"
#include "analysis/secret_program.h"
#include "analysis/secret_rules.h"

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

SecretScanner::SecretScanner(std::vector<SecretRule> rules)
    : program_(std::make_unique<const SecretProgram>(std::move(rules))) {}
SecretScanner::~SecretScanner() = default;
SecretScanner::SecretScanner(SecretScanner&&) noexcept = default;
SecretScanner& SecretScanner::operator=(SecretScanner&&) noexcept = default;

const SecretScanner& SecretScanner::built_in() {
  static const SecretScanner scanner(read_built_in_secret_rules());
  return scanner;
}

const std::vector<SecretRule>& SecretScanner::rules() const {
  return program_->rules();
}

std::vector<model::Finding> SecretScanner::scan(std::string_view path, std::string_view bytes,
                                                std::vector<ValuePlace>* places) const {
  if (bytes.starts_with("\xff\xfe")) return scan(path, narrowed_utf16(bytes, SecretByteOrder::little));
  if (bytes.starts_with("\xfe\xff")) return scan(path, narrowed_utf16(bytes, SecretByteOrder::big));
  const SecretPath about = read_secret_path(path);
  const SecretFileKind kind = kind_of_secret_file(bytes);
  SecretPass pass(*program_, about, kind, kLeastWork + kWorkPerByte * bytes.size());
  pass.search(bytes);
  if (kind == SecretFileKind::text) {
    const SecretLayerVisitor search_layer = [&](const SecretLayer& layer) { pass.search(layer); };
    decode_base64_runs(bytes, search_layer);
    join_literals(bytes, search_layer);
  }
  // Where not everything was looked for, anything may stand beside what was found.
  const bool is_known = kind == SecretFileKind::text && !about.is_lock && pass.state() == SecretSearch::whole;
  const std::vector<SecretMatch> matches = pass.take();
  if (places != nullptr) {
    for (const SecretMatch& match : matches)
      places->push_back({match.begin, match.end, match.value});
  }
  return report_secrets(path, bytes, matches, pass.state(),
                        is_known ? SecretExcerpt::line : SecretExcerpt::beginning);
}

}  // namespace fleet::analysis
