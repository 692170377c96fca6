import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Draft, Receipt } from './case-store.js'
import type { Operation } from './handling/operations.js'
import type { NoticePreferences, OrganisationChange } from './organisation-change.js'

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
  /** The content that the actor looked at, as `Case.contentDigest` gave it. Absent: any will do. */
  readonly expectedDigest?: string
  /** 代理: the employee in whose place the actor acts. */
  readonly onBehalfOfId?: string
  /** 退回: the state to go back to. Absent: the first that the process names. */
  readonly to?: string
  /** 批量办理: one of many, without a form. */
  readonly inBatch?: true
  /** 重新提交: straight back to whoever returned the case. */
  readonly straightBack?: boolean
}

/** 任务操作: what is done with a task besides deciding it. */
export interface HandleCommand extends Request {
  readonly taskId: string
  readonly operation: Operation
  /** Employees: who receives the task, who is asked, whom the signer is. */
  readonly employeeIds?: readonly string[]
  /** Reason, question or answer. */
  readonly text?: string
  /** 前加签, 后加签 or 并行加签. */
  readonly position?: 'BEFORE' | 'AFTER' | 'PARALLEL'
  /** What an added signer says. */
  readonly approves?: boolean
}
/** 草稿: what somebody means to decide. */
export interface DraftCommand extends Request {
  readonly taskId: string
  readonly draft: Draft
}
/** What is done with a case beside its states: a copy, a revocation, a pause of its clocks. */
export interface BesideCommand extends Request {
  readonly caseId: string
  readonly what: 'COPY' | 'REVOKE' | 'PAUSE' | 'RESUME'
  readonly employeeIds?: readonly string[]
  /** A note, or the reason. */
  readonly text: string
}
export interface AdministerCommand extends Request {
  readonly change: OrganisationChange
}
/** How the actor wants to be told. */
export interface PreferenceCommand extends Request {
  readonly preferences: NoticePreferences
}

/** What the door answers: the case and the entry that the command wrote. */
export interface Answer extends Receipt {
  /** The key had done this before; nothing happened now. */
  readonly replayed: boolean
}

/** SHA-256 (hex) of everything that was asked for, the key and the transport apart. */
export function hashOf(command: OpenCommand | DecideCommand | HandleCommand | BesideCommand | DraftCommand | AdministerCommand | PreferenceCommand): string {
  const { idempotencyKey: _key, requestId: _request, ...asked } = command
  return createHash('sha256')
    .update(canonicalize(JSON.parse(JSON.stringify(asked))) ?? '')
    .digest('hex')
}
