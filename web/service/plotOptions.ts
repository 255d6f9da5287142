import type uPlot from 'uplot'
import { gapLabel, gapTicks, timeLabels } from './axes.ts'
import { colourOf } from './colours.ts'
import { type Absence, type Point, shortestShown } from './points.ts'

export interface Drawing {
  points: readonly Point[]
  limitSeconds: number | null
  outages: readonly Absence[]
  isLogarithmic: boolean
}

/** The series of the plot: the moments, the gaps in time, and the gaps that were too long. */
export function dataOf({ points, limitSeconds, isLogarithmic }: Drawing): uPlot.AlignedData {
  const least = isLogarithmic ? shortestShown(points) : 0
  const isTooLong = ({ gapSeconds }: Point) => limitSeconds !== null && gapSeconds > limitSeconds
  return [
    points.map(({ atSeconds }) => atSeconds),
    points.map((point) => (isTooLong(point) ? null : Math.max(least, point.gapSeconds))),
    points.map((point) => (isTooLong(point) ? point.gapSeconds : null)),
  ]
}

type Latest = { readonly current: Drawing }

export function plotOptions(
  element: HTMLElement,
  latest: Latest,
  isLogarithmic: boolean,
): Omit<uPlot.Options, 'width' | 'height'> {
  const colour = (name: string) => colourOf(element, name)
  const [soft, line] = [colour('--soft'), colour('--line')]
  const font = `12px ${getComputedStyle(element).fontFamily}`
  const axis = { stroke: soft, font, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1, size: 4 } }
  const dots = (name: string, size: number): uPlot.Series => ({
    paths: () => null,
    points: { show: true, size, width: 0, fill: colour(name), stroke: colour(name) },
    value: (_plot, value, _series, index) =>
      value == null || index === null ? '–' : gapLabel(latest.current.points[index]?.gapSeconds ?? value),
  })
  return {
    scales: {
      x: { range: (_plot, min, max) => [min, max] },
      y: {
        distr: isLogarithmic ? 3 : 1,
        range: () => rangeOf(latest.current),
      },
    },
    axes: [
      { ...axis, values: (_plot, ticks, _index, _space, step) => timeLabels(ticks, step) },
      {
        ...axis,
        size: 62,
        splits: (_plot, _index, min, max) => gapTicks(min, max, isLogarithmic),
        values: (_plot, ticks) => ticks.map(gapLabel),
        filter: (_plot, ticks) => ticks,
      },
    ],
    series: [
      { label: 'Heartbeat', value: (_plot, value) => (value == null ? '–' : new Date(value * 1_000).toLocaleString()) },
      { label: 'gap in time', ...dots('--alive', 5) },
      { label: 'gap too long', ...dots('--down', 8) },
    ],
    cursor: { y: false },
    hooks: {
      drawClear: [(plot) => shadeOutages(plot, latest.current, colour('--outage'))],
      draw: [(plot) => drawLimit(plot, latest.current, colour('--late'), font)],
    },
  }
}

function rangeOf({ points, limitSeconds, isLogarithmic }: Drawing): [number, number] {
  const gaps = points.map(({ gapSeconds }) => gapSeconds)
  const longest = Math.max(...gaps, limitSeconds ?? 0)
  if (!isLogarithmic) return [0, longest * 1.15 || 1]
  return [shortestShown(points) / 1.6, longest * 1.6]
}

function shadeOutages(plot: uPlot, { outages }: Drawing, fill: string): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.fillStyle = fill
  for (const { from, to } of outages) {
    const left = Math.max(bbox.left, plot.valToPos(Date.parse(from) / 1_000, 'x', true))
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(Date.parse(to) / 1_000, 'x', true))
    if (right > bbox.left && left < right) ctx.fillRect(left, bbox.top, Math.max(2, right - left), bbox.height)
  }
  ctx.restore()
}

function drawLimit(plot: uPlot, { limitSeconds }: Drawing, stroke: string, font: string): void {
  if (limitSeconds === null) return
  const { ctx, bbox } = plot
  const y = Math.round(plot.valToPos(limitSeconds, 'y', true)) + 0.5
  ctx.save()
  ctx.strokeStyle = stroke
  ctx.fillStyle = stroke
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio])
  ctx.lineWidth = devicePixelRatio
  ctx.beginPath()
  ctx.moveTo(bbox.left, y)
  ctx.lineTo(bbox.left + bbox.width, y)
  ctx.stroke()
  ctx.font = font.replace('12px', `${12 * devicePixelRatio}px`)
  ctx.textAlign = 'right'
  ctx.fillText(`limit ${gapLabel(limitSeconds)}`, bbox.left + bbox.width - 4, y - 7 * devicePixelRatio)
  ctx.restore()
}
