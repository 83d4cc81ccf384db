#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/secret_rule.h"
#include "model/finding.h"

namespace fleet::analysis {

class SecretProgram;

// Where a value stands in a file, or what hides it, in bytes. Holds it in the clear: it lives as long as the
// file is looked at, and is never printed.
struct ValuePlace {
  std::size_t begin = 0, end = 0;
  std::string value;
};

// Finds passwords, keys and tokens in files. One pass looks for the keywords of all rules at once; an
// expression is tried only where one of its keywords stands, on a few hundred bytes. What is found is then
// judged: by its entropy and checksum, by whether it stands for a secret only (`${TOKEN}`, `xxxx`), by the
// name that it is given, by where the file lies (under tests/ it is less sure). Base64 is looked into once,
// and literals that a program joins are read joined.
//
// A finding never holds the value: it says its first characters (4 at most) and, of one that nobody could
// guess, its length and a fingerprint. What is found is hidden in all excerpts, and so is what looks as if it
// were drawn at random. Immutable; any thread may scan, many at once.
class SecretScanner {
 public:
  // Past these a file is not searched on, and a finding `secrets.unfinished` says so. What a scan needs
  // besides the file is bounded by them.
  static constexpr std::size_t kMostMatches = 2000;
  // Bytes that expressions are tried on: no ordinary file comes near.
  static constexpr std::size_t kLeastWork = 64u << 20;
  static constexpr std::size_t kWorkPerByte = 16;

  // The rules have been read without diagnostics.
  explicit SecretScanner(std::vector<SecretRule> rules);
  ~SecretScanner();
  SecretScanner(SecretScanner&&) noexcept;
  SecretScanner& operator=(SecretScanner&&) noexcept;
  SecretScanner(const SecretScanner&) = delete;
  SecretScanner& operator=(const SecretScanner&) = delete;

  // With the rules that come with fleet; made at the first call.
  [[nodiscard]] static const SecretScanner& built_in();

  // In the order of the file, all confidences. `bytes` may be anything: it takes time linear in them, however
  // long a line. UTF-16 with a byte order mark is read as text. Another file with a NUL in its first 8 KB is
  // binary, and is searched only for what is certain by itself: private keys, and tokens of providers that
  // begin with a fixed prefix.
  // `places` is told where all values are that may be secrets, so that others who show parts of the file can
  // hide them; null: nobody does. Of UTF-16 it is told none.
  [[nodiscard]] std::vector<model::Finding> scan(std::string_view path, std::string_view bytes,
                                                 std::vector<ValuePlace>* places = nullptr) const;

  [[nodiscard]] const std::vector<SecretRule>& rules() const;

 private:
  std::unique_ptr<const SecretProgram> program_;
};

}  // namespace fleet::analysis
