#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Texts that are not in a file as they are, and yet are there for who runs it. Pure; time and memory linear
// in the file.
namespace fleet::analysis {

struct SecretLayer {
  std::string text;
  std::size_t begin = 0, end = 0;    // what it was made of, in the file
  std::vector<std::size_t> borders;  // places in `text` where parts meet; empty: it was decoded
};

using SecretLayerVisitor = std::function<void(const SecretLayer&)>;

// What runs of base64 hold, when it is text. Of a run, at most the first 64 KB are decoded.
void decode_base64_runs(std::string_view bytes, const SecretLayerVisitor& visit);

// String literals that a program joins (`"a" + "b"`, `"a" "b"`, a line ended by `\`), with some of what
// stands before the first. Only those that meet within a word: sentences that were broken hide nothing.
void join_literals(std::string_view bytes, const SecretLayerVisitor& visit);

}  // namespace fleet::analysis
