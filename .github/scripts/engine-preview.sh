#!/usr/bin/env bash
# Previews one stack on the real engine, past the policy pack, into the log and the job's summary, and ends as pulumi does:
# 7 when there are changes and --expect-no-changes is among the further options.
set -uo pipefail

stack=$1
shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT

pulumi preview --stack "$stack" --diff --non-interactive --color never --suppress-progress \
  --policy-pack policies --policy-pack-config "policies/config/$stack.json" "$@" 2>&1 |
  tee "$log"
status=${PIPESTATUS[0]}

case $status in
0) verdict='can be applied' ;;
7) verdict='differs from what is deployed' ;;
*) verdict="was refused or could not be looked at (status $status)" ;;
esac
# A summary holds a mebibyte.
{
  printf '## Stack %s %s\n\n~~~~~~~~\n' "$stack" "$verdict"
  head -c 900000 "$log"
  printf '\n~~~~~~~~\n\n'
} >>"${GITHUB_STEP_SUMMARY:-/dev/stdout}"
exit "$status"
