import { useAnnouncement } from '../live/announcement.ts'

export function Announcer() {
  return (
    <div className="unseen" aria-live="polite">
      {useAnnouncement()}
    </div>
  )
}
