#!/bin/sh
# The life of a package on a machine: installed, run, upgraded, removed, purged. The machine is the tree SYSTEM, "/" for this one, under an
# overlay in memory, so nothing of it is changed; its processes are seen by this script and its children only. Another tree than "/" (from
# debootstrap, say) may lack what the package depends on: apt then gets it, over the network. Needs root. Prints what it sees as lines "name: value".
# Run it by:  unshare --mount --pid --fork --kill-child sh package_life.sh SYSTEM OLD.deb NEW.deb CLIP PORT
set -u
system=$1 old=$2 new=$3 clip=$4 port=$5

mount --make-rprivate /
base=$(mktemp -d)
mount -t tmpfs tmpfs "$base"
root=$base/root
mkdir "$base/upper" "$base/work" "$root"
mount -t overlay overlay -o "lowerdir=$system,upperdir=$base/upper,workdir=$base/work" "$root" || exit 1
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
if [ "$system" != / ]; then
    cp /etc/resolv.conf "$root/etc/resolv.conf"
fi
cp "$old" "$root/tmp/old.deb"
cp "$new" "$root/tmp/new.deb"
cp "$clip" "$root/tmp/clip.avi"
chmod 644 "$root/tmp/clip.avi"

in_root() { chroot "$root" "$@"; }
say() { echo "$1: $2"; }
ends() {
    shown=$1
    shift
    output=$("$@" 2>&1)
    say "$shown" $?
    [ -z "$output" ] || echo "$output" | sed 's/^/  /'
}
as_agent() {
    # What systemd does for the unit: its user, its state folder. In place of this shell, so that signals reach it.
    exec chroot "$root" setpriv --reuid asff-edge --regid asff-edge --clear-groups \
        env STATE_DIRECTORY=/var/lib/asff-edge HOME=/nonexistent "$@"
}
# Runs the agent until its `reported` holds a revision, then ends it as systemd would.
run_until() {
    as_agent asff-edge run --config /etc/asff-edge/agent.yaml \
        --set mqtt.host=127.0.0.1 --set mqtt.port="$port" \
        --set cameras.0.source=/tmp/clip.avi >"$base/log" 2>&1 &
    agent=$!
    # shellcheck disable=SC2016
    timeout 60 mosquitto_sub -p "$port" -t 'asff-edge/v1/agents/+/reported' |
        grep -m 1 -o '"rev_applied":[0-9]*' >"$base/reported"
    say "$1 reported" "$(cat "$base/reported")"
    kill -TERM $agent
    wait $agent
    code=$?
    say "$1 exit" $code
    [ $code -eq 0 ] || sed 's/^/  /' "$base/log"
}
desired=asff-edge/v1/agents/gate-07/desired
# The packages lie in the checkout's artifacts, and the checkout is on this machine too.
checkout=$(dirname "$(dirname "$old")")
left() {
    in_root find /etc /opt /usr /var -name '*asff-edge*' -not -path "$checkout/*" 2>/dev/null | sort | tr '\n' ' '
}

say system "$(. "$root/etc/os-release" && echo "$PRETTY_NAME")"
if [ "$system" = / ]; then
    ends install in_root dpkg -i /tmp/old.deb
else
    in_root apt-get update -qq >/dev/null 2>&1
    ends install in_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends /tmp/old.deb
fi
say version "$(in_root asff-edge --version)"
say user "$(in_root getent passwd asff-edge | cut -d : -f 1,6)"
say state "$(in_root stat -c '%A %U' /var/lib/asff-edge)"
say credentials "$(in_root stat -c '%A %U' /etc/asff-edge/credentials)"
# (LTTng is for tracing .NET itself, which loads it where it is there.)
say libraries "$(in_root sh -c 'ldd /usr/lib/asff-edge/*.so | sed -n "s/ => not found//p" | grep -v lttng | tr -s "\n\t" "  "')"
ends check-config in_root asff-edge check-config --config /etc/asff-edge/agent.yaml
ends manual in_root zgrep -q ASFF-EDGE /usr/share/man/man1/asff-edge.1.gz

mosquitto_pub -p "$port" -q 1 -r -t $desired -m '{"v":1,"rev":7,"profile":"fast","policy":{"settle_s":0}}'
run_until first
say "state file" "$(in_root find /var/lib/asff-edge -type f -not -user asff-edge | wc -l) of others"

# What was switched over MQTT and what its owner wrote into the configuration are there after an upgrade.
mosquitto_pub -p "$port" -q 1 -r -n -t $desired
mosquitto_pub -p "$port" -q 1 -r -n -t asff-edge/v1/agents/gate-07/reported
echo '# mine' >>"$root/etc/asff-edge/agent.yaml"
ends upgrade in_root dpkg --force-confdef -i /tmp/new.deb
say "version after" "$(in_root asff-edge --version)"
say configuration "$(tail -n 1 "$root/etc/asff-edge/agent.yaml")"
run_until second

ends remove in_root dpkg -r asff-edge
say "left after remove" "$(left)"
ends purge in_root dpkg -P asff-edge
say "left after purge" "$(left)"
say "user after purge" "$(in_root getent passwd asff-edge)"
