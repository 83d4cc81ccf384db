# The image of fleet: for GitHub (action.yml), as a job image of GitLab, and for `docker run`.
FROM debian:bookworm-slim AS build
COPY .ci/install-packages /src/.ci/install-packages
RUN /src/.ci/install-packages
COPY CMakeLists.txt CMakePresets.json LICENSE /src/
COPY rules /src/rules
COPY src /src/src
WORKDIR /src
# The time of all files in the image; by default that of no day, so that the same sources give the same image.
ARG SOURCE_DATE_EPOCH=0
# Where a proxy has a certificate of its own: --secret id=extra_ca,src=FILE. Else the secret is not there, and nothing changes.
RUN --mount=type=cache,target=/root/.cache/ccache --mount=type=secret,id=extra_ca,target=/run/extra-ca.crt \
    if [ -s /run/extra-ca.crt ]; then export NODE_EXTRA_CA_CERTS=/run/extra-ca.crt; fi; \
    cmake --preset release -DFLEET_TESTS=OFF && \
    cmake --build --preset release --target bundle && \
    mkdir -p /image/opt && cp -r build/release/bundle /image/opt/fleet && \
    find /image -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +

FROM debian:bookworm-slim
ARG SOURCE_DATE_EPOCH=0
# git: for tasks and agents, which expect it, and for what libgit2 cannot do. Certificates: for models by their API. The rest of what
# a task needs is the task's: examples/images shows how /opt/fleet is put into an image of your own.
RUN apt-get update -qq && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ca-certificates git >/dev/null && \
    rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/cache/ldconfig/aux-cache
COPY --from=build /image/opt/fleet /opt/fleet
ENV PATH=/opt/fleet/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
LABEL org.opencontainers.image.title="fleet" \
      org.opencontainers.image.description="Runs coding agents and codemods over a repository: in parallel, isolated by git, judged by what they changed" \
      org.opencontainers.image.licenses="MIT AND GPL-3.0-or-later" \
      org.opencontainers.image.base.name="debian:bookworm-slim"
# No USER and no WORKDIR: GitHub needs root and gives the folder, and fleet works as whom the clone belongs to.
ENTRYPOINT ["/opt/fleet/bin/fleet"]
