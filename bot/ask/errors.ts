import { TRPCClientError } from '@trpc/client'
import type { NextFunction } from 'grammy'
import { cut } from '../../server/text/words.ts'
import { rich } from '../answer/rich.ts'
import { answerPress, say } from '../answer/say.ts'
import type { BotContext } from '../context.ts'

/** An error whose message is a sentence for the person who asked. */
export class UserError extends Error {
  override name = 'UserError'
}

/** In UTF-16 units, far below what a message takes. */
const LONGEST_SENTENCE = 1_000

export const OLD_BUTTON = 'This button is of an older version; please ask again'

/** Answers every error with a sentence, so that nobody waits in vain. Unexpected ones are reported to the log too. */
export const answerErrors = (report: (error: unknown) => void) => async (ctx: BotContext, next: NextFunction) => {
  try {
    await next()
  } catch (error) {
    const sentence = sentenceOf(error)
    if (sentence === null) report(error)
    const said = sentence ?? 'Something went wrong here; the log of the bot says what'
    if (ctx.callbackQuery) await answerPress(ctx, said, { isAlert: true })
    else await say(ctx, rich(`⚠️ ${cut(said, LONGEST_SENTENCE)}`))
  }
}

/** Says what went wrong, for people. @returns `null` for an unexpected error */
function sentenceOf(error: unknown): string | null {
  if (error instanceof UserError) return error.message
  if (!(error instanceof TRPCClientError)) return null
  const status = error.data?.httpStatus
  if (status === 401) return `Stillbeat refuses me: ${error.message}. Is SERVICE_REGISTRY_KEY its API_KEY?`
  if (status === 403)
    return `Stillbeat refuses me: ${error.message}. Give me another as SERVICE_REGISTRY_KEY, and start me again`
  if (status === 404 && error.message.startsWith('no service')) return 'This service is not there any more'
  // The API's own sentence says what to do.
  if (typeof status === 'number' && status < 500) return upperFirst(error.message.replace(/^displayName\b/, 'a name'))
  return `Stillbeat does not answer (${reason(error)}). Try again in a moment; if it is down, it watches nothing until it is back`
}

function reason({ cause, data, message }: TRPCClientError<never>): string {
  if (data !== undefined && data !== null) return message
  if (cause?.name === 'TimeoutError' || cause?.name === 'AbortError') return 'it takes too long'
  const { code } = (cause?.cause ?? {}) as NodeJS.ErrnoException
  return code === 'ECONNREFUSED' ? 'it cannot be reached' : (code ?? 'what answers is not Stillbeat')
}

/** Whether the API has refused a key: it knows no such service, or no service can have this key. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof TRPCClientError && [400, 404].includes(error.data?.httpStatus)

const upperFirst = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)
