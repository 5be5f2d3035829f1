#!/bin/sh
# Runs the end-to-end tests of one class and shows, while they run, what they say; a failure is shown whole. All of it stays in the log.
# Usage: scripts/live-test.sh CLASS LOG
# Exit codes: 0 passed, 1 failed, 2 wrong usage.
set -u
[ $# -eq 2 ] || { echo "usage: scripts/live-test.sh CLASS LOG" >&2; exit 2; }
cd "$(dirname "$0")/.." || exit 1
# Mosquitto lies in /usr/sbin, which is not on the PATH of every user.
export PATH="$PATH:/usr/sbin" DOTNET_CLI_UI_LANGUAGE=en DOTNET_NOLOGO=1
log=$2
mkdir -p "$(dirname "$log")"
dotnet build tests/AsffEdge.EndToEnd.Tests -c Release -v quiet -nodeReuse:false || exit 1

# The runner puts the test's name before every line.
{
    tests/AsffEdge.EndToEnd.Tests/bin/Release/net10.0/AsffEdge.EndToEnd.Tests \
        --filter-class "*$1" --output Detailed --show-live-output on --no-ansi 2>&1
    echo "exit code: $?"
} | tee "$log" | sed -u -n 's/^OUTPUT: \[[^]]*\] \{0,1\}//p'
[ "$(sed -n 's/^exit code: //p' "$log")" = 0 ] || { sed -n '/^failed /,$p' "$log" >&2; exit 1; }
