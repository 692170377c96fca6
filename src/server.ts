import { setTimeout as wait } from 'node:timers/promises'
import { MikroORM } from '@mikro-orm/postgresql'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import type { Logger } from 'pino'
import type { Keyring } from './audit/keyring.js'
import type { Config } from './config.js'
import { undecidable } from './define/index.js'
import { adoptRoles } from './engine/adopt-roles.js'
import type { CommandStore } from './engine/case-store.js'
import { doorOf } from './engine/door.js'
import { plantCalendar } from './engine/plant-calendar.js'
import type { Processes } from './engine/processes.js'
import { refuse } from './engine/refused.js'
import { schemaOf } from './graphql/schema.js'
import { appOf } from './http/app.js'
import { type Health, healthOf } from './http/probes.js'
import type { SocketLimits } from './http/socket-peer.js'
import { startBackground } from './jobs/background.js'
import { addressFault } from './jobs/channels/address.js'
import { channelsOf } from './jobs/channels/channels.js'
import { watchClock } from './jobs/clock-watch.js'
import { addDeliveryMetrics } from './jobs/delivery-metrics.js'
import { eraseAgain } from './jobs/erasing.js'
import { ledgerIn } from './jobs/erasure-ledger.js'
import { feedOf } from './jobs/event-feed.js'
import { addLogMetrics } from './jobs/log-metrics.js'
import type { Pump } from './jobs/pump.js'
import { addVerificationMetrics, verifyingOf } from './jobs/verifying.js'
import { keysFrom, keysIn, liveKeys } from './key-file.js'
import { chinaCalendar } from './organisation/china-calendar.js'
import { demonstration } from './organisation/demonstration.js'
import { seed } from './organisation/seed.js'
import { hashPassword, type SignIn, signInWith } from './organisation/sign-in.js'
import { failuresRecorded } from './organisation/sign-in-record.js'
import { externalTokens, ownTokens } from './organisation/tokens.js'
import { actorsOf } from './persistence/actors.js'
import { commandStoreOf } from './persistence/command-store.js'
import { type Database, openDatabase } from './persistence/database.js'
import { entities } from './persistence/entities.js'
import { unpublished } from './persistence/events.js'
import { openJobs, wakeBy } from './persistence/job-queue.js'
import { refuseForeignKeys } from './persistence/key-fault.js'
import { poolOf } from './persistence/pool.js'
import { unassignable } from './persistence/staffing.js'

export interface Server {
  readonly app: FastifyInstance
  /** Refuses new work, finishes what is under way, closes the database. */
  close(): Promise<void>
}

/**
 * The composition root: configuration in, a server ready to listen out. Everything is put together here and nowhere else.
 * `sockets`: bounds of the subscriptions other than the usual ones.
 */
export async function serverFrom(config: Config, processes: Processes, logger: Logger, sockets: Partial<SocketLimits> = {}): Promise<Server> {
  const keys = liveKeys(config.keyFile, await keysFrom(config.keyFile))
  const database = await openDatabase(config)
  const report = (error: unknown) => logger.error({ err: error }, 'database connection')
  const reportWord = (error: unknown) => logger.error({ err: error }, 'publishing')
  const pool = poolOf(database.appUrl, report)
  const jobs = await openJobs(database.appUrl, report)
  // Word of what was done has connections of its own: however many are told, no command waits behind them.
  const wordPool = poolOf(database.appUrl, report, 5)
  const orm = await MikroORM.init({ clientUrl: database.appUrl, entities, pool: { max: 6 }, ensureDatabase: false })
  const state = { draining: false }
  const pumps: Pump[] = []
  const letGo = async () => {
    await Promise.all(pumps.map((one) => one.stop()))
    await jobs.stop({ graceful: false })
    await Promise.all([pool.end(), wordPool.end(), orm.close(true)])
    await database.stop()
  }
  try {
    if (!config.production) await plantDemonstration(database, config)
    await refuseUnknownDefinitions(pool, processes)
    await refuseForeignKeys(pool, keys)
    for (const fault of await undecidableHere(pool, processes)) logger.warn({ fault }, 'a state that nobody could decide')
    const store = commandStoreOf(pool, processes, keys, wakeBy(jobs))
    const door = doorOf({ store, processes, report, addressFault: (url) => addressFault(url, config.outbound) })
    const ledger = await ledgerIn(config.proofDirectory, keys)
    await settle({ store, pool, door, ledger, report })
    const feed = await feedOf({ pool: wordPool, report: reportWord })
    pumps.push(feed)
    const health = healthWith(state, pool, wordPool, () => keysIn(config.keyFile))
    const house = { pool, wordPool, door, store, keys, processes }
    const app = await appOf({
      ...house,
      tokens: config.issuer ? externalTokens(config.issuer) : await ownTokens(pool),
      signIn: await signInOf(config, pool, failuresRecorded(store, keys)),
      schema: schemaOf(processes),
      em: () => orm.em.fork({ disableTransactions: true }),
      ...{ logger, health, feed, sockets },
      production: config.production,
      requestsAtOnce: config.requestsAtOnce,
    })
    const proof = proofOf(config, addLogMetrics(health.metrics, wordPool, config.checkpointUrl))
    const post = { publicUrl: config.publicUrl, zone: chinaCalendar.zone }
    const word = { channels: channelsOf(config.outbound), post, keepDays: config.keepDays, report: reportWord }
    pumps.push(
      watchClock({ pool: wordPool, metrics: health.metrics, report }),
      verifyingOf({ ...house, pool: wordPool, appUrl: database.appUrl, keys: proof.keys, ...verifiedBy(config, logger) }),
      await startBackground({ ...house, boss: jobs, ledger, proof, ...word }),
    )
    const close = async () => {
      state.draining = true
      await wait(config.drainMs)
      await app.close()
      await letGo()
    }
    return { app, close }
  } catch (error) {
    await letGo()
    throw error
  }
}

/** Where another issuer signs, no password of ours is looked at. */
const signInOf = async ({ issuer }: Config, pool: pg.Pool, failed: Parameters<typeof signInWith>[1]): Promise<SignIn> =>
  issuer ? async () => Promise.reject(refuse('ACTION_UNAVAILABLE')) : signInWith(pool, failed)

function healthWith(state: { readonly draining: boolean }, pool: pg.Pool, wordPool: pg.Pool, keys: () => Promise<Keyring>): Health {
  const health = healthOf(async () => (state.draining ? 'draining' : await databaseFault(pool)), {
    unassignable: () => unassignable(pool),
    unpublished: () => unpublished(wordPool),
  })
  addDeliveryMetrics(health.metrics, wordPool)
  addVerificationMetrics(health.metrics, wordPool, keys)
  return health
}

/** What must be there, and what must be gone, before anybody is served. */
async function settle({ store, ...house }: { readonly store: CommandStore } & Parameters<typeof eraseAgain>[0]): Promise<void> {
  await plantCalendar(store, chinaCalendar)
  await adoptRoles(store)
  await eraseAgain(house)
}

const proofOf = ({ keyFile, checkpointSeconds, proofDirectory, checkpointUrl, outbound }: Config, metrics: ReturnType<typeof addLogMetrics>) => ({
  keys: () => keysIn(keyFile),
  seconds: checkpointSeconds,
  directory: proofDirectory,
  url: checkpointUrl,
  timeoutMs: outbound.timeoutMs,
  metrics,
})

const verifiedBy = ({ proofDirectory, verifyMinutes }: Config, logger: Logger) => ({
  proofDirectory,
  everyMinutes: verifyMinutes,
  found: (finding: Parameters<Parameters<typeof verifyingOf>[0]['found']>[0]) => logger.error({ finding }, 'the history is not as it was written'),
  report: (error: unknown) => logger.error({ err: error }, 'verifying the history'),
})

const databaseFault = (pool: pg.Pool): Promise<string | null> =>
  pool.query('select 1').then(
    () => null,
    () => 'database unavailable',
  )

/** The demonstration organisation, in one transaction, unless there is an organisation already. Never in production. */
async function plantDemonstration({ ownerUrl }: Database, { organisation, demoPassword }: Config): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  try {
    await owner.query('begin')
    await seed(owner, demonstration(organisation), () => hashPassword(demoPassword))
    await owner.query('commit')
  } finally {
    await owner.end()
  }
}

/** What nobody of the organisation as it stands could ever decide: found when the server starts, not when a case is stuck. */
async function undecidableHere(pool: pg.Pool, processes: Processes): Promise<string[]> {
  const { rows } = await pool.query('select id from employee where active')
  const members = [
    ...(
      await actorsOf(
        pool,
        rows.map(({ id }) => id),
      )
    ).values(),
  ].filter(({ kind }) => kind === 'employee')
  return [...processes.current.values()].flatMap(({ definition }) => undecidable(definition, members))
}

/** An open case must not become undecidable because its definition is gone: such a server does not start. */
async function refuseUnknownDefinitions(pool: pg.Pool, processes: Processes): Promise<void> {
  const { rows } = await pool.query('select distinct process, definition_version as version, definition_hash as hash from service_case where outcome is null')
  const unknown = rows.filter(({ process, version, hash }) => processes.at(process, version)?.fingerprint !== hash)
  if (unknown.length === 0) return
  const named = unknown.map(({ process, version }) => `${process} version ${version}`).join(', ')
  throw new Error(`open cases are pinned to definitions that this server does not have: ${named}. Keep old versions as process-v<n>.ts beside the new one.`)
}
