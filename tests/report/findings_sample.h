#pragma once

#include "model/analysis_report.h"

// What analysis may find in a small project: a flow of data, marks of each kind, another tool, no file.
namespace fleet::report {

inline model::AnalysisReport findings_sample() {
  using model::Confidence;
  using model::Severity;
  model::AnalysisReport report;
  report.version = "0.3.0";
  report.files = 14;
  report.notes = {"src/huge.js: not looked at, since it has 64 MB"};
  report.rules = {{"python.sql-injection",
                   "fleet",
                   Severity::error,
                   Confidence::high,
                   "A query is built from outside data",
                   "Whoever sends the data can change what the query does.",
                   "Pass the values as parameters: `execute(sql, values)`.",
                   {"CWE-89"},
                   "A03:2021"},
                  {"shell.chmod-all",
                   "fleet",
                   Severity::warning,
                   Confidence::medium,
                   "A file becomes writable for all",
                   "",
                   "",
                   {"CWE-732"},
                   ""},
                  {"python.never-found",
                   "fleet",
                   Severity::note,
                   Confidence::low,
                   "It is there, and found nothing",
                   "",
                   "",
                   {},
                   ""}};

  model::Finding query;
  query.rule = "python.sql-injection";
  query.severity = Severity::error;
  query.confidence = Confidence::high;
  query.message = "The query holds `name`, which comes from the request";
  query.path = "src/a b/\xc3\xa4.py";
  query.at = {12, 5, 12, 40};
  query.symbol = "Users.find";
  query.excerpt = "cursor.execute(\"select * from users where name = '\" + name + \"'\")";
  query.flow = {{query.path, {10, 12, 10, 24}, "read from the request"},
                {query.path, {12, 5, 12, 40}, "part of a query"}};
  query.cwe = {"CWE-89"};
  query.owasp = "A03:2021";
  query.fingerprint = "0123456789abcdef0123456789abcdef";

  model::Finding mode;
  mode.rule = "shell.chmod-all";
  mode.message = "chmod 777 lets everybody write it";
  mode.path = "install.sh";
  mode.at = {3, 1, 3, 20};
  mode.excerpt = "chmod 777 \"$target\"";
  mode.cwe = {"CWE-732"};
  mode.fingerprint = "00000000000000000000000000000001";

  model::Finding known = mode, suppressed = mode, below = mode;
  known.is_known = true;
  known.at = {4, 1, 4, 20};
  suppressed.suppression = "the folder is private";
  suppressed.at = {5, 1, 5, 20};
  below.is_below_threshold = true;
  below.at = {6, 1, 6, 20};

  model::Finding foreign;
  foreign.rule = "cppcheck.nullPointer";
  foreign.tool = "cppcheck";
  foreign.severity = Severity::note;
  foreign.message = "Null pointer dereference: p";
  foreign.path = "/usr/include/x.h";
  foreign.cwe = {"CWE-476"};

  model::Finding nowhere;
  nowhere.rule = "eslint.config";
  nowhere.tool = "ESLint";
  nowhere.message = "No configuration";
  report.findings = {query, mode, known, suppressed, below, foreign, nowhere};
  return report;
}

inline constexpr const char* kHostileText =
    "</failure><x y=\"'&]]> \x1b[31m\x07 \xff\xfe \xef\xbf\xbe \u202e\n\r\n%00";

// The same with text in it that would break out of whatever it is written into.
inline model::AnalysisReport hostile_findings() {
  model::AnalysisReport report = findings_sample();
  report.version = kHostileText;
  report.notes = {kHostileText};
  for (auto& rule : report.rules) {
    rule.id = rule.tool = rule.message = rule.why = rule.fix = rule.owasp = kHostileText;
    rule.cwe = {kHostileText};
  }
  for (auto& finding : report.findings) {
    finding.rule = finding.tool = finding.message = finding.path = finding.symbol = kHostileText;
    finding.excerpt = finding.owasp = finding.fingerprint = kHostileText;
    finding.cwe = {kHostileText};
    finding.suppression = kHostileText;
    finding.flow = {{kHostileText, {}, kHostileText}};
  }
  return report;
}

}  // namespace fleet::report
