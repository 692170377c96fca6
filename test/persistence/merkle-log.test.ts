import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { consistencyProof, inclusionProof, isConsistent, leafOf, rootFromInclusion } from '../../src/audit/merkle.js'
import { seal } from '../../src/jobs/sealing.js'
import { sequencingOf } from '../../src/jobs/sequencing.js'
import { publish, unpublished } from '../../src/persistence/events.js'
import { consistencyBetween, hashOf, inclusionOf, inclusionsOf, logSize } from '../../src/persistence/merkle-log.js'
import { poolOf, type Querier } from '../../src/persistence/pool.js'
import { claimant, submitted, times } from '../support/acts.js'
import { type House, openHouse } from '../support/house.js'
import { testKeys } from '../support/keys.js'
import { allCheckpoints, checkpointFaults, growTo, plainRoot, unprotected, until } from '../support/log.js'
import { claim } from '../support/papers.js'

/** `LOG_LEAVES` says how many for the measured log; a million are left to `npm run test:long`. */
const many = Number(process.env['LOG_LEAVES'] ?? 70_000)
const houses: House[] = []
const fresh = async () => {
  const house = await openHouse()
  houses.push(house)
  return house
}
let grown: House
beforeAll(async () => {
  grown = await fresh()
})
afterAll(() => Promise.all(houses.map((house) => house.close())))

async function leavesFrom({ owner }: House, index: number): Promise<Buffer[]> {
  return (await owner.query('select hash from log_leaf where index >= $1 order by index', [index])).rows.map(({ hash }) => hash)
}

test('roots and proofs are those of the plain tree where blocks begin and end', async () => {
  const leaves: Buffer[] = []
  const known: { size: number; root: Buffer }[] = []
  for (const size of [(await logSize(grown.pool)) + 1, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537]) {
    await growTo(grown, size)
    for (const leaf of await leavesFrom(grown, leaves.length)) leaves.push(leaf)
    const now = { size, root: plainRoot(leaves) }
    const hashes = hashOf(grown.pool)
    expect([size, await logSize(grown.pool), (await hashes(0, size)).toString('hex')]).toEqual([size, size, now.root.toString('hex')])
    for (const index of new Set([0, 1, 254, 255, 256, 511, 512, 65_535, size >> 1, size - 2, size - 1].filter((one) => one < size)))
      expect(rootFromInclusion(leaves[index]!, index, size, await inclusionProof(index, size, hashes))).toEqual(now.root)
    for (const old of known) expect(isConsistent(old, now, await consistencyProof(old.size, size, hashes))).toBe(true)
    known.push(now)
  }
  const { rows } = await grown.pool.query('select level, count(*)::int as blocks from log_block group by level order by level')
  expect(rows).toEqual([
    { level: 8, blocks: 256 },
    { level: 16, blocks: 1 },
  ])
})

test(`a proof in a log of ${many} leaves takes at most 20 ms and a few statements`, async () => {
  await growTo(grown, many)
  let asked = 0
  const counting = {
    query: (...statement: [string, unknown[]]) => {
      asked++
      return grown.pool.query(...statement)
    },
  } as Querier
  const began = performance.now()
  expect(await seal(grown.pool, testKeys, 0)).toBe(true)
  const sealMs = performance.now() - began
  const size = await logSize(grown.pool)
  const took: number[] = []
  const trips: number[] = []
  const cpu = process.cpuUsage()
  let most = 0
  for (let round = 0; round < 200; round++) {
    const index = Math.floor(Math.random() * (size - 10)) + 10
    const trip = performance.now()
    await grown.pool.query('select 1')
    trips.push(performance.now() - trip)
    asked = 0
    const start = performance.now()
    const found = (await inclusionOf(counting, String(1_000_000_000 + index)))!
    took.push(performance.now() - start)
    most = Math.max(most, asked)
    if (round % 50 > 0) continue
    const { rows } = await grown.pool.query('select hash from log_leaf where index = $1', [index])
    expect([found.index, found.size, rootFromInclusion(rows[0].hash, index, found.size, found.proof)]).toEqual([index, size, found.root])
  }
  for (const times of [took, trips]) times.sort((one, other) => one - other)
  const [usual, slow, trip] = [took[100]!, took[190]!, trips[100]!]
  if (process.env['LOG_LEAVES']) {
    const { user, system } = process.cpuUsage(cpu)
    const start = performance.now()
    await consistencyBetween(grown.pool, Math.floor(size / 3), size)
    const consistencyMs = performance.now() - start
    const figures = { usual, slow, trip, cpu: (user + system) / 1000 / took.length, sealMs, consistencyMs, statements: most }
    console.log(
      `${size} leaves (ms): ${Object.entries(figures)
        .map(([name, figure]) => `${name} ${figure.toFixed(1)}`)
        .join(', ')}`,
    )
  }
  expect(most).toBeLessThanOrEqual(10)
  // Where others work on the machine too, everything takes longer: a mere question to the database says how much.
  expect(usual).toBeLessThanOrEqual(Math.max(20, 30 * trip))
})

test('an entry is proved from its number and hash alone, once a checkpoint covers it', async () => {
  const house = await fresh()
  const it = await submitted(house)
  const entries = async () => (await house.pool.query('select position, hash from audit_entry where case_id = $1 order by position', [it.id])).rows
  const [first, second] = await entries()
  expect(await inclusionOf(house.pool, first.position)).toBeNull()
  while (await publish(house.pool));
  expect(await inclusionOf(house.pool, first.position)).toBeNull()
  expect(await seal(house.pool, testKeys, 0)).toBe(true)
  expect(await seal(house.pool, testKeys, 0)).toBe(false)
  await it.act('finance-1', 'CHECK')
  while (await publish(house.pool));
  const third = (await entries())[2]
  const found = await inclusionsOf(house.pool, [second.position, third.position, first.position, '999999999999'])
  expect(found.map((one) => one !== null)).toEqual([true, false, true, false])
  for (const [entry, one] of [
    [second, found[0]!],
    [first, found[2]!],
  ] as const) {
    expect(rootFromInclusion(leafOf(entry.position, entry.hash), one.index, one.size, one.proof)).toEqual(one.root)
    expect(rootFromInclusion(leafOf(entry.position, third.hash), one.index, one.size, one.proof)).not.toEqual(one.root)
  }
})

test('many write while two servers give places and make checkpoints: each is signed and linked, and every pair is consistent', async () => {
  const house = await fresh()
  const report = (error: unknown) => void house.reported.push(error)
  const other = poolOf(house.appUrl, report, 4)
  const sequencers = [house.pool, other].map((pool) => sequencingOf({ pool, report, pauseMs: 5 }))
  let writing = true
  const sealers = [house.pool, other].map(async (pool) => {
    let made = 0
    while (writing) if (await seal(pool, testKeys, 0)) made++
    return made
  })
  await Promise.all(
    times(6, async () => {
      for (let round = 0; round < 8; round++) {
        const it = await house.open(claimant, 'expense-reimbursement', claim())
        await it.act(claimant, 'SUBMIT')
        await house.openRefused('auditor-1', 'gift-plan-approval', {})
      }
    }),
  ).finally(() => {
    writing = false
  })
  await until(async () => (await unpublished(house.pool)) === 0)
  const made = await Promise.all(sealers)
  await Promise.all(sequencers.map((one) => one.stop()))
  await seal(other, testKeys, 0)
  await other.end()
  const checkpoints = await allCheckpoints(house)
  const { rows } = await house.pool.query('select count(*)::int as entries from audit_entry')
  expect([checkpoints.at(-1)!.size, house.reported]).toEqual([rows[0].entries, []])
  expect([0, 1]).toContain(checkpoints.length - made[0]! - made[1]!)
  expect(checkpoints.length).toBeGreaterThan(5)
  expect(await checkpointFaults(house)).toEqual([])
})

test('a log that lacks a leaf or a block says which, and proves nothing', async () => {
  const house = await fresh()
  await growTo(house, 600)
  await unprotected(house, 'log_leaf', 'delete from log_leaf where index = 520')
  await expect(hashOf(house.pool)(0, 600)).rejects.toThrow('lacks leaf 520')
  await expect(hashOf(house.pool)(0, 1024)).rejects.toThrow('lacks block 2 of level 8')
  expect((await hashOf(house.pool)(256, 256)).length).toBe(32)
})
