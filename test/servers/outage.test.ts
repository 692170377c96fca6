import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { pause, times } from '../support/acts.js'
import { type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { type Fleet, fleetOn } from '../support/server-process.js'
import { firedIn, type Visits, visitsIn } from '../support/visits.js'

let house: House
let fleet: Fleet
let visits: Visits
beforeAll(async () => {
  house = await openHouse()
  fleet = fleetOn(house.ownerUrl)
  visits = await visitsIn(house)
})
afterAll(async () => {
  await fleet.close()
  await visits.close()
  await house.close()
})

const cases = 20
const minute = 60_000

test('edge-19: what fell due while no server ran fires when one starts, in the order in which it was due, and says how late', async () => {
  const ids = await visits.open(cases)
  const begun = Date.now() - 10 * 3600_000
  // Of every case the first reminder, the term and the last reminder, an hour apart; a case a minute behind the one before it.
  const dueOf = (index: number, step: number) => new Date(begun + step * 60 * minute + index * minute)
  const steps = [0, null, 1].flatMap((rung, step) => ids.map((caseId, index) => ({ caseId, rung, dueAt: dueOf(index, step) })))
  await visits.setDue([...steps].reverse())
  const server = await (await fleet.start()).ready()
  const waiting = async (): Promise<number> =>
    (await house.owner.query(`select count(*)::int as n from timer where status = 'PENDING' and due_at < now()`)).rows[0].n
  for (const end = Date.now() + 10_000; (await waiting()) > 0 && Date.now() < end; ) await pause(50)
  const fired = await firedIn(house)
  expect(fired.map(({ caseId, dueAt }) => `${caseId} ${dueAt}`).sort()).toEqual(steps.map(({ caseId, dueAt }) => `${caseId} ${dueAt.valueOf() / 1000}`).sort())
  expect(times(cases, (index) => fired.filter(({ caseId }) => caseId === ids[index]).map(({ action }) => action))).toEqual(
    times(cases, () => ['REMIND', 'VISIT_DUE', 'REMIND']),
  )
  // Six are worked on at once, begun in order: whatever is written, at most five that were due before it are not yet.
  const places = fired.map(({ dueAt }) => [...fired].sort((one, other) => one.dueAt - other.dueAt).findIndex((one) => one.dueAt === dueAt))
  expect(Math.max(...places.map((place, index) => place - index))).toBeLessThan(6)
  for (const { dueAt, lateBy, at } of fired) expect(Math.abs(at - dueAt - lateBy)).toBeLessThan(1.5)
  expect(Math.min(...fired.map(({ lateBy }) => lateBy))).toBeGreaterThan(7 * 3600)
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect([house.reported, server.logged]).toEqual([[], []])
}, 60_000)
