import { rolldown } from 'rolldown'
import { expect, onTestFinished } from 'vitest'

/** Bundles a module and its imports for browsers, as a script that makes a global `stillbeat`. */
export async function bundleForBrowser(cwd: string, entry: string): Promise<string> {
  const built = await rolldown({
    cwd,
    input: entry,
    platform: 'browser',
    external: /^node:/,
    onLog: (_level, { message }) => expect.fail(message),
  })
  onTestFinished(() => built.close())
  const { output } = await built.generate({ format: 'iife', name: 'stillbeat', minify: true })
  expect(output).toHaveLength(1)
  expect(output[0].imports).toEqual([])
  return output[0].code
}

/** The globals that browsers and Node share: no `process`, no `require`. */
export function webGlobals() {
  const names =
    'AbortController AbortSignal DOMException Event EventTarget Headers Request Response URL URLSearchParams'
  const more = 'clearInterval clearTimeout console crypto fetch performance queueMicrotask setInterval setTimeout'
  const all = globalThis as unknown as Record<string, unknown>
  return Object.fromEntries(`${names} ${more} Error`.split(' ').map((name) => [name, all[name]]))
}
