import { appendFileSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { eraseAgain, mirrorOf, startErasing } from '../../src/jobs/erasing.js'
import { ledgerIn } from '../../src/jobs/erasure-ledger.js'
import { customerId } from '../../src/organisation/ids.js'
import { pause } from '../support/acts.js'
import { mealApplicant } from '../support/cases.js'
import { backupOf, close, commitmentFaults, entriesOf, erase, hold, lift, mealFor, pastMealFor, sealedOf, statusOf, tablesWith } from '../support/erasures.js'
import { type House, openHouse } from '../support/house.js'
import { faultsIn } from '../support/invariants.js'
import { testKeys } from '../support/keys.js'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(async () => {
  expect([await faultsIn(house.pool, house.processes), await commitmentFaults(house), house.reported]).toEqual([[], [], []])
  await house.close()
})

const newFolder = () => mkdtempSync(path.join(tmpdir(), 'countersign-ledger-'))
const fileIn = (folder: string) => path.join(folder, 'erasures.jsonl')
const linesIn = (folder: string): any[] =>
  readFileSync(fileIn(folder), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
/** Whoever works for a house as a server does, with a ledger of its own. */
async function serverOf({ pool, door }: House, folder: string) {
  const reported: string[] = []
  const report = (error: unknown) => void reported.push((error as Error).message)
  return { pool, door, keys: testKeys, ledger: await ledgerIn(folder, testKeys), report, reported }
}
const doneEntries = async (code: string, at = house) =>
  (await entriesOf(at, 'ERASE_CUSTOMER')).filter(({ customerId: of, details }) => of === customerId(code) && details.status === 'DONE')

test('two servers: a deferred erasure runs once when its case closes, and both ledgers have it', async () => {
  const other = await openHouse([], [house.ownerUrl, house.appUrl])
  const folders = [newFolder(), newFolder()]
  const meal = await mealFor(house, 'C0012')
  const id = await erase(house, 'C0012')
  const servers = [await serverOf(house, folders[0]!), await serverOf(other, folders[1]!)]
  const pumps = servers.map((server) => startErasing(server, 10))
  await pause(60)
  expect(await statusOf(house, id)).toBe('DEFERRED')
  await close(meal)
  for (const end = Date.now() + 5_000; !servers.every(({ ledger }) => ledger.has(id)) && Date.now() < end; ) await pause(20)
  await Promise.all(pumps.map((one) => one.stop()))
  const entries = await doneEntries('C0012')
  expect([entries.length, await sealedOf(house, 'C0012'), servers.map(({ reported }) => reported)]).toEqual([1, { sealed: 1, readable: 0 }, [[], []]])
  for (const folder of folders)
    expect(linesIn(folder).filter(({ erasureId }) => erasureId === id)).toMatchObject([
      {
        customerId: customerId('C0012'),
        keys: entries[0].details.keys.split(' '),
        sequence: entries[0].sequence,
        mac: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ])
  await other.close()
})

test('a torn last line is taken off, one that lacks only its end is kept, and what is missing is written again', async () => {
  await pastMealFor(house, 'C0013')
  await erase(house, 'C0013')
  const folder = newFolder()
  await mirrorOf(await serverOf(house, folder))()
  const whole = readFileSync(fileIn(folder), 'utf8')
  truncateSync(fileIn(folder), Buffer.byteLength(whole) - 1)
  expect((await ledgerIn(folder, testKeys)).lines).toHaveLength(linesIn(folder).length)
  expect(readFileSync(fileIn(folder), 'utf8')).toBe(whole)
  truncateSync(fileIn(folder), Buffer.byteLength(whole) - 30)
  const torn = await serverOf(house, folder)
  expect([torn.ledger.lines.length, torn.ledger.forged]).toEqual([whole.split('\n').length - 2, []])
  await mirrorOf(torn)()
  expect([readFileSync(fileIn(folder), 'utf8'), torn.reported]).toEqual([whole, []])
})

test('a line that somebody else wrote or changed is reported, and nothing is erased for it', async () => {
  await pastMealFor(house, 'C0014')
  await pastMealFor(house, 'C0015')
  await erase(house, 'C0014')
  const folder = newFolder()
  await mirrorOf(await serverOf(house, folder))()
  const lines = linesIn(folder)
  const forged = { ...lines.at(-1), customerId: customerId('C0015') }
  const unsigned = { ...forged, macKey: 'mac-9' }
  appendFileSync(fileIn(folder), `${JSON.stringify(forged)}\n${JSON.stringify(unsigned)}\nnot JSON\n`)
  const server = await serverOf(house, folder)
  await eraseAgain(server)
  expect(server.reported).toEqual([1, 2, 3].map((more) => expect.stringContaining(`line ${lines.length + more} `)))
  expect([(await sealedOf(house, 'C0015')).readable, (await doneEntries('C0015')).length]).toEqual([1, 0])
})

test('what only the table says, and not the history, does not go into the ledger', async () => {
  const [, sequence] = [await pastMealFor(house, 'C0016'), (await entriesOf(house, 'ERASE_CUSTOMER')).at(-1).sequence]
  await house.owner.query(
    `insert into erasure (id, customer_id, status, reason, requested_by_id, requested_at, done_at, sequence)
       select gen_random_uuid(), $1, 'DONE', '', requested_by_id, now(), now(), $2 from erasure limit 1`,
    [customerId('C0016'), sequence],
  )
  const folder = newFolder()
  const server = await serverOf(house, folder)
  await mirrorOf(server)()
  expect(server.reported).toEqual([expect.stringContaining('is not what the history says')])
  expect(linesIn(folder).map(({ customerId: of }) => of)).not.toContain(customerId('C0016'))
  await house.owner.query('delete from erasure where customer_id = $1', [customerId('C0016')])
})

test('a backup from before is erased again, whatever is open or held in it, once and on record; its open case goes on', async () => {
  const marked = '13987650456'
  const first = await openHouse()
  const [open, past] = [await mealFor(first, 'C0017', marked), await pastMealFor(first, 'C0017')]
  const holdId = await hold(first, past)
  const asked = await erase(first, 'C0017')
  // A decision that waits for whoever signs after it keeps its forms beside the case.
  const held = JSON.stringify({
    held: {
      actor: {},
      action: 'SUBMIT',
      seat: null,
      to: null,
      contentDigest: '',
      forms: [{ key: 'application', formId: '3.17', values: { venue: '江畔酒楼' }, sealed: null, subjectId: null }],
    },
  })
  await first.close()
  const backup = await backupOf(first)
  const [present, restored] = [await openHouse([], [first.ownerUrl, first.appUrl]), await openHouse([], backup)]
  await close(await present.caseOf(open.id))
  await lift(present, holdId)
  const folder = newFolder()
  const server = await serverOf(present, folder)
  const pump = startErasing(server, 10)
  for (const end = Date.now() + 5_000; !server.ledger.has(asked) && Date.now() < end; ) await pause(20)
  await pump.stop()

  await restored.owner.query('update service_case set handling = $2 where id = $1', [open.id, held])
  expect([await sealedOf(restored, 'C0017'), await tablesWith(restored, marked)]).toEqual([{ sealed: 2, readable: 2 }, []])
  const again = await serverOf(restored, folder)
  await Promise.all([eraseAgain(again), eraseAgain(again)])
  await eraseAgain(again)
  expect([await sealedOf(restored, 'C0017'), await tablesWith(restored, marked), again.reported]).toEqual([{ sealed: 2, readable: 0 }, [], []])
  expect([await statusOf(restored, asked), await doneEntries('C0017', restored)]).toMatchObject([
    'DONE',
    [{ actor: { kind: 'system' }, details: { erasureId: asked, reapplied: 'true', cases: '2' } }],
  ])
  await restored.owner.query(`update service_case set handling = '{}' where id = $1`, [open.id])
  const meal = await restored.caseOf(open.id)
  const form = { application: { venue: '江畔酒楼' } }
  expect(await meal.refused(mealApplicant, 'SUBMIT', form)).toContain('FORM_INVALID')
  expect(await close(meal)).toBe('cancelled')
  for (const one of [present, restored]) {
    expect([await faultsIn(one.pool, one.processes), await commitmentFaults(one), one.reported]).toEqual([[], [], []])
    await one.close()
  }
})

test('a ledger that cannot be written stops the server from starting', async () => {
  const folder = newFolder()
  writeFileSync(path.join(folder, 'proof'), 'a file')
  await expect(ledgerIn(path.join(folder, 'proof'), testKeys)).rejects.toThrow('EEXIST')
})
