import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../../deps.ts'
import { badRequest } from '../../errors.ts'
import { hasUnknownField, sentenceOf } from '../../input/sentence.ts'
import {
  LARGEST_PAGE,
  listPage,
  listStatus,
  type StatusAnswer,
  statusAnswer,
  statusCounts,
  statusInput,
} from '../../status/list.ts'
import { type ServiceStatus, serviceStatus, statusName } from '../../status/view.ts'
import type { Door } from '../door.ts'
import type { InTurn } from '../semaphore.ts'

export const statusQuery = z.strictObject({
  service_key: z.string().optional(),
  group: z.string().optional(),
  status: z.string().optional().meta({ example: 'down,dead' }),
  limit: z.coerce
    .number({ error: `limit must be a number from 1 to ${LARGEST_PAGE}` })
    .int()
    .min(1)
    .max(LARGEST_PAGE)
    .optional(),
  cursor: z.string().optional(),
})

const rawServiceStatus = z
  .object({
    service_key: serviceStatus.shape.serviceKey,
    display_name: serviceStatus.shape.displayName,
    group: serviceStatus.shape.group,
    status: statusName,
    paused: serviceStatus.shape.paused,
    muted: serviceStatus.shape.muted,
    last_heartbeat: serviceStatus.shape.lastHeartbeat,
    seconds_since_last_heartbeat: serviceStatus.shape.secondsSinceLastHeartbeat,
    last_heartbeat_readable: serviceStatus.shape.lastHeartbeatReadable,
    median_interval_seconds: serviceStatus.shape.medianIntervalSeconds,
    heartbeat_count: serviceStatus.shape.heartbeatCount,
    status_since: serviceStatus.shape.statusSince,
    deadline: serviceStatus.shape.deadline,
    heartbeats_needed: serviceStatus.shape.heartbeatsNeeded,
    down_reason: serviceStatus.shape.downReason,
    down_note: serviceStatus.shape.downNote,
    run_started_at: serviceStatus.shape.runStartedAt,
    usual_run_seconds: serviceStatus.shape.usualRunSeconds,
    expected_period_seconds: serviceStatus.shape.expectedPeriodSeconds,
    schedule: serviceStatus.shape.schedule,
    timezone: serviceStatus.shape.timezone,
    next_due: serviceStatus.shape.nextDue,
    schedule_readable: serviceStatus.shape.scheduleReadable,
  })
  .meta({ id: 'Service' })

export const rawStatus = z
  .object({
    now: statusAnswer.shape.now,
    counts: statusCounts,
    services: z.array(rawServiceStatus),
    next_cursor: z
      .string()
      .nullable()
      .meta({ description: 'Where `limit` cut the list: the `cursor` of the next page' }),
  })
  .meta({ id: 'Status' })

type RawService = z.infer<typeof rawServiceStatus>

/** How many services are read at once while an answer without `limit` is streamed. This bounds its memory. */
const CHUNK = 1_000

/** `GET /status`: all services as a stream of JSON, or one page with `limit` and `cursor`. */
export function statusDoor(deps: Deps, inTurn: InTurn): Door {
  return {
    method: 'GET',
    url: '/status',
    kind: 'read',
    handle: async (request, reply) => {
      const input = inputOf(request)
      const first = await inTurn(() => listStatus(deps, { ...input, limit: input.limit ?? CHUNK }))
      reply.type('application/json; charset=utf-8')
      if (input.limit !== undefined || first.nextCursor === null) return JSON.stringify(raw(first))
      const pageAfter = (cursor: string) => inTurn(() => listPage(deps, { ...input, limit: CHUNK, cursor }))
      return Readable.from(allPages(first, pageAfter))
    },
  }
}

function inputOf({ query }: FastifyRequest) {
  const given = statusQuery.safeParse(query)
  if (!given.success)
    throw badRequest(sentenceOf(given.error), hasUnknownField(given.error) ? 'unknown_field' : 'invalid_input')
  const { service_key: serviceKey, status, limit, ...rest } = given.data
  const input = statusInput.safeParse({ ...rest, serviceKey, status: status?.split(',').filter(Boolean) })
  if (!input.success) throw badRequest(sentenceOf(input.error))
  return { ...input.data, limit }
}

/** Writes the JSON piece by piece; `services` is its last field, so that its closing brackets come last. */
async function* allPages(
  first: StatusAnswer,
  pageAfter: (cursor: string) => ReturnType<typeof listPage>,
): AsyncGenerator<string> {
  const { services, ...rest } = raw(first)
  const head = JSON.stringify({ ...rest, next_cursor: null, services: [] })
  yield head.slice(0, -2)
  yield services.map((one) => JSON.stringify(one)).join(',')
  for (let cursor = first.nextCursor; cursor !== null; ) {
    const page = await pageAfter(cursor)
    yield page.services.map((one) => `,${JSON.stringify(rawService(one))}`).join('')
    cursor = page.nextCursor
  }
  yield ']}'
}

function raw(answer: StatusAnswer): z.infer<typeof rawStatus> {
  return {
    now: answer.now,
    counts: answer.counts,
    services: answer.services.map(rawService),
    next_cursor: answer.nextCursor,
  }
}

function rawService(one: ServiceStatus): RawService {
  const shown = {
    service_key: one.serviceKey,
    display_name: one.displayName,
    group: one.group,
    status: one.status,
    paused: one.paused,
    muted: one.muted,
    last_heartbeat: one.lastHeartbeat,
    seconds_since_last_heartbeat: one.secondsSinceLastHeartbeat,
    last_heartbeat_readable: one.lastHeartbeatReadable,
    median_interval_seconds: one.medianIntervalSeconds,
    heartbeat_count: one.heartbeatCount,
    status_since: one.statusSince,
    deadline: one.deadline,
    heartbeats_needed: one.heartbeatsNeeded,
    ...(one.downReason !== undefined && { down_reason: one.downReason }),
    ...(one.downNote !== undefined && { down_note: one.downNote }),
    ...(one.runStartedAt !== undefined && { run_started_at: one.runStartedAt }),
    ...(one.usualRunSeconds !== undefined && { usual_run_seconds: one.usualRunSeconds }),
  }
  if (one.scheduleReadable === undefined) return shown
  return {
    ...shown,
    expected_period_seconds: one.expectedPeriodSeconds,
    schedule: one.schedule,
    timezone: one.timezone,
    next_due: one.nextDue,
    schedule_readable: one.scheduleReadable,
  }
}
