#!/usr/bin/env bash
# Installs what is missing, builds fleet, and runs its main job on a real repository: the sources of rxjs, as npm ships
# them. No key, no service. What it leaves lies under build/quickstart.
set -euo pipefail
cd "$(dirname "$0")/.."
.ci/install-packages build
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 # one compiler cache for every clone

if [[ -n ${FLEET:-} ]]; then # a fleet that is built already
  fleet=$FLEET
else
  cmake --preset release -DFLEET_TESTS=OFF
  cmake --build --preset release --target fleet
  fleet=$PWD/build/release/src/fleet
fi

work=$PWD/build/quickstart
rm -rf "$work"
mkdir -p "$work/tools"
cp examples/quickstart/package.json examples/quickstart/package-lock.json examples/quickstart/.npmrc "$work/tools"
(cd "$work/tools" && npm ci --silent --no-audit --no-fund)

# A repository, as somebody might have it.
mv "$work/tools/node_modules/rxjs" "$work/rxjs"
cd "$work/rxjs"
rm -rf dist
mkdir .fleet
cp ../../../examples/quickstart/workflow.yml .fleet/workflow.yml
echo node_modules > .gitignore
git init --quiet --initial-branch=main
git add --all
git -c user.name=Newcomer -c user.email=newcomer@localhost commit --quiet --message 'rxjs 7.8.1'

run() {
  echo
  echo "\$ fleet $*"
  "$fleet" "$@"
}
run plan --input "tools=$work/tools"
run run --id quickstart --input "tools=$work/tools" --report "$work/report"

echo
echo "\$ git log --oneline --stat main..fleet/quickstart"
git --no-pager log --oneline --stat=100,60 --stat-count=4 main..fleet/quickstart
echo
echo "\$ head -n 40 report.md"
head -n 40 "$work/report/report.md"

# Nobody may take a run for good in which nothing was done.
expect_in() { # the word stands in at least so many files of the result
  local files
  files=$(git grep --files-with-matches --word-regexp "$2" fleet/quickstart -- src | wc -l)
  if ((files < $1)); then
    echo "quickstart: \"$2\" is in $files files of the branch, not in $1" >&2
    exit 1
  fi
}
expect_in 105 sink
expect_in 117 SPDX-License-Identifier
echo
echo "The reports are in $work/report; the branch fleet/quickstart of $work/rxjs holds the result."
