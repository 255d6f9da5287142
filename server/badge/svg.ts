import { harmless } from '../text/words.ts'

export type BadgeStatus = 'alive' | 'down' | 'dead' | 'unknown' | 'paused' | 'not found'

/** White text is legible on each colour. The shape tells the status to people who do not see colours. */
const looks: Record<BadgeStatus, { colour: string; shape: string }> = {
  alive: { colour: '#1a7f37', shape: '<circle cx="5" cy="10" r="4.5"/>' },
  down: { colour: '#cf222e', shape: '<path d="M0 5.5h10L5 15z"/>' },
  dead: { colour: '#24292f', shape: '<path d="M1 6l8 8m0-8l-8 8" stroke="#fff" stroke-width="2"/>' },
  unknown: {
    colour: '#6f5a00',
    shape: '<circle cx="5" cy="10" r="3.8" fill="none" stroke="#fff" stroke-width="1.6"/>',
  },
  paused: { colour: '#57606a', shape: '<path d="M1 5.5h3v9H1zm5 0h3v9H6z"/>' },
  'not found': { colour: '#57606a', shape: '<path d="M1 9h8v2.4H1z"/>' },
}

const LONGEST_LABEL = 80
const PADDING = 6
const SHAPE_WIDTH = 14

/** Draws a badge, a label beside a status, as SVG. */
export function badgeSvg(labelText: string, status: BadgeStatus): string {
  const { colour, shape } = looks[status]
  const label = harmless(labelText, LONGEST_LABEL)
  const [labelWidth, statusWidth] = [widthOf(label), widthOf(status)]
  const middle = labelWidth + 2 * PADDING
  const width = middle + SHAPE_WIDTH + statusWidth + 2 * PADDING
  const spoken = escaped(`${label}: ${status}`)
  const text = (x: number, length: number, words: string) =>
    `<text x="${x}" y="14" textLength="${length}" lengthAdjust="spacingAndGlyphs">${escaped(words)}</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20" role="img" aria-label="${spoken}">
<title>${spoken}</title>
<rect width="${width}" height="20" rx="3" fill="${colour}"/>
<path d="M3 0H${middle}V20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3" fill="#444c56"/>
<g fill="#fff" font-family="Verdana, DejaVu Sans, sans-serif" font-size="11">
${text(PADDING, labelWidth, label)}
<g transform="translate(${middle + PADDING})">${shape}</g>
${text(middle + PADDING + SHAPE_WIDTH, statusWidth, status)}
</g>
</svg>
`
}

const NARROW = /[\s.,:;!|'`()[\]{}fijltrI1]/
const WIDE = /[mwMW@%]|[\u3000-\u{10FFFF}]/u

/** Estimates the width in Verdana, in pixels. `textLength` then makes the text fit it. */
function widthOf(text: string): number {
  const widths = [...text].map((one) => (NARROW.test(one) ? 4.5 : WIDE.test(one) ? 11 : 7))
  return Math.ceil(widths.reduce((sum, width) => sum + width, 0))
}

const entities = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
])

const escaped = (text: string) =>
  text.replaceAll(/[\uFFFE\uFFFF]/g, '').replaceAll(/[&<>"']/g, (one) => entities.get(one) ?? '')
