#pragma once

#include <string_view>

// What a text looks like by itself: drawn at random, chosen by a person, or put there to be replaced. Pure;
// any thread; time linear in the text.
namespace fleet::analysis {

// Shannon's, in bits a byte.
[[nodiscard]] double entropy_of(std::string_view text);

// Stands for a secret without being one: `<your-token>`, `${TOKEN}`, `xxxx`, `changeme`, `0123456789`, a call
// that reads the environment.
[[nodiscard]] bool is_placeholder(std::string_view text);

// One character again and again, a part repeated, characters in their order: part of is_placeholder().
[[nodiscard]] bool is_monotonous(std::string_view text);

// One that documentation prints and everybody copies. They are kept as hashes.
[[nodiscard]] bool is_documented_example(std::string_view text);

enum class Likeness { unlike, weak, secret };
[[nodiscard]] Likeness like_random(std::string_view text);
// For a name that says `key` or `secret`: also a UUID, and something short that is mixed enough.
[[nodiscard]] Likeness like_key(std::string_view text);
[[nodiscard]] Likeness like_password(std::string_view text);

// Which part of the text stands in words that people could pronounce: 0 to 1.
[[nodiscard]] double word_share(std::string_view text);

}  // namespace fleet::analysis
