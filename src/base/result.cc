#include "base/result.h"

#include <fmt/format.h>

#include <system_error>

namespace fleet::base {

std::string Error::message() const {
  std::string text = fmt::format("cannot {}", tried);
  if (!on.empty()) text += fmt::format(" {}", on);
  if (!why.empty()) text += fmt::format(": {}", why);
  if (!hint.empty()) text += fmt::format("\nhint: {}", hint);
  return text;
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
