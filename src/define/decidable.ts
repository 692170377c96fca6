import { arrowsFrom } from './arrows.js'
import { type Authority, isSeparated, type Rule, rulesOf } from './authority.js'
import { type AnyProcess, isFinal, stepIn } from './process.js'
import { type Role, rolesAbove } from './roles.js'

/** Somebody of an organisation, with every role that he holds. */
export interface Member {
  readonly personId: string
  readonly roles: readonly Role[]
}

/** The members who may ever act under a rule. */
type Candidates = (rule: Rule) => readonly Member[]

/**
 * The acts that nobody of an organisation could ever take, one sentence each: either nobody holds a role that may, or separation of
 * duties leaves nobody, whoever applied and whoever took the steps before, with those who would step in from above counted in.
 */
export function undecidable(definition: AnyProcess, members: readonly Member[]): string[] {
  const candidates = candidatesAmong(members)
  return Object.keys(definition.states).flatMap((state) => {
    const step = stepIn(definition, state)!
    if (isFinal(step)) return []
    const places = new Map(
      arrowsFrom(definition, state).flatMap(({ action, seat, by, undoes }) => (undoes || action === 'WITHDRAW' ? [] : [[seat ?? '', by] as const])),
    )
    const dead = [...places].filter(([, by]) => !isDecidable(definition, state, by, candidates))
    const all = dead.length === places.size ? dead.slice(0, 1) : dead.filter(([seat]) => seat !== '')
    return all.map(([seat]) => `${definition.id}: nobody could decide ${state}${seat && ` as ${seat}`}`)
  })
}

/** Whoever applies for what the system opens. */
const nobody: Member = { personId: '', roles: [] }

/** Is there an applicant, and a person for every step that this one must differ from, so that somebody is left? */
function isDecidable(definition: AnyProcess, state: string, by: Authority, candidates: Candidates): boolean {
  const openers = rulesOf(definition.startedBy)
  const applicants = new Set([...openers.flatMap(candidates), ...(openers.some(({ kind }) => kind === 'system') ? [nobody] : [])])
  return rulesOf(by).some((rule) => {
    if (!isSeparated(rule)) return true
    const before = rule.distinctFrom.filter((other) => other !== state).map((other) => ruleOf(definition, other))
    return [...applicants].some((applicant) => assignable([...before, rule], applicant, candidates))
  })
}
/** The rule by which a state is decided; what needs nobody is left out. */
const ruleOf = (definition: AnyProcess, state: string): Rule | undefined =>
  arrowsFrom(definition, state)
    .flatMap(({ by }) => rulesOf(by))
    .find(isSeparated)

function assignable(rules: readonly (Rule | undefined)[], applicant: Member, candidates: Candidates): boolean {
  const last = rules.length - 1
  const choose = (at: number, taken: readonly string[]): boolean => {
    if (at > last) return true
    const rule = rules[at]
    if (!rule || !isSeparated(rule)) return choose(at + 1, taken)
    return candidates(rule).some(
      ({ personId }) =>
        !(rule.notApplicant && personId === applicant.personId) && !(at === last && taken.includes(personId)) && choose(at + 1, [...taken, personId]),
    )
  }
  return choose(0, [])
}

/** Looked up once a rule: the same few rules come back for every applicant and every step before. */
function candidatesAmong(members: readonly Member[]): Candidates {
  const known = new Map<Rule, readonly Member[]>()
  return (rule) => {
    const found = known.get(rule) ?? mayEver(rule, members)
    known.set(rule, found)
    return found
  }
}
function mayEver(rule: Rule, members: readonly Member[]): readonly Member[] {
  if (rule.kind === 'system' || rule.kind === 'clock' || rule.kind === 'lastToAct') return []
  if (rule.kind === 'applicant' || rule.kind === 'department') return members
  const posts = [rule.role, ...rolesAbove(rule.role)]
  return members.filter(({ roles }) => posts.some((post) => roles.includes(post)))
}
