#include "analysis/cppcheck_output.h"

#include <fmt/format.h>

#include <charconv>
#include <map>

#include "xml/xml.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kMaxMessages = 100'000;
constexpr std::size_t kMaxPlaces = 200;  // of one message
constexpr std::size_t kMaxText = 4096;

std::string attribute(const xml::Attributes& attributes, const char* name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? std::string() : found->second.substr(0, kMaxText);
}

// cppcheck counts from 1, and writes 0 where it knows nothing.
std::uint32_t place_number(const std::string& digits) {
  std::uint32_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number == 0 ? 1 : number;
}

CppcheckMessage cppcheck_message(const xml::Attributes& attributes) {
  CppcheckMessage message;
  message.id = attribute(attributes, "id");
  message.severity = attribute(attributes, "severity");
  message.text = attribute(attributes, "msg");
  message.cwe = attribute(attributes, "cwe");
  if (message.cwe.size() > 6 || message.cwe.find_first_not_of("0123456789") != std::string::npos) {
    message.cwe.clear();
  }
  message.of = attribute(attributes, "file0");
  message.inconclusive = attribute(attributes, "inconclusive") == "true";
  return message;
}

}  // namespace

Result<CppcheckOutput> read_cppcheck_output(std::string_view printed) {
  CppcheckOutput output;
  bool is_version_2 = false, is_whole = false, too_many = false, in_error = false;
  xml::Events events;
  events.opened = [&](const std::string& name, const xml::Attributes& attributes, std::uint32_t) {
    if (name == "results") {
      is_version_2 = attribute(attributes, "version") == "2";
    } else if (name == "cppcheck") {
      output.version = attribute(attributes, "version");
    } else if (name == "error") {
      too_many = too_many || output.messages.size() == kMaxMessages;
      in_error = !too_many;
      if (in_error) output.messages.push_back(cppcheck_message(attributes));
    } else if (name == "location" && in_error && output.messages.back().places.size() < kMaxPlaces) {
      output.messages.back().places.push_back(
          {attribute(attributes, "file"), place_number(attribute(attributes, "line")),
           place_number(attribute(attributes, "column")), attribute(attributes, "info")});
    }
  };
  events.closed = [&](const std::string& name, const std::string&) {
    if (name == "error") in_error = false;
    if (name == "errors") is_whole = true;
  };
  const auto wrong = [](std::string why, std::string hint) {
    return base::fail_world("read", "what cppcheck printed", std::move(why), std::move(hint));
  };
  if (const auto read = xml::read(printed, events); !read) {
    return wrong(fmt::format("line {}: {}", read.error().line, read.error().why),
                 "see what the program prints by itself");
  }
  if (!is_version_2 || !is_whole || output.version.empty()) {
    return wrong("it is XML, but no results of version 2", "use cppcheck 2.0 or later");
  }
  if (too_many) return wrong("it holds more than 100000 messages", "suppress what there is so much of");
  return output;
}

}  // namespace fleet::analysis
