#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "base/object_id.h"
#include "base/result.h"
#include "git/object_store.h"

namespace fleet::git {

// How two changes to the content of one file come together: git's merge drivers (gitattributes(5), `merge`).
enum class MergeDriver : std::uint8_t {
  text,
  unite,  // `merge=union`: as text, but where both changed the same lines both stay, one after the other
  none,   // `-merge`, `merge=binary`: not at all
};

// Whose .gitattributes are asked. Only what is in a tree counts: the user's info/attributes and
// core.attributesFile would make another commit of the same results elsewhere.
struct MergeRules {
  ObjectId tree;       // none: all is text
  bool unites = true;  // false: `union` is text. To take lines back, it would be of no use: it keeps them
};

struct AttributeFile;  // one .gitattributes, parsed

// The attribute `merge` of paths, as git reads it: the deepest file decides, in it the last line, and macros
// count. A driver that a name stands for is not run: as in git where it is not configured, that is text. What
// was read is remembered. One thread; the store must outlive it.
class MergeAttributes {
 public:
  explicit MergeAttributes(const ObjectStore& store) : store_(store) {}

  [[nodiscard]] Result<MergeDriver> driver(const MergeRules& rules, std::string_view path);
  void clear() { files_.clear(); }

 private:
  using File = std::shared_ptr<const AttributeFile>;
  [[nodiscard]] Result<File> read(ObjectId blob);

  const ObjectStore& store_;
  std::unordered_map<ObjectId, File> files_;
};

}  // namespace fleet::git
