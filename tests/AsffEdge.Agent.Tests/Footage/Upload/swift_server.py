"""OpenStack Swift with its S3 interface: proxy, account, container and object server in one process, on 127.0.0.1.

usage: swift_server.py FOLDER USER SECRET (the id of the access key is test:USER)
Prints the port of the S3 interface once it answers. Ends when its standard input does.
"""

import logging
import os
import sys

import eventlet

eventlet.patcher.monkey_patch(all=False, socket=True, select=True, thread=True, time=True)

from eventlet import wsgi
from paste.deploy import loadapp
from swift.common import utils
from swift.common.http_protocol import SwiftHttpProtocol
from swift.common.ring import RingBuilder

folder, user, secret = sys.argv[1:4]
utils.HASH_PATH_SUFFIX = utils.HASH_PATH_PREFIX = b"test"
devices = os.path.join(folder, "devices")
os.makedirs(os.path.join(devices, "disk"))

class Cache(dict):
    """What Swift wants of memcached."""

    def __bool__(self):
        return True

    def get(self, key, **_):
        return super().get(key)

    def set(self, key, value, **_):
        self[key] = value

    def incr(self, key, delta=1, **_):
        self[key] = super().get(key, 0) + delta
        return self[key]

    def delete(self, key, **_):
        self.pop(key, None)


cache = Cache()


def listen():
    return eventlet.listen(("127.0.0.1", 0), backlog=128)

def serve(socket, config):
    path = os.path.join(folder, f"{socket.getsockname()[1]}.conf")
    with open(path, "w") as file:
        file.write(config)
    app = loadapp("config:" + path)

    def with_cache(env, start_response):
        env["swift.cache"] = cache
        return app(env, start_response)

    eventlet.spawn(wsgi.server, socket, with_cache, logging.getLogger("quiet"), protocol=SwiftHttpProtocol, log_output=False)

logging.basicConfig(level=logging.WARNING)
sockets = {}
for kind in ("account", "container", "object"):
    sockets[kind] = listen()
    builder = RingBuilder(part_power=2, replicas=1, min_part_hours=0)
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1, "ip": "127.0.0.1", "port": sockets[kind].getsockname()[1], "device": "disk"})
    builder.rebalance()
    builder.get_ring().save(os.path.join(folder, f"{kind}.ring.gz"))

for kind, socket in sockets.items():
    serve(socket, f"""
[DEFAULT]
devices = {devices}
swift_dir = {folder}
mount_check = false
[app:main]
use = egg:swift#{kind}
""")

proxy = listen()
serve(proxy, f"""
[DEFAULT]
swift_dir = {folder}
[pipeline:main]
pipeline = catch_errors gatekeeper s3api tempauth proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user_test_{user} = {secret} .admin
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
""")
print(proxy.getsockname()[1], flush=True)
eventlet.tpool.execute(sys.stdin.read)
