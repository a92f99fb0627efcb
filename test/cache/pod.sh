#!/bin/sh
# Holds the namespaces of a pod, in which its processes are started: a network, and the machine's files
# with the pod's volumes where a pod has them. The root is put together on /srv, which is empty nearly
# everywhere, and only in the pod's own mounts.
set -eu
volumes=$1

mount -t tmpfs root /srv
for volume in configuration credentials certificates data; do
  ln -s "$volumes/$volume" "/srv/$volume"
done
for entry in /*; do
  # What the machine has under a volume's name stays out.
  if [ "$entry" = /srv ] || [ -L "/srv$entry" ]; then
    continue
  elif [ -L "$entry" ]; then
    cp -P "$entry" "/srv$entry"
  elif [ -d "$entry" ]; then
    mkdir "/srv$entry"
    mount --rbind "$entry" "/srv$entry"
  fi
done
ip link set lo up
echo ready
exec chroot /srv sleep infinity
