#include <cerrno>
#include <fstream>

#include "model/json_fields.h"
#include "model/name.h"
#include "store/copy_files.h"
#include "store/export.h"
#include "store/manifest_file.h"

namespace fleet::model {

template <>
struct Fields<store::Manifest> {
  static constexpr auto list = std::tuple{
      field("format", &store::Manifest::format),     field("fleet_version", &store::Manifest::fleet_version),
      field("run", &store::Manifest::run),           field("workflow", &store::Manifest::workflow),
      field("start", &store::Manifest::start),       field("exported", &store::Manifest::exported),
      field("complete", &store::Manifest::complete),
  };
  static std::string wrong(const store::Manifest& manifest) {
    return is_safe_name(manifest.run) ? "" : "the run's id is not one that fleet gives";
  }
};

}  // namespace fleet::model

namespace fleet::store {
namespace {

constexpr std::size_t kMaxManifest = 64 << 10;

}  // namespace

Result<> write_manifest(const std::filesystem::path& folder, const Manifest& manifest) {
  return write_file_atomically(folder / kManifestName, model::to_json(manifest).dump(2) + "\n");
}

Result<Manifest> read_any_manifest(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / kManifestName;
  std::error_code error;
  if (!std::filesystem::exists(folder, error))
    return base::fail_input("read the export", folder.string(), "there is no such folder");
  if (!std::filesystem::is_regular_file(std::filesystem::symlink_status(file, error))) {
    return base::fail_input("read the export", folder.string(), "it holds no manifest.json",
                            "`fleet export RUN DIR` writes one");
  }
  std::ifstream stream(file, std::ios::binary);
  std::string text(kMaxManifest + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (stream.bad()) return base::fail_errno("read", file.string(), errno);
  FLEET_TRY(const model::Json json, model::parse_json(text, file.string(), kMaxManifest));
  // Of a newer format nothing else is known, not even its fields.
  const auto format = json.is_object() ? json.find("format") : json.end();
  if (format != json.end() && format->is_number_integer() && format->get<std::int64_t>() > kExportFormat) {
    return base::fail_input("read the export", folder.string(),
                            fmt::format("a newer fleet wrote it (format {}, this one knows {})",
                                        format->get<std::int64_t>(), kExportFormat),
                            "use that fleet");
  }
  return model::from_json<Manifest>(json, file.string());
}

Result<Manifest> read_manifest(const std::filesystem::path& folder) {
  FLEET_TRY(Manifest manifest, read_any_manifest(folder));
  if (!manifest.complete) {
    return base::fail_input("read the export", folder.string(), "it is half-written: its export was cut off",
                            "export the run again");
  }
  return manifest;
}

}  // namespace fleet::store
