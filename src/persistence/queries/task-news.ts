import type { EventRow } from '../events.js'
import type { Querier } from '../pool.js'

export type TaskNewsKind = 'OPENED' | 'CLAIMED' | 'RELEASED' | 'MOVED' | 'ASKED' | 'ANSWERED' | 'REMINDED' | 'RAISED' | 'CLOSED'

/** What an event means for one task. `place`: its number within the event, the same whenever it is asked for. */
export interface TaskNews {
  readonly event: EventRow
  readonly place: number
  readonly isLast: boolean
  readonly kind: TaskNewsKind
  readonly taskId: string
  /** Everybody whose task it is, by employee id, at the moment of asking. */
  readonly audience: ReadonlySet<string>
}

/** Work on a task, by the action of its entry; what only opens or closes tasks is told by them. */
const kinds: Readonly<Record<string, TaskNewsKind>> = {
  CLAIM: 'CLAIMED',
  RELEASE: 'RELEASED',
  HAND_OVER: 'RELEASED',
  REASSIGN: 'MOVED',
  TRANSFER: 'MOVED',
  DELEGATE: 'ASKED',
  ADD_SIGNER: 'ASKED',
  ASK: 'ASKED',
  RECALL: 'ANSWERED',
  RESPOND: 'ANSWERED',
  REMOVE_SIGNER: 'ANSWERED',
  REMIND: 'REMINDED',
  WIDEN: 'RAISED',
  RAISE: 'RAISED',
}

/** What events mean for tasks, in order, each with its audience. Two statements, whatever their number. */
export async function taskNewsOf(db: Querier, events: readonly EventRow[]): Promise<TaskNews[]> {
  const told = events.filter(({ caseId }) => caseId !== null)
  if (told.length === 0) return []
  const byPosition = new Map(told.map((event) => [event.position, event]))
  const { rows } = await db.query<{ position: string; taskId: string; did: string }>(changes, [[...byPosition.keys()]])
  const places = new Map<number, number>()
  const news = rows.flatMap(({ position, taskId, did }) => {
    const event = byPosition.get(Number(position))!
    const kind = did === 'CLOSED' || did === 'OPENED' ? did : kinds[event.action]
    if (!kind) return []
    const place = places.get(event.position) ?? 0
    places.set(event.position, place + 1)
    return [{ event, place, kind, taskId }]
  })
  const audiences = await audiencesOf(db, [...new Set(news.map(({ taskId }) => taskId))])
  return news.map((one) => ({ ...one, isLast: one.place + 1 === places.get(one.event.position), audience: audiences.get(one.taskId) ?? new Set() }))
}

/**
 * Which tasks an entry opened and closed. A case's own entry: those that carry its sequence and its moment. An entry of the work beside
 * it: those of its moment that no entry of the case claims, told by the first entry of that moment. A voice handed over carries an
 * earlier moment: its old task is the one that the entry names, and the new one was opened when that was closed.
 * All of it is settled when the event is published and never changes, so that a position in it stays what it was.
 */
const changes = `
with told as (
  select e.position, e.case_id, e.stream like 'case:%' as moves, a.sequence, a.recorded_at, a.action = 'HAND_OVER' as late, a.action in ('RESPOND', 'RECALL') as comes_back,
      (a.content::jsonb -> 'details' ->> 'task')::uuid as task_id,
      not exists (select from audit_entry b where b.stream = a.stream and b.sequence = a.sequence - 1 and b.recorded_at = a.recorded_at) as first
    from event e join audit_entry a on a.stream = e.stream and a.sequence = e.sequence where e.position = any($1)),
 dated as (
  select t.*, t.opened_at is not distinct from o.recorded_at as opened_by_case, t.closed_at is not distinct from c.recorded_at as closed_by_case
    from task t left join audit_entry o on o.stream = 'case:' || t.case_id and o.sequence = t.opened_sequence
      left join audit_entry c on c.stream = 'case:' || t.case_id and c.sequence = t.closed_sequence
   where t.case_id in (select case_id from told)),
 subject as (
  select told.*, coalesce(owner.id, named.id) as about, named.id as named_id, named.closed_at as named_closed_at, named.state, named.seat
    from told left join task named on named.id = told.task_id
      left join task owner on told.comes_back and named.kind <> 'DECIDE' and owner.kind = 'DECIDE' and owner.case_id = named.case_id and owner.state = named.state
        and owner.seat is not distinct from named.seat and owner.opened_at <= told.recorded_at and (owner.closed_at is null or owner.closed_at >= told.recorded_at))
select position, about as "taskId", 'WORK' as did, 0 as rank from subject
  where about is not null and not moves and not (late and coalesce(named_closed_at <= recorded_at, false))
union all
select s.position, d.id, 'CLOSED', 1 from subject s join dated d on d.case_id = s.case_id
  where s.moves and d.closed_by_case and d.closed_sequence = s.sequence
     or not s.moves and not s.late and s.first and not d.closed_by_case and d.closed_at = s.recorded_at
     or s.late and d.id = s.named_id and d.closed_at <= s.recorded_at
union all
select s.position, d.id, 'OPENED', 2 from subject s join dated d on d.case_id = s.case_id
  where s.moves and d.opened_by_case and d.opened_sequence = s.sequence
     or not s.moves and not s.late and s.first and not d.opened_by_case and d.opened_at = s.recorded_at
     or s.late and d.kind = 'DECIDE' and d.state = s.state and d.seat is not distinct from s.seat and d.opened_at = s.named_closed_at and d.opened_at <= s.recorded_at
order by 1, 4, 2`

/**
 * Whose task each of these is now: its candidates, also when it is over; whoever holds it while it may be his; whoever completed it;
 * and whoever stands in for one of them, by the rule of the inbox. `employeeId`: only whether this one is among them.
 */
export async function audiencesOf(db: Querier, taskIds: readonly string[], employeeId?: string): Promise<Map<string, Set<string>>> {
  const audiences = new Map<string, Set<string>>()
  if (taskIds.length === 0) return audiences
  const { rows } = await db.query<{ task_id: string; employee_id: string }>(
    `with own as (
       select task_id, employee_id from task_candidate where task_id = any($1)
       union select t.id, o.employee_id from task t join offered_person o on o.task_id = t.id and o.employee_id = t.claimed_by_id where t.id = any($1)
       union select id, completed_by_id from task where id = any($1) and completed_by_id is not null),
     everybody as (
       select task_id, employee_id from own
       union select t.id, p.id from own join task t on t.id = own.task_id and t.kind = 'DECIDE' join service_case s on s.id = t.case_id
         join proxy_grant g on g.principal_id = own.employee_id and g.revoked_at is null and g.valid_from <= now() and g.valid_to > now()
           and (g.processes = '{}' or s.process = any(g.processes))
         join employee p on p.id = g.proxy_id and p.active and p.person_id <> s.applicant_person_id
        where not exists (select from task_offer o where o.task_id = t.id and p.person_id = any(o.excluded_person_ids)))
     select task_id, employee_id from everybody where $2::uuid is null or employee_id = $2`,
    [taskIds, employeeId ?? null],
  )
  for (const { task_id, employee_id } of rows) audiences.set(task_id, (audiences.get(task_id) ?? new Set()).add(employee_id))
  return audiences
}
