import type pg from 'pg'
import type { Keyring } from '../audit/keyring.js'
import { checkpointAddressOf } from './checkpoint-address.js'
import { checkpointFileOf } from './checkpoint-file.js'
import { Forked } from './forked.js'
import type { LogMetrics } from './log-metrics.js'
import { type Pump, pump } from './pump.js'

export interface Places {
  readonly pool: pg.Pool
  /** As the key file has them now: another server may have been started with a new key of the log, and its checkpoints count. */
  readonly keys: () => Promise<Keyring>
  /** Of the file of this server. */
  readonly directory: string
  /** An address that every checkpoint is posted to. */
  readonly url: string | undefined
  readonly timeoutMs: number
  readonly metrics: LogMetrics
  readonly report: (error: unknown) => void
}
const pauseMs = 1_000

/** Takes the checkpoints to places outside the database. None waits for another, and nothing else waits for them. Stopping brings the file up to date. */
export function placesOf({ pool, keys, directory, url, timeoutMs, metrics, report }: Places): Pump {
  const mirror = checkpointFileOf({ pool, keys, directory, reached: metrics.mirrored, report })
  let told = ''
  const turn = async (): Promise<boolean> => {
    try {
      const more = await mirror()
      metrics.forked('file', false)
      told = ''
      return more
    } catch (error) {
      if (error instanceof Forked) metrics.forked('file', true)
      else metrics.failed('file')
      // Every look finds it again; it is said once.
      if ((error as Error).message !== told) report(error)
      told = (error as Error).message
      return false
    }
  }
  const ended = new AbortController()
  const failed = () => metrics.failed('address')
  const pumps = [
    pump(turn, { pauseMs, report }),
    ...(url ? [pump(checkpointAddressOf({ pool, url, timeoutMs, failed, report }, ended.signal), { pauseMs, report })] : []),
  ]
  return {
    async stop() {
      ended.abort()
      await Promise.all(pumps.map((one) => one.stop()))
      while (await turn());
    },
  }
}
