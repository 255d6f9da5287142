import { existsSync } from 'node:fs'

// A sample service. It sends heartbeats through plain HTTP, without this package; the first one registers it.
if (existsSync('.env')) process.loadEnvFile()

const registry = (process.env.SERVICE_REGISTRY_URL || 'http://127.0.0.1:8765').replace(/\/+$/, '')
const key = process.env.SERVICE_REGISTRY_KEY
const periodSeconds = Number(process.env.SAMPLE_PERIOD_SECONDS || 300)
if (!(periodSeconds > 0 && periodSeconds < 2_000_000)) {
  process.stderr.write('SAMPLE_PERIOD_SECONDS must be a number of seconds, e.g. 300\n')
  process.exit(1)
}

async function beat(): Promise<void> {
  const address = `${registry}/heartbeat?service_key=sample-service`
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: key ? { Authorization: `Bearer ${key}` } : {},
      signal: AbortSignal.timeout(10_000),
    })
    process.stdout.write(`${response.status} ${await response.text()}\n`)
  } catch (error) {
    const { message, cause } = error as Error
    process.stderr.write(
      `${registry} cannot be reached (${(cause as Error)?.message ?? message}); the next try follows\n`,
    )
  }
}

const timer = setInterval(beat, periodSeconds * 1000)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => clearInterval(timer))
await beat()
