import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { OrganisationChange, Receipt } from './case-store.js'

/** Who asks, under which key, and when it happened if that was not now (recorded histories only). */
interface Request {
  readonly actorId: string
  /** 1 to 255 printable characters; the same key with the same request is done once. */
  readonly idempotencyKey: string
  readonly requestId: string
  /** ISO 8601. Absent: now. Never taken from the API. */
  readonly occurredAt?: string
}
export interface OpenCommand extends Request {
  readonly process: string
  /** The form that the process starts with, as it came in. */
  readonly form: unknown
}
export interface DecideCommand extends Request {
  readonly caseId: string
  readonly process: string
  readonly action: string
  readonly seat?: string
  /** The forms handed in with the act, by key, as they came in. */
  readonly forms: Readonly<Record<string, unknown>>
  /** The version that the actor looked at. Absent: any will do. */
  readonly expectedVersion?: number
}

/** A claim needs no key: repeating it changes nothing. */
export interface ClaimCommand extends Omit<Request, 'idempotencyKey' | 'occurredAt'> {
  readonly action: 'CLAIM_TASK' | 'RELEASE_TASK'
  readonly taskId: string
}
export interface AdministerCommand extends Request {
  readonly change: OrganisationChange
}

/** What the door answers: the case and the entry that the command wrote. */
export interface Answer extends Receipt {
  /** The key had done this before; nothing happened now. */
  readonly replayed: boolean
}

/** SHA-256 (hex) of everything that was asked for, the key and the transport apart. */
export function hashOf(command: OpenCommand | DecideCommand | AdministerCommand): string {
  const { idempotencyKey: _key, requestId: _request, ...asked } = command
  return createHash('sha256')
    .update(canonicalize(JSON.parse(JSON.stringify(asked))) ?? '')
    .digest('hex')
}
