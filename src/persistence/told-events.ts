import type { Role } from '../define/index.js'
import type { Querier } from './pool.js'

/** One act as word of it goes out: its place among the events, and what the history says of it. */
export interface ToldEvent {
  readonly position: number
  readonly id: string
  readonly stream: string
  readonly sequence: number
  /** ISO 8601 in UTC with microseconds. */
  readonly at: string
  readonly process: string
  readonly definitionVersion: number
  readonly action: string
  readonly from: string | null
  readonly to: string | null
  readonly actor: { readonly id: string; readonly personId: string; readonly name: string } | null
  readonly isSystem: boolean
  readonly onBehalfOfId: string | null
  readonly roleUsed: Role | null
  readonly details: Readonly<Record<string, string>>
  readonly case: { readonly id: string; readonly number: string; readonly applicantId: string; readonly dueAt: Date | null } | null
}
/** A task of a case that something was done in. */
export interface ToldTask {
  readonly id: string
  readonly caseId: string
  readonly state: string
  readonly seat: string | null
  readonly kind: 'DECIDE' | 'SIGN' | 'ADVISE' | 'ANSWER'
  readonly isOpen: boolean
  readonly holderId: string | null
  readonly dueAt: Date | null
  /** Offered to a human being by name. */
  readonly isPersonal: boolean
  readonly askedById: string | null
  /** When, and with which sequence where an act of the case did it; null where it was work beside the case. ISO 8601. */
  readonly openedAt: string
  readonly openedWith: number | null
  readonly closedAt: string | null
  readonly closedWith: number | null
}

const iso = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

/** Where a reader of the events stands, locked for whoever asks first; null: another server is at it. */
export async function lockedPosition(db: Querier, reader: string): Promise<number | null> {
  await db.query('insert into event_reader (name, position) values ($1, 0) on conflict do nothing', [reader])
  const { rows } = await db.query('select position from event_reader where name = $1 for update skip locked', [reader])
  return rows[0] ? Number(rows[0].position) : null
}
export async function moveTo(db: Querier, reader: string, position: number): Promise<void> {
  await db.query('update event_reader set position = $2 where name = $1', [reader, position])
}

/** The events behind a position, in their order. */
export async function eventsAfter(db: Querier, position: number, most: number): Promise<ToldEvent[]> {
  const { rows } = await db.query(
    `select e.position, e.id, e.stream, e.sequence, ${iso('a.recorded_at')} as at, a.process, a.action, a.from_state as "from", a.to_state as "to",
       case when who.id is null then null else json_build_object('id', who.id, 'personId', who.person_id, 'name', who.name) end as actor,
       a.on_behalf_of_id as "onBehalfOfId", a.role_used as "roleUsed", a.content::jsonb as content, c.id as case_id, c.number, c.applicant_id, c.due_at
     from event e join audit_entry a on a.stream = e.stream and a.sequence = e.sequence
       left join service_case c on c.id = e.case_id left join employee who on who.id = a.actor_id
     where e.position > $1 order by e.position limit $2`,
    [position, most],
  )
  return rows.map(({ content, case_id, number, applicant_id, due_at, ...row }) => ({
    ...row,
    position: Number(row.position),
    definitionVersion: content.definitionVersion,
    isSystem: content.actor.kind === 'system',
    details: content.details ?? {},
    case: case_id && { id: case_id, number, applicantId: applicant_id, dueAt: due_at },
  }))
}

/** Every task of these cases, in the order in which they were opened. */
export async function tasksIn(db: Querier, caseIds: readonly string[]): Promise<ToldTask[]> {
  const withAct = (what: 'opened' | 'closed') =>
    `(select a.sequence from audit_entry a where a.stream = 'case:' || t.case_id and a.sequence = t.${what}_sequence and a.recorded_at = t.${what}_at)`
  const { rows } = await db.query(
    `select t.id, t.case_id as "caseId", t.state, t.seat, t.kind, t.status in ('OPEN', 'SUSPENDED') as "isOpen", t.claimed_by_id as "holderId", t.due_at as "dueAt",
       exists (select from task_offer o where o.task_id = t.id and o.person_id is not null) as "isPersonal", ask.by_id as "askedById",
       ${iso('t.opened_at')} as "openedAt", ${withAct('opened')} as "openedWith", ${iso('t.closed_at')} as "closedAt", ${withAct('closed')} as "closedWith"
     from task t left join ask on ask.id = t.ask_id where t.case_id = any($1) order by t.opened_at, t.id`,
    [caseIds],
  )
  return rows
}
