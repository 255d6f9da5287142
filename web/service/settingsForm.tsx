import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { queryClient, trpc } from '../api.ts'
import type { Outputs } from '../live/answers.ts'
import { allServices } from '../live/queries.ts'
import { allGroups } from '../overview/groups.ts'
import { Choice } from '../parts/choice.tsx'
import { MutationFault } from '../parts/mutationFault.tsx'
import { changesOf, type Draft, draftOf, type Expectation, faultOf } from './draft.ts'
import { LengthField } from './lengthField.tsx'
import { Preview } from './preview.tsx'

const expectations: { value: Expectation; words: string }[] = [
  { value: 'learned', words: 'as learned from its heartbeats' },
  { value: 'period', words: 'at a fixed interval' },
  { value: 'cron', words: 'by a cron line' },
]

const timezones = Intl.supportedValuesOf('timeZone')

/** The zones to choose from. One that is set stays in the list, also by a name that the browser does not list. */
const zonesWith = (set: string) => (set === '' || timezones.includes(set) ? timezones : [set, ...timezones])

/** A form for the name, the group, and when heartbeats are expected. */
export function SettingsForm({ settings }: { settings: Outputs['services']['get'] }) {
  const [edited, setEdited] = useState<Draft | null>(null)
  const groups = useQuery({ ...allServices, select: allGroups }).data ?? []
  const save = useMutation(
    trpc.services.configure.mutationOptions({
      onSuccess(saved) {
        queryClient.setQueryData(trpc.services.get.queryKey({ serviceKey: saved.serviceKey }), saved)
        setEdited(null)
      },
    }),
  )
  const draft = edited ?? draftOf(settings)
  const edit = (changes: Partial<Draft>) => {
    save.reset()
    setEdited({ ...draft, ...changes })
  }
  const fault = faultOf(draft)
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault()
        if (fault === null) save.mutate(changesOf(draft, settings))
      }}
    >
      <div className="fields">
        <label className="field">
          <span>Name</span>
          <input
            dir="auto"
            value={draft.displayName}
            maxLength={200}
            onChange={({ target }) => edit({ displayName: target.value })}
          />
        </label>
        <label className="field">
          <span>Group</span>
          <input
            dir="auto"
            value={draft.group}
            maxLength={100}
            list="groups"
            placeholder="none"
            onChange={({ target }) => edit({ group: target.value })}
          />
          <datalist id="groups">
            {groups.map((group) => (
              <option key={group} value={group} />
            ))}
          </datalist>
        </label>
      </div>
      <Choice
        label="Expected"
        options={expectations}
        value={draft.expectation}
        onChange={(expectation) => edit({ expectation })}
      />
      <div className="fields">
        {draft.expectation === 'period' && (
          <LengthField
            label="Every"
            seconds={draft.periodSeconds}
            onChange={(periodSeconds) => edit({ periodSeconds })}
          />
        )}
        {draft.expectation === 'cron' && (
          <>
            <label className="field">
              <span>Cron line</span>
              <input
                className="mono"
                value={draft.cron}
                placeholder="30 2 * * *"
                spellCheck={false}
                onChange={({ target }) => edit({ cron: target.value })}
              />
            </label>
            <label className="field">
              <span>Time zone</span>
              <select value={draft.timezone} onChange={({ target }) => edit({ timezone: target.value })}>
                <option value="">the server's</option>
                {zonesWith(draft.timezone).map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            </label>
          </>
        )}
        {draft.expectation !== 'learned' && (
          <LengthField
            label="Grace"
            seconds={draft.graceSeconds}
            placeholder={draft.expectation === 'cron' ? '5 minutes' : 'same as the period'}
            onChange={(graceSeconds) => edit({ graceSeconds })}
          />
        )}
      </div>
      {draft.expectation !== 'learned' && fault === null && <Preview draft={draft} />}
      <div className="fields">
        <LengthField
          label="A run may take"
          seconds={draft.maxRunSeconds}
          placeholder="learned"
          onChange={(maxRunSeconds) => edit({ maxRunSeconds })}
        />
        <label className="field">
          <span>Down after failures in a row</span>
          <input
            type="number"
            min="1"
            max="100"
            value={draft.failuresTolerated ?? ''}
            placeholder="1"
            onChange={({ target }) => edit({ failuresTolerated: target.value === '' ? null : Number(target.value) })}
          />
        </label>
      </div>
      <div className="actions">
        <button type="submit" className="button primary" disabled={edited === null || fault !== null || save.isPending}>
          Save
        </button>
        {edited !== null && (
          <button type="button" className="button" onClick={() => setEdited(null)}>
            Discard
          </button>
        )}
        <span className="soft" role="status">
          {save.isSuccess && 'Saved'}
          {edited !== null && fault}
        </span>
        <MutationFault of={[save]} />
      </div>
    </form>
  )
}
