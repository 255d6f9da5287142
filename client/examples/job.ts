/**
 * A job with an end, for cron or by hand: it tells its start, and its success or failure with the time it took.
 * Start: SERVICE_REGISTRY_URL=http://127.0.0.1:8765 npx node client/examples/job.ts
 */
import { readdir } from 'node:fs/promises'
import { job } from '@stillbeat/client'

const folder = process.env.FOLDER || '.'
const files = await job('example-job', () => readdir(folder))
console.log(`job: ${files.length} files in ${folder}`)
