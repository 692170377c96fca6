import { mkdtempSync } from 'node:fs'
import { appendFile, mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { Registry } from 'prom-client'
import { readCheckpoint } from '../../src/audit/checkpoint.js'
import { newKeyring, rotated } from '../../src/audit/keyring.js'
import { placesOf } from '../../src/jobs/checkpoint-places.js'
import { addLogMetrics } from '../../src/jobs/log-metrics.js'
import { seal, sealingOf } from '../../src/jobs/sealing.js'
import { publish } from '../../src/persistence/events.js'
import { submitted } from '../support/acts.js'
import { type House, openHouse } from '../support/house.js'
import { testKeys } from '../support/keys.js'
import { allCheckpoints, checkpointFaults, fileIn, growTo, notesOf, unprotected, until } from '../support/log.js'
import { openReceiver } from '../support/receiver.js'
import { type Fleet, fleetOn } from '../support/server-process.js'

let house: House
let fleet: Fleet
const houses: House[] = []
const stops: (() => Promise<unknown>)[] = []
const fresh = async (): Promise<House> => {
  const one = await openHouse()
  houses.push(one)
  return one
}
beforeAll(async () => {
  house = await fresh()
  fleet = fleetOn(house.ownerUrl)
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})
afterAll(async () => {
  await fleet.close()
  await Promise.all(houses.map((one) => one.close()))
})

const folder = () => mkdtempSync(path.join(tmpdir(), 'countersign-proof-'))
/** As the key file of these servers has them. */
let keyring = testKeys
const sizes = async (of: House) => (await allCheckpoints(of)).map(({ size }) => size)
const isWhole = async (of: House, directory: string) => {
  const [notes, checkpoints] = [await notesOf(directory), await allCheckpoints(of)]
  return checkpoints.length > 0 && notes.join() === checkpoints.map(({ note }) => note).join()
}
/** Gives what was done its places and seals it. */
async function sealed(of: House): Promise<void> {
  while (await publish(of.pool));
  expect(await seal(of.pool, testKeys, 0)).toBe(true)
}
/** The places of one server, in this process; with what it reports and measures. */
function startPlaces(of: House, directory: string, url?: string) {
  const registry = new Registry()
  const reported: string[] = []
  const metrics = addLogMetrics(registry, of.pool, url)
  const report = (error: unknown) => void reported.push((error as Error).message)
  const places = placesOf({ pool: of.pool, keys: async () => keyring, directory, url, timeoutMs: 500, metrics, report })
  stops.push(() => places.stop())
  const measured = async (name: string) =>
    Number(
      (await registry.metrics())
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.split(' ')[1],
    )
  return { reported, measured, stop: () => places.stop() }
}

test('real servers: a checkpoint within its time after an act, one a size, in both files; one that was killed before its file had it catches up', async () => {
  const [mine, hers] = [folder(), folder()]
  // Her file cannot be written: what the table has is not there when she is killed.
  await mkdir(fileIn(hers))
  const starting = [mine, hers].map((PROOF_DIRECTORY) => fleet.start({ PROOF_DIRECTORY, CHECKPOINT_SECONDS: '1' }))
  const [first, second] = await Promise.all((await Promise.all(starting)).map((server) => server.ready()))
  await until(() => isWhole(house, mine))
  const before = (await sizes(house)).at(-1)!
  await submitted(house)
  await until(async () => (await sizes(house)).at(-1)! === before + 2)
  const { rows: waits } = await house.pool.query(
    'select extract(epoch from (select max(made_at) from checkpoint) - max(recorded_at))::float8 as seconds from audit_entry',
  )
  // Far less than what is usual without the setting.
  expect(waits[0].seconds).toBeLessThan(5)
  await until(() => isWhole(house, mine))
  expect(await notesOf(mine)).toHaveLength((await sizes(house)).length)
  await second!.kill()
  await rmdir(fileIn(hers))
  const { reported, stop } = startPlaces(house, hers)
  await until(() => isWhole(house, hers))
  // What is done last is sealed when the last server goes.
  await submitted(house)
  expect((await first!.stop()).code).toBe(0)
  await stop()
  const { rows } = await house.pool.query('select count(*)::int as entries from audit_entry')
  expect((await sizes(house)).at(-1)).toBe(rows[0].entries)
  expect([await isWhole(house, mine), await isWhole(house, hers), reported, await checkpointFaults(house)]).toEqual([true, true, [], []])
}, 120_000)

test('stopping seals what is not yet sealed, and several pumps make one checkpoint a size', async () => {
  const of = await fresh()
  const report = (error: unknown) => void of.reported.push(error)
  const pumps = [1, 2, 3].map(() => sealingOf({ pool: of.pool, keys: async () => testKeys, seconds: 60, forked: () => {}, report }))
  await until(async () => (await sizes(of)).length === 1)
  await submitted(of)
  while (await publish(of.pool));
  // Another is not due for most of a minute.
  expect(await seal(of.pool, testKeys, 30)).toBe(false)
  await Promise.all(pumps.map((one) => one.stop()))
  expect([(await sizes(of)).length, await checkpointFaults(of), of.reported]).toEqual([2, [], []])
})

test('two who share a file write each checkpoint once; a torn end is cut off, told of and written again', async () => {
  const of = await fresh()
  const shared = folder()
  const both = [startPlaces(of, shared), startPlaces(of, shared)]
  for (let round = 0; round < 3; round++) {
    await submitted(of)
    await sealed(of)
  }
  await until(() => isWhole(of, shared))
  await Promise.all(both.map((one) => one.stop()))
  expect(both.flatMap(({ reported }) => reported)).toEqual([])
  const whole = await readFile(fileIn(shared))
  // Wherever a writer was cut off.
  for (const cut of [1, 2, 40, 120, 260]) {
    await writeFile(fileIn(shared), whole.subarray(0, whole.length - cut))
    const { reported, stop } = startPlaces(of, shared)
    await until(() => isWhole(of, shared))
    await stop()
    expect([cut, reported, await readFile(fileIn(shared))]).toEqual([cut, [expect.stringMatching(/was torn: its \d+ bytes/)], whole])
  }
  await appendFile(fileIn(shared), 'x'.repeat(5_000))
  const { reported, measured } = startPlaces(of, shared)
  await until(() => reported.length > 0)
  expect(reported).toEqual([expect.stringContaining('5000 bytes that are none')])
  expect(await measured('countersign_log_place_failures_total{place="file"}')).toBeGreaterThan(0)
})

test('a database that was set back: the file stays as it is, the error names both sizes, the alarm sounds until the file is put aside', async () => {
  const of = await fresh()
  const directory = folder()
  for (let round = 0; round < 2; round++) {
    await submitted(of)
    await sealed(of)
  }
  const { reported, measured } = startPlaces(of, directory)
  await until(() => isWhole(of, directory))
  const alarm = () => measured('countersign_log_fork_alarm{seen_by="file"}')
  expect([await alarm(), await measured('countersign_log_place_lag{place="file"}')]).toEqual([0, 0])
  const before = await readFile(fileIn(directory))
  const [older, newer] = await sizes(of)
  await unprotected(of, 'checkpoint', `delete from checkpoint where size = ${newer}`)
  await unprotected(of, 'log_leaf', `delete from log_leaf where index >= ${older}`)
  await until(async () => (await alarm()) === 1)
  // It goes on another way, past the size that the file has.
  await growTo(of, newer! + 1)
  expect(await seal(of.pool, testKeys, 0)).toBe(true)
  await until(() => reported.length === 2)
  for (const [at, newest] of [older, newer! + 1].entries())
    expect(reported[at]).toMatch(new RegExp(`holds a checkpoint of ${newer} leaves that the database does not have, whose newest is of ${newest}: `))
  expect([await readFile(fileIn(directory)), await alarm()]).toEqual([before, 1])
  await writeFile(fileIn(directory), '')
  await until(async () => (await isWhole(of, directory)) && (await alarm()) === 0)
})

test('nothing is signed over entries that were changed, and no checkpoint of another’s making is taken into the file', async () => {
  const of = await fresh()
  const directory = folder()
  await submitted(of)
  await sealed(of)
  const { reported } = startPlaces(of, directory)
  await until(() => isWhole(of, directory))
  await submitted(of)
  while (await publish(of.pool));
  await unprotected(of, 'log_leaf', `update log_leaf set hash = sha256('x') where index = 1`)
  const alarms: boolean[] = []
  const told: string[] = []
  const sealing = sealingOf({
    pool: of.pool,
    keys: async () => testKeys,
    seconds: 0.1,
    forked: (is) => void alarms.push(is),
    report: (error) => void told.push((error as Error).message),
  })
  await until(() => alarms.length > 2)
  await sealing.stop()
  const [size, ...more] = await sizes(of)
  expect([alarms.every(Boolean), told]).toEqual([true, [expect.stringContaining(`does not continue the one of ${size} that was signed`)]])
  expect(more).toEqual([])
  await expect(seal(of.pool, newKeyring(new Date()), 0)).rejects.toThrow('no key of the log has signed')
  // Whoever has the key of the log, and not the log, cannot bring the witness to take it.
  await of.owner.query(
    `insert into checkpoint (size, root, note, made_at) select size + 1, root, replace(note, E'\\n' || size || E'\\n', E'\\n' || size + 1 || E'\\n'), now() from checkpoint`,
  )
  await until(() => reported.length > 0)
  expect(reported).toEqual([`the checkpoint of ${size! + 1} leaves is not signed by a key of the log; it is not added to the file, which ends with ${size}`])
})

test('a new key of the log is known to servers that were not started again, and both keys verify', async () => {
  const of = await fresh()
  const directory = folder()
  await submitted(of)
  await sealed(of)
  const { reported, measured } = startPlaces(of, directory)
  await until(() => isWhole(of, directory))
  keyring = rotated(testKeys, 'log', new Date())
  stops.push(async () => {
    keyring = testKeys
  })
  await submitted(of)
  while (await publish(of.pool));
  expect(await seal(of.pool, keyring, 0)).toBe(true)
  await until(() => isWhole(of, directory))
  expect((await allCheckpoints(of)).map(({ note }) => readCheckpoint(keyring, note)?.keyId)).toEqual(['log-1', 'log-2'])
  expect([reported, await measured('countersign_log_fork_alarm{seen_by="file"}')]).toEqual([[], 0])
})

test('an address gets every checkpoint in order, is tried again after a failure, and holds up nothing else', async () => {
  const of = await fresh()
  const receiver = await openReceiver()
  stops.push(() => receiver.close())
  const directory = folder()
  let failing = true
  receiver.answers((response) => response.writeHead(failing ? 503 : 204).end())
  await submitted(of)
  await sealed(of)
  const { reported, measured, stop } = startPlaces(of, directory, receiver.url('/checkpoints?secret=x'))
  await until(async () => reported.length > 0 && (await isWhole(of, directory)))
  expect(reported[0]).toBe(`127.0.0.1:${receiver.port} did not take the checkpoint of ${(await sizes(of))[0]} leaves: answered 503`)
  await submitted(of)
  await sealed(of)
  expect(await measured('countersign_log_place_lag{place="address"}')).toBe(2)
  failing = false
  await until(async () => (await measured('countersign_log_place_lag{place="address"}')) === 0)
  const notes = (await allCheckpoints(of)).map(({ note }) => note)
  expect(receiver.received.slice(-2).map(({ body }) => body)).toEqual(notes)
  expect(receiver.received.every(({ headers }) => headers['content-type'] === 'text/plain; charset=utf-8')).toBe(true)
  expect(await measured('countersign_log_place_failures_total{place="address"}')).toBe(receiver.received.length - 2)
  // What it has is remembered: started again it is told nothing twice.
  await stop()
  const count = receiver.received.length
  await submitted(of)
  await sealed(of)
  startPlaces(of, directory, receiver.url('/checkpoints?secret=x'))
  await until(() => receiver.received.length > count)
  expect(receiver.received.at(-1)!.body).toBe((await allCheckpoints(of)).at(-1)!.note)
})
