FROM node:24-slim

ENV NODE_ENV=production PAPERBOY_HTTP=0.0.0.0:3210
WORKDIR /app

# Packages first, so that this layer is rebuilt only if they change. The image has Node 24, so the optional copy is left out.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund && npm cache clean --force

COPY paperboy.mjs ./
COPY src ./src
COPY commands ./commands
COPY config ./config
COPY db ./db
COPY tools ./tools
COPY manifest.slack.json ./

# The program writes only to its data folder.
RUN mkdir data && chown node:node data
USER node
VOLUME /app/data
EXPOSE 3210

HEALTHCHECK --interval=60s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3210/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

# Start Node directly, because npm does not pass SIGTERM on.
CMD ["node", "paperboy.mjs", "start"]
