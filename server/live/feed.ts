import { type Alarm, createAlarm } from '../alarm.ts'
import { CallerError, stopping } from '../errors.ts'
import type { Ground } from '../ground.ts'
import { createLook, type Found, LOOK_EVERY_MS, type LookDeps, type Unseen } from './look.ts'
import type { ServiceNews } from './news.ts'

/** One watcher: a stream of events that a page or program has open. */
export interface Listener {
  /** Called with the current view of a service that has changed or was removed. */
  onService?(id: number, news: ServiceNews): void
  /** Called when transitions were recorded, which the watcher then reads. */
  onTransitions?(): void
  /** Called when the server stops. */
  onEnd(): void
}

/** Pub/sub within this server: tells watchers which services changed, on this server or another. */
export interface Feed {
  /** Publishes that this server has committed a change of a service. */
  touched(id: number): void
  /** Publishes that this server has removed a service. */
  removed(id: number, key: string): void
  /** Throws 429 beyond the limit of streams, and 503 when the server stops. @returns a function that unsubscribes */
  join(listener: Listener): () => void
  /** Ends all streams, and refuses new ones. */
  end(): void
}

/** A throttle: watchers are told of a service twice a second at most. */
const SHORTEST_PAUSE_MS = 500

export function createFeed(deps: LookDeps & Pick<Ground, 'absence'>, mostListeners: number): Feed {
  const { clock, absence, hints } = deps
  const listeners = new Set<Listener>()
  const unseen: Unseen = { touched: new Set(), removed: new Map(), mayBeMore: true }
  let alarm: Alarm | undefined
  let hasEnded = false

  function begin(): void {
    const look = createLook(deps, unseen)
    let isLooking = false
    alarm = createAlarm(clock, LOOK_EVERY_MS, lookAndTell, SHORTEST_PAUSE_MS)
    alarm.wakeAt(clock.now())

    async function lookAndTell(): Promise<void> {
      if (isLooking) return
      isLooking = true
      await look()
        .then(tell)
        .catch((error) => absence.noted(error, 'could not look for news; looking again soon'))
      isLooking = false
      if (unseen.touched.size > 0 || unseen.removed.size > 0) lookSoon()
    }
  }

  function tell({ hasTransitions, services }: Found): void {
    for (const { onTransitions, onService } of listeners) {
      if (hasTransitions) onTransitions?.()
      for (const [id, news] of services) onService?.(id, news)
    }
  }

  const lookSoon = () => alarm?.wakeAt(clock.now())

  function rest(): void {
    alarm?.stop()
    alarm = undefined
    unseen.touched.clear()
    unseen.removed.clear()
    unseen.mayBeMore = true
  }

  function touched(ids: readonly number[]): void {
    if (listeners.size === 0) return
    for (const id of ids) unseen.touched.add(id)
    lookSoon()
  }

  function removed(gone: readonly (readonly [id: number, key: string])[]): void {
    if (listeners.size === 0) return
    for (const [id, key] of gone) unseen.removed.set(id, key)
    lookSoon()
  }

  function lookEverywhere(): void {
    unseen.mayBeMore = true
    lookSoon()
  }

  hints.on('services', (ids) => (ids ? touched(ids) : lookEverywhere()))
  hints.on('removed', (gone) => (gone ? removed(gone) : lookEverywhere()))

  return {
    touched(id) {
      hints.tell('services', id)
      touched([id])
    },
    removed(id, key) {
      hints.tell('removed', [id, key])
      removed([[id, key]])
    },
    join(listener) {
      if (hasEnded) throw stopping()
      if (listeners.size >= mostListeners) throw tooMany(mostListeners)
      listeners.add(listener)
      if (listeners.size === 1) begin()
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) rest()
      }
    },
    end() {
      hasEnded = true
      rest()
      for (const { onEnd } of listeners) onEnd()
    },
  }
}

const tooMany = (most: number) =>
  new CallerError('too_many_streams', `${most} streams of events are open already; close some, or ask status instead`)
