#include "git/attributes.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "git/path.h"
#include "git/tree.h"
#include "text/path_pattern.h"

// As git's attr.c reads them.
namespace fleet::git {
namespace {

using text::PathPattern;

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kMacro = "[attr]";
constexpr std::string_view kName = ".gitattributes";
constexpr std::size_t kMostOfLine = 2048;           // bytes; longer lines are passed over
constexpr std::uint64_t kMostOfFile = 100'000'000;  // bytes; larger files are passed over

// What a line sets an attribute to.
struct Setting {
  std::string name;
  std::string value;  // "" set, "-" unset, "!" unspecified, "=text" a text
};
using Settings = std::vector<Setting>;

struct AttributeRule {
  PathPattern pattern;
  bool is_of_name = false;  // it is held against the name alone
  Settings settings;
};

// Git's rule for names: nothing that a later version could give a meaning to.
bool is_attribute_name(std::string_view name) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
  return !name.empty() && name.front() != '-' && name.find_first_not_of(kAllowed) == name.npos;
}

std::string_view take_word(std::string_view& rest) {
  const std::string_view word = rest.substr(0, rest.find_first_of(kBlanks));
  rest.remove_prefix(word.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  return word;
}

// Nothing: one of them is no attribute, for which git passes the whole line over.
std::optional<Settings> parse_settings(std::string_view rest) {
  Settings out;
  while (!rest.empty()) {
    std::string_view word = take_word(rest);
    Setting setting;
    if (word.front() == '-' || word.front() == '!') {
      setting.value = word.front();
      word.remove_prefix(1);
    }
    const std::size_t equals = std::min(word.find('='), word.size());
    if (setting.value.empty()) setting.value = word.substr(equals);
    word = word.substr(0, equals);
    if (!is_attribute_name(word)) return std::nullopt;
    setting.name = word;
    out.push_back(std::move(setting));
  }
  return out;
}

// The pattern, in double quotes where it has blanks; nothing: there is none that could match a file.
std::optional<std::string> take_pattern(std::string_view& rest) {
  std::string pattern;
  const auto quoted_end = [&] {
    std::size_t at = 1;
    while (at < rest.size() && rest[at] != '"')
      at += rest[at] == '\\' ? 2 : 1;
    return at + 1;
  };
  const std::size_t end = rest.front() == '"' ? quoted_end() : 0;
  if (auto unquoted = end > 0 ? unquote_path(rest.substr(0, end)) : std::nullopt) {
    pattern = *std::move(unquoted);
    rest.remove_prefix(std::min(end, rest.size()));
    rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  } else {
    pattern = take_word(rest);
  }
  // Git takes no `!` here, and a folder has no attributes that matter to us.
  if (pattern.empty() || pattern.front() == '!' || pattern.back() == '/') return std::nullopt;
  return pattern;
}

}  // namespace

struct AttributeFile {
  std::vector<AttributeRule> rules;
  std::map<std::string, Settings, std::less<>> macros;  // only those of the root's file count

  explicit AttributeFile(std::string_view content) {
    if (content.starts_with("\xef\xbb\xbf")) content.remove_prefix(3);
    while (!content.empty()) {
      const std::size_t newline = content.find('\n');
      const std::string_view line = content.substr(0, newline);
      content.remove_prefix(newline == content.npos ? content.size() : newline + 1);
      if (line.size() < kMostOfLine) add(line.substr(0, line.find('\0')));
    }
  }

 private:
  void add(std::string_view line) {
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    if (line.empty() || line.front() == '#') return;
    if (line.starts_with(kMacro) && line.find_first_of(kBlanks) > kMacro.size()) {
      line.remove_prefix(kMacro.size());
      const std::string_view name = take_word(line);
      auto settings = parse_settings(line);
      if (settings && is_attribute_name(name)) macros[std::string(name)] = *std::move(settings);
      return;
    }
    const auto pattern = take_pattern(line);
    auto settings = parse_settings(line);
    if (!pattern || !settings) return;
    AttributeRule rule{PathPattern::compile(*pattern, PathPattern::Flavour::git),
                       pattern->find('/') == pattern->npos, *std::move(settings)};
    if (!rule.pattern.problem()) rules.push_back(std::move(rule));
  }
};

namespace {

// What the lines that match a path say of `merge`, from the strongest line to the weakest.
class MergeLookup {
 public:
  explicit MergeLookup(const AttributeFile* root) : root_(root) {}

  void take(const AttributeFile& file, std::string_view relative) {
    const std::string_view name = relative.substr(relative.rfind('/') + 1);  // npos + 1 is 0
    for (auto rule = file.rules.rbegin(); rule != file.rules.rend() && !is_decided(); ++rule)
      if (rule->pattern.match(rule->is_of_name ? name : relative).exact) take(rule->settings);
  }

  [[nodiscard]] bool is_decided() const { return known_.contains("merge"); }

  [[nodiscard]] MergeDriver driver() const {
    const auto merge = known_.find("merge");
    if (merge == known_.end()) return MergeDriver::text;
    if (merge->second == "-" || merge->second == "=binary") return MergeDriver::none;
    return merge->second == "=union" ? MergeDriver::unite : MergeDriver::text;
  }

 private:
  // The first word on an attribute stands. Recursion ends: each round makes one more known.
  void take(const Settings& settings) {
    for (auto setting = settings.rbegin(); setting != settings.rend() && !is_decided(); ++setting) {
      if (!known_.emplace(setting->name, setting->value).second || !setting->value.empty()) continue;
      if (const Settings* macro = find_macro(setting->name)) take(*macro);
    }
  }

  [[nodiscard]] const Settings* find_macro(const std::string& name) const {
    static const Settings kBinary{{"diff", "-"}, {"merge", "-"}, {"text", "-"}};
    if (root_ != nullptr) {
      const auto own = root_->macros.find(name);
      if (own != root_->macros.end()) return &own->second;
    }
    return name == "binary" ? &kBinary : nullptr;
  }

  const AttributeFile* root_;
  std::map<std::string, std::string, std::less<>> known_;
};

}  // namespace

Result<MergeAttributes::File> MergeAttributes::read(ObjectId blob) {
  if (const auto known = files_.find(blob); known != files_.end()) return known->second;
  FLEET_TRY(const std::uint64_t size, store_.blob_size(blob));
  std::string content;
  if (size <= kMostOfFile) {
    FLEET_TRY(content, store_.read_blob(blob));
  }
  auto file = std::make_shared<const AttributeFile>(content);
  files_.emplace(blob, file);
  return file;
}

Result<MergeDriver> MergeAttributes::driver(const MergeRules& rules, std::string_view path) {
  std::vector<std::pair<File, std::string_view>> found;  // with the path from there; the root's first
  File root;
  ObjectId folder = rules.tree;
  for (std::string_view rest = path; !folder.is_none();) {
    FLEET_TRY(const auto tree, store_.read_tree(folder));
    const Tree::Entry* const own = tree->find(kName);
    if (own != nullptr && own->leaf().is_file()) {
      FLEET_TRY(File file, read(own->id));
      if (rest.size() == path.size()) root = file;
      found.emplace_back(std::move(file), rest);
    }
    const auto slash = rest.find('/');
    if (slash == rest.npos) break;
    const Tree::Entry* const below = tree->find(rest.substr(0, slash));
    folder = below != nullptr && below->is_folder() ? below->id : ObjectId{};
    rest.remove_prefix(slash + 1);
  }
  MergeLookup lookup(root.get());
  for (auto file = found.rbegin(); file != found.rend() && !lookup.is_decided(); ++file)
    lookup.take(*file->first, file->second);
  const MergeDriver driver = lookup.driver();
  return driver == MergeDriver::unite && !rules.unites ? MergeDriver::text : driver;
}

}  // namespace fleet::git
