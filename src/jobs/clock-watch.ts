import type pg from 'pg'
import { Gauge, type Registry } from 'prom-client'
import { type Pump, pump } from './pump.js'

/** Steps of the database's clock up to this are its keeper's business (s). */
const toleratedSeconds = 2

/**
 * Watches the clock of the database by one that only runs forward. Terms wait for it and the order of histories does not depend on it,
 * but somebody should know when it is set back: it is reported, and the gauge holds the last step in seconds until the server ends.
 */
export function watchClock({
  pool,
  metrics,
  report,
  pauseMs = 5_000,
}: {
  pool: pg.Pool
  metrics: Registry
  report: (error: unknown) => void
  pauseMs?: number
}): Pump {
  const step = new Gauge({
    name: 'countersign_database_clock_step_seconds',
    help: 'The last step of more than two seconds by which the clock of the database was set; below zero: back',
    registers: [metrics],
  })
  step.set(0)
  let last: { readonly database: number; readonly here: number } | undefined
  return pump(
    async () => {
      const { rows } = await pool.query('select extract(epoch from clock_timestamp())::float8 as now')
      const seen = { database: rows[0].now as number, here: performance.now() / 1000 }
      const jump = last ? seen.database - last.database - (seen.here - last.here) : 0
      last = seen
      if (Math.abs(jump) > toleratedSeconds) {
        step.set(jump)
        report(new Error(`the clock of the database was set ${jump < 0 ? 'back' : 'forward'} by ${Math.abs(jump).toFixed(1)} s`))
      }
      return false
    },
    { pauseMs, report },
  )
}
