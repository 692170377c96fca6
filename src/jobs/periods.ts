import type pg from 'pg'
import type { Door } from '../engine/door.js'
import type { LoadedProcess, Processes } from '../engine/processes.js'
import { systemAccount } from '../engine/system-account.js'
import type { Period } from '../persistence/queries/complaint-facts.js'
import type { FiguresOf } from '../persistence/queries/period-figures.js'
import { type PeriodsOpened, periodsOpened } from '../persistence/queries/periods.js'

/** `now`: the moment that counts as now, ISO 8601; absent, the clock of the database does. */
export interface Periods {
  readonly pool: pg.Pool
  readonly door: Pick<Door, 'open'>
  readonly processes: Processes
  readonly figures: Readonly<Record<string, FiguresOf>>
  readonly now?: () => string
}

/**
 * Opens the cases of ended periods, one a turn, the oldest first; a turn answers whether there is more to do.
 * However many servers take turns, each period is opened once. Throws, when made, where a process names figures that there are not.
 */
export function periodsOf(house: Periods): () => Promise<boolean> {
  const periodic = [...house.processes.current.values()].filter(({ definition }) => definition.every)
  for (const { definition } of periodic)
    if (!house.figures[definition.every!.figures]) throw new Error(`${definition.id} asks for the figures ${definition.every!.figures}, which there are not`)
  return async () => {
    for (const loaded of periodic) {
      const [next] = monthsDue(await opened(house, loaded))
      if (next) return openNext(house, loaded)
    }
    return false
  }
}

const opened = ({ pool, processes, now }: Periods, { definition: { id, startsWith } }: LoadedProcess) =>
  periodsOpened(pool, [...processes.current.keys()], id, startsWith, now?.() ?? null)

/** One server at a time looks again and opens: the figures of two would differ by what happened between them. Output: whether more is due. */
async function openNext(house: Periods, loaded: LoadedProcess): Promise<boolean> {
  const { id, every } = loaded.definition
  const client = await house.pool.connect()
  let broken: Error | undefined
  try {
    const { rows } = await client.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as taken', [`period:${id}`])
    if (!rows[0].taken) return false
    try {
      const [next, ...later] = monthsDue(await opened(house, loaded))
      if (!next) return false
      const form = { periodFrom: next.from, periodTo: next.to, ...(await house.figures[every!.figures]!(client, next)) }
      const key = `period:${id}:${next.from}`
      await house.door.open({ actorId: systemAccount.employeeId, process: id, form, idempotencyKey: key, requestId: key })
      return later.length > 0
    } finally {
      await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [`period:${id}`]).catch((error: Error) => {
        broken = error
      })
    }
  } finally {
    client.release(broken)
  }
}

/** Ended months without a case, the oldest first: all since the newest that has one; in a fresh house the last, unless it ended before the first case. */
export function monthsDue({ today, newest, firstCase }: PeriodsOpened): Period[] {
  const running = today.slice(0, 7)
  if (newest === null && (firstCase === null || firstCase.slice(0, 7) >= running)) return []
  const months: string[] = []
  for (let month = newest === null ? after(running, -1) : after(newest, 1); month < running; month = after(month, 1)) months.push(month)
  return months.map((month) => ({ from: `${month}-01`, to: new Date(Date.parse(`${after(month, 1)}-01T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10) }))
}
/** The month so many after the one of a day or month, `YYYY-MM`. */
function after(day: string, months: number): string {
  const place = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + months
  return `${Math.floor(place / 12)}-${String((place % 12) + 1).padStart(2, '0')}`
}
