#pragma once

#include <atomic>
#include <string>

#include "agents/tool_arguments.h"
#include "agents/tool_box.h"

namespace fleet::agents {

// One call at work. Its answer is for the model; an Error of Fault::input too, and says what to do instead.
class ToolRun {
 public:
  ToolRun(const ToolBox& box, git::TreeEditor& editor, const std::atomic<bool>& stop)
      : box_(box), editor_(editor), stop_(stop) {}

  [[nodiscard]] Result<std::string> perform(const ToolCall& call);

 private:
  [[nodiscard]] Result<std::string> list_files(const ToolArguments& arguments);
  [[nodiscard]] Result<std::string> read_file(const ToolArguments& arguments);
  [[nodiscard]] Result<std::string> search(const ToolArguments& arguments);
  [[nodiscard]] Result<std::string> edit_file(const ToolArguments& arguments);
  [[nodiscard]] Result<std::string> apply_patch(const ToolArguments& arguments);
  [[nodiscard]] Result<std::string> write_file(const ToolArguments& arguments);
  [[nodiscard]] Result<std::string> delete_file(const ToolArguments& arguments);
  [[nodiscard]] Result<std::string> move_file(const ToolArguments& arguments);

  [[nodiscard]] Result<> check_readable(const std::string& path) const;
  [[nodiscard]] Result<> check_writable(const std::string& path) const;
  [[nodiscard]] Result<std::string> text_of(const std::string& path) const;

  const ToolBox& box_;
  git::TreeEditor& editor_;
  const std::atomic<bool>& stop_;
};

}  // namespace fleet::agents
