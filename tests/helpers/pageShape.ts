import type { Page } from 'playwright-core'

/** Adds up the layout shifts (CLS) while the page loads. Call it before loading. */
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

/** The layout shift so far. Above 0.1, people begin to mind. */
export const shiftOf = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    // The shift of a frame is reported after it.
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame)
    return (globalThis as unknown as { shiftSoFar(): number }).shiftSoFar()
  })

/** Finds the elements that make the page wider than the window. */
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
