import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { times } from '../support/acts.js'
import { driveCase } from '../support/busy-cases.js'
import { type HttpHouse, serveHouse } from '../support/http.js'
import { cursorNow, settled, subscribe, tasksOffered } from '../support/subscriber.js'

let http: HttpHouse
beforeAll(async () => {
  http = await serveHouse()
}, 60_000)
afterAll(async () => {
  expect([http.logged, http.house.reported]).toEqual([[], []])
  await http.close()
})

/** Ten minutes of a busy house, as fast as they go. */
const isLong = process.env['LONG_CUT'] !== undefined
const acts = isLong ? 10_000 : 200
test(`edge-32: a subscriber who was cut off for ${acts} acts goes on behind his cursor: every event once, in order, without a gap`, async () => {
  const after = await cursorNow(http)
  const mark = (await http.house.pool.query('select coalesce(max(position), 0) as position from event')).rows[0].position
  const before = await subscribe(http, 'finance-2', 'taskEvents', { after })
  await driveCase(http.house.door, 1, () => {})
  await before.count(2)
  before.cut()
  expect(await before.end).toMatchObject({ code: 1006 })
  const arrived = [...before.seen]
  let done = 0
  let next = 2
  const started = Date.now()
  const worker = async () => {
    while (done < acts) await driveCase(http.house.door, next++, () => void done++)
  }
  await Promise.all(times(4, worker))
  const traffic = Date.now() - started
  await settled(http)
  const due = await tasksOffered(http, 'finance-2', mark)
  expect(due.length).toBeGreaterThan(acts / 10)
  // And cut off again while he catches up.
  while (arrived.length < due.length) {
    const again = await subscribe(http, 'finance-2', 'taskEvents', { after: arrived.at(-1)!.cursor })
    const left = due.length - arrived.length
    await again.count(Math.min(left, Math.ceil(due.length / 3)), 600_000)
    again.cut()
    await again.end
    arrived.push(...again.seen)
  }
  if (isLong) console.log(`${done} acts in ${traffic} ms; ${arrived.length} events caught up in ${Date.now() - started - traffic} ms`)
  expect(arrived.map(({ id, kind, task }) => [id.split('.')[0], kind, task.id])).toEqual(due)
  expect(new Set(arrived.map(({ id }) => id)).size).toBe(arrived.length)
}, 3_600_000)
