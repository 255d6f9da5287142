import { useMutation } from '@tanstack/react-query'
import { queryClient, trpc } from '../api.ts'
import type { Outputs } from '../live/answers.ts'
import { MutationFault } from '../parts/mutationFault.tsx'
import { serverNow } from '../time/serverClock.ts'
import { Moment } from '../time/time.tsx'

const HOUR_MS = 3_600_000

const mutes = new Map([
  ['hour', { words: 'for an hour', until: () => inHours(1) }],
  ['eight', { words: 'for 8 hours', until: () => inHours(8) }],
  ['day', { words: 'for a day', until: () => inHours(24) }],
  ['week', { words: 'for a week', until: () => inHours(168) }],
  ['recovered', { words: 'until it has recovered', until: () => 'recovered' }],
])

const inHours = (hours: number) => new Date(serverNow() + hours * HOUR_MS).toISOString()

/** Switches a service's alerts on and off, and mutes them for a time. */
export function Alerts({
  settings: { serviceKey, alertsEnabled, mutedUntil },
}: {
  settings: Outputs['services']['get']
}) {
  const configure = useMutation(
    trpc.services.configure.mutationOptions({
      onSuccess: (saved) => queryClient.setQueryData(trpc.services.get.queryKey({ serviceKey }), saved),
    }),
  )
  const isMuted = mutedUntil !== null && (mutedUntil === 'recovered' || Date.parse(mutedUntil) > serverNow())
  return (
    <div className="form">
      <h3>Alerts</h3>
      <label className="check">
        <input
          type="checkbox"
          checked={alertsEnabled}
          disabled={configure.isPending}
          onChange={({ target }) => configure.mutate({ serviceKey, alertsEnabled: target.checked })}
        />
        <span>Send alerts about this service</span>
      </label>
      {alertsEnabled && isMuted && (
        <p className="actions">
          <span>Muted until {mutedUntil === 'recovered' ? 'it has recovered' : <Moment at={mutedUntil} />}</span>
          <button type="button" className="button" onClick={() => configure.mutate({ serviceKey, mutedUntil: null })}>
            Unmute
          </button>
        </p>
      )}
      {alertsEnabled && !isMuted && (
        <label className="field inline">
          <span>Mute</span>
          <select
            value=""
            disabled={configure.isPending}
            onChange={({ target }) => {
              const mute = mutes.get(target.value)
              if (mute) configure.mutate({ serviceKey, mutedUntil: mute.until() })
            }}
          >
            <option value="">not muted</option>
            {[...mutes].map(([name, { words }]) => (
              <option key={name} value={name}>
                {words}
              </option>
            ))}
          </select>
        </label>
      )}
      <MutationFault of={[configure]} />
    </div>
  )
}
