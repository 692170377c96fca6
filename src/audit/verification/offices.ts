import { type AnyProcess, grantsOf, isCountersign, type Role, roleIds, rulesOf } from '../../define/index.js'
import { organisationStream } from '../chain.js'
import { skewMs } from './entry-check.js'
import { type Findings, nowhere } from './finding.js'
import { arrowsTaken } from './path.js'
import type { Told } from './told.js'

/** Somebody held a role in this time. Moments: ISO 8601; `to` null: still. */
export interface Office {
  readonly role: string
  readonly from: string
  readonly to: string | null
}
export type Offices = ReadonlyMap<string, readonly Office[]>

/** A row of `role_assignment`. Moments: ISO 8601. */
export interface Assignment {
  readonly id: string
  readonly employeeId: string
  readonly login: string
  readonly role: string
  readonly validFrom: string
  readonly validTo: string | null
}
type Recorded = { readonly employeeId: string; readonly role: string; readonly at: string; readonly validFrom?: string; readonly validTo?: string }
type Beginning = Recorded & { readonly assignment?: string; readonly sequence: number }

/** What the history of the organisation tells of roles: only those offices count that it does. */
export class RoleRecords {
  readonly #beginnings = new Map<string, Beginning[]>()
  readonly #endings = new Map<string, Recorded[]>()

  constructor(history: Iterable<Told>) {
    for (const { action, result, details = {}, recordedAt, sequence } of history) {
      const { employeeId, role, assignment, validFrom, validTo } = details
      if (result !== 'DONE' || employeeId === undefined || role === undefined) continue
      const recorded = { employeeId, role, at: recordedAt, ...(validFrom !== undefined && { validFrom }), ...(validTo !== undefined && { validTo }) }
      const key = keyOf(recorded)
      if (action === 'GRANT_ROLE' || action === 'ADOPT_ROLE') {
        const beginning = { ...recorded, sequence, ...(action === 'ADOPT_ROLE' && { assignment: assignment ?? '' }) }
        this.#beginnings.set(key, [...(this.#beginnings.get(key) ?? []), beginning])
      } else if (action === 'REVOKE_ROLE') this.#endings.set(key, [...(this.#endings.get(key) ?? []), recorded])
    }
  }

  /** Every assignment, its ending too, against what is on record, and the reverse. Output: the offices that are. */
  check(assignments: readonly Assignment[], findings: Findings): Offices {
    const offices = new Map<string, Office[]>()
    const unclaimed = new Map([...this.#beginnings].map(([key, beginnings]) => [key, [...beginnings]]))
    for (const assignment of assignments) {
      const left = unclaimed.get(keyOf(assignment)) ?? []
      const adopted = left.findIndex((beginning) => beginning.assignment === assignment.id)
      const index = adopted >= 0 ? adopted : left.findIndex((beginning) => begins(beginning, assignment))
      if (index < 0) {
        findings.add('ROLE_UNRECORDED', nowhere, `${whose(assignment)} since ${assignment.validFrom}: no entry of the organisation gave it`)
        continue
      }
      const [beginning] = left.splice(index, 1)
      const fault = this.#endFault(beginning!, assignment)
      if (fault) findings.add('ROLE_UNRECORDED', nowhere, `${whose(assignment)} ${fault}`)
      const to = hadEnded(beginning!, assignment) ? assignment.validTo : this.#endOf(beginning!, assignment)
      const from = beginning!.assignment === undefined ? (beginning!.validFrom ?? beginning!.at) : assignment.validFrom
      offices.set(assignment.employeeId, [...(offices.get(assignment.employeeId) ?? []), { role: assignment.role, from, to }])
    }
    for (const [key, left] of unclaimed)
      for (const { role, employeeId, sequence, assignment } of left)
        if (assignment !== undefined || !this.#isAdoptedAfter(key, sequence))
          findings.add('ROLE_UNRECORDED', { ...nowhere, stream: organisationStream, sequence }, `the role ${role} that it gave to ${employeeId} is not there`)
    return offices
  }

  /** An adoption takes up whatever there was, what had been granted on record too. */
  #isAdoptedAfter(key: string, sequence: number): boolean {
    return this.#beginnings.get(key)!.some((other) => other.assignment !== undefined && other.sequence > sequence)
  }
  #endOf({ at, validTo }: Beginning, { employeeId, role }: Assignment): string | null {
    const taken = (this.#endings.get(keyOf({ employeeId, role })) ?? []).find((ending) => Date.parse(ending.at) >= Date.parse(at))?.at
    return taken === undefined || (validTo !== undefined && Date.parse(validTo) < Date.parse(taken)) ? (validTo ?? taken ?? null) : taken
  }
  #endFault(beginning: Beginning, assignment: Assignment): string | null {
    const { validTo } = assignment
    const end = this.#endOf(beginning, assignment)
    if (validTo === null) return end === null ? null : `should have ended at ${end} and has not`
    return hadEnded(beginning, assignment) || (end !== null && isNear(end, validTo)) ? null : `ended at ${validTo}: no entry of the organisation took it`
  }
}

/** What had ended when it was adopted ended before there was a record. */
const hadEnded = ({ assignment, at }: Beginning, { validTo }: Assignment): boolean =>
  assignment !== undefined && validTo !== null && Date.parse(validTo) <= Date.parse(at)
const keyOf = ({ employeeId, role }: { readonly employeeId: string; readonly role: string }): string => `${employeeId} ${role}`
const whose = ({ login, role }: Assignment): string => `The role ${role} of ${login}`
const isNear = (one: string, other: string): boolean => Math.abs(Date.parse(one) - Date.parse(other)) <= skewMs
/** A grant says from when; a role that was taken before it began began when it was taken. */
const begins = ({ assignment, validFrom: from, at }: Beginning, { validFrom, validTo }: Assignment): boolean =>
  assignment === undefined && (isNear(from ?? at, validFrom) || (from !== undefined && validFrom === validTo))

/** An act, as far as the office behind it goes. `at`: when it was decided, where that was before it was recorded. */
export interface OfficialAct {
  readonly told: Pick<Told, 'action' | 'from' | 'to' | 'seat' | 'roleUsed' | 'onBehalfOfId' | 'actor'>
  readonly at: string
}
/** Whether who acted, or in whose place, held the role at that moment. Departments have members, not holders. */
export function wasHeld(definition: AnyProcess, { told, at }: OfficialAct, offices: Offices): boolean {
  const { roleUsed: role, from, actor, onBehalfOfId } = told
  if (role === null || role === 'EMPLOYEE' || role === 'SYSTEM' || from === null) return true
  const step = definition.states[from]
  const byDepartments = step !== undefined && isCountersign(step) && step.voters !== undefined && 'departments' in step.voters
  if (byDepartments || arrowsTaken(definition, told).some(({ by }) => rulesOf(by).some(({ kind }) => kind === 'department'))) return true
  const moment = Date.parse(at)
  const meant: readonly string[] = roleIds.includes(role as Role) ? grantsOf(role as Role) : []
  return (offices.get(onBehalfOfId ?? actor.id) ?? []).some(
    (office) => meant.includes(office.role) && Date.parse(office.from) <= moment && (office.to === null || moment <= Date.parse(office.to)),
  )
}
