import type { Page } from 'playwright-core'

/** Adds up by how much what was there moves while the rest is loading. Before the page loads. */
export const watchShifts = (page: Page) =>
  page.addInitScript(() => {
    let sum = 0
    const add = (entries: PerformanceEntryList) => {
      for (const entry of entries) sum += (entry as PerformanceEntry & { value: number }).value
    }
    const observer = new PerformanceObserver((list) => add(list.getEntries()))
    observer.observe({ type: 'layout-shift', buffered: true })
    Object.assign(globalThis, {
      shiftSoFar() {
        add(observer.takeRecords())
        return sum
      },
    })
  })

/** 0.1 is what people begin to mind. */
export const shiftOf = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    // What the newest frame has moved is told after it.
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame)
    return (globalThis as unknown as { shiftSoFar(): number }).shiftSoFar()
  })

/** What makes the page wider than the window. */
export const overhangOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth <= clientWidth) return []
    const wide = [...document.querySelectorAll('main *')].filter(
      (one) => one.getBoundingClientRect().right > clientWidth && !one.closest('.scrolling, .code'),
    )
    const names = wide.map(({ tagName, className }) => `${tagName} ${className}`)
    return names.length > 0 ? names : ['something that scrolls does not hold what is in it']
  })
