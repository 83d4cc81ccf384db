#include "base/result.h"

#include <fmt/format.h>

#include <system_error>

namespace fleet::base {

namespace {

std::string sentence(const Error& error) {
  std::string text = fmt::format("cannot {}", error.tried);
  if (!error.on.empty()) text += fmt::format(" {}", error.on);
  if (!error.why.empty()) text += fmt::format(": {}", error.why);
  return text;
}

}  // namespace

std::string Error::message() const {
  return hint.empty() ? sentence(*this) : fmt::format("{}\nhint: {}", sentence(*this), hint);
}

std::string Error::line() const {
  return hint.empty() ? sentence(*this) : fmt::format("{}; {}", sentence(*this), hint);
}

tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

tl::unexpected<Error> fail_errno(std::string tried, std::string on, int error_number, std::string hint) {
  return fail_world(std::move(tried), std::move(on), std::generic_category().message(error_number),
                    std::move(hint));
}

tl::unexpected<Error> fail_input(std::string tried, std::string on, std::string why, std::string hint) {
  return fail({Fault::input, std::move(tried), std::move(on), std::move(why), std::move(hint)});
}

tl::unexpected<Error> fail_world(std::string tried, std::string on, std::string why, std::string hint) {
  return fail({Fault::world, std::move(tried), std::move(on), std::move(why), std::move(hint)});
}

}  // namespace fleet::base
