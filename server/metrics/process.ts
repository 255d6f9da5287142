import { collectDefaultMetrics, Registry } from '@prometheus-io/client'

let registry: Registry | undefined

/**
 * Metrics of the process: memory, processor, garbage collection and event loop delay. Their observers never end, so they
 * are created once, however many servers run in the process (as in tests).
 */
export function processMetrics(): Registry {
  if (!registry) {
    registry = new Registry()
    collectDefaultMetrics({ register: registry, eventLoopUtilizationTimeout: 1_000 })
  }
  return registry
}
