// Writes the rules that come with fleet as a C++ file that defines built_in_rules()
// (analysis/built_in_rules.h): the text of each, and what the YAML parser made of it. Runs while fleet is
// built.
//
// usage: embed_rules FOLDER OUTPUT
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "yaml/document.h"

namespace {

namespace fs = std::filesystem;

// As pieces that no compiler finds too long.
std::string literal(std::string_view bytes) {
  constexpr std::size_t kPiece = 4000;
  std::string out = "\"\"";
  for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
    out += "\n    \"";
    for (const char c : bytes.substr(at, kPiece)) {
      const auto byte = static_cast<unsigned char>(c);
      const bool is_plain = byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\' && c != '?';
      out += is_plain ? std::string(1, c) : fmt::format("\\{:03o}", byte);
    }
    out += '"';
  }
  return out;
}

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

int embed(const fs::path& folder, const fs::path& output) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".yml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::string arrays, rows;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string text = read(files[i]);
    const auto document = fleet::yaml::Document::parse(text);
    if (!document) {
      fmt::print(stderr, "{}:{}:{}: {}\n", files[i].string(), document.error().at.line,
                 document.error().at.column, document.error().message);
      return 1;
    }
    const fleet::yaml::Flat parsed = document->flat();
    arrays += fmt::format("constexpr std::uint32_t kRecords{}[] = {{", i);
    for (std::size_t n = 0; n < parsed.records.size(); ++n)
      arrays += fmt::format("{}{},", n % 28 == 0 ? "\n    " : "", parsed.records[n]);
    arrays += "};\n";
    rows +=
        fmt::format("    {{\"{}\", std::string_view({}, {}),\n     kRecords{}, std::string_view({}, {})}},\n",
                    fs::relative(files[i], folder).generic_string(), literal(text), text.size(), i,
                    literal(parsed.pool), parsed.pool.size());
  }
  std::ofstream out(output, std::ios::binary);
  out << "#include \"analysis/built_in_rules.h\"\n\nnamespace fleet::analysis {\nnamespace {\n\n"
      << arrays << "\nconstexpr BuiltInFile kFiles[] = {\n"
      << rows
      << "};\n\n}  // namespace\n\nstd::span<const BuiltInFile> built_in_rules() {\n  return kFiles;\n}\n\n"
      << "}  // namespace fleet::analysis\n";
  out.close();
  return out ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) {
    std::fputs("usage: embed_rules FOLDER OUTPUT\n", stderr);
    return 2;
  }
  return embed(words[1], words[2]);
}
