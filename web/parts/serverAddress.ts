import { useQuery } from '@tanstack/react-query'
import { trpc } from '../api.ts'

/** The address that people use for this server. */
export function useServerAddress(): string {
  const publicUrl = useQuery({ ...trpc.monitor.queryOptions(), select: ({ publicUrl }) => publicUrl }).data
  return (publicUrl ?? location.origin).replace(/\/+$/, '')
}
