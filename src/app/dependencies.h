#pragma once

#include <string>

#include "analysis/analyze_files.h"
#include "base/object_id.h"
#include "dependencies/files.h"
#include "dependencies/judge.h"
#include "git/object_store.h"

namespace fleet::app {

// A tree of git's, for its lock files. The store must outlive it.
[[nodiscard]] dependencies::Files dependency_files(const git::ObjectStore& store, ObjectId tree);

// Its findings and remarks, for analysis to take over.
[[nodiscard]] analysis::Reported reported(dependencies::DependencyReport report);

}  // namespace fleet::app
