#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/checkout.h"
#include "app/load.h"
#include "app/pipeline.h"
#include "base/enum_names.h"

namespace CLI {
class App;
}

// Options that several commands share.
namespace fleet::app {

// -C, for fleet itself and for each command.
void add_folder(CLI::App& app);
void add_where(CLI::App& app, Where& where);
void add_workflow(CLI::App& app, WorkflowChoice& choice);
void add_limits(CLI::App& app, plan::Overrides& limits);
void add_session(CLI::App& app, SessionOptions& session);
void add_end(CLI::App& app, EndOptions& end);
void add_inputs(CLI::App& app, std::vector<std::string>& inputs, const std::string& help);

// `json,html`. Throws CLI::ValidationError.
[[nodiscard]] std::vector<model::ReportFormat> parse_formats(std::string_view list);

// An option that takes one of some words, which its help and its error list. `take` gets the place of the
// word.
void add_words(CLI::App& app, const std::string& option, const std::vector<std::string_view>& words,
               const std::string& help, std::function<void(std::size_t)> take);
template <class E, class Target>
void add_choice(CLI::App& app, const std::string& option, Target& into, const std::string& help) {
  constexpr auto& kNames = base::EnumNames<E>::names;
  add_words(app, option, {kNames.begin(), kNames.end()}, help,
            [&into](std::size_t i) { into = static_cast<E>(i); });
}

}  // namespace fleet::app
