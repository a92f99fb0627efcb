#!/usr/bin/env bash
# Runs a command as a container's runtime would, without one: below a root of its own that cannot be
# written, as a user without privileges. Programs and libraries are this machine's. Nothing of the machine
# is changed: all mounts are in a namespace that ends with the command.
#
# ENVIRONMENT is a file of variables, `NAME=VALUE`, with a zero byte after each.
#
# inContainer.sh ROOT USER GROUP ENVIRONMENT [SOURCE TARGET ro|rw]... -- COMMAND...
set -euo pipefail

if [ "$1" != --inside ]; then
  exec unshare --mount --propagation private bash "$0" --inside "$@"
fi
root=$2 user=$3 group=$4
mapfile -d '' environment <"$5"
shift 5

bind() { # SOURCE TARGET ro|rw
  if [ -d "$1" ]; then
    mkdir -p "$root$2"
  elif [ ! -e "$root$2" ]; then
    mkdir -p "$(dirname "$root$2")"
    touch "$root$2"
  fi
  mount --bind "$1" "$root$2"
  mount -o "remount,bind,$3" "$root$2"
}

mount --bind "$root" "$root"
for directory in /usr/bin /usr/lib /usr/lib64 /usr/share /etc; do
  [ ! -d "$directory" ] || bind "$directory" "$directory" ro
done
for link in bin lib lib64; do
  [ ! -L "/$link" ] || ln -sfn "usr/$link" "$root/$link"
done
for device in null zero random urandom; do
  bind "/dev/$device" "/dev/$device" rw
done
mkdir -p "$root/proc"
mount --rbind /proc "$root/proc"
while [ "$1" != -- ]; do
  bind "$1" "$2" "$3"
  shift 3
done
shift
mount -o remount,bind,ro "$root"
cd "$root"
exec /usr/sbin/chroot . /usr/bin/env --ignore-environment "${environment[@]}" \
  setpriv --reuid "$user" --regid "$group" --groups "$group" --bounding-set=-all --inh-caps=-all --no-new-privs -- "$@"
