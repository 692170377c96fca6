import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from '@jest/globals'
import { keyInUse, rotated } from '../../src/audit/keyring.js'
import { newSubjectKey, unwrapped, wrapped } from '../../src/audit/personal.js'
import { keysFrom, liveKeys, writeKeyFile } from '../../src/key-file.js'

test('a server that runs on uses a new key at once, and opens what others wrapped with it; a file that is gone or torn leaves the keys', async () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'countersign-keys-')), 'keys.json')
  const first = await keysFrom(file)
  const live = liveKeys(file, first)
  expect([keyInUse(live.mac).id, live.origin]).toEqual(['mac-1', first.origin])
  const next = rotated(rotated(first, 'mac', new Date()), 'subjects', new Date())
  await writeKeyFile(file, next, 'over')
  const subject = newSubjectKey()
  expect(unwrapped(live, wrapped(next, subject)).equals(subject)).toBe(true)
  expect([keyInUse(live.mac).id, keyInUse(live.subjects).id]).toEqual(['mac-2', 'subjects-2'])
  writeFileSync(file, '{"format":')
  expect(keyInUse(live.mac).id).toBe('mac-2')
  rmSync(file)
  expect(keyInUse(live.mac).id).toBe('mac-2')
})
