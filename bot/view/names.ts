import { harmless, withKey } from '../../server/text/words.ts'
import type { NamedService } from '../command.ts'

/** What people call a service. */
export const nameOf = ({ displayName }: Pick<NamedService, 'displayName'>): string =>
  harmless(displayName) || '(unnamed)'

/** The same, with its key where others have that name too. */
export function namesIn(services: readonly NamedService[]): (one: NamedService) => string {
  const seen = new Set<string>()
  const shared = new Set(services.map(nameOf).filter((name) => seen.has(name) || !seen.add(name)))
  return (one) => (shared.has(nameOf(one)) ? withKey(one.displayName, one.serviceKey) : nameOf(one))
}
