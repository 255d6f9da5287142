import ts from 'typescript'

/** Writes types out in full, so that they do not need the files that they come from. */
export class TypeText {
  readonly #declared = new Map<string, string>()
  readonly #checker: ts.TypeChecker
  readonly #names: ReadonlyMap<ts.Type, string>

  /** `names` holds the types that get a declaration of their own. All others are written where they are used. */
  constructor(checker: ts.TypeChecker, names: ReadonlyMap<ts.Type, string>) {
    this.#checker = checker
    this.#names = names
  }

  of(type: ts.Type): string {
    const name = this.#names.get(type)
    if (name === undefined) return this.#inFull(type)
    if (!this.#declared.has(name)) {
      this.#declared.set(name, '') // Set before its parts are written, since it may contain itself.
      this.#declared.set(name, this.#declaration(name, type))
    }
    return name
  }

  /** The declarations of the names used so far, in the order in which they were first needed. */
  declarations(): string[] {
    return [...this.#declared.values()]
  }

  #declaration(name: string, type: ts.Type): string {
    const text = this.#inFull(type)
    if (!isPlainObject(type)) return `export type ${name} = ${text}`
    return `${this.#comment(type.aliasSymbol ?? type.symbol)}export interface ${name} ${text}`
  }

  #inFull(type: ts.Type): string {
    if (type.isUnion()) return this.#union(type.types)
    if (!(type.flags & ts.TypeFlags.Object)) return this.#simple(type)
    if (this.#checker.isArrayType(type)) return this.#array(type as ts.TypeReference)
    if (type.symbol.name === 'AsyncIterable') return this.#iterable(type as ts.TypeReference)
    if (!isPlainObject(type)) throw this.#cannot(type)
    return this.#object(type)
  }

  #union(types: ts.Type[]): string {
    const texts = types.map((type) => this.of(type))
    const both = texts.includes('true') && texts.includes('false')
    const parts = both ? [...texts.filter((text) => text !== 'true' && text !== 'false'), 'boolean'] : texts
    const last = ['null', 'undefined'].filter((text) => parts.includes(text))
    return [...parts.filter((text) => !last.includes(text)), ...last].join(' | ')
  }

  #simple(type: ts.Type): string {
    const { NonPrimitive, Any, Unknown, Never, Void, Undefined, Null, StringLike, NumberLike, BooleanLike } =
      ts.TypeFlags
    const known = NonPrimitive | Any | Unknown | Never | Void | Undefined | Null | StringLike | NumberLike | BooleanLike
    if (!(type.flags & known) || type.flags & ts.TypeFlags.EnumLike) throw this.#cannot(type)
    return this.#checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation)
  }

  #array(type: ts.TypeReference): string {
    const [item] = this.#checker.getTypeArguments(type)
    const text = this.of(item as ts.Type)
    const list = text.includes(' | ') && !text.startsWith('{') ? `(${text})[]` : `${text}[]`
    return this.#checker.typeToString(type).startsWith('readonly ') ? `readonly ${list}` : list
  }

  #iterable(type: ts.TypeReference): string {
    const of = this.#checker.getTypeArguments(type).map((argument) => this.of(argument))
    return `AsyncIterable<${of.join(', ')}>`
  }

  #object(type: ts.Type): string {
    const lines = this.#checker.getPropertiesOfType(type).map((property) => this.#property(property))
    for (const { keyType, type: value } of this.#checker.getIndexInfosOfType(type)) {
      lines.push(`[key: ${this.of(keyType)}]: ${this.of(value)}`)
    }
    return `{\n${lines.join('\n')}\n}`
  }

  #property(property: ts.Symbol): string {
    const isOptional = Boolean(property.flags & ts.SymbolFlags.Optional)
    const text = this.of(this.#checker.getTypeOfSymbol(property))
    return `${this.#comment(property)}${nameOf(property)}${isOptional ? '?' : ''}: ${text}`
  }

  #comment(symbol: ts.Symbol): string {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(this.#checker))
    return text && `/** ${text.replaceAll('*/', '* /')} */\n`
  }

  #cannot(type: ts.Type): Error {
    return new Error(
      `the client's types cannot contain ${this.#checker.typeToString(type)}; teach client/build/typeText.ts`,
    )
  }
}

const nameOf = ({ name }: ts.Symbol) => (/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) ? name : JSON.stringify(name))

function isPlainObject(type: ts.Type): boolean {
  return (
    Boolean(type.flags & ts.TypeFlags.Object) &&
    type.getCallSignatures().length + type.getConstructSignatures().length === 0 &&
    !type.isClass()
  )
}
