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

/** A stack trace, a path of ours, or the words of PostgreSQL. */
const INNARDS = /\n\s+at |\.ts:\d|node_modules|node:internal|invalid byte sequence|\bstack\b/

/** Expects a raw door to refuse in one sentence, and to show nothing of its inside. */
export function expectRefusal(answer: { status: number; body: string }, code: Refusal, message: string | RegExp): void {
  expect(answer).toMatchObject({ status: KNOWN[code], body: expect.not.stringMatching(INNARDS) })
  expect(JSON.parse(answer.body)).toStrictEqual({
    error: { code, reason: expect.toSatisfy(isReasonOf(code)), message: expect.stringMatching(message) },
  })
}

/** The same for `/trpc`, which has an envelope of its own. */
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

/** tRPC has a code of its own for what it cannot parse. */
const isReasonOf = (code: string) => (reason: Reason) =>
  REASONS[reason] === (code === 'PARSE_ERROR' ? 'BAD_REQUEST' : code)

const isRefusal = (status: number) => status >= 400 && status < 500
