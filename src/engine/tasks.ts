import { type AnyProcess, type AnyStep, type Authority, type CaseContext, excludedBy, isCountersign, isFinal, roleOfRule, rulesOf } from '../define/index.js'
import { waitingPoints } from './advance.js'
import type { NewTask, Offer, StateValue } from './case-store.js'

/** The tasks that a state opens: one, or one an open seat; none for an end or for the system alone. */
export function tasksFor(definition: AnyProcess, value: StateValue, context: CaseContext): NewTask[] {
  return waitingPoints(value).flatMap(({ state, seat }) => {
    const step = definition.states[state]!
    const authority = authorityOf(step, seat)
    const offers = authority ? offersOf(authority, context) : []
    return offers.length === 0 ? [] : [{ state, seat, dueOn: dueOf(step, context), offers }]
  })
}
/** Who may do a task: the assignee of the state, or of the seat. */
export function authorityOf(step: AnyStep, seat: string | null): Authority | undefined {
  if (isFinal(step)) return undefined
  return isCountersign(step) ? step.seats[seat ?? '']?.by : step.assignee
}
function offersOf(authority: Authority, { parties }: CaseContext): Offer[] {
  return rulesOf(authority)
    .filter(({ kind }) => kind !== 'system')
    .map((rule) => ({
      role: roleOfRule(rule),
      departmentIds: rule.kind === 'department' ? parties.departmentsIn(rule.of) : null,
      personId: rule.kind === 'applicant' ? parties.applicantPersonId : null,
      excludedPersonIds: [...new Set(excludedBy(rule, parties))],
    }))
}

/** The earliest term of the state, as a day (`YYYY-MM-DD`). */
function dueOf(step: AnyStep, { facts }: CaseContext): string | null {
  if (isFinal(step) || !step.after) return null
  const days = Object.values(step.after).map(({ due }) => (typeof due === 'function' ? due(facts.data) : addDays(facts.today, due.days)))
  return earliest(days)
}
/** The day by which the whole case was promised to end. */
export const dueDayOf = (definition: AnyProcess, data: Readonly<Record<string, unknown>>): string | null => definition.dueOf?.(data as never) ?? null

const addDays = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
const earliest = (days: readonly (string | undefined)[]): string | null => days.filter((day) => day !== undefined).sort()[0] ?? null
