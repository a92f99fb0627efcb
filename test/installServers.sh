#!/usr/bin/env bash
# Installs the servers that tests start, and what they are started with, where that may be done: as root,
# or by sudo without a password, on a system with apt-get. Elsewhere it names the command. The packages'
# own services are not started: tests start servers of their own and stop them.
set -euo pipefail

declare -A package=(
  [redis-server]=redis-server
  [redis-sentinel]=redis-sentinel
  [openssl]=openssl
  [ip]=iproute2
  [faketime]=faketime
  [prometheus-pushgateway]=prometheus-pushgateway
  [promtool]=prometheus
  [pip3]=python3-pip
)

missing=()
for command in "${!package[@]}"; do
  command -v "$command" >/dev/null || missing+=("${package[$command]}")
done
# Debian puts PostgreSQL's servers beside the path, a directory for each version.
command -v initdb >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null ||
  missing+=(postgresql)
if [ "${#missing[@]}" -eq 0 ]; then
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
  echo "Tests need servers that are not here. On Debian: sudo apt-get install ${missing[*]}" >&2
  if [ -n "${CI:-}" ]; then
    exit 1
  fi
  exit 0
fi

# Debian asks this file whether a package may start its service: 101 is no. One that is there stays.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod +x "$policy"
fi
"${as_root[@]}" apt-get update --quiet
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
