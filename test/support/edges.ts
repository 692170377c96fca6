import { randomUUID } from 'node:crypto'
import { employeeId } from '../../src/organisation/ids.js'
import type { DrivenCase, House } from './house.js'

/** What the tests of the edge cases have in common. */

/** Whoever applies: nobody whom a practice process asks to decide. */
export const applicant = 'technician-1'
export const because = { reason: { reason: '不同意' } }
export const request = (extra: object = {}) => ({ subject: '采购', ...extra })

/** So many people in a role. Output: their logins. */
export async function team(house: House, name: string, role: string, count: number): Promise<string[]> {
  const logins = Array.from({ length: count }, (_, index) => `${name}-${index + 1}`)
  for (const login of logins) await house.hire(login, [role])
  return logins
}
/** A case of a practice process that waits for its first decision. */
export async function handedIn(house: House, process: string, form: object = {}, by = applicant): Promise<DrivenCase> {
  const it = await house.open(by, process, request(form))
  await it.act(by, 'SUBMIT')
  return it
}
export const actionsOf = async (it: DrivenCase): Promise<string[]> => (await it.history()).map(({ action }) => action)
/** How many tasks of the case stand how. */
export async function tasksByStatus(it: DrivenCase, state?: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const task of await it.tasks()) if (state === undefined || task.state === state) counts[task.status] = (counts[task.status] ?? 0) + 1
  return counts
}
/** Who may do the open tasks of the case now, by login. */
export async function candidatesOf({ house, id }: DrivenCase): Promise<string[]> {
  const { rows } = await house.pool.query(
    `select distinct e.login from task t join task_candidate k on k.task_id = t.id join employee e on e.id = k.employee_id
      where t.case_id = $1 and t.status in ('OPEN', 'SUSPENDED') order by 1`,
    [id],
  )
  return rows.map(({ login }) => login)
}
/** Who did the tasks of a state, by employee id. */
export async function completersOf({ house, id }: DrivenCase, state: string): Promise<{ status: string; by: string | null }[]> {
  return (await house.pool.query('select status, completed_by_id as by from task where case_id = $1 and state = $2 order by opened_at, id', [id, state])).rows
}
export const claim = (house: House, login: string, taskId: string) =>
  house.door.handle({ actorId: employeeId(login), requestId: 'test', idempotencyKey: randomUUID(), operation: 'CLAIM', taskId })
/** What the case has reserved or used: account, amount and status. */
export async function commitmentsOf({ house, id }: DrivenCase): Promise<{ account: string; amount: string; status: string; place: number }[]> {
  return (await house.pool.query('select account, amount::text, status, place from commitment where case_id = $1 order by account', [id])).rows
}
/** The content that the newest entry of the case was bound to. */
export async function digestOf({ house, id }: DrivenCase): Promise<string> {
  const { rows } = await house.pool.query(
    `select content::jsonb ->> 'contentDigest' as digest from audit_entry where stream = $1 order by sequence desc limit 1`,
    [`case:${id}`],
  )
  return rows[0].digest
}
