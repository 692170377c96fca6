import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import pg from 'pg'
import { Refused } from '../../src/engine/refused.js'
import { type EventFeed, feedOf } from '../../src/jobs/event-feed.js'
import { sequencingOf } from '../../src/jobs/sequencing.js'
import { type EventRow, eventsAfter, newestPosition, oldestPosition, prune, publish, unpublished } from '../../src/persistence/events.js'
import { claimant, pause, submitted, times } from '../support/acts.js'
import { type House, openHouse } from '../support/house.js'
import { claim } from '../support/papers.js'

let house: House
const stops: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  house = await openHouse()
})
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})
afterAll(async () => {
  expect(house.reported).toEqual([])
  await house.close()
})

const report = (error: unknown) => void house.reported.push(error)
const publishAll = async () => {
  while (await publish(house.pool));
}
const tomorrow = () => new Date(Date.now() + 86_400_000)

/** Follows the feed from a position; what was handed out so far stands in `seen`. */
function follow(feed: EventFeed, from: number, caseId?: string): { seen: EventRow[]; end: Promise<unknown> } {
  const ended = new AbortController()
  const seen: EventRow[] = []
  const end = (async () => {
    for await (const { events } of feed.listen(from, { caseId, signal: ended.signal })) seen.push(...events)
  })().catch((error: unknown) => error)
  stops.push(() => {
    ended.abort()
    return end
  })
  return { seen, end }
}
async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (const start = Date.now(); !(await what()); await pause(10)) if (Date.now() - start > 20_000) throw new Error('it never came to that')
}
const feed = async () => {
  const one = await feedOf({ pool: house.pool, report, pauseMs: 10 })
  stops.push(() => one.stop())
  return one
}
/** A transaction of an application that writes an entry and stays open until it is told to go on. */
async function openTransaction(stream: string): Promise<(sql: 'commit' | 'rollback') => Promise<void>> {
  const client = new pg.Client({ connectionString: house.appUrl })
  await client.connect()
  await client.query('begin')
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [stream])
  const { rows } = await client.query('select coalesce(max(sequence), 0) + 1 as next from audit_entry where stream = $1', [stream])
  await client.query(
    `with entry as (
       insert into audit_entry (stream, sequence, process, action, result, occurred_at, recorded_at, content, previous_hash, hash)
       values ($1, $2, 'test', 'WRITE', 'DONE', now(), clock_timestamp(), '{}', '', '') returning position)
     insert into outbox (stream, sequence, written_at, position, hash) select $1, $2, clock_timestamp(), position, '' from entry`,
    [stream, rows[0].next],
  )
  return async (sql) => {
    await client.query(sql)
    await client.end()
  }
}
/** The first fault of a log: a gap, something twice, or a stream out of its order. */
function faultOf(events: readonly EventRow[], from = 0): string | null {
  const last = new Map<string, number>()
  for (const [index, { position, stream, sequence }] of events.entries()) {
    if (position !== from + index + 1) return `position ${position} at place ${from + index + 1}`
    const before = last.get(stream)
    if (before !== undefined && sequence !== before + 1) return `${stream}: ${sequence} after ${before}`
    last.set(stream, sequence)
  }
  return null
}

test('what is done is published once it is committed, with what it tells of', async () => {
  const it = await submitted(house)
  await publishAll()
  const events = await eventsAfter(house.pool, 0, { caseId: it.id, limit: 10 })
  expect(events.map(({ stream, sequence, action, caseId }) => [stream, sequence, action, caseId])).toEqual([
    [`case:${it.id}`, 1, 'OPEN', it.id],
    [`case:${it.id}`, 2, 'SUBMIT', it.id],
  ])
  expect(await it.refused('finance-1', 'PAYMENT_HANDLED')).not.toEqual([])
  expect([await publish(house.pool), await unpublished(house.pool), await newestPosition(house.pool)]).toEqual([false, 0, events.at(-1)!.position])
})

test('at most so many at once, and it says whether there are more', async () => {
  await submitted(house)
  const before = await newestPosition(house.pool)
  expect([await publish(house.pool, 1), await publish(house.pool, 1), await publish(house.pool, 1)]).toEqual([true, true, false])
  expect(await newestPosition(house.pool)).toBe(before + 2)
})

test('eight writers with short and long transactions, two sequencers, two servers that follow: every event once, in order, without a gap', async () => {
  await publishAll()
  const start = await newestPosition(house.pool)
  const ofOtherServer = new pg.Pool({ connectionString: house.appUrl, max: 4 })
  stops.push(() => ofOtherServer.end())
  const sequencers = [house.pool, ofOtherServer].map((pool) => sequencingOf({ pool, report, pauseMs: 5 }))
  stops.push(() => Promise.all(sequencers.map((one) => one.stop())))
  const followers = [follow(await feed(), start), follow(await feed(), start)]
  const short = times(6, (writer) =>
    (async () => {
      for (let round = 0; round < 8; round++) {
        const it = await house.open(claimant, 'expense-reimbursement', claim())
        await it.act(claimant, 'SUBMIT')
        if (writer % 2 === 0) await it.handle('finance-1', 'CLAIM')
      }
    })(),
  )
  const long = times(2, (writer) =>
    (async () => {
      for (let round = 0; round < 10; round++) {
        const end = await openTransaction(`test:${writer}`)
        await pause(40)
        await end(round % 3 === 2 ? 'rollback' : 'commit')
      }
    })(),
  )
  await Promise.all([...short, ...long])
  await until(async () => (await unpublished(house.pool)) === 0)
  const { rows } = await house.pool.query(
    `select count(*)::int as done from audit_entry where result = 'DONE' and not (stream = 'organisation' and actor_id is null)`,
  )
  expect(await newestPosition(house.pool)).toBe(rows[0].done)
  for (const { seen } of followers) {
    await until(() => seen.length >= rows[0].done - start)
    expect(faultOf(seen, start)).toBeNull()
    expect(seen.map(({ id }) => id)).toEqual((await eventsAfter(house.pool, start, { limit: 10_000 })).map(({ id }) => id))
  }
  expect(followers[0]!.seen.filter(({ stream }) => stream === 'test:0').map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7])
})

test('a transaction that stays open holds up nobody, and appears later at a higher position', async () => {
  const { seen } = follow(await feed(), await newestPosition(house.pool))
  const end = await openTransaction('test:long')
  const it = await submitted(house)
  await publishAll()
  await until(() => seen.length === 2)
  expect(seen.map(({ caseId }) => caseId)).toEqual([it.id, it.id])
  await end('commit')
  await publishAll()
  await until(() => seen.length === 3)
  expect([seen[2]!.stream, seen[2]!.position]).toEqual(['test:long', seen[1]!.position + 1])
})

test('changes of the organisation are published', async () => {
  const from = await newestPosition(house.pool)
  await house.proxy('cs-manager-1', 'cs-manager-3')
  await publishAll()
  expect((await eventsAfter(house.pool, from, { limit: 10 })).map(({ stream, action, caseId }) => [stream, action, caseId])).toEqual([
    ['organisation', 'GRANT_PROXY', null],
  ])
})

test('one who lags reads the log by himself, of one case or of all, and then keeps up', async () => {
  const shared = await feed()
  const mine = await submitted(house)
  // More than one page.
  await house.pool.query(`with entry as (
      insert into audit_entry (stream, sequence, process, action, result, occurred_at, recorded_at, content, previous_hash, hash)
      select 'test:many', n, 'test', 'WRITE', 'DONE', now(), clock_timestamp(), '{}', '', '' from generate_series(1, 1300) n returning stream, sequence, position)
    insert into outbox (stream, sequence, written_at, position, hash) select stream, sequence, now(), position, '' from entry order by sequence`)
  await publishAll()
  const [all, one] = [follow(shared, 0), follow(shared, 0, mine.id)]
  const newest = await newestPosition(house.pool)
  await until(() => all.seen.length === newest && one.seen.length === 2)
  await mine.act('finance-1', 'CHECK')
  await publishAll()
  await until(() => one.seen.length === 3 && all.seen.length > newest)
  expect([faultOf(all.seen), one.seen.map(({ action }) => action)]).toEqual([null, ['OPEN', 'SUBMIT', 'CHECK']])
})

test('a consumer that takes nothing for a while misses nothing, and is kept no memory for', async () => {
  const shared = await feed()
  const from = await newestPosition(house.pool)
  const ended = new AbortController()
  const slow = shared.listen(from, { signal: ended.signal })
  const first = slow.next()
  const seen: EventRow[] = []
  const { seen: followed } = follow(shared, from)
  // More batches than are kept waiting for anybody.
  for (let round = 1; round <= 20; round++) {
    await submitted(house)
    await publishAll()
    await until(() => followed.length === 2 * round)
  }
  seen.push(...(await first).value!.events)
  while (seen.length < 40) seen.push(...(await slow.next()).value!.events)
  expect(faultOf(seen, from)).toBeNull()
  ended.abort()
  expect(await slow.next()).toEqual({ done: true, value: undefined })
})

test('pruned: the beginning goes, positions go on, and whoever comes for what is gone is told so', async () => {
  await publishAll()
  const newest = await newestPosition(house.pool)
  expect(await prune(house.pool, new Date(Date.now() - 86_400_000))).toBe(0)
  expect(await oldestPosition(house.pool)).toBe(1)
  await house.pool.query(`insert into event_reader (name, position) values ('a-slow-reader', 10)`)
  expect(await prune(house.pool, tomorrow())).toBe(10)
  expect([await oldestPosition(house.pool), (await eventsAfter(house.pool, 0, { limit: 1 }))[0]!.position]).toEqual([11, 11])
  await house.pool.query(`update event_reader set position = 1000000 where name = 'a-slow-reader'`)
  expect(await prune(house.pool, tomorrow(), 5)).toBe(5)
  while (await prune(house.pool, tomorrow()));
  expect([await oldestPosition(house.pool), await newestPosition(house.pool)]).toEqual([newest + 1, newest])

  const shared = await feed()
  const [late, onTime] = [follow(shared, newest - 1), follow(shared, newest)]
  expect(await late.end).toMatchObject({ code: 'CURSOR_EXPIRED' })
  expect(await late.end).toBeInstanceOf(Refused)
  await submitted(house)
  await publishAll()
  await until(() => onTime.seen.length === 2)
  expect(faultOf(onTime.seen, newest)).toBeNull()
})
