#include "app/checkout.h"

#include "model/json.h"

namespace fleet::app {

Result<Checkout> open_checkout(const World& world, const Where& where) {
  FLEET_TRY(git::Repository repository, git::Repository::open(where.directory));
  std::filesystem::path state = where.state;
  if (state.empty()) state = world.variable("FLEET_STATE").value_or("");
  if (state.empty()) state = repository.common_folder() / "fleet";
  std::error_code error;
  state = std::filesystem::absolute(state, error);
  if (error) return base::fail_world("find the state folder", state, error.message());
  return Checkout{std::move(repository), store::Layout(state)};
}

Result<store::Reader> open_state(const Checkout& checkout) {
  if (!std::filesystem::exists(checkout.layout.database())) {
    return base::fail_input("find a run", {}, "nothing was run in this repository yet",
                            "start with `fleet run`");
  }
  return store::Reader::open(checkout.layout.database());
}

Result<store::RunRow> find_run(store::Reader& reader, const std::string& name) {
  if (!name.empty()) return reader.run(name);
  FLEET_TRY(std::vector<store::RunRow> newest, reader.runs(1));
  if (newest.empty()) {
    return base::fail_input("find a run", {}, "nothing was run in this repository yet",
                            "start with `fleet run`");
  }
  return std::move(newest.front());
}

Result<model::Plan> frozen_plan(store::Reader& reader, const std::string& run) {
  FLEET_TRY(const store::FrozenRun frozen, reader.frozen(run));
  FLEET_TRY(const model::Json json, model::parse_json(frozen.plan, "the stored plan"));
  return model::from_json<model::Plan>(json, "the stored plan");
}

}  // namespace fleet::app
