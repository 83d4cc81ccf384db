#include "analysis/coverage.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>

#include "analysis/compile_flags.h"
#include "analysis/remarks.h"
#include "model/json.h"
#include "text/ascii.h"
#include "xml/xml.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kMostLines = 50'000'000;
constexpr std::size_t kMostSources = 50;  // folders: each file is looked for in all of them

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) return UINT64_MAX;
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

class CoverageReader {
 public:
  CoverageReader(const std::string& name, const std::string& root,
                 const std::function<bool(const std::string&)>& is_there)
      : name_(name), root_(root), is_there_(is_there) {}

  Result<Coverage> lcov(std::string_view text);
  Result<Coverage> cobertura(std::string_view text);
  Result<Coverage> json(std::string_view text);

 private:
  using Lines = std::map<std::uint32_t, bool>;

  // Null: the file lies elsewhere.
  Lines* lines_of(const std::string& file) {
    std::string path = analysis::path_below(root_, root_, file);
    for (const std::string& source : sources_) {
      if (!path.empty() && path.front() != '/' && is_there_(path)) break;
      path = analysis::path_below(root_, source, file);
    }
    if (path.empty() || path.front() == '/' || path.starts_with("../") || !is_there_(path)) {
      ++coverage_.outside;
      return nullptr;
    }
    return &coverage_.files[path];
  }
  // False: there are too many.
  bool add(Lines& lines, std::uint64_t line, bool ran) {
    if (line == 0 || line > UINT32_MAX) return true;
    const auto [at, is_new] = lines.emplace(static_cast<std::uint32_t>(line), ran);
    at->second = at->second || ran;
    count_ += is_new ? 1 : 0;
    return count_ <= kMostLines;
  }
  [[nodiscard]] tl::unexpected<Error> wrong(const std::string& why) const {
    return base::fail_input("read", name_, why, "write the report of coverage anew");
  }
  [[nodiscard]] tl::unexpected<Error> too_many() const {
    return wrong(fmt::format("it tells of more than {} lines", kMostLines));
  }

  const std::string& name_;
  const std::string& root_;
  const std::function<bool(const std::string&)>& is_there_;
  std::vector<std::string> sources_;
  Coverage coverage_;
  std::size_t count_ = 0;
};

Result<Coverage> CoverageReader::lcov(std::string_view text) {
  Lines* lines = nullptr;
  bool has_file = false;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text::trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with("SF:")) {
      lines = lines_of(std::string(line.substr(3)));
      has_file = true;
    } else if (line == "end_of_record") {
      lines = nullptr;
      has_file = false;
    } else if (line.starts_with("DA:")) {
      line.remove_prefix(3);
      const std::size_t comma = line.find(',');
      const auto at = number_of(line.substr(0, comma));
      const std::string_view rest = comma == line.npos ? std::string_view() : line.substr(comma + 1);
      const std::string_view count = rest.substr(0, rest.find(','));
      // Some tools write a count below zero where it has overflown.
      const auto ran = count.starts_with('-') ? std::optional<std::uint64_t>(0) : number_of(count);
      if (!has_file || !at || !ran) return wrong(fmt::format("line {} is no line of a tracefile", number));
      if (lines != nullptr && !add(*lines, *at, *ran > 0)) return too_many();
    }
  }
  return std::move(coverage_);
}

// coverage.py and gcovr name the document type; nothing of it is needed.
std::string without_document_type(std::string_view text) {
  std::string out(text);
  const std::size_t begin = out.find("<!DOCTYPE");
  if (begin == out.npos) return out;
  const std::size_t end = out.find_first_of("[>", begin);
  if (end == out.npos || out[end] == '[') return out;
  for (std::size_t i = begin; i <= end; ++i) {
    if (out[i] != '\n') out[i] = ' ';
  }
  return out;
}

Result<Coverage> CoverageReader::cobertura(std::string_view text) {
  Lines* lines = nullptr;
  std::string trouble;
  bool is_cobertura = false, in_class = false;
  xml::Events events;
  events.opened = [&](const std::string& element, const xml::Attributes& attributes, std::uint32_t at) {
    const auto value = [&](const char* attribute) {
      const auto found = attributes.find(attribute);
      return found != attributes.end() ? found->second : std::string();
    };
    if (element == "coverage") is_cobertura = true;
    if (element == "class") {
      in_class = true;
      lines = lines_of(value("filename"));
    } else if (element == "line" && in_class && trouble.empty()) {
      const auto line = number_of(value("number"));
      const auto hits = number_of(value("hits"));
      if (!line || !hits) {
        trouble = fmt::format("line {}: `line` needs the numbers `number` and `hits`", at);
      } else if (lines != nullptr && !add(*lines, *line, *hits > 0)) {
        trouble = fmt::format("it tells of more than {} lines", kMostLines);
      }
    }
  };
  events.closed = [&](const std::string& element, const std::string& words) {
    if (element == "source" && !text::trim(words).empty() && sources_.size() < kMostSources)
      sources_.emplace_back(text::trim(words));
    if (element == "class") {
      lines = nullptr;
      in_class = false;
    }
  };
  if (const auto read = xml::read(without_document_type(text), events); !read)
    return wrong(fmt::format("line {}: {}", read.error().line, read.error().why));
  if (!is_cobertura) return wrong("it is XML, but none of Cobertura's: there is no `coverage` in it");
  if (!trouble.empty()) return wrong(trouble);
  return std::move(coverage_);
}

Result<Coverage> CoverageReader::json(std::string_view text) {
  FLEET_TRY(const model::Json document, model::parse_json(text, name_));
  const auto files = document.is_object() ? document.find("files") : document.end();
  if (files == document.end() || !files->is_object())
    return wrong("it is JSON, but none of `coverage json`: there is no object `files` in it");
  for (const auto& [key, facts] : files->items()) {
    Lines* lines = lines_of(key);
    const std::string file = printable_line(key, 500);
    for (const bool ran : {true, false}) {
      const char* wanted = ran ? "executed_lines" : "missing_lines";
      const auto list = facts.is_object() ? facts.find(wanted) : facts.end();
      if (!facts.is_object() || list == facts.end() || !list->is_array())
        return wrong(fmt::format("{}: there is no list `{}`", file, wanted));
      for (const model::Json& line : *list) {
        if (!line.is_number_unsigned()) return wrong(fmt::format("{}: `{}` holds no numbers", file, wanted));
        if (lines != nullptr && !add(*lines, line.get<std::uint64_t>(), ran)) return too_many();
      }
    }
  }
  return std::move(coverage_);
}

}  // namespace

std::optional<double> Coverage::Lines::percentage() const {
  if (all == 0) return std::nullopt;
  return 100.0 * static_cast<double>(ran) / static_cast<double>(all);
}

Coverage::Lines Coverage::of(const std::vector<std::string>& paths) const {
  Lines out;
  for (const std::string& path : paths) {
    const auto file = files.find(path);
    if (file == files.end()) continue;
    out.all += file->second.size();
    for (const auto& [line, ran] : file->second)
      out.ran += ran ? 1 : 0;
  }
  return out;
}

void Coverage::add(const Coverage& other) {
  outside += other.outside;
  for (const auto& [path, lines] : other.files) {
    auto& own = files[path];
    for (const auto& [line, ran] : lines)
      own[line] = own[line] || ran;
  }
}

Result<Coverage> read_coverage(std::string_view text, const std::string& name, const std::string& root,
                               const std::function<bool(const std::string&)>& is_there) {
  CoverageReader reader(name, root, is_there);
  const std::string_view start = text::trim(text.substr(0, 4'096));
  if (start.starts_with('{')) return reader.json(text);
  if (start.starts_with('<') || start.starts_with("\xef\xbb\xbf<")) return reader.cobertura(text);
  if (text.starts_with("TN:") || text.starts_with("SF:") || text.find("\nSF:") != text.npos)
    return reader.lcov(text);
  return base::fail_input("read", name, "it is no report of coverage that fleet knows",
                          "give lcov's tracefile, Cobertura's XML, or the JSON of `coverage json`");
}

}  // namespace fleet::analysis
