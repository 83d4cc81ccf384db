#!/usr/bin/env bash
# Takes the release's fleet for this machine, once in a job, and runs it by the inputs of the action.
set -euo pipefail

fail() {
  echo "::error title=fleet::$1"
  exit 3
}

program=$FLEET_PROGRAM
if [[ -z $program ]]; then
  [[ $(uname -s) == Linux ]] || fail "fleet runs on Linux, and this is $(uname -s)"
  case $(uname -m) in
    x86_64) arch=amd64 ;;
    aarch64) arch=arm64 ;;
    *) fail "there is no fleet for $(uname -m)" ;;
  esac
  folder=$RUNNER_TEMP/fleet-${FLEET_VERSION:-newest}
  program=$folder/fleet/bin/fleet
  if [[ ! -x $program ]]; then
    releases=$GITHUB_SERVER_URL/$FLEET_REPOSITORY/releases
    url=$releases/latest/download/fleet-linux-$arch.tar.gz
    [[ -z $FLEET_VERSION ]] || url=$releases/download/$FLEET_VERSION/fleet-linux-$arch.tar.gz
    part=$(mktemp -d "$RUNNER_TEMP/fleet-part-XXXXXX")
    curl --silent --show-error --fail --location --retry 3 --output "$part/fleet.tar.gz" "$url" || fail "cannot fetch $url"
    tar -xzf "$part/fleet.tar.gz" -C "$part" || fail "$url is no archive"
    rm "$part/fleet.tar.gz"
    mv -T "$part" "$folder"
  fi
fi
[[ -x $program ]] || fail "there is no program $program"
exec "$program" action
