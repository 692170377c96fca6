import type pg from 'pg'
import { prune, publish } from '../persistence/events.js'
import { type Pump, pump } from './pump.js'

interface Sequencing {
  readonly pool: pg.Pool
  readonly report: (error: unknown) => void
  readonly pauseMs?: number
  /** How long events are kept for subscribers who were away; the history itself is kept for good. */
  readonly keepDays?: number
}

/** Publishes what was done as soon as it is committed, and forgets old events. Every server may run it: one at a time does the work. */
export function sequencingOf({ pool, report, pauseMs = 100, keepDays = 30 }: Sequencing): Pump {
  const publishing = pump(() => publish(pool), { pauseMs, report })
  const pruning = pump(async () => (await prune(pool, new Date(Date.now() - keepDays * 86_400_000))) > 0, { pauseMs: 3_600_000, report })
  return {
    stop: async () => {
      await Promise.all([publishing.stop(), pruning.stop()])
    },
  }
}
