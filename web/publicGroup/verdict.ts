import { plural } from '../../server/text/words.ts'
import type { Outputs } from '../live/answers.ts'

/** The state of a whole group in one sentence. */
export function verdictOf({ alive, down, dead, unknown }: Outputs['publicGroup']['counts']): string {
  if (down > 0) return `${plural(down, 'service is', 'services are')} down`
  if (alive > 0) return dead > 0 ? `All is well, except ${dead} that ${dead === 1 ? 'is' : 'are'} dead` : 'All is well'
  return unknown > 0 ? 'Waiting for data' : 'No service is running'
}
