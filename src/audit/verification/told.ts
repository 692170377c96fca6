import type { EntryFacts } from '../../engine/case-record.js'

/** An entry as its row stands in the database; every column may have been changed by whoever can. */
export interface EntryRow {
  readonly position: string
  readonly stream: string
  readonly sequence: number
  readonly caseId: string | null
  readonly process: string
  readonly action: string
  readonly result: string
  readonly actorId: string | null
  readonly onBehalfOfId: string | null
  readonly roleUsed: string | null
  readonly fromState: string | null
  readonly toState: string | null
  /** As PostgreSQL prints it in UTC. */
  readonly occurredAt: string
  readonly recordedAt: string
  readonly content: string
  readonly previousHash: string
  readonly hash: string
  readonly mac: string | null
  readonly macKey: string | null
  readonly aside: EntryFacts['aside'] | null
  readonly asideSalt: string | null
  readonly grantId: string | null
  readonly customerId: string | null
  readonly amount: string | null
  readonly reasonCodes: readonly string[] | null
}

/** What the text of an entry tells, as far as it is checked against anything. */
export interface Told {
  readonly stream: string
  readonly sequence: number
  readonly caseId: string | null
  readonly process: string
  readonly definitionVersion: number
  readonly definitionHash: string
  readonly action: string
  readonly seat: string | null
  readonly from: string | null
  readonly to: string | null
  readonly round: number
  readonly result: string
  readonly reasons: readonly { readonly code: string }[]
  readonly actor: { readonly id: string; readonly kind: string }
  readonly onBehalfOfId: string | null
  readonly grantId?: string | null
  readonly roleUsed: string | null
  readonly asideDigest?: string | null
  readonly forms: readonly { readonly key: string; readonly form?: string; readonly version: number; readonly digest: string }[]
  readonly links: readonly { readonly caseId?: string }[]
  readonly customerId?: string | null
  readonly amount?: string | null
  readonly details?: Readonly<Record<string, string>>
  readonly causedBy: object | null
  /** ISO 8601. */
  readonly occurredAt: string
  readonly recordedAt: string
}

const isText = (value: unknown): boolean => typeof value === 'string'
const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string'
const mayBe = (value: unknown): boolean => value === undefined || isTextOrNull(value)
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isListOf = (value: unknown, is: (item: Record<string, unknown>) => boolean): boolean =>
  Array.isArray(value) && value.every((item) => isObject(item) && is(item))

/** What a text tells; null when it is not of the known format. Never throws, whatever the text is. */
export function toldIn(content: string): Told | null {
  let read: unknown
  try {
    read = JSON.parse(content)
  } catch {
    return null
  }
  return isObject(read) && isTold(read) ? (read as unknown as Told) : null
}
function isTold(read: Record<string, unknown>): boolean {
  const { format, actor, reasons, forms, links, details, causedBy } = read
  return (
    format === 'countersign/audit-entry/1' &&
    [read['stream'], read['process'], read['definitionHash'], read['action'], read['result'], read['occurredAt'], read['recordedAt']].every(isText) &&
    [read['caseId'], read['seat'], read['from'], read['to'], read['onBehalfOfId'], read['roleUsed']].every(isTextOrNull) &&
    [read['grantId'], read['asideDigest'], read['customerId'], read['amount']].every(mayBe) &&
    [read['sequence'], read['round'], read['definitionVersion']].every(Number.isInteger) &&
    isObject(actor) &&
    isText(actor['id']) &&
    (causedBy === null || isObject(causedBy)) &&
    (details === undefined || (isObject(details) && Object.values(details).every(isText))) &&
    isListOf(reasons, ({ code }) => isText(code)) &&
    isListOf(forms, ({ key, form, version, digest }) => isText(key) && (form === undefined || isText(form)) && Number.isInteger(version) && isText(digest)) &&
    isListOf(links, ({ caseId }) => caseId === undefined || isText(caseId))
  )
}
