import type { Channel } from './channel.ts'
import { type CourierDeps, createCourier } from './courier.ts'

/** The outbox workers: one for each channel, so that none waits for another. */
export interface Couriers {
  kick(): void
  /** Waits for the messages under way, for a few seconds at most. */
  stop(): Promise<void>
}

export function createCouriers(deps: CourierDeps, channels: readonly Channel[]): Couriers {
  const couriers = channels.map((channel) => createCourier(deps, channel))
  return {
    kick() {
      for (const courier of couriers) courier.kick()
    },
    async stop() {
      await Promise.all(couriers.map((courier) => courier.stop()))
    },
  }
}
