import { arrowsFrom } from './arrows.js'
import { type Authority, isSeparated, type Rule, rulesOf } from './authority.js'
import { type AnyProcess, isFinal, stepIn } from './process.js'
import { type Role, rolesAbove } from './roles.js'

/** Somebody of an organisation, with every role that he holds. */
export interface Member {
  readonly personId: string
  readonly roles: readonly Role[]
}

/**
 * The acts that nobody of an organisation could ever take, one sentence each: either nobody holds a role that may, or separation of
 * duties leaves nobody, whoever applied and whoever took the steps before, with those who would step in from above counted in.
 */
export function undecidable(definition: AnyProcess, members: readonly Member[]): string[] {
  return Object.keys(definition.states).flatMap((state) => {
    const step = stepIn(definition, state)!
    if (isFinal(step)) return []
    const places = new Map(
      arrowsFrom(definition, state).flatMap(({ action, seat, by, undoes }) => (undoes || action === 'WITHDRAW' ? [] : [[seat ?? '', by] as const])),
    )
    const dead = [...places].filter(([, by]) => !isDecidable(definition, state, by, members))
    const all = dead.length === places.size ? dead.slice(0, 1) : dead.filter(([seat]) => seat !== '')
    return all.map(([seat]) => `${definition.id}: nobody could decide ${state}${seat && ` as ${seat}`}`)
  })
}

/** Is there an applicant, and a person for every step that this one must differ from, so that somebody is left? */
function isDecidable(definition: AnyProcess, state: string, by: Authority, members: readonly Member[]): boolean {
  const applicants = members.filter((member) => rulesOf(definition.startedBy).some((rule) => mayEver(rule, member)))
  return rulesOf(by).some((rule) => {
    if (!isSeparated(rule)) return true
    const before = rule.distinctFrom.filter((other) => other !== state).map((other) => ruleOf(definition, other))
    return applicants.some((applicant) => assignable([...before, rule], applicant, members))
  })
}
/** The rule by which a state is decided; what needs nobody is left out. */
const ruleOf = (definition: AnyProcess, state: string): Rule | undefined =>
  arrowsFrom(definition, state)
    .flatMap(({ by }) => rulesOf(by))
    .find(isSeparated)

function assignable(rules: readonly (Rule | undefined)[], applicant: Member, members: readonly Member[]): boolean {
  const last = rules.length - 1
  const choose = (at: number, taken: readonly string[]): boolean => {
    if (at > last) return true
    const rule = rules[at]
    if (!rule || !isSeparated(rule)) return choose(at + 1, taken)
    const free = members.filter(
      (member) => mayEver(rule, member) && !(rule.notApplicant && member.personId === applicant.personId) && !(at === last && taken.includes(member.personId)),
    )
    return free.some(({ personId }) => choose(at + 1, [...taken, personId]))
  }
  return choose(0, [])
}
function mayEver(rule: Rule, { roles }: Member): boolean {
  if (rule.kind === 'system' || rule.kind === 'clock' || rule.kind === 'lastToAct') return false
  if (rule.kind === 'applicant' || rule.kind === 'department') return true
  return roles.includes(rule.role) || rolesAbove(rule.role).some((above) => roles.includes(above))
}
