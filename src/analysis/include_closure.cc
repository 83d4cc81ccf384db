#include "analysis/include_closure.h"

#include <Poco/DigestEngine.h>
#include <Poco/SHA2Engine.h>

#include "analysis/compile_commands.h"
#include "os/files.h"
#include "text/ascii.h"

namespace fleet::analysis {
namespace {

constexpr std::uint64_t kMaxSource = 32 << 20;
constexpr std::size_t kMaxHeaders = 5000;

std::string_view after_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  return text;
}

// The name at the start of `text`, in quotes or angles; empty when there is another thing.
std::string_view header_name(std::string_view text) {
  text = after_blanks(text);
  if (text.empty() || (text.front() != '"' && text.front() != '<')) return {};
  const std::size_t end = text.find(text.front() == '"' ? '"' : '>', 1);
  return end == std::string_view::npos ? std::string_view() : text.substr(1, end - 1);
}

// One line that starts with `#`.
void scan_directive(std::string_view line, std::vector<std::string>& names, bool& has_macro) {
  std::string_view word = after_blanks(line.substr(1));
  constexpr std::string_view kHasInclude = "__has_include";
  for (auto at = line.find(kHasInclude); at != std::string_view::npos; at = line.find(kHasInclude, at + 1)) {
    std::string_view argument = line.substr(at + kHasInclude.size());
    if (argument.substr(0, 5) == "_next") argument.remove_prefix(5);
    argument = after_blanks(argument);
    if (argument.empty() || argument.front() != '(') continue;
    if (const auto name = header_name(argument.substr(1)); !name.empty()) names.emplace_back(name);
  }
  if (word.substr(0, 7) == "include") {
    word.remove_prefix(7);
    if (word.substr(0, 5) == "_next") word.remove_prefix(5);
  } else if (word.substr(0, 6) == "import") {
    word.remove_prefix(6);
  } else {
    return;
  }
  if (const auto name = header_name(word); !name.empty()) {
    names.emplace_back(name);
  } else {
    has_macro = true;
  }
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
  engine.update(bytes.data(), bytes.size());
  return Poco::DigestEngine::digestToHex(engine.digest());
}

Result<const IncludeClosure::File*> IncludeClosure::load(const std::string& path) {
  if (const auto known = files_.find(path); known != files_.end()) return &known->second;
  const std::string whole = path.front() == '/' ? path : root_ + "/" + path;
  FLEET_TRY(const auto bytes, os::read_file(whole, kMaxSource));
  File file;
  file.hash = sha256_hex(bytes);
  // cppcheck reads UTF-16; what such a file includes is not looked for here.
  const std::string_view mark = std::string_view(bytes).substr(0, 2);
  file.has_macro = mark == "\xff\xfe" || mark == "\xfe\xff";
  file.has_nul = !file.has_macro && bytes.find('\0') != std::string::npos;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = after_blanks(rest.substr(0, end));
    if (!line.empty() && line.front() == '#') scan_directive(line, file.names, file.has_macro);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return &files_.emplace(path, std::move(file)).first->second;
}

Result<IncludeClosure::Source> IncludeClosure::of(const std::string& path,
                                                  const std::vector<std::string>& includes,
                                                  const std::vector<std::string>& included) {
  FLEET_TRY(const File* file, load(path));
  Source source;
  source.hash = file->hash;
  source.has_nul = file->has_nul;
  std::vector<std::string> open{path};
  const auto visit = [&](const std::string& header) {
    if (header.empty() || header == path || source.headers.count(header) != 0) return;
    if (missing_.count(header) != 0) return;
    const auto read = load(header);
    if (!read) {
      missing_.insert(header);
    } else if (source.headers.size() == kMaxHeaders) {
      source.is_known = false;
    } else {
      source.headers.emplace(header, (*read)->hash);
      open.push_back(header);
    }
  };
  for (const auto& name : included)
    visit(path_below(root_, root_, name));
  while (!open.empty()) {
    const std::string at = std::move(open.back());
    open.pop_back();
    const File& reader = files_.at(at);
    source.is_known = source.is_known && !reader.has_macro;
    const std::string folder = folder_of(at);
    for (const auto& name : reader.names) {
      // Both, though only one of them is read: which one is cppcheck's to say.
      visit(path_below(root_, folder.empty() ? root_ : folder, name));
      for (const auto& include : includes)
        visit(path_below(root_, include, name));
    }
  }
  return source;
}

}  // namespace fleet::analysis
