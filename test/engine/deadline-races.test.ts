import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Refused } from '../../src/engine/refused.js'
import { employeeId } from '../../src/organisation/ids.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { timed } from '../support/timed.js'

const rounds = Number(process.env['DEADLINE_RACES'] ?? 40)
let house: House
beforeAll(async () => {
  house = await openHouse([timed])
})
afterAll(async () => {
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(house.reported).toEqual([])
  await house.close()
})

const applicant = 'relations-specialist-2'
async function waiting(): Promise<{ it: DrivenCase; timerId: string }> {
  const it = await house.open(applicant, 'timed', { subject: '一般' })
  await it.act(applicant, 'SUBMIT')
  const { id } = (await it.timers()).find(({ name }) => name === 'GONE')!
  await house.owner.query('update timer set due_at = clock_timestamp() where id = $1', [id])
  return { it, timerId: id }
}
const answer = (it: DrivenCase): Promise<string> =>
  house.door
    .decide({
      actorId: employeeId('relations-specialist-1'),
      idempotencyKey: randomUUID(),
      requestId: randomUUID(),
      caseId: it.id,
      process: 'timed',
      action: 'ANSWER',
      forms: { opinion: { opinion: '同意' } },
    })
    .then(
      () => 'DONE',
      (error: unknown) => (error instanceof Refused ? error.code : Promise.reject(error)),
    )
/** Lets the two start with a few milliseconds between them, now one first, now the other. */
const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test(`edge-18: a term that is over against a decision at the same moment, ${rounds} times: one wins, and the other learns it`, async () => {
  const won = { clock: 0, person: 0 }
  for (let round = 0; round < rounds; round++) {
    const { it, timerId } = await waiting()
    const lead = (round % 5) * 2 - 4
    const [fired, decided] = await Promise.all([
      after(Math.max(0, lead)).then(() => house.door.fire({ timerId, requestId: randomUUID() })),
      after(Math.max(0, -lead)).then(() => answer(it)),
    ])
    const acts = (await it.history()).slice(2).map(({ action }) => action)
    const [timer] = (await it.timers()).filter(({ id }) => id === timerId)
    if (decided === 'DONE') {
      won.person++
      expect([fired.result, acts, timer!.status]).toEqual(['SETTLED', ['ANSWER'], 'CANCELLED'])
    } else {
      won.clock++
      expect([fired.result, decided, acts, timer!.status]).toEqual(['FIRED', 'TASK_EXPIRED', ['GONE'], 'FIRED'])
    }
  }
  expect(won.clock).toBeGreaterThan(0)
  expect(won.person).toBeGreaterThan(0)
})

test('one term said to be over twenty times at once is over once', async () => {
  const { it, timerId } = await waiting()
  const results = await Promise.all(Array.from({ length: 20 }, () => house.door.fire({ timerId, requestId: randomUUID() })))
  expect(results.filter(({ result }) => result === 'FIRED')).toHaveLength(1)
  expect((await it.history()).map(({ action }) => action)).toEqual(['OPEN', 'SUBMIT', 'GONE'])
})
