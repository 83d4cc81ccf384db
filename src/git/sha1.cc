#include "git/sha1.h"

#include <bit>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace fleet::git {
namespace {

using State = std::array<std::uint32_t, 5>;
constexpr std::size_t kBlock = 64;

std::uint32_t big_endian(const unsigned char* at) {
  std::uint32_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return __builtin_bswap32(value);
}

void hash_blocks_plainly(State& state, const unsigned char* bytes, std::size_t blocks) {
  for (; blocks > 0; --blocks, bytes += kBlock) {
    std::uint32_t w[80];
    for (int i = 0; i < 16; ++i)
      w[i] = big_endian(bytes + 4 * i);
    for (int i = 16; i < 80; ++i)
      w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    auto [a, b, c, d, e] = state;
    for (int i = 0; i < 80; ++i) {
      const std::uint32_t f = i < 20              ? d ^ (b & (c ^ d))
                              : i < 40 || i >= 60 ? b ^ c ^ d
                                                  : (b & c) | (d & (b | c));
      constexpr std::uint32_t kRound[] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
      const std::uint32_t next = std::rotl(a, 5) + f + e + kRound[i / 20] + w[i];
      e = d;
      d = c;
      c = std::rotl(b, 30);
      b = a;
      a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
  }
}

#if defined(__x86_64__)

#define FLEET_SHA_INSTRUCTIONS __attribute__((target("sha,sse4.1")))

// Four rounds a step, by the processor's own instructions (Intel, "New Instructions Supporting the Secure
// Hash Algorithm", 2013): three to five times as fast.
template <int kFunction>
FLEET_SHA_INSTRUCTIONS void five_steps(int first, __m128i* w, __m128i& abcd, __m128i& e_before) {
  for (int step = first; step < first + 5; ++step) {
    __m128i& now = w[step % 4];
    if (step >= 4) {
      now = _mm_sha1msg1_epu32(now, w[(step + 1) % 4]);
      now = _mm_sha1msg2_epu32(_mm_xor_si128(now, w[(step + 2) % 4]), w[(step + 3) % 4]);
    }
    const __m128i e = step == 0 ? _mm_add_epi32(e_before, now) : _mm_sha1nexte_epu32(e_before, now);
    e_before = abcd;
    abcd = _mm_sha1rnds4_epu32(abcd, e, kFunction);
  }
}

FLEET_SHA_INSTRUCTIONS void hash_blocks_by_instructions(State& state, const unsigned char* bytes,
                                                        std::size_t blocks) {
  const __m128i turned = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
  __m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(state.data())), 0x1b);
  __m128i e = _mm_set_epi32(static_cast<int>(state[4]), 0, 0, 0);
  for (; blocks > 0; --blocks, bytes += kBlock) {
    const __m128i abcd_before = abcd;
    const __m128i e_before = e;
    __m128i w[4];
    for (int i = 0; i < 4; ++i)
      w[i] = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes) + i), turned);
    five_steps<0>(0, w, abcd, e);
    five_steps<1>(5, w, abcd, e);
    five_steps<2>(10, w, abcd, e);
    five_steps<3>(15, w, abcd, e);
    e = _mm_sha1nexte_epu32(e, e_before);
    abcd = _mm_add_epi32(abcd, abcd_before);
  }
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state.data()), _mm_shuffle_epi32(abcd, 0x1b));
  state[4] = static_cast<std::uint32_t>(_mm_extract_epi32(e, 3));
}

bool has_instructions() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0 || (b & bit_SHA) == 0) return false;
  return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_SSE4_1) != 0;
}

void hash_blocks(State& state, const unsigned char* bytes, std::size_t blocks) {
  static const bool fast = has_instructions();
  fast ? hash_blocks_by_instructions(state, bytes, blocks) : hash_blocks_plainly(state, bytes, blocks);
}

#else

void hash_blocks(State& state, const unsigned char* bytes, std::size_t blocks) {
  hash_blocks_plainly(state, bytes, blocks);
}

#endif

}  // namespace

std::array<std::uint8_t, 20> sha1(std::string_view bytes, Sha1By by) {
  const auto hash = by == Sha1By::plain_code ? hash_blocks_plainly : hash_blocks;
  State state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  hash(state, at, bytes.size() / kBlock);
  const std::size_t left = bytes.size() % kBlock;
  unsigned char last[2 * kBlock]{};
  if (left > 0) std::memcpy(last, at + bytes.size() - left, left);
  last[left] = 0x80;
  const std::size_t end = left < 56 ? kBlock : 2 * kBlock;
  const std::uint64_t bits = static_cast<std::uint64_t>(bytes.size()) * 8;
  for (std::size_t i = 0; i < 8; ++i)
    last[end - 1 - i] = static_cast<unsigned char>(bits >> (8 * i));
  hash(state, last, end / kBlock);
  std::array<std::uint8_t, 20> out{};
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
  return out;
}

}  // namespace fleet::git
