import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import { type Desk, deskOf } from '../support/desk.js'
import type { DrivenCase } from '../support/house.js'
import { codeOf, type HttpHouse, serveHouse } from '../support/http.js'
import { faultsIn } from '../support/invariants.js'
import { allTold } from '../support/statements.js'
import { timed } from '../support/timed.js'

const publicUrl = 'https://office.example.com'
let http: HttpHouse
let owner: Desk
beforeAll(async () => {
  http = await serveHouse({ PUBLIC_URL: publicUrl }, undefined, [timed])
  owner = await deskOf(http, 'cs-manager-1')
}, 60_000)
afterAll(async () => {
  expect(await faultsIn(http.house.pool, http.house.processes, undefined, ['pausedAt'])).toEqual([])
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

const applicant = 'relations-specialist-2'
async function waiting(): Promise<DrivenCase> {
  const it = await http.house.open(applicant, 'timed', { subject: '一般' })
  await it.act(applicant, 'SUBMIT')
  return it
}
const pause = (desk: Desk, it: DrivenCase) => desk.refused('pauseCase', { caseId: it.id, reason: '等待检测报告' })

test('the clocks are stopped by the owner of the process: by no auditor, administrator, applicant or service account, nor twice or after the end', async () => {
  const it = await waiting()
  for (const login of ['auditor-1', 'organisation-administrator-1', applicant, 'relations-supervisor-1', 'payment-run'])
    expect([login, ['NOT_AUTHORISED', 'NOT_FOUND'].includes((await pause(await deskOf(http, login), it)).code as string)]).toEqual([login, true])
  expect(codeOf(await http.withToken()(`mutation { pauseCase(caseId: "${it.id}", reason: "x", idempotencyKey: "k") { id } }`))).toBe('UNAUTHENTICATED')
  const { pausedAt } = await owner.run('pauseCase', { caseId: it.id, reason: '等待检测报告' }, 'pausedAt')
  expect(pausedAt).toMatch(/^\d{4}-/)
  expect(await pause(owner, it)).toMatchObject({ code: 'CONDITION_UNMET' })
  expect(await owner.run('resumeCase', { caseId: it.id, reason: '已收到' }, 'pausedAt')).toEqual({ pausedAt: null })
  expect(await owner.refused('resumeCase', { caseId: it.id, reason: '已收到' })).toMatchObject({ code: 'CONDITION_UNMET' })
  await it.expire('GONE')
  expect(await pause(owner, it)).toMatchObject({ code: 'CONDITION_UNMET' })
})

test('a paused case that ends waits for no clock any more', async () => {
  const it = await waiting()
  await owner.run('pauseCase', { caseId: it.id, reason: '等待' })
  await it.act('relations-specialist-1', 'ANSWER', { opinion: { opinion: '同意' } })
  await it.act('relations-supervisor-1', 'APPROVE', { opinion: { opinion: '同意' } })
  expect((await it.timers()).filter(({ status }) => status === 'PENDING' || status === 'PAUSED')).toEqual([])
})

test('what stands still does not become overdue, in the case, in its tasks and in their lists', async () => {
  const it = await waiting()
  const fields = `case(id: "${it.id}") { overdue tasks { status overdue } }`
  const lists = `cases(filter: { processes: ["timed"], overdue: true }) { edges { node { id } } } tasks(filter: { caseId: "${it.id}", overdue: true }) { totalCount }`
  const seen = async () => {
    const { case: kase, cases, tasks } = await owner.read(`{ ${fields} ${lists} }`)
    const listed = cases.edges.some(({ node }: any) => node.id === it.id)
    return [kase.overdue, kase.tasks.find(({ status }: any) => status === 'OPEN').overdue, listed, tasks.totalCount]
  }
  await owner.run('pauseCase', { caseId: it.id, reason: '等待' })
  // Three days ago it was stopped, and two days ago it would have been over.
  await http.house.owner.query(`update service_case set paused_at = now() - interval '3 days', due_at = now() - interval '2 days' where id = $1`, [it.id])
  await http.house.owner.query(`update task set due_at = now() - interval '2 days' where case_id = $1`, [it.id])
  expect(await seen()).toEqual([false, false, false, 0])
  await http.house.owner.query(`update service_case set due_at = now() - interval '4 days' where id = $1`, [it.id])
  await http.house.owner.query(`update task set due_at = now() - interval '4 days' where case_id = $1`, [it.id])
  expect(await seen()).toEqual([true, true, true, 1])
})

test('no act of the clock is in the API, and the history says of each when it was due and how late it was', async () => {
  const it = await waiting()
  const { rows } = await http.house.owner.query(
    `update timer set due_at = date_trunc('second', clock_timestamp()) - interval '90 minutes' where case_id = $1 and name = 'NOTED' returning id, due_at`,
    [it.id],
  )
  await http.house.door.fire({ timerId: rows[0].id, requestId: 'clock' })
  const { availableActions, history } = (
    await owner.read(`{ case(id: "${it.id}") { availableActions { action } history { edges { node { action dueAt lateBySeconds actor { login } } } } } }`)
  ).case
  expect(availableActions.map(({ action }: any) => action).filter((action: string) => ['NOTED', 'GONE', 'HURRY'].includes(action))).toEqual([])
  const noted = history.edges.map(({ node }: any) => node).find(({ action }: any) => action === 'NOTED')
  expect(noted).toMatchObject({ actor: null, dueAt: rows[0].due_at.toISOString() })
  expect(noted.lateBySeconds).toBeGreaterThanOrEqual(5400)
  expect(noted.lateBySeconds).toBeLessThan(5460)
})

test('edge-33: a link that was forwarded names the task and not the person: whoever opens it signs in, and may what he may', async () => {
  await http.house.owner.query(`update employee set email = login || '@example.com' where login like 'relations-specialist-%'`)
  const it = await waiting()
  const taskId = await it.task()
  await allTold(http.house)
  const letters = (await http.house.pool.query(`select distinct content ->> 'link' as link from delivery where case_id = $1 and channel = 'EMAIL'`, [it.id]))
    .rows
  // The same for all who are told: an address and the id of the task.
  expect(letters).toEqual([{ link: `${publicUrl}/tasks/${taskId}` }])
  const id = new URL(letters[0].link).pathname.split('/').at(-1)!
  const query = 'query ($id: ID!) { node(id: $id) { id ... on Task { actions { action allowed } case { id } } } }'
  expect(codeOf(await http.withToken()(query, { id }))).toBe('UNAUTHENTICATED')
  expect(codeOf(await http.withToken(id)(query, { id }))).toBe('UNAUTHENTICATED')
  const stranger = await deskOf(http, 'repair-technician-1')
  expect(codeOf(await stranger.ask(query, { id }))).toBe('NOT_FOUND')
  expect(await stranger.refused('claimTask', { taskId: id })).toMatchObject({ code: 'NOT_FOUND' })
  expect(await stranger.refused('timedAnswer', { caseId: it.id }, { type: 'OpinionInput!', values: { opinion: '同意' } })).toMatchObject({ code: 'NOT_FOUND' })
  expect((await it.tasks()).find((task) => task.id === taskId)).toMatchObject({ status: 'OPEN' })
  // The one to whom it was forwarded, signed in, is himself: what he does is his.
  const other = await deskOf(http, 'relations-specialist-1')
  expect((await other.read(query, { id })).node).toMatchObject({ case: { id: it.id }, actions: expect.arrayContaining([{ action: 'CLAIM', allowed: true }]) })
  await other.run('claimTask', { taskId: id })
  const { rows } = await http.house.pool.query('select claimed_by_id from task where id = $1', [id])
  expect(rows).toEqual([{ claimed_by_id: employeeId('relations-specialist-1') }])
})
