/** The state of a run's first heartbeat, in memory that both threads share. */
export const claim = {
  none: 0,
  /** The worker is sending it. */
  sending: 1,
  stored: 2,
  failed: 3,
  /** The main thread sends it, since the function ended before the worker could. */
  taken: 4,
} as const

/** A run, as the worker is told of it. */
export interface WorkerRun {
  id: number
  url: string
  headers: Record<string, string>
  body: string
  periodMs: number
  timeoutMs: number
  claim: Int32Array
}

/** What the worker tells: the outcome of every attempt, and at last that there will be no more. */
export type WorkerNews = { id: number } & ({ tried: WorkerTry } | { ended: true })

export interface WorkerTry {
  ok: boolean
  status?: number
  message?: string
  retryAfterMs?: number
}

/** The program of the worker. It is a text, so that bundlers leave it alone, in JavaScript that Node 20 understands. */
export const workerSource = `'use strict'
const { parentPort, workerData } = require('node:worker_threads')
const { none, sending, stored, failed } = workerData
const runs = new Map()

parentPort.on('message', ({ stop, ...run }) => {
  if (!stop) {
    runs.set(run.id, run)
    beat(run)
    return
  }
  const known = runs.get(run.id)
  if (!known) return
  known.isOver = true
  if (known.wake) known.wake()
})

async function beat(run) {
  let dueAt = performance.now()
  let failures = 0
  while (!run.isOver && isOurs(run)) {
    const outcome = await send(run)
    if (outcome.ok) Atomics.store(run.claim, 0, stored)
    else Atomics.compareExchange(run.claim, 0, sending, failed)
    parentPort.postMessage({ id: run.id, tried: outcome })
    const now = performance.now()
    while (dueAt <= now) dueAt += run.periodMs
    failures = outcome.ok ? 0 : failures + 1
    const backoffMs = Math.min(500 * 2 ** failures, 15000) * (0.5 + Math.random() / 2)
    const isRepeated = !outcome.ok && !outcome.permanent
    await sleep(run, Math.max(outcome.retryAfterMs || 0, isRepeated ? Math.min(dueAt - now, backoffMs) : dueAt - now))
  }
  runs.delete(run.id)
  parentPort.postMessage({ id: run.id, ended: true })
}

function isOurs({ claim }) {
  for (const was of [none, failed]) {
    if (Atomics.compareExchange(claim, 0, was, sending) === was) return true
  }
  return Atomics.load(claim, 0) === stored
}

function sleep(run, ms) {
  if (run.isOver) return
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(ms, 2147483647))
    run.wake = () => {
      clearTimeout(timer)
      resolve()
    }
  })
}

async function send({ url, headers, body, timeoutMs }) {
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) })
    const { status } = response
    const text = await response.text()
    let json
    try {
      json = JSON.parse(text)
    } catch {}
    if (response.ok && json && json.result) return { ok: true }
    return {
      ok: false,
      status,
      message: (json && json.error && json.error.message) || 'it answered ' + status,
      retryAfterMs: Math.min(Number(response.headers.get('retry-after')) * 1000 || 0, 600000),
      permanent: status >= 400 && status < 500 && status !== 408 && status !== 429,
    }
  } catch ({ name, message, cause }) {
    if (name === 'TimeoutError') return { ok: false, message: 'no answer within ' + timeoutMs / 1000 + ' s' }
    return { ok: false, message: String((cause && (cause.message || cause.code)) || message) }
  }
}
`
