import './settings.css'
import { useQuery } from '@tanstack/react-query'
import { trpc } from '../api.ts'
import { Fault } from '../parts/fault.tsx'
import { Alerts } from './alerts.tsx'
import { Remove } from './remove.tsx'
import { SettingsForm } from './settingsForm.tsx'

export function Settings({ serviceKey }: { serviceKey: string }) {
  const settings = useQuery(trpc.services.get.queryOptions({ serviceKey }))
  return (
    <section className="sheet settings" aria-labelledby="settings">
      <h2 id="settings">Settings</h2>
      <Fault of={settings} />
      {settings.data && (
        <>
          <SettingsForm settings={settings.data} />
          <Alerts settings={settings.data} />
          <Remove serviceKey={serviceKey} name={settings.data.displayName} />
        </>
      )}
    </section>
  )
}
