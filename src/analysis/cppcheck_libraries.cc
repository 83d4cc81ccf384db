#include "analysis/cppcheck_libraries.h"

#include <array>
#include <string_view>

namespace fleet::analysis {
namespace {

struct LibraryOfHeader {
  std::string_view header;  // a folder with its slash, or a whole name
  std::string_view library;
};

// All of them come with cppcheck 2.3 and later.
constexpr auto kLibraries = std::to_array<LibraryOfHeader>({
    {"gtest/", "googletest"},   {"gmock/", "googletest"}, {"boost/", "boost"},    {"openssl/", "openssl"},
    {"sqlite3.h", "sqlite3"},   {"zlib.h", "zlib"},       {"curl/", "libcurl"},   {"Python.h", "python"},
    {"lua.h", "lua"},           {"lua.hpp", "lua"},       {"ruby.h", "ruby"},     {"opencv2/", "opencv2"},
    {"wx/", "wxwidgets"},       {"gtk/", "gtk"},          {"glib.h", "gtk"},      {"gio/", "gtk"},
    {"cairo.h", "cairo"},       {"cairo/", "cairo"},      {"SDL.h", "sdl"},       {"SDL2/", "sdl"},
    {"SFML/", "sfml"},          {"omp.h", "openmp"},      {"GL/", "opengl"},      {"cppunit/", "cppunit"},
    {"windows.h", "windows"},   {"Windows.h", "windows"}, {"bsd/", "bsd"},        {"error.h", "gnu"},
    {"QObject", "qt"},          {"QString", "qt"},        {"QtCore/", "qt"},      {"QtGui/", "qt"},
    {"QWidget", "qt"},          {"QtWidgets/", "qt"},     {"QApplication", "qt"}, {"QDebug", "qt"},
    {"QCoreApplication", "qt"},
});

}  // namespace

std::vector<std::string> cppcheck_libraries(const std::set<std::string>& headers) {
  std::set<std::string> found;
  for (const LibraryOfHeader& each : kLibraries) {
    const auto at = headers.lower_bound(std::string(each.header));
    if (at == headers.end()) continue;
    const bool is_folder = each.header.back() == '/';
    if (is_folder ? at->starts_with(each.header) : *at == each.header) found.emplace(each.library);
  }
  return {found.begin(), found.end()};
}

}  // namespace fleet::analysis
