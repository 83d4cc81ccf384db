#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "dependencies/advisory.h"
#include "dependencies/dependency.h"
#include "dependencies/files.h"

namespace fleet::dependencies {

using Package = std::pair<Ecosystem, std::string>;

// What is known of one vulnerability of a dependency. Several records may tell of it, which name each other
// as aliases: the first by id speaks.
struct Vulnerability {
  std::string id;
  std::vector<std::string> also;  // other ids and aliases, sorted
  std::string summary;
  AdvisorySeverity severity;  // the worst of them
  std::string fixed_in;       // empty: no record tells a version
};

// The advisories in a folder of OSV records that concern some packages. Immutable once read; any thread.
class Database {
 public:
  static constexpr std::size_t kMostRecordBytes = 16u << 20;
  static constexpr std::size_t kMostRemarks = 200;
  static constexpr std::size_t kMostFiles = 5'000'000;

  Database() = default;

  // Reads every `.json` below the folder, one after the other, and keeps what concerns `packages`: memory is
  // bounded by that, not by the folder. A file that is no record becomes a remark. An Error where the folder
  // cannot be read, or not within `time`: half a database would look like a clean one.
  [[nodiscard]] static Result<Database> read(const std::string& folder, const std::set<Package>& packages,
                                             Duration time);

  // By id.
  [[nodiscard]] std::vector<Vulnerability> vulnerabilities(const Dependency& dependency) const;

  [[nodiscard]] std::size_t records() const { return records_; }      // that were read
  [[nodiscard]] std::size_t withdrawn() const { return withdrawn_; }  // of those, passed over
  [[nodiscard]] const model::Diagnostics& remarks() const { return remarks_; }

 private:
  void read_record(const std::string& bytes, const std::string& shown, const std::set<Package>& packages);
  void remark(const std::string& path, std::size_t line, std::string message);

  struct Entry {
    std::shared_ptr<const Advisory> advisory;
    std::size_t affected;  // which of its affected packages
  };
  std::map<Package, std::vector<Entry>> entries_;
  std::size_t records_ = 0, withdrawn_ = 0, left_out_ = 0;
  model::Diagnostics remarks_;
};

}  // namespace fleet::dependencies
