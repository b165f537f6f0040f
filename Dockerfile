# Any image with Node 24 and npm.
ARG BASE=node:24-slim

# The lists of packages first, so that these layers are made again only if they change. Without the workspace, whose programs
# are for development alone.
FROM ${BASE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --workspaces=false --no-audit --no-fund && npm cache clean --force

FROM packages AS program
RUN npm ci --workspaces=false --no-audit --no-fund
COPY . .
RUN node tools/pack/main.ts

FROM ${BASE}
ENV NODE_ENV=production PAPERBOY_HTTP=0.0.0.0:3210
COPY --from=packages /app/node_modules /app/node_modules
COPY --from=program /app/dist /app/dist
RUN ln -s /app/dist/paperboy.mjs /usr/local/bin/paperboy \
  && mkdir /config /data && chown 1000:1000 /config /data \
  && (getent passwd 1000 >/dev/null || useradd --uid 1000 --user-group --no-create-home paperboy)

# Paperboy looks for config/ and data/ in the folder where it starts, so /config and /data are to be mounted.
WORKDIR /
USER 1000:1000
EXPOSE 3210

HEALTHCHECK --interval=60s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3210/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

# Start Node directly, because npm does not pass SIGTERM on.
CMD ["node", "/app/dist/paperboy.mjs", "start"]
