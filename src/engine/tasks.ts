import {
  type AnyProcess,
  type AnyStep,
  type Authority,
  type BallotSeat,
  type CaseContext,
  excludedBy,
  excludedDepartments,
  isCountersign,
  isFinal,
  type Parties,
  type Role,
  type Rule,
  roleOfRule,
  rolesAbove,
  rulesOf,
  stepIn,
} from '../define/index.js'
import type { NewTask, Offer } from './case-record.js'
import type { ShutOut } from './case-store.js'

/** The tasks that a state opens: one, or one for each voice that may be raised; none for an end or for the system alone. */
export function tasksFor(definition: AnyProcess, state: string, context: CaseContext): NewTask[] {
  const step = stepIn(definition, state)!
  if (isFinal(step)) return []
  if (isCountersign(step)) return context.parties.voices.map((voice) => taskOfVoice(definition, state, voice, context))
  const offers = offersOf(step.assignee, context)
  return offers.length === 0 ? [] : [{ state, seat: null, offers }]
}
/** The task of one voice of a countersign. */
export function taskOfVoice(definition: AnyProcess, state: string, voice: BallotSeat, context: CaseContext): NewTask {
  const step = definition.states[state]!
  return { state, seat: voice.key, offers: offersToVoice(step, voice, context) }
}

/** Whom a rule shuts out of this case. */
export const shutOutBy = (rule: Rule, parties: Parties): ShutOut => ({
  personIds: [...new Set(excludedBy(rule, parties))],
  departmentIds: [...new Set(excludedDepartments(rule, parties))],
})

/** Who may do a task: the assignee of the state, or of the seat. */
export function authorityOf(step: AnyStep, seat: string | null): Authority | undefined {
  if (isFinal(step)) return undefined
  if (!isCountersign(step)) return step.assignee
  if (!step.voters) return step.seats?.[seat ?? '']?.by
  const { voters } = step
  const role = 'everyone' in voters ? voters.everyone : voters.as
  return { kind: 'voter', role, notApplicant: true, distinctFrom: [], distinctFromParent: [], notNamedIn: [], notMemberOf: [], ...voters }
}

/** Whom an authority means, now: one offer a rule, and behind it those above, while separation of duties may leave nobody. */
export function offersOf(authority: Authority, context: CaseContext): Offer[] {
  return rulesOf(authority)
    .filter(({ kind }) => kind !== 'system' && kind !== 'clock' && kind !== 'lastToAct')
    .flatMap((rule) => {
      const offer = offerOf(rule, context)
      const above = rule.kind === 'role' && (offer.excludedPersonIds.length > 0 || offer.excludedDepartmentIds.length > 0) ? rolesAbove(rule.role) : []
      return [offer, ...above.map((role, index): Offer => ({ ...offer, role, level: index + 1, standsInFor: roleOfRule(rule) }))]
    })
}
function offerOf(rule: Rule, { parties }: CaseContext): Offer {
  const { personIds, departmentIds } = shutOutBy(rule, parties)
  return {
    role: roleOfRule(rule),
    level: 0,
    standsInFor: null,
    departmentIds: rule.kind === 'department' ? parties.departmentsIn(rule.of) : null,
    personId: rule.kind === 'applicant' ? parties.applicantPersonId : null,
    excludedPersonIds: personIds,
    excludedDepartmentIds: departmentIds,
  }
}
/** A task for one human being. */
export const offerTo = (personId: string, role: Role = 'EMPLOYEE'): Offer => ({
  role,
  level: 0,
  standsInFor: null,
  departmentIds: null,
  personId,
  excludedPersonIds: [],
  excludedDepartmentIds: [],
})
function offersToVoice(step: AnyStep, { kind, id, key, addedBy }: BallotSeat, context: CaseContext): Offer[] {
  const authority = authorityOf(step, key)
  const [rule] = authority ? rulesOf(authority) : []
  if (kind === 'seat') return authority ? offersOf(authority, context) : []
  if (kind === 'person') return [offerTo(id, addedBy === undefined && rule ? roleOfRule(rule) : 'EMPLOYEE')]
  const shutOut = rule ? shutOutBy(rule, context.parties) : { personIds: [], departmentIds: [] }
  const excluded = { excludedPersonIds: [...new Set([...shutOut.personIds, ...context.parties.voted])], excludedDepartmentIds: shutOut.departmentIds }
  const role = kind === 'role' ? (id as Role) : rule ? roleOfRule(rule) : 'EMPLOYEE'
  return [{ role, level: 0, standsInFor: null, departmentIds: kind === 'department' ? [id] : null, personId: null, ...excluded }]
}
