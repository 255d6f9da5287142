import type { KeyboardEvent } from 'react'
import type { Line } from './arrange.ts'

const steps = new Map([
  ['ArrowDown', 1],
  ['j', 1],
  ['ArrowUp', -1],
  ['k', -1],
])

/** Arrow keys, or `j` and `k`, move the focus from one service to the next. */
export function useArrowKeys(lines: readonly Line[], scrollTo: (index: number) => void) {
  return (event: KeyboardEvent<HTMLElement>) => {
    const step = steps.get(event.key)
    const from = indexOf(event.target)
    if (step === undefined || from === null) return
    const to = nextService(lines, from, step)
    if (to === null) return
    event.preventDefault()
    scrollTo(to)
    focusLink(event.currentTarget, to)
  }
}

function indexOf(target: EventTarget): number | null {
  const index = target instanceof Element ? target.closest<HTMLElement>('[data-index]')?.dataset.index : undefined
  return index === undefined ? null : Number(index)
}

function nextService(lines: readonly Line[], from: number, step: number): number | null {
  for (let index = from + step; index >= 0 && index < lines.length; index += step) {
    if (lines[index]?.kind === 'service') return index
  }
  return null
}

/** Focuses the link of a line. A line that was out of sight is drawn only in the next frame. */
function focusLink(list: HTMLElement, index: number): void {
  const link = () => list.querySelector<HTMLElement>(`[data-index="${index}"] a`)
  const found = link()
  if (found) found.focus({ preventScroll: true })
  else requestAnimationFrame(() => link()?.focus({ preventScroll: true }))
}

/** Moves the focus from the search to the first service found. */
export const focusFirstRow = () => document.querySelector<HTMLElement>('.row-link')?.focus()
