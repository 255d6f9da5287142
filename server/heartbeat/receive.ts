import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { metadata } from '../input/metadata.ts'
import { named } from '../input/sentence.ts'
import { serviceKey } from '../input/serviceKey.ts'
import { cutText, isStorable } from '../input/text.ts'
import type { Caller } from '../keys/caller.ts'
import type { Signal } from './signal.ts'

export const heartbeatInput = z.strictObject({ serviceKey, metadata: metadata.nullish() })

/** 100 years: a moment plus this is still a valid date. */
const LONGEST_RUN_MS = 3_153_600_000_000
const MESSAGE_LIMIT = 2_000
/** Characters of a job's output, as JSON writes them. Only its end is kept, since it tells most. */
const OUTPUT_LIMIT = 10_000

export const signalInput = z.strictObject({
  serviceKey,
  kind: z.enum(['start', 'success', 'fail', 'log', 'attention']),
  runId: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .refine(isStorable, { error: 'runId must not contain NUL characters or lone surrogates' })
    .optional(),
  exitCode: z.int().min(-2_147_483_648).max(4_294_967_295).optional(),
  durationMs: z
    .number()
    .min(0)
    .max(LONGEST_RUN_MS, { error: named(`must be at most ${LONGEST_RUN_MS} ms, which is 100 years`) })
    .optional(),
  message: cutText(MESSAGE_LIMIT).optional(),
  output: cutText(OUTPUT_LIMIT, 'end').optional(),
})

export interface Received {
  serviceKey: string
  status: 'ok'
  /** When it was received, in ISO 8601 with the server's offset. */
  timestamp: string
}

/** Takes in one heartbeat; resolves once it is committed. */
export async function receiveHeartbeat(
  deps: Deps,
  input: z.output<typeof heartbeatInput>,
  caller: Caller,
): Promise<Received> {
  const stored = input.metadata && Object.keys(input.metadata).length > 0 ? JSON.stringify(input.metadata) : null
  return receive(deps, {
    key: input.serviceKey,
    kind: 'heartbeat',
    details: stored === null ? null : `{"metadata":${stored}}`,
    metadata: stored,
    caller,
  })
}

/** Takes in one signal of a job; resolves once it is committed. */
export async function receiveSignal(
  deps: Deps,
  input: z.output<typeof signalInput>,
  caller: Caller,
): Promise<Received> {
  const { serviceKey: key, kind, ...details } = input
  return receive(deps, {
    key,
    kind,
    runId: details.runId,
    durationMs: details.durationMs,
    details: Object.keys(details).length > 0 ? JSON.stringify(details) : null,
    metadata: null,
    caller,
  })
}

async function receive(deps: Deps, input: Omit<Signal, 'at'>): Promise<Received> {
  const signal: Signal = { ...input, at: deps.clock.now() }
  await deps.intake.add(signal)
  if (signal.refusal) throw signal.refusal
  return { serviceKey: signal.storedAs ?? signal.key, status: 'ok', timestamp: deps.iso(signal.at) }
}
