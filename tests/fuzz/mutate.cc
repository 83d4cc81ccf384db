#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "fuzz/fuzz.h"
#include "text/random_text.h"

// Runs a fuzzer without libFuzzer, the same each time: over files, and over that many mutations of them.
//
//   <name>_fuzzer [--mutations N] [--dictionary FILE] FILE-OR-FOLDER...
//
// An input is written to <name>_fuzzer.input before it is tried, so that it is there when the program ends
// by it.
namespace fleet::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongest = 4096;  // bytes of a mutation

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::cerr << "cannot read " << path << "\n";
    std::exit(2);
  }
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// But for what other tests expect of a file (tests/workflow/corpus).
std::vector<fs::path> files_in(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file() && entry.path().extension() != ".out") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// libFuzzer's format: a text in quotes a line, with \\, \" and \xAB.
std::vector<std::string> read_dictionary(const fs::path& path) {
  std::vector<std::string> words;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::size_t begin = line.find('"');
    const std::size_t end = line.rfind('"');
    if (line.starts_with('#') || begin == end) continue;
    std::string word;
    for (std::size_t i = begin + 1; i < end; ++i) {
      if (line[i] != '\\') {
        word += line[i];
      } else if (line[++i] == 'x') {
        word += static_cast<char>(std::stoi(line.substr(i + 1, 2), nullptr, 16));
        i += 2;
      } else {
        word += line[i];
      }
    }
    words.push_back(word);
  }
  return words;
}

class Mutator {
 public:
  Mutator(const std::vector<std::string>& seeds, const std::vector<std::string>& words)
      : seeds_(seeds), words_(words) {}

  std::string next() {
    std::string text = seeds_[random_.below(seeds_.size())];
    for (std::size_t left = 1 + random_.below(5); left > 0; --left)
      change(text);
    if (text.size() > kLongest) text.resize(kLongest);
    return text;
  }

 private:
  void change(std::string& text) {
    const std::size_t at = random_.below(text.size() + 1);
    const std::size_t length = random_.below(std::min<std::size_t>(text.size() - at, 40) + 1);
    switch (random_.below(words_.empty() ? 5 : 8)) {
      case 0:
        text.insert(at, 1, static_cast<char>(random_.below(256)));
        break;
      case 1:
        if (at < text.size()) text[at] = static_cast<char>(random_.below(256));
        break;
      case 2:
        text.erase(at, length);
        break;
      case 3:
        text.insert(random_.below(text.size() + 1), text.substr(at, length));
        break;
      case 4: {
        const std::string& other = seeds_[random_.below(seeds_.size())];
        text.replace(at, length, other, random_.below(other.size() + 1), random_.below(60));
        break;
      }
      case 5:
        text.replace(at, std::min<std::size_t>(length, 8), words_[random_.below(words_.size())]);
        break;
      default:
        text.insert(at, words_[random_.below(words_.size())]);
    }
  }

  const std::vector<std::string>& seeds_;
  const std::vector<std::string>& words_;
  text::RandomText random_{1};
};

// The file that holds the input that is being tried. It stays open: closing one that was cut to nothing
// makes some file systems write it to the disk at once.
class Kept {
 public:
  explicit Kept(fs::path path) : path_(std::move(path)) {
    fd_ = base::UniqueFd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    require(bool(fd_), "the input can be written");
  }
  ~Kept() { fs::remove(path_); }
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;

  void write(const std::string& input) {
    const bool written = ::pwrite(fd_.get(), input.data(), input.size(), 0) == std::ssize(input) &&
                         ::ftruncate(fd_.get(), std::ssize(input)) == 0;
    require(written, "the input can be written");
  }

 private:
  fs::path path_;
  base::UniqueFd fd_;
};

void try_one(Kept& kept, const std::string& input) {
  kept.write(input);
  // In memory of just its size: a sanitizer sees a read past the end.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

int run(const fs::path& program, const std::vector<std::string>& arguments) {
  std::vector<std::string> seeds;
  std::vector<std::string> words;
  std::size_t mutations = 0;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--mutations" && i + 1 < arguments.size()) {
      mutations = std::stoul(arguments[++i]);
    } else if (arguments[i] == "--dictionary" && i + 1 < arguments.size()) {
      words = read_dictionary(arguments[++i]);
    } else {
      for (const fs::path& path : files_in(arguments[i]))
        seeds.push_back(read_file(path));
    }
  }
  if (seeds.empty()) {
    std::cerr << "usage: " << program.filename().string()
              << " [--mutations N] [--dictionary FILE] FILE-OR-FOLDER...\n";
    return 2;
  }
  const fs::path path = fs::absolute(program.filename().string() + ".input");
  std::cout << seeds.size() << " files and " << mutations << " mutations; should this program end early, "
            << path.string() << " is why, and as its argument brings it back" << std::endl;
  Kept kept(path);
  for (const std::string& seed : seeds)
    try_one(kept, seed);
  for (Mutator mutator(seeds, words); mutations > 0; --mutations)
    try_one(kept, mutator.next());
  return 0;
}

}  // namespace
}  // namespace fleet::fuzz

int main(int count, char** arguments) {
  return fleet::fuzz::run(arguments[0], {arguments + 1, arguments + count});
}
