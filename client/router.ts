export type { AppRouter } from '../server/router.ts'
