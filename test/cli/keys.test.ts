import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { pino } from 'pino'
import { keyKinds, newKeyring, readKeyring, rotated, writtenKeyring } from '../../src/audit/keyring.js'
import { verifierKeyOf } from '../../src/audit/note.js'
import { configFrom, root } from '../../src/config.js'
import { serverFrom } from '../../src/server.js'
import { submitted } from '../support/acts.js'
import { type House, openHouse } from '../support/house.js'
import { testKeys } from '../support/keys.js'

const folder = mkdtempSync(path.join(tmpdir(), 'countersign-keys-'))
const file = path.join(folder, 'keys.json')
const keys = (args: readonly string[], KEY_FILE = file) =>
  spawnSync(process.execPath, [path.join(root, 'dist', 'src', 'cli', 'keys.js'), ...args], { encoding: 'utf8', env: { ...process.env, KEY_FILE } })
let house: House
beforeAll(async () => {
  writeFileSync(file, writtenKeyring(testKeys), { mode: 0o600 })
  house = await openHouse()
  await submitted(house)
})
afterAll(() => house.close())

test('show names every key, the origin and what verifies the log, and no secret', () => {
  const { status, stdout, stderr } = keys(['show'])
  expect([status, stderr]).toEqual([0, ''])
  for (const said of ['mac-1', 'subjects-1', 'log-1', 'since 2026-01-01T00:00:00.000Z', testKeys.origin, verifierKeyOf(testKeys.origin, testKeys.log[0]!)])
    expect(stdout).toContain(said)
  for (const kind of keyKinds) for (const { secret } of testKeys[kind]) expect(stdout).not.toContain(secret)
})

test('rotate adds a key that is used from then on, for the owner of the file alone, and says when servers must have been started again', () => {
  const { status, stdout } = keys(['rotate', 'log'])
  expect([status, stdout]).toEqual([
    0,
    expect.stringMatching(/^log-2 is the key in use; log-1 is retired from 20\S+ on\.\nServers that share the file use it at once/),
  ])
  const { log, mac, subjects } = readKeyring(readFileSync(file, 'utf8'))
  expect([mac, subjects, log[0]!.secret]).toEqual([testKeys.mac, testKeys.subjects, testKeys.log[0]!.secret])
  expect(log.map(({ id, retiredAt }) => [id, retiredAt !== null])).toEqual([
    ['log-1', true],
    ['log-2', false],
  ])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(keys(['show']).stdout).toContain('retired 20')
})

test('what is asked wrongly, and a file that is not there, change nothing', () => {
  for (const args of [[], ['show', 'mac'], ['rotate'], ['rotate', 'secret'], ['rotate', 'mac', 'log']]) expect(keys(args).status).toBe(2)
  const missing = keys(['show'], path.join(folder, 'none.json'))
  expect([missing.status, missing.stderr]).toEqual([1, expect.stringMatching(/^there is no key file .*none\.json; the first start of a server makes it/)])
})

test('a server does not start on a history that other keys have signed, and does with more keys than it needs', async () => {
  const { origin, subjects, log } = testKeys
  const start = (name: string, keyring: typeof testKeys) => {
    const KEY_FILE = path.join(folder, name)
    writeFileSync(KEY_FILE, writtenKeyring(keyring))
    const config = configFrom({ KEY_FILE, PROOF_DIRECTORY: folder, DATABASE_URL: house.ownerUrl, APP_DATABASE_URL: house.appUrl })
    return serverFrom(config, house.processes, pino({ level: 'silent' }))
  }
  const later = { origin, subjects, log, mac: [{ ...testKeys.mac[0]!, id: 'mac-7' }] }
  await expect(start('later.json', later)).rejects.toThrow(/signed with the key mac-1, which the key file lacks: KEY_FILE must name/)
  await expect(start('anew.json', newKeyring(new Date()))).rejects.toThrow(/signed with another key mac-1 than the one in the key file: KEY_FILE must name/)
  await (await start('more.json', rotated(testKeys, 'mac', new Date()))).close()
})

test.each(['verify', 'export'] as const)('%s adds nothing to a history that other keys have signed, and makes no key file', async (command) => {
  const cli = (KEY_FILE: string) => {
    const args = command === 'export' ? ['--format', 'jsonl', '--out', path.join(folder, 'out.jsonl'), '--purpose', 'test'] : []
    const env = { ...process.env, KEY_FILE, PROOF_DIRECTORY: folder, DATABASE_URL: house.ownerUrl, APP_DATABASE_URL: house.appUrl }
    return spawnSync(process.execPath, [path.join(root, 'dist', 'src', 'cli', `${command}.js`), ...args], { encoding: 'utf8', env })
  }
  const entries = async () => (await house.owner.query('select count(*)::int as entries from audit_entry')).rows[0].entries
  const before = await entries()
  const other = path.join(folder, 'other.json')
  writeFileSync(other, writtenKeyring(newKeyring(new Date())))
  expect(cli(other)).toMatchObject({ status: 1, stderr: expect.stringContaining('signed with another key mac-1 than the one in the key file') })
  const none = path.join(folder, 'none.json')
  expect(cli(none)).toMatchObject({ status: 1, stderr: expect.stringContaining('there is no key file') })
  expect([await entries(), existsSync(none)]).toEqual([before, false])
})
