#include "analysis/include_closure.h"

#include "analysis/compile_flags.h"
#include "analysis/include_scan.h"
#include "base/sha256.h"
#include "os/files.h"

namespace fleet::analysis {
namespace {

constexpr std::uint64_t kMaxSource = 32 << 20;
constexpr std::size_t kMaxHeaders = 5000;
constexpr std::uint64_t kMaxHeaderBytes = 256 << 20;
constexpr std::size_t kMaxLookUps = 500'000;
constexpr std::size_t kMaxNamesKept = 1'000'000;
constexpr std::size_t kMaxMissing = 500'000;

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

}  // namespace

const IncludeClosure::File* IncludeClosure::keep(const std::string& path, const std::string& bytes) {
  File file;
  file.hash = base::sha256_hex(bytes);
  file.size = bytes.size();
  IncludeScan scan = scan_includes(bytes);
  file.names = std::move(scan.names);
  names_ += file.names.size();
  file.may_have_more = scan.may_have_more || names_ > kMaxNamesKept;
  if (file.may_have_more) {
    names_ -= file.names.size();
    file.names = {};
  }
  const std::string_view mark = std::string_view(bytes).substr(0, 2);
  const bool is_utf16 = mark == "\xff\xfe" || mark == "\xfe\xff";
  file.has_nul = !is_utf16 && bytes.find('\0') != std::string::npos;
  return &files_.emplace(path, std::move(file)).first->second;
}

const IncludeClosure::File* IncludeClosure::header(const std::string& path) {
  if (const auto known = files_.find(path); known != files_.end()) return &known->second;
  if (missing_.count(path) != 0) return nullptr;
  const auto bytes =
      read_ ? read_(path) : os::read_file(path.front() == '/' ? path : root_ + "/" + path, kMaxSource);
  if (bytes) return keep(path, *bytes);
  if (missing_.size() == kMaxMissing) missing_.clear();
  missing_.insert(path);
  return nullptr;
}

Result<IncludeClosure::Source> IncludeClosure::of(const std::string& path,
                                                  const std::vector<std::string>& includes,
                                                  const std::vector<std::string>& included) {
  const auto known = files_.find(path);
  const File* file = known == files_.end() ? nullptr : &known->second;
  if (file == nullptr) {
    FLEET_TRY(const auto bytes, read_ ? read_(path) : os::read_file_below(root_, path, kMaxSource));
    file = keep(path, bytes);
  } else if (!read_ && !os::leads_below(root_, path)) {
    return base::fail_input("read", root_ + "/" + path, "it is a symlink that leads out of " + root_);
  }
  Source source;
  source.hash = file->hash;
  source.has_nul = file->has_nul;
  std::uint64_t bytes = 0;
  std::size_t look_ups = 0;
  std::vector<std::pair<std::string, const File*>> open{{path, file}};
  const auto visit = [&](const std::string& name) {
    if (++look_ups > kMaxLookUps) source.is_known = false;
    if (!source.is_known || name.empty() || name == path || source.headers.count(name) != 0) return;
    const File* read = header(name);
    if (read == nullptr) return;
    bytes += read->size;
    if (source.headers.size() == kMaxHeaders || bytes > kMaxHeaderBytes) {
      source.is_known = false;
      return;
    }
    source.headers.emplace(name, read->hash);
    open.emplace_back(name, read);
  };
  for (const auto& name : included)
    visit(path_below(root_, root_, name));
  std::set<std::string> looked_for;  // in `includes`
  while (!open.empty() && source.is_known) {
    const auto [at, reader] = std::move(open.back());
    open.pop_back();
    source.is_known = source.is_known && !reader->may_have_more;
    const std::string folder = folder_of(at);
    for (const auto& name : reader->names) {
      source.names.insert(name);
      // All of them, though only one is read: which one is cppcheck's to say.
      visit(path_below(root_, folder.empty() ? root_ : folder, name));
      if (!looked_for.insert(name).second) continue;
      for (const auto& include : includes) {
        if (!source.is_known) break;
        visit(path_below(root_, include, name));
      }
    }
  }
  return source;
}

}  // namespace fleet::analysis
