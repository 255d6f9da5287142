/** Who may import whom; docs/architecture.md says why. */
const only = (name, packages, folder) => ({
  name,
  severity: 'error',
  from: { pathNot: [folder, '^tests/', '^bench/'] },
  to: { path: `^node_modules/(${packages})/` },
})

const pure = [
  '^server/lifecycle/(cadence|declared|limit|listening|mute|pause|runs|schedule|signal|transition|zone)\\.ts$',
  '^server/status/(names|runs|strip|uptime|view)\\.ts$',
  '^server/heartbeat/note\\.ts$',
  '^server/retention/day\\.ts$',
  '^server/badge/',
  '^server/(errors|reasons)\\.ts$',
  '^server/input/',
  '^server/text/',
  '^server/alert/(amend|cause|causeText|compose|fate|policy|titles|window)\\.ts$',
  '^server/delivery/(parts|settlement)\\.ts$',
  '^server/outage/(compose|effect)\\.ts$',
  '^server/summary/(compose|when)\\.ts$',
  '^server/net/failure\\.ts$',
  '^db/(condense|copies|gaps|growing|units)\\.ts$',
]

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'db-imports-no-folder-of-ours',
      severity: 'error',
      from: { path: '^db/' },
      to: { path: '^(server|client|bot|web)/' },
    },
    {
      name: 'clients-see-the-server-as-types',
      severity: 'error',
      from: { path: '^(client|bot|web)/' },
      // Words for people, and what a failed request means, are the same everywhere. Those files import nothing of ours.
      to: { path: '^(server|db)/', pathNot: '^server/(text|net)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-imports-the-page',
      severity: 'error',
      from: { pathNot: '^(web|tests)/' },
      to: { path: '^web/' },
    },
    {
      name: 'nothing-imports-tests-or-bench',
      severity: 'error',
      from: { pathNot: '^(tests|bench)/' },
      to: { path: '^(tests|bench)/' },
    },
    {
      name: 'pure-files-import-only-each-other',
      severity: 'error',
      from: { path: pure },
      to: {
        path: '^(server|db|bot|client)/',
        pathNot: [...pure, '^server/lifecycle/state\\.ts$'],
        dependencyTypesNot: ['type-only'],
      },
    },
    only('sql-only-in-db', 'kysely|pg|@electric-sql/pglite', '^db/'),
    only('tar-only-in-backup', 'tar', '^server/backup/'),
    only('pg-boss-only-in-jobs', 'pg-boss', '^server/jobs/'),
    only('prometheus-only-in-metrics', '@prometheus-io/client', '^server/metrics/'),
    only('fastify-only-in-http', 'fastify', '^(server/http|client/examples)/'),
    only('react-only-in-web', 'react|react-dom|uplot|@tanstack/[^/]+|@trpc/tanstack-react-query|vite', '^web/'),
    only('grammy-only-in-bot', 'grammy|@grammyjs/[^/]+', '^(bot|client/examples)/'),
    {
      name: 'bot-is-wired-in-two-files',
      severity: 'error',
      from: { path: '^(server|client)/', pathNot: '^server/(channels|telegram)\\.ts$' },
      to: { path: '^bot/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^web/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
