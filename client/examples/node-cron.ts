/**
 * A cron job inside a program: each run tells its start, and its success or failure with the time it took.
 * Start: SERVICE_REGISTRY_URL=http://127.0.0.1:8765 npx node client/examples/node-cron.ts; Ctrl-C ends it.
 */
import { readdir } from 'node:fs/promises'
import { job } from '@stillbeat/client'
import cron from 'node-cron'

async function countFiles(): Promise<void> {
  const folder = process.env.FOLDER || '.'
  const files = await readdir(folder)
  console.log(`node-cron: ${files.length} files in ${folder}`)
}

const task = cron.schedule(process.env.CRON || '0 3 * * *', async () => {
  await job('example-node-cron', countFiles).catch((error) => console.error(`node-cron: ${error.message}`))
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void task.destroy())
