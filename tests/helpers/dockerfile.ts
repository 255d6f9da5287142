import { readFile } from 'node:fs/promises'

export const ROOT = new URL('../../', import.meta.url)

export const readRoot = (file: string): Promise<string> => readFile(new URL(file, ROOT), 'utf8')

export interface Step {
  /** The stage it belongs to, counted from 0: each `FROM` begins one. */
  stage: number
  instruction: string
  text: string
}

/** Reads the steps of the Dockerfile, without comments and with continued lines joined. */
export async function readSteps(): Promise<Step[]> {
  const lines = (await readRoot('Dockerfile'))
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
  let stage = -1
  return lines.filter(Boolean).map((line) => {
    const [, instruction = '', text = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? []
    if (instruction === 'FROM') stage += 1
    return { stage, instruction, text }
  })
}
