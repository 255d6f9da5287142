import { Copyable } from '../parts/copyable.tsx'
import { useServerAddress } from '../parts/serverAddress.ts'

export function Badge({ serviceKey }: { serviceKey: string }) {
  const path = `/badge/${encodeURIComponent(serviceKey)}.svg`
  const address = useServerAddress()
  return (
    <section className="sheet" aria-labelledby="badge">
      <h2 id="badge">Badge</h2>
      <p className="badge">
        <img src={path} alt={`Badge of ${serviceKey}`} height="20" />
      </p>
      <Copyable text={`![${serviceKey}](${address}${path})`} label="Markdown" />
    </section>
  )
}
