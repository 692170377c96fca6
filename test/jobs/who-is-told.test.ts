import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { entryWith, under } from '../../src/engine/entry.js'
import { employeeId } from '../../src/organisation/ids.js'
import { commandStoreOf } from '../../src/persistence/command-store.js'
import { poolMax } from '../../src/persistence/receivers.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { testKeys } from '../support/keys.js'
import { engage, inReview, openTold, requestOf, tellAll, told, toldPractice } from '../support/told.js'

let house: House
beforeAll(async () => {
  house = await openHouse([toldPractice])
  await engage(house)
})
afterEach(async () => {
  await tellAll(house)
  const { rows } = await house.pool.query(
    `select d.id from delivery d join event e on e.position = d.event_position join audit_entry a on a.stream = e.stream and a.sequence = e.sequence
       join employee who on who.id = a.actor_id join employee told on told.id = d.employee_id where told.person_id = who.person_id
     union all select min(id::text)::uuid from delivery where employee_id is not null group by employee_id, event_position, channel having count(*) > 1`,
  )
  expect(rows).toEqual([])
})
afterAll(() => house.close())

const because = { reason: { reason: '不全' } }
const inVoting = async () => {
  const it = await inReview(house)
  await it.act('leader-a', 'APPROVE')
  await tellAll(house)
  return it
}
/** What the clock does: an entry of the system beside the case, as the door writes one. */
const bySystem = (it: DrivenCase, action: string, details: Record<string, string>) =>
  commandStoreOf(house.pool, house.processes, testKeys).transact(async (tx) => {
    const { state } = (await tx.lockCase(it.id))!
    const entry = entryWith({
      ...under(house.processes.current.get(it.process)!),
      action,
      from: state,
      to: state,
      actor: { id: '', kind: 'system' },
      details,
      requestId: 'clock',
      idempotencyKey: action,
    })
    await tx.recordWork(it.id, entry)
  })
const copy = (login: string, caseId: string, ...logins: string[]) =>
  house.door.copy({ ...requestOf(login), caseId, what: 'COPY', employeeIds: logins.map(employeeId), text: '请知悉' })

test('a task that is opened: its candidates, once it is not one’s own doing', async () => {
  const it = await openTold(house)
  expect(await told(house)).toEqual([])
  await it.act('asker', 'SUBMIT')
  expect(await told(house)).toEqual(['leader-a 待您办理', 'leader-b 待您办理'])
  await it.act('leader-b', 'APPROVE')
  expect(await told(house)).toEqual(['hearer-a 知会', 'voter-a 待您办理', 'voter-b 待您办理'])
})

test('claiming a task and giving it back: nobody', async () => {
  const it = await inReview(house)
  await it.handle('leader-a', 'CLAIM')
  await it.handle('leader-a', 'RELEASE')
  expect(await told(house)).toEqual([])
})

test('a task that has been done meanwhile is told to nobody', async () => {
  const it = await openTold(house)
  await it.act('asker', 'SUBMIT')
  await it.act('leader-a', 'RETURN', because)
  expect(await told(house)).toEqual(['asker 已退回'])
})

test('a return and an end: the applicant', async () => {
  const returned = await inReview(house)
  await returned.act('leader-a', 'RETURN', because)
  expect(await told(house)).toEqual(['asker 已退回'])
  const rejected = await inReview(house)
  await rejected.act('leader-a', 'REJECT', because)
  expect(await told(house)).toEqual(['asker 已结束'])
  const passed = await inVoting()
  await passed.act('voter-a', 'APPROVE')
  expect(await told(house)).toEqual([])
  await passed.act('voter-b', 'APPROVE')
  expect(await told(house)).toEqual(['asker 已结束'])
})

test('taken back: whoever held a task or had a voice that was still to be raised; the pool need not know', async () => {
  const voted = await inVoting()
  await voted.act('voter-a', 'APPROVE')
  await voted.act('asker', 'WITHDRAW', because)
  expect(await told(house)).toEqual(['voter-b 已撤回，无需办理'])
  const claimed = await inReview(house)
  await claimed.handle('leader-b', 'CLAIM')
  await claimed.act('asker', 'WITHDRAW', because)
  expect(await told(house)).toEqual(['leader-b 已撤回，无需办理'])
  const pool = await inReview(house)
  await pool.act('asker', 'WITHDRAW', because)
  expect(await told(house)).toEqual([])
})

test('asked for an opinion, for information, for a signature before or after: whoever is asked; answered: whoever asked', async () => {
  const it = await inReview(house)
  await it.handle('leader-a', 'DELEGATE', { people: ['adviser'] })
  expect(await told(house)).toEqual(['adviser 请您答复'])
  await it.handle('adviser', 'RESPOND', {}, { kind: 'ADVISE' })
  expect(await told(house)).toEqual(['leader-a 已答复'])
  await it.handle('leader-a', 'ASK')
  expect(await told(house)).toEqual(['asker 请您答复'])
  await it.handle('asker', 'RESPOND', {}, { kind: 'ANSWER' })
  expect(await told(house)).toEqual(['leader-a 已答复'])
  await it.handle('leader-a', 'ADD_SIGNER', { people: ['signer'], position: 'BEFORE' })
  expect(await told(house)).toEqual(['signer 请您答复'])
  await it.handle('signer', 'RESPOND', { approves: true }, { kind: 'SIGN' })
  expect(await told(house)).toEqual(['leader-a 已答复'])
  await it.handle('leader-a', 'ADD_SIGNER', { people: ['adviser'], position: 'AFTER' })
  expect(await told(house)).toEqual([])
  await it.act('leader-a', 'APPROVE')
  expect(await told(house)).toEqual(['adviser 请您答复'])
  await it.handle('adviser', 'RESPOND', { approves: true }, { kind: 'SIGN' })
  expect(await told(house)).toEqual(['hearer-a 知会', 'leader-a 已答复', 'voter-a 待您办理', 'voter-b 待您办理'])
})

test('transferred and reassigned: the receiver, of a pool task and of a voice', async () => {
  const it = await inReview(house)
  await it.handle('leader-a', 'TRANSFER', { people: ['leader-b'] })
  expect(await told(house)).toEqual(['leader-b 转交给您'])
  const other = await inReview(house)
  await other.handle('owner-a', 'REASSIGN', { people: ['leader-a'] })
  expect(await told(house)).toEqual(['leader-a 转交给您'])
  const voting = await inVoting()
  await house.hire('voter-c', ['FILM_DIRECTOR'])
  await house.owner.query(`update employee set email = 'voter-c@example.com' where login = 'voter-c'`)
  await voting.handle('voter-a', 'TRANSFER', { people: ['voter-c'] }, { of: 'voter-a' })
  expect(await told(house)).toEqual(['voter-c 转交给您'])
  await house.dismiss('voter-c', 'FILM_DIRECTOR')
})

test('a voice beside the others: whoever it is given to', async () => {
  const it = await inVoting()
  await it.handle('voter-a', 'ADD_SIGNER', { people: ['signer'], position: 'PARALLEL' }, { of: 'voter-a' })
  expect(await told(house)).toEqual(['signer 待您办理'])
})

test('reminded, by a person or by the clock: the holder, else the candidates', async () => {
  const it = await inReview(house)
  await it.handle('asker', 'REMIND')
  expect(await told(house)).toEqual(['leader-a 催办', 'leader-b 催办'])
  await it.handle('leader-b', 'CLAIM')
  await bySystem(it, 'REMIND', { task: await it.task(), lateBy: '60000' })
  expect(await told(house)).toEqual(['leader-b 时限提醒'])
})

test('raised or widened by the clock: whom it brought in, and the owner of the process', async () => {
  const it = await inReview(house)
  await bySystem(it, 'WIDEN', { task: await it.task() })
  expect(await told(house)).toEqual(['leader-a 已升级', 'leader-b 已升级', 'owner-a 已升级'])
  await bySystem(it, 'RAISE', { task: await it.task(), employees: employeeId('leader-b') })
  expect(await told(house)).toEqual(['leader-b 已升级', 'owner-a 已升级'])
})

test('put back into the pool by the clock: whoever may do it now, and nobody is given it', async () => {
  const it = await inReview(house)
  await it.handle('leader-a', 'CLAIM')
  await house.owner.query('update task set claimed_by_id = null, claimed_at = null where id = $1', [await it.task()])
  await bySystem(it, 'REASSIGN', { task: await it.task(), lateBy: '0', employees: employeeId('leader-a') })
  expect(await told(house)).toEqual(['leader-a 时限提醒', 'leader-b 时限提醒'])
})

test('whoever stands in for somebody is told with them, of what they may do in their place', async () => {
  const grant = await house.proxy('leader-a', 'adviser')
  const it = await openTold(house)
  await it.act('asker', 'SUBMIT')
  expect(await told(house)).toEqual(['adviser 待您办理', 'leader-a 待您办理', 'leader-b 待您办理'])
  await it.handle('leader-a', 'CLAIM')
  await bySystem(it, 'REMIND', { task: await it.task(), lateBy: '0' })
  expect(await told(house)).toEqual(['adviser 时限提醒', 'leader-a 时限提醒'])
  await house.administer('leader-a', { action: 'REVOKE_PROXY', employeeId: employeeId('leader-a'), grantId: grant })
  await house.proxy('leader-b', 'asker')
  await it.handle('leader-a', 'RELEASE')
  await bySystem(it, 'REMIND', { task: await it.task(), lateBy: '0' })
  // Nobody stands in for another on his own request.
  expect(await told(house)).toEqual(['leader-a 时限提醒', 'leader-b 时限提醒'])
})

test('copied: whom it was copied to', async () => {
  const it = await inReview(house)
  await copy('asker', it.id, 'reader', 'signer')
  expect(await told(house)).toEqual(['reader 抄送给您', 'signer 抄送给您'])
})

test('nobody may do it: the owner of the process, when a task is opened so and when somebody leaves it so', async () => {
  const it = await inReview(house)
  const admin = 'organisation-administrator-1'
  await house.administer(admin, { action: 'REVOKE_ROLE', employeeId: employeeId('leader-a'), role: 'PROJECT_LEADER' })
  expect(await told(house)).toEqual([])
  await house.administer(admin, { action: 'SET_ACTIVE', employeeId: employeeId('leader-b'), active: false })
  expect(await told(house)).toEqual(['owner-a 无人可办'])
  const { rows } = await house.pool.query('select content from delivery order by seq desc limit 1')
  expect(rows[0].content.text).toContain((await it.record()).number)
  const other = await openTold(house)
  await other.act('asker', 'SUBMIT')
  expect(await told(house)).toEqual(['owner-a 无人可办'])
  await house.administer(admin, { action: 'SET_ACTIVE', employeeId: employeeId('leader-b'), active: true })
  await house.administer(admin, { action: 'GRANT_ROLE', employeeId: employeeId('leader-a'), role: 'PROJECT_LEADER' })
})

test('a voice that is handed over: whoever has it now', async () => {
  await inVoting()
  await house.administer('organisation-administrator-1', { action: 'SET_ACTIVE', employeeId: employeeId('voter-a'), active: false })
  expect(await told(house)).toContain('owner-a 待您办理')
  await house.administer('organisation-administrator-1', { action: 'SET_ACTIVE', employeeId: employeeId('voter-a'), active: true })
  await told(house)
})

test('a human being with two accounts is told once', async () => {
  await house.hire('leader-a2', ['PROJECT_LEADER'], { person: 'leader-a' })
  await house.owner.query(`update employee set email = 'second@example.com' where login = 'leader-a2'`)
  const it = await openTold(house)
  await it.act('asker', 'SUBMIT')
  const people = (await told(house)).map((line) => line.split(' ')[0]!.slice(0, 8))
  expect(people).toEqual(['leader-a', 'leader-b'])
  await house.dismiss('leader-a2', 'PROJECT_LEADER')
})

test('of a large pool a bounded number is told, and not the same of every task', async () => {
  await house.owner.query(`
    with hired as (insert into employee (id, number, login, name, person_id, email)
        select gen_random_uuid(), 'many-' || n, 'many-' || n, 'many', gen_random_uuid(), 'many@example.com' from generate_series(1, 80) n returning id)
    insert into role_assignment (id, employee_id, role) select gen_random_uuid(), id, 'PROJECT_LEADER' from hired`)
  const rounds = []
  for (let round = 0; round < 2; round++) {
    const it = await openTold(house)
    await it.act('asker', 'SUBMIT')
    rounds.push(await told(house))
  }
  expect(rounds.map(({ length }) => length)).toEqual([poolMax, poolMax])
  expect(rounds[0]).not.toEqual(rounds[1])
  await house.owner.query(`update employee set active = false where login like 'many-%'`)
})
