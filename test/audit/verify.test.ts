import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mealInReview } from '../support/cases.js'
import { type House, openHouse } from '../support/house.js'
import { adoptRoles, checkpointed, logged, ProofFile, recorded, verified } from '../support/proof.js'

let house: House
const file = new ProofFile()
beforeAll(async () => {
  house = await openHouse()
  await adoptRoles(house)
  await mealInReview(house)
  await logged(house)
})
afterAll(() => house.close())

test('a history that nobody touched is clean, in full and from the last clean run on', async () => {
  await checkpointed(house.owner, file)
  const full = await verified(house, file)
  expect(full.findings).toEqual([])
  expect(full).toMatchObject({ mode: 'full', count: 0, cases: 1, notReplayed: 0 })
  await recorded(house, full)
  const meal = await mealInReview(house)
  await meal.refused('relations-specialist-3', 'APPROVE')
  await logged(house)
  await checkpointed(house.owner, file)
  const next = await verified(house, file, { mode: 'incremental' })
  expect(next.findings).toEqual([])
  // The run itself, the case, and the refusal beside it.
  expect(next).toMatchObject({ mode: 'incremental', entries: 5, cases: 1, size: full.size + 5 })
  expect((await verified(house, file)).findings).toEqual([])
})
