#!/usr/bin/env bash
# Previews the stack files as they are, then every trading system in them, against the files of another
# commit if one is named. Writes one summary for each into a directory, and all of them into the job's
# summary. Fails when any of them is refused.
set -euo pipefail

directory=$1
against=(${2:+--against "$2"})
mkdir -p "$directory"
status=0

preview() {
  local name=$1
  shift
  npm run --silent preview -- --markdown ${against[@]+"${against[@]}"} "$@" >"$directory/$name.md" || status=1
  printf '## %s\n\n' "$name" | cat - "$directory/$name.md" >>"${GITHUB_STEP_SUMMARY:-/dev/stdout}"
}

preview stack-files
for file in systems/*.yaml; do
  system=$(basename "$file" .yaml)
  preview "$system" --system "$system"
done
exit "$status"
