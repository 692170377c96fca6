import type pg from 'pg'
import { Refused, refuse } from '../engine/refused.js'
import { type EventRow, eventsAfter, newestPosition, oldestPosition } from '../persistence/events.js'
import { type TaskNews, taskNewsOf } from '../persistence/queries/task-news.js'
import { type Pump, pump } from './pump.js'

/** Events that follow one another, up to and including a position. */
export interface Batch {
  readonly upTo: number
  readonly events: readonly EventRow[]
  /** What they mean for tasks; looked up once, however many listen. */
  tasks(): Promise<readonly TaskNews[]>
}
export interface EventFeed extends Pump {
  /**
   * Everything behind a position, in order and without a gap, until the signal. Throws `CURSOR_EXPIRED` when it is no longer kept,
   * and the refusal with which the signal was given.
   */
  listen(from: number, options: { caseId?: string | undefined; signal: AbortSignal }): AsyncGenerator<Batch, void, void>
}

const pageSize = 500
/** A listener who is further behind than this reads the log by himself: nobody's slowness fills the memory. */
const waitingMax = 16

/** Whoever is up to date, and what he has not taken yet. */
interface Seat {
  waiting: Batch[]
  fell: boolean
  wake: () => void
}

/** One poller of the log a server, whatever the number of listeners. */
export async function feedOf({ pool, report, pauseMs = 100 }: { pool: pg.Pool; report: (error: unknown) => void; pauseMs?: number }): Promise<EventFeed> {
  let position = await newestPosition(pool)
  const seats = new Set<Seat>()
  const hand = (batch: Batch, isNext: boolean) => {
    for (const seat of seats) {
      if (!isNext || seat.waiting.length >= waitingMax) Object.assign(seat, { fell: true, waiting: [] })
      if (!seat.fell) seat.waiting.push(batch)
      seat.wake()
    }
  }
  const poll = async () => {
    const events = await eventsAfter(pool, position, { limit: pageSize })
    const last = events.at(-1)
    if (!last) return false
    // What was pruned before this server saw it is for the listeners to find out by themselves.
    const isNext = events[0]!.position === position + 1
    position = last.position
    hand(batchOf(pool, events, position), isNext)
    return events.length === pageSize
  }
  const polling = pump(poll, { pauseMs, report })

  async function* listen(from: number, { caseId, signal }: { caseId?: string | undefined; signal: AbortSignal }): AsyncGenerator<Batch, void, void> {
    let at = from
    while (!signal.aborted) {
      if (at < position) {
        const page = await pageAfter(pool, at, position, caseId)
        at = page.upTo
        yield page
        continue
      }
      // Nothing happens between the look above and here: no batch is handed out unseen.
      for await (const batch of sitting(seats, signal)) {
        if (batch.upTo <= at) continue
        const events = batch.events.filter((event) => event.position > at && (!caseId || event.caseId === caseId))
        yield at < batch.events[0]!.position && !caseId ? batch : batchOf(pool, events, batch.upTo)
        at = batch.upTo
      }
    }
    if (signal.reason instanceof Refused) throw signal.reason
  }
  return { listen, stop: () => polling.stop() }
}

/** The batches of the poller while one keeps up with them. */
async function* sitting(seats: Set<Seat>, signal: AbortSignal): AsyncGenerator<Batch, void, void> {
  const seat: Seat = { waiting: [], fell: false, wake: () => {} }
  const wake = () => seat.wake()
  seats.add(seat)
  signal.addEventListener('abort', wake)
  try {
    while (!signal.aborted && !seat.fell) {
      const next = seat.waiting.shift()
      if (next) yield next
      else
        await new Promise<void>((resolve) => {
          seat.wake = resolve
        })
    }
  } finally {
    seats.delete(seat)
    signal.removeEventListener('abort', wake)
  }
}

async function pageAfter(pool: pg.Pool, at: number, upTo: number, caseId: string | undefined): Promise<Batch> {
  const events = await eventsAfter(pool, at, { caseId, limit: pageSize, upTo })
  // Asked after the page was read: what was pruned in the meantime may be missing from it.
  if ((await oldestPosition(pool)) > at + 1) throw refuse('CURSOR_EXPIRED')
  return batchOf(pool, events, events.length === pageSize ? events.at(-1)!.position : upTo)
}

function batchOf(pool: pg.Pool, events: readonly EventRow[], upTo: number): Batch {
  let news: Promise<readonly TaskNews[]> | undefined
  return { events, upTo, tasks: () => (news ??= taskNewsOf(pool, events)) }
}
