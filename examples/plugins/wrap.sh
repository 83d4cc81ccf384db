#!/bin/sh
# Makes an agent of any program that takes a prompt on stdin and edits files in the folder it runs in. Needs jq.
#
#     agents: {mine: {use: plugin, command: [./examples/plugins/wrap.sh, my-tool, --its-flags]}}
#
# The protocol is in docs/plugins.md; `fleet agents test mine` holds this file against it.
set -u
read -r request
jq -nc --arg name "$(basename "$1")" '{type: "hello", protocol: 1, name: $name, version: "1.0"}'
# A fleet that speaks another version, or only asks who is there, has its answer.
printf '%s' "$request" | jq -e '(.protocol | index(1)) and .type == "run"' >/dev/null || exit 0

# What the program prints is shown as it comes; its last line becomes the summary.
last=$(mktemp)
status=$(mktemp)
trap 'rm -f "$last" "$status"' EXIT
{
  printf '%s' "$request" | jq -r .prompt | "$@" 2>&1
  echo $? >"$status"
} | while IFS= read -r line || [ -n "$line" ]; do
  printf '%s' "$line" >"$last"
  printf '%s' "$line" | jq -Rsc '{type: "progress", text: .}'
done
if [ "$(cat "$status")" = 0 ]; then
  jq -Rsc '{type: "result", status: "done", summary: .}' <"$last"
else
  jq -nc --arg why "$(basename "$1") ended with exit $(cat "$status")" '{type: "result", status: "failed", reason: $why}'
fi
