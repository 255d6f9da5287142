import { createRequire } from 'node:module'

interface Builtins {
  'node:child_process': typeof import('node:child_process')
  'node:events': typeof import('node:events')
  'node:fs': typeof import('node:fs')
  'node:http': typeof import('node:http')
  'node:https': typeof import('node:https')
  'node:net': typeof import('node:net')
  'node:os': typeof import('node:os')
  'node:tty': typeof import('node:tty')
  'node:util': typeof import('node:util')
}

/**
 * Loads a module of Node's own with `require`, in a tenth of the time that `import` takes. An import makes every export at
 * once, also those that are otherwise made on first use, such as all of `fetch` for `node:http`.
 */
export const builtin: <Name extends keyof Builtins>(name: Name) => Builtins[Name] = createRequire(import.meta.url)
