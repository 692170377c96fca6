import type pg from 'pg'
import type { PgBoss } from 'pg-boss'
import type { Keyring } from '../audit/keyring.js'
import type { Door } from '../engine/door.js'
import type { Processes } from '../engine/processes.js'
import { figureSources } from '../persistence/queries/period-figures.js'
import type { Channels } from './channels/channel.js'
import { type Places, placesOf } from './checkpoint-places.js'
import { startClock } from './clock.js'
import { startErasing } from './erasing.js'
import type { ErasureLedger } from './erasure-ledger.js'
import { startNotifying } from './notifying.js'
import { periodsOf } from './periods.js'
import type { Post } from './posting.js'
import { type Pump, pump } from './pump.js'
import { type Sealing, sealingOf } from './sealing.js'
import { sequencingOf } from './sequencing.js'

export interface Background {
  readonly boss: PgBoss
  /** The connections of the commands. */
  readonly pool: pg.Pool
  /** The connections of those who tell of what was done: no command waits behind them. */
  readonly wordPool: pg.Pool
  readonly door: Door
  readonly processes: Processes
  readonly keys: Keyring
  /** What was erased, as this server keeps it. */
  readonly ledger: ErasureLedger
  readonly channels: Channels
  readonly post: Post
  /** How long events and settled deliveries are kept. */
  readonly keepDays: number
  /** When checkpoints of the history are made, and where they are taken to. */
  readonly proof: Pick<Sealing, 'keys' | 'seconds'> & Pick<Places, 'directory' | 'url' | 'timeoutMs' | 'metrics'>
  readonly report: (error: unknown) => void
}

/** Everything that a server does without being asked: terms, events, notices, periods, checkpoints, erasures. Any number of servers do it on one database. */
export async function startBackground(background: Background): Promise<Pump> {
  const { boss, pool, wordPool, door, processes, channels, post, keepDays, keys, ledger, proof, report } = background
  const parts: readonly Pump[] = [
    await startClock({ boss, pool, door, report }),
    sequencingOf({ pool: wordPool, report, keepDays }),
    startNotifying({ pool: wordPool, processes, channels, post, keepDays, report }),
    pump(periodsOf({ pool, door, processes, figures: figureSources }), { pauseMs: 60_000, report }),
    startErasing({ pool: wordPool, door, keys, ledger, report }),
  ]
  const forked = (is: boolean) => proof.metrics.forked('tables', is)
  const sealing = sealingOf({ pool: wordPool, ...proof, forked, report })
  const places = placesOf({ pool: wordPool, ...proof, report })
  return {
    async stop() {
      await Promise.all(parts.map((part) => part.stop()))
      // What the others did last is sealed too, and taken outside.
      await sealing.stop()
      await places.stop()
      await channels.close()
    },
  }
}
