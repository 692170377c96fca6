import { randomUUID } from 'node:crypto'
import { ApolloServer, HeaderMap } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import helmet from '@fastify/helmet'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import type { GraphQLFormattedError } from 'graphql'
import { Refused, refuse } from '../engine/refused.js'
import type { RequestContext } from '../graphql/context.js'
import { errorFormatter, refusalError } from '../graphql/errors.js'
import { guardPlugin, requestLimits, shapeRules } from '../graphql/limits.js'
import { isOutage } from '../persistence/pool.js'
import { addExports } from './exports.js'
import { addGraphiql } from './graphiql.js'
import type { AppParts } from './parts.js'
import { boundRequests } from './pressure.js'
import { addProbes } from './probes.js'
import { languageOf, requestContext } from './request-context.js'
import { socketLimits } from './socket-peer.js'
import { addSubscriptions } from './subscriptions.js'
import { viewerFrom } from './viewer.js'

/** The HTTP face: `/graphql` (POST, and a WebSocket for subscriptions), GraphiQL outside production, and the probes. */
export async function appOf(parts: AppParts): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: parts.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: 100 * 1024,
    // Some clients offer HTTP/2 with every request: that is no reason not to answer it.
    http: { shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket' },
    requestTimeout: 15_000,
    connectionTimeout: 30_000,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    frameworkErrors: (error: { statusCode?: number }, request: FastifyRequest, reply: FastifyReply) =>
      void reply.status(error.statusCode ?? 400).send(fault(request, 'the address cannot be read', 'BAD_REQUEST')),
  })
  await app.register(helmet, { contentSecurityPolicy: parts.production ? {} : false, crossOriginEmbedderPolicy: false })
  app.setErrorHandler((error: { statusCode?: number; message: string }, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) parts.logger.error({ err: error, requestId: request.id }, 'request failed')
    const code = status === 413 ? 'BODY_TOO_LARGE' : status < 500 ? 'BAD_REQUEST' : 'INTERNAL_SERVER_ERROR'
    return reply.status(status).send(fault(request, status < 500 ? error.message : 'Internal server error', code))
  })
  boundRequests(app, parts.requestsAtOnce ?? 200)
  app.setNotFoundHandler((request, reply) => reply.status(404).send(fault(request, 'no such path', 'NOT_FOUND')))
  const format = formatFor(parts)
  const apollo = await startApollo(parts, format)
  app.addHook('onClose', () => apollo.stop())
  app.route({ method: 'POST', url: '/graphql', handler: (request, reply) => answer(apollo, parts, request, reply) })
  app.route({ method: ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], url: '/graphql', handler: postOnly })
  addSubscriptions(app, { ...parts, pool: parts.wordPool, format, limits: { ...socketLimits, ...parts.sockets } })
  closeConnectionsWhenDone(app)
  addProbes(app, parts.health)
  addExports(app, parts)
  if (!parts.production) await addGraphiql(app)
  return app
}

/** While the server closes, no connection is kept alive after its last answer: it would hold the server up until it times out. */
function closeConnectionsWhenDone(app: FastifyInstance): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close')
  })
}

/** An error outside GraphQL in the shape of one inside. */
const fault = ({ id }: FastifyRequest, message: string, code: string) => ({ errors: [{ message, extensions: { code, requestId: id } }] })
const postOnly = (request: FastifyRequest, reply: FastifyReply) =>
  reply
    .status(405)
    .header('allow', 'POST')
    .send(fault(request, 'send a POST', 'METHOD_NOT_ALLOWED'))

type Format = ReturnType<typeof errorFormatter>
function formatFor({ production, logger }: AppParts): Format {
  const shape = errorFormatter((error, requestId) => logger.error({ err: error, requestId }, 'unexpected error'))
  return production ? (...given) => withoutSuggestion(shape(...given)) : shape
}

async function startApollo({ schema, production, logger }: AppParts, format: Format): Promise<ApolloServer<RequestContext>> {
  const apollo = new ApolloServer<RequestContext>({
    schema,
    introspection: !production,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: production,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: requestLimits.tokens },
    validationOptions: { maxErrors: 3 },
    executionOptions: { maxCoercionErrors: 10 },
    maxRecursiveSelections: requestLimits.selections,
    validationRules: shapeRules as never,
    logger: { debug: () => {}, info: () => {}, warn: (message) => logger.warn(message), error: (message) => logger.error(message) },
    plugins: [ApolloServerPluginLandingPageDisabled(), guardPlugin(schema), formatting(format)],
  })
  await apollo.start()
  return apollo
}

/** Apollo hides what GraphQL suggests about the query, but not what it suggests about variables. */
function withoutSuggestion(error: GraphQLFormattedError): GraphQLFormattedError {
  const at = error.message.lastIndexOf(' Did you mean ')
  return at < 0 ? error : { ...error, message: error.message.slice(0, at) }
}

/** Errors are shaped where the request is known: its language and its id. */
const formatting = (format: Format) => ({
  requestDidStart: async () => ({
    willSendResponse: async ({
      response,
      errors,
      contextValue,
    }: {
      response: { body: { kind: string; singleResult?: { errors?: readonly GraphQLFormattedError[] } } }
      errors?: readonly unknown[]
      contextValue: RequestContext
    }) => {
      const result = response.body.singleResult
      if (result?.errors)
        result.errors = result.errors.map((formatted, index) => format(formatted, errors?.[index] ?? formatted, contextValue.language, contextValue.requestId))
    },
  }),
})

async function answer(apollo: ApolloServer<RequestContext>, parts: AppParts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const started = process.hrtime.bigint()
  const headers = new HeaderMap()
  for (const [name, value] of Object.entries(request.headers)) if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  const viewer = await viewerFrom(parts, request.headers.authorization).catch((error: unknown) => {
    if (isOutage(error) || error instanceof Refused) return undefined
    throw error
  })
  if (viewer === undefined)
    return reply
      .status(503)
      .header('retry-after', '1')
      .send({ errors: [refusalError(refuse('BUSY'), languageOf(request), request.id)] })
  const context = async () => contextFor(parts, viewer, request, reply)
  const {
    status,
    headers: out,
    body,
  } = await apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest: { method: 'POST', headers, search: '', body: request.body }, context })
  for (const [name, value] of out) reply.header(name, value)
  reply.header('x-request-id', request.id)
  const text = body.kind === 'complete' ? body.string : ''
  parts.health.observe(Number(process.hrtime.bigint() - started) / 1e9, status ?? 200)
  return reply.status(statusFor(status, text, reply)).send(text)
}

/** Back-pressure shows in the status, so that proxies and clients that read no body understand it. */
function statusFor(status: number | undefined, body: string, reply: FastifyReply): number {
  const wait = /"retryAfterSeconds":(\d+)/.exec(body)?.[1]
  if (wait) reply.header('retry-after', wait)
  if (wait && body.includes('"code":"BUSY"')) return 503
  if (wait && body.includes('"code":"RATE_LIMITED"')) return 429
  return status ?? 200
}

function contextFor(parts: AppParts, viewer: RequestContext['viewer'], request: FastifyRequest, reply: FastifyReply): RequestContext {
  const markReplayed = () => void reply.header('idempotency-replayed', 'true')
  return requestContext(parts, viewer, { language: languageOf(request), requestId: request.id, address: request.ip, markReplayed })
}
