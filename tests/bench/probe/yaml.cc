#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <sstream>

#include "bench/probe/probe.h"
#include "os/files.h"
#include "workflow/reader.h"

// A workflow file read and checked; as the peer yaml-cpp's tree of nodes, and as the floor its events,
// unheard.
namespace fleet::bench {
namespace {

class Deaf final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
  }
  void OnMapEnd() override {}
};

void read(const std::string& source) {
  if (!workflow::read("bench.yml", source).good()) give_up("the workflow has errors");
}
void load(const std::string& source) {
  if (!YAML::Load(source).IsMap()) give_up("no mapping");
}
void hear(const std::string& source) {
  std::istringstream stream(source);
  Deaf deaf;
  if (!YAML::Parser(stream).HandleNextDocument(deaf)) give_up("no document");
}

}  // namespace

Figures probe_yaml(Arguments& arguments) {
  const std::string how = arguments.text();
  const std::string source = must(os::read_file(arguments.text(), 64 << 20));
  const MemoryGrowth growth;
  const double seconds = seconds_of([&] {
    how == "read" ? read(source) : how == "load" ? load(source) : hear(source);
  });
  return {{"seconds", seconds}, {"bytes", growth.bytes()}};
}

}  // namespace fleet::bench
