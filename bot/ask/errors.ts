import { TRPCClientError } from '@trpc/client'
import type { NextFunction } from 'grammy'
import type { AppRouter } from '../../client/index.ts'
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
export const SERVICE_GONE = 'This service is not there any more'

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
  if (!isApiError(error)) return null
  const { data, message } = error
  // Without data it was not the API that answered.
  if (!data) return noAnswer(connectionFailureOf(error))
  switch (reasonOf(data)) {
    case 'no_key':
    case 'wrong_key':
    case 'key_revoked':
    case 'signed_out':
      return `Stillbeat refuses me: ${message}. Is SERVICE_REGISTRY_KEY its API_KEY?`
    case 'scope_too_low':
    case 'not_of_this_key':
      return `Stillbeat refuses me: ${message}. Give me another as SERVICE_REGISTRY_KEY, and start me again`
    case 'no_such_service':
      return SERVICE_GONE
    case 'starting':
    case 'stopping':
    case 'overloaded':
    case 'contended':
    case 'database_away':
    case 'database_busy':
    case 'database_newer':
    case 'internal_error':
      return noAnswer(message)
    default:
      // The API's own sentence says what to do, but for the names of fields.
      return upperFirst(data.field === 'displayName' ? message.replace(data.field, 'a name') : message)
  }
}

const isApiError = (error: unknown): error is TRPCClientError<AppRouter> => error instanceof TRPCClientError

const noAnswer = (why: string) =>
  `Stillbeat does not answer (${why}). Try again in a moment; if it is down, it watches nothing until it is back`

function connectionFailureOf({ cause }: TRPCClientError<AppRouter>): string {
  if (cause?.name === 'TimeoutError' || cause?.name === 'AbortError') return 'it takes too long'
  const { code } = (cause?.cause ?? {}) as NodeJS.ErrnoException
  return code === 'ECONNREFUSED' ? 'it cannot be reached' : (code ?? 'what answers is not Stillbeat')
}

/** Whether the API has refused a key: it knows no such service, or no service can have this key. */
export function isRefusal(error: unknown): boolean {
  const reason = isApiError(error) && error.data ? reasonOf(error.data) : undefined
  return reason === 'no_such_service' || reason === 'invalid_input'
}

type ErrorData = NonNullable<TRPCClientError<AppRouter>['data']>

/** A server from before there were reasons tells only the status. */
const reasonOf = ({ reason, httpStatus }: Omit<ErrorData, 'reason'> & { reason?: ErrorData['reason'] }) =>
  reason ?? reasonsByStatus.get(httpStatus)

const reasonsByStatus = new Map<number, ErrorData['reason']>([
  [400, 'invalid_input'],
  [401, 'wrong_key'],
  [403, 'scope_too_low'],
  [404, 'no_such_service'],
  [500, 'internal_error'],
  [503, 'database_away'],
])

const upperFirst = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)
