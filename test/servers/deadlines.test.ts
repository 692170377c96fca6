import { afterEach, expect, test } from '@jest/globals'
import { pause, times } from '../support/acts.js'
import { type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { openOwnHouse } from '../support/own-cluster.js'
import { type Fleet, fleetOn } from '../support/server-process.js'
import { firedIn, type Visits, visitsIn } from '../support/visits.js'

const many = Number(process.env['DEADLINES'] ?? 0)
let house: House
let fleet: Fleet
let visits: Visits
afterEach(async () => {
  await fleet.close()
  await visits.close()
  await house.close()
})

/** So many terms end within one second, three servers wait for them, and one is killed when it has work in its hands. */
async function avalanche(count: number, leaseSeconds?: number) {
  fleet = fleetOn(house.ownerUrl)
  visits = await visitsIn(house)
  const servers = await Promise.all(times(3, () => fleet.start()))
  const [ids] = await Promise.all([visits.open(count), ...servers.map((server) => server.ready())])
  const due = Date.now() + 1_000 + count / 2
  await visits.setDue(ids.map((caseId) => ({ caseId, rung: null, dueAt: new Date(due + Math.random() * 1_000) })))
  if (leaseSeconds) await house.owner.query('update pgboss.job set expire_seconds = $1', [leaseSeconds])
  await pause(Math.max(0, due - Date.now()))
  const fired = async (): Promise<number> => (await house.owner.query(`select count(*)::int as n from timer where status = 'FIRED'`)).rows[0].n
  while ((await fired()) < count / 3) await pause(20)
  await servers[0]!.kill()
  const killed = Date.now()
  for (const end = killed + 120_000; (await fired()) < count && Date.now() < end; ) await pause(100)
  const entries = await firedIn(house)
  // What had to be taken from the hands of the dead.
  const { rows } = await house.owner.query(`select data->>'timerId' as timer from pgboss.job where name = 'deadline' and retry_count > 0`)
  const relieved = new Set(rows.map(({ timer }) => timer))
  const lastRelief = Math.max(killed / 1000, ...entries.filter(({ timer }) => relieved.has(timer)).map(({ at }) => at))
  const last = Math.max(...entries.map(({ at }) => at))
  const told = {
    entries: entries.length,
    seconds: last - due / 1000,
    latest: Math.max(...entries.map(({ at, dueAt }) => at - dueAt)),
    relieved: relieved.size,
    reliefSeconds: lastRelief - killed / 1000,
  }
  expect(entries.map(({ caseId }) => caseId).sort()).toEqual([...ids].sort())
  expect(told.latest).toBeLessThan(60)
  expect(await faultsIn(house.pool, house.processes, ids.slice(0, 300))).toEqual([])
  expect([house.reported, ...servers.map(({ logged }) => logged)]).toEqual([[], [], [], []])
  return told
}

test('300 terms end within a second while one of three servers is killed: each fires once', async () => {
  house = await openHouse()
  // Whoever is killed is relieved sooner than usual, so that nobody waits for it here.
  const { relieved } = await avalanche(300, many ? undefined : 2)
  expect(relieved).toBeGreaterThan(0)
}, 60_000)

if (many) {
  test('a server that is killed with terms in its hands is relieved within 60 s', async () => {
    house = await openOwnHouse()
    const { relieved, reliefSeconds } = await avalanche(300)
    console.log(`${relieved} terms in the hands of a killed server, the last of them fired ${reliefSeconds.toFixed(1)} s later`)
    expect(relieved).toBeGreaterThan(0)
    expect(reliefSeconds).toBeLessThan(60)
  }, 600_000)

  test(`${many} terms end within a second while one of three servers is killed: each fires once, within 60 s`, async () => {
    house = await openOwnHouse()
    const { seconds, latest, relieved, reliefSeconds } = await avalanche(many)
    console.log(
      `${many} terms in ${seconds.toFixed(1)} s, ${Math.round(many / seconds)} a second; the latest ${latest.toFixed(1)} s late; ` +
        `${relieved} taken from the killed server, the last ${reliefSeconds.toFixed(1)} s after it was killed`,
    )
  }, 1_200_000)
}
