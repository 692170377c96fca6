import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { ExportFormat } from '../../src/audit/exports/formats.js'
import { commandStoreOf } from '../../src/persistence/command-store.js'
import { publish } from '../../src/persistence/events.js'
import { exportFile, type Handed } from '../../src/persistence/export-file.js'
import { actFor, replayedProcess, withCast } from '../../src/replay/bindings.js'
import { replay } from '../../src/replay/replay.js'
import { Tally } from '../../src/replay/report.js'
import { type RecordedEvent, type Trace, tracesIn } from '../../src/replay/xes.js'
import { type House, openHouse } from '../support/house.js'
import { testKeys } from '../support/keys.js'

const folder = mkdtempSync(path.join(tmpdir(), 'countersign-round-trip-'))
/** A recorded log to go round with; without one a small log of our own. */
const recorded = process.env['REPLAY_FILE'] ?? path.join(folder, 'small.xes')
const minutes = 60_000
let house: House
beforeAll(async () => {
  writeFileSync(path.join(folder, 'small.xes'), small())
  house = await openHouse()
}, 2 * minutes)
afterAll(async () => {
  await house?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Routes of page 67 over and over, a millisecond apart here and there; every fifth case leaves the definition. */
function small(): string {
  const at = (milliseconds: number) => new Date(Date.UTC(2018, 2, 1) + milliseconds).toISOString().replace('Z', '+00:00')
  const event = (activity: string, role: string, when: number) =>
    `<event><string key="concept:name" value="${activity}"/><string key="org:role" value="${role}"/><date key="time:timestamp" value="${at(when)}"/></event>`
  const by = (act: string, role: string) => [`Declaration ${act} by ${role}`, role] as const
  const payment = [['Request Payment', 'UNDEFINED'] as const, ['Payment Handled', 'UNDEFINED'] as const]
  const submitted = by('SUBMITTED', 'EMPLOYEE')
  const routes = [
    [submitted, by('APPROVED', 'ADMINISTRATION'), by('FINAL_APPROVED', 'SUPERVISOR'), ...payment],
    [submitted, by('APPROVED', 'ADMINISTRATION'), by('APPROVED', 'BUDGET OWNER'), by('APPROVED', 'SUPERVISOR'), by('FINAL_APPROVED', 'DIRECTOR'), ...payment],
    [
      submitted,
      by('APPROVED', 'PRE_APPROVER'),
      by('REJECTED', 'SUPERVISOR'),
      by('REJECTED', 'EMPLOYEE'),
      submitted,
      by('FINAL_APPROVED', 'SUPERVISOR'),
      ...payment,
    ],
    [by('SAVED', 'EMPLOYEE')],
    [submitted, by('FINAL_APPROVED', 'SUPERVISOR'), by('REJECTED', 'MISSING'), ...payment],
  ]
  const traces = Array.from({ length: 25 }, (_, n) => {
    const events = routes[n % routes.length]!.map(([activity, role], index) => event(activity, role, n * 3_600_000 + index * (n % 3)))
    return `<trace><string key="concept:name" value="declaration ${n}"/><string key="Amount" value="${n}.5"/>${events.join('')}</trace>`
  })
  return `<?xml version="1.0" encoding="UTF-8"?><log xes.version="1.0">${traces.join('')}</log>`
}

async function written(format: ExportFormat, file: string): Promise<Handed> {
  while (await publish(house.pool));
  const logSize = Number((await house.pool.query('select count(*) as size from log_leaf')).rows[0].size)
  const { pieces, handed } = exportFile(format, {
    db: house.pool,
    processes: house.processes,
    filter: { processes: [replayedProcess] },
    logSize,
    whole: true,
    verifierKeys: [],
  })
  await pipeline(pieces, createWriteStream(file))
  return handed()
}
/** The number of each case by the name that the recorded log gives it. */
async function numbersByName(): Promise<Map<string, string>> {
  const { rows } = await house.owner.query(
    `select content::jsonb ->> 'sourceRecord' as name, c.number from form_version f join service_case c on c.id = f.case_id where f.key = 'claim'`,
  )
  return new Map(rows.map(({ name, number }) => [name, number]))
}

test(
  'what was replayed and taken out again is what was recorded: activities, roles, times and order of every conforming case',
  async () => {
    const tally = new Tally()
    const deviating = new Set<string>()
    const onEvent = () => void tally.events++
    await withCast(house.owner, commandStoreOf(house.pool, house.processes, testKeys), () =>
      replay(tracesIn(recorded), {
        door: house.door,
        db: house.pool,
        onEvent,
        onEnding: (ending) => {
          tally.add(ending)
          if (ending.deviation) deviating.add(ending.caseName)
        },
      }),
    )
    const xesFile = path.join(folder, 'out.xes')
    const xes = await written('XES', xesFile)
    const exported = new Map<string, Trace>()
    for await (const trace of tracesIn(xesFile)) exported.set(trace.id, trace)
    const numbers = await numbersByName()

    const activityOf = new Map<string, string>()
    const actOf = new Map<string, string>()
    const compared = { cases: 0, events: 0, different: [] as unknown[] }
    for await (const original of tracesIn(recorded)) {
      if (deviating.has(original.id)) continue
      const [opening, ...events] = exported.get(numbers.get(original.id)!)!.events
      expect(opening!.activity).toBe('OPEN')
      compared.cases++
      compared.events += original.events.length
      const [there, back] = [original.events.map(asRecorded), events.map(asExported)]
      if (JSON.stringify(there) !== JSON.stringify(back)) compared.different.push([original.id, there, back])
      for (const [index, { activity, role }] of original.events.entries()) {
        const act = `${events[index]?.activity} ${events[index]?.role}`
        activityOf.set(act, bare(activity))
        actOf.set(bare(activity), act)
        expect([activityOf.get(act), actOf.get(bare(activity))]).toEqual([bare(activity), act])
        expect(role).not.toBe('MISSING')
      }
    }
    const { cases, conforming } = tally.report()
    expect(compared).toEqual({ cases: conforming, events: compared.events, different: [] })
    // One activity for one act by one role, and back.
    expect(activityOf.size).toBe(actOf.size)
    expect(exported.size).toBe(cases)

    const ocelFile = path.join(folder, 'out.ocel.json')
    const ocel = await written('OCEL', ocelFile)
    const log = JSON.parse(readFileSync(ocelFile, 'utf8'))
    const inXes = [...exported.values()].reduce((sum, { events }) => sum + events.length, 0)
    const done = await house.owner.query(`select count(*)::int as entries from audit_entry where process = $1 and result = 'DONE' and case_id is not null`, [
      replayedProcess,
    ])
    expect([xes.entries, ocel.entries, inXes, log.events.length]).toEqual(Array.from({ length: 4 }, () => done.rows[0].entries))
    expect(log.objects.filter(({ type }: { type: string }) => type === replayedProcess)).toHaveLength(cases)
    if (process.env['REPLAY_FILE'])
      process.stderr.write(`${tally.line()}; ${JSON.stringify({ cases, conforming, compared, xes, ocel, bijection: [...actOf] })}\n`)
  },
  60 * minutes,
)

const bare = (activity: string): string => /([A-Z_]+ by [A-Z_ ]+)$/.exec(activity)?.[1] ?? activity
/** Roles of the log are written with a blank where ours have a line; what nobody is named for the system did. */
const asRecorded = (event: RecordedEvent) => [actFor(event).action, event.role.replace(' ', '_').replace('UNDEFINED', 'SYSTEM'), event.at]
const asExported = ({ activity, role, at }: RecordedEvent) => [activity, role, at]
