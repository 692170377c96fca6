import { unwrapResolverError } from '@apollo/server/errors'
import type { GraphQLFormattedError } from 'graphql'
import { GraphQLError } from 'graphql'
import { inLanguage, type Language, type RefusalCode, refusals } from '../define/index.js'
import { Refused } from '../engine/refused.js'
import { isOutage } from '../persistence/pool.js'

/** What every error carries besides its message. */
interface Extensions {
  readonly code: string
  readonly requestId: string
  readonly reasons?: readonly { readonly code: string; readonly message: string }[]
  readonly fields?: readonly { readonly path: string; readonly code: string; readonly message: string }[]
  readonly [detail: string]: unknown
}

/** An expected failure as a GraphQL error, in the language of the caller. */
export function refusalError(refused: Refused, language: Language, requestId: string): GraphQLError {
  const words = (label: readonly [string, string]) => inLanguage(label, language)
  const extensions: Extensions = {
    code: refused.code,
    requestId,
    reasons: refused.reasons.map(({ code, message }) => ({ code, message: words(message) })),
    ...(refused.fields.length > 0 && { fields: refused.fields.map(({ path, code, message }) => ({ path, code, message: words(message) })) }),
    ...(refused.changes.length > 0 && { changes: refused.changes }),
    ...refused.details,
  }
  return new GraphQLError(refused.reasons[0] ? words(refused.reasons[0].message) : refused.code, { extensions })
}

/** Mistakes in the request itself: GraphQL names them, and they may be told. */
const requestErrors = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'INPUT_INVALID',
  'QUERY_TOO_COSTLY',
])

/** Apollo overwrites the code of a rule of our own, and gives none to "too many wrong variables". */
function codeOf(formatted: GraphQLFormattedError, error: unknown): string {
  const given = String(formatted.extensions?.['code'] ?? '')
  if (!(error instanceof GraphQLError)) return given
  if (error.originalError instanceof GraphQLError && error.originalError.extensions['code'] === 'QUERY_TOO_COSTLY') return 'QUERY_TOO_COSTLY'
  return !error.path && !error.originalError && error.extensions['code'] === undefined ? 'BAD_USER_INPUT' : given
}

/** Shapes every error that leaves the server: refusals by the table, mistakes as they are, anything else masked and reported. */
export function errorFormatter(report: (error: unknown, requestId: string) => void) {
  return (formatted: GraphQLFormattedError, error: unknown, language: Language, requestId: string): GraphQLFormattedError => {
    const cause = unwrapResolverError(error)
    const place = { ...(formatted.path && { path: formatted.path }), ...(formatted.locations && { locations: formatted.locations }) }
    if (cause instanceof Refused) return { ...refusalError(cause, language, requestId).toJSON(), ...place }
    const code = codeOf(formatted, error)
    if (requestErrors.has(code)) return { message: formatted.message, ...place, extensions: { code, requestId } }
    report(cause, requestId)
    if (isOutage(cause)) return { ...masked('BUSY', language, requestId), ...place }
    return { message: inLanguage(['服务器内部错误', 'Internal server error'], language), ...place, extensions: { code: 'INTERNAL_SERVER_ERROR', requestId } }
  }
}
const masked = (code: RefusalCode, language: Language, requestId: string) => ({
  message: inLanguage(refusals[code], language),
  extensions: { code, requestId, retryAfterSeconds: 1 },
})
