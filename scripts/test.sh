#!/bin/sh
# Builds everything in Release, runs all tests and ends with one line of totals. FAST=1 leaves out the tests of
# category System (child processes, brokers, RTSP servers) and Slow.
# Exit codes: 0 all passed, else the test runner's; 1 when no test ran.
set -eu
cd "$(dirname "$0")/.."
# Mosquitto lies in /usr/sbin, which is not on the PATH of every user.
export PATH="$PATH:/usr/sbin"
export DOTNET_CLI_UI_LANGUAGE=en DOTNET_NOLOGO=1

dotnet build AsffEdge.sln -c Release -v quiet -nodeReuse:false

set -- --timeout 15m
if [ -n "${FAST:-}" ]; then
    # Code 8 is a project without a test to run, which a project with System tests only then is.
    set -- "$@" --filter-not-trait Category=System --filter-not-trait Category=Slow --ignore-exit-code 8
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# One project at a time: the end-to-end tests judge rates, and the trainer's use every core.
{
    dotnet test --solution AsffEdge.sln -c Release --no-build --no-progress --no-ansi \
        --max-parallel-test-modules 1 "$@" || echo "test runner exit code: $?"
} | tee "$log"
code=$(sed -n 's/^test runner exit code: //p' "$log")

total() { sed -n "s/^ *$1: *\([0-9][0-9]*\)$/\1/p" "$log" | tail -n 1; }
passed=$(total succeeded)
failed=$(total failed)
skipped=$(total skipped)
if [ "$((${passed:-0} + ${failed:-0}))" -eq 0 ]; then
    echo "make test: no test ran" >&2
    code=${code:-1}
elif [ "$failed" -gt 0 ]; then
    code=${code:-1}
fi
line="${passed:-0} passed, ${failed:-0} failed"
[ "${skipped:-0}" -eq 0 ] || line="$line, $skipped skipped"
echo "$line"
exit "${code:-0}"
