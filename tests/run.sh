#!/usr/bin/env bash
# Builds everything and runs every test; installs first what is missing.
#   tests/run.sh           units, whole-program cases, schema, house rules
#   tests/run.sh --all     the same, the units once more under the sanitizers, and the quickstart with the fleet built here
#   tests/run.sh --full    the same, with clang-tidy, the whole program and all units under the sanitizers, many more
#                          kills and faults, and each fuzzer for some seconds
set -euo pipefail
cd "$(dirname "$0")/.."
# One compiler cache serves every folder the project is cloned to.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
.ci/install-packages test

# Thousands of small files come and go in the tests: in memory where there is enough of it and programs may run there, since
# some disks take ten times as long. FLEET_TEST_TMPDIR puts them elsewhere.
in_memory=/dev/shm/fleet-tests-$$
if [[ -z ${FLEET_TEST_TMPDIR:-} ]] && (($(free --mega | awk '/^Mem:/ {print $7}') > 8000)) &&
  (($(df --output=avail --block-size=1M /dev/shm 2>/dev/null | tail -1) > 6000)) &&
  install -D -m 755 /dev/stdin "$in_memory/runs" <<<$'#!/bin/sh\nexit 0' && "$in_memory/runs" 2>/dev/null; then
  FLEET_TEST_TMPDIR=$in_memory
fi
trap 'rm -rf "$in_memory"' EXIT
export TMPDIR=${FLEET_TEST_TMPDIR:-${TMPDIR:-/tmp}}

check() {
  echo
  echo "== $*"
  "$@"
}
check cmake --preset dev
check cmake --build --preset dev
check cmake --build --preset dev --target check-format
check ctest --preset dev --parallel "$(nproc)"
[[ ${1:-} == --all || ${1:-} == --full ]] || exit 0
if [[ $1 == --full ]]; then
  check cmake --build --preset dev --target tidy
  check env FLEET_ALGEBRA_CASES=20000 ctest --preset dev --tests-regex '^git:Algebra'
  check python3 tests/oracles/cognitive.py build/dev/tests/oracles/oracle_measure build/dev/tests/oracles/sources --all
  check python3 tests/whole/kill.py build/dev/src/fleet --moments 200
  check python3 tests/whole/faults.py build/dev/src/fleet build/dev/tests/whole/fault.so --moments 1000
  check python3 tests/whole/full_disk.py build/dev/src/fleet --sizes 60
  check python3 tests/whole/children.py build/dev/src/fleet --output 10000000000
fi

check cmake --preset asan
if [[ $1 == --full ]]; then
  check cmake --build --preset asan
  check ctest --preset asan --parallel "$(nproc)"
else
  check cmake --build --preset asan --target room_tests
  check ctest --preset asan --parallel "$(nproc)" --label-exclude 'whole|house|schema'
fi
check cmake --preset tsan
if [[ $1 == --full ]]; then
  check cmake --build --preset tsan
  check ctest --preset tsan --parallel "$(nproc)" --label-exclude 'whole|house|schema'
else
  # What has threads.
  check cmake --build --preset tsan --target os_test net_test git_test store_test syntax_test engine_test attempt_test
  check ctest --preset tsan --parallel "$(nproc)" --label-regex '^(os|net|git|store|syntax|engine|attempt)$'
fi
if [[ $1 == --full ]]; then
  check examples/quickstart.sh
  check tests/fuzz/run.sh 70
else
  check env FLEET="$PWD/build/dev/src/fleet" examples/quickstart.sh
fi
