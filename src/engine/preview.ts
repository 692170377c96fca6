import {
  type Actor,
  type AnyProcess,
  type Arrow,
  arrowsFrom,
  type CaseContext,
  type Condition,
  type FormValues,
  holds,
  isCountersign,
  isFinal,
  type Reason,
  type Role,
  roleOfRule,
  rolesAbove,
  rulesOf,
  stepIn,
} from '../define/index.js'
import type { CaseRecord, Surroundings } from './case-record.js'
import type { ShutOut, Staffing } from './case-store.js'
import { contextOf, leadsOn } from './judgement.js'
import type { LoadedProcess } from './processes.js'
import { authorityOf, shutOutBy } from './tasks.js'

/** One state on the way of a case that is not opened yet. */
export interface PreviewStep {
  readonly state: string
  readonly seat: string | null
  readonly roles: readonly Role[]
  /** The role whose limit decides here, and whether the amount is within it. */
  readonly limit: { readonly role: Role; readonly amount: string | null; readonly within: boolean } | null
  /** How many people may do it, how many hold the role at all, and who would step in from above. */
  readonly eligible: number
  readonly members: number
  readonly steppingIn: Role | null
  /** Somebody, somewhere, has to be found before the case can pass. */
  readonly problem: Reason['code'] | null
}
interface House {
  readonly staff: (roles: readonly Role[], shutOut: ShutOut) => Promise<Staffing>
  /** The limits of the roles of the process, whoever holds them. */
  readonly limits: Pick<Actor, 'limits' | 'cumulativeLimits'>
  /** The human beings behind the accounts that the form names. */
  readonly personOf: Readonly<Record<string, string>>
}

/**
 * 预览: who will have to decide if this applicant hands in this form. Walks the definition as it stands and writes nothing.
 * Facts that no paper tells yet count as favourable; limits are those of the roles.
 */
export async function preview(
  loaded: LoadedProcess,
  applicant: Actor,
  form: FormValues,
  committedBefore: readonly string[],
  house: House,
): Promise<PreviewStep[]> {
  const { definition } = loaded
  const context = contextOf(loaded, caseToBe(loaded, applicant), aroundIt(definition, form, committedBefore, house), new Date().toISOString())
  const steps: PreviewStep[] = []
  for (const state of wayOf(definition, context, house)) {
    const step = stepIn(definition, state)!
    if (isFinal(step)) continue
    const seats = isCountersign(step) && step.seats ? Object.keys(step.seats) : [null]
    for (const seat of seats) steps.push(await stepOf(definition, state, seat, context, house))
  }
  return steps
}

const caseToBe = ({ definition, fingerprint }: LoadedProcess, { employeeId, personId }: Actor): CaseRecord => ({
  id: '',
  number: '',
  process: definition.id,
  definitionVersion: definition.version,
  definitionHash: fingerprint,
  state: definition.initial,
  outcome: null,
  version: 1,
  round: 1,
  decisions: [],
  handling: {},
  applicantId: employeeId,
  applicantPersonId: personId,
  customerId: null,
  parentId: null,
  revokesId: null,
  openedAt: '',
  closedAt: null,
  enteredAt: '',
  enteredSequence: 1,
  pausedAt: null,
  headHash: '',
})
const aroundIt = ({ startsWith, settings }: AnyProcess, form: FormValues, committedBefore: readonly string[], { personOf }: House): Surroundings => ({
  data: { [startsWith]: form },
  children: [],
  parent: null,
  openCases: {},
  settings: Object.fromEntries(Object.entries(settings ?? {}).map(([key, { value }]) => [key, value])),
  claims: [],
  asks: [],
  personOf,
  editorOf: {},
  contentSalt: '',
  committedBefore,
  named: {},
})

/** The states that the case passes when everybody agrees, the first one first. */
function wayOf(definition: AnyProcess, context: CaseContext, house: House): string[] {
  const way = [definition.initial]
  for (let state = definition.initial; ; ) {
    const next = arrowsFrom(definition, state).find((arrow) => leadsFurther(definition, arrow, way) && mayHold(arrow.guard, context, house))?.target
    if (next === undefined) return way
    way.push(next)
    state = next
  }
}
const leadsFurther = (definition: AnyProcess, arrow: Arrow, way: readonly string[]): boolean =>
  arrow.target !== undefined &&
  !way.includes(arrow.target) &&
  leadsOn(definition, arrow) &&
  !arrow.undoes &&
  !arrow.aim &&
  reachesTheEnd(definition, arrow.target)
function reachesTheEnd(definition: AnyProcess, from: string, seen = new Set<string>()): boolean {
  const step = stepIn(definition, from)
  if (!step || seen.has(from)) return false
  if (isFinal(step)) return step.outcome === 'completed'
  seen.add(from)
  return arrowsFrom(definition, from).some((arrow) => arrow.target !== undefined && leadsOn(definition, arrow) && reachesTheEnd(definition, arrow.target, seen))
}
/** A limit decides now, by the form of the application; a fact about papers that are still to come may turn out either way. */
function mayHold(condition: Condition | undefined, context: CaseContext, house: House): boolean {
  if (condition === undefined) return true
  const someone: Actor = { kind: 'employee', employeeId: '', personId: '', roles: [], departmentIds: [], ...house.limits }
  const decided = (part: Condition): boolean => {
    switch (part.kind) {
      case 'limit':
        return part.amount(context.facts.data) === undefined || holds(part, context.facts, someone)
      case 'not':
        return part.condition.kind === 'limit' ? !decided(part.condition) : true
      case 'all':
        return part.conditions.every(decided)
      case 'either':
        return part.conditions.some(decided)
      default:
        return true
    }
  }
  return decided(condition)
}

async function stepOf(definition: AnyProcess, state: string, seat: string | null, context: CaseContext, house: House): Promise<PreviewStep> {
  const authority = authorityOf(stepIn(definition, state)!, seat)
  const rules = authority ? rulesOf(authority) : []
  const roles = [...new Set(rules.map(roleOfRule))]
  const counts = await Promise.all(
    rules.map(async (rule) => {
      if (rule.kind !== 'role' && rule.kind !== 'voter') return { members: 1, eligible: 1, above: null }
      const line = [rule.role, ...rolesAbove(rule.role)]
      const found = await house.staff(line, shutOutBy(rule, context.parties))
      const above = line.slice(1).find((role) => (found[role]?.eligible ?? 0) > 0) ?? null
      return { members: found[rule.role]?.members ?? 0, eligible: found[rule.role]?.eligible ?? 0, above }
    }),
  )
  const [members, eligible] = [counts.reduce((sum, one) => sum + one.members, 0), counts.reduce((sum, one) => sum + one.eligible, 0)]
  const steppingIn = eligible === 0 && members > 0 ? (counts.find(({ above }) => above !== null)?.above ?? null) : null
  const problem = members === 0 ? 'ROLE_EMPTY' : eligible === 0 && steppingIn === null ? 'SOD_CONFLICT' : null
  return { state, seat, roles, limit: limitIn(definition, state, context, house), members, eligible, steppingIn, problem }
}
function limitIn(definition: AnyProcess, state: string, context: CaseContext, house: House): PreviewStep['limit'] {
  const limits = arrowsFrom(definition, state).flatMap(({ guard }) => (guard ? limitsIn(guard) : []))
  const [first] = limits
  if (first?.kind !== 'limit' || first.amount(context.facts.data) === undefined) return null
  const someone: Actor = { kind: 'employee', employeeId: '', personId: '', roles: [], departmentIds: [], ...house.limits }
  return { role: first.role, amount: house.limits.limits[first.role] ?? null, within: holds(first, context.facts, someone) }
}
const limitsIn = (condition: Condition): readonly Condition[] =>
  condition.kind === 'limit'
    ? [condition]
    : condition.kind === 'not'
      ? limitsIn(condition.condition)
      : condition.kind === 'all' || condition.kind === 'either'
        ? condition.conditions.flatMap(limitsIn)
        : []
