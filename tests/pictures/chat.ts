import type { Accepted } from '../helpers/botApi.ts'
import type { Bubble } from './record.ts'

const STYLE = `
  * { box-sizing: border-box; margin: 0; }
  body { width: 520px; font: 15px/1.38 "Noto Sans", "Noto Color Emoji", sans-serif; color: #17212b; }
  main { background: #dbe5dd; padding-bottom: 14px; }
  header { display: flex; gap: 12px; align-items: center; background: #fff; padding: 10px 16px; border-bottom: 1px solid #cfd8d2; }
  header i { width: 40px; height: 40px; border-radius: 50%; background: #1b7443; display: grid; place-items: center; }
  header b { display: block; font-weight: 600; line-height: 1.25; }
  header small { color: #6b7a83; font-size: 13px; }
  .day { text-align: center; margin: 12px 0 2px; }
  .day span { background: #7f948799; color: #fff; border-radius: 12px; padding: 2px 11px; font-size: 13px; font-weight: 600; }
  section { width: fit-content; max-width: 424px; margin: 8px 14px 0; }
  section.person { margin-left: auto; }
  article { position: relative; background: #fff; border-radius: 14px; padding: 8px 13px 7px; box-shadow: 0 1px 1px #0002; }
  .person article { background: #e5fbd3; }
  p { white-space: pre-wrap; overflow-wrap: anywhere; }
  b { font-weight: 600; }
  code { font: 13.5px "Noto Sans Mono", "DejaVu Sans Mono", monospace; color: #0b5a7a; }
  .command { color: #1d73b8; }
  time { float: right; margin: 5px -3px 0 12px; font-size: 12px; color: #7c8b94; }
  .person time { color: #5f9a4b; }
  blockquote { border-left: 3px solid #1b7443; border-radius: 4px; background: #1b74431a; padding: 3px 9px 4px; margin: 2px 0 5px; font-size: 13.5px; }
  nav { display: grid; gap: 4px; margin-top: 4px; }
  nav div { display: flex; gap: 4px; }
  nav span { flex: 1; text-align: center; background: #6f887bcc; color: #fff; font-weight: 500; font-size: 14px; border-radius: 9px; padding: 6px 8px; white-space: nowrap; }
`

const HEART = `<svg width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"><path d="M2 12h5l2.5-6 5 12 2.5-6h5"/></svg>`

/** A chat that looks like those that people know, with the texts and buttons that were really sent. */
export function chatPage(day: string, bubbles: readonly Bubble[]): string {
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><main>
    <header><i>${HEART}</i><div><b>Stillbeat</b><small>bot</small></div></header>
    <p class="day"><span>${escaped(day)}</span></p>${bubbles.map(bubble).join('')}</main>`
}

function bubble(one: Bubble): string {
  const time = `<time>${one.at}</time>`
  if (one.from === 'person') {
    return `<section class="person"><article><p><span class="command">${escaped(one.text)}</span>${time}</p></article></section>`
  }
  const { message, answers } = one
  const quote = answers
    ? `<blockquote><b>Stillbeat</b><br>${escaped(answers.text.split('\n')[0] ?? '')}</blockquote>`
    : ''
  const rows = message.buttons.map(
    (row) => `<div>${row.map(({ text }) => `<span>${escaped(text)}</span>`).join('')}</div>`,
  )
  const buttons = rows.length > 0 ? `<nav>${rows.join('')}</nav>` : ''
  return `<section><article>${quote}<p>${marked(message)}${time}</p></article>${buttons}</section>`
}

const TAGS: Record<string, string> = { bold: 'b', italic: 'em', code: 'code', pre: 'code', underline: 'u' }

/** Entities count UTF-16 units, as strings do here. */
function marked({ text, entities }: Accepted): string {
  const known = entities.filter(({ type }) => Object.hasOwn(TAGS, type))
  const edges = new Set([0, text.length, ...known.flatMap(({ offset, length }) => [offset, offset + length])])
  const sorted = [...edges].sort((a, b) => a - b)
  return sorted
    .slice(0, -1)
    .map((from, index) => {
      const tags = known
        .filter(({ offset, length }) => offset <= from && from < offset + length)
        .map(({ type }) => TAGS[type])
      const piece = escaped(text.slice(from, sorted[index + 1]))
      return tags.reduce((inner, tag) => `<${tag}>${inner}</${tag}>`, piece)
    })
    .join('')
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
