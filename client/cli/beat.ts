import { AskError, askJson, type Monitor } from './http.ts'
import { retry } from './retry.ts'

const TIMEOUT_MS = 10_000
const RETRY_DELAYS_MS = [300, 1_000, 3_000]

/** Sends one heartbeat; the exit code says whether it is stored. */
export async function beat({
  monitor,
  serviceKey,
  metadata,
}: {
  monitor: Monitor
  serviceKey: string
  metadata: object | undefined
}): Promise<number> {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const body = { service_key: serviceKey, ...(metadata && { metadata }) }
  try {
    const send = () =>
      askJson<{ status?: string } | null>(monitor, { method: 'POST', path: '/heartbeat', body, signal })
    const answer = await retry(send, RETRY_DELAYS_MS, signal)
    if (answer?.status === 'ok') return 0
    throw new AskError('what answered is no Stillbeat; is the address right?')
  } catch (error) {
    if (!(error instanceof AskError)) throw error
    process.stderr.write(`stillbeat: the heartbeat is not stored: ${error.message}\n`)
    return 1
  }
}
