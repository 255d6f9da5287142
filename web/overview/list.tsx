import './list.css'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useRef, useState } from 'react'
import type { Line } from './arrange.ts'
import { ColumnHeads } from './columns.tsx'
import type { Filter } from './filter.ts'
import { Heading } from './heading.tsx'
import { useArrowKeys } from './keys.ts'
import { lineHeights } from './lineHeights.ts'
import { Row } from './row.tsx'

/** A virtual list: only the lines in sight are drawn. */
export function List({ lines, filter }: { lines: readonly Line[]; filter: Filter }) {
  const body = useRef<HTMLDivElement>(null)
  const top = useTopOf(body)
  const heights = lineHeights()
  const virtualizer = useWindowVirtualizer({
    count: lines.length,
    estimateSize: (index) => heights[lines[index]?.kind ?? 'service'],
    getItemKey: (index) => keyOf(lines[index], index),
    scrollMargin: top,
    overscan: 12,
  })
  const onKeyDown = useArrowKeys(lines, (index) => virtualizer.scrollToIndex(index))
  if (lines.length === 0) return <p className="notice">No service matches this filter.</p>
  return (
    <div className="list" role="table" aria-label="Services" aria-rowcount={lines.length + 1} onKeyDown={onKeyDown}>
      <ColumnHeads filter={filter} />
      <div ref={body} role="rowgroup" className="list-body" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, key, start }) => (
          <div
            key={key}
            role="presentation"
            className="line"
            data-index={index}
            style={{ transform: `translateY(${start - top}px)` }}
          >
            <LineOf line={lines[index]} index={index + 2} />
          </div>
        ))}
      </div>
    </div>
  )
}

function LineOf({ line, index }: { line: Line | undefined; index: number }) {
  if (line === undefined) return null
  if (line.kind === 'heading') return <Heading line={line} index={index} />
  return <Row serviceKey={line.serviceKey} remark={line.remark} index={index} />
}

const keyOf = (line: Line | undefined, index: number) =>
  line === undefined ? index : line.kind === 'service' ? `service ${line.serviceKey}` : `${line.about} ${line.title}`

/** How far down the page the list begins, in pixels. */
function useTopOf(element: React.RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    const measure = () => setTop(element.current?.offsetTop ?? 0)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(document.body)
    return () => observer.disconnect()
  }, [element])
  return top
}
