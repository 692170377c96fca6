import pg from 'pg'
import { refuse } from '../engine/refused.js'

/** Bounds of one server process; the database closes what a stalled client leaves open. */
const limits = { connections: 10, waiting: 200, statementMs: 5_000, lockMs: 2_000, idleInTransactionMs: 10_000 } as const

const sessionOptions = [
  `-c statement_timeout=${limits.statementMs}`,
  `-c lock_timeout=${limits.lockMs}`,
  `-c idle_in_transaction_session_timeout=${limits.idleInTransactionMs}`,
  '-c timezone=UTC',
].join(' ')

/** Connections of the commands, or fewer for other work. `report`: told of connections that break while idle. */
export function poolOf(url: string, report: (error: unknown) => void, connections: number = limits.connections): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 10_000,
    options: sessionOptions,
    application_name: 'countersign',
  })
  pool.on('error', report)
  pool.on('connect', (client) => client.on('error', report))
  return pool
}

/** Takes a connection, or refuses with `BUSY` when too many wait already or the database does not answer. */
export async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  if (pool.waitingCount >= limits.waiting) throw refuse('BUSY', { details: { retryAfterSeconds: 1 } })
  try {
    return await pool.connect()
  } catch (error) {
    throw isOutage(error) ? refuse('BUSY', { details: { retryAfterSeconds: 1 } }) : error
  }
}

/** What runs SQL: the pool, or one connection in its transaction. */
export type Querier = Pick<pg.ClientBase, 'query'>

const statements = new Map<string, string>()
/** The name of a statement on every connection of this process. */
function nameOf(text: string): string {
  const name = statements.get(text) ?? `s${statements.size}`
  statements.set(text, name)
  return name
}
/**
 * The same, with statements that a connection parses and plans once: planning is most of what an act costs. Only for statements
 * whose text is always the same; each text is kept for good.
 */
export const prepared = (db: Querier): Querier =>
  ({
    query: (text: string, values?: unknown[]) => db.query({ name: nameOf(text), text, ...(values && { values }) }),
  }) as Querier

/** Commits what the work did, or leaves no trace of it. A broken connection is thrown away, never handed out again. */
export async function inTransaction<T>(pool: pg.Pool, work: (db: Querier) => Promise<T>): Promise<T> {
  const client = await connect(pool)
  let broken: Error | undefined
  try {
    // One plan for any values: these statements go by keys, and planning them again would cost more than running them.
    await client.query('begin isolation level read committed; set local plan_cache_mode = force_generic_plan')
    const result = await work(prepared(client))
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((failed: Error) => {
      broken = failed
    })
    throw error
  } finally {
    client.release(broken)
  }
}

const sqlState = (error: unknown): string => (typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '')
/** Serialization failure, deadlock, lock wait: the transaction may be run again as it is. */
export const isLostRace = (error: unknown): boolean => ['40001', '40P01', '55P03'].includes(sqlState(error))
/** The statement took longer than it may. */
export const isTooLong = (error: unknown): boolean => sqlState(error) === '57014'
/** The database is away, starting, stopping, full or closed this session. */
export const isOutage = (error: unknown): boolean =>
  /^(08|53|57P|25P03)/.test(sqlState(error)) ||
  ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'ETIMEDOUT'].includes(sqlState(error)) ||
  (error instanceof Error &&
    /timeout exceeded when trying to connect|Connection terminated|not queryable|not currently accepting connections/.test(error.message))
