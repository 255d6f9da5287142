import ts from 'typescript'
import { at, readProgram } from './program.ts'
import { TypeText } from './typeText.ts'

/** Writes the type of the server's router as TypeScript that needs `@trpc/server`, but no file of the server. */
export function writeRouter(): string {
  const program = readProgram([at('server/router.ts')])
  const checker = program.getTypeChecker()
  const text = new TypeText(checker, namedTypes(program))
  const definition = typeAt(checker, routerType(program), '_def')
  const record = writeRecord(checker, typeAt(checker, definition, 'record'), text)
  return `import type { TRPCBuiltRouter, TRPCDefaultErrorShape, TRPCMutationProcedure, TRPCQueryProcedure, TRPCSubscriptionProcedure } from '@trpc/server'

interface Root {
  ctx: object
  meta: object
  errorShape: ErrorShape
  transformer: false
}

/** What an error tells. */
interface ErrorShape extends TRPCDefaultErrorShape {
  data: TRPCDefaultErrorShape['data'] & {
    /** A fixed word for programs. */
    reason: ${writeReason(checker, definition, text)}
    /** The field of the input that is wrong, where one is. */
    field?: string | undefined
  }
}

/** The tRPC router of a monitor: the input and output of each procedure. */
export type AppRouter = TRPCBuiltRouter<Root, ${record}>

${text.declarations().join('\n\n')}
`
}

function writeReason(checker: ts.TypeChecker, definition: ts.Type, text: TypeText): string {
  const path = ['_config', '$types', 'errorShape', 'data', 'reason']
  return text.of(path.reduce((type, key) => typeAt(checker, type, key), definition))
}

function writeRecord(checker: ts.TypeChecker, record: ts.Type, text: TypeText): string {
  const lines = checker.getPropertiesOfType(record).map((property) => {
    const type = checker.getTypeOfSymbol(property)
    const kind = procedureKind(type)
    return `${property.name}: ${kind ? writeProcedure(checker, type, kind, text) : writeRecord(checker, type, text)}`
  })
  return `{\n${lines.join('\n')}\n}`
}

function procedureKind({ symbol }: ts.Type): string | undefined {
  if (!symbol.name.endsWith('Procedure')) return
  if (/^(Query|Mutation|Subscription)Procedure$/.test(symbol.name)) return symbol.name
  throw new Error(`client/build/routerText.ts knows no ${symbol.name}`)
}

function writeProcedure(checker: ts.TypeChecker, type: ts.Type, kind: string, text: TypeText): string {
  const [definition] = checker.getTypeArguments(type as ts.TypeReference)
  const [input, output] = ['input', 'output'].map((key) => text.of(typeAt(checker, definition as ts.Type, key)))
  return `TRPC${kind}<{\ninput: ${input}\noutput: ${output}\nmeta: object\n}>`
}

function typeAt(checker: ts.TypeChecker, type: ts.Type, key: string): ts.Type {
  const property = type.getProperty(key)
  if (!property) throw new Error(`${checker.typeToString(type)} has no ${key}`)
  return checker.getTypeOfSymbol(property)
}

function routerType(program: ts.Program): ts.Type {
  const found = exportsOf(program, at('server/router.ts')).find(({ name }) => name === 'AppRouter')
  if (!found) throw new Error('server/router.ts exports no AppRouter')
  return program.getTypeChecker().getDeclaredTypeOfSymbol(found)
}

/** The types that the server's files export, with their names. Of two types with the same name the first counts. */
function namedTypes(program: ts.Program): Map<ts.Type, string> {
  const named = new Map<ts.Type, string>()
  const taken = new Set(['AppRouter', 'Root'])
  for (const { fileName } of program.getSourceFiles()) {
    if (!fileName.startsWith(at('server/')) && !fileName.startsWith(at('db/'))) continue
    for (const symbol of exportsOf(program, fileName)) {
      if (!(symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias)) || taken.has(symbol.name)) continue
      const type = program.getTypeChecker().getDeclaredTypeOfSymbol(symbol)
      if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Union)) || named.has(type)) continue
      named.set(type, symbol.name)
      taken.add(symbol.name)
    }
  }
  return named
}

function exportsOf(program: ts.Program, file: string): ts.Symbol[] {
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)
  const module = source && checker.getSymbolAtLocation(source)
  return module ? checker.getExportsOfModule(module) : []
}
