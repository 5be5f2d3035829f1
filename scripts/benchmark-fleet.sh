#!/bin/sh
# Measures how a fleet grows: for each number of agents (arguments; default: 100 300 1000) one Mosquitto with the shipped
# configuration (TLS, passwords, access control), that many simulated agents, and three switches of all of them in waves of
# 5 %, 25 % and 100 % by `asff-fleet profile set`. Prints a Markdown table; says on standard error what it does.
# Exit codes: 0 measured, 1 a step failed, 2 something is missing.
set -eu
cd "$(dirname "$0")/.."
# Mosquitto lies in /usr/sbin, which is not on the PATH of every user.
export PATH="$PATH:/usr/sbin" DOTNET_NOLOGO=1

port=${PORT:-28884}
managers=$((port + 1))
profiles="fast accurate max"
idle_s=30
tool=src/AsffEdge.Fleet/bin/Release/net10.0/asff-fleet
ticks=$(getconf CLK_TCK)
load=$(cut -d ' ' -f 1 /proc/loadavg)
sizes=${*:-100 300 1000}

say() { echo "benchmark-fleet: $*" >&2; }
stop() { say "$@" && exit 1; }

for program in dotnet mosquitto mosquitto_passwd openssl; do
    command -v "$program" >/dev/null || { say "$program is not here (make setup installs what tests need)" && exit 2; }
done

# In memory where there is some: a thousand devices that store a document at once would else wait for one disk, as no fleet does.
folder=/dev/shm
[ -w "$folder" ] || folder=${TMPDIR:-/tmp}
work=$(mktemp -d "$folder/asff-fleet-XXXXXX")
broker=
simulator=
clean_up() {
    for process in $simulator $broker; do kill "$process" 2>/dev/null || true; done
    wait
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

# A connection each: the limit of open files must leave room for them.
ulimit -n "$(ulimit -Hn)"
# The tool's history is not the user's, and the agents' state goes where the rest goes.
export XDG_STATE_HOME="$work" XDG_CONFIG_HOME="$work" TMPDIR="$work"
export ASFF_FLEET__MQTT__PASSWORD=benchmark

now() { date +%s.%N; }
since() { echo "$(now) $1" | awk '{ printf "%.1f", $1 - $2 }'; }
# KiB of a process: VmRSS (now) or VmHWM (its most).
memory() { awk -v key="$2:" '$1 == key { print $2 }' "/proc/$1/status" 2>/dev/null; }
# Seconds of CPU that a process has used.
cpu() { sed 's/.*) //' "/proc/$1/stat" | awk -v ticks="$ticks" '{ print ($12 + $13) / ticks }'; }
# A number of the simulator's last line.
last() { tail -n 2 "$work/simulate.json" | sed -n "s/.*\"$1\":\([0-9.]*\).*/\1/p" | tail -n 1; }
record() { echo "$agents|$1|$2" >>"$work/figures"; }
difference() { echo "$1 $2" | awk '{ print $1 - $2 }'; }
median() { printf '%s\n' "$@" | sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }

prepare() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=benchmark" \
        -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=localhost" \
        -keyout "$work/broker.key" -out "$work/broker.csr" 2>/dev/null
    echo "subjectAltName=DNS:localhost" >"$work/san"
    openssl x509 -req -in "$work/broker.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 2 \
        -extfile "$work/san" -out "$work/broker.pem" 2>/dev/null
    cp config/mosquitto/asff-edge.acl "$work"
    sed -e "s|/etc/mosquitto/asff-edge|$work|" -e "s|^listener 8883|listener $((port + 2)) 127.0.0.1|" \
        -e "s|^listener 8884|listener $port|" -e "s|^listener 8885|listener $managers|" \
        config/mosquitto/mosquitto.conf >"$work/mosquitto.conf"
    # As Debian's own configuration has it.
    printf 'persistence true\npersistence_location %s/\nuser %s\nlog_type information\nlog_type error\n' \
        "$work" "$(id -un)" >>"$work/mosquitto.conf"
    echo "fleet-manager:$ASFF_FLEET__MQTT__PASSWORD" >"$work/managers.passwd"
    mosquitto_passwd -U "$work/managers.passwd"
}

start_broker() {
    mosquitto -c "$work/mosquitto.conf" >"$work/mosquitto.log" 2>&1 &
    broker=$!
    wait_for "the broker" 10 grep -q " running$" "$work/mosquitto.log"
}

# Until a command succeeds: what it waits for, seconds at most, the command.
wait_for() {
    what=$1
    end=$(($(date +%s) + $2))
    shift 2
    until "$@" 2>/dev/null; do
        [ "$(date +%s)" -lt "$end" ] || stop "$what took too long: $(tail -n 5 "$work"/*.log "$work/simulate.err")"
        sleep 0.1
    done
}

all_connected() { [ "$(last connected)" = "$agents" ]; }
some_gone() { [ "$(last connected)" -lt "$agents" ]; }

start_agents() {
    seq -f "sim-%0${#agents}.0f:$ASFF_FLEET__MQTT__PASSWORD" "$agents" >"$work/agents.passwd"
    mosquitto_passwd -U "$work/agents.passwd"
    start_broker
    : >"$work/simulate.json"
    started=$(now)
    "$tool" simulate --agents "$agents" --settle-delay 0.1 --json \
        --broker "localhost:$port" --ca "$work/ca.pem" --user '{agent}' \
        >"$work/simulate.json" 2>"$work/simulate.err" &
    simulator=$!
    wait_for "connecting $agents agents" 120 all_connected
    record "all connected after, s" "$(since "$started")"
    record "connecting: broker, s of CPU" "$(cpu "$broker" | awk '{ printf "%.2f", $1 }')"
    sleep 5
}

measure_idle() {
    say "$agents agents: $idle_s s of nothing but health"
    sent=$(last sent)
    broker_cpu=$(cpu "$broker")
    simulator_cpu=$(cpu "$simulator")
    sleep "$idle_s"
    record "at rest: messages from agents a second" "$(echo "$(last sent) $sent" | awk -v s=$idle_s '{ printf "%.1f", ($1 - $2) / s }')"
    record "at rest: broker, % of a core" "$(echo "$(cpu "$broker") $broker_cpu" | awk -v s=$idle_s '{ printf "%.2f", ($1 - $2) / s * 100 }')"
    record "at rest: simulator, % of a core" "$(echo "$(cpu "$simulator") $simulator_cpu" | awk -v s=$idle_s '{ printf "%.2f", ($1 - $2) / s * 100 }')"
    record "broker, MB resident" "$(memory "$broker" VmRSS | awk '{ printf "%.1f", $1 / 1024 }')"
    record "simulator, MB resident" "$(memory "$simulator" VmRSS | awk '{ printf "%.0f", $1 / 1024 }')"
}

# One switch of all agents; its figures go to $work/switches as a line.
switch_to() {
    sent=$(last sent)
    received=$(last received)
    broker_cpu=$(cpu "$broker")
    "$tool" profile set "$1" --all --wave 5%,25%,100% --settle 0 --yes --json \
        --broker "localhost:$managers" --ca "$work/ca.pem" --user fleet-manager >"$work/rollout.json" 2>"$work/rollout.log" &
    rollout=$!
    most=0
    while kill -0 "$rollout" 2>/dev/null; do
        most=$(memory "$rollout" VmHWM || echo "$most")
        [ -z "$most" ] || peak=$most
        sleep 0.05
    done
    wait "$rollout" || stop "the roll-out failed: $(cat "$work/rollout.log")"
    broker_cpu=$(difference "$(cpu "$broker")" "$broker_cpu")
    sleep 2 # the simulator counts once a second
    waves=$(sed 's/.*"waves":\[\([^]]*\)\].*/\1/' "$work/rollout.json" | grep -o '"took_ms":[0-9.]*' | cut -d : -f 2)
    # shellcheck disable=SC2086 # a list of numbers
    echo $waves "$(difference "$(last sent)" "$sent")" "$(difference "$(last received)" "$received")" "$broker_cpu" "$peak" >>"$work/switches"
}

column() { # shellcheck disable=SC2046 # a list of numbers
    median $(awk -v column="$1" '{ print $column }' "$work/switches")
}

measure_switches() {
    : >"$work/switches"
    for profile in $profiles; do
        say "$agents agents: to $profile in waves of 5 %, 25 % and 100 %"
        switch_to "$profile"
    done
    record "first wave: to its last report, s" "$(column 1 | awk '{ printf "%.2f", $1 / 1000 }')"
    record "second wave" "$(column 2 | awk '{ printf "%.2f", $1 / 1000 }')"
    record "third wave" "$(column 3 | awk '{ printf "%.2f", $1 / 1000 }')"
    record "messages to an agent" "$(column 5 | awk -v n="$agents" '{ printf "%.2f", $1 / n }')"
    record "messages from an agent, \`health\` meanwhile included" "$(column 4 | awk -v n="$agents" '{ printf "%.2f", $1 / n }')"
    record "broker, s of CPU for a switch" "$(column 6 | awk '{ printf "%.2f", $1 }')"
    record "\`asff-fleet profile set\`, MB resident at most" "$(column 7 | awk '{ printf "%.0f", $1 / 1024 }')"
    record "broker, MB resident at most" "$(memory "$broker" VmHWM | awk '{ printf "%.1f", $1 / 1024 }')"
}

measure_restart() {
    say "$agents agents: the broker restarts"
    kill "$broker"
    wait "$broker" || true
    wait_for "losing the broker" 30 some_gone
    started=$(now)
    start_broker
    wait_for "coming back" 120 all_connected
    record "all back after a restart of the broker, s" "$(since "$started")"
}

stop_all() {
    kill "$simulator"
    wait "$simulator" || stop "the simulator failed: $(cat "$work/simulate.err")"
    simulator=
    kill "$broker"
    wait "$broker" || true
    broker=
    rm -f "$work/mosquitto.db"
}

print_table() {
    # shellcheck disable=SC2086 # a list of numbers
    awk -F '|' -v sizes="$sizes" '
        !($2 in seen) { seen[$2] = 1; order[++rows] = $2 }
        { value[$2, $1] = $3 }
        END {
            count = split(sizes, size, " ")
            printf "| agents |"; for (i = 1; i <= count; i++) printf " %s |", size[i]
            print (count > 1 ? " each more |" : "")
            printf "|---|"; for (i = 1; i <= count; i++) printf "---|"
            print (count > 1 ? "---|" : "")
            for (row = 1; row <= rows; row++) {
                name = order[row]
                printf "| %s |", name
                for (i = 1; i <= count; i++) printf " %s |", value[name, size[i]]
                if (count > 1) printf " %.2g |", (value[name, size[count]] - value[name, size[1]]) / (size[count] - size[1])
                print ""
            }
        }' "$work/figures"
}

dotnet build src/AsffEdge.Fleet -c Release -v quiet -nodeReuse:false >&2
prepare
for agents in $sizes; do
    say "$agents agents: connecting"
    start_agents
    measure_idle
    measure_switches
    measure_restart
    stop_all
done
print_table
echo
echo "$(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(mosquitto -h | head -n 1), load before: ${load}."
