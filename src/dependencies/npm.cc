#include "dependencies/npm.h"

namespace fleet::dependencies {
namespace {

std::string npm_license_text(const Value& license) {
  if (license.is_string()) return license.text;
  return std::string(license.string("type"));
}

}  // namespace

std::pair<std::string_view, std::string_view> split_npm_name(std::string_view text) {
  const std::size_t at = text.find('@', 1);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

bool is_npm_place(std::string_view version) {
  return version.find(':') != std::string_view::npos || version.find('/') != std::string_view::npos;
}

std::string npm_license(const Value& package) {
  const Value* license = package.find("license");
  if (license == nullptr) license = package.find("licenses");
  if (license == nullptr) return {};
  if (license->kind != Value::Kind::list) return npm_license_text(*license);
  std::string all;
  for (const Member& one : license->members) {
    const std::string text = npm_license_text(one.value);
    if (text.empty()) return {};
    if (!all.empty()) all += " OR ";
    all += license->members.size() > 1 ? "(" + text + ")" : text;
  }
  return all;
}

}  // namespace fleet::dependencies
