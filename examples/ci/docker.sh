#!/bin/sh
# On a laptop: what would run, then the run. The clone stays its owner's; the result is a branch in it.
set -eu
image=${IMAGE:-ghcr.io/org/fleet-orchestrator:v1}
docker run --rm -v "$PWD:/repo" -w /repo "$image" plan
docker run --rm -v "$PWD:/repo" -w /repo "$image" run --report fleet-report --formats html,markdown
