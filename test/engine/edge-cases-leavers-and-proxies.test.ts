import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { approver, everybody } from '../../src/define/index.js'
import { employeeId, personId } from '../../src/organisation/ids.js'
import { actionsOf, applicant, candidatesOf, claim, handedIn, team } from '../support/edges.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { chainOf, countersignOf } from '../support/practice.js'

const administrator = 'organisation-administrator-1'
let house: House
beforeAll(async () => {
  house = await openHouse([
    chainOf('leave-chain'),
    countersignOf('leave-votes', everybody, { voters: { everyone: 'PROPOSAL_SPECIALIST' } }),
    countersignOf('leave-empty', everybody, { seats: { ONE: approver('KEY_ACCOUNT_SERVICE_TEAM') } }),
    countersignOf('leave-drawn', everybody, { voters: { everyone: 'KEY_ACCOUNT_SERVICE_TEAM' } }),
  ])
})
afterAll(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
})
afterAll(() => house.close())

const leaves = (login: string) => house.administer(administrator, { action: 'SET_ACTIVE', employeeId: employeeId(login), active: false })
const holderOf = async (task: string): Promise<string | null> =>
  (await house.pool.query('select claimed_by_id from task where id = $1', [task])).rows[0].claimed_by_id
/** What the history of the organisation says of the newest change of this person. */
const reportOn = async (login: string): Promise<Record<string, string>> =>
  (
    await house.pool.query(
      `select content::jsonb -> 'details' as report from audit_entry where process = 'organisation' and result = 'DONE' and content::jsonb -> 'details' ->> 'employeeId' = $1
        order by sequence desc limit 1`,
      [employeeId(login)],
    )
  ).rows[0].report
const draftsOf = async (task: string) => (await house.pool.query('select employee_id, action, content from task_draft where task_id = $1', [task])).rows
const draft = (login: string, taskId: string) =>
  house.door.saveDraft({
    actorId: employeeId(login),
    idempotencyKey: `draft-${login}-${taskId}`,
    requestId: 'test',
    taskId,
    draft: { action: 'APPROVE', content: '{"opinion":{"opinion":"同意"}}' },
  })
/** A claimed task with a draft, of somebody who will lose the role. */
async function claimedBy(login: string): Promise<{ it: DrivenCase; task: string }> {
  await house.hire(login, ['RELATIONS_SUPERVISOR'])
  const it = await handedIn(house, 'leave-chain')
  const task = await it.task()
  await claim(house, login, task)
  await draft(login, task)
  return { it, task }
}

test('edge-05: the role ends while the task is claimed: the act is refused, the task is for the others, the draft is kept', async () => {
  const { it, task } = await claimedBy('loser-1')
  await house.dismiss('loser-1', 'RELATIONS_SUPERVISOR')
  expect((await it.refused('loser-1', 'APPROVE'))[0]).toBe('NOT_ELIGIBLE')
  expect(await candidatesOf(it)).toEqual(['relations-supervisor-1', 'relations-supervisor-2'])
  await claim(house, 'relations-supervisor-1', task)
  expect(await draftsOf(task)).toEqual([{ employee_id: employeeId('loser-1'), action: 'APPROVE', content: '{"opinion":{"opinion":"同意"}}' }])
  expect(await it.act('relations-supervisor-1', 'APPROVE')).toBe('second')
})

test('edge-05: the role is taken away: the task is back in its pool at once, with its draft and a word in its history', async () => {
  const { it, task } = await claimedBy('loser-2')
  await house.administer(administrator, { action: 'REVOKE_ROLE', employeeId: employeeId('loser-2'), role: 'RELATIONS_SUPERVISOR' })
  expect(await holderOf(task)).toBeNull()
  expect(await draftsOf(task)).toHaveLength(1)
  expect(await reportOn('loser-2')).toMatchObject({ released: '1', toProxy: '0', toRole: '0' })
  const { rows } = await house.pool.query('select action, actor_id from audit_entry where stream = $1 order by sequence', [`work:${it.id}`])
  expect(rows).toEqual([
    { action: 'CLAIM', actor_id: employeeId('loser-2') },
    { action: 'HAND_OVER', actor_id: employeeId(administrator) },
  ])
  // Nothing is his any more, so that he is told no more than a stranger.
  expect(await it.refused('loser-2', 'APPROVE')).toEqual(['NOT_FOUND'])
  expect(await it.act('relations-supervisor-2', 'APPROVE')).toBe('second')
})

test('edge-10: somebody leaves with twelve tasks and three votes cast: the tasks go on, the votes count, the name is still read', async () => {
  const [leaver, ...others] = await team(house, 'ten', 'PROPOSAL_SPECIALIST', 3)
  await house.hire(leaver!, ['RELATIONS_SUPERVISOR'])
  const cases = (count: number, process: string) => Promise.all(Array.from({ length: count }, () => handedIn(house, process)))
  const voted = await cases(3, 'leave-votes')
  for (const it of voted) await it.act(leaver!, 'APPROVE')
  const unvoted = await cases(4, 'leave-votes')
  const claimed = await cases(8, 'leave-chain')
  for (const it of claimed) await claim(house, leaver!, await it.task())
  const deputy = await house.hire('ten-deputy', ['PROPOSAL_SPECIALIST'])
  await house.proxy(leaver!, deputy)
  await leaves(leaver!)
  expect(await reportOn(leaver!)).toMatchObject({ released: '8', toProxy: '4', toRole: '0', toOwner: '0', asked: '0' })
  for (const it of claimed) {
    expect(await candidatesOf(it)).toEqual(['relations-supervisor-1', 'relations-supervisor-2'])
    expect(await it.act('relations-supervisor-1', 'APPROVE')).toBe('second')
  }
  for (const it of [...voted, ...unvoted]) for (const login of others) await it.act(login, 'APPROVE')
  expect(await Promise.all(voted.map((it) => it.state()))).toEqual(['passed', 'passed', 'passed'])
  for (const it of unvoted) {
    expect(await candidatesOf(it)).toEqual([deputy])
    expect(await it.act(deputy, 'APPROVE')).toBe('passed')
  }
  const { rows } = await house.pool.query(
    `select e.name, a.aside ->> 'signedName' as signed from audit_entry a join employee e on e.id = a.actor_id where a.stream = $1 and a.actor_id = $2`,
    [`case:${voted[0]!.id}`, employeeId(leaver!)],
  )
  expect(rows).toEqual([{ name: leaver, signed: leaver }])
})

/** One voter leaves with his voice open. */
async function leaving(name: string, proxy?: string): Promise<{ it: DrivenCase; others: string[]; leaver: string }> {
  const [leaver, ...others] = await team(house, name, 'PROPOSAL_SPECIALIST', 3)
  await house.owner.query(
    `update role_assignment set valid_to = clock_timestamp() where role = 'PROPOSAL_SPECIALIST' and valid_to is null and employee_id <> all($1)`,
    [[leaver!, ...others].map(employeeId)],
  )
  const it = await handedIn(house, 'leave-votes')
  if (proxy) await house.proxy(leaver!, proxy === 'colleague' ? others[0]! : proxy)
  await leaves(leaver!)
  return { it, others, leaver: leaver! }
}

test('edge-10: a proxy who has a voice already gets no second one: it goes to the owner where nobody else holds the role', async () => {
  const { it, others, leaver } = await leaving('twice', 'colleague')
  expect(await reportOn(leaver)).toMatchObject({ toProxy: '0', toRole: '0', toOwner: '1' })
  for (const login of others) expect(await it.act(login, 'APPROVE')).toBe('voting')
  for (const login of others) expect(await it.refused(login, 'APPROVE')).toEqual(['SOD_CONFLICT'])
  expect(await it.act('cs-manager-1', 'APPROVE')).toBe('passed')
})

test('edge-10: nor does a proxy who is the applicant get the voice', async () => {
  const { it, leaver } = await leaving('own', applicant)
  expect(await reportOn(leaver)).toMatchObject({ toProxy: '0', toOwner: '1' })
  expect(await it.refused(applicant, 'APPROVE')).toEqual(['NOT_AUTHORISED'])
})

test('edge-10: where another holds the role the voice is his, and nobody votes twice', async () => {
  const { it, others, leaver } = await leaving('pool')
  await house.hire('pool-joins', ['PROPOSAL_SPECIALIST'])
  const late = await handedIn(house, 'leave-votes')
  await leaves(others[1]!)
  expect(await reportOn(leaver)).toMatchObject({ toOwner: '1' })
  // In the first case the one who joined has no voice yet; in the second everybody has.
  expect(await reportOn(others[1]!)).toMatchObject({ toRole: '1', toOwner: '1' })
  expect(await it.act('pool-joins', 'APPROVE')).toBe('voting')
  expect(await it.refused('pool-joins', 'APPROVE')).toEqual(['SOD_CONFLICT'])
  expect(await late.act(others[0]!, 'APPROVE')).toBe('voting')
  expect(await late.refused(others[0]!, 'APPROVE')).toEqual(['SOD_CONFLICT'])
})

test('edge-10: what only the leaver was asked is reported, and whoever asked takes it back', async () => {
  await house.hire('adviser', [])
  const it = await handedIn(house, 'leave-chain')
  await it.handle('relations-supervisor-1', 'DELEGATE', { people: ['adviser'] })
  await leaves('adviser')
  expect(await reportOn('adviser')).toMatchObject({ asked: '1', released: '0' })
  expect(await it.refused('relations-supervisor-1', 'APPROVE')).toEqual(['TASK_SUSPENDED'])
  await it.handle('relations-supervisor-1', 'RECALL', {}, { kind: 'DECIDE' })
  expect(await it.act('relations-supervisor-1', 'APPROVE')).toBe('second')
})

test.each([
  ['leave-empty', 'ONE'],
  ['leave-drawn', undefined],
])('edge-11: %s: nobody holds the role: nobody steps in and nothing passes, until somebody joins', async (process, seat) => {
  const how = seat === undefined ? {} : { seat }
  const it = await handedIn(house, process)
  const task = await it.task()
  expect(await candidatesOf(it)).toEqual([])
  expect(await it.refused('cs-manager-1', 'APPROVE', {}, how)).toEqual(['NOT_AUTHORISED'])
  expect(await it.state()).toBe('voting')
  const joins = await house.hire(`joins-${process}`, ['KEY_ACCOUNT_SERVICE_TEAM'])
  expect(await candidatesOf(it)).toEqual([joins])
  await claim(house, joins, task)
  expect(await it.act(joins, 'APPROVE', {}, how)).toBe('passed')
  expect(await actionsOf(it)).toEqual(['OPEN', 'SUBMIT', 'APPROVE'])
  await house.dismiss(joins, 'KEY_ACCOUNT_SERVICE_TEAM')
})

test('edge-11: the last holder goes while the task is open, and the next one finds it', async () => {
  const last = await house.hire('last-one', ['KEY_ACCOUNT_SERVICE_TEAM'])
  const cases = [await handedIn(house, 'leave-empty'), await handedIn(house, 'leave-drawn')]
  await house.administer(administrator, { action: 'REVOKE_ROLE', employeeId: employeeId(last), role: 'KEY_ACCOUNT_SERVICE_TEAM' })
  expect(await candidatesOf(cases[0]!)).toEqual([])
  const next = await house.hire('next-one', ['KEY_ACCOUNT_SERVICE_TEAM'])
  expect(await cases[0]!.act(next, 'APPROVE', {}, { seat: 'ONE' })).toBe('passed')
  expect(await candidatesOf(cases[1]!)).toEqual(['cs-manager-1', 'cs-manager-2', 'cs-manager-3'])
  expect(await cases[1]!.act('cs-manager-1', 'APPROVE')).toBe('passed')
  await house.dismiss(next, 'KEY_ACCOUNT_SERVICE_TEAM')
})

test('edge-27: the grant is revoked while the task is before the proxy: he is told so, and the principal decides', async () => {
  const proxy = await house.hire('proxy-1', [])
  const it = await handedIn(house, 'leave-chain')
  const grantId = await house.proxy('relations-supervisor-1', proxy)
  expect(await it.refused(proxy, 'RETURN', {}, { onBehalfOf: 'relations-supervisor-1' })).toEqual(['FORM_INVALID', 'reason REQUIRED'])
  await house.administer('relations-supervisor-1', { action: 'REVOKE_PROXY', employeeId: employeeId('relations-supervisor-1'), grantId })
  expect(await it.refused(proxy, 'APPROVE', {}, { onBehalfOf: 'relations-supervisor-1' })).toEqual(['PROXY_EXPIRED'])
  expect(await it.refused(proxy, 'APPROVE')).toEqual(['NOT_FOUND'])
  expect(await it.act('relations-supervisor-1', 'APPROVE')).toBe('second')
})

test('edge-27: so it is when the grant has run out, and for nobody who never had one', async () => {
  const proxy = await house.hire('proxy-2', [])
  const it = await handedIn(house, 'leave-chain')
  const grantId = await house.proxy('relations-supervisor-2', proxy)
  await house.owner.query('update proxy_grant set valid_to = clock_timestamp() where id = $1', [grantId])
  expect(await it.refused(proxy, 'APPROVE', {}, { onBehalfOf: 'relations-supervisor-2' })).toEqual(['PROXY_EXPIRED'])
  expect(await it.refused(proxy, 'APPROVE', {}, { onBehalfOf: 'relations-supervisor-1' })).toEqual(['NOT_FOUND'])
  expect(await it.refused('cs-manager-1', 'APPROVE', {}, { onBehalfOf: 'relations-supervisor-1' })).toEqual(['PROXY_EXPIRED'])
})

test('edge-27: what the proxy decided before stands, in his own name and on whose behalf', async () => {
  const proxy = await house.hire('proxy-3', [])
  const it = await handedIn(house, 'leave-chain')
  const grantId = await house.proxy('relations-supervisor-2', proxy)
  expect(await it.act(proxy, 'APPROVE', {}, { onBehalfOf: 'relations-supervisor-2' })).toBe('second')
  await house.administer('relations-supervisor-2', { action: 'REVOKE_PROXY', employeeId: employeeId('relations-supervisor-2'), grantId })
  const { rows } = await house.pool.query(
    `select actor_id as actor, on_behalf_of_id as principal, grant_id as grant from audit_entry where stream = $1 and action = 'APPROVE'`,
    [`case:${it.id}`],
  )
  expect(rows).toEqual([{ actor: employeeId(proxy), principal: employeeId('relations-supervisor-2'), grant: grantId }])
  expect((await it.record()).decisions.at(-1)).toMatchObject({ personId: personId(proxy), principalId: personId('relations-supervisor-2') })
})
