import { useQuery } from '@tanstack/react-query'
import { trpc } from '../api.ts'
import { useNews } from '../live/connection.ts'
import { clockTime } from '../time/words.ts'
import { useStalePage } from './stale.ts'

export function Banners() {
  return (
    <>
      <ConnectionLost />
      <OtherVersion />
    </>
  )
}

function ConnectionLost() {
  const { connection, lastNewsAt } = useNews()
  return (
    <div role="status">
      {connection === 'lost' && (
        <p className="banner banner-lost">
          <strong>Connection lost</strong>
          {lastNewsAt === null ? ', no news yet' : `, last news ${clockTime(lastNewsAt)}`}. Trying again; what you see
          may be out of date.
        </p>
      )}
    </div>
  )
}

function OtherVersion() {
  const isStale = useStalePage()
  const { data: version } = useQuery({ ...trpc.monitor.queryOptions(), select: ({ version }) => version })
  if (!isStale && (version === undefined || version === VERSION)) return null
  return (
    <p className="banner" role="status">
      {version === undefined || version === VERSION
        ? 'The server has a newer page than this one.'
        : `This page is of version ${VERSION}, the server of version ${version}.`}{' '}
      <button type="button" className="button" onClick={() => location.reload()}>
        Reload
      </button>
    </p>
  )
}
