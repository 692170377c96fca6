import { workStream } from '../audit/chain.js'
import type { TaskKind } from '../engine/case-record.js'
import type { FoldedCase, Holder } from '../engine/fold.js'
import type { LaterOffer } from './people-at.js'
import type { Querier } from './pool.js'

/** A task as it stood at a moment. */
export interface TaskThen {
  readonly id: string
  readonly state: string
  readonly seat: string | null
  readonly kind: TaskKind
  readonly round: number
  readonly isOpen: boolean
  /** How it ended, and by whom; null while it is open. */
  readonly ended: { readonly status: 'COMPLETED' | 'SUPERSEDED'; readonly byId: string | null; readonly at: Date } | null
  readonly holder: Holder | null
  readonly openedAt: Date
  /** When its time is over, as it was reckoned last. */
  readonly dueAt: Date | null
}

/** Work of after a moment. */
export interface LaterWork {
  readonly action: string
  readonly taskId: string
  readonly role: string | null
}
/** Work that came after the moment and left its mark on rows that carry no moment of their own. */
async function laterWork(db: Querier, caseId: string, at: string): Promise<LaterWork[]> {
  const { rows } = await db.query(
    `select action, told ->> 'task' as "taskId", told ->> 'role' as role
       from (select action, content::jsonb -> 'details' as told from audit_entry
              where stream = $1 and recorded_at > $2 and action in ('HAND_OVER', 'RAISE')) later where told ? 'task'`,
    [workStream(caseId), at],
  )
  return rows
}

/** The tasks that had been opened by then, in that order, and which of them were raised to which post only later. */
export async function tasksAt(
  db: Querier,
  { record, holders }: FoldedCase,
  at: string,
): Promise<{ readonly tasks: readonly TaskThen[]; readonly raisedLater: readonly LaterWork[] }> {
  const { rows } = await db.query(
    `select *, coalesce(closed_at <= $2 and closed_sequence <= $3, false) as is_over from task
      where case_id = $1 and opened_at <= $2 and opened_sequence <= $3 order by opened_at, id`,
    [record.id, at, record.version],
  )
  // A voice that is handed over is recorded once its case is locked; its tasks carry the moment of the command before.
  const later = await laterWork(db, record.id, at)
  const handedOver = later.flatMap(({ action, taskId }) => (action === 'HAND_OVER' ? [taskId] : []))
  const successor = (row: any) =>
    rows.some((old) => handedOver.includes(old.id) && old.state === row.state && old.seat === row.seat && old.closed_at?.valueOf() === row.opened_at.valueOf())
  const tasks = rows
    .filter((row) => !successor(row))
    .map((row): TaskThen => {
      const isOver = row.is_over && !handedOver.includes(row.id)
      return {
        id: row.id,
        state: row.state,
        seat: row.seat,
        kind: row.kind,
        round: row.round,
        isOpen: !isOver,
        ended: isOver ? { status: row.status, byId: row.completed_by_id, at: row.closed_at } : null,
        holder: holders.get(row.id) ?? null,
        openedAt: row.opened_at,
        dueAt: row.due_at,
      }
    })
  return { tasks, raisedLater: later.filter(({ action, role }) => action === 'RAISE' && role !== null) }
}

/** Offers of tasks that were made only later, because the task lay too long: the last to the post that it was raised to. */
export async function laterOffers(db: Querier, raised: readonly LaterWork[]): Promise<LaterOffer[]> {
  if (raised.length === 0) return []
  const { rows } = await db.query(
    `select o.task_id as "taskId", max(o.place) as place from unnest($1::uuid[], $2::text[]) as raised(task_id, role)
       join task_offer o on o.task_id = raised.task_id and o.role = raised.role and o.level = 0 and o.person_id is null and o.department_ids is null group by o.task_id, o.role`,
    [raised.map(({ taskId }) => taskId), raised.map(({ role }) => role)],
  )
  return rows
}
