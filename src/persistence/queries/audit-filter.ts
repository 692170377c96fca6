import type { Actor } from '../../define/index.js'
import type { Processes } from '../../engine/processes.js'
import { visibility } from './case-queries.js'
import { Conditions } from './page.js'

type Given<T> = T | null | undefined
/** The streams by the first word of their names (`src/audit/chain.ts`). */
export const auditStreams = ['CASE', 'ATTEMPT', 'WORK', 'ORGANISATION', 'ACCESS', 'SIGN_IN', 'VERIFICATION'] as const
export type AuditStream = (typeof auditStreams)[number]
export const auditResults = ['DONE', 'REFUSED', 'CONFLICT'] as const
export type AuditResult = (typeof auditResults)[number]

/**
 * Which entries: all that is said must hold, of a list one of its values. From is included, Before is not; amounts are CNY and
 * both ends are included. Entered and left mean an act that led from one state to another.
 */
export interface AuditFilter {
  readonly caseId?: Given<string>
  readonly caseNumber?: Given<string>
  readonly processes?: Given<readonly string[]>
  /** The folder of the workflows, as `complaints`. */
  readonly family?: Given<string>
  readonly customerId?: Given<string>
  readonly actorId?: Given<string>
  readonly onBehalfOfId?: Given<string>
  readonly actorKind?: Given<'PERSON' | 'SYSTEM'>
  readonly role?: Given<string>
  readonly actions?: Given<readonly string[]>
  readonly results?: Given<readonly AuditResult[]>
  readonly reasonCodes?: Given<readonly string[]>
  readonly stateEntered?: Given<string>
  readonly stateLeft?: Given<string>
  readonly amountFrom?: Given<string>
  readonly amountTo?: Given<string>
  readonly occurredFrom?: Given<Date>
  readonly occurredBefore?: Given<Date>
  readonly recordedFrom?: Given<Date>
  readonly recordedBefore?: Given<Date>
  readonly stream?: Given<AuditStream>
}

/** What the conditions are about: an entry `a`, and its case `c`, if it has one. */
export const auditFrom = 'audit_entry a left join service_case c on c.id = a.case_id'

/** One way in which a condition may hold; each `?` stands for the next value. */
export type Way = readonly [sql: string, ...values: unknown[]]
/** A condition as the ways in which it may hold. They shut one another out: a list may be read way by way and merged. */
export type Ways = readonly Way[]

/** Entries that the filter names and the viewer may see, over `auditFrom`. The filter is one that `checkAuditFilter` has let pass. */
export function auditConditions(processes: Processes, viewer: Actor, filter: AuditFilter): Conditions {
  const conditions = new Conditions()
  for (const ways of askedFor(processes, filter)) conditions.andAny(ways)
  if (viewer.roles.includes('AUDITOR')) return conditions
  return conditions.and(notForAuditorsAlone).and(...visibility(processes, viewer))
}

/** In the words of the index that serves it. */
export const streamKind = `split_part(a.stream, ':', 1)`
/** Who has read what, who failed to sign in and what the verifier found is for auditors. */
export const notForAuditorsAlone = `${streamKind} not in ('access', 'sign-in', 'verification')`
const words: Readonly<Record<AuditStream, string>> = {
  CASE: 'case',
  ATTEMPT: 'attempts',
  WORK: 'work',
  ORGANISATION: 'organisation',
  ACCESS: 'access',
  SIGN_IN: 'sign-in',
  VERIFICATION: 'verification',
}
const kinds = new Map(auditStreams.map((kind) => [words[kind], kind]))
/** The kind of a stream by its name, as `case:<id>`. */
export const kindOfStream = (stream: string): AuditStream => kinds.get(stream.split(':', 1)[0]!)!

const services = `array(select id from employee where kind = 'SERVICE')`
/** Refusals lead nowhere, and work beside a case leaves it where it is. */
const moves = `a.result = 'DONE' and a.from_state is distinct from a.to_state`

/** What a filter asks, one condition after the other. `serviceIds`: the service accounts, where they are known beforehand. */
export function askedFor(processes: Processes, filter: AuditFilter, serviceIds?: readonly string[]): Ways[] {
  const given = (value: unknown, sql: string): Ways[] => (value === null || value === undefined ? [] : [[[sql, value]]])
  const oneOf = (values: Given<readonly string[]>, sql: string): Ways[] => (values ? [[...new Set(values)].map((value): Way => [sql, value])] : [])
  return [
    ...given(filter.caseId, 'a.case_id = ?'),
    ...given(filter.caseNumber, 'a.case_id = (select id from service_case where number = ?)'),
    ...oneOf(processesNamed(processes, filter), 'a.process = ?'),
    ...given(filter.customerId, 'a.customer_id = ?'),
    ...given(filter.actorId, 'a.actor_id = ?'),
    ...given(filter.onBehalfOfId, 'a.on_behalf_of_id = ?'),
    ...byKindOfActor(filter.actorKind, serviceIds),
    ...given(filter.role, 'a.role_used = ?'),
    ...oneOf(filter.actions, 'a.action = ?'),
    ...oneOf(filter.results, 'a.result = ?'),
    ...given(filter.reasonCodes, 'a.reason_codes && ?::text[]'),
    ...given(filter.stateEntered, `a.to_state = ? and ${moves}`),
    ...given(filter.stateLeft, `a.from_state = ? and ${moves}`),
    ...given(filter.amountFrom, 'a.amount >= ?::numeric'),
    ...given(filter.amountTo, 'a.amount <= ?::numeric'),
    ...occurring(filter.occurredFrom, filter.occurredBefore),
    ...given(filter.recordedFrom, 'a.recorded_at >= ?::timestamptz'),
    ...given(filter.recordedBefore, 'a.recorded_at < ?::timestamptz'),
    ...given(filter.stream && words[filter.stream], `${streamKind} = ?`),
  ]
}

/** The processes that are meant, by their names, by their family, or by both. */
export function processesNamed({ versions }: Processes, { processes, family }: AuditFilter): readonly string[] | null {
  if (family === null || family === undefined) return processes ?? null
  const members = new Set(versions.filter((loaded) => loaded.family === family).map(({ definition }) => definition.id))
  return processes ? processes.filter((id) => members.has(id)) : [...members]
}

/** The system is the clock, which has no account, and the service accounts. */
function byKindOfActor(kind: AuditFilter['actorKind'], serviceIds?: readonly string[]): Ways[] {
  if (kind === 'PERSON') return [[[`a.actor_id <> all(${services})`]]]
  if (kind !== 'SYSTEM') return []
  const accounts: Ways = serviceIds ? serviceIds.map((id): Way => ['a.actor_id = ?', id]) : [[`a.actor_id = any(${services})`]]
  return [[['a.actor_id is null'], ...accounts]]
}

/** Most entries are recorded as they happen: these are found by the order of the list, the late ones by an index of their own. */
function occurring(from: Given<Date>, before: Given<Date>): Ways[] {
  if (!from && !before) return []
  const within = (clock: string) => [...(from ? [`${clock} >= ?::timestamptz`] : []), ...(before ? [`${clock} < ?::timestamptz`] : [])].join(' and ')
  const ends = [from, before].filter((end) => end)
  return [
    [
      [`a.occurred_at = a.recorded_at and ${within('a.recorded_at')}`, ...ends],
      [`a.occurred_at <> a.recorded_at and ${within('a.occurred_at')}`, ...ends],
    ],
  ]
}
