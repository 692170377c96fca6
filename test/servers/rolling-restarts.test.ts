import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { ownTokens, type Tokens } from '../../src/organisation/tokens.js'
import { newestPosition } from '../../src/persistence/events.js'
import { pause, times } from '../support/acts.js'
import { type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { clientOf, noTraffic, unlike } from '../support/remote-claims.js'
import { type Fleet, fleetOn, type ServerProcess } from '../support/server-process.js'
import { type Arrived, cursorNow, type Subscriber, settled, subscribe, tasksOffered } from '../support/subscriber.js'

/** `RESTARTS` says how many; without it they are left to `npm run test:long`. */
const restarts = Number(process.env['RESTARTS'] ?? 0)
const whenAsked = restarts > 0 ? test : test.skip
const isLong = restarts > 3
const drainMs = isLong ? 1_000 : 300
let house: House
let fleet: Fleet
let tokens: Tokens
beforeAll(async () => {
  house = await openHouse()
  fleet = fleetOn(house.ownerUrl)
  tokens = await ownTokens(house.pool)
})
afterAll(async () => {
  await fleet.close()
  await house.close()
})

/** Somebody who goes on behind his last cursor at the next server whenever one lets go of him. */
function follow(servers: readonly ServerProcess[], login: string, from: string) {
  const arrived: Arrived[] = []
  const ends: unknown[] = []
  let stopped = false
  let current: Subscriber | undefined
  const following = (async () => {
    for (let at = 0; !stopped; at++) {
      const after = arrived.at(-1)?.cursor ?? from
      current = await subscribe({ port: servers[at % servers.length]!.port, tokens }, login, 'taskEvents', { after })
      if (stopped) current.cut()
      const end = await current.end
      arrived.push(...current.seen)
      current = undefined
      if (!stopped) ends.push(end)
      await pause(20)
    }
  })()
  return {
    arrived,
    ends,
    count: () => arrived.length + (current?.seen.length ?? 0),
    async stop() {
      stopped = true
      current?.cut()
      await following
    },
  }
}

/** One restart. Output: how long the end took (ms), its exit code, and what its readiness and its API said meanwhile. */
async function restart(server: ServerProcess) {
  const ending = server.stop()
  const said: string[] = []
  const answered: number[] = []
  for (;;) {
    const ready = await fetch(`${server.url}/readyz`).catch(() => null)
    if (!ready) break
    said.push(`${ready.status} ${((await ready.json()) as { status: string }).status}`)
    if (ready.status !== 503) continue
    const headers = { 'content-type': 'application/json' }
    const asked = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: '{"query":"{ __typename }"}' }).catch(() => null)
    if (asked) answered.push(asked.status)
    await pause(20)
  }
  const { code, ms } = await ending
  return { code, ms, said, answered }
}

whenAsked(
  `${restarts} rolling restarts of three servers under load lose nothing, do nothing twice, and no client is refused for good`,
  async () => {
    const env = { DRAIN_MS: String(drainMs) }
    const servers = await Promise.all(times(3, () => fleet.start(env)))
    await Promise.all(servers.map((server) => server.ready()))
    const urls = servers.map(({ url }) => url)
    const from = await cursorNow({ house })
    const mark = await newestPosition(house.pool)
    const logins = ['finance-2', 'cs-manager-1', 'dept-manager-1']
    const followers = logins.map((login, index) => follow([...servers.slice(index), ...servers.slice(0, index)], login, from))
    const traffic = noTraffic()
    let next = 0
    let isOver = false
    const clients = times(isLong ? 6 : 2, async (index) => {
      const client = clientOf([...urls.slice(index % 3), ...urls.slice(0, index % 3)], tokens, traffic)
      while (!isOver) {
        await client.drive(next++, () => !isOver)
        if (!isLong) await pause(1_000)
      }
    })
    const ends: Awaited<ReturnType<typeof restart>>[] = []
    const begun = Date.now()
    const logged: string[] = []
    for (let done = 0; done < restarts; done++) {
      const server = servers[done % 3]!
      ends.push(await restart(server))
      logged.push(...server.logged)
      servers[done % 3] = await (await fleet.start(env, server.port)).ready()
    }
    isOver = true
    await Promise.all(clients)
    const seconds = (Date.now() - begun) / 1000
    await settled({ house })
    const due = await Promise.all(logins.map((login) => tasksOffered({ house }, login, mark)))
    const isBehind = () => followers.some((one, index) => one.count() < due[index]!.length)
    for (const end = Date.now() + 5_000; isBehind() && Date.now() < end; ) await pause(50)
    await Promise.all(followers.map((one) => one.stop()))
    const slowest = Math.max(...ends.map(({ ms }) => ms))
    console.log(
      `${restarts} restarts in ${seconds.toFixed(0)} s, the slowest end after ${slowest.toFixed(0)} ms (${drainMs} of them waiting); ${traffic.acknowledged.size} acts, ` +
        `${traffic.retried} of ${traffic.sent} requests sent again; ${due.map((events) => events.length).join(', ')} events over ${followers.map(({ ends }) => ends.length + 1).join(', ')} sockets`,
    )
    expect(traffic.errors).toEqual([])
    expect(traffic.acknowledged.size).toBeGreaterThan(restarts * 5)
    expect(await unlike(house, traffic.acknowledged)).toEqual([])
    const { rows } = await house.owner.query(`select count(*)::int as n from audit_entry where process = 'expense-reimbursement'`)
    expect(rows[0].n).toBe(traffic.acknowledged.size)
    expect(ends.map(({ code }) => code)).toEqual(ends.map(() => 0))
    expect(slowest).toBeLessThan(12_000)
    for (const { said, answered } of ends) {
      expect([...new Set(said)].filter((one) => one !== '200 ready')).toEqual(['503 draining'])
      expect([...new Set(answered)]).toEqual([200])
    }
    expect(followers.map(({ arrived }) => arrived.map(({ id, kind, task }) => [id.split('.')[0], kind, task.id]))).toEqual(due)
    expect(await faultsIn(house.pool, house.processes)).toEqual([])
    expect([...logged, ...servers.flatMap((server) => server.logged)]).toEqual([])
  },
  1_200_000,
)
