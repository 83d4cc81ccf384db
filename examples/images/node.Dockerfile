# Tasks that need npm. `docker build -f node.Dockerfile .`
FROM ghcr.io/org/fleet-orchestrator:v1 AS fleet
FROM node:22-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git && rm -rf /var/lib/apt/lists/*
COPY --from=fleet /opt/fleet /opt/fleet
ENV PATH=/opt/fleet/bin:$PATH
ENTRYPOINT ["/opt/fleet/bin/fleet"]
