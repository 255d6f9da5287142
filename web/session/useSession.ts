import { useQuery } from '@tanstack/react-query'
import { sessionOptions } from './session.ts'

export const useSession = () => useQuery(sessionOptions)

/** Whether this viewer may change anything. */
export const useMayChange = () =>
  useQuery({ ...sessionOptions, select: ({ scope }) => scope === 'admin' }).data === true
