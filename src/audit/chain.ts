import { createHmac, createSecretKey, hash, type KeyObject, randomBytes } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { FormValues } from '../define/index.js'
import type { EntryFacts } from '../engine/case-record.js'
import { type Key, keyNamed, secretOf } from './keyring.js'

/**
 * The history is a chain a stream: every entry's hash covers its canonical text (RFC 8785) and the hash before it.
 * Personal values stand outside that text: a form is named by the salted digest of its content, a person by an id.
 */
export interface ChainedEntry {
  readonly content: string
  readonly previousHash: string
  readonly hash: string
  /** HMAC-SHA-256 (hex) of the hash, with a key that is not in the database, and which key. */
  readonly mac: string
  readonly macKey: string
  /** Of what stands beside the text; null where nothing does. */
  readonly asideSalt: string | null
}

/** The hash before the first entry of a stream. */
export const genesis = '0'.repeat(64)

export const caseStream = (caseId: string): string => `case:${caseId}`
/** Refusals have streams of their own: an attempt never moves the case. `null`: acts that concern no case yet. */
export const attemptStream = (caseId: string | null): string => `attempts:${caseId ?? 'opening'}`

/** Who took which task, or gave it back: work on the case that does not move it. */
export const workStream = (caseId: string): string => `work:${caseId}`
/** Who was given or lost what. */
export const organisationStream = 'organisation'
/** What somebody has read that is personal or confidential, or taken out. */
export const accessStream = (employeeId: string): string => `access:${employeeId}`
/** Sign-ins that failed. */
export const signInStream = 'sign-in'
/** Runs of the verifier. */
export const verificationStream = 'verification'

/** The streams of which word goes out to subscribers and receivers of notices. */
export const isTold = (stream: string): boolean => stream.startsWith('case:') || stream.startsWith('work:') || stream === organisationStream

/** The next entry of a stream. `recordedAt`: ISO 8601 in UTC with microseconds, by the database's clock. */
export function chain(
  facts: EntryFacts,
  at: { stream: string; sequence: number; caseId: string | null; recordedAt: string; previousHash: string },
  macKey: Key,
): ChainedEntry {
  const { reasons, idempotencyKey, aside, ...told } = facts
  const asideSalt = Object.keys(aside).length > 0 ? randomBytes(16).toString('hex') : null
  const content = canonicalize({
    format: 'countersign/audit-entry/1',
    ...told,
    stream: at.stream,
    sequence: at.sequence,
    caseId: at.caseId,
    recordedAt: at.recordedAt,
    occurredAt: facts.occurredAt ?? at.recordedAt,
    reasons: reasons.map(({ code, message: [zh, en] }) => ({ code, zh, en })),
    idempotencyKeyDigest: sha256(idempotencyKey),
    asideDigest: asideSalt === null ? null : asideDigestOf(aside, asideSalt),
  }) as string
  const own = hashOf(content, at.previousHash)
  return { content, previousHash: at.previousHash, hash: own, mac: macOf(macKey, own), macKey: macKey.id, asideSalt }
}

/** SHA-256 (hex) over a domain, then each part behind its length in bytes, so that no two lists of parts read alike. */
export function hashOf(content: string, previousHash: string): string {
  const parts = [previousHash, content].map((part) => `${Buffer.byteLength(part)}:${part}`)
  return sha256(`countersign/audit-chain/1\n${parts.join('')}`)
}

/** Only who holds the key can make an entry that this fits: the hash alone anybody can reckon. */
export const macOf = (key: Key, hash: string): string =>
  createHmac('sha256', keyObjectOf(key)).update(`countersign/audit-mac/1\n${key.id}\n${hash}`).digest('hex')

/** An entry's text with what proves it, as the database has them. */
export interface SignedText extends Pick<ChainedEntry, 'content' | 'previousHash' | 'hash'> {
  readonly mac: string | null
  readonly macKey: string | null
}
/** Whether one of these keys signed the text. */
export function isSigned(keys: readonly Key[], { content, previousHash, hash, mac, macKey }: SignedText): boolean {
  const key = keyNamed(keys, macKey ?? '')
  return key !== undefined && macOf(key, hash) === mac && hashOf(content, previousHash) === hash
}

const keyObjects = new WeakMap<Key, KeyObject>()
/** Made once a key: making it costs more than a signature. */
function keyObjectOf(key: Key): KeyObject {
  const known = keyObjects.get(key) ?? createSecretKey(secretOf(key))
  keyObjects.set(key, known)
  return known
}

/** The open part of a form as canonical text, with the commitment that the history keeps of the whole. */
export function commit(open: FormValues, personalDigest: string | null): { content: string; salt: string; digest: string } {
  const content = canonicalize(open) as string
  const salt = randomBytes(16).toString('hex')
  return { content, salt, digest: digestOf(content, salt, personalDigest) }
}
/** SHA-256 (hex) of the salt, the canonical text of a form's open part, and the commitment to its personal values. */
export const digestOf = (content: string, salt: string, personalDigest: string | null): string =>
  sha256(`countersign/form/1\n${salt}\n${personalDigest ?? ''}\n${content}`)

/** SHA-256 (hex) of the salt and the canonical text of what stands beside an entry. */
export const asideDigestOf = (aside: EntryFacts['aside'], salt: string): string => sha256(`countersign/aside/1\n${salt}\n${canonicalize(aside)}`)

const sha256 = (text: string): string => hash('sha256', text)
