FROM ghcr.io/org/fleet-orchestrator:v1 AS fleet
FROM python:3.12-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir aider-chat
COPY --from=fleet /opt/fleet /opt/fleet
ENV PATH=/opt/fleet/bin:$PATH
ENTRYPOINT ["/opt/fleet/bin/fleet"]
