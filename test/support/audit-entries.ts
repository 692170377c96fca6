import type { Processes } from '../../src/engine/processes.js'
import type { AuditFilter } from '../../src/persistence/queries/audit-filter.js'
import type { House } from './house.js'

/** A filter as a client sends it: times as text. */
export type Filter = { readonly [Name in keyof AuditFilter]?: NonNullable<AuditFilter[Name]> extends Date ? string : NonNullable<AuditFilter[Name]> }

/** One entry as the table has it; times in UTC with microseconds. */
export interface Entry {
  readonly id: string
  readonly kind: NonNullable<AuditFilter['stream']>
  readonly caseId: string | null
  readonly number: string | null
  readonly process: string
  readonly action: string
  readonly result: 'DONE' | 'REFUSED' | 'CONFLICT'
  readonly actorId: string | null
  readonly bySystem: boolean
  readonly onBehalfOfId: string | null
  readonly role: string | null
  readonly from: string | null
  readonly to: string | null
  readonly moved: boolean
  readonly amount: string | null
  readonly customerId: string | null
  readonly reasonCodes: readonly string[] | null
  readonly occurredAt: string
  readonly recordedAt: string
}

/** Everything there is, read by the owner. */
export async function entriesOf({ owner }: House): Promise<Entry[]> {
  const micros = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')`
  const { rows } = await owner.query(
    `select position::text as id, a.stream, a.case_id as "caseId", c.number, a.process, action, result, actor_id as "actorId", coalesce(e.kind = 'SERVICE', true) as "bySystem",
       on_behalf_of_id as "onBehalfOfId", role_used as role, from_state as "from", to_state as "to", amount::text, a.customer_id as "customerId", reason_codes as "reasonCodes",
       ${micros('occurred_at')} as "occurredAt", ${micros('recorded_at')} as "recordedAt"
     from audit_entry a left join service_case c on c.id = a.case_id left join employee e on e.id = a.actor_id`,
  )
  return rows.map(({ stream, ...row }) => ({ ...row, kind: kindOf(stream), moved: row.result === 'DONE' && row.from !== row.to }))
}
function kindOf(stream: string): Entry['kind'] {
  if (stream === 'organisation') return 'ORGANISATION'
  if (stream === 'sign-in') return 'SIGN_IN'
  if (stream === 'verification') return 'VERIFICATION'
  return ({ c: 'CASE', w: 'WORK' } as const)[stream[0]!] ?? (stream.startsWith('attempts') ? 'ATTEMPT' : 'ACCESS')
}

/** The ids of those that the filter names, newest first: the meaning of the filter, written down a second time. */
export function plainly(processes: Processes, entries: readonly Entry[], filter: Filter): string[] {
  const micros = (time: string) => time.replace('Z', '000')
  const tests: { readonly [Name in keyof Filter]-?: (entry: Entry, value: NonNullable<Filter[Name]>) => boolean } = {
    caseId: (entry, id) => entry.caseId === id,
    caseNumber: (entry, number) => entry.number === number,
    processes: (entry, ids) => ids.includes(entry.process),
    family: (entry, family) => processes.current.get(entry.process)?.family === family,
    customerId: (entry, id) => entry.customerId === id,
    actorId: (entry, id) => entry.actorId === id,
    onBehalfOfId: (entry, id) => entry.onBehalfOfId === id,
    actorKind: (entry, kind) => entry.bySystem === (kind === 'SYSTEM'),
    role: (entry, role) => entry.role === role,
    actions: (entry, actions) => actions.includes(entry.action),
    results: (entry, results) => results.includes(entry.result),
    reasonCodes: (entry, codes) => entry.reasonCodes?.some((code) => codes.includes(code)) ?? false,
    stateEntered: (entry, state) => entry.moved && entry.to === state,
    stateLeft: (entry, state) => entry.moved && entry.from === state,
    amountFrom: (entry, amount) => entry.amount !== null && Number(entry.amount) >= Number(amount),
    amountTo: (entry, amount) => entry.amount !== null && Number(entry.amount) <= Number(amount),
    occurredFrom: (entry, time) => entry.occurredAt >= micros(time),
    occurredBefore: (entry, time) => entry.occurredAt < micros(time),
    recordedFrom: (entry, time) => entry.recordedAt >= micros(time),
    recordedBefore: (entry, time) => entry.recordedAt < micros(time),
    stream: (entry, kind) => entry.kind === kind,
  }
  const asked = Object.entries(filter).map(
    ([name, value]) =>
      (entry: Entry) =>
        (tests[name as keyof Filter] as (entry: Entry, value: unknown) => boolean)(entry, value),
  )
  return entries
    .filter((entry) => asked.every((holds) => holds(entry)))
    .sort((a, b) => (a.recordedAt === b.recordedAt ? Number(b.id) - Number(a.id) : a.recordedAt < b.recordedAt ? 1 : -1))
    .map(({ id }) => id)
}
