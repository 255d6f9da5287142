import { InlineKeyboard } from 'grammy'
import { pagesOf } from '../../server/text/pages.ts'
import { cut } from '../../server/text/words.ts'
import { encode, type ListPrefix, type OnList } from '../callbackData.ts'
import type { Press } from '../command.ts'
import type { BotContext } from '../context.ts'
import { MESSAGE_LENGTH } from '../telegram/limits.ts'
import { type Rich, titled } from './rich.ts'
import { type Changed, change, say, show } from './say.ts'

/** An answer that may be longer than one message. A `Line` may have several lines of text, which stay on one page. */
export interface Lines {
  title: string
  lines: Line[]
  /** More buttons, above the Refresh button of the last message. */
  buttons?: [label: string, data: string][]
}

export interface Line {
  text: string
  /** The heading above it, which is repeated where a page begins with this line. */
  under?: string
}

/** Pagination: an answer of many pages, with buttons to turn and refresh them. */
export interface Listing {
  send: (ctx: BotContext, filter: string) => Promise<unknown>
  presses: { [P in ListPrefix]?: Press<P> }
}

/** The rest of a message is room for the number of the page and for a repeated heading. */
const LONGEST_PAGE = MESSAGE_LENGTH - 196
const LONGEST_HEADING = 80
/** More messages would push everything else off the screen. */
const MOST_MESSAGES = 3

/**
 * Sends up to three messages, the last of which has a button that refreshes them all in place. A longer answer is one
 * message whose pages are turned by buttons. `filter` says what to load, see callbackData.ts.
 */
export function listing(prefix: ListPrefix, load: (ctx: BotContext, filter: string) => Promise<Lines>): Listing {
  return { send, presses: { [prefix]: press } as Listing['presses'] }

  async function send(ctx: BotContext, filter: string): Promise<unknown> {
    const paged = paginate(await load(ctx, filter), prefix, filter)
    if (ctx.callbackQuery || paged.pages.length > MOST_MESSAGES) return show(ctx, ...paged.open(0))
    const ids: number[] = []
    for (const page of paged.pages.slice(0, -1)) ids.push((await say(ctx, page)).message_id)
    return say(ctx, paged.last, { markup: paged.refreshButtons(ids) })
  }

  async function press(ctx: BotContext, data: OnList): Promise<string | undefined> {
    const paged = paginate(await load(ctx, data.filter), prefix, data.filter)
    const isChanged =
      'above' in data ? await refresh(ctx, paged, data.above) : (await show(ctx, ...paged.open(data.page))) !== 'same'
    return isChanged ? undefined : 'Nothing has changed'
  }
}

/** Edits the messages that are there. The last page goes into the last message, since that one has the buttons. */
async function refresh(ctx: BotContext, paged: Pagination, above: readonly number[]): Promise<boolean> {
  const surplus = above.length + 1 - paged.pages.length
  const outcomes: Changed[] = []
  if (surplus >= 0) {
    for (const [index, id] of above.entries()) {
      outcomes.push(await change(ctx, id, index < surplus ? SEE_BELOW : (paged.pages[index - surplus] as Rich)))
    }
  }
  // A deleted message is not sent anew, or each press would send it once more. The message with the button takes over.
  const fits = surplus >= 0 && !outcomes.includes('gone')
  outcomes.push(await (fits ? show(ctx, paged.last, paged.refreshButtons(above)) : show(ctx, ...paged.open(0))))
  return outcomes.some((outcome) => outcome !== 'same')
}

const SEE_BELOW: Rich = { text: '⬇', entities: [] }

/** The pages of an answer with their buttons. */
interface Pagination {
  pages: Rich[]
  last: Rich
  /** One page, with buttons that turn it. */
  open: (page: number) => [Rich, InlineKeyboard]
  /** The buttons of the last message; `above` are the numbers of those before it. */
  refreshButtons: (above: readonly number[]) => InlineKeyboard
}

function paginate({ title, lines, buttons = [] }: Lines, prefix: ListPrefix, filter: string): Pagination {
  const texts = pagesOf(lines, LONGEST_PAGE - title.length)
  const pages = texts.map((page, index) =>
    titled(texts.length === 1 ? title : `${title} (${index + 1}/${texts.length})`, ...textsOf(page)),
  )
  const refreshButtons: Pagination['refreshButtons'] = (above) => {
    const keyboard = new InlineKeyboard()
    for (const [label, data] of buttons) keyboard.text(label, data).row()
    return keyboard.text('🔄 Refresh', encode(prefix, { above: [...above], filter }))
  }
  const open: Pagination['open'] = (wanted) => {
    const page = Math.min(Math.max(wanted, 0), pages.length - 1)
    const turn = (to: number) => encode(prefix, { page: (to + pages.length) % pages.length, filter })
    const turning = new InlineKeyboard()
      .text('◀', turn(page - 1))
      .text('🔄 Refresh', turn(page))
      .text('▶', turn(page + 1))
    return [pages[page] as Rich, pages.length === 1 ? refreshButtons([]) : turning]
  }
  return { pages, last: pages.at(-1) as Rich, open, refreshButtons }
}

function textsOf(page: readonly Line[]): string[] {
  const texts = page.map(({ text }) => text)
  const [first] = page
  if (first?.under === undefined) return texts
  return [cut(first.under, LONGEST_HEADING), first.text.replace(/^\n/, ''), ...texts.slice(1)]
}
