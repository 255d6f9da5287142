import type { Page } from 'playwright-core'

interface Fiber {
  flags: number
  child: Fiber | null
  sibling: Fiber | null
  alternate: Fiber | null
  memoizedProps: { serviceKey?: string; remark?: unknown } | null
}

/** React's flag for a component that was rendered in this commit. */
const PERFORMED_WORK = 1

/** Notes which rows of the overview are rendered, by the hook of React's developer tools. Call it before loading. */
export async function countDrawnRows(page: Page): Promise<void> {
  await page.addInitScript((performedWork) => {
    const drawn: string[] = []
    Object.assign(globalThis, {
      drawnRows: drawn,
      __REACT_DEVTOOLS_GLOBAL_HOOK__: {
        supportsFiber: true,
        inject: () => 1,
        onCommitFiberUnmount() {},
        onCommitFiberRoot(_renderer: number, { current }: { current: Fiber }) {
          look(current, current.alternate)
        },
      },
    })

    function look(fiber: Fiber, before: Fiber | null): void {
      const props = fiber.memoizedProps
      const isRow = props !== null && typeof props === 'object' && props.serviceKey && 'remark' in props
      if (isRow && (fiber.flags & performedWork) !== 0) drawn.push(props.serviceKey as string)
      if (before !== null && fiber.child === before.child) return
      for (let child = fiber.child; child !== null; child = child.sibling) look(child, child.alternate)
    }
  }, PERFORMED_WORK)
}

/** The keys of the rows that were rendered since the last call. */
export const drawnRows = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as { drawnRows: string[] }).drawnRows.splice(0))
