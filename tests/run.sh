#!/usr/bin/env bash
# Builds everything and runs every test; installs first what is missing.
#   tests/run.sh           units, whole-program cases, schema, house rules
#   tests/run.sh --all     the same, the units once more under the sanitizers, and the quickstart
set -euo pipefail
cd "$(dirname "$0")/.."
# One compiler cache serves every folder the project is cloned to.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
.ci/install-packages test

check() {
  echo
  echo "== $*"
  "$@"
}
check cmake --preset dev
check cmake --build --preset dev
check cmake --build --preset dev --target check-format
check ctest --preset dev --parallel "$(nproc)"
[[ ${1:-} == --all ]] || exit 0

check cmake --preset asan
check cmake --build --preset asan
check ctest --preset asan --parallel "$(nproc)" --label-exclude 'whole|house|schema'
check cmake --preset tsan
check cmake --build --preset tsan --target os_test store_test engine_test
check ctest --preset tsan --parallel "$(nproc)" --label-regex 'os|store|engine'
check examples/quickstart.sh
