import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { isOnRecord } from '../audit/erasure-ledger.js'
import type { Keyring } from '../audit/keyring.js'
import type { Door } from '../engine/door.js'
import { erasuresDoneAfter, erasuresDue, undone } from '../persistence/queries/erasure-queries.js'
import type { ErasureLedger } from './erasure-ledger.js'
import { type Pump, pump } from './pump.js'

export interface Erasing {
  readonly pool: pg.Pool
  readonly door: Pick<Door, 'eraseDeferred' | 'eraseAgain'>
  readonly keys: Keyring
  readonly ledger: ErasureLedger
  readonly report: (error: unknown) => void
}
const batch = 100

/** Runs the deferred erasures whose last obstacle has gone, and keeps the ledger of this server. Any number of servers do it: each erasure is done once. */
export const startErasing = (house: Erasing, pauseMs = 2_000): Pump => {
  const mirror = mirrorOf(house)
  return pump(
    async () => {
      await eraseDue(house)
      return mirror()
    },
    { pauseMs, report: house.report },
  )
}

async function eraseDue({ pool, door, report }: Erasing): Promise<void> {
  // One that cannot be done does not keep the others from it.
  for (const erasureId of await erasuresDue(pool, batch)) await door.eraseDeferred({ erasureId, requestId: randomUUID() }).catch(report)
}

/** Writes into the ledger what it does not have yet; a turn answers whether there is more. What the history does not say is reported and left out. */
export function mirrorOf({ pool, keys, ledger, report }: Omit<Erasing, 'door'>): () => Promise<boolean> {
  let after = 0
  return async () => {
    const done = await erasuresDoneAfter(pool, after, batch)
    const missing = done.filter(({ erasureId }) => !ledger.has(erasureId))
    for (const { erasureId } of missing.filter((one) => !isOnRecord(keys, one)))
      report(new Error(`the erasure ${erasureId} is not what the history says; it does not go into the ledger`))
    const sound = missing.filter((one) => isOnRecord(keys, one))
    if (sound.length > 0) await ledger.add(sound.map(({ entry: _, ...line }) => line))
    after = done.at(-1)?.sequence ?? after
    return done.length === batch
  }
}

/** Before a server is ready: what the ledger says was erased, and the database has back, is erased again. */
export async function eraseAgain({ pool, door, ledger, report }: Omit<Erasing, 'keys'>): Promise<void> {
  for (const line of ledger.forged) report(new Error(`line ${line} of the ledger of erasures was not written by this product; nothing is erased for it`))
  for (const place of await undone(pool, ledger.lines)) {
    const { erasureId, customerId, keys } = ledger.lines[place]!
    await door.eraseAgain({ erasureId, customerId, keys, requestId: randomUUID() })
  }
}
