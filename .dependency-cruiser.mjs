/** Who may import whom; docs/architecture.md says why. */
const only = (name, packages, folder) => ({
  name,
  severity: 'error',
  from: { pathNot: [folder, '^tests/', '^bench/'] },
  to: { path: `^node_modules/(${packages})/` },
})

const pure = [
  '^server/lifecycle/(cadence|limit|listening|schedule|transition)\\.ts$',
  '^server/status/view\\.ts$',
  '^server/(time|errors)\\.ts$',
  '^server/alert/(compose|group|parts|policy|settlement|words)\\.ts$',
  '^server/outage/(compose|effect)\\.ts$',
  '^server/summary/(compose|when)\\.ts$',
  '^db/gaps\\.ts$',
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
      to: { path: '^(server|db)/', dependencyTypesNot: ['type-only'] },
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
    only('pg-boss-only-in-jobs', 'pg-boss', '^server/jobs/'),
    only('fastify-only-in-http', 'fastify', '^(server/http|client/examples)/'),
    only('grammy-only-in-bot', 'grammy|@grammyjs/[^/]+', '^(bot|client/examples)/'),
    {
      name: 'bot-is-wired-in-one-place',
      severity: 'error',
      from: { path: '^(server|client)/', pathNot: '^server/channels\\.ts$' },
      to: { path: '^bot/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
