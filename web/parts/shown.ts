import type { Status } from '../live/answers.ts'

export type Shown = Status | 'paused'

/** A paused service is not judged, whatever it was before. */
export const shownStatus = ({ status, paused }: { status: Status; paused: boolean }): Shown =>
  paused ? 'paused' : status
