import { createHmac, timingSafeEqual } from 'node:crypto'
import canonicalize from 'canonicalize'
import { isSigned, type SignedText } from './chain.js'
import { type Keyring, keyInUse, keyNamed, secretOf } from './keyring.js'

/**
 * One erasure as the ledger outside the database keeps it, so that a backup from before it cannot bring anything back.
 * `sequence`, `hash`: the entry of the organisation's history that did it.
 */
export interface LedgerLine {
  readonly erasureId: string
  readonly customerId: string
  /** The keys that were destroyed. */
  readonly keys: readonly string[]
  /** ISO 8601. */
  readonly erasedAt: string
  readonly sequence: number
  readonly hash: string
}
const format = 'countersign/erasure/1'

/** A line of JSON, its end included. Only who holds the key can add one. */
export function writtenLine(keyring: Keyring, line: LedgerLine): string {
  const key = keyInUse(keyring.mac)
  const signed = { format, ...line, macKey: key.id }
  return `${canonicalize({ ...signed, mac: lineMac(secretOf(key), signed) })}\n`
}
/** Null: it is not of our making, or was changed. */
export function readLine(keyring: Keyring, text: string): LedgerLine | null {
  try {
    const { mac, ...signed } = JSON.parse(text) as LedgerLine & { format: string; macKey: string; mac: string }
    const key = keyNamed(keyring.mac, signed.macKey)
    if (!key || signed.format !== format) return null
    const [given, own] = [Buffer.from(mac, 'hex'), Buffer.from(lineMac(secretOf(key), signed), 'hex')]
    if (given.length !== own.length || !timingSafeEqual(given, own)) return null
    const { erasureId, customerId, keys, erasedAt, sequence, hash } = signed
    return { erasureId, customerId, keys, erasedAt, sequence, hash }
  } catch {
    return null
  }
}
const lineMac = (secret: Buffer, signed: object): string =>
  createHmac('sha256', secret)
    .update(`countersign/erasure-mac/1\n${canonicalize(signed)}`)
    .digest('hex')

/** An erasure as the table has it, with the entry of the history that did it. */
export interface ErasureOnRecord extends LedgerLine {
  readonly entry: Omit<SignedText, 'hash'>
}
/** Is it what the history says? Whoever writes into the table alone does not get a line, which would have the customer erased after the next start. */
export function isOnRecord(keyring: Keyring, { erasureId, customerId, keys, hash, entry }: ErasureOnRecord): boolean {
  if (!isSigned(keyring.mac, { ...entry, hash })) return false
  const { action, result, details } = JSON.parse(entry.content)
  const told = [details?.erasureId, details?.customerId, details?.status, details?.keys]
  return action === 'ERASE_CUSTOMER' && result === 'DONE' && told.join() === [erasureId, customerId, 'DONE', keys.join(' ')].join()
}
