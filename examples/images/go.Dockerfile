FROM ghcr.io/org/fleet-orchestrator:v1 AS fleet
FROM golang:1-bookworm
COPY --from=fleet /opt/fleet /opt/fleet
ENV PATH=/opt/fleet/bin:$PATH
ENTRYPOINT ["/opt/fleet/bin/fleet"]
