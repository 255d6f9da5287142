import { expect } from 'vitest'
import { REASONS, type Reason } from '../../server/reasons.ts'

const KNOWN = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_SUPPORTED: 405,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
} as const

export type Refusal = keyof typeof KNOWN

/** Matches what no answer may show: a stack trace, a path of the server, or words of PostgreSQL. */
const INNARDS = /\n\s+at |\.ts:\d|node_modules|node:internal|invalid byte sequence|\bstack\b/

/** Expects the error of a route outside tRPC: one sentence, without internals. */
export function expectRefusal(answer: { status: number; body: string }, code: Refusal, message: string | RegExp): void {
  expect(answer).toMatchObject({ status: KNOWN[code], body: expect.not.stringMatching(INNARDS) })
  expect(JSON.parse(answer.body)).toStrictEqual({
    error: { code, reason: expect.toSatisfy(isReasonOf(code)), message: expect.stringMatching(message) },
  })
}

/** Expects the same of `/trpc`, whose errors have tRPC's format. */
export function expectTrpcRefusal(
  answer: { status: number; body: string },
  code: string,
  message: string | RegExp,
): void {
  expect(answer).toMatchObject({ status: expect.toSatisfy(isRefusal), body: expect.not.stringMatching(INNARDS) })
  expect(JSON.parse(answer.body)).toMatchObject({
    error: {
      message: expect.stringMatching(message),
      data: { code, reason: expect.toSatisfy(isReasonOf(code)), httpStatus: answer.status },
    },
  })
}

/** Whether a reason belongs to a code. tRPC's PARSE_ERROR counts as BAD_REQUEST. */
const isReasonOf = (code: string) => (reason: Reason) =>
  REASONS[reason] === (code === 'PARSE_ERROR' ? 'BAD_REQUEST' : code)

const isRefusal = (status: number) => status >= 400 && status < 500
