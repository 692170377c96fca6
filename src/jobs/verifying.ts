import type pg from 'pg'
import { Gauge, type Registry } from 'prom-client'
import type { Keyring } from '../audit/keyring.js'
import { newestRuns } from '../persistence/queries/verification-queries.js'
import { type Pump, pump } from './pump.js'
import { runVerification, type VerificationRun } from './verification-run.js'

interface Verifying extends Omit<VerificationRun, 'keys' | 'mode' | 'requestId' | 'batch' | 'goesOnRecord'> {
  readonly pool: pg.Pool
  /** As the key file has them now: what another server signs with a key that was added since counts. */
  readonly keys: () => Promise<Keyring>
  /** How often; 0: never. */
  readonly everyMinutes: number
  /** Told of every finding. */
  readonly found: (finding: { readonly kind: string; readonly message: string }) => void
  readonly report: (error: unknown) => void
}
/** No request waits longer than these take. */
const batch = 250

/** Verifies what is new, again and again. Of several servers on one database each lets a run of another count for its own. */
export function verifyingOf({ pool, keys: keysNow, everyMinutes, found, report, ...run }: Verifying): Pump {
  if (everyMinutes === 0) return { stop: async () => {} }
  const everyMs = everyMinutes * 60_000
  let isNew = true
  const work = async () => {
    // A server that starts has other things to do.
    if (isNew) {
      isNew = false
      return false
    }
    const keys = await keysNow()
    const { last } = await newestRuns(pool, keys)
    if (last && last.ageMs >= 0 && last.ageMs < everyMs / 2) return false
    const { findings } = await runVerification({ ...run, keys, mode: 'incremental', requestId: 'verifying', batch })
    for (const finding of findings) found(finding)
    return false
  }
  return pump(work, { pauseMs: everyMs, report })
}

/** Adds what the newest run found, and how long ago one found nothing; asked whenever the metrics are read. */
export function addVerificationMetrics(metrics: Registry, pool: pg.Pool, keys: () => Promise<Keyring>): void {
  const gauge = (name: string, help: string, figure: (runs: Awaited<ReturnType<typeof newestRuns>>) => number | undefined) =>
    new Gauge({
      name,
      help,
      registers: [metrics],
      async collect() {
        // While the database is away the last figure stands; readiness says the rest.
        const newest = async () => newestRuns(pool, await keys())
        await newest().then(
          (runs) => this.set(figure(runs) ?? Number.NaN),
          () => {},
        )
      },
    })
  gauge('countersign_history_findings', 'What the newest verification of the history found', ({ last }) => last?.findings)
  gauge('countersign_history_verified_age_seconds', 'How long ago a verification of the history found nothing', ({ clean }) => clean && clean.ageMs / 1000)
}
