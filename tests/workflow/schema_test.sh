#!/bin/sh
# Holds the JSON Schema that ships against the workflow files of corpus/. The parser's half is corpus_test.cc.
cd "$(dirname "$0")" || exit 1
if ! command -v npm >/dev/null; then
  echo "npm is missing: install Node.js 18 or newer with npm (Debian: apt-get install nodejs npm), then run this again" >&2
  exit 1
fi
if [ ! -d node_modules ] && ! npm ci --silent; then
  echo "npm could not install what package-lock.json names: see above" >&2
  exit 1
fi
exec node schema_test.mjs ../../src/workflow/workflow.schema.json corpus
