#!/usr/bin/env bash
# Builds the fuzzers with clang and libFuzzer, and runs one after the other. Stops at the first finding, with
# the command that brings it back. What was found to be worth trying stays in build/fuzz/tried, for next time.
#   tests/fuzz/run.sh [SECONDS [NAME...]]      SECONDS in all (60), shared among the fuzzers (all)
# For hours: tests/fuzz/run.sh 28800
set -euo pipefail
cd "$(dirname "$0")/../.."
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

seconds=${1:-60}
[[ $seconds =~ ^[1-9][0-9]*$ ]] || {
  echo "usage: $0 [SECONDS [NAME...]]" >&2
  exit 2
}
names=("${@:2}")
if [[ ${#names[@]} == 0 ]]; then
  for file in tests/fuzz/*_fuzzer.cc; do
    names+=("$(basename "$file" _fuzzer.cc)")
  done
fi

.ci/install-packages test
cmake --preset fuzz
cmake --build --preset fuzz

each=$((seconds / ${#names[@]}))
[[ $each -gt 0 ]] || each=1
# vptr and the others stop the program at the first fault; UBSan then says where.
export UBSAN_OPTIONS=print_stacktrace=1
for name in "${names[@]}"; do
  program=build/fuzz/tests/fuzz/${name}_fuzzer
  tried=build/fuzz/tried/$name
  findings=build/fuzz/findings/$name
  mkdir -p "$tried" "$findings"
  seeds=("tests/fuzz/corpus/$name")
  [[ $name != workflow ]] || seeds+=(tests/workflow/corpus/good tests/workflow/corpus/bad-shape tests/workflow/corpus/bad-meaning)
  [[ $name != dependencies ]] || seeds+=(tests/dependencies/locks tests/dependencies/osv)
  echo
  echo "== $name, for $each seconds"
  if ! "$program" -max_total_time="$each" -timeout=20 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 -print_funcs=0 -verbosity=0 \
    -dict="tests/fuzz/dictionaries/$name.dict" -artifact_prefix="$findings/" "$tried" "${seeds[@]}" 2>&1 |
    sed '/Recommended dictionary/,/End of recommended dictionary/d'; then
    newest=$(ls -t "$findings" | head -1)
    echo >&2
    echo "$name found something. To see it again: $program $findings/$newest" >&2
    echo "With any compiler: build/dev/tests/fuzz/${name}_fuzzer $findings/$newest" >&2
    exit 1
  fi
done
