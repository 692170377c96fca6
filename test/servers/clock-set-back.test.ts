import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { ownTokens } from '../../src/organisation/tokens.js'
import { pause, times } from '../support/acts.js'
import type { House } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { openOwnHouse } from '../support/own-cluster.js'
import { clientOf, noTraffic, unlike } from '../support/remote-claims.js'
import { type Fleet, fleetOn, type ServerProcess } from '../support/server-process.js'
import { firedIn, type Visits, visitsIn } from '../support/visits.js'

/** Where Debian and Ubuntu, Fedora and Arch put it. */
const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu', '.', '../lib64'].map((place) => `/usr/lib/${place}/faketime/libfaketime.so.1`)
const twoDays = 2 * 86_400

let house: House
let fleet: Fleet
let visits: Visits
let clockFile: string
const set = (offset: string) => writeFileSync(clockFile, `${offset}\n`)

// The clock of a whole PostgreSQL is set while it runs: for that the tests need libfaketime (apt-get install libfaketime).
if (process.env['CLOCK_SET_BACK']) {
  beforeAll(async () => {
    const library = libraries.find((one) => existsSync(one))
    if (!library) throw new Error(`libfaketime is not installed, so nobody can set the clock: looked for ${libraries.join(', ')}`)
    const folder = mkdtempSync(path.join(tmpdir(), 'countersign-clock-'))
    // PostgreSQL may run as another user.
    chmodSync(folder, 0o755)
    clockFile = path.join(folder, 'clock')
    set('+0')
    // Time that only runs forward stays as it is, as on a machine whose clock is set.
    const faketime = { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: clockFile, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' }
    house = await openOwnHouse(faketime)
    // An organisation that has stood for a while: a role is held from its day on, by the same clock.
    for (const table of ['role_assignment', 'authority_limit']) await house.owner.query(`update ${table} set valid_from = valid_from - interval '30 days'`)
    fleet = fleetOn(house.ownerUrl)
    visits = await visitsIn(house)
  }, 120_000)
  afterAll(async () => {
    await fleet.close()
    await visits.close()
    await house.close()
    rmSync(path.dirname(clockFile), { recursive: true, force: true })
  }, 60_000)
}

/** By how much the clock of the database is ahead of this machine's (s). */
const ahead = async () => (await house.owner.query('select extract(epoch from clock_timestamp())::float8 as now')).rows[0].now - Date.now() / 1000
const stepSeen = async ({ url }: ServerProcess) =>
  Number(/^countersign_database_clock_step_seconds (\S+)/m.exec(await (await fetch(`${url}/metrics`)).text())![1])
async function until(holds: () => Promise<boolean>, seconds: number): Promise<number> {
  const begun = Date.now()
  while (!(await holds())) {
    if (Date.now() - begun > seconds * 1000) throw new Error(`not so after ${seconds} s`)
    await pause(200)
  }
  return (Date.now() - begun) / 1000
}
const claimsBy = async (servers: readonly ServerProcess[], from: number, traffic = noTraffic()) => {
  const client = clientOf(
    servers.map(({ url }) => url),
    await ownTokens(house.pool),
    traffic,
  )
  for (const index of times(4, (one) => from + one)) await client.drive(index, () => true)
  return traffic
}

const whenAsked = process.env['CLOCK_SET_BACK'] ? test : test.skip
whenAsked(
  'the clock of the database is set back two days: terms wait for it and fire once, histories go on without a gap, and the step is reported',
  async () => {
    const servers = await Promise.all(times(2, () => fleet.start()))
    await Promise.all(servers.map((server) => server.ready()))
    expect(Math.abs(await ahead())).toBeLessThan(2)
    const ids = await visits.open(60)
    const traffic = await claimsBy(servers, 0)
    const due = Date.now() + 8_000
    await visits.setDue(ids.map((caseId) => ({ caseId, rung: null, dueAt: new Date(due) })))
    set('-2d')
    expect(Math.abs((await ahead()) + twoDays)).toBeLessThan(2)
    // Reported by each server, which looks every few seconds.
    const noticed = await until(async () => (await Promise.all(servers.map(stepSeen))).every((step) => Math.abs(step + twoDays) < 5), 30)
    for (const { logged } of servers) expect(logged.filter((line) => /the clock of the database was set back by 17(2799|2800)\.\d s/.test(line)).length).toBe(1)
    await claimsBy(servers, 4, traffic)
    // What is due by the earlier clock fires by it.
    const soon = await visits.open(5)
    await visits.setDue(soon.map((caseId) => ({ caseId, rung: null, dueAt: new Date(Date.now() - twoDays * 1000 + 2_000) })))
    await until(async () => (await firedIn(house)).length === soon.length, 20)
    await pause(Math.max(0, due + 5_000 - Date.now()))
    expect((await firedIn(house)).map(({ caseId }) => caseId).sort()).toEqual([...soon].sort())
    set('+0')
    const caughtUp = await until(async () => (await firedIn(house)).length >= soon.length + ids.length, 60)
    await until(async () => (await Promise.all(servers.map(stepSeen))).every((step) => Math.abs(step - twoDays) < 5), 30)
    await claimsBy(servers, 8, traffic)
    await pause(2_000)
    console.log(`set back: noticed after ${noticed.toFixed(1)} s; set right: ${ids.length} terms fired within ${caughtUp.toFixed(1)} s`)
    expect((await firedIn(house)).map(({ caseId }) => caseId).sort()).toEqual([...ids, ...soon].sort())
    expect(traffic.errors).toEqual([])
    expect(await unlike(house, traffic.acknowledged)).toEqual([])
    // Order is the sequence; the times of entries tell what the clock showed.
    expect((await faultsIn(house.pool, house.processes)).filter((fault) => !fault.endsWith('is older than the one before it'))).toEqual([])
    const others = servers.flatMap(({ logged }) => logged).filter((line) => !line.includes('the clock of the database was set'))
    expect([house.reported, others]).toEqual([[], []])
  },
  300_000,
)

whenAsked(
  'a server that is killed with terms in its hands while the clock is two days back is relieved all the same within 60 s',
  async () => {
    const servers = await Promise.all(times(2, () => fleet.start()))
    await Promise.all(servers.map((server) => server.ready()))
    const before = (await firedIn(house)).length
    const ids = await visits.open(200)
    set('-2d')
    await visits.setDue(ids.map((caseId) => ({ caseId, rung: null, dueAt: new Date(Date.now() - twoDays * 1000 + 1_000) })))
    await until(async () => (await firedIn(house)).length > before + 20, 30)
    await servers[0]!.kill()
    const seconds = await until(async () => (await firedIn(house)).length >= before + ids.length, 180)
    console.log(`killed two days back: relieved after ${seconds.toFixed(1)} s`)
    set('+0')
    expect((await firedIn(house)).length).toBe(before + ids.length)
    expect(seconds).toBeLessThan(60)
  },
  300_000,
)
