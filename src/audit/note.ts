import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { type Key, type Keyring, secretOf } from './keyring.js'

/**
 * Signed notes as in C2SP signed-note: a text, an empty line, and a line `— name base64(key id ‖ signature)` for each signature.
 * Signatures are Ed25519 over the text with its last newline.
 */
const ed25519 = 1
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** What a verifier needs of a key, as C2SP writes it: `name+id+base64(type ‖ public key)`. */
export const verifierKeyOf = (name: string, key: Key): string => {
  const publicKey = rawPublicKey(privateKeyOf(key))
  return `${name}+${keyIdOf(name, publicKey).toString('hex')}+${Buffer.concat([Buffer.from([ed25519]), publicKey]).toString('base64')}`
}

/** Those of every key of a log, retired ones included: they still vouch for what they signed. */
export const verifierKeysOf = ({ origin, log }: Pick<Keyring, 'origin' | 'log'>): string[] => log.map((key) => verifierKeyOf(origin, key))

/** `text` ends with a newline and has no empty line. */
export function signedNote(text: string, name: string, key: Key): string {
  const privateKey = privateKeyOf(key)
  const signature = Buffer.concat([keyIdOf(name, rawPublicKey(privateKey)), sign(null, Buffer.from(text), privateKey)])
  return `${text}\n— ${name} ${signature.toString('base64')}\n`
}

/** The text of a note that one of these keys signed, with the key; null when none did, or it is no note. */
export function openedNote(note: string, name: string, keys: readonly Key[]): { readonly text: string; readonly key: Key } | null {
  const end = note.lastIndexOf('\n\n')
  if (end < 0) return null
  const text = note.slice(0, end + 1)
  const signatures = note
    .slice(end + 2)
    .split('\n')
    .flatMap((line) => (line.startsWith(`— ${name} `) ? Buffer.from(line.slice(name.length + 3), 'base64') : []))
  for (const key of keys) {
    const publicKey = rawPublicKey(privateKeyOf(key))
    const id = keyIdOf(name, publicKey)
    const signed = signatures.some(
      (signature) => signature.subarray(0, 4).equals(id) && verify(null, Buffer.from(text), publicKeyOf(publicKey), signature.subarray(4)),
    )
    if (signed) return { text, key }
  }
  return null
}

const keyIdOf = (name: string, publicKey: Buffer): Buffer =>
  createHash('sha256')
    .update(`${name}\n`)
    .update(Buffer.from([ed25519]))
    .update(publicKey)
    .digest()
    .subarray(0, 4)
const privateKeyOf = (key: Key): KeyObject => createPrivateKey({ key: Buffer.concat([pkcs8, secretOf(key)]), format: 'der', type: 'pkcs8' })
const rawPublicKey = (privateKey: KeyObject): Buffer => createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32)
const publicKeyOf = (raw: Buffer): KeyObject => createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' })
