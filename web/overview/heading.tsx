import { hashOf } from '../route.ts'
import type { Line } from './arrange.ts'

type HeadingLine = Extract<Line, { kind: 'heading' }>

export function Heading({ line: { title, about, words }, index }: { line: HeadingLine; index: number }) {
  return (
    <div className={`heading heading-${about}`} role="row" aria-rowindex={index}>
      <span role="cell" aria-colspan={6} className="heading-cell">
        <h2 dir="auto">
          {about === 'group' ? <a href={hashOf('overview', null, { group: title })}>{title}</a> : title}
        </h2>
        <span className="soft">{words}</span>
      </span>
    </div>
  )
}
