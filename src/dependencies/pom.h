#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "xml/xml.h"

// Inside read_pom(): what stands in one pom.xml, as it is written.
namespace fleet::dependencies {

struct PomDependency {
  std::string group, artifact, version, scope;
  std::uint32_t line = 1;
};

struct Pom {
  std::string group, artifact, version;
  std::string parent_group, parent_artifact, parent_version;
  std::string parent_path =
      "../pom.xml";  // from the folder of this file; empty: the parent is in no file here
  bool has_parent = false;
  std::map<std::string, std::string> properties;
  std::vector<PomDependency> dependencies;  // those of profiles too
  std::vector<PomDependency> managed;       // `dependencyManagement`
};

[[nodiscard]] tl::expected<Pom, xml::Problem> parse_pom(std::string_view bytes);

}  // namespace fleet::dependencies
