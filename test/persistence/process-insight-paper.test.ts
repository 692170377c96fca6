import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { rework } from '../../src/persistence/queries/insight-rework.js'
import { stateFigures } from '../../src/persistence/queries/insight-states.js'
import { termFigures } from '../../src/persistence/queries/insight-terms.js'
import { variantsOf } from '../../src/persistence/queries/insight-variants.js'
import { decidedBySystem, workloadByRole } from '../../src/persistence/queries/insight-workload.js'
import { caseFigures } from '../../src/persistence/queries/process-insight.js'
import { type House, openHouse } from '../support/house.js'
import { measured } from '../support/measured.js'

let house: House
beforeAll(async () => {
  house = await openHouse([measured])
})
afterAll(() => house.close())

/** When each entry of a case was recorded, by its sequence, and its tasks and claims with it: hours after the beginning of 2020. */
async function retime(caseId: string, hours: readonly number[], claimed: number): Promise<void> {
  const { owner } = house
  const at = (sequence: string) => `timestamptz '2020-01-01T00:00:00Z' + ($2::float8[])[${sequence}] * interval '1 hour'`
  await owner.query('alter table audit_entry disable trigger audit_entry_no_change')
  await owner.query(`update audit_entry set recorded_at = ${at('sequence')} where stream = 'case:' || $1::text`, [caseId, hours])
  await owner.query('alter table audit_entry enable always trigger audit_entry_no_change')
  await owner.query(`update service_case set opened_at = ${at('1')}, closed_at = ${at('version')} where id = $1`, [caseId, hours])
  await owner.query(
    `update task set opened_at = ${at('opened_sequence')}, closed_at = ${at('closed_sequence')},
            claimed_at = case when claimed_at is not null then timestamptz '2020-01-01T00:00:00Z' + $3 * interval '1 hour' end where case_id = $1`,
    [caseId, hours, claimed],
  )
  await owner.query(
    `update timer set starts_at = ${at('entered')}, due_at = ${at('entered')} + interval '4 hours', settled_at = ${at('entered + 1')} where case_id = $1`,
    [caseId, hours],
  )
}
test('one case, reckoned on paper', async () => {
  const it = await house.open('technician-1', measured.id, { subject: '普通' })
  await it.act('technician-1', 'SUBMIT')
  await it.act('relations-supervisor-1', 'RETURN', { reason: { reason: '材料不齐' } })
  await it.act('technician-1', 'SUBMIT')
  await it.handle('relations-supervisor-1', 'CLAIM')
  await it.act('relations-supervisor-1', 'APPROVE')
  await it.act('finance-1', 'SIGN', {}, { seat: 'finance' })
  await it.act('cs-manager-1', 'SIGN', {}, { seat: 'manager' })
  await it.act('payment-run', 'HAND_OVER')
  // Opened at 0, submitted at 1, returned at 3, submitted at 6, claimed at 8, approved at 11, signed at 12 and 15, handed over at 16.
  await retime(it.id, [0, 1, 3, 6, 11, 12, 15, 16], 8)
  const period = { process: measured.id, from: new Date('2020-01-01T00:00:00Z'), before: new Date('2020-01-02T00:00:00Z') }
  const hours = (...given: number[]) => ({ count: given[0], medianSeconds: given[1]! * 3600, p90Seconds: given[2]! * 3600 })
  const none = { count: 0, medianSeconds: null, p90Seconds: null }
  const { pool, processes } = house
  expect(await caseFigures(pool, period)).toEqual({
    opened: 1,
    closed: 1,
    open: 0,
    cycleTime: hours(1, 16, 16),
    outcomes: [{ outcome: 'completed', count: 1, cycleTime: hours(1, 16, 16) }],
  })
  expect(await stateFigures(pool, processes, period)).toEqual([
    { state: 'draft', visits: 2, timeInState: hours(2, 2, 2.8), waitingTime: hours(2, 2, 2.8) },
    { state: 'handing', visits: 1, timeInState: hours(1, 1, 1), waitingTime: none },
    { state: 'passed', visits: 1, timeInState: none, waitingTime: none },
    { state: 'review', visits: 2, timeInState: hours(2, 3.5, 4.7), waitingTime: hours(2, 2, 2) },
    { state: 'voting', visits: 1, timeInState: hours(1, 4, 4), waitingTime: hours(2, 2.5, 3.7) },
  ])
  expect(await rework(pool, period)).toEqual({
    closed: 1,
    straight: 0,
    loops: [{ from: 'review', to: 'draft', action: 'RETURN', bySystem: false, count: 1, cases: 1 }],
  })
  // In review for two hours, then for five: an hour more than the term.
  expect((await termFigures(pool, processes, period)).find(({ event }) => event === 'SLOW')).toEqual({
    event: 'SLOW',
    place: 'review',
    met: 1,
    missed: 1,
    running: 0,
    lapsed: 0,
    lateness: hours(1, 1, 1),
  })
  expect(await workloadByRole(pool, period)).toEqual([
    { role: 'EMPLOYEE', open: 0, decided: 2, decisionTime: hours(2, 2, 2.8), handlingTime: none },
    { role: 'RELATIONS_SUPERVISOR', open: 0, decided: 2, decisionTime: hours(2, 3.5, 4.7), handlingTime: hours(1, 3, 3) },
    { role: 'CS_MANAGER', open: 0, decided: 1, decisionTime: hours(1, 4, 4), handlingTime: none },
    { role: 'FINANCE', open: 0, decided: 1, decisionTime: hours(1, 1, 1), handlingTime: none },
  ])
  expect(await decidedBySystem(pool, period)).toBe(1)
  const steps = ['OPEN draft', 'SUBMIT review', 'RETURN draft', 'SUBMIT review', 'APPROVE voting', 'SIGN voting', 'SIGN handing', 'HAND_OVER passed']
  expect(await variantsOf(pool, period)).toEqual({
    total: 1,
    items: [
      { activities: steps.map((step) => ({ action: step.split(' ')[0], state: step.split(' ')[1] })), count: 1, share: 1, medianCycleSeconds: 16 * 3600 },
    ],
  })
})
