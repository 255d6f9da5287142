# Builds the page and leaves the development packages behind; docs/deploy says how to run the image.
FROM node:26.10.0-bookworm-slim AS build
WORKDIR /app
RUN apt-get update \
  && apt-get install -y --no-install-recommends binutils \
  && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
COPY client/package.json client/
# The image has a Node of its own, so the package that brings one need not fetch it.
RUN npm ci --ignore-scripts
COPY . .
# What is only for people, editors, debuggers and the packages' own tests goes too; Node runs no TypeScript of a package.
RUN node web/build/main.ts \
  && npm prune --omit=dev --ignore-scripts \
  && rm -rf node_modules/node node_modules/.bin node_modules/typescript \
  && find node_modules -type f '(' -name '*.map' -o -name '*.ts' -o -name '*.[cm]ts' -o -name '*.md' -o -path '*/test/*' ')' -delete
# A third of Node's program is symbols that nobody here looks up.
RUN strip -o node "$(command -v node)"

FROM debian:bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends libatomic1 tini \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --uid 10001 --user-group --no-create-home --no-log-init stillbeat \
  && install -d -o stillbeat -g stillbeat /data
WORKDIR /app
COPY --from=build /app/node /usr/local/bin/node
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/db db
COPY --from=build /app/server server
COPY --from=build /app/bot bot
COPY --from=build /app/client client
COPY --from=build /app/web/dist web/dist

ENV NODE_ENV=production HOST=0.0.0.0 PORT=8765 DATA_DIR=/data
USER stillbeat
VOLUME /data
EXPOSE 8765
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--"]
# Everything in one process, as with `npm start`.
CMD ["node", "--max-semi-space-size=16", "--max-old-space-size=256", "server/main.ts", "--bot"]
