import type pg from 'pg'
import type { JobResult, JobWithMetadata, PgBoss } from 'pg-boss'
import type { Door } from '../engine/door.js'
import { type DeadlineJob, deadlineQueue, followClock } from '../persistence/job-queue.js'
import { casesByOldCalendar, longOverdue } from '../persistence/timers.js'
import { type Pump, pump } from './pump.js'

interface Works {
  readonly boss: PgBoss
  readonly pool: pg.Pool
  readonly door: Door
  readonly report: (error: unknown) => void
}

const batch = 64
const taking = { batchSize: batch, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true, perJobResults: true, includeMetadata: true } as const
const atOnce = 6
const netSeconds = 120
const first = '00000000-0000-0000-0000-000000000000'

/**
 * 时钟: fires what is due, whichever server is alive. Every term has a job in the queue since the act that it comes from;
 * a net beneath it fires what is long overdue without one, as after a restored backup. A changed calendar is carried to the terms that have not fired.
 */
export async function startClock(works: Works): Promise<Pump> {
  const { boss, pool, door, report } = works
  const requestId = 'clock'
  const worker = await boss.work<DeadlineJob, void, typeof taking>(deadlineQueue, taking, (jobs) =>
    inParallel(inOrder(jobs), ({ id, data }) => fireOne(works, data.timerId).then(() => done(id), failed(id, report))),
  )
  const net = pump(
    async () => {
      const overdue = await longOverdue(pool, netSeconds)
      await inParallel(overdue, (timerId) => fireOne(works, timerId).catch(report))
      return false
    },
    { pauseMs: 30_000, report },
  )
  let behind = first
  const calendar = pump(
    async () => {
      const stale = await casesByOldCalendar(pool, behind, batch)
      // A case that cannot be reckoned is reported, and keeps no other from it.
      for (const caseId of stale) await door.recalculate({ caseId, requestId }).catch(report)
      behind = stale.length === batch ? stale.at(-1)! : first
      return stale.length === batch
    },
    { pauseMs: 2_000, report },
  )
  const following = pump(() => followClock(pool).then(() => false), { pauseMs: 5_000, report })
  return {
    async stop() {
      await Promise.all([boss.offWork(deadlineQueue, { id: worker, wait: true }), net.stop(), calendar.stop(), following.stop()])
    },
  }
}
/** The queue gives out what is due first, but a batch of it in any order. */
const inOrder = (jobs: readonly JobWithMetadata<DeadlineJob>[]) => jobs.toSorted((one, other) => one.startAfter.valueOf() - other.startAfter.valueOf())
const done = (id: string): JobResult => ({ id, status: 'completed' })
const failed =
  (id: string, report: (error: unknown) => void) =>
  (error: unknown): JobResult => {
    report(error)
    return { id, status: 'failed' }
  }

/** Until the term has fired, or is not due: what the same case had due before goes first. */
async function fireOne({ door, boss }: Works, timerId: string): Promise<void> {
  for (;;) {
    const firing = await door.fire({ timerId, requestId: 'clock' })
    if (firing.result === 'BEFORE') continue
    // The clock of the database was set back, or the term was moved: it comes again when it is due.
    if (firing.result === 'EARLY') await boss.send(deadlineQueue, { timerId }, { startAfter: firing.dueAt })
    return
  }
}

/** A few at once, begun in the order in which they come. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const lane = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at]!)
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return results
}
