import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { times } from '../support/acts.js'
import { type House, openHouse } from '../support/house.js'
import { drainAll, openPostOffice, type PostOffice } from '../support/post-office.js'
import { endpointAt, fill, orderOf, standing } from '../support/queue.js'

/** `VOLUME=full`: 100,000 letters over 2,000 lanes; else 2,000 over 200. */
const [lanes, each] = process.env['VOLUME'] === 'full' ? [2_000, 50] : [200, 10]
let house: House
let office: PostOffice
beforeAll(async () => {
  house = await openHouse()
  office = await openPostOffice()
})
afterAll(async () => {
  await office.close()
  await house.close()
})

test('a backlog over many lanes drains through one worker, every lane in order', async () => {
  const names = times(lanes, (n) => `lane-${n}`)
  await fill(house, await endpointAt(house, office, '/hook'), names, each)
  const begun = performance.now()
  await drainAll(house.pool, office)
  const rate = (lanes * each) / ((performance.now() - begun) / 1000)
  console.log(`${lanes * each} letters over ${lanes} lanes: ${Math.round(rate)} a second`)
  expect(await standing(house)).toEqual({ SENT: lanes * each })
  expect(office.arrived).toHaveLength(lanes * each)
  expect(orderOf(office)).toEqual(Object.fromEntries(names.map((name) => [name, times(each, (n) => n)])))
  // A shared test machine is allowed a fifth of what one worker must do alone.
  expect(rate).toBeGreaterThan(process.env['VOLUME'] === 'full' ? 500 : 100)
})
