#!/bin/sh
# Builds artifacts/asff-edge_VERSION_amd64.deb from the working tree: the agent with the .NET runtime, its model, configuration, unit and
# manual. VERSION=1.2.3 gives another version than Directory.Build.props.
# Exit codes: 0 built, 1 a step failed, 2 a tool is missing.
set -eu
cd "$(dirname "$0")/.."
command -v dpkg-deb >/dev/null || {
    echo "deb: dpkg-deb is not here; packages are built on Debian or Ubuntu" >&2
    exit 2
}
version=${VERSION:-$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)}
out=artifacts/asff-edge_${version}_amd64.deb
root=artifacts/deb
rm -rf "$root"
mkdir -p "$root/DEBIAN"
dotnet publish src/AsffEdge.Agent -c Release -r linux-x64 --self-contained true -p:Version="$version" \
    -p:DebugType=none -o "$root/usr/lib/asff-edge" -v quiet -nodeReuse:false ${ACCELERATOR_OPTION:-}
chmod -R u=rwX,go=rX "$root/usr/lib/asff-edge"
chmod 0755 "$root/usr/lib/asff-edge/asff-edge"
mkdir -p "$root/usr/bin"
ln -s ../lib/asff-edge/asff-edge "$root/usr/bin/asff-edge"

# Relative to the checkout the model lies beside the configuration; installed, it has a place of its own.
mkdir -p "$root/etc/asff-edge"
sed 's:^  path\: ../models/:  path\: /usr/share/asff-edge/models/:' config/agent.yaml >"$root/etc/asff-edge/agent.yaml"
install -D -m 0644 models/pedestrian.onnx "$root/usr/share/asff-edge/models/pedestrian.onnx"
install -D -m 0644 systemd/asff-edge.service "$root/usr/lib/systemd/system/asff-edge.service"
install -D -m 0644 systemd/asff-edge.sysusers "$root/usr/lib/sysusers.d/asff-edge.conf"
install -D -m 0644 systemd/asff-edge.tmpfiles "$root/usr/lib/tmpfiles.d/asff-edge.conf"
install -D -m 0644 LICENSE "$root/usr/share/doc/asff-edge/copyright"
mkdir -p "$root/usr/share/man/man1"
gzip -9nc docs/man/asff-edge.1 >"$root/usr/share/man/man1/asff-edge.1.gz"

install -m 0644 systemd/debian/conffiles "$root/DEBIAN/"
install -m 0755 systemd/debian/postinst systemd/debian/prerm systemd/debian/postrm "$root/DEBIAN/"
size=$(du -sk --exclude=DEBIAN "$root" | cut -f 1)
sed "s/@VERSION@/$version/; s/@SIZE@/$size/" systemd/debian/control >"$root/DEBIAN/control"
dpkg-deb --root-owner-group -Zzstd --build "$root" "$out" >/dev/null
rm -rf "$root"
echo "$out"
