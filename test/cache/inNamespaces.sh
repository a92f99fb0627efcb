#!/usr/bin/env bash
# Runs a command, which starts pods, in namespaces of its own: a network with a bridge, a file of host
# names, processes that end with the command, however it ends. Nothing of the machine is changed, and
# root is not needed where the kernel lets users have namespaces. Where it does not, the command runs
# without them: it says so itself, and starts no pods.
set -euo pipefail

if [ "${1:-}" != --inside ]; then
  namespaces=(--net --mount --pid --fork --kill-child --mount-proc)
  [ "$(id -u)" -eq 0 ] || namespaces+=(--user --map-root-user)
  if ! unshare "${namespaces[@]}" ip link add bridge0 type bridge; then
    unset LAB_DIRECTORY
    exec "$@"
  fi
  LAB_DIRECTORY=$(mktemp -d)
  LAB_OUTSIDE=$(readlink /proc/self/ns/net)
  export LAB_DIRECTORY LAB_OUTSIDE
  touch "$LAB_DIRECTORY/hosts"
  # unshare holds back the signals that would end it, and the first process of a namespace hears of none.
  setpriv --pdeathsig KILL unshare "${namespaces[@]}" bash "$0" --inside "$@" &
  command=$!
  trap 'kill -KILL "$command" 2>/dev/null || true; wait "$command" || true; rm -rf "$LAB_DIRECTORY"' EXIT
  trap 'exit 130' INT TERM
  wait "$command"
  exit
fi

shift
# The machine's own network and names are never touched.
[ "$(readlink /proc/self/ns/net)" != "$LAB_OUTSIDE" ]
mount --bind "$LAB_DIRECTORY/hosts" /etc/hosts
ip link set lo up
ip link add bridge0 type bridge
ip address add 10.77.0.1/16 dev bridge0
ip link set bridge0 up
exec "$@"
