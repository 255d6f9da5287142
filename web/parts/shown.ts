import type { Status } from '../live/answers.ts'

export type Shown = Status | 'paused'

/** What a change of status led to. A pause leaves the status as it is. */
export const shownChange = ({ to, reason }: { to: Status; reason: string }): Shown =>
  reason === 'pause' ? 'paused' : to

/** A paused service is not judged, whatever it was before. */
export const shownStatus = ({ status, paused }: { status: Status; paused: boolean }): Shown =>
  paused ? 'paused' : status
