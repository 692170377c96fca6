import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import type { SubscribePayload } from 'graphql-ws'
import { guard, mistake, requestLimits, shapeRules } from '../graphql/limits.js'
import type { Told } from '../graphql/streams.js'

/** Reads a request off the socket under the same bounds as one by POST. Throws every mistake in it, as an array of GraphQL errors. */
export function operationFrom(schema: GraphQLSchema, { query, operationName, variables }: SubscribePayload, production: boolean): ExecutionArgs {
  const document = orThrow('GRAPHQL_PARSE_FAILED', () => parse(query, { maxTokens: requestLimits.tokens }))
  const operation = getOperationAST(document, operationName)
  if (!operation) throw [mistake('say which operation is meant', 'OPERATION_RESOLUTION_FAILURE')]
  if (operation.operation !== 'subscription')
    throw [mistake('the socket takes subscriptions only: send queries and mutations by POST', 'OPERATION_RESOLUTION_FAILURE')]
  const rules = [...specifiedRules, ...shapeRules, ...(production ? [NoSchemaIntrospectionCustomRule] : [])]
  const faults = validate(schema, document, rules, { maxErrors: 3 })
  if (faults.length > 0) throw faults.map((fault) => named(fault, 'GRAPHQL_VALIDATION_FAILED'))
  orThrow('QUERY_TOO_COSTLY', () => guard(schema, { document, operation, operationName, variables: variables ?? {} }))
  return { schema, document, operationName: operationName ?? null, variableValues: variables ?? {} }
}

function orThrow<T>(code: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw error instanceof GraphQLError ? [named(error, code)] : error
  }
}
/** The library gives a code to none of its own errors. */
function named(error: GraphQLError, code: string): GraphQLError {
  error.extensions['code'] ??= code
  return error
}

/** Runs a subscription: each event is answered in the context in which it was judged, with nothing loaded before it. Throws what it is refused for. */
export async function subscriptionTo(args: ExecutionArgs): Promise<AsyncIterableIterator<ExecutionResult>> {
  const source = await createSourceEventStream(args)
  if (!(Symbol.asyncIterator in source)) return refusing(source.errors![0]!)
  const events = source[Symbol.asyncIterator]() as AsyncIterator<Told<unknown>>
  const answers: AsyncIterableIterator<ExecutionResult> = {
    [Symbol.asyncIterator]: () => answers,
    async next() {
      const { done, value } = await events.next()
      return done ? { done, value: undefined } : { value: await execute({ ...args, rootValue: value, contextValue: value.context }) }
    },
    async return() {
      await events.return?.()
      return { done: true, value: undefined }
    },
  }
  return answers
}
async function* refusing(error: GraphQLError): AsyncGenerator<never, void, void> {
  yield await Promise.reject(error)
}
