import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import path from 'node:path'
import readline from 'node:readline'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { root } from '../../src/config.js'
import type { Answer } from '../../src/engine/commands.js'
import { type Door, doorOf } from '../../src/engine/door.js'
import { Refused } from '../../src/engine/refused.js'
import { employeeId } from '../../src/organisation/ids.js'
import { commandStoreOf } from '../../src/persistence/command-store.js'
import { poolOf } from '../../src/persistence/pool.js'
import { submitted } from '../support/acts.js'
import { driveCase, stepsOf } from '../support/busy-cases.js'
import { type CuttingProxy, cuttingProxy } from '../support/cutting-proxy.js'
import { type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { testKeys } from '../support/keys.js'
import { claim } from '../support/papers.js'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

/** What a killed process told before it died. */
type Told = Answer & { readonly key: string }
const digestOf = (key: string) => createHash('sha256').update(key).digest('hex')

/** Runs a server process over the claims from that number on, and kills it without warning so many milliseconds after its first answer. */
async function runAndKill(from: number, after: number): Promise<Told[]> {
  const child = spawn(process.execPath, [path.join(root, 'dist', 'test', 'support', 'busy-door.js')], {
    env: { ...process.env, BUSY_URL: house.appUrl, BUSY_FROM: String(from) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const told: Told[] = []
  let complaints = ''
  child.stderr.on('data', (text: Buffer) => (complaints += text))
  readline.createInterface({ input: child.stdout }).on('line', (line) => {
    if (told.length === 0) setTimeout(() => child.kill('SIGKILL'), after)
    told.push(JSON.parse(line))
  })
  const signal = await new Promise((resolve) => child.on('close', (_, by) => resolve(by)))
  if (signal !== 'SIGKILL') throw new Error(`the server process ended by itself: ${complaints}`)
  return told
}

test('a server process killed at any moment loses nothing that it had told and does nothing twice', async () => {
  const kills = Number(process.env['KILLS'] ?? 2)
  const acknowledged = new Map<string, Answer>()
  const wrong: string[] = []
  let from = 0
  let furthest = 0
  let onlyNowTold = 0
  const note = (key: string, { caseId, sequence, replayed }: Answer) => {
    const before = acknowledged.get(key)
    if (!before && replayed) onlyNowTold++
    if (before && (before.caseId !== caseId || before.sequence !== sequence || !replayed))
      wrong.push(`${key} was answered ${JSON.stringify(before)}, then otherwise`)
    if (!before) acknowledged.set(key, { caseId, sequence, replayed })
  }
  for (let kill = 0; kill < kills; kill++) {
    for (const { key, ...answer } of await runAndKill(from, 50 + Math.random() * 750)) {
      note(key, answer)
      furthest = Math.max(furthest, Number(key.split('-')[1]))
    }
    while (stepsOf(from).every(({ key }) => acknowledged.has(key))) from++
  }
  const answeredWhileKilled = acknowledged.size
  // Whoever was not answered asks again, of another process: eight claims beyond the furthest may have been begun.
  for (let index = 0; index <= furthest + 8; index++) await driveCase(house.door, index, ({ key }, answer) => note(key, answer))
  const { rows } = await house.pool.query(
    `select content::jsonb ->> 'idempotencyKeyDigest' as digest, case_id, sequence, result from audit_entry where process = 'expense-reimbursement'`,
  )
  const entries = Map.groupBy(rows, ({ digest }) => digest)
  for (const [key, { caseId, sequence }] of acknowledged) {
    const mine = entries.get(digestOf(key)) ?? []
    if (mine.length !== 1 || mine[0]!.case_id !== caseId || mine[0]!.sequence !== sequence || mine[0]!.result !== 'DONE')
      wrong.push(`${key}: ${JSON.stringify(mine)}`)
  }
  console.log(`${kills} kills, ${answeredWhileKilled} answers told between them, ${onlyNowTold} acts done whose answer had been lost, ${furthest + 1} claims`)
  expect(wrong).toEqual([])
  expect(rows.length).toBe(acknowledged.size)
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
}, 600_000)

/** A door whose way to the database leads through the proxy. */
async function throughProxy(work: (door: Door, proxy: CuttingProxy) => Promise<void>): Promise<void> {
  const proxy = await cuttingProxy(house.appUrl)
  const broken: unknown[] = []
  const pool = poolOf(proxy.url, (error) => void broken.push(error))
  try {
    await work(
      doorOf({ store: commandStoreOf(pool, house.processes, testKeys), processes: house.processes, report: (error) => void broken.push(error) }),
      proxy,
    )
  } finally {
    await pool.end()
    proxy.close()
  }
}
const approval = (caseId: string) => ({
  actorId: employeeId('cs-manager-1'),
  idempotencyKey: randomUUID(),
  requestId: 'cut',
  caseId,
  process: 'expense-reimbursement',
  action: 'APPROVE',
  forms: {},
})

test('a commit whose answer is lost is answered all the same, and done once', async () => {
  await throughProxy(async (door, proxy) => {
    for (let round = 0; round < 20; round++) {
      const it = await submitted(house)
      const command = approval(it.id)
      proxy.cutNext(1, 'after')
      expect(await door.decide(command)).toEqual({ caseId: it.id, sequence: 3, replayed: true })
      expect(await door.decide(command)).toEqual({ caseId: it.id, sequence: 3, replayed: true })
      expect((await it.history()).length).toBe(3)
    }
    expect(proxy.cuts).toBe(20)
  })
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
}, 60_000)

test('a commit that the database never heard of leaves nothing, and is done by the next try', async () => {
  await throughProxy(async (door, proxy) => {
    for (let round = 0; round < 20; round++) {
      const it = await submitted(house)
      const command = approval(it.id)
      proxy.cutNext(1, 'before')
      expect(await door.decide(command)).toEqual({ caseId: it.id, sequence: 3, replayed: false })
      expect(await door.decide(command)).toEqual({ caseId: it.id, sequence: 3, replayed: true })
      expect((await it.history()).length).toBe(3)
    }
    expect(proxy.cuts).toBe(20)
  })
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
}, 60_000)

for (const when of ['after', 'before'] as const) {
  test(`a line that is cut ${when} every commit ends in BUSY, and the same key then tells what became of it`, async () => {
    await throughProxy(async (door, proxy) => {
      for (let round = 0; round < 5; round++) {
        const it = await submitted(house)
        const command = approval(it.id)
        // The door tries three times.
        proxy.cutNext(3, when)
        const refusal = await door.decide(command).catch((error: unknown) => error)
        expect(refusal instanceof Refused && refusal.code).toBe('BUSY')
        expect((await it.history()).length).toBe(when === 'after' ? 3 : 2)
        expect(await door.decide(command)).toEqual({ caseId: it.id, sequence: 3, replayed: when === 'after' })
        expect((await it.history()).length).toBe(3)
      }
    })
    expect(await faultsIn(house.pool, house.processes)).toEqual([])
  }, 60_000)
}

test('an opening whose answer is lost opens one case', async () => {
  await throughProxy(async (door, proxy) => {
    const before = Number((await house.pool.query('select count(*) as n from service_case')).rows[0].n)
    for (let round = 0; round < 5; round++) {
      proxy.cutNext(1, 'after')
      const answer = await door.open({
        actorId: employeeId('technician-1'),
        idempotencyKey: randomUUID(),
        requestId: 'cut',
        process: 'expense-reimbursement',
        form: claim(),
      })
      expect(answer.replayed).toBe(true)
    }
    expect(Number((await house.pool.query('select count(*) as n from service_case')).rows[0].n)).toBe(before + 5)
  })
}, 60_000)

test('sessions that the database ends under way cost no act and double none', async () => {
  const pool = poolOf(house.appUrl, () => {})
  const door = doorOf({ store: commandStoreOf(pool, house.processes, testKeys), processes: house.processes, report: () => {} })
  let over = false
  let ended = 0
  const session = `select pid from pg_stat_activity
    where datname = current_database() and usename <> current_user and xact_start is not null order by random() limit 1`
  const ending = (async () => {
    while (!over && ended < 60) {
      ended += (await house.owner.query(`select pg_terminate_backend(pid) from (${session}) one`)).rowCount ?? 0
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })()
  const first = 1_000_000
  const answers: Answer[] = []
  await Promise.all(
    Array.from({ length: 8 }, async (_, lane) => {
      for (let index = first + lane; index < first + 40; index += 8) await driveCase(door, index, (_step, answer) => void answers.push(answer))
    }),
  ).finally(() => {
    over = true
  })
  await ending
  console.log(`${ended} sessions ended under ${answers.length} acts`)
  await pool.end()
  const steps = Array.from({ length: 40 }, (_, index) => stepsOf(first + index).length).reduce((sum, count) => sum + count, 0)
  expect(answers.length).toBe(steps)
  expect(new Set(answers.map(({ caseId, sequence }) => `${caseId} ${sequence}`)).size).toBe(steps)
  expect(await faultsIn(house.pool, house.processes)).toEqual([])
}, 120_000)
