import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { HOUR } from '../helpers/clock.ts'
import { beatSeen, describePage, isLive, openPage, rowOf } from '../helpers/page.ts'
import { countDrawnRows, drawnRows } from '../helpers/pageDrawn.ts'
import { shiftOf, watchShifts } from '../helpers/pageShape.ts'
import { beatAll } from '../helpers/rhythm.ts'

const MOST_BYTES = 150_000
/** Far longer than it takes, since the machine may be busy with other things. */
const LONGEST_MS = 10_000

const keysOf = (count: number) =>
  Array.from({ length: count }, (_, index) => `service-${String(index).padStart(4, '0')}`)

const tell = (figure: string) => process.stderr.write(`page: ${figure}\n`)

/** The compressed size of the scripts that the browser has loaded so far. */
async function scriptBytesOf(page: Page): Promise<number> {
  const urls = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name))
  const scripts = urls.map((url) => new URL(url).pathname).filter((path) => path.endsWith('.js'))
  const sizes = scripts.map(async (path) => gzipSync(await readFile(join('web/dist', path))).length)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

const firstContentOf = (page: Page) =>
  page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN)

let small: TestApp
let large: TestApp

describePage('speed', () => {
  beforeAll(async () => {
    small = await startTestApp({ proofEveryMs: HOUR, stopAfter: afterAll })
    await beatAll(small, keysOf(200))
    large = await startTestApp({ proofEveryMs: HOUR, stopAfter: afterAll })
    await beatAll(large, keysOf(1_000))
  })

  test('the first view of 200 services asks for little, and does not jump', async () => {
    const page = await openPage(small, '#/', { prepare: watchShifts })
    await rowOf(page, 'Service 0000').waitFor()
    await isLive(page)
    const [bytes, firstMs, shift] = [await scriptBytesOf(page), await firstContentOf(page), await shiftOf(page)]
    tell(`first view: ${(bytes / 1_000).toFixed(1)} kB of JavaScript, first content after ${firstMs.toFixed(0)} ms`)
    expect(bytes).toBeGreaterThan(0)
    expect(bytes).toBeLessThan(MOST_BYTES)
    expect(firstMs).toBeLessThan(LONGEST_MS)
    expect(shift).toBeLessThan(0.01)
  })

  test('a heartbeat of one of 200 draws one row', async () => {
    const page = await openPage(small, '#/', { prepare: countDrawnRows })
    await isLive(page)
    await rowOf(page, 'Service 0003').getByText('3 more heartbeats to learn').waitFor()
    await beatSeen(small, 'service-0000')
    await rowOf(page, 'Service 0000').getByText('2 more heartbeats to learn').waitFor()
    await drawnRows(page)
    await beatSeen(small, 'service-0003')
    await rowOf(page, 'Service 0003').getByText('2 more heartbeats to learn').waitFor()
    const drawn = await drawnRows(page)
    tell(`one heartbeat draws ${drawn.length} of 200 rows`)
    expect(drawn).toEqual(['service-0003'])
  })

  test('of a thousand services only those in sight are drawn, wherever one scrolls, and the keys reach the others', async () => {
    const page = await openPage(large, '#/', { prepare: watchShifts })
    await page.getByRole('table').and(page.locator('[aria-rowcount="1002"]')).waitFor()
    expect(await shiftOf(page)).toBeLessThan(0.01)
    const { fewest, most, frames } = await scrollThrough(page)
    const typical = frames.toSorted((a, b) => a - b)[Math.floor(frames.length / 2)] ?? Number.NaN
    tell(`scrolling through 1,000 services: ${most} rows drawn at most, a frame every ${typical.toFixed(0)} ms`)
    expect(fewest).toBeGreaterThan(8)
    expect(most).toBeLessThan(60)
    expect(typical).toBeLessThan(LONGEST_MS)
    await page.getByRole('link', { name: 'Service 0999' }).focus()
    await page.keyboard.press('ArrowUp')
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Service 0998')
  })
})

/** Scrolls to the end by screens. @returns how many rows were in sight and drawn, and how long frames took */
const scrollThrough = (page: Page) =>
  page.evaluate(async () => {
    const nextFrame = () => new Promise<number>(requestAnimationFrame)
    const [inSight, drawn, frames]: number[][] = [[], [], []]
    let at = await nextFrame()
    while (scrollY + innerHeight < document.documentElement.scrollHeight - 1) {
      scrollBy(0, innerHeight)
      for (let frame = 0; frame < 3; frame++) {
        const now = await nextFrame()
        frames?.push(now - at)
        at = now
      }
      const links = [...document.querySelectorAll('.row-link')]
      drawn?.push(links.length)
      inSight?.push(
        links.filter((link) => {
          const { top, bottom } = link.getBoundingClientRect()
          return bottom > 0 && top < innerHeight
        }).length,
      )
    }
    return { fewest: Math.min(...(inSight ?? [])), most: Math.max(...(drawn ?? [])), frames: frames ?? [] }
  })
