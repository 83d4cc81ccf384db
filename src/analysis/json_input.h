#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/json.h"

namespace fleet::analysis {

// JSON that another program wrote, with bounds on size, on depth (200), and on the number of values (4
// million), of which each takes up to 100 bytes of memory, however few it takes in the file. `name` is the
// file's.
[[nodiscard]] Result<model::Json> parse_foreign_json(std::string_view text, const std::string& name,
                                                     std::size_t max_bytes);

// Takes values out of such a document. What is of another kind than asked for reads as absent, and the first
// time is kept with its place, so that a reader looks once at its end. null is as good as absent. One thread.
class JsonInput {
 public:
  explicit JsonInput(const model::Json& document) : document_(document) {}

  // Null: absent.
  [[nodiscard]] const model::Json* object(const model::Json& of, const char* member);
  [[nodiscard]] const model::Json& list(const model::Json& of, const char* member);  // absent: an empty one
  // Of the document; absent: empty.
  [[nodiscard]] std::string_view text(const model::Json& of, const char* member);
  // From 0 on: nothing is counted below, and -1 stands for none in SARIF.
  [[nodiscard]] std::optional<std::uint32_t> number(const model::Json& of, const char* member);

  // `at` is a part of the document. Only the first counts.
  void wrong(const model::Json& at, const std::string& member, std::string why);
  // An Error with the JSON pointer (RFC 6901) of the first thing that was wrong.
  [[nodiscard]] Result<> verdict(const std::string& name, const std::string& hint) const;

 private:
  const model::Json* find(const model::Json& of, const char* member);
  const model::Json& document_;
  bool is_wrong_ = false;
  std::string pointer_, why_;
};

}  // namespace fleet::analysis
