import { randomBytes } from 'node:crypto'

/** One secret of 32 bytes (base64url). It is used from `since` on; a retired one still opens and checks what it made before. Times: ISO 8601. */
export interface Key {
  readonly id: string
  readonly secret: string
  readonly since: string
  readonly retiredAt: string | null
}
/**
 * What the proof of the history rests on, kept outside the database: `mac` signs every entry, `subjects` wraps the keys of personal
 * values, `log` (Ed25519 seeds) signs checkpoints under the name `origin`.
 */
export interface Keyring {
  readonly origin: string
  readonly mac: readonly Key[]
  readonly subjects: readonly Key[]
  readonly log: readonly Key[]
}
export type KeyKind = 'mac' | 'subjects' | 'log'
export const keyKinds: readonly KeyKind[] = ['mac', 'subjects', 'log']

const format = 'countersign/keys/1'
/** How long a server that does not have the new file yet may go on with a retired key. */
const graceMs = 3_600_000

export function newKeyring(now: Date): Keyring {
  const first = (kind: KeyKind) => [newKey(kind, 1, now)]
  return { origin: `countersign.local/${randomBytes(6).toString('hex')}`, mac: first('mac'), subjects: first('subjects'), log: first('log') }
}
const newKey = (kind: KeyKind, number: number, now: Date): Key => ({
  id: `${kind}-${number}`,
  secret: randomBytes(32).toString('base64url'),
  since: now.toISOString(),
  retiredAt: null,
})

/** A new key of one kind; the one in use retires an hour from now, by when every server has the new file. */
export function rotated(keyring: Keyring, kind: KeyKind, now: Date): Keyring {
  const retiring = new Date(now.valueOf() + graceMs).toISOString()
  const keys = keyring[kind].map((key) => (key.retiredAt === null ? { ...key, retiredAt: retiring } : key))
  return { ...keyring, [kind]: [...keys, newKey(kind, keys.length + 1, now)] }
}

/** The key that is used from now on: the newest. */
export const keyInUse = (keys: readonly Key[]): Key => keys.at(-1)!
export const keyNamed = (keys: readonly Key[], id: string): Key | undefined => keys.find((key) => key.id === id)
export const secretOf = ({ secret }: Key): Buffer => Buffer.from(secret, 'base64url')

export const writtenKeyring = (keyring: Keyring): string => `${JSON.stringify({ format, ...keyring }, null, 2)}\n`
/** Throws a sentence when the text is no keyring. */
export function readKeyring(text: string): Keyring {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    throw new Error('the key file is not JSON')
  }
  const { format: written, ...keyring } = (read ?? {}) as Keyring & { format?: string }
  const areKeys = (keys: unknown): boolean => Array.isArray(keys) && keys.length > 0 && keys.every(isKey)
  if (written !== format || typeof keyring.origin !== 'string' || !keyKinds.every((kind) => areKeys(keyring[kind])))
    throw new Error(`the key file does not hold a keyring of the format ${format}`)
  return keyring
}
const isKey = ({ id, secret, since, retiredAt }: Key): boolean =>
  typeof id === 'string' &&
  typeof secret === 'string' &&
  Buffer.from(secret, 'base64url').length === 32 &&
  !Number.isNaN(Date.parse(since)) &&
  (retiredAt === null || !Number.isNaN(Date.parse(retiredAt)))
