import type pg from 'pg'
import { noteDigest, readCheckpoint, signedCheckpoint } from '../audit/checkpoint.js'
import type { Keyring } from '../audit/keyring.js'
import { consistencyProof, isConsistent } from '../audit/merkle.js'
import { insertCheckpoint, logStanding, newestCheckpoint, type StoredCheckpoint } from '../persistence/checkpoints.js'
import { publish } from '../persistence/events.js'
import { hashOf } from '../persistence/merkle-log.js'
import { inTransaction, type Querier } from '../persistence/pool.js'
import { Forked } from './forked.js'
import { type Pump, pump } from './pump.js'

export interface Sealing {
  readonly pool: pg.Pool
  /** As the key file has them now: another server may have been started with a new key of the log, and its checkpoints count. */
  readonly keys: () => Promise<Keyring>
  /** No entry of the log waits longer than this for a checkpoint that covers it. */
  readonly seconds: number
  /** Told whether what is in the tables continues what was signed. */
  readonly forked: (is: boolean) => void
  readonly report: (error: unknown) => void
}

/** With looks every fifth of the time, half as long again at most, the next checkpoint comes within nine tenths of it. */
const [look, rest] = [0.2, 0.6]

/**
 * Makes a checkpoint when the log has grown. Every server may run it: one at a time does the work, and there is one a size. Stopping
 * gives the last entries their places and seals them.
 */
export function sealingOf({ pool, keys, seconds, forked, report }: Sealing): Pump {
  let told = ''
  const sealNow = async (restSeconds: number): Promise<boolean> => {
    try {
      if (!(await seal(pool, await keys(), restSeconds))) return false
      forked(false)
      told = ''
    } catch (error) {
      if (!(error instanceof Forked)) throw error
      forked(true)
      // Every look finds it again; it is said once.
      if (error.message !== told) report(error)
      told = error.message
    }
    return false
  }
  const sealing = pump(() => sealNow(seconds * rest), { pauseMs: seconds * look * 1000, report })
  return {
    async stop() {
      await sealing.stop()
      try {
        while (await publish(pool));
        await sealNow(0)
      } catch (error) {
        report(error)
      }
    },
  }
}

/**
 * Signs how far the log has come, unless nothing was added, the newest checkpoint is younger than so many seconds, or another server is at
 * it. Output: whether it did. Throws {@link Forked} when the log is not the continuation of the newest checkpoint: then nothing is signed.
 */
export async function seal(pool: pg.Pool, keys: Keyring, restSeconds: number): Promise<boolean> {
  if (!(await isDue(pool, restSeconds))) return false
  return inTransaction(pool, async (db) => {
    const { rows } = await db.query(`select pg_try_advisory_xact_lock(hashtextextended('log-checkpoint', 0)) as mine`)
    // Statements of their own: what they see begins after the lock was ours.
    if (!rows[0].mine || !(await isDue(db, restSeconds))) return false
    const before = await newestCheckpoint(db)
    const { size, now: madeAt } = await logStanding(db)
    const root = await continuation(db, keys, before, size)
    const note = signedCheckpoint(keys, { size, root, madeAt, previous: before ? noteDigest(before.note) : '' })
    await insertCheckpoint(db, { size, root, note, madeAt })
    return true
  })
}

/** A log that is shorter than its checkpoint is looked at too: it is told of. After a step of the clock no age counts. */
async function isDue(db: Querier, restSeconds: number): Promise<boolean> {
  const { size, sealed, ageSeconds } = await logStanding(db)
  return size !== sealed && (ageSeconds === null || ageSeconds < 0 || ageSeconds >= restSeconds)
}

/** The root of the log as the tables have it, once it is shown to continue what was signed last. */
async function continuation(db: Querier, keys: Keyring, before: StoredCheckpoint | null, size: number): Promise<Buffer> {
  const hashes = hashOf(db)
  if (!before) return hashes(0, size)
  const signed = readCheckpoint(keys, before.note)
  if (signed?.size !== before.size) throw new Forked(`no key of the log has signed the newest checkpoint of the database, of ${before.size} leaves`)
  if (size < signed.size) throw new Forked(`the log has ${size} leaves, and its newest checkpoint says ${signed.size}`)
  const root = await hashes(0, size)
  if (!isConsistent(signed, { size, root }, await consistencyProof(signed.size, size, hashes)))
    throw new Forked(`the log of ${size} leaves does not continue the one of ${signed.size} that was signed: entries were changed`)
  return root
}
