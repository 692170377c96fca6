import type pg from 'pg'
import type { Processes } from '../engine/processes.js'
import { pruneDeliveries } from '../persistence/deliveries.js'
import type { Channels } from './channels/channel.js'
import { delivererOf } from './delivering.js'
import { sendDigests } from './digests.js'
import { tellNext } from './notices.js'
import type { Post } from './posting.js'
import { type Pump, pump } from './pump.js'

export interface Notifying {
  readonly pool: pg.Pool
  readonly processes: Processes
  readonly channels: Channels
  readonly post: Post
  /** How long sent and dropped deliveries are kept. */
  readonly keepDays: number
  /** Told of every failure; the work goes on after a pause. */
  readonly report: (error: unknown) => void
}
const pauses = { tellMs: 500, deliverMs: 500, digestMs: 15_000, pruneMs: 600_000 } as const
const finishMs = 8_000

/**
 * Starts telling people and webhooks of what was done: any number of servers may do it on one database.
 * Stopping waits at most 8 s for what is under way; the channels are closed by whoever opened them.
 */
export function startNotifying({ pool, processes, channels, post, keepDays, report }: Notifying): Pump {
  const deliverer = delivererOf(pool, channels)
  const pumps = [
    pump(() => tellNext(pool, processes, post), { pauseMs: pauses.tellMs, report }),
    pump(() => sendDigests(pool), { pauseMs: pauses.digestMs, report }),
    pump(async () => (await pruneDeliveries(pool, keepDays)) > 0, { pauseMs: pauses.pruneMs, report }),
    pump(() => deliverer.turn(), { pauseMs: pauses.deliverMs, report }),
  ]
  return {
    async stop() {
      await Promise.all(pumps.map((one) => one.stop()))
      await deliverer.finish(finishMs).catch(report)
    },
  }
}
