import { expect, test } from '@jest/globals'
import { noteDigest, notesIn, readCheckpoint, signedCheckpoint, writtenNote } from '../../src/audit/checkpoint.js'
import { newKeyring, readKeyring, rotated, writtenKeyring } from '../../src/audit/keyring.js'
import { leafHash } from '../../src/audit/merkle.js'
import { openedNote, signedNote, verifierKeyOf } from '../../src/audit/note.js'

const now = new Date('2026-11-22T00:00:00Z')
const keys = newKeyring(now)
const checkpoint = (size: number, previous = '') => ({ size, root: leafHash(`${size}`), madeAt: '2026-11-22T00:00:00.000000Z', previous })

test('the example of C2SP signed-note: its key makes the note that is printed there', () => {
  // The seed of `PRIVATE+KEY+example.com/foo` of golang.org/x/mod/sumdb/note.
  const key = {
    id: 'PeterNeumann',
    secret: Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1).toString('base64url'),
    since: '',
    retiredAt: null,
  }
  const text = 'If you think cryptography is the answer to your problem,\nthen you don’t know what your problem is.\n'.replace('’', "'")
  const note = signedNote(text, 'PeterNeumann', key)
  expect(verifierKeyOf('PeterNeumann', key)).toBe('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')
  expect(note.split('\n').at(-2)).toBe('— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=')
  expect(openedNote(note, 'PeterNeumann', [key])?.text).toBe(text)
})
test('a checkpoint is read back, and not when a sign of it was changed', () => {
  const note = signedCheckpoint(keys, checkpoint(7))
  expect(readCheckpoint(keys, note)).toEqual({ ...checkpoint(7), keyId: 'log-1' })
  for (let at = 0; at < note.length; at++) {
    const changed = `${note.slice(0, at)}${note[at] === 'x' ? 'y' : 'x'}${note.slice(at + 1)}`
    if (Buffer.from(changed).equals(Buffer.from(note))) continue
    const read = readCheckpoint(keys, changed)
    // The unused bits of base64's last sign say nothing.
    if (read) expect({ at, read }).toEqual({ at, read: { ...checkpoint(7), keyId: 'log-1' } })
  }
})
test('nobody else’s key, and after a rotation both', () => {
  const note = signedCheckpoint(keys, checkpoint(7))
  expect(readCheckpoint(newKeyring(now), note)).toBeNull()
  const later = rotated(keys, 'log', now)
  expect(readCheckpoint(later, note)?.keyId).toBe('log-1')
  expect(readCheckpoint(later, signedCheckpoint(later, checkpoint(8, noteDigest(note))))?.keyId).toBe('log-2')
  expect(readCheckpoint(keys, signedCheckpoint(later, checkpoint(8)))).toBeNull()
})
test('a file of notes is read note by note, a torn one at its end left out', () => {
  const notes = [1, 2, 3].map((size) => signedCheckpoint(keys, checkpoint(size)))
  const file = notes.map(writtenNote).join('')
  expect(notesIn(file)).toEqual(notes)
  expect(notesIn(file.slice(0, -120))).toEqual(notes.slice(0, 2))
  expect(notesIn('')).toEqual([])
})
test('a keyring is written and read, and nothing else is taken for one', () => {
  expect(readKeyring(writtenKeyring(keys))).toEqual(keys)
  for (const text of ['', '{}', 'null', '[]', '{"format":"countersign/keys/1"}', writtenKeyring(keys).replace(/"secret": "./, '"secret": "')])
    expect(() => readKeyring(text)).toThrow(/key file/)
  const { mac } = rotated(keys, 'mac', now)
  expect(mac.map(({ id, retiredAt }) => [id, retiredAt])).toEqual([
    ['mac-1', '2026-11-22T01:00:00.000Z'],
    ['mac-2', null],
  ])
})
