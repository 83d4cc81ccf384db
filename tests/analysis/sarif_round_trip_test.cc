#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/sarif.h"
#include "report/findings.h"
#include "report/findings_sample.h"
#include "xml/xml.h"

namespace fleet::analysis {
namespace {

// What is written for others is read as they write.
TEST(SarifRoundTrip, KeepsWhatAFindingSays) {
  const auto written = report::findings_sample();
  ForeignOptions options;
  options.root = "/checkout";
  options.takes_marks = true;
  const auto read = read_sarif(report::to_sarif(written), "own.sarif", options);
  ASSERT_TRUE(read) << read.error().message();
  ASSERT_EQ(read->findings.size() + 1, written.findings.size());  // one of them has no file
  for (std::size_t i = 0; i < read->findings.size(); ++i) {
    const auto &before = written.findings[i], &after = read->findings[i];
    EXPECT_EQ(after.rule, "fleet." + before.rule);
    EXPECT_EQ(after.message, before.message);
    EXPECT_EQ(after.path, before.path);
    EXPECT_EQ(after.at, before.at);
    EXPECT_EQ(after.severity, before.severity);
    EXPECT_EQ(after.confidence, before.confidence);
    EXPECT_EQ(after.symbol, before.symbol);
    EXPECT_EQ(after.cwe, before.cwe);
    EXPECT_EQ(after.owasp, before.owasp);
    ASSERT_EQ(after.flow.size(), before.flow.size());
    for (std::size_t k = 0; k < after.flow.size(); ++k) {
      EXPECT_EQ(after.flow[k].path, before.flow[k].path);
      EXPECT_EQ(after.flow[k].at, before.flow[k].at);
      EXPECT_EQ(after.flow[k].what, before.flow[k].what);
    }
    const bool is_marked = before.suppression || before.is_known || before.is_below_threshold;
    EXPECT_EQ(after.suppression.has_value(), is_marked);
  }
}

TEST(SarifRoundTrip, HostileTextStaysText) {
  ForeignOptions options;
  options.root = "/checkout";
  const auto written = report::hostile_findings();
  const auto read = read_sarif(report::to_sarif(written), "own.sarif", options);
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->findings.size(), written.findings.size());
  xml::Events events;
  std::size_t cases = 0;
  events.opened = [&](const std::string& name, const xml::Attributes&, std::uint32_t) {
    cases += name == "testcase" ? 1 : 0;
    EXPECT_NE(name, "x");
  };
  const auto xml = xml::read(report::to_junit(written), events);
  EXPECT_TRUE(xml) << xml.error().why;
  EXPECT_EQ(cases, written.findings.size());
}

}  // namespace
}  // namespace fleet::analysis
