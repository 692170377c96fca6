import { arrowsOf, compareDecimals, type FieldError, refusals, roleIds } from '../../define/index.js'
import type { BesideCommand } from '../../engine/commands.js'
import { operations } from '../../engine/handling/operations.js'
import type { OrganisationChange } from '../../engine/organisation-change.js'
import type { Processes } from '../../engine/processes.js'
import { refuseInput } from '../../engine/refused.js'
import type { Querier } from '../pool.js'
import { type AuditFilter, auditResults } from './audit-filter.js'

/** What is recorded beside the acts of the processes and the changes of the organisation. */
export type Beside =
  | BesideCommand['what']
  | 'OPEN'
  | 'HOLD'
  | 'HAND_OVER'
  | 'REASSIGN'
  | 'RAISE'
  | 'RECALCULATE'
  | 'ADOPT_ROLE'
  | 'READ_PERSONAL'
  | 'SIGN_IN_FAILED'
  | 'VERIFY'
  | `EXPORT_${'REQUESTED' | 'STARTED' | 'FINISHED' | 'BROKEN_OFF'}`
const besides: Record<Beside, true> = {
  OPEN: true,
  COPY: true,
  REVOKE: true,
  PAUSE: true,
  RESUME: true,
  HOLD: true,
  HAND_OVER: true,
  REASSIGN: true,
  RAISE: true,
  RECALCULATE: true,
  ADOPT_ROLE: true,
  READ_PERSONAL: true,
  SIGN_IN_FAILED: true,
  VERIFY: true,
  EXPORT_REQUESTED: true,
  EXPORT_STARTED: true,
  EXPORT_FINISHED: true,
  EXPORT_BROKEN_OFF: true,
}
const changes: Record<OrganisationChange['action'], true> = {
  GRANT_ROLE: true,
  REVOKE_ROLE: true,
  SET_ACTIVE: true,
  GRANT_PROXY: true,
  REVOKE_PROXY: true,
  SET_LIMIT: true,
  SET_CALENDAR: true,
  ADD_ENDPOINT: true,
  CHANGE_ENDPOINT: true,
  SET_ENDPOINT_ACTIVE: true,
  RETRY_DELIVERY: true,
  DROP_DELIVERY: true,
  GRANT_SENSITIVE_ACCESS: true,
  APPROVE_SENSITIVE_ACCESS: true,
  REVOKE_SENSITIVE_ACCESS: true,
  PLACE_HOLD: true,
  LIFT_HOLD: true,
  ERASE_CUSTOMER: true,
}
const listMax = 50

/** Throws `INPUT_INVALID` with every field of the filter that is not right. */
export async function checkAuditFilter(db: Querier, processes: Processes, filter: AuditFilter): Promise<void> {
  const faults = [...wrongLists(filter), ...wrongRanges(filter)]
  if (faults.length === 0) faults.push(...(await unknownCodes(db, processes, filter)))
  if (faults.length > 0) throw refuseInput(faults)
}

const fault = (name: keyof AuditFilter, code: string, zh: string, en: string): FieldError => ({ path: `filter.${name}`, code, message: [zh, en] })

const wrongLists = (filter: AuditFilter): FieldError[] =>
  (['processes', 'actions', 'results', 'reasonCodes'] as const)
    .filter((name) => filter[name] && (filter[name].length === 0 || filter[name].length > listMax))
    .map((name) => fault(name, 'OUT_OF_RANGE', `须为 1–${listMax} 项`, `1 to ${listMax} values`))

function wrongRanges({ occurredFrom, occurredBefore, recordedFrom, recordedBefore, amountFrom, amountTo }: AuditFilter): FieldError[] {
  const empty = (from?: Date | null, before?: Date | null) => from && before && from >= before
  return [
    ...(empty(occurredFrom, occurredBefore) ? [fault('occurredBefore', 'DATE_INVALID', '须晚于起始时间', 'must be after the beginning')] : []),
    ...(empty(recordedFrom, recordedBefore) ? [fault('recordedBefore', 'DATE_INVALID', '须晚于起始时间', 'must be after the beginning')] : []),
    ...(amountFrom && amountTo && compareDecimals(amountFrom, amountTo) > 0
      ? [fault('amountTo', 'OUT_OF_RANGE', '不得小于金额下限', 'must not be less than the lower amount')]
      : []),
  ]
}

/** What no definition knows may be of a process that is gone: then the history knows it. */
async function unknownCodes(db: Querier, processes: Processes, filter: AuditFilter): Promise<FieldError[]> {
  const unknown = [
    ...named('processes', processIds(processes), filter.processes).map((of) => ({ ...of, standsIn: 'a.process' })),
    ...named('role', new Set(roleIds), filter.role).map((of) => ({ ...of, standsIn: 'a.role_used' })),
    ...named('actions', actionIds(processes), filter.actions).map((of) => ({ ...of, standsIn: 'a.action' })),
    ...named('stateEntered', stateIds(processes), filter.stateEntered).map((of) => ({ ...of, standsIn: 'a.to_state' })),
    ...named('stateLeft', stateIds(processes), filter.stateLeft).map((of) => ({ ...of, standsIn: 'a.from_state' })),
  ]
  const families = new Set(processes.versions.map(({ family }) => family))
  const faults = [
    ...named('results', new Set(auditResults), filter.results),
    ...named('reasonCodes', new Set(Object.keys(refusals)), filter.reasonCodes),
    ...(filter.family && !families.has(filter.family) ? [{ name: 'family' as const, value: filter.family }] : []),
  ]
  for (const { name, value, standsIn } of unknown) {
    const moved = name === 'stateEntered' || name === 'stateLeft' ? ` and a.result = 'DONE' and a.from_state is distinct from a.to_state` : ''
    const { rowCount } = await db.query(`select from audit_entry a where ${standsIn} = $1${moved} limit 1`, [value])
    if (rowCount === 0) faults.push({ name, value })
  }
  return faults.map(({ name, value }) => fault(name, 'VALUE_INVALID', `未知代码 ${shown(value)}`, `the code ${shown(value)} is not known`))
}
const shown = (value: string): string => value.slice(0, 60)

/** The values of a field that are not among the known ones, each with its field. */
function named<Name extends keyof AuditFilter>(name: Name, known: ReadonlySet<string>, given: string | readonly string[] | null | undefined) {
  const values = given === null || given === undefined ? [] : typeof given === 'string' ? [given] : given
  return values.filter((value) => !known.has(value)).map((value): { name: keyof AuditFilter; value: string } => ({ name, value }))
}

const processIds = ({ versions }: Processes): Set<string> => new Set(versions.map(({ definition }) => definition.id))
const stateIds = ({ versions }: Processes): Set<string> => new Set(versions.flatMap(({ definition }) => Object.keys(definition.states)))
const actionIds = ({ versions }: Processes): Set<string> =>
  new Set([
    ...Object.keys(besides),
    ...Object.keys(changes),
    ...Object.keys(operations),
    ...versions.flatMap(({ definition }) => arrowsOf(definition).map(({ action }) => action)),
  ])
