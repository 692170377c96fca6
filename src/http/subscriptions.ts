import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { GraphQLError } from 'graphql'
import { CloseCode, handleProtocols, makeServer, type ServerOptions } from 'graphql-ws'
import { Gauge } from 'prom-client'
import { WebSocketServer } from 'ws'
import { Refused, refuse } from '../engine/refused.js'
import type { errorFormatter } from '../graphql/errors.js'
import type { StreamContext } from '../graphql/streams.js'
import { actorsOf } from '../persistence/actors.js'
import { isOutage } from '../persistence/pool.js'
import type { AppParts } from './parts.js'
import { languageOf, requestContext } from './request-context.js'
import { operationFrom, subscriptionTo } from './socket-operation.js'
import { Peer, restarting, type SocketLimits, tryAgainLater } from './socket-peer.js'
import { tokenOf, viewerFrom } from './viewer.js'

interface SubscriptionParts extends AppParts {
  readonly limits: SocketLimits
  readonly format: ReturnType<typeof errorFormatter>
}

/** Subscriptions: `/graphql` over a WebSocket, by the protocol graphql-transport-ws. */
export function addSubscriptions(app: FastifyInstance, parts: SubscriptionParts): void {
  const peers = new Set<Peer>()
  const state = { closing: false }
  const sockets = new WebSocketServer({ noServer: true, clientTracking: false, maxPayload: parts.limits.messageBytes, handleProtocols })
  const protocol = makeServer<Params, Peer>(optionsFor(parts, peers))
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {})
    const against = state.closing ? '503 Service Unavailable' : againstUpgrade(request, peers.size >= parts.limits.connections)
    if (against) return void socket.end(`HTTP/1.1 ${against}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
    sockets.handleUpgrade(request, socket, head, (opened) => {
      const peer = new Peer(opened, request, randomUUID(), languageOf(request), parts.limits)
      peers.add(peer)
      attend(protocol, peer, parts, () => peers.delete(peer))
    })
  })
  const beat = setInterval(() => {
    for (const peer of peers) peer.beat()
    dismissStrangers(parts, [...peers]).catch((error: unknown) => parts.logger.error({ err: error }, 'subscribers could not be looked up'))
  }, parts.limits.keepAliveMs).unref()
  app.addHook('preClose', async () => {
    state.closing = true
    clearInterval(beat)
    for (const peer of peers) peer.close(restarting, 'Service restart')
  })
  new Gauge({
    name: 'countersign_open_sockets',
    help: 'Open WebSockets of subscribers',
    registers: [parts.health.metrics],
    collect() {
      this.set(peers.size)
    },
  })
}

/** Why not, as an HTTP status. A browser may come from our own pages only, as by POST; whoever is no browser names no origin. */
function againstUpgrade({ url = '', headers }: IncomingMessage, full: boolean): string | null {
  if (url.split('?')[0] !== '/graphql') return '404 Not Found'
  if (headers.origin !== undefined && (!URL.canParse(headers.origin) || new URL(headers.origin).host !== headers.host)) return '403 Forbidden'
  return full ? '503 Service Unavailable' : null
}

/** Carries messages between one socket and the protocol. */
function attend(protocol: ReturnType<typeof makeServer<Params, Peer>>, peer: Peer, { logger }: SubscriptionParts, gone: () => void): void {
  const { socket } = peer
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (text) => peer.send(text),
      close: (code, reason) => peer.close(code ?? CloseCode.BadRequest, reason ?? ''),
      onMessage: (take) =>
        socket.on('message', (data) =>
          take(String(data)).catch((error: unknown) => {
            // Whoever is gone, or let go because the server ends, asks anew elsewhere.
            if (socket.readyState !== socket.OPEN) return
            if (isOutage(error) || error instanceof Refused) return peer.close(tryAgainLater, 'busy')
            logger.error({ err: error, requestId: peer.requestId }, 'subscription failed')
            peer.close(CloseCode.InternalServerError, 'Internal server error')
          }),
        ),
    },
    peer,
  )
  // A message too long or broken: the library closes the socket and says so to the client.
  socket.on('error', () => {})
  socket.on('close', (code, reason) => {
    gone()
    peer.ended.abort()
    void closed(code, String(reason))
  })
}

/** What a client says of himself when he connects. */
interface Params extends Record<string, unknown> {
  readonly authorization?: unknown
  readonly language?: unknown
}

function optionsFor(parts: SubscriptionParts, peers: ReadonlySet<Peer>): ServerOptions<Params, Peer> {
  const shaped = (peer: Peer, error: GraphQLError) =>
    parts.format(error.toJSON(), error.path ? error : (error.originalError ?? error), peer.language, peer.requestId)
  return {
    connectionInitWaitTimeout: parts.limits.initialiseMs,
    onConnect: async ({ extra: peer, connectionParams = {} }) => {
      const { authorization, language } = connectionParams
      if (language === 'en' || language === 'zh-CN') peer.language = language
      const viewer = typeof authorization === 'string' ? await viewerFrom(parts, authorization) : null
      if (!viewer) return false
      if ([...peers].filter(({ employeeId }) => employeeId === viewer.employeeId).length >= parts.limits.connectionsPerEmployee) {
        peer.close(tryAgainLater, 'TOO_MANY_CONNECTIONS')
        return false
      }
      Object.assign(peer, { employeeId: viewer.employeeId, authorization })
      return true
    },
    onSubscribe: async ({ extra: peer, subscriptions }, _id, payload) => {
      try {
        if (Object.keys(subscriptions).length > parts.limits.subscriptionsPerConnection) throw refuse('TOO_MANY_CONNECTIONS')
        const args = operationFrom(parts.schema, payload, parts.production)
        return { ...args, contextValue: await contextOf(parts, peer) }
      } catch (error) {
        return Array.isArray(error) ? error : [new GraphQLError('refused', { originalError: error as Error })]
      }
    },
    subscribe: subscriptionTo as never,
    onNext: ({ extra: peer }, _id, _payload, _args, result) =>
      result.errors ? { data: result.data ?? null, errors: result.errors.map((error) => shaped(peer, error)) } : undefined,
    onError: ({ extra: peer }, _id, _payload, errors) => errors.map((error) => shaped(peer, error as GraphQLError)),
  }
}

/** The caller as of now. Throws `UNAUTHENTICATED` for one whose token has expired or who has left. */
async function contextOf(parts: SubscriptionParts, peer: Peer): Promise<StreamContext> {
  const viewer = await viewerFrom(parts, peer.authorization)
  if (!viewer) throw refuse('UNAUTHENTICATED')
  const { language, requestId, ended, request } = peer
  const address = request.socket.remoteAddress ?? ''
  return {
    ...requestContext(parts, viewer, { language, requestId, address, markReplayed: () => {} }),
    feed: parts.feed,
    ended: ended.signal,
    renew: () => contextOf(parts, peer),
  }
}

/** Ends the streams of those who have left or whose token has expired, also while nothing happens. One statement for all of them. */
async function dismissStrangers({ pool, tokens }: SubscriptionParts, peers: readonly Peer[]): Promise<void> {
  const known = peers.filter(({ employeeId }) => employeeId !== null)
  if (known.length === 0) return
  const active = await actorsOf(pool, [...new Set(known.map(({ employeeId }) => employeeId!))])
  for (const peer of known) if (!active.has(peer.employeeId!) || !(await tokens.verify(tokenOf(peer.authorization)))) peer.dismiss(refuse('UNAUTHENTICATED'))
}
