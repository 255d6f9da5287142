import { relative } from 'node:path'
import ts from 'typescript'

/**
 * Finds where a property is looked up by any text: `object[text]` and `text in object`. An object has members of its own
 * (`constructor`, `__proto__`), so whatever others can choose is looked up in a `Map`. The compiler's types tell which
 * texts can be any, and which are one of a few.
 *
 * @param files paths of the sources to look into, relative to the working folder
 * @returns a line for each, such as `web/overview/arrange.ts:76: remarks[serviceKey]`
 */
export function findLookups(configFile: string, files: RegExp): string[] {
  const parsed = ts.getParsedCommandLineOfConfigFile(configFile, {}, host)
  if (!parsed) throw new Error(`${configFile} could not be read`)
  const program = ts.createProgram(parsed.fileNames, parsed.options)
  const checker = program.getTypeChecker()
  const sources = program.getSourceFiles().filter(({ fileName }) => files.test(relative('.', fileName)))
  if (sources.length === 0) throw new Error(`${configFile} has no sources like ${files}`)
  return sources.flatMap((source) => lookupsIn(source, checker))
}

const host: ts.ParseConfigFileHost = {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic({ messageText }) {
    throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'))
  },
}

function lookupsIn(source: ts.SourceFile, checker: ts.TypeChecker): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const name = nameIn(node)
    if (name && isAnyText(name, checker)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      found.push(`${relative('.', source.fileName)}:${line + 1}: ${node.getText().replaceAll(/\s+/g, ' ')}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** The name that an expression looks up in an object. */
function nameIn(node: ts.Node): ts.Expression | undefined {
  if (ts.isElementAccessExpression(node)) return node.argumentExpression
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword) return node.left
  return undefined
}

function isAnyText(name: ts.Expression, checker: ts.TypeChecker): boolean {
  const type = checker.getTypeAtLocation(name)
  const parts = type.isUnion() ? type.types : [type]
  return parts.some(
    ({ flags }) => (flags & (ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral | ts.TypeFlags.Any)) !== 0,
  )
}
