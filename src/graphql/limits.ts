import type { ApolloServerPlugin } from '@apollo/server'
import {
  type ASTVisitor,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  type OperationDefinitionNode,
  type ValidationContext,
  visit,
} from 'graphql'
import { type ComplexityEstimatorArgs, fieldExtensionsEstimator, getComplexity } from 'graphql-query-complexity'
import type { RequestContext } from './context.js'

/** Bounds of one request; `reliability.md` says why. Tokens and selections (fragments spread out) are bounded by Apollo itself. */
export const requestLimits = { tokens: 2_000, selections: 2_000, variableDepth: 50, depth: 12, aliases: 15, directives: 20, cost: 10_000 } as const

/** A mistake of the client: without the status Apollo would answer 500. */
export const mistake = (message: string, code: string): GraphQLError => new GraphQLError(message, { extensions: { code, http: { status: 400 } } })
const tooMuch = (what: string, most: number): GraphQLError => mistake(`the request has more than ${most} ${what}`, 'QUERY_TOO_COSTLY')

/** Depth, aliases and directives are counted before anything runs; introspection is free of the depth rule. */
export const shapeRules = [
  (context: ValidationContext): ASTVisitor => {
    const counted = { aliases: 0, directives: 0 }
    const count = (what: keyof typeof counted) => {
      if (++counted[what] === requestLimits[what] + 1) context.reportError(tooMuch(what, requestLimits[what]))
    }
    return {
      Field: (node) => (node.alias ? count('aliases') : undefined),
      Directive: () => count('directives'),
      OperationDefinition: {
        enter: (node) => (depthOf(node, context) > requestLimits.depth ? context.reportError(tooMuch('levels', requestLimits.depth)) : undefined),
      },
    }
  },
]
/** Each fragment is measured once: spread in one another they would otherwise be measured 2^n times. A circle is refused elsewhere. */
function depthOf(operation: OperationDefinitionNode, context: ValidationContext): number {
  const known = new Map<string, number>()
  const ofFragment = (name: string): number => {
    if (!known.has(name)) {
      known.set(name, 0)
      known.set(name, within(context.getFragment(name)?.selectionSet))
    }
    return known.get(name)!
  }
  const within = (selections: OperationDefinitionNode['selectionSet'] | undefined): number => {
    let deepest = 0
    for (const selection of selections?.selections ?? []) {
      const own =
        selection.kind === 'Field'
          ? selection.name.value.startsWith('__')
            ? 0
            : 1 + within(selection.selectionSet)
          : selection.kind === 'InlineFragment'
            ? within(selection.selectionSet)
            : ofFragment(selection.name.value)
      deepest = Math.max(deepest, own)
    }
    return deepest
  }
  return within(operation.selectionSet)
}

/** A list costs its size times what stands in it: the page that was asked for, or ten; what has to be judged anew costs more. Introspection is for development only, and free. */
function listCost({ args, childComplexity, field }: ComplexityEstimatorArgs): number {
  if (field.name.startsWith('__')) return 0
  const first = (args as { first?: number })['first']
  const many = String(field.type).includes('[') ? 10 : 1
  const size = typeof first === 'number' ? Math.max(1, Math.min(first, 100)) : field.args.some(({ name }) => name === 'first') ? 20 : many
  return 1 + (dear.has(field.name) ? 100 : 0) + size * childComplexity
}
/** What is judged anew from the history of a case. */
const dear: ReadonlySet<string> = new Set(['asOf', 'couldHaveActed'])

/** A field that says itself what it weighs: its own points, and those of what stands in it. */
const weighed = fieldExtensionsEstimator()

/** A request that is about to run. */
export interface GuardedRequest {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly operationName?: string | null | undefined
  readonly variables: Readonly<Record<string, unknown>>
}
/** Refuses requests that cost too much, and text that no database keeps as it is. */
export function guard(schema: GraphQLSchema, { document, operation, operationName, variables }: GuardedRequest): void {
  refuseUncleanText(variables, 'variables')
  visit(document, {
    StringValue: ({ value }) => {
      if (!isStorable(value)) throw uncleanText('query')
    },
  })
  // Values of a wrong type are refused by the execution, all of them at once.
  if (getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors: 1 }).errors) return
  const edges = (args: ComplexityEstimatorArgs) => (args.field.name === 'edges' ? 1 + args.childComplexity : listCost(args))
  const cost = getComplexity({ schema, query: document, variables, ...(operationName != null && { operationName }), estimators: [weighed, edges] })
  if (cost > requestLimits.cost) throw tooMuch(`points of cost (it has ${cost})`, requestLimits.cost)
}

/** The same for what comes by POST. Subscriptions have their socket. */
export function guardPlugin(schema: GraphQLSchema): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ request, document, operation, operationName }) => {
        // Which operation is meant is for Apollo to say.
        if (!operation) return
        if (operation.operation === 'subscription') throw mistake('subscribe over a WebSocket (graphql-transport-ws)', 'OPERATION_RESOLUTION_FAILURE')
        guard(schema, { document, operation, operationName, variables: request.variables ?? {} })
      },
    }),
  }
}
/** Forms name control characters field by field; here only what would break a statement. */
const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000')
const uncleanText = (path: string): GraphQLError => mistake(`${path} contains NUL or unpaired surrogates`, 'INPUT_INVALID')

function refuseUncleanText(value: unknown, path: string, depth = 0): void {
  if (typeof value === 'string' && !isStorable(value)) throw uncleanText(path)
  if (typeof value !== 'object' || value === null) return
  if (depth > requestLimits.variableDepth) throw mistake('variables are nested too deeply', 'INPUT_INVALID')
  for (const [name, part] of Object.entries(value)) {
    if (!isStorable(name)) throw uncleanText(path)
    refuseUncleanText(part, Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`, depth + 1)
  }
}
