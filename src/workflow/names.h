#pragma once

#include <string_view>

#include "workflow/fields.h"

// What names something: each function says what is wrong with the scalar at `node` and returns false.
namespace fleet::workflow {

// `true` is a truth value and "true" is a name, where a value is one. (A key is a name in any case.)
bool check_is_name(Reader& reader, yaml::Node node);
bool check_environment_name(Reader& reader, yaml::Node node);
// A name of ours (of a task, an agent, an input, ...): GitHub's grammar of job ids.
bool check_id(Reader& reader, yaml::Node node, std::string_view what);
// One path below the repository's root.
bool check_path(Reader& reader, yaml::Node node);
bool check_glob(Reader& reader, yaml::Node node);

}  // namespace fleet::workflow
