import { hashOf } from '../route.ts'

export const orders = ['name', 'status', 'heard', 'rhythm', 'deadline'] as const
export type Order = (typeof orders)[number]

/** What the overview shows. It is kept in the address. */
export interface Filter {
  search: string
  status: string | null
  group: string | null
  order: Order
  backwards: boolean
}

export function filterOf(query: URLSearchParams): Filter {
  const [order = '', direction] = (query.get('order') ?? '').split(' ')
  return {
    search: query.get('search') ?? '',
    status: query.get('status'),
    group: query.get('group'),
    order: orders.find((known) => known === order) ?? 'name',
    backwards: direction === 'backwards',
  }
}

export function overviewHash({ search, status, group, order, backwards }: Filter): string {
  const ordered = order === 'name' && !backwards ? null : `${order}${backwards ? ' backwards' : ''}`
  return hashOf('overview', null, { search, status, group, order: ordered })
}
