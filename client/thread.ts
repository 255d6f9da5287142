import type { Worker } from 'node:worker_threads'
import { unref } from './sleep.ts'
import { claim, type WorkerNews, type WorkerRun, type WorkerTry, workerSource } from './worker.ts'

/** A run in the worker thread. One worker serves all runs of a process, and ends a moment after the last of them. */
export interface ThreadRun {
  stop(): void
  /** Keeps the process running until the request under way has ended. */
  hold(): void
}

export interface ThreadRunOptions {
  run: Omit<WorkerRun, 'id'>
  onTry(tried: WorkerTry): void
  onEnded(): void
}

const IDLE_TIMEOUT_MS = 1_000

let threads: typeof import('node:worker_threads') | null | undefined
let worker: Worker | undefined
let idleTimer: ReturnType<typeof setTimeout> | undefined
let lastId = 0
const runs = new Map<number, ThreadRunOptions>()
const held = new Set<number>()

/** Loads Node's worker threads on demand. Elsewhere there are none. */
export async function loadThreads(): Promise<void> {
  if (threads !== undefined || typeof process === 'undefined' || !process.versions?.node) return
  threads = process.getBuiltinModule?.('node:worker_threads')
  if (threads) return
  // Node before 20.16 has no getBuiltinModule. Bundlers for browsers do not look for a name that is put together.
  const name = ['node', 'worker_threads'].join(':')
  threads = await import(/* @vite-ignore */ /* webpackIgnore: true */ name).catch(() => null)
}

export const hasThreads = () => Boolean(threads)

/** Begins a run in the worker; null if there can be no worker. */
export function startInThread(options: ThreadRunOptions): ThreadRun | null {
  try {
    const thread = openWorker()
    if (!thread) return null
    const id = ++lastId
    thread.postMessage({ ...options.run, id })
    runs.set(id, options)
    clearTimeout(idleTimer)
    return {
      stop: () => thread.postMessage({ id, stop: true }),
      hold() {
        held.add(id)
        thread.ref()
      },
    }
  } catch {
    return null
  }
}

function openWorker(): Worker | undefined {
  if (worker || !threads) return worker
  const opened = new threads.Worker(workerSource, { eval: true, workerData: claim, execArgv: [], name: 'stillbeat' })
  opened.on('message', (news: WorkerNews) => {
    const run = runs.get(news.id)
    if ('tried' in news) return run?.onTry(news.tried)
    runs.delete(news.id)
    run?.onEnded()
    if (held.delete(news.id) && held.size === 0) opened.unref()
    if (runs.size === 0) endSoon()
  })
  const close = () => {
    if (worker !== opened) return
    worker = undefined
    runs.clear()
    held.clear()
  }
  opened.on('error', close)
  opened.on('exit', close)
  opened.unref()
  worker = opened
  return worker
}

/** Ends the worker soon, not at once: a function that is called often would start one each time. */
function endSoon(): void {
  clearTimeout(idleTimer)
  idleTimer = setTimeout(() => {
    if (runs.size > 0) return
    void worker?.terminate()
    worker = undefined
  }, IDLE_TIMEOUT_MS)
  unref(idleTimer)
}
