import { join, resolve } from 'node:path'
import ts from 'typescript'

const REPOSITORY = resolve(import.meta.dirname, '../..')

/** A path in the repository, as the compiler spells it. */
export const at = (...path: string[]) => join(REPOSITORY, ...path)

/**
 * Opens the repository in the compiler. `instead` holds texts that replace files, or stand for files that do not
 * exist.
 */
export function readProgram(roots: string[], instead = new Map<string, string>(), more: ts.CompilerOptions = {}) {
  const { config } = ts.readConfigFile(at('tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, REPOSITORY)
  const all = { ...options, ...more }
  const host = ts.createCompilerHost(all)
  const { readFile, fileExists } = host
  host.readFile = (file) => instead.get(file) ?? readFile(file)
  host.fileExists = (file) => instead.has(file) || fileExists(file)
  return ts.createProgram(roots, all, host)
}

/** The compiler's errors, each with its file and line; empty if there are none. */
export function faultsOf(program: ts.Program): string[] {
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n')
    return file ? `${file.fileName}:${file.getLineAndCharacterOfPosition(start).line + 1} ${text}` : text
  })
}
