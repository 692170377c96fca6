import type { Label } from './label.js'
import { type Reason, reason } from './refusal.js'
import { labelOfRole, type Role } from './roles.js'

/** Who acts: an employee with everything that counts at this moment, or the system itself. */
export interface Actor {
  /** `system` acts on finished children, payments and deadlines; nobody can be granted it. */
  readonly kind: 'employee' | 'system'
  readonly employeeId: string
  /** The human being: two accounts of one person share it, and separation of duties looks at nothing else. */
  readonly personId: string
  readonly roles: readonly Role[]
  readonly departmentIds: readonly string[]
  /** The highest amount in CNY that each role lets this person decide in this process; absent: none. */
  readonly limits: Readonly<Partial<Record<Role, string>>>
}

/** One act of this case that still counts: those of a lapsed round are gone. */
export interface Decision {
  readonly state: string
  /** Where it led. */
  readonly to: string
  readonly action: string
  readonly personId: string
  readonly role: Role
  readonly seat?: string
  readonly round: number
}

/** What authority looks at besides the actor. */
export interface Parties {
  readonly applicantPersonId: string
  readonly decisions: readonly Decision[]
  readonly parentDecisions: readonly Decision[]
  /** The departments that a form field names, as in `notice.problemDepartment`. */
  readonly departmentsIn: (path: string) => readonly string[]
  /** The human beings whom a form field names, as in `application.companyGuests`. */
  readonly personsIn: (path: string) => readonly string[]
}

/** Before there is a case: only who would be its applicant is known. */
export const noCaseYet = (applicantPersonId: string): Parties => ({
  applicantPersonId,
  decisions: [],
  parentDecisions: [],
  departmentsIn: () => [],
  personsIn: () => [],
})

interface Separation {
  /** Not the applicant of the case. */
  readonly notApplicant: boolean
  /** Not whoever acted in these states of this case in this round. */
  readonly distinctFrom: readonly string[]
  /** Not whoever acted in these states of the case that opened this one. */
  readonly distinctFromParent: readonly string[]
  /** Not whom these form fields name, as in `application.companyGuests`. */
  readonly notNamedIn: readonly string[]
}

/** Who may act. Data, never a function, so that it can be printed, listed and tested. */
export type Authority =
  | { readonly kind: 'applicant' }
  | { readonly kind: 'system' }
  | ({ readonly kind: 'role'; readonly role: Role } & Separation)
  | ({ readonly kind: 'department'; readonly role: Role; readonly of: string } & Separation)
  | { readonly kind: 'anyOf'; readonly rules: readonly Authority[] }

export type Rule = Exclude<Authority, { kind: 'anyOf' }>

const separate = (notApplicant: boolean, rule: Partial<Separation>): Separation => ({
  notApplicant: rule.notApplicant ?? notApplicant,
  distinctFrom: rule.distinctFrom ?? [],
  distinctFromParent: rule.distinctFromParent ?? [],
  notNamedIn: rule.notNamedIn ?? [],
})

/** The person who opened the case. */
export const applicant: Authority = { kind: 'applicant' }
/** The system: a finished child, a payment run, a deadline. */
export const system: Authority = { kind: 'system' }
/** Anyone who holds the role, the applicant included unless the rule says otherwise. */
export const role = (role: Role, rule: Partial<Separation> = {}): Authority => ({ kind: 'role', role, ...separate(false, rule) })
/** Anyone who holds the role, except the applicant and whoever acted in the states named. */
export const approver = (role: Role, rule: Partial<Separation> = {}): Authority => ({ kind: 'role', role, ...separate(true, rule) })
/** A member of the department that a form of the case names; `role` is what the member acts as. */
export const memberOf = (role: Role, of: string, rule: Partial<Separation> = {}): Authority => ({ kind: 'department', role, of, ...separate(false, rule) })
export const anyOf = (...rules: readonly Authority[]): Authority => ({ kind: 'anyOf', rules })

/** The alternatives of an authority, flat. */
export const rulesOf = (authority: Authority): readonly Rule[] => (authority.kind === 'anyOf' ? authority.rules.flatMap(rulesOf) : [authority])

/** The role that a rule lets one act as; the applicant acts as an employee, the system as itself. */
export const roleOfRule = (rule: Rule): Role => (rule.kind === 'applicant' ? 'EMPLOYEE' : rule.kind === 'system' ? 'SYSTEM' : rule.role)

/** May this actor act? The role used when yes, every reason when no. */
export type Verdict = { readonly allowed: true; readonly role: Role } | { readonly allowed: false; readonly reasons: readonly Reason[] }

export function judge(authority: Authority, actor: Actor, parties: Parties): Verdict {
  const refused: Reason[] = []
  for (const rule of rulesOf(authority)) {
    const reasons = against(rule, actor, parties)
    if (reasons.length === 0) return { allowed: true, role: roleOfRule(rule) }
    refused.push(...reasons)
  }
  // A role that one holds but may not use is the better answer than a role that one does not hold.
  const separated = refused.filter(({ code }) => code === 'SOD_CONFLICT')
  return { allowed: false, reasons: separated.length > 0 ? separated : refused }
}

function against(rule: Rule, actor: Actor, parties: Parties): Reason[] {
  switch (rule.kind) {
    case 'system':
      return actor.kind === 'system' ? [] : [reason('NOT_AUTHORISED', ['仅限系统', 'only the system'])]
    case 'applicant':
      return isEmployee(actor) && actor.personId === parties.applicantPersonId ? [] : [reason('NOT_AUTHORISED', ['仅限申请人', 'only the applicant'])]
    case 'role':
      return isEmployee(actor) && actor.roles.includes(rule.role) ? separation(rule, actor, parties) : [needs(rule.role)]
    case 'department':
      return isEmployee(actor) && parties.departmentsIn(rule.of).some((id) => actor.departmentIds.includes(id))
        ? separation(rule, actor, parties)
        : [needs(rule.role)]
  }
}

const isEmployee = (actor: Actor) => actor.kind === 'employee'
const needs = (role: Role): Reason => reason('NOT_AUTHORISED', labelOfRole(role))

function separation(rule: Separation, { personId }: Actor, parties: Parties): Reason[] {
  const conflict = (detail: Label) => reason('SOD_CONFLICT', detail)
  const acted = (decisions: readonly Decision[], state: string) => decisions.some((done) => done.state === state && done.personId === personId)
  return [
    ...(rule.notApplicant && personId === parties.applicantPersonId ? [conflict(['不得为申请人', 'not the applicant'])] : []),
    ...rule.distinctFrom.filter((state) => acted(parties.decisions, state)).map((state) => conflict([`已在 ${state} 办理`, `acted in ${state}`])),
    ...rule.distinctFromParent
      .filter((state) => acted(parties.parentDecisions, state))
      .map((state) => conflict([`已在上级案件 ${state} 办理`, `acted in ${state} of the case above`])),
    ...rule.notNamedIn.filter((path) => parties.personsIn(path).includes(personId)).map((path) => conflict([`为表单 ${path} 所列人员`, `named in ${path}`])),
  ]
}

/** Everyone whom a rule shuts out of this case, whatever role they hold. The system is nobody. */
export function excludedBy(rule: Rule, parties: Parties): string[] {
  if (rule.kind === 'applicant' || rule.kind === 'system') return []
  const actedIn = (states: readonly string[], decisions: readonly Decision[]) =>
    decisions.filter(({ state }) => states.includes(state)).map(({ personId }) => personId)
  return [
    ...(rule.notApplicant ? [parties.applicantPersonId] : []),
    ...actedIn(rule.distinctFrom, parties.decisions),
    ...actedIn(rule.distinctFromParent, parties.parentDecisions),
    ...rule.notNamedIn.flatMap((path) => parties.personsIn(path)),
  ].filter((personId) => personId !== '')
}
