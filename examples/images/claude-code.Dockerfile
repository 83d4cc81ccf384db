# One of the coding agents that npm has; codex: @openai/codex, gemini-cli: @google/gemini-cli, opencode: opencode-ai.
FROM ghcr.io/org/fleet-orchestrator:v1 AS fleet
FROM node:22-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git ripgrep && rm -rf /var/lib/apt/lists/*
RUN npm install -g @anthropic-ai/claude-code
COPY --from=fleet /opt/fleet /opt/fleet
ENV PATH=/opt/fleet/bin:$PATH
ENTRYPOINT ["/opt/fleet/bin/fleet"]
