import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { grow } from '../support/history-volume.js'
import { type House, openHouse } from '../support/house.js'
import { chainAt, chainOf } from '../support/practice.js'
import { adoptRoles, checkpointed, logged, ProofFile, recorded, verified } from '../support/proof.js'

/** A million entries in three minutes, the last ten thousand of them in three seconds; in a normal run so few that only the way is tried. */
const entries = Number(process.env['VERIFY_ENTRIES'] ?? 2000)
const isFull = entries >= 1_000_000
const recent = Math.min(10_000, entries / 10)

let house: House
const file = new ProofFile()
beforeAll(async () => {
  house = await openHouse([chainOf('chain')])
  await adoptRoles(house)
})
afterAll(() => house.close())

test(
  `${entries} entries are verified in full, ${recent} more from there on`,
  async () => {
    const source = await chainAt(house, 'chain', 'passed')
    await logged(house)
    await grow(house, source.id, entries)
    await checkpointed(house.owner, file)
    const cpu = process.cpuUsage()
    const full = await verified(house, file)
    const { user, system } = process.cpuUsage(cpu)
    expect(full.findings).toEqual([])
    expect(full.entries).toBeGreaterThanOrEqual(entries)
    await recorded(house, full)
    // Copies of what is done now: none is older than what stands in the log.
    const next = await chainAt(house, 'chain', 'passed')
    await logged(house)
    await grow(house, next.id, recent)
    await checkpointed(house.owner, file)
    const increment = await verified(house, file, { mode: 'incremental' })
    expect(increment).toMatchObject({ mode: 'incremental', findings: [] })
    expect(increment.entries).toBeGreaterThanOrEqual(recent)
    expect(increment.entries).toBeLessThan(recent + 100)
    if (process.env['VERIFY_ENTRIES'] === undefined) return
    console.log(
      `${full.entries} entries: ${full.tookMs} ms, of which ${Math.round((user + system) / 1000)} ms of this process; ${increment.entries} more: ${increment.tookMs} ms`,
    )
    if (!isFull) return
    expect(full.tookMs).toBeLessThanOrEqual(180_000)
    expect(increment.tookMs).toBeLessThanOrEqual(3000)
  },
  process.env['VERIFY_ENTRIES'] ? 7_200_000 : 60_000,
)
