import { type Actor, type Arrow, arrowsFrom, type CaseContext, compareDecimals, lastDone, type Role, roleOfRule, rolesAbove, rulesOf } from '../define/index.js'
import { advance } from './advance.js'
import type { CaseRecord } from './case-record.js'
import { reasonsAgainst } from './judgement.js'
import type { LoadedProcess } from './processes.js'
import { type Staff, steppedIn } from './stepping-in.js'

/** One act that somebody did: the case and what was around it when it was judged, the arrow that was taken, the voice that was raised. */
export interface ActDone {
  readonly loaded: LoadedProcess
  readonly record: CaseRecord
  readonly context: CaseContext
  readonly arrow: Arrow
  readonly seat: string | null
}
/** Somebody who could have done it, and as what. */
export interface Able {
  readonly actor: Actor
  readonly role: Role
}

/**
 * Who of these people could have done the same: taken the same arrow with the same forms, for the same voice; by role, separation of
 * duties, limits, proxy (up to `amountCap`, in CNY) and stepping in, as the door judges. A claim is no authority: whose task it was does
 * not count.
 */
export async function ableAmong(act: ActDone, people: readonly { readonly actor: Actor; readonly amountCap: string | null }[], staff: Staff): Promise<Able[]> {
  const { loaded, record, context, arrow } = act
  const amount = loaded.definition.amountOf?.(context.facts.before)
  const able: Able[] = []
  const arrows = arrowsFrom(loaded.definition, record.state).filter(({ action }) => action === arrow.action)
  for (const { actor: self, amountCap } of people) {
    if (amountCap !== null && amount !== undefined && compareDecimals(amount, amountCap) > 0) continue
    const actor = await steppedIn(staff, arrows, self, context.parties)
    const role = roleIn(act, actor)
    if (role) able.push({ actor, role })
  }
  return able
}

function roleIn({ loaded, record, context, arrow, seat }: ActDone, actor: Actor): Role | undefined {
  const act = { action: arrow.action, actor, seat: arrow.seat, to: arrow.aim }
  const unclaimed = { ...context, claims: [] }
  if (reasonsAgainst(loaded, record, unclaimed, act).length > 0) return undefined
  const step = advance(loaded, record, unclaimed, act)
  return step?.arrow === arrow && (!arrow.vote || step.seat === seat) ? step.role : undefined
}

/** Where to look for them: everybody whom the arrow may name in any way, and those above who may step in. */
export function circleOf({ record, context, arrow }: Omit<ActDone, 'seat' | 'loaded'>): {
  readonly roles: readonly Role[]
  readonly personIds: readonly string[]
  readonly departmentIds: readonly string[]
} {
  const rules = rulesOf(arrow.by)
  const { parties } = context
  const voices = rules.some(({ kind }) => kind === 'voter') ? parties.voices : []
  const last = lastDone(record.decisions)
  const named = [
    ...rules.flatMap((rule) => (rule.kind === 'role' || rule.kind === 'voter' ? [roleOfRule(rule), ...rolesAbove(roleOfRule(rule))] : [])),
    ...voices.flatMap(({ kind, id }) => (kind === 'role' ? [id as Role] : [])),
  ]
  return {
    roles: [...new Set(named)],
    personIds: [
      ...rules.flatMap(({ kind }) => (kind === 'applicant' ? [record.applicantPersonId] : kind === 'lastToAct' && last ? [last.personId] : [])),
      ...voices.flatMap(({ kind, id }) => (kind === 'person' ? [id] : [])),
    ],
    departmentIds: [
      ...rules.flatMap((rule) => (rule.kind === 'department' ? parties.departmentsIn(rule.of) : [])),
      ...voices.flatMap(({ kind, id }) => (kind === 'department' ? [id] : [])),
    ],
  }
}
