type Cleanup = () => Promise<unknown> | undefined

const cleanups: Cleanup[] = []

/** Registers a cleanup: how to remove a process, a database or a folder. */
export function onCleanup(cleanup: Cleanup): void {
  cleanups.push(cleanup)
}

/** Runs all cleanups, the newest first. One that fails is reported, and the others still run. */
export async function cleanUp(): Promise<void> {
  for (let cleanup = cleanups.pop(); cleanup; cleanup = cleanups.pop()) {
    try {
      await cleanup()
    } catch (error) {
      process.stderr.write(`could not clean up: ${(error as Error).message}\n`)
    }
  }
}
