import 'uplot/dist/uPlot.min.css'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import { type Drawing, dataOf, plotOptions } from './plotOptions.ts'
import { isWide } from './points.ts'

const HEIGHT = 240
const dark = matchMedia('(prefers-color-scheme: dark)')

/** A plot on a canvas. Screen readers get `label` instead. */
export function Plot({ label, ...drawing }: Omit<Drawing, 'isLogarithmic'> & { label: string }) {
  const place = useRef<HTMLDivElement>(null)
  const isLogarithmic = isWide(drawing.points, drawing.limitSeconds)
  const latest = useRef<Drawing>({ ...drawing, isLogarithmic })
  const plot = useRef<uPlot>(null)

  useEffect(() => {
    latest.current = { ...drawing, isLogarithmic }
    plot.current?.setData(dataOf(latest.current))
  })

  useEffect(() => {
    const element = place.current
    if (!element) return
    const size = () => ({ width: Math.max(200, element.clientWidth), height: HEIGHT })
    const draw = () => {
      plot.current?.destroy()
      const options = plotOptions(element, latest, isLogarithmic)
      plot.current = new uPlot({ ...options, ...size() }, dataOf(latest.current), element)
    }
    draw()
    dark.addEventListener('change', draw)
    const observer = new ResizeObserver(() => plot.current?.setSize(size()))
    observer.observe(element)
    return () => {
      dark.removeEventListener('change', draw)
      observer.disconnect()
      plot.current?.destroy()
      plot.current = null
    }
  }, [isLogarithmic])

  return <div ref={place} className="plot" role="img" aria-label={label} />
}
