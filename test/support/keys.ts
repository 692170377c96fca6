import { createHash } from 'node:crypto'
import type { KeyKind, Keyring } from '../../src/audit/keyring.js'

const key = (kind: KeyKind) => ({
  id: `${kind}-1`,
  secret: createHash('sha256').update(`test ${kind}`).digest('base64url'),
  since: '2026-01-01T00:00:00.000Z',
  retiredAt: null,
})
/** The keys of all houses of the tests, so that several processes may work on one database. */
export const testKeys: Keyring = { origin: 'countersign.local/tests', mac: [key('mac')], subjects: [key('subjects')], log: [key('log')] }
