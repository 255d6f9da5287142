import type { Shown } from './shown.ts'

/** A status as a word and a shape, since colour alone does not reach everybody. */
export function StatusMark({ status }: { status: Shown }) {
  return (
    <span className={`status status-${status}`}>
      <StatusShape status={status} />
      {status}
    </span>
  )
}

export function StatusShape({ status }: { status: Shown }) {
  return (
    <svg className={`shape status-${status}`} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      {shapes[status]}
    </svg>
  )
}

const shapes = {
  alive: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  down: <path d="M.5 1.5h11L6 11.5z" fill="currentColor" />,
  dead: <path d="M2 2l8 8M10 2l-8 8" stroke="currentColor" strokeWidth="2.4" fill="none" />,
  unknown: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.6" strokeDasharray="2 1.6" />,
  paused: <path d="M2 1.5h3v9H2zM7 1.5h3v9H7z" fill="currentColor" />,
}
