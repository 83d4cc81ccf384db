#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "analysis/known_findings.h"
#include "base/object_id.h"
#include "base/result.h"
#include "git/object_store.h"
#include "model/change.h"
#include "model/finding.h"
#include "text/mask.h"

namespace fleet::attempt {

// What a change brings that must not be integrated.
struct SecretsFound {
  std::vector<std::string> secrets;  // `src/a.py:3: A GitHub token, ghp_... (secrets.github-token, 1f2e...)`
  std::vector<std::string> notes;    // what was not looked through, and why
};

// Bytes of a file that is looked at after an attempt; several are held at once, one a worker.
inline constexpr std::uint64_t kMostLookedAt = 32 << 20;

// Where the baseline of a repository's findings lies.
inline constexpr const char* kBaselinePath = ".fleet/baseline.json";

// What the baseline in a tree lets be; nothing where there is none. An Error (Fault::input) when it is
// damaged.
[[nodiscard]] Result<analysis::KnownFindings> baseline_in(const git::ObjectStore& store, ObjectId tree);

// Keeps secrets out of what tasks change: those in files that are known by their looks, if with some
// confidence; and in files, in their names and in what links lead to, the values of the run's own, as they
// are or encoded, if they have 8 bytes or more; of a value of several lines, its long parts that look as if
// they were drawn at random. Immutable; any thread. The store must outlive it.
class SecretStop {
 public:
  // Reads the baseline in the tree that the run starts from. An Error (Fault::input) when it is damaged.
  // `secrets`: values by name.
  [[nodiscard]] static Result<SecretStop> create(const git::ObjectStore& store, ObjectId start_tree,
                                                 const std::map<std::string, std::string>& secrets);

  // What was there before the changes, in any file that they touch, is none of theirs; nor is what the
  // baseline lets be. A comment in the code does not make it good: whoever made the change could have written
  // that too. Takes time linear in the files.
  [[nodiscard]] Result<SecretsFound> find(const std::vector<model::Change>& changes) const;

  // The files below a folder that hold the value of one of the run's own: `cache/x (TOKEN)`. Links are not
  // followed, and files of more than kMostLookedAt not looked through.
  [[nodiscard]] Result<std::vector<std::string>> find_own_in(const std::filesystem::path& folder) const;

 private:
  struct Own {
    std::string name;
    text::Masker masker;
  };
  explicit SecretStop(const git::ObjectStore& store) : store_(&store) {}
  [[nodiscard]] Result<bool> scan(const std::string& path, const model::TreeEntry& entry,
                                  std::vector<model::Finding>& findings) const;
  void scan_for_own(const std::string& path, const std::string& bytes,
                    std::vector<model::Finding>& findings) const;
  [[nodiscard]] Result<std::vector<model::Finding>> new_in(const model::Change& change,
                                                           std::vector<model::Finding> now,
                                                           analysis::KnownFindings& gone) const;

  const git::ObjectStore* store_;
  analysis::KnownFindings baseline_;
  text::Masker any_;  // of the run's own
  std::vector<Own> own_;
};

}  // namespace fleet::attempt
