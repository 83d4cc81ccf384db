#include "analysis/secrets.h"

#include <algorithm>
#include <iterator>
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

// By their first lines, and joined where they meet.
std::vector<SecretLines> in_order(std::span<const SecretLines> added) {
  std::vector<SecretLines> lines(added.begin(), added.end());
  std::sort(lines.begin(), lines.end(),
            [](const SecretLines& left, const SecretLines& right) { return left.first < right.first; });
  std::size_t kept = 0;
  for (const SecretLines& each : lines) {
    if (kept > 0 && each.first <= lines[kept - 1].last) {
      lines[kept - 1].last = std::max(lines[kept - 1].last, each.last);
    } else {
      lines[kept++] = each;
    }
  }
  lines.resize(kept);
  return lines;
}

bool reaches_into(const model::Region& at, const std::vector<SecretLines>& lines) {
  // The end is behind the last character: it may be where the next line begins.
  const std::uint32_t last = at.end_column == 1 && at.end_line > at.line ? at.end_line - 1 : at.end_line;
  const auto after =
      std::upper_bound(lines.begin(), lines.end(), last,
                       [](std::uint32_t line, const SecretLines& each) { return line < each.first; });
  return after != lines.begin() && std::prev(after)->last >= at.line;
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

std::vector<model::Finding> SecretScanner::scan(std::string_view path, std::string_view bytes) const {
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
  return report_secrets(path, bytes, pass.take(), pass.state(),
                        is_known ? SecretExcerpt::line : SecretExcerpt::beginning);
}

std::vector<model::Finding> SecretScanner::scan_added(std::span<const SecretChangedFile> files) const {
  std::vector<model::Finding> added;
  for (const SecretChangedFile& file : files) {
    if (file.added.empty()) continue;
    const std::vector<SecretLines> lines = in_order(file.added);
    for (model::Finding& finding : scan(file.path, file.bytes)) {
      if (finding.rule == kUnfinishedSecrets || reaches_into(finding.at, lines))
        added.push_back(std::move(finding));
    }
  }
  return added;
}

}  // namespace fleet::analysis
