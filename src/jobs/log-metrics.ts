import type pg from 'pg'
import { Counter, Gauge, type Registry } from 'prom-client'
import { checkpointsBehind, placeLag } from '../persistence/checkpoint-places.js'
import { logStanding } from '../persistence/checkpoints.js'
import { placeOf } from './checkpoint-address.js'

/** What the makers and carriers of checkpoints tell whoever operates the server. */
export interface LogMetrics {
  /** Whether what is there does not continue what was signed: seen in the tables, or by this server's file. */
  forked(seenBy: 'tables' | 'file', is: boolean): void
  /** The size of the last checkpoint in this server's file. */
  mirrored(size: number): void
  failed(place: 'file' | 'address'): void
}

/** `url`: the address that checkpoints are posted to, if any. Figures of the database are asked for whenever the metrics are read. */
export function addLogMetrics(metrics: Registry, pool: pg.Pool, url: string | undefined): LogMetrics {
  let inFile = 0
  const registers = [metrics]
  const figure = (name: string, help: string, ask: () => Promise<number>) =>
    new Gauge({ name, help, registers, collect: asked((gauge) => ask().then((value) => gauge.set(value))) })
  figure('countersign_log_size', 'Entries in the log of the history', async () => (await logStanding(pool)).size)
  figure('countersign_log_checkpoint_size', 'Entries that the newest checkpoint covers', async () => (await logStanding(pool)).sealed)
  figure(
    'countersign_log_unsealed_seconds',
    'Age of the oldest entry in the log that no checkpoint covers; 0 when all are covered',
    async () => (await logStanding(pool)).unsealedSeconds,
  )
  new Gauge({
    name: 'countersign_log_place_lag',
    help: 'Checkpoints that a place outside the database lacks, counted up to 10,000; the file is that of this server',
    labelNames: ['place'],
    registers,
    collect: asked(async (gauge) => {
      gauge.set({ place: 'file' }, await checkpointsBehind(pool, inFile))
      if (url) gauge.set({ place: 'address' }, await placeLag(pool, placeOf(url)))
    }),
  })
  const alarm = new Gauge({
    name: 'countersign_log_fork_alarm',
    help: '1: the history does not continue what was signed; it was changed or set back',
    labelNames: ['seen_by'],
    registers,
  })
  const failures = new Counter({
    name: 'countersign_log_place_failures_total',
    help: 'Attempts to take checkpoints to a place that failed',
    labelNames: ['place'],
    registers,
  })
  for (const seen_by of ['tables', 'file']) alarm.set({ seen_by }, 0)
  for (const place of url ? ['file', 'address'] : ['file']) failures.inc({ place }, 0)
  return {
    forked: (seen_by, is) => alarm.set({ seen_by }, is ? 1 : 0),
    mirrored(size) {
      inFile = size
    },
    failed: (place) => failures.inc({ place }),
  }
}

/** While the database is away the last figure stands; readiness says the rest. */
const asked = (ask: (gauge: Gauge) => Promise<void>) =>
  async function (this: Gauge): Promise<void> {
    await ask(this).catch(() => {})
  }
