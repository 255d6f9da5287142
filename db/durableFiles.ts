import { fsyncSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

/** An open file, and the part of Emscripten's file system (NODEFS) that writes it. */
interface Stream {
  nfd: number
  node: object
}

interface Emscripten {
  NODEFS: {
    realPath(node: object): string
    tryFSOperation<T>(operation: () => T): T
    stream_ops: {
      write(stream: Stream, ...rest: unknown[]): number
      close(stream: Stream): void
      fsync?(stream: Stream): number
    }
  }
}

export interface DurableFilesOptions {
  /** Whether each commit waits for the disk. Otherwise the log waits until other files are written (see below). */
  fsyncsCommits: boolean
  /** Is told what PostgreSQL logs, a line at a time. */
  onLog(line: string): void
}

/**
 * The files of an embedded database, with the `fsync` that PGlite leaves out. PostgreSQL calls it where it matters: for
 * the log at each commit, for all else at a checkpoint and at the stop.
 *
 * Where commits do not wait for the disk, the log is synced before the next write to any other file. So a table is never
 * ahead of the log (write-ahead logging), and a power cut takes the last moments but never the database.
 */
export class DurableFiles extends NodeFS {
  readonly #options: DurableFilesOptions
  readonly #log: string

  constructor(folder: string, options: DurableFilesOptions) {
    super(folder)
    this.#options = options
    this.#log = join(this.rootDir, 'pg_wal') + sep
  }

  override async init(pglite: PGlite, given: Parameters<NodeFS['init']>[1]) {
    const { emscriptenOpts } = await super.init(pglite, given)
    const preRun = [...(emscriptenOpts.preRun ?? []), (module: unknown) => this.#sync(module as Emscripten)]
    return { emscriptenOpts: { ...emscriptenOpts, preRun, printErr: this.#options.onLog } as typeof emscriptenOpts }
  }

  #sync({ NODEFS }: Emscripten): void {
    const { write, close } = NODEFS.stream_ops
    const sync = ({ nfd }: Stream) => NODEFS.tryFSOperation(() => fsyncSync(nfd))
    const isLog = ({ node }: Stream) => NODEFS.realPath(node).startsWith(this.#log)
    const isPutOff = (stream: Stream) => !this.#options.fsyncsCommits && isLog(stream)
    const unsynced = new Set<Stream>()
    const syncLog = () => {
      for (const stream of unsynced) sync(stream)
      unsynced.clear()
    }
    Object.assign(NODEFS.stream_ops, {
      fsync(stream: Stream) {
        if (isPutOff(stream)) unsynced.add(stream)
        else sync(stream)
        return 0
      },
      write(stream: Stream, ...rest: unknown[]) {
        if (unsynced.size > 0 && !isLog(stream)) syncLog()
        return write(stream, ...rest)
      },
      close(stream: Stream) {
        if (unsynced.delete(stream)) sync(stream)
        close(stream)
      },
    })
  }
}
