import { hash, verify } from '@node-rs/argon2'
import type pg from 'pg'
import { RateLimiterPostgres, type RateLimiterRes } from 'rate-limiter-flexible'
import { refuse } from '../engine/refused.js'
import type { FailedSignIn, RecordFailure } from './sign-in-record.js'

/** argon2id with 19 MiB, two passes, one lane (OWASP). */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
export const hashPassword = (password: string): Promise<string> => hash(password, cost)

/** Checks a password. Output: the employee's id. Every failure is on record when it throws: `CREDENTIALS_INVALID`, `RATE_LIMITED`; `BUSY` when that cannot be. */
export type SignIn = (login: string, password: string, address: string, requestId: string) => Promise<string>

const failuresMax = 10
/** How many failures with logins that are nobody's go on record, of one address in the window. */
const strangersMax = 100
const windowSeconds = 900
/** Two cores verify some ninety hashes a second; more at once would starve everything else. */
const verificationsMax = 4

export async function signInWith(pool: pg.Pool, record: RecordFailure): Promise<SignIn> {
  const failures = new RateLimiterPostgres({
    storeClient: pool,
    tableName: 'rate_limit',
    tableCreated: true,
    keyPrefix: 'sign-in',
    points: failuresMax,
    duration: windowSeconds,
    clearExpiredByTimeout: false,
  })
  const strangers = new RateLimiterPostgres({
    storeClient: pool,
    tableName: 'rate_limit',
    tableCreated: true,
    keyPrefix: 'strangers',
    points: strangersMax,
    duration: windowSeconds,
    clearExpiredByTimeout: false,
  })
  /** Logins that are nobody's cost whoever makes them up nothing: of one address so many go on record, and that there were more. */
  const recordBounded = async (failed: FailedSignIn): Promise<void> => {
    if (failed.employeeId !== null) return record(failed)
    const full = await strangers.consume(failed.address).then(
      () => null,
      (result: RateLimiterRes) => result,
    )
    if (full instanceof Error) throw full
    if (!full) return record(failed)
    if (full.consumedPoints === strangersMax + 1) await record({ ...failed, cause: 'TOO_MANY' })
  }
  const decoy = await hashPassword('a password that nobody has')
  const queue = bounded(verificationsMax)
  /** Counts a failure. Of those beyond the bound the first alone goes on record, until the window ends: a flood does not fill the history. */
  const countOnRecord = async (key: string, failed: FailedSignIn): Promise<void> => {
    const full = await failures.consume(key).then(
      () => null,
      (result: RateLimiterRes) => result,
    )
    if (full instanceof Error) throw full
    if (!full) return recordBounded(failed)
    if (full.consumedPoints === failuresMax + 1) await recordBounded({ ...failed, cause: 'TOO_MANY' })
    throw tooMany(full)
  }
  return async (login, password, address, requestId) => {
    const key = `${login.toLowerCase().slice(0, 100)}|${address}`
    const soFar = await failures.get(key)
    if (soFar && soFar.consumedPoints > failuresMax) throw tooMany(soFar)
    const { rows } = await pool.query('select id, active, password_hash from employee left join credential on employee_id = id where login = $1', [login])
    const failed = { login, employeeId: rows[0]?.id ?? null, address, requestId }
    if (soFar && soFar.consumedPoints === failuresMax) await countOnRecord(key, { ...failed, cause: 'TOO_MANY' })
    // An unknown login costs the same time and gets the same words as a wrong password.
    const matches = await queue(() => verify(rows[0]?.password_hash ?? decoy, password))
    const cause = causeOf(rows[0], matches)
    if (cause === null) {
      await failures.delete(key)
      return rows[0].id
    }
    await countOnRecord(key, { ...failed, cause })
    throw refuse('CREDENTIALS_INVALID')
  }
}
/** Null: it is a sign-in. */
function causeOf(found: { active: boolean; password_hash: string | null } | undefined, matches: boolean): FailedSignIn['cause'] | null {
  if (!found) return 'UNKNOWN_LOGIN'
  if (!found.active) return 'INACTIVE'
  if (found.password_hash === null) return 'NO_PASSWORD'
  return matches ? null : 'WRONG_PASSWORD'
}
const tooMany = ({ msBeforeNext }: RateLimiterRes) => refuse('RATE_LIMITED', { details: { retryAfterSeconds: Math.ceil(msBeforeNext / 1000) } })

/** Runs at most so many at once; the rest wait their turn. */
function bounded(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    running++
    try {
      return await work()
    } finally {
      running--
      waiting.shift()?.()
    }
  }
}
