#pragma once

#include <cstddef>

namespace fleet::model {

// Does not compile unless T has exactly N members. Did a struct get a new member? Add it to its Fields
// (model/json_attempt.h, json_plan.h, json_workflow.h), or a resumed run would lose it. Counted by taking the
// struct apart: no other way in C++20 also takes optional members.
template <std::size_t N, class T>
constexpr void assert_member_count([[maybe_unused]] const T& value) {
  static_assert(N <= 24, "more members than this can count: add a line");
  // clang-format off
  if constexpr (N == 1) { [[maybe_unused]] const auto& [a] = value; }
  if constexpr (N == 2) { [[maybe_unused]] const auto& [a, b] = value; }
  if constexpr (N == 3) { [[maybe_unused]] const auto& [a, b, c] = value; }
  if constexpr (N == 4) { [[maybe_unused]] const auto& [a, b, c, d] = value; }
  if constexpr (N == 5) { [[maybe_unused]] const auto& [a, b, c, d, e] = value; }
  if constexpr (N == 6) { [[maybe_unused]] const auto& [a, b, c, d, e, f] = value; }
  if constexpr (N == 7) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g] = value; }
  if constexpr (N == 8) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h] = value; }
  if constexpr (N == 9) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i] = value; }
  if constexpr (N == 10) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j] = value; }
  if constexpr (N == 11) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k] = value; }
  if constexpr (N == 12) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l] = value; }
  if constexpr (N == 13) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = value; }
  if constexpr (N == 14) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = value; }
  if constexpr (N == 15) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = value; }
  if constexpr (N == 16) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = value; }
  if constexpr (N == 17) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q] = value; }
  if constexpr (N == 18) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r] = value; }
  if constexpr (N == 19) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s] = value; }
  if constexpr (N == 20) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t] = value; }
  if constexpr (N == 21) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u] = value; }
  if constexpr (N == 22) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v] = value; }
  if constexpr (N == 23) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w] = value; }
  if constexpr (N == 24) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x] = value; }
  // clang-format on
}

}  // namespace fleet::model
