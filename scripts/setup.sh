#!/bin/sh
# Prepares a Debian or Ubuntu machine for `make run` (argument: run) or `make test` (argument: test): checks the .NET
# SDK, installs the system packages that are missing, and fetches the demo's clip. Does nothing where all is in place;
# with SKIP_SETUP=1 it checks the SDK only.
# Exit codes: 0 ready, 1 a step failed, 2 this machine cannot be prepared from here (the message says what to do).
set -eu
cd "$(dirname "$0")/.."

# A name after | is the same package under the name that newer releases give it.
run_packages="ffmpeg libgtk-3-0|libgtk-3-0t64 libharfbuzz0b libfreetype6 libatomic1"
test_packages="$run_packages mosquitto mosquitto-clients python3-gi python3-jinja2 python3-jsonschema
    python3-onnx gir1.2-gst-rtsp-server-1.0
    gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad
    gstreamer1.0-plugins-ugly procps systemd faketime nginx python3-swift"

clip=.data/vtest.avi
clip_sha256=45cddc9490be69345cbdab64ca583be65987e864ca408038e648db99e10516cf

say() { echo "setup: $*"; }
stop() {
    code=$1
    shift
    printf 'setup: %s\n' "$@" >&2
    exit "$code"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        stop 2 "'$*' needs root, and sudo is not installed: run it as root, then try again."
    fi
}

check_sdk() {
    wanted="the .NET SDK 10.0 (https://dotnet.microsoft.com/download/dotnet/10.0)"
    command -v dotnet >/dev/null || stop 2 "dotnet is not on the PATH: install $wanted."
    dotnet --version >/dev/null 2>&1 ||
        stop 2 "no installed SDK fits global.json: install $wanted. Installed now:" "$(dotnet --list-sdks)"
}

installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# The packages of a list of which no alternative is installed.
missing_of() {
    for names in $1; do
        found=
        for name in $(echo "$names" | tr '|' ' '); do
            if installed "$name"; then
                found=1
            fi
        done
        [ -n "$found" ] || echo "$names"
    done
}

# Of alternatives, the first that this release offers.
offered() {
    for name in $(echo "$1" | tr '|' ' '); do
        if apt-cache policy "$name" 2>/dev/null | grep -q 'Candidate: [^(]'; then
            echo "$name"
            return
        fi
    done
    stop 1 "no package source of this system offers $1: see /etc/apt/sources.list.d (on Ubuntu, is 'universe' on?)."
}

install_packages() {
    missing=$(missing_of "$1")
    [ -n "$missing" ] || return 0
    say "missing packages: $(echo "$missing" | tr '\n' ' ')"
    as_root apt-get update -qq || stop 1 "'apt-get update' failed: is the network up?"
    names=
    for alternatives in $missing; do
        name=$(offered "$alternatives")
        names="$names $name"
    done
    say "installing:$names"
    # shellcheck disable=SC2086 # a list of names
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $names >/dev/null ||
        stop 1 "'apt-get install$names' failed."
}

sha256_of() { sha256sum "$1" | cut -d ' ' -f 1; }

# The clip ships in opencv-doc, which is downloaded and opened, not installed.
fetch_clip() {
    if [ -f "$clip" ]; then
        [ "$(sha256_of "$clip")" != "$clip_sha256" ] || return 0
        say "$clip is not the expected clip; fetching it again."
    fi
    folder=.data/opencv-doc
    rm -rf "$folder"
    mkdir -p "$folder"
    say "fetching the demo's clip from the package opencv-doc (about 100 MB) into $clip"
    if ! apt-cache policy opencv-doc | grep -q 'Candidate: [^(]'; then
        as_root apt-get update -qq || stop 1 "'apt-get update' failed: is the network up?"
    fi
    (cd "$folder" && apt-get download -qq opencv-doc 2>download.log) ||
        stop 1 "'apt-get download opencv-doc' failed:" "$(cat "$folder/download.log")"
    dpkg -x "$folder"/opencv-doc_*.deb "$folder"
    found=$(find "$folder" -name vtest.avi -o -name vtest.avi.gz | head -n 1)
    case $found in
        '') stop 1 "this release's opencv-doc holds no vtest.avi: put the clip at $clip (sha256 $clip_sha256)." ;;
        *.gz) gzip -d "$found" && found=${found%.gz} ;;
    esac
    sum=$(sha256_of "$found")
    [ "$sum" = "$clip_sha256" ] ||
        stop 1 "vtest.avi of this release's opencv-doc is another file (sha256 $sum, expected $clip_sha256):" \
            "put the expected clip at $clip."
    mv "$found" "$clip"
    rm -rf "$folder"
}

case ${1:-} in
    run) packages=$run_packages ;;
    test) packages=$test_packages ;;
    *) stop 2 "usage: scripts/setup.sh run|test" ;;
esac
check_sdk
[ -z "${SKIP_SETUP:-}" ] || exit 0
if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    install_packages "$packages"
    fetch_clip
else
    stop 2 "apt-get is not here; this set-up knows Debian and Ubuntu only. Install by hand what these packages hold:" \
        "$(echo $packages)" \
        "and put the clip vtest.avi (sha256 $clip_sha256," \
        "from https://github.com/opencv/opencv/blob/4.x/samples/data/vtest.avi) at $clip." \
        "Then run again with SKIP_SETUP=1."
fi
