import { createHash } from 'node:crypto'
import type pg from 'pg'
import { claimPlace, settlePlace } from '../persistence/checkpoint-places.js'
import { checkpointsAfter } from '../persistence/checkpoints.js'
import { backOffMs } from './sending.js'

export interface CheckpointAddress {
  readonly pool: pg.Pool
  readonly url: string
  /** How long one call may take. */
  readonly timeoutMs: number
  readonly failed: () => void
  readonly report: (error: unknown) => void
}

/** Under which name the database remembers how far an address has come: the address itself may hold a secret. */
export const placeOf = (url: string): string => `address ${createHash('sha256').update(url).digest('hex').slice(0, 16)}`

/**
 * Posts every checkpoint as text to an address, in order and at least once; one at a time, whatever the number of servers. A failure is
 * tried again, later each time, for good. Output: one turn of that work, which answers whether there may be more; `ended` cuts a call off.
 */
export function checkpointAddressOf({ pool, url, timeoutMs, failed, report }: CheckpointAddress, ended: AbortSignal): () => Promise<boolean> {
  const name = placeOf(url)
  const host = new URL(url).host
  return async () => {
    const before = await claimPlace(pool, name, timeoutMs + 10_000)
    const [next] = before ? await checkpointsAfter(pool, before.size, 1) : []
    if (!before || !next) return false
    const fault = await post(url, next.note, AbortSignal.any([ended, AbortSignal.timeout(timeoutMs)]))
    if (fault === null) await settlePlace(pool, name, before, { size: next.size, failures: 0 }, 0)
    else if (ended.aborted) await settlePlace(pool, name, before, before, 0)
    else {
      failed()
      report(new Error(`${host} did not take the checkpoint of ${next.size} leaves: ${fault}`))
      const failures = before.failures + 1
      await settlePlace(pool, name, before, { size: before.size, failures }, backOffMs(failures))
    }
    return fault === null
  }
}

/** Output: null when it was taken, else why not. A redirect is not followed: the operator named the place. */
async function post(url: string, note: string, signal: AbortSignal): Promise<string | null> {
  try {
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'text/plain; charset=utf-8' }, body: note, redirect: 'manual', signal })
    await answer.body?.cancel()
    return answer.ok ? null : `answered ${answer.status}`
  } catch (error) {
    return error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : String(error)
  }
}
