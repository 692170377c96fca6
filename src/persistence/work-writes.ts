import type { Ask, CaseRecord, Party, TaskRecord } from '../engine/case-record.js'
import type { Draft } from '../engine/case-store.js'
import type { Querier } from './pool.js'

const columns = `id, state, seat, kind, ask_id as "askId", status in ('OPEN', 'SUSPENDED') as "isOpen", status = 'SUSPENDED' as "isSuspended", claimed_by_id as "holderId"`

export async function taskOf(db: Querier, taskId: string): Promise<TaskRecord | null> {
  return (await db.query<TaskRecord>(`select ${columns} from task where id = $1`, [taskId])).rows[0] ?? null
}
/** The tasks of a case that are not done, suspended ones included, in the order of their ids. */
export async function openTasksOf(db: Querier, caseId: string): Promise<TaskRecord[]> {
  return (await db.query<TaskRecord>(`select ${columns} from task where case_id = $1 and status in ('OPEN', 'SUSPENDED') order by id`, [caseId])).rows
}
export async function closeTask(db: Querier, taskId: string, completedById: string | null, version: number, now: string): Promise<void> {
  await db.query(
    `update task set status = case when $2::uuid is null then 'SUPERSEDED' else 'COMPLETED' end, completed_by_id = $2, closed_sequence = $3, closed_at = $4
      where id = $1 and status in ('OPEN', 'SUSPENDED')`,
    [taskId, completedById, version, now],
  )
}
export async function askOn(db: Querier, { id: caseId, state, round }: CaseRecord, asks: readonly Ask[], now: string): Promise<void> {
  for (const { id, kind, seat, by, to, question, status } of asks)
    await db.query(
      'insert into ask (id, case_id, state, seat, round, kind, by_id, to_id, question, status, asked_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)',
      [id, caseId, state, seat, round, kind, by.employeeId, to.employeeId, question, status, now],
    )
}
export async function settleAsk(db: Querier, id: string, status: Ask['status'], answer: string | null, now: string): Promise<void> {
  await db.query(`update ask set status = $2, answer = $3, answered_at = case when $2 = 'OPEN' then null else $4::timestamptz end where id = $1`, [
    id,
    status,
    answer,
    now,
  ])
}
export async function remindersOf(db: Querier, taskId: string, now: string): Promise<{ lastHour: number; lastDay: number }> {
  const { rows } = await db.query(
    `select count(*) filter (where reminded_at > $2::timestamptz - interval '1 hour')::int as "lastHour",
            count(*) filter (where reminded_at > $2::timestamptz - interval '1 day')::int as "lastDay" from task_reminder where task_id = $1`,
    [taskId, now],
  )
  return rows[0]
}
export async function copyTo(db: Querier, caseId: string, from: Party, to: readonly Party[], note: string, now: string): Promise<void> {
  await db.query(
    `insert into case_copy (case_id, person_id, employee_id, from_id, note, copied_at)
     select $1, person, employee, $4, $5, $6 from unnest($2::uuid[], $3::uuid[]) as given(person, employee) on conflict do nothing`,
    [caseId, to.map(({ personId }) => personId), to.map(({ employeeId }) => employeeId), from.employeeId, note, now],
  )
}
export async function saveDraft(db: Querier, taskId: string, employeeId: string, { action, content }: Draft, now: string): Promise<void> {
  await db.query(
    `insert into task_draft (task_id, employee_id, action, content, saved_at) values ($1, $2, $3, $4, $5)
       on conflict (task_id, employee_id) do update set action = $3, content = $4, saved_at = $5`,
    [taskId, employeeId, action, content, now],
  )
}
/** Open cases in which this account has claimed a task, is asked something, or has a voice on the ballot. */
export async function casesHeldBy(db: Querier, employeeId: string): Promise<string[]> {
  const { rows } = await db.query(
    `select case_id from task where claimed_by_id = $1 and status in ('OPEN', 'SUSPENDED')
     union select case_id from ask where to_id = $1 and live and status = 'OPEN'
     union select id from service_case where outcome is null and handling @> jsonb_build_object('ballot', jsonb_build_object('seats', jsonb_build_array(jsonb_build_object('employeeId', $1::text))))
     order by 1`,
    [employeeId],
  )
  return rows.map(({ case_id }) => case_id)
}
