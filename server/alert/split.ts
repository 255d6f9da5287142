import type { Message } from '../../db/messages.ts'
import type { Piece } from '../../db/splits.ts'
import { visibleName } from '../text/words.ts'
import type { AlertData } from './compose.ts'
import { saysAlive, titleOf } from './titles.ts'

/** Splits a message about several services into two that tell the same; `null` if it is about one, or no alert. */
export function halvesOf({ title, body, data }: Pick<Message, 'title' | 'body' | 'data'>): Piece[] | null {
  const lines = body.split('\n')
  const { services = [] } = data as unknown as Partial<AlertData>
  if (services.length < 2 || lines.length !== services.length) return null
  const middle = Math.ceil(services.length / 2)
  return [[0, middle] as const, [middle, services.length] as const].map(([from, to]) => {
    const told = { ...(data as unknown as AlertData), part: 1, parts: 1, services: services.slice(from, to) }
    const text = lines.slice(from, to)
    return { title: titleOfPiece(title, told), body: bodyOf(text, told), data: told as unknown as Piece['data'] }
  })
}

function titleOfPiece(whole: string, { event: kind, services }: AlertData): string {
  const [first] = services
  return titleOf({
    kind,
    count: services.length,
    name: visibleName(first?.display_name ?? ''),
    flapping: first?.flapping ?? false,
    isOver: kind === 'recovered' ? !saysAlive(whole) : services.every((one) => typeof one.recovered_at === 'string'),
    closeReason: first?.close_reason ?? null,
  })
}

/** The name of a single service stands in the title. */
function bodyOf(lines: readonly string[], { services }: AlertData): string {
  const [first, ...others] = services
  if (!first || others.length > 0) return lines.join('\n')
  const name = `• ${visibleName(first.display_name)} — `
  const [line = ''] = lines
  return line.startsWith(name) ? line.slice(name.length) : line
}
