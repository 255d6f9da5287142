import { visibleName, withKey } from '../../server/text/words.ts'
import type { NamedService } from '../command.ts'

/** The name of a service, safe to show. */
export const nameOf = ({ displayName }: Pick<NamedService, 'displayName'>): string => visibleName(displayName)

/** Names services like `nameOf`, and adds the key where several have the same name. */
export function namesIn(services: readonly NamedService[]): (one: NamedService) => string {
  const seen = new Set<string>()
  const shared = new Set(services.map(nameOf).filter((name) => seen.has(name) || !seen.add(name)))
  return (one) => (shared.has(nameOf(one)) ? withKey(one.displayName, one.serviceKey) : nameOf(one))
}
