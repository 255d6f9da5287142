import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes longest, so that no single file is waited for at the end. What needs much memory is not side by side. */
const FIRST = [
  'client/package',
  'access/attack',
  'watch/promises',
  'deploy/backup',
  'alert/closings',
  'delivery/passing',
  'deploy/commands',
  'retention/retention',
  'client/cli-exec',
  'client/examples',
  'faults/clock',
  'deploy/process',
  'outage/told',
  'watch/two-weeks-autumn',
  'watch/two-weeks',
  'bot/load',
  'alert/reminders',
]

/** The order of the files, the same on every machine: those that take longest, then as vitest would have it. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = await super.sort(files)
    const place = ({ moduleId }: TestSpecification) => {
      const found = FIRST.findIndex((name) => moduleId.endsWith(`tests/${name}.test.ts`))
      return found < 0 ? FIRST.length : found
    }
    return others.toSorted((a, b) => place(a) - place(b))
  }
}
