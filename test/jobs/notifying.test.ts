import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startNotifying } from '../../src/jobs/notifying.js'
import { pause } from '../support/acts.js'
import { type House, openHouse } from '../support/house.js'
import { openPostOffice, type PostOffice, publishAll } from '../support/post-office.js'
import { endpointAt, standing } from '../support/queue.js'
import { engage, openTold, post, toldPractice } from '../support/told.js'

let house: House
let office: PostOffice
beforeAll(async () => {
  house = await openHouse([toldPractice])
  office = await openPostOffice()
  await engage(house)
})
afterAll(async () => {
  await office.close()
  await house.close()
})

test('two servers tell what is done while they run, once; after they have stopped what is done waits for the next', async () => {
  const failed: unknown[] = []
  const start = () =>
    startNotifying({
      pool: house.pool,
      processes: house.processes,
      channels: office.channels,
      post,
      keepDays: 30,
      report: (error) => void failed.push(error),
    })
  await endpointAt(house, office, '/hook')
  const servers = [start(), start()]
  const it = await openTold(house)
  await it.act('asker', 'SUBMIT')
  await publishAll(house.pool)
  for (let waited = 0; office.arrived.length < 4 && waited < 100; waited++) await pause(50)
  await Promise.all(servers.map((server) => server.stop()))
  await it.act('leader-a', 'APPROVE')
  await publishAll(house.pool)
  await pause(300)
  expect(office.arrived.map(({ to }) => to).sort()).toEqual(['/hook', '/hook', '/mail/leader-a@example.com', '/mail/leader-b@example.com'])
  expect(await standing(house)).toEqual({ SENT: 4 })
  const next = start()
  for (let waited = 0; office.arrived.length < 8 && waited < 100; waited++) await pause(50)
  await next.stop()
  expect(
    office.arrived
      .slice(4)
      .map(({ to }) => to)
      .sort(),
  ).toEqual(['/hook', '/mail/hearer-a@example.com', '/mail/voter-a@example.com', '/mail/voter-b@example.com'])
  expect(await standing(house)).toEqual({ SENT: 8 })
  expect(failed).toEqual([])
})
