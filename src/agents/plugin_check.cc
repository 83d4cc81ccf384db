#include <fmt/format.h>

#include "agents/plugin.h"
#include "base/enum_names.h"
#include "model/attempt.h"

// What a plugin prints, held against the protocol, for who writes one.
namespace fleet::agents {
namespace {

class AnswerCheck {
 public:
  explicit AnswerCheck(PluginAnswer wanted) : wanted_(wanted) {}

  std::vector<std::string> check(std::string_view printed) {
    JsonLines lines({[this](const Json& line) {
                       ++line_;
                       take(line);
                     },
                     [this](std::string_view line) {
                       ++line_;
                       wrong(fmt::format("is no JSON object: `{}`; what is for people goes to stderr",
                                         line.substr(0, 60)));
                     }});
    lines.feed(printed);
    if (!printed.empty() && printed.back() != '\n') faults_.emplace_back("its last line has no end");
    lines.finish();
    if (wanted_ != PluginAnswer::refusal && !has_greeted_) faults_.emplace_back("it never said `hello`");
    if (wanted_ == PluginAnswer::result && results_ == 0) faults_.emplace_back("it ended without a `result`");
    return std::move(faults_);
  }

 private:
  void wrong(const std::string& what) { faults_.push_back(fmt::format("line {} {}", line_, what)); }

  void take(const Json& line) {
    const std::string type = text_at(line, "type");
    if (results_ > 0) wrong("comes after its `result`, which is the last");
    if (!has_greeted_) return greet(line);
    if (type == "hello") {
      wrong("says `hello` once more");
    } else if (type == "progress") {
      if (wanted_ != PluginAnswer::result) wrong("is `progress`, where nothing was to be done");
      if (!member(line, "text").is_string()) wrong("has no `text`");
    } else if (type == "result") {
      ++results_;
      take_result(line);
    } else {
      wrong(fmt::format("is of a type that is not known: `{}`", type.substr(0, 40)));
    }
  }

  void greet(const Json& line) {
    has_greeted_ = true;
    const auto protocol = int_at(line, "protocol");
    if (wanted_ == PluginAnswer::refusal) {
      if (text_at(line, "type") != "hello") {
        wrong("is no `hello`");
      } else if (protocol != kPluginProtocol) {
        wrong("does not name a version that the plugin speaks");
      }
      return;
    }
    if (const std::string why = wrong_hello(line); !why.empty()) faults_.push_back(why);
    for (const char* name : {"name", "version"}) {
      if (!member(line, name).is_string()) wrong(fmt::format("has no `{}`", name));
    }
  }

  void take_result(const Json& line) {
    if (wanted_ == PluginAnswer::description) return wrong("is a `result`, where only `hello` was asked for");
    if (wanted_ == PluginAnswer::refusal)
      return wrong("is a `result` by a version of the protocol that the plugin cannot know");
    const std::string status = text_at(line, "status");
    if (status != "done" && status != "failed")
      wrong(fmt::format("has the `status` `{}`, neither done nor failed", status.substr(0, 40)));
    if (status == "failed" && text_at(line, "reason").empty()) wrong("gives no `reason`");
    const Json& failure = member(line, "failure");
    if (!failure.is_null() &&
        (!failure.is_string() || !base::from_name<model::AgentFailure>(text_at(line, "failure"))))
      wrong("has a `failure` that is not known");
    for (const char* name : {"cost_usd", "retry_after", "turns"}) {
      const auto number = number_at(line, name);
      if (!member(line, name).is_null() && (!number || *number < 0))
        wrong(fmt::format("has a `{}` that is no number from 0", name));
    }
  }

  PluginAnswer wanted_;
  std::vector<std::string> faults_;
  std::size_t line_ = 0;
  std::size_t results_ = 0;
  bool has_greeted_ = false;
};

}  // namespace

std::vector<std::string> check_answer(std::string_view printed, PluginAnswer wanted) {
  return AnswerCheck(wanted).check(printed);
}

}  // namespace fleet::agents
