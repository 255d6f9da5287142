import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { allServices } from '../live/queries.ts'

/** `2 down · Stillbeat`: seen from another tab too. */
export function useTitle(): void {
  const down = useQuery({ ...allServices, select: ({ counts }) => counts.down }).data
  useEffect(() => {
    document.title = down ? `${down} down · Stillbeat` : 'Stillbeat'
    return () => {
      document.title = 'Stillbeat'
    }
  }, [down])
}
