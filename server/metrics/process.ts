import { collectDefaultMetrics, Registry } from '@prometheus-io/client'

let registry: Registry | undefined

/**
 * Memory, processor, garbage collection and the delay of the event loop. Their observers belong to the process and never
 * end, so they are begun once, however many servers run in it.
 */
export function processMetrics(): Registry {
  if (!registry) {
    registry = new Registry()
    collectDefaultMetrics({ register: registry, eventLoopUtilizationTimeout: 1_000 })
  }
  return registry
}
