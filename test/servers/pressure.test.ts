import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import { ownTokens } from '../../src/organisation/tokens.js'
import { pause, times } from '../support/acts.js'
import { type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { claim } from '../support/papers.js'
import { unlike } from '../support/remote-claims.js'
import { type Fleet, fleetOn, type ServerProcess } from '../support/server-process.js'

const burst = Number(process.env['BURST'] ?? 200)
const isLong = burst > 200
let house: House
let fleet: Fleet
let authorization: string
beforeAll(async () => {
  house = await openHouse()
  fleet = fleetOn(house.ownerUrl)
  authorization = `Bearer ${(await (await ownTokens(house.pool)).issue(employeeId('technician-1'))).token}`
})
afterAll(async () => {
  await fleet.close()
  await house.close()
})

interface Outcome {
  readonly key: string
  readonly status: number
  readonly retryAfter: string | null
  readonly code: string | undefined
  readonly caseId: string | undefined
  readonly isReplayed: boolean
}
async function openClaim({ url }: ServerProcess, key: string): Promise<Outcome> {
  const query = 'mutation ($form: ExpenseClaimInput!, $key: String!) { expenseReimbursementOpen(form: $form, idempotencyKey: $key) { id } }'
  const body = JSON.stringify({ query, variables: { form: claim(), key } })
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', authorization }, body })
  const { data, errors } = (await response.json()) as any
  return {
    key,
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    code: errors?.[0].extensions.code,
    caseId: data?.expenseReimbursementOpen?.id,
    isReplayed: response.headers.get('idempotency-replayed') === 'true',
  }
}
const metric = async ({ url }: ServerProcess, name: string): Promise<number> =>
  Number(new RegExp(`^${name} (\\S+)`, 'm').exec(await (await fetch(`${url}/metrics`)).text())![1])
const residentMb = async (server: ServerProcess) => (await metric(server, 'process_resident_memory_bytes')) / 2 ** 20

/** Sends them all at once, and asks meanwhile how the server is. Whoever is asked to come again does, with the same key, until all are done. */
async function flood(server: ServerProcess, name: string) {
  const probes: { status: number; ms: number }[] = []
  let isOver = false
  const probing = (async () => {
    for (; !isOver; await pause(50))
      for (const path of ['livez', 'readyz']) {
        const begun = performance.now()
        probes.push({ status: (await fetch(`${server.url}/${path}`)).status, ms: performance.now() - begun })
      }
  })()
  const first = await Promise.all(times(burst, (index) => openClaim(server, `${name}-${index}`)))
  const acknowledged = first.filter(({ caseId }) => caseId)
  const waiting = first.filter(({ caseId }) => !caseId).map(({ key }) => key)
  const comingAgain = async () => {
    for (let key = waiting.shift(); key; key = waiting.shift()) {
      const outcome = await openClaim(server, key)
      if (outcome.caseId) acknowledged.push(outcome)
      else waiting.push(key)
    }
  }
  await Promise.all(times(12, comingAgain))
  isOver = true
  await probing
  return { first, acknowledged, probes, residentMb: await residentMb(server) }
}

const atOnce = 8
test(`${burst} requests at once where ${atOnce} are worked on at once: the others are asked to come again, and whoever was answered is in the history`, async () => {
  const server = await (await fleet.start({ REQUESTS_AT_ONCE: String(atOnce) })).ready()
  const before = await residentMb(server)
  const rounds: Awaited<ReturnType<typeof flood>>[] = []
  for (let round = 0; round < (isLong ? 2 : 1); round++) rounds.push(await flood(server, `${atOnce}-${round}`))
  const memory = rounds.map(({ residentMb }) => residentMb)
  for (const { first, acknowledged, probes } of rounds) {
    const turnedAway = first.filter(({ caseId }) => !caseId)
    expect([...new Set(turnedAway.map(({ status, retryAfter, code }) => `${status} ${retryAfter} ${code}`))]).toEqual(['503 1 BUSY'])
    expect([...new Set(probes.map(({ status }) => status))]).toEqual([200])
    expect(Math.max(...probes.map(({ ms }) => ms))).toBeLessThan(5_000)
    // Whoever was turned away left nothing: none of the keys was used before it was answered.
    expect(acknowledged.filter(({ isReplayed }) => isReplayed)).toEqual([])
    const receipts = acknowledged.map(({ key, caseId }) => [key, { caseId: caseId!, sequence: 1, replayed: false }] as const)
    expect(await unlike(house, new Map(receipts))).toEqual([])
    expect(new Set(acknowledged.map(({ caseId }) => caseId)).size).toBe(burst)
  }
  const turnedAway = rounds.map(({ first }) => first.filter(({ caseId }) => !caseId).length)
  const slowest = Math.max(...rounds.flatMap(({ probes }) => probes.map(({ ms }) => ms)))
  console.log(
    `${atOnce} at once: ${turnedAway.join(', ')} of ${burst} turned away, slowest probe ${slowest.toFixed(0)} ms, memory ${before.toFixed(0)} → ${memory.map((mb) => mb.toFixed(0)).join(', ')} MB`,
  )
  expect(memory.at(-1)! - memory[0]!).toBeLessThan(100)
  expect(Math.max(...memory) - before).toBeLessThan(400)
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
  expect(server.logged).toEqual([])
  await server.kill()
}, 600_000)
