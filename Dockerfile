# The agent as a container. UNTESTED: it was written where no container can be built; the Debian package (`make deb`) is what is tested.
#
#   docker build -t asff-edge .
#   docker run -d --name asff-edge --restart unless-stopped --read-only --tmpfs /tmp --cap-drop ALL --memory 2g \
#       -v ./agent.yaml:/etc/asff-edge/agent.yaml:ro -v asff-edge:/var/lib/asff-edge asff-edge
#
# A USB camera needs --device /dev/video0 and --group-add video. Docker restarts what ends; what hangs it only calls unhealthy, where systemd
# restarts it too.

FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/AsffEdge.Agent -c Release -r linux-x64 --self-contained true -p:DebugType=none -o /app/lib \
    && mkdir -p /app/etc /app/models \
    && cp models/pedestrian.onnx /app/models/ \
    && sed 's:^  path\: ../models/:  path\: /usr/share/asff-edge/models/:' config/agent.yaml >/app/etc/agent.yaml

FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble
# What the package depends on, and curl for the health check.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates curl ffmpeg libatomic1 libfreetype6 libgtk-3-0t64 libharfbuzz0b util-linux \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 990 --home-dir /var/lib/asff-edge --shell /usr/sbin/nologin asff-edge \
    && install -d -m 0700 -o asff-edge -g asff-edge /var/lib/asff-edge
COPY --from=build /app/lib /usr/lib/asff-edge
COPY --from=build /app/models /usr/share/asff-edge/models
COPY --from=build /app/etc /etc/asff-edge
RUN ln -s ../lib/asff-edge/asff-edge /usr/bin/asff-edge
USER asff-edge
ENV STATE_DIRECTORY=/var/lib/asff-edge
VOLUME /var/lib/asff-edge
STOPSIGNAL SIGTERM
# 200 while it is well or degraded, 503 when it is stuck (docs/monitoring.md).
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:9464/healthz"]
ENTRYPOINT ["asff-edge"]
CMD ["run", "--config", "/etc/asff-edge/agent.yaml"]
