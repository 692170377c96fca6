import type { EntityManager } from '@mikro-orm/postgresql'
import type { GraphQLSchema } from 'graphql'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { Services } from '../graphql/context.js'
import type { EventFeed } from '../jobs/event-feed.js'
import type { Health } from './probes.js'
import type { SocketLimits } from './socket-peer.js'

/** What the HTTP face is put together from. */
export interface AppParts extends Services {
  readonly schema: GraphQLSchema
  readonly em: () => EntityManager
  readonly logger: Logger
  readonly production: boolean
  readonly health: Health
  /** Subscriptions: the log as it grows, connections of their own, and bounds other than the usual ones. */
  readonly feed: EventFeed
  readonly wordPool: pg.Pool
  readonly sockets?: Partial<SocketLimits>
  /** How many requests are worked on at once. */
  readonly requestsAtOnce?: number
}
