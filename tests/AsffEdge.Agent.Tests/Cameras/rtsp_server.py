"""Serves one stream at /cam on a free loopback port, which it prints (Debian: python3-gi, gir1.2-gst-rtsp-server-1.0).

usage: rtsp_server.py PIPELINE [PORT [USER PASSWORD]]
"""

import os
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(sys.argv[2] if len(sys.argv) > 2 else "0")
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(sys.argv[1])
server.get_mount_points().add_factory("/cam", factory)
if len(sys.argv) > 4:
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(sys.argv[3], sys.argv[4]), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(permissions)
server.attach(None)
print(server.get_bound_port(), flush=True)

# It must not outlive the tests, however they end.
parent = os.getppid()
loop = GLib.MainLoop()
GLib.timeout_add(500, lambda: os.getppid() == parent or loop.quit())
loop.run()
