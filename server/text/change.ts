/** Why a status changed, in words. An unknown word stands for itself. */
export const whyChanged = (reason: string): string => words.get(reason) ?? reason

const words = new Map([
  ['silence', 'no heartbeat'],
  ['fail', 'it failed'],
  ['run', 'a run has not ended'],
  ['heartbeat', 'a heartbeat came'],
  ['learned', 'its rhythm is known'],
  ['schedule', 'by its new schedule'],
  ['pause', 'paused'],
  ['resume', 'resumed'],
])
