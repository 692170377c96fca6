import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import type { DecideCommand } from '../../src/engine/commands.js'
import { employeeId } from '../../src/organisation/ids.js'
import { atOnce, claimant, decide, refusalsOf, submitted, times } from '../support/acts.js'
import { type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { claim, complaintToCountersign } from '../support/papers.js'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())
afterEach(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
}, 60_000)

test('twenty identical acts on the same version: one is done, nineteen are stale', async () => {
  const it = await submitted(house)
  const outcomes = await atOnce(times(20, () => decide(it, 'cs-manager-1', 'APPROVE', { expectedVersion: 2 })))
  expect(outcomes.sort()).toEqual([...times(19, () => 'CASE_STALE'), 'done'])
  expect((await it.history()).length).toBe(3)
  const { rows } = await house.pool.query('select result, count(*)::int as n from audit_entry where case_id = $1 group by 1 order by 1', [it.id])
  expect(rows).toEqual([
    { result: 'CONFLICT', n: 19 },
    { result: 'DONE', n: 3 },
  ])
})

test('twenty identical acts on whatever version: one is done, for nineteen the act is no longer there', async () => {
  const it = await submitted(house)
  const outcomes = await atOnce(times(20, () => decide(it, 'cs-manager-1', 'APPROVE')))
  expect(outcomes.sort()).toEqual([...times(19, () => 'ACTION_UNAVAILABLE'), 'done'])
  expect((await it.history()).length).toBe(3)
  expect(await refusalsOf(it)).toBe(19)
})

test('two people decide differently at once: one decision stands', async () => {
  for (const _ of times(10, String)) {
    const it = await submitted(house)
    const outcomes = await atOnce([
      decide(it, 'cs-manager-1', 'APPROVE', { expectedVersion: 2 }),
      decide(it, 'finance-1', 'RETURN', { expectedVersion: 2, forms: { reason: { reason: '凭证不齐' } } }),
    ])
    expect(outcomes.sort()).toEqual(['CASE_STALE', 'done'])
  }
})

test('one key fifty times at once: one effect, fifty equal receipts', async () => {
  const it = await submitted(house)
  const answers = await Promise.all(times(50, () => decide(it, 'cs-manager-1', 'APPROVE', { idempotencyKey: 'fifty' })))
  expect(new Set(answers.map(({ caseId, sequence }) => `${caseId} ${sequence}`))).toEqual(new Set([`${it.id} 3`]))
  expect(answers.filter(({ replayed }) => replayed).length).toBe(49)
  expect((await it.history()).length).toBe(3)
  expect(await refusalsOf(it)).toBe(0)
})

test('one key opens one case, however often it is sent at once', async () => {
  const answers = await Promise.all(
    times(30, () =>
      house.door.open({ actorId: employeeId(claimant), idempotencyKey: 'open', requestId: 'race', process: 'expense-reimbursement', form: claim() }),
    ),
  )
  expect(new Set(answers.map(({ caseId }) => caseId)).size).toBe(1)
  expect(answers.filter(({ replayed }) => replayed).length).toBe(29)
})

test("a key that has done something is not for anything else, and is everybody's own", async () => {
  const [one, other] = [await submitted(house), await submitted(house)]
  await decide(one, 'cs-manager-1', 'APPROVE', { idempotencyKey: 'mine' })
  const otherwise: readonly Partial<DecideCommand>[] = [
    { caseId: other.id },
    { action: 'RETURN' },
    { forms: { opinion: { opinion: '同意' } } },
    { expectedVersion: 2 },
    { seat: 'FINANCE' },
  ]
  for (const rest of otherwise)
    expect(await atOnce([decide(one, 'cs-manager-1', 'APPROVE', { idempotencyKey: 'mine', ...rest })])).toEqual(['IDEMPOTENCY_KEY_REUSED'])
  const opening = house.door.open({
    actorId: employeeId('cs-manager-1'),
    idempotencyKey: 'mine',
    requestId: 'race',
    process: 'expense-reimbursement',
    form: claim(),
  })
  expect(await atOnce([opening])).toEqual(['IDEMPOTENCY_KEY_REUSED'])
  expect(await decide(other, 'cs-manager-2', 'APPROVE', { idempotencyKey: 'mine' })).toEqual({ caseId: other.id, sequence: 3, replayed: false })
  expect(await decide(one, 'cs-manager-1', 'APPROVE', { idempotencyKey: 'mine' })).toEqual({ caseId: one.id, sequence: 3, replayed: true })
})

test('a key whose request was refused may be used again, even at once', async () => {
  const it = await submitted(house)
  expect(await atOnce([decide(it, 'technician-2', 'APPROVE', { idempotencyKey: 'again' })])).toEqual(['NOT_FOUND'])
  expect(await atOnce([decide(it, 'cs-manager-1', 'CHECK', { idempotencyKey: 'again' })])).toEqual(['NOT_AUTHORISED'])
  expect((await decide(it, 'cs-manager-1', 'APPROVE', { idempotencyKey: 'again' })).replayed).toBe(false)
  const refused = await atOnce(times(20, () => decide(it, 'cs-manager-1', 'APPROVE', { idempotencyKey: 'never' })))
  expect(new Set(refused)).toEqual(new Set(['ACTION_UNAVAILABLE']))
})

test('five seats, two people for each, all at once: each seat is signed once and the case moves on once', async () => {
  const seats = ['CUSTOMER_DEPT', 'MARKETING', 'PRODUCTION', 'QUALITY', 'FINANCE']
  for (const _ of times(3, String)) {
    const it = await complaintToCountersign(house)
    const sign = (seat: string, place: number) =>
      decide(it, `${seat.toLowerCase().replace('_', '-')}-${place}`, 'GIVE_OPINION', {
        seat,
        forms: { countersignOpinion: { stance: 'AGREE', opinion: '同意' } },
      })
    const outcomes = await atOnce(seats.flatMap((seat) => [sign(seat, 1), sign(seat, 2)]))
    expect(outcomes.filter((outcome) => outcome === 'done').length).toBe(5)
    expect(outcomes.filter((outcome) => !['done', 'SEAT_TAKEN', 'ACTION_UNAVAILABLE'].includes(outcome) && !outcome.includes('NOT_AUTHORISED'))).toEqual([])
    expect(await it.state()).toBe('managerApproval')
    const { rows } = await house.pool.query(`select content::jsonb ->> 'seat' as seat from audit_entry where stream = $1 and action = 'GIVE_OPINION'`, [
      `case:${it.id}`,
    ])
    expect(rows.map(({ seat }) => seat).sort()).toEqual([...seats].sort())
  }
})
