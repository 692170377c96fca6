import { hash, verify } from '@node-rs/argon2'
import type pg from 'pg'
import { RateLimiterPostgres, type RateLimiterRes } from 'rate-limiter-flexible'
import { refuse } from '../engine/refused.js'

/** argon2id with 19 MiB, two passes, one lane (OWASP). */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
export const hashPassword = (password: string): Promise<string> => hash(password, cost)

/** Checks a password. Output: the employee's id. Throws `CREDENTIALS_INVALID`, `RATE_LIMITED`. */
export type SignIn = (login: string, password: string, address: string) => Promise<string>

const failuresMax = 10
const windowSeconds = 900
/** Two cores verify some ninety hashes a second; more at once would starve everything else. */
const verificationsMax = 4

export async function signInWith(pool: pg.Pool): Promise<SignIn> {
  const failures = new RateLimiterPostgres({
    storeClient: pool,
    tableName: 'rate_limit',
    tableCreated: true,
    keyPrefix: 'sign-in',
    points: failuresMax,
    duration: windowSeconds,
    clearExpiredByTimeout: false,
  })
  const decoy = await hashPassword('a password that nobody has')
  const queue = bounded(verificationsMax)
  return async (login, password, address) => {
    const key = `${login.toLowerCase().slice(0, 100)}|${address}`
    const soFar = await failures.get(key)
    if (soFar && soFar.consumedPoints >= failuresMax) throw tooMany(soFar)
    const { rows } = await pool.query('select id, password_hash from employee join credential on employee_id = id where login = $1 and active', [login])
    // An unknown login costs the same time and gets the same words as a wrong password.
    const matches = await queue(() => verify(rows[0]?.password_hash ?? decoy, password))
    if (rows[0] && matches) {
      await failures.delete(key)
      return rows[0].id
    }
    await failures.consume(key).catch((full: RateLimiterRes) => {
      throw tooMany(full)
    })
    throw refuse('CREDENTIALS_INVALID')
  }
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
