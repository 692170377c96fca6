import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { delivererOf } from '../../src/jobs/delivering.js'
import { backOffMs } from '../../src/jobs/sending.js'
import { claimLanes, findHeads, pruneDeliveries } from '../../src/persistence/deliveries.js'
import { pause, times } from '../support/acts.js'
import { mealInReview } from '../support/cases.js'
import { type House, openHouse } from '../support/house.js'
import { drain, drainAll, openPostOffice, type PostOffice } from '../support/post-office.js'
import { endpointAt, fill, orderOf, standing, waitIsOver } from '../support/queue.js'

let house: House
let office: PostOffice
beforeAll(async () => {
  house = await openHouse()
})
beforeEach(async () => {
  office = await openPostOffice()
  await house.owner.query('delete from delivery')
})
afterEach(() => office.close())
afterAll(() => house.close())

const poison = ({ message }: { message: { subject: string } }) => (message.subject === 'bad/1' ? 500 : 200)
const attempts = async () => (await house.pool.query(`select attempts from delivery where content ->> 'subject' = 'bad/1'`)).rows[0].attempts

test('a message that cannot be delivered is tried again, later each time, and dies after the last attempt; its lane waits, the others go on', async () => {
  await fill(house, await endpointAt(house, office, '/hook'), ['bad', 'good', 'fine'], 4)
  office.answer = poison
  await drainAll(house.pool, office)
  expect(orderOf(office)).toEqual({ bad: [0, 1], good: [0, 1, 2, 3], fine: [0, 1, 2, 3] })
  expect(await standing(house)).toEqual({ SENT: 9, PENDING: 3 })
  const { rows } = await house.pool.query(
    `select attempts, last_error, extract(epoch from not_before - clock_timestamp()) as wait from delivery where content ->> 'subject' = 'bad/1'`,
  )
  expect(rows[0]).toMatchObject({ attempts: 1, last_error: 'answered 500' })
  expect(Number(rows[0].wait)).toBeGreaterThan(0)
  for (let attempt = 2; attempt <= 12; attempt++) {
    await waitIsOver(house)
    await drainAll(house.pool, office)
    expect(await attempts()).toBe(attempt)
  }
  expect(await standing(house)).toEqual({ SENT: 9, DEAD: 1, PENDING: 2 })
  await waitIsOver(house)
  await drainAll(house.pool, office)
  expect(await standing(house)).toEqual({ SENT: 9, DEAD: 1, PENDING: 2 })
})

test('a refusal is final at once', async () => {
  await fill(house, await endpointAt(house, office, '/hook'), ['bad'], 3)
  office.answer = (one) => (poison(one) === 200 ? 200 : 410)
  await drainAll(house.pool, office)
  expect(await standing(house)).toEqual({ SENT: 1, DEAD: 1, PENDING: 1 })
})

test('the wait doubles from one second to an hour, up to a half less by chance, and what the receiver asks for counts', async () => {
  for (const [attempt, ms] of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600].map((s, at) => [at + 1, s * 1000] as const)) {
    const waits = times(200, () => backOffMs(attempt))
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(ms / 2)
    expect(Math.max(...waits)).toBeLessThanOrEqual(ms)
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(ms / 4)
  }
  await fill(house, await endpointAt(house, office, '/hook'), ['bad'], 1)
  await drain(delivererOf(house.pool, { send: async () => ({ kind: 'RETRY', why: 'busy', afterMs: 600_000 }), close: async () => {} }))
  const { rows } = await house.pool.query('select extract(epoch from not_before - clock_timestamp()) as wait from delivery')
  expect(Number(rows[0].wait)).toBeGreaterThan(590)
})

test('a channel that throws, or never answers, is one more reason to try again', async () => {
  await fill(house, await endpointAt(house, office, '/hook'), ['a', 'b'], 1)
  const odd = { send: (_: unknown, { subject }: { subject: string }) => (subject === 'a/0' ? Promise.reject(new Error('odd')) : new Promise<never>(() => {})) }
  await drain(delivererOf(house.pool, { ...odd, close: async () => {} }, { sendMs: 50 }))
  const { rows } = await house.pool.query('select status, last_error from delivery order by seq')
  expect(rows).toEqual([
    { status: 'PENDING', last_error: 'odd' },
    { status: 'PENDING', last_error: 'no answer within 50 ms' },
  ])
})

test('two workers at once: every message once, every lane in order', async () => {
  const lanes = times(60, (n) => `lane-${n}`)
  await fill(house, await endpointAt(house, office, '/hook'), lanes, 10)
  office.answer = async () => {
    await pause(Math.random() * 4)
    return 200
  }
  const limits = { lanes: 20, rows: 60 }
  await Promise.all([drainAll(house.pool, office, limits), drainAll(house.pool, office, limits)])
  expect(office.arrived).toHaveLength(600)
  expect(orderOf(office)).toEqual(Object.fromEntries(lanes.map((lane) => [lane, times(10, (n) => n)])))
  expect(await standing(house)).toEqual({ SENT: 600 })
})

test('eight workers that saw the same lanes free: each lane is taken on by one of them, whole', async () => {
  await fill(
    house,
    await endpointAt(house, office, '/hook'),
    times(40, (n) => `lane-${n}`),
    5,
  )
  const { heads } = await findHeads(house.pool, '', 40, [])
  const seqs = heads.map(({ seq }) => seq)
  const claims = (await Promise.all(times(8, () => claimLanes(house.pool, seqs, 5, 60_000)))).map((claimed) => claimed.map(({ lane }) => lane))
  expect(claims.flat()).toHaveLength(200)
  for (const lane of new Set(claims.flat())) expect(claims.map((one) => one.filter((other) => other === lane).length).filter((n) => n > 0)).toEqual([5])
})

test('a worker that is killed while it sends: once its lease has run out another sends the same message, and the lane goes on', async () => {
  await fill(house, await endpointAt(house, office, '/hook'), ['lane'], 3)
  let dead = true
  office.answer = () => (dead ? new Promise<number>(() => {}) : 200)
  void delivererOf(house.pool, office.channels, { leaseMs: 600 }).turn()
  await pause(200)
  expect(office.arrived).toHaveLength(1)
  dead = false
  await drainAll(house.pool, office)
  expect(office.arrived).toHaveLength(1)
  await pause(600)
  await drainAll(house.pool, office)
  expect(office.arrived.map(({ message }) => message.subject)).toEqual(['lane/0', 'lane/0', 'lane/1', 'lane/2'])
  expect(office.arrived[1]!.message.id).toBe(office.arrived[0]!.message.id)
  expect(await standing(house)).toEqual({ SENT: 3 })
})

test('a worker whose lease has run out settles nothing that another has taken on', async () => {
  await fill(house, await endpointAt(house, office, '/hook'), ['lane'], 1)
  let answer = (_: number) => {}
  office.answer = () => new Promise((resolve) => (answer = resolve))
  const slow = delivererOf(house.pool, office.channels, { leaseMs: 300 })
  const turn = slow.turn()
  await pause(500)
  const first = answer
  const other = delivererOf(house.pool, office.channels)
  const otherTurn = other.turn()
  await pause(200)
  first(410)
  await turn
  await slow.finish(1_000)
  expect(await standing(house)).toEqual({ PENDING: 1 })
  answer(200)
  await otherTurn
  await other.finish(1_000)
  expect(await standing(house)).toEqual({ SENT: 1 })
})

test('a worker that is told to finish gives back what it has not begun', async () => {
  await fill(house, await endpointAt(house, office, '/hook'), ['lane'], 5)
  office.answer = async () => {
    await pause(100)
    return 200
  }
  const worker = delivererOf(house.pool, office.channels)
  void worker.turn()
  await pause(150)
  await worker.finish(5_000)
  const { rows } = await house.pool.query(`select status, attempts, leased_until from delivery order by seq`)
  const sent = rows.filter(({ status }) => status === 'SENT').length
  expect(sent).toBe(office.arrived.length)
  expect(sent).toBeLessThan(5)
  expect(rows.slice(sent)).toEqual(times(5 - sent, () => ({ status: 'PENDING', attempts: 0, leased_until: null })))
})

test('a slow receiver holds up neither the others nor any command', async () => {
  const lanes = times(200, (n) => `lane-${n}`)
  await fill(house, await endpointAt(house, office, '/slow'), lanes, 1)
  await fill(house, await endpointAt(house, office, '/quick'), lanes, 1)
  office.answer = async ({ to }) => {
    if (to === '/slow') await pause(1_500)
    return 200
  }
  const worker = delivererOf(house.pool, office.channels)
  const until = performance.now() + 1_400
  const turning = (async () => {
    while (performance.now() < until) await worker.turn()
  })()
  const longest = Math.max(...(await commandTimes(until - 300)))
  await turning
  expect(office.arrived.filter(({ to }) => to === '/quick')).toHaveLength(200)
  expect(office.arrived.filter(({ to }) => to === '/slow').length).toBeLessThanOrEqual(25)
  expect(longest).toBeLessThan(1_000)
  await worker.finish(3_000)
})
async function commandTimes(until: number): Promise<number[]> {
  const taken: number[] = []
  while (performance.now() < until) {
    const begun = performance.now()
    await mealInReview(house)
    taken.push(performance.now() - begun)
  }
  return taken
}

test('an endpoint that is switched off, somebody who has left or has no address any more: dropped, and the lane goes on', async () => {
  const off = await endpointAt(house, office, '/off')
  await fill(house, off, ['lane'], 2)
  await house.owner.query('update endpoint set active = false where id = $1', [off])
  await house.hire('gone', [])
  await house.hire('mute', [])
  await house.owner.query(
    `insert into delivery (channel, employee_id, lane, content) select 'EMAIL', id, id::text, '{"at": "", "subject": "x/0", "text": "", "link": null, "body": null}' from employee where login in ('gone', 'mute')`,
  )
  await house.owner.query(`update employee set active = false, email = 'gone@example.com' where login = 'gone'`)
  await drainAll(house.pool, office)
  expect(office.arrived).toEqual([])
  const { rows } = await house.pool.query('select status, last_error from delivery order by last_error')
  expect(rows).toEqual([
    { status: 'DROPPED', last_error: 'the employee has left' },
    { status: 'DROPPED', last_error: 'the employee has no address any more' },
    { status: 'DROPPED', last_error: 'the endpoint is switched off' },
    { status: 'DROPPED', last_error: 'the endpoint is switched off' },
  ])
})

test('what was settled long ago is taken away; dead letters and what waits stay', async () => {
  await fill(house, await endpointAt(house, office, '/hook'), ['a'], 3)
  await drainAll(house.pool, office)
  await fill(house, await endpointAt(house, office, '/later'), ['b'], 1)
  await house.owner.query(`update delivery set settled_at = now() - interval '31 days' where content ->> 'subject' <> 'a/2' and status = 'SENT'`)
  await house.owner.query(`update delivery set status = 'DEAD', settled_at = now() - interval '31 days' where content ->> 'subject' = 'b/0'`)
  expect(await pruneDeliveries(house.pool, 30)).toBe(2)
  expect(await standing(house)).toEqual({ SENT: 1, DEAD: 1 })
})
