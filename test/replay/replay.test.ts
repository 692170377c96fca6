import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import pg from 'pg'
import { machineOf } from '../../src/define/index.js'
import type { CommandStore } from '../../src/engine/case-store.js'
import { type Door, doorOf } from '../../src/engine/door.js'
import { collect, load } from '../../src/engine/processes.js'
import { commandStoreOf } from '../../src/persistence/command-store.js'
import { openDatabase } from '../../src/persistence/database.js'
import { poolOf } from '../../src/persistence/pool.js'
import { withCast } from '../../src/replay/bindings.js'
import { replay } from '../../src/replay/replay.js'
import { Tally, textOf } from '../../src/replay/report.js'
import { LogUnreadable, tracesIn } from '../../src/replay/xes.js'
import expenseReimbursement from '../../workflows/hospitality/expense-reimbursement/process.js'
import { testKeys } from '../support/keys.js'

/** A database of the newest version; in a folder of its own until the tests share one. */
async function databaseIn(folder: string) {
  // Within reach of the user postgres, or the data would go elsewhere and stay there.
  chmodSync(folder, 0o755)
  return openDatabase({ databaseUrl: undefined, appDatabaseUrl: undefined, dataDirectory: path.join(folder, 'data') })
}

const folder = mkdtempSync(path.join(tmpdir(), 'countersign-replay-'))
const fail = (error: unknown) => {
  throw error
}
let database: Awaited<ReturnType<typeof databaseIn>>
let owner: pg.Client
let pool: pg.Pool
let store: CommandStore
let door: Door

beforeAll(async () => {
  database = await databaseIn(folder)
  owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  pool = poolOf(database.appUrl, fail)
  const processes = collect([load(expenseReimbursement, machineOf(expenseReimbursement))])
  store = commandStoreOf(pool, processes, testKeys)
  door = doorOf({ store, processes, report: fail })
}, 120_000)
afterAll(async () => {
  await pool?.end()
  await owner?.end()
  await database?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const tag = (key: string, value: string) => `<string key="${key}" value="${value}"><string key="note" value="an attribute of an attribute"/></string>`
const event = ([activity, role]: readonly string[], hour: number) =>
  `<event>${tag('concept:name', activity!)}${tag('org:role', role!)}<date key="time:timestamp" value="2018-03-01T${10 + hour}:00:00.000+01:00"/></event>`
const trace = (name: string, amount: string, events: readonly (readonly string[])[]) =>
  `<trace>${tag('concept:name', name)}${tag('Amount', amount)}${events.map(event).join('')}</trace>`
const global = '<global scope="event"><string key="concept:name" value="name"/></global>'
const logOf = (...traces: string[]) => `<?xml version="1.0" encoding="UTF-8"?><log xes.version="1.0">${global}${traces.join('')}</log>`
function fileOf(name: string, content: string | Buffer): string {
  const file = path.join(folder, name)
  writeFileSync(file, content)
  return file
}

const saved = ['Declaration SAVED by EMPLOYEE', 'EMPLOYEE']
const submitted = ['Declaration SUBMITTED by EMPLOYEE', 'EMPLOYEE']
const checked = ['Declaration APPROVED by ADMINISTRATION', 'ADMINISTRATION']
const confirmed = ['Declaration APPROVED by BUDGET OWNER', 'BUDGET OWNER']
const escalated = ['Declaration APPROVED by SUPERVISOR', 'SUPERVISOR']
const signed = ['Declaration FINAL_APPROVED by SUPERVISOR', 'SUPERVISOR']
const signedAbove = ['Declaration FINAL_APPROVED by DIRECTOR', 'DIRECTOR']
const sentBack = ['Declaration REJECTED by SUPERVISOR', 'SUPERVISOR']
const acknowledged = ['Declaration REJECTED by EMPLOYEE', 'EMPLOYEE']
const missing = ['Declaration REJECTED by MISSING', 'MISSING']
const payment = [
  ['Request Payment', 'UNDEFINED'],
  ['Payment Handled', 'UNDEFINED'],
]

/** Three cases that conform (a plain one, one sent back and escalated, a draft without an amount) and one that does not. */
const tiny = (prefix: string) =>
  logOf(
    trace(`${prefix} 1`, '26.85120450862128', [submitted, checked, signed, ...payment]),
    trace(`${prefix} 2`, '900', [submitted, checked, sentBack, acknowledged, submitted, checked, confirmed, escalated, signedAbove, ...payment]),
    trace(`${prefix} 3`, '0.0', [saved]),
    trace(`${prefix} 4`, '5.00', [submitted, signed, missing, ...payment]),
  )
const found = {
  cases: 4,
  conforming: 3,
  ended: { paid: 2, draft: 1 },
  deviations: (prefix: string) => [{ state: 'approved', event: missing[0], role: 'MISSING', count: 1, firstCase: `${prefix} 4` }],
}

async function run(file: string, { stopAfter = Number.POSITIVE_INFINITY, limit }: { stopAfter?: number; limit?: number } = {}) {
  const tally = new Tally()
  const interrupted = new AbortController()
  const onEvent = () => void (++tally.events >= stopAfter && interrupted.abort())
  await withCast(owner, store, () =>
    replay(tracesIn(file), { door, db: pool, limit, signal: interrupted.signal, onEvent, onEnding: (ending) => tally.add(ending) }),
  )
  return { ...tally.report(), withoutAmount: tally.withoutAmount }
}
/** Everything that a replay leaves behind, of cases whose source record begins with the prefix. */
async function written(prefix: string): Promise<Record<string, number>> {
  const { rows } = await owner.query(
    `with mine as (select distinct case_id as id from form_version where content::jsonb ->> 'sourceRecord' like $1 || ' %')
     select (select count(*)::int from mine) as cases,
            (select count(*)::int from audit_entry where case_id in (select id from mine) and result = 'DONE') as done,
            (select count(*)::int from audit_entry where case_id in (select id from mine) and result <> 'DONE') as refused,
            (select count(*)::int from form_version where case_id in (select id from mine) and key = 'claim') as claims`,
    [prefix],
  )
  return rows[0]
}

describe('a recorded history', () => {
  const asIs = (text: string) => text
  const packings = [
    ['plain', asIs, 'log.xes'],
    ['packed', gzipSync, 'log.xes.gz'],
  ] as const
  test.each(packings)('%s: conforms where it does, and a second run doubles nothing', async (prefix, pack, name) => {
    const file = fileOf(name, pack(tiny(prefix)))
    const expected = { cases: found.cases, conforming: found.conforming, ended: found.ended, deviations: found.deviations(prefix), withoutAmount: 1 }
    expect(await run(file)).toMatchObject(expected)
    const once = await written(prefix)
    expect(once).toEqual({ cases: 4, done: 4 + 5 + 11 + 1 + 2, refused: 1, claims: 4 })
    expect(await run(file)).toMatchObject(expected)
    expect(await written(prefix)).toEqual(once)
  })

  test('interrupted, it continues where it stopped', async () => {
    const file = fileOf('interrupted.xes', tiny('interrupted'))
    const first = await run(file, { stopAfter: 6 })
    expect(first.cases).toBeLessThan(4)
    expect((await written('interrupted'))['done']).toBeLessThan(23)
    expect(await run(file)).toMatchObject({ cases: 4, conforming: 3, deviations: found.deviations('interrupted') })
    expect(await written('interrupted')).toEqual({ cases: 4, done: 23, refused: 1, claims: 4 })
  })

  test('events keep their recorded time, and the time of recording is the database’s', async () => {
    await run(fileOf('times.xes', logOf(trace('times 1', '12.5', [submitted, signed]))))
    const { rows } = await owner.query(
      `select action, occurred_at, recorded_at > now() - interval '1 hour' as recorded_now from audit_entry
        where case_id in (select case_id from form_version where content::jsonb ->> 'sourceRecord' = 'times 1') order by sequence`,
    )
    const at = (hour: string) => new Date(`2018-03-01T${hour}:00:00.000Z`)
    expect(rows).toEqual([
      { action: 'OPEN', occurred_at: at('09'), recorded_now: true },
      { action: 'SUBMIT', occurred_at: at('09'), recorded_now: true },
      { action: 'APPROVE', occurred_at: at('10'), recorded_now: true },
    ])
  })

  test('an activity that the definition does not know is refused by the door, under its own name', async () => {
    const unknown = ['Declaration FOR_APPROVAL by ADMINISTRATION', 'ADMINISTRATION'] as const
    const { deviations } = await run(fileOf('unknown.xes', logOf(trace('unknown 1', '1', [submitted, unknown, signed]))))
    expect(deviations).toEqual([{ state: 'submitted', event: unknown[0], role: unknown[1], count: 1, firstCase: 'unknown 1' }])
    const { rows } = await owner.query('select result from audit_entry where action = $1', [unknown[0]])
    expect(rows).toEqual([{ result: 'REFUSED' }])
  })

  test.each([
    ['another amount', '2', signed, /^changed 1 stops: The idempotency key was used for another request/],
    ['another actor', '1', checked, /^changed 1 stops: The case has moved on; read it again \(the log is not the one that was replayed/],
  ])('a history that was changed after its replay stops the run and names the case: %s', async (_, amount, second, sentence) => {
    await run(fileOf('changed.xes', logOf(trace('changed 1', '1', [submitted, signed]))))
    await expect(run(fileOf('changed.xes', logOf(trace('changed 1', amount, [submitted, second]))))).rejects.toThrow(sentence)
  })

  test('--limit replays the first cases only', async () => {
    expect(await run(fileOf('limit.xes', tiny('limit')), { limit: 2 })).toMatchObject({ cases: 2, conforming: 2 })
    expect((await written('limit'))['cases']).toBe(2)
  })

  test('its employees are active only while a replay runs, and only one replay runs at a time', async () => {
    const other = new pg.Client({ connectionString: database.ownerUrl })
    await other.connect()
    const active = async () => (await owner.query(`select count(*)::int as active from employee where login like 'replay-%' and active`)).rows[0].active
    await withCast(owner, store, async () => {
      expect(await active()).toBe(9)
      await expect(withCast(other, store, async () => {})).rejects.toThrow('another replay is running on this database')
    })
    expect(await active()).toBe(0)
    await other.end()
  })
})

describe('a file that is no event log', () => {
  const all = async (file: string) => {
    const traces = []
    for await (const one of tracesIn(file)) traces.push(one.id)
    return traces
  }
  const text = tiny('broken')
  test.each([
    ['missing', () => path.join(folder, 'nowhere.xes'), /does not exist$/],
    ['not gzip', () => fileOf('fake.xes.gz', text), /is named \.gz, but is not gzip or is damaged$/],
    ['truncated gzip', () => fileOf('half.xes.gz', gzipSync(text).subarray(0, 200)), /is truncated: its gzip data breaks off$/],
    ['truncated', () => fileOf('half.xes', text.slice(0, text.indexOf('broken 3'))), /is truncated: it breaks off after 2 whole traces$/],
    ['not XES', () => fileOf('page.xes', '<html><trace/></html>'), /is not XES: its root element is <html>, not <log>$/],
    ['not XML', () => fileOf('notes.xes', 'a,b,c'), /is not XES: /],
    ['without times', () => fileOf('timeless.xes', text.replaceAll('time:timestamp', 'time')), /of trace 1 has no valid time:timestamp$/],
  ])('%s: one sentence says so', async (_, make, sentence) => {
    const file = make()
    const failure = await all(file).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(LogUnreadable)
    expect((failure as Error).message).toMatch(sentence)
    expect((failure as Error).message.startsWith(file)).toBe(true)
  })
  test('a log of no cases is a log', async () => {
    expect(await all(fileOf('empty.xes', logOf()))).toEqual([])
  })
})

test('the first case of a deviation is the first in the file, whichever ends first', () => {
  const tally = new Tally()
  const deviation = { activity: 'A', role: 'R', at: '', attributes: {} }
  for (const place of [3, 1, 2]) tally.add({ place, caseName: `case ${place}`, state: 's', deviation, hasAmount: true })
  expect(tally.report().deviations).toEqual([{ state: 's', event: 'A', role: 'R', count: 3, firstCase: 'case 1' }])
  expect(textOf(tally.report(), 0)).toContain('0 of 3 cases conform')
})
