import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { FormValues } from '../define/index.js'
import { type Keyring, keyInUse, keyNamed, secretOf } from './keyring.js'

/**
 * Personal values stand outside the hashed text, encrypted with a key of their data subject (AES-256-GCM); the history holds a salted
 * commitment to them. The salt is encrypted with the values, so that nothing can be guessed from the commitment once the key is gone.
 */
export interface Sealed {
  /** base64url of nonce, ciphertext and tag. */
  readonly sealed: string
  /** SHA-256 (hex) of salt and values: the commitment. */
  readonly personalDigest: string
}
/** Personal values with the salt of their commitment. */
export interface Opened {
  readonly salt: string
  readonly values: FormValues
}

export function seal(subjectKey: Buffer, values: FormValues): Sealed {
  const opened: Opened = { salt: randomBytes(16).toString('hex'), values }
  return { sealed: encrypted(subjectKey, canonicalize(opened) as string), personalDigest: personalDigestOf(opened) }
}
/** Throws when the key is another one's or the text was changed. */
export const open = (subjectKey: Buffer, sealed: string): Opened => JSON.parse(decrypted(subjectKey, sealed)) as Opened

export const personalDigestOf = ({ salt, values }: Opened): string =>
  createHash('sha256')
    .update(`countersign/personal/1\n${salt}\n${canonicalize(values)}`)
    .digest('hex')

export const newSubjectKey = (): Buffer => randomBytes(32)
/** A subject's key as the database keeps it: wrapped by a key that is not there. `id.ciphertext`. */
export function wrapped(keyring: Keyring, subjectKey: Buffer): string {
  const by = keyInUse(keyring.subjects)
  return `${by.id}.${encrypted(secretOf(by), subjectKey.toString('base64url'))}`
}
/** Throws when the keyring lacks the key that wrapped it. */
export function unwrapped(keyring: Keyring, text: string): Buffer {
  const dot = text.indexOf('.')
  const by = keyNamed(keyring.subjects, text.slice(0, dot))
  if (!by) throw new Error(`the key file lacks the key ${text.slice(0, dot)}, which personal values are wrapped with`)
  return Buffer.from(decrypted(secretOf(by), text.slice(dot + 1)), 'base64url')
}

const domain = Buffer.from('countersign/sealed/1')
function encrypted(key: Buffer, text: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(domain)
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
}
function decrypted(key: Buffer, text: string): string {
  const bytes = Buffer.from(text, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(domain).setAuthTag(bytes.subarray(-16))
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8')
}
