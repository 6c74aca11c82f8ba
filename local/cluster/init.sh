#!/bin/sh
# The node's first process: arranges its mounts, then sleeps for as long as the node lives.
# Usage: init.sh HOST_NAME DATA_FOLDER LOG_FOLDER [FOLDER_TO_KEEP_VISIBLE …]
set -e
umask 022 # whatever the caller's is: pods of any user reach into these folders
host=$1 data=$2 logs=$3
shift 3
hostname "$host"
ip link set lo up

# The host's /run, /tmp and /var get private stand-ins: what Kubernetes writes there on its own (CNI results, pod logs, host-path
# volumes) must not reach the host. Folders that lie below them and are still needed wait elsewhere meanwhile: in /proc, which is the
# node's own, and where none of these folders can lie.
stage=/proc/driver
mount -t tmpfs -o mode=755 node $stage
n=0
for folder in "$@"; do
  n=$((n + 1))
  mkdir "$stage/$n"
  mount --rbind "$folder" "$stage/$n"
done
mkdir $stage/data $stage/logs
mount --bind "$data" $stage/data
mount --bind "$logs" $stage/logs
mount -t tmpfs -o mode=755 node /run
mount -t tmpfs -o mode=755 node /var
mkdir -p /run/lock /var/lib /var/log/pods /var/tmp
mount --bind $stage/data/tmp /tmp
mkdir -p /tmp/hostpath_pv
chmod 1777 /tmp /var/tmp /run/lock
ln -s /run /var/run
mount --bind $stage/logs/pods /var/log/pods
for name in containerd kubelet; do
  mkdir "/var/lib/$name"
  mount --bind "$stage/data/$name" "/var/lib/$name"
done
n=0
for folder in "$@"; do
  n=$((n + 1))
  mkdir -p "$folder"
  mount --rbind "$stage/$n" "$folder"
done
umount -R -l $stage

# The kubelet sets these for the whole machine, and for good. Here it reads that they are what it wants.
mkdir /run/sysctl
fake() {
  echo "$2" >"/run/sysctl/${1##*/}"
  mount --bind "/run/sysctl/${1##*/}" "/proc/sys/$1"
}
fake vm/overcommit_memory 1
fake vm/panic_on_oom 0
fake kernel/panic 10
fake kernel/panic_on_oops 1
fake kernel/keys/root_maxkeys 1000000
fake kernel/keys/root_maxbytes 25000000

# Pods may share mounts with the node, the node none with the host.
mount --make-rshared /
: >/run/node-is-up
# An ignored SIGCHLD outlives exec: the kernel then reaps every orphan by itself.
trap '' CHLD
exec sleep infinity
