import type { Filter, Order } from './filter.ts'
import { showFilter } from './showFilter.ts'

const columns: { name: string; words: string; order: Order | null }[] = [
  { name: 'status', words: 'Status', order: 'status' },
  { name: 'name', words: 'Service', order: 'name' },
  { name: 'strip', words: 'Newest gaps and current silence', order: null },
  { name: 'heard', words: 'Last heartbeat', order: 'heard' },
  { name: 'rhythm', words: 'Rhythm', order: 'rhythm' },
  { name: 'deadline', words: 'Deadline', order: 'deadline' },
]

/** Column heads. Pressing one orders by its column, pressing it again reverses the order. */
export function ColumnHeads({ filter }: { filter: Filter }) {
  return (
    <div role="rowgroup" className="heads">
      <div role="row" className="row" aria-rowindex={1}>
        {columns.map(({ name, words, order }) => (
          <span key={name} role="columnheader" className={`cell-${name}`} aria-sort={sortOf(order, filter)}>
            {order === null ? words : <Head words={words} order={order} filter={filter} />}
          </span>
        ))}
      </div>
    </div>
  )
}

function Head({ words, order, filter }: { words: string; order: Order; filter: Filter }) {
  const isOrder = filter.order === order
  const choose = () => showFilter({ ...filter, order, backwards: isOrder && !filter.backwards })
  return (
    <button type="button" className="head" onClick={choose}>
      {words}
      <span aria-hidden="true">{isOrder ? (filter.backwards ? ' ↓' : ' ↑') : ''}</span>
    </button>
  )
}

function sortOf(order: Order | null, filter: Filter) {
  if (order === null || filter.order !== order) return undefined
  return filter.backwards ? 'descending' : 'ascending'
}
