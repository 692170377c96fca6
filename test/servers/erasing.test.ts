import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { pino } from 'pino'
import { configFrom } from '../../src/config.js'
import { startErasing } from '../../src/jobs/erasing.js'
import { ledgerIn } from '../../src/jobs/erasure-ledger.js'
import { customerId } from '../../src/organisation/ids.js'
import { serverFrom } from '../../src/server.js'
import { pause } from '../support/acts.js'
import { backupOf, commitmentFaults, entriesOf, erase, hold, lift, pastMealFor, sealedOf, statusOf } from '../support/erasures.js'
import { type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { testKeys } from '../support/keys.js'
import { type Fleet, fleetOn } from '../support/server-process.js'

const fleets: Fleet[] = []
const houses: House[] = []
afterAll(async () => {
  await Promise.all(fleets.map((fleet) => fleet.close()))
  await Promise.all(houses.map((house) => house.close()))
})
const fleetFor = (ownerUrl: string) => fleets[fleets.push(fleetOn(ownerUrl)) - 1]!
const houseAt = async (ownerUrl: string, appUrl: string) => houses[houses.push(await openHouse([], [ownerUrl, appUrl])) - 1]!

const newFolder = () => mkdtempSync(path.join(tmpdir(), 'countersign-proof-'))
const ledger = (folder: string): any[] => {
  try {
    return readFileSync(path.join(folder, 'erasures.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  } catch {
    return []
  }
}
async function until(true_: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = Date.now() + 15_000; !(await true_()); await pause(50)) if (Date.now() > end) throw new Error('it has not come true')
}

const codes = ['C0018', 'C0019', 'C0020', 'C0021']
test('one of two servers is killed while deferred erasures run: each is done once, and a backup from before cannot bring them back', async () => {
  const first = await openHouse()
  const holds: string[] = []
  const asked: string[] = []
  for (const code of codes) {
    holds.push(await hold(first, await pastMealFor(first, code)))
    asked.push(await erase(first, code))
  }
  await first.close()
  const backup = await backupOf(first)
  const house = await houseAt(first.ownerUrl, first.appUrl)
  const folders = [newFolder(), newFolder()] as const
  const killed = await (await fleetFor(first.ownerUrl).start({ PROOF_DIRECTORY: folders[0] })).ready()
  await Promise.all(holds.map((id) => lift(house, id)))
  const { pool, door } = house
  const report = (error: unknown) => void house.reported.push(error)
  const other = startErasing({ pool, door, keys: testKeys, ledger: await ledgerIn(folders[1], testKeys), report }, 50)
  await until(async () => (await Promise.all(asked.map((id) => statusOf(house, id)))).includes('DONE'))
  await killed.kill()
  await until(() => ledger(folders[1]).length === codes.length)
  await other.stop()

  const done = (await entriesOf(house, 'ERASE_CUSTOMER')).filter(({ details }) => details.status === 'DONE')
  expect(done.map(({ customerId: of }) => of).sort()).toEqual(codes.map((code) => customerId(code)).sort())
  expect(
    ledger(folders[1])
      .map(({ erasureId }) => erasureId)
      .sort(),
  ).toEqual([...asked].sort())

  const restored = await houseAt(...backup)
  expect(await sealedOf(restored, 'C0018')).toEqual({ sealed: 1, readable: 1 })
  const logged: string[] = []
  const config = configFrom({ KEY_FILE: process.env['KEY_FILE'], PROOF_DIRECTORY: folders[1], DATABASE_URL: backup[0], APP_DATABASE_URL: backup[1] })
  const server = await serverFrom(config, restored.processes, pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) }))
  for (const code of codes) expect(await sealedOf(restored, code)).toEqual({ sealed: 1, readable: 0 })
  await server.close()
  const again = (await entriesOf(restored, 'ERASE_CUSTOMER')).filter(({ details }) => details.reapplied === 'true')
  expect(again.map(({ details }) => details.erasureId).sort()).toEqual([...asked].sort())
  for (const one of [house, restored]) expect([await faultsIn(one.pool, one.processes), await commitmentFaults(one), one.reported]).toEqual([[], [], []])
  expect([killed.logged, logged]).toEqual([[], []])
}, 120_000)
