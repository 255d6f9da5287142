type Undo = () => Promise<unknown> | undefined

const undos: Undo[] = []

/** Remembers how to take something back: a process, a database, a folder. */
export function later(undo: Undo): void {
  undos.push(undo)
}

/** Takes everything back, the newest first; what cannot be is told and left. */
export async function undoAll(): Promise<void> {
  for (let undo = undos.pop(); undo; undo = undos.pop()) {
    try {
      await undo()
    } catch (error) {
      process.stderr.write(`could not clean up: ${(error as Error).message}\n`)
    }
  }
}
