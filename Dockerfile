# Bundlet in an image. First `npm run dist` on the host: it makes dist/bundlet-linux-x64.tar.gz (or -arm64).
#
#   docker build -t my-app --build-arg BASE=debian:bookworm-slim .
#   buildah bud --format docker -t my-app .       (the OCI format has no HEALTHCHECK)
#
# Only Bundlet's files, for `COPY --from`:  docker build --target bundlet -t bundlet .
# Classic syntax only, so that every builder understands it. See docs/image.md.
ARG BASE=debian:bookworm-slim

FROM scratch AS bundlet
ARG ARCH=x64
ADD dist/bundlet-linux-${ARCH}.tar.gz /

FROM ${BASE}
ARG BASE

# TLS is the system's GnuTLS. Debian 12 has it already; its package was renamed later.
RUN set -e; \
    if ls /usr/lib/*/libgnutls.so.30 /usr/lib64/libgnutls.so.30 2>/dev/null | grep -q .; then exit 0; fi; \
    if command -v apt-get >/dev/null; then \
      apt-get update -q; \
      apt-get install -qy --no-install-recommends libgnutls30t64 \
        || apt-get install -qy --no-install-recommends libgnutls30; \
      rm -rf /var/lib/apt/lists/*; \
    elif command -v dnf >/dev/null; then \
      dnf install -y gnutls; dnf clean all; \
    else \
      echo "Install GnuTLS (libgnutls.so.30) in the base image ${BASE}" >&2; exit 1; \
    fi

COPY --from=bundlet / /

# Pacemaker's small tools for agents and administrators, where the base has none of that name.
RUN ["/usr/lib/bundlet/pcmk-tool", "--install"]

STOPSIGNAL SIGTERM
EXPOSE 3121

# Is nothing wrong? docs/health.md tells what is looked at.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 CMD ["/usr/bin/bundlet", "healthz"]

# A bundle gives its run-command after the image's name (`podman run … IMAGE /usr/sbin/pacemaker-remoted`), and an
# ENTRYPOINT gets it as an argument: pcmk-init knows its own path and takes no notice of it.
ENTRYPOINT ["/usr/sbin/pacemaker-remoted"]

ARG VERSION=unknown
ARG REVISION=unknown
ARG CREATED=unknown
LABEL org.opencontainers.image.title="Bundlet" \
      org.opencontainers.image.description="The in-container agent for Pacemaker bundles: a PID 1 and a Pacemaker Remote daemon" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="${BASE}"
