import { randomUUID } from 'node:crypto'
import { type Door, doorOf } from '../../src/engine/door.js'
import { customerId, employeeId } from '../../src/organisation/ids.js'
import { commandStoreOf } from '../../src/persistence/command-store.js'
import { deadlineQueue, openJobs, wakeBy } from '../../src/persistence/job-queue.js'
import { times } from './acts.js'
import type { House } from './house.js'
import { testKeys } from './keys.js'

/** Return visits, whose term has two reminders, opened by a door that puts their terms into the queue as a server does. */
export interface Visits {
  readonly door: Door
  /** Opens so many, due in a far year. Output: their ids. */
  open(count: number): Promise<string[]>
  /** Sets terms, the jobs in the queue with them. `rung`: null for the term itself. */
  setDue(terms: readonly { readonly caseId: string; readonly rung: number | null; readonly dueAt: Date }[]): Promise<void>
  close(): Promise<void>
}

export async function visitsIn({ appUrl, owner, pool, processes, reported }: House): Promise<Visits> {
  const report = (error: unknown) => void reported.push(error)
  const boss = await openJobs(appUrl, report)
  const wake = wakeBy(boss)
  const door = doorOf({ store: commandStoreOf(pool, processes, testKeys, wake), processes, report })
  const openOne = async () =>
    (
      await door.open({
        actorId: employeeId('complaint-specialist-1'),
        idempotencyKey: randomUUID(),
        requestId: 'visits',
        process: 'complaint-return-visit',
        form: { customer: customerId('C0001'), dueOn: '2099-01-01' },
      })
    ).caseId
  return {
    door,
    async open(count) {
      const ids: string[] = []
      let begun = 0
      const lane = async () => {
        while (begun++ < count) ids.push(await openOne())
      }
      await Promise.all(times(8, lane))
      return ids
    },
    async setDue(terms) {
      const given = JSON.stringify(terms)
      const { rows } = await owner.query(
        `update timer t set due_at = g."dueAt" from jsonb_to_recordset($1) as g("caseId" uuid, rung integer, "dueAt" timestamptz)
          where t.case_id = g."caseId" and t.rung is not distinct from g.rung and t.status = 'PENDING' returning t.id, t.due_at`,
        [given],
      )
      if (rows.length !== terms.length) throw new Error(`${rows.length} terms, not ${terms.length}`)
      await owner.query(`delete from pgboss.job where name = $1 and data->>'timerId' = any($2)`, [deadlineQueue, rows.map(({ id }) => id)])
      for (let at = 0; at < rows.length; at += 1000)
        await wake(pool, rows.slice(at, at + 1000).map(({ id, due_at }) => ({ id, dueAt: due_at.toISOString() })) as never)
    },
    close: () => boss.stop({ graceful: false }),
  }
}

/** What the history says of the terms that have fired, in the order in which it was written. Times in seconds since 1970 by the database. */
export async function firedIn({ owner }: House): Promise<{ caseId: string; action: string; timer: string; dueAt: number; lateBy: number; at: number }[]> {
  const { rows } = await owner.query(
    `select case_id as "caseId", action, d->>'timer' as timer, extract(epoch from (d->>'dueAt')::timestamptz)::float8 as "dueAt",
       (d->>'lateBy')::int as "lateBy", extract(epoch from recorded_at)::float8 as at
       from audit_entry, lateral (select content::jsonb->'details' as d) told where result = 'DONE' and d ? 'dueAt' order by position`,
  )
  return rows
}
