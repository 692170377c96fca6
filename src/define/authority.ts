import type { BallotSeat, Vote } from './ballot.js'
import type { Label } from './label.js'
import { type Reason, reason } from './refusal.js'
import { labelOfRole, type Role, rolesAbove } from './roles.js'

/** Who acts: an employee with everything that counts at this moment, or the system itself. */
export interface Actor {
  /** `system` acts on finished children, payments and deadlines; nobody can be granted it. */
  readonly kind: 'employee' | 'system'
  readonly employeeId: string
  /** As printed under what the actor signs. */
  readonly name?: string
  /** The human being: two accounts of one person share it, and separation of duties looks at nothing else. */
  readonly personId: string
  readonly roles: readonly Role[]
  readonly departmentIds: readonly string[]
  /** 代理: the departments of the person who acts, where {@link departmentIds} are those of another. */
  readonly ownDepartmentIds?: readonly string[]
  /** The highest amount in CNY that each role lets this person decide in this process; absent: none. */
  readonly limits: Readonly<Partial<Record<Role, string>>>
  /** The highest amount in CNY that each role lets this person bring the counterparty's period to; absent: any. */
  readonly cumulativeLimits?: Readonly<Partial<Record<Role, string>>>
  /** 代理: whose roles, departments and limits these are; the person who acts is {@link personId} all the same. */
  readonly onBehalfOf?: Principal
  /** Roles of others in whose place this person decides, by the role that stands above: separation of duties leaves nobody there. */
  readonly standsInFor?: Readonly<Partial<Record<Role, Role>>>
  /** The house's own clock: no account is it. */
  readonly isClock?: true
}
/** Whoever gave a proxy. */
export interface Principal {
  readonly employeeId: string
  readonly personId: string
  readonly grantId: string
}
/** Everybody behind an act: separation of duties looks at each of them. */
export const personsBehind = ({ personId, onBehalfOf }: Pick<Actor, 'personId' | 'onBehalfOf'>): readonly string[] =>
  onBehalfOf ? [personId, onBehalfOf.personId] : [personId]

/** One act of this case that still counts: those of a lapsed round are gone. */
export interface Decision {
  readonly state: string
  /** Where it led. */
  readonly to: string
  readonly action: string
  readonly personId: string
  /** 代理: on whose behalf. */
  readonly principalId?: string
  readonly role: Role
  readonly seat?: string
  readonly round: number
  /** The version of the case that the act led to, and its moment (ISO 8601). */
  readonly sequence: number
  readonly at: string
  /** Decided as an approver: withdrawal and take-back look at it. */
  readonly approves?: true
  /** A vote of a countersign. */
  readonly vote?: Vote
  /** The limits in CNY under which it was decided: of the case, and of what the counterparty's period comes to. */
  readonly limit?: string
  readonly cumulativeLimit?: string
  /** 外部事项已执行: what no return undoes. */
  readonly executed?: true
}
/** 拿回: the last act that somebody could take back. What the clock or word of another case noted in passing follows nobody's act. */
export const lastDone = (decisions: readonly Decision[]): Decision | undefined => decisions.findLast(({ role, state, to }) => role !== 'SYSTEM' || state !== to)
const personsOfDecision = ({ personId, principalId }: Decision): readonly string[] => (principalId ? [personId, principalId] : [personId])

/** What authority looks at besides the actor. */
export interface Parties {
  readonly applicantPersonId: string
  readonly decisions: readonly Decision[]
  readonly parentDecisions: readonly Decision[]
  /** The departments that a form field names, as in `notice.problemDepartment`. */
  readonly departmentsIn: (path: string) => readonly string[]
  /** The human beings whom a form field names, as in `application.companyGuests`. */
  readonly personsIn: (path: string) => readonly string[]
  /** Whoever wrote the newest version of a material form. */
  readonly editors: readonly string[]
  /** The voices of the present countersign that may be raised now, and who has voted already. */
  readonly voices: readonly BallotSeat[]
  readonly voted: readonly string[]
  /** 升级: posts above that may decide as well, because the task lay too long. */
  readonly raised: readonly Role[]
  /** Whose task it is that was raised: it opens no act of other roles to the posts above. */
  readonly raisedFrom: readonly Role[]
}

/** Before there is a case: only who would be its applicant is known. */
export const noCaseYet = (applicantPersonId: string): Parties => ({
  applicantPersonId,
  decisions: [],
  parentDecisions: [],
  departmentsIn: () => [],
  personsIn: () => [],
  editors: [],
  voices: [],
  voted: [],
  raised: [],
  raisedFrom: [],
})

export interface Separation {
  /** Not the applicant of the case. */
  readonly notApplicant: boolean
  /** Not whoever acted in these states of this case in this round. */
  readonly distinctFrom: readonly string[]
  /** Not whoever acted in these states of the case that opened this one. */
  readonly distinctFromParent: readonly string[]
  /** Not whom these form fields name, as in `application.companyGuests`. */
  readonly notNamedIn: readonly string[]
  /** Not a member of the departments that these form fields name, as in `sheet.responsibleUnit`. */
  readonly notMemberOf: readonly string[]
}

/** Who may act. Data, never a function, so that it can be printed, listed and tested. */
export type Authority =
  | { readonly kind: 'applicant' }
  | { readonly kind: 'system' }
  | { readonly kind: 'clock' }
  | ({ readonly kind: 'role'; readonly role: Role } & Separation)
  | ({ readonly kind: 'department'; readonly role: Role; readonly of: string } & Separation)
  | ({ readonly kind: 'voter'; readonly role: Role } & Separation)
  | { readonly kind: 'lastToAct'; readonly in: string }
  | { readonly kind: 'anyOf'; readonly rules: readonly Authority[] }

export type Rule = Exclude<Authority, { kind: 'anyOf' }>

const separate = (notApplicant: boolean, rule: Partial<Separation>): Separation => ({
  notApplicant: rule.notApplicant ?? notApplicant,
  distinctFrom: rule.distinctFrom ?? [],
  distinctFromParent: rule.distinctFromParent ?? [],
  notNamedIn: rule.notNamedIn ?? [],
  notMemberOf: rule.notMemberOf ?? [],
})

/** The person who opened the case. */
export const applicant: Authority = { kind: 'applicant' }
/** The system: a finished child, a payment run, a deadline. */
export const system: Authority = { kind: 'system' }
/** The clock of the house, when a term is over; no service account acts in its place. */
export const clock: Authority = { kind: 'clock' }
/** Anyone who holds the role, the applicant included unless the rule says otherwise. */
export const role = (role: Role, rule: Partial<Separation> = {}): Authority => ({ kind: 'role', role, ...separate(false, rule) })
/** Anyone who holds the role, except the applicant and whoever acted in the states named. */
export const approver = (role: Role, rule: Partial<Separation> = {}): Authority => ({ kind: 'role', role, ...separate(true, rule) })
/** A member of the department that a form of the case names; `role` is what the member acts as. */
export const memberOf = (role: Role, of: string, rule: Partial<Separation> = {}): Authority => ({ kind: 'department', role, of, ...separate(false, rule) })
/** A voice on the ballot of a countersign whose voters are drawn when the case enters it. */
export const voter = (role: Role, rule: Partial<Separation> = {}): Authority => ({ kind: 'voter', role, ...separate(true, rule) })
/** 拿回: the person whose act in that state was the last of the case. */
export const lastToAct = (state: string): Authority => ({ kind: 'lastToAct', in: state })
export const anyOf = (...rules: readonly Authority[]): Authority => ({ kind: 'anyOf', rules })

/** The alternatives of an authority, flat. */
export const rulesOf = (authority: Authority): readonly Rule[] => (authority.kind === 'anyOf' ? authority.rules.flatMap(rulesOf) : [authority])

/** A rule that names a role, and whom it shuts out. */
export const isSeparated = (rule: Rule): rule is Extract<Rule, Separation> => 'distinctFrom' in rule

/** The role that a rule lets one act as; the applicant acts as an employee, the system as itself. */
export function roleOfRule(rule: Rule): Role {
  switch (rule.kind) {
    case 'applicant':
    case 'lastToAct':
      return 'EMPLOYEE'
    case 'system':
    case 'clock':
      return 'SYSTEM'
    default:
      return rule.role
  }
}

/** May this actor act? The role used when yes, every reason when no. */
export type Verdict = { readonly allowed: true; readonly role: Role; readonly rule: Rule } | { readonly allowed: false; readonly reasons: readonly Reason[] }

export function judge(authority: Authority, actor: Actor, parties: Parties): Verdict {
  const refused: Reason[] = []
  for (const rule of rulesOf(authority)) {
    const reasons = against(rule, actor, parties)
    if (reasons.length === 0) return { allowed: true, role: roleUsed(rule, actor, parties), rule }
    refused.push(...reasons)
  }
  // A role that one holds but may not use is the better answer than a role that one does not hold.
  const separated = refused.filter(({ code }) => code === 'SOD_CONFLICT')
  return { allowed: false, reasons: separated.length > 0 ? separated : refused }
}

/** The role that counts in the history: the one that stands above, where its holder steps in; of a voice, what gave it. */
function roleUsed(rule: Rule, actor: Actor, parties: Parties): Role {
  const voice = rule.kind === 'voter' ? voiceOf(actor, parties) : undefined
  if (voice?.kind === 'role') return voice.id as Role
  if (voice?.addedBy !== undefined || voice?.heldFor !== undefined) return 'EMPLOYEE'
  const own = roleOfRule(rule)
  const inPlaceOf = actor.standsInFor?.[own] ?? (rule.kind === 'role' && !actor.roles.includes(own) ? raisedTo(own, actor, parties) : undefined)
  return inPlaceOf ?? own
}
/** 升级: the post with which an actor may decide what a post below has let lie. */
export const raisedTo = (role: Role, actor: Actor, { raised, raisedFrom }: Pick<Parties, 'raised' | 'raisedFrom'>): Role | undefined =>
  raisedFrom.includes(role) ? rolesAbove(role).find((post) => raised.includes(post) && actor.roles.includes(post)) : undefined

function against(rule: Rule, actor: Actor, parties: Parties): Reason[] {
  if (rule.kind === 'system') return actor.kind === 'system' ? [] : [reason('NOT_AUTHORISED', ['仅限系统', 'only the system'])]
  if (rule.kind === 'clock') return actor.isClock ? [] : [reason('NOT_AUTHORISED', ['仅限到期执行', 'only the clock'])]
  if (actor.kind !== 'employee') return [needs(roleOfRule(rule))]
  switch (rule.kind) {
    // An application is made in one's own name: no proxy for the applicant, and none who is the applicant.
    case 'applicant':
      return actor.personId === parties.applicantPersonId && !actor.onBehalfOf ? [] : [reason('NOT_AUTHORISED', ['仅限申请人', 'only the applicant'])]
    case 'lastToAct': {
      const last = lastDone(parties.decisions)
      return last?.state === rule.in && last.personId === actor.personId ? [] : [reason('NOT_AUTHORISED', ['仅限上一办理人', 'only whoever acted last'])]
    }
    case 'role':
      return actor.roles.includes(rule.role) || actor.standsInFor?.[rule.role] || raisedTo(rule.role, actor, parties)
        ? separation(rule, actor, parties)
        : [needs(rule.role)]
    case 'department':
      return parties.departmentsIn(rule.of).some((id) => actor.departmentIds.includes(id)) ? separation(rule, actor, parties) : [needs(rule.role)]
    case 'voter':
      return againstVoice(rule, actor, parties)
  }
}

/** The voice that an actor may raise now, one a person: his own before that of his department or role. A drawn voice still needs its role; an added one needs none. */
export function voiceOf(actor: Actor, { voices, voted }: Parties): BallotSeat | undefined {
  if (personsBehind(actor).some((person) => voted.includes(person))) return undefined
  const person = actor.onBehalfOf?.personId ?? actor.personId
  const kinds: readonly ((seat: BallotSeat) => boolean)[] = [
    ({ kind, id }) => kind === 'person' && id === person,
    ({ kind, id }) => kind === 'department' && actor.departmentIds.includes(id),
    ({ kind, id }) => kind === 'role' && actor.roles.includes(id as Role),
  ]
  return kinds.map((is) => voices.find(is)).find((seat) => seat !== undefined)
}
/** One voice a person, on whoever's behalf; who was drawn as a holder of the role holds it still. */
function againstVoice(rule: Extract<Rule, { kind: 'voter' }>, actor: Actor, parties: Parties): Reason[] {
  const voice = voiceOf(actor, parties)
  const twice = personsBehind(actor).some((person) => parties.voted.includes(person))
  const drawn = voice?.kind === 'person' && voice.addedBy === undefined && voice.heldFor === undefined
  if (voice && !twice) return drawn && !actor.roles.includes(rule.role) ? [needs(rule.role)] : separation(rule, actor, parties)
  return twice ? [reason('SOD_CONFLICT', ['已投票', 'voted already'])] : [needs(rule.role)]
}
const needs = (role: Role): Reason => reason('NOT_AUTHORISED', labelOfRole(role))

function separation(rule: Separation, actor: Actor, parties: Parties): Reason[] {
  const behind = personsBehind(actor)
  const departmentsBehind = [...actor.departmentIds, ...(actor.ownDepartmentIds ?? [])]
  const conflict = (detail: Label) => reason('SOD_CONFLICT', detail)
  const acted = (decisions: readonly Decision[], state: string) =>
    decisions.some((done) => done.state === state && personsOfDecision(done).some((person) => behind.includes(person)))
  const isApplicant = behind.includes(parties.applicantPersonId)
  return [
    // Nobody acts on his own request by proxy, not even where an applicant may act at all.
    ...(isApplicant && (rule.notApplicant || (actor.personId === parties.applicantPersonId && actor.onBehalfOf))
      ? [conflict(['不得为申请人', 'not the applicant'])]
      : []),
    ...(rule.notApplicant && !isApplicant && parties.editors.some((person) => behind.includes(person))
      ? [conflict(['为内容的最后修改人', 'last to change the content'])]
      : []),
    ...rule.distinctFrom.filter((state) => acted(parties.decisions, state)).map((state) => conflict([`已在 ${state} 办理`, `acted in ${state}`])),
    ...rule.distinctFromParent
      .filter((state) => acted(parties.parentDecisions, state))
      .map((state) => conflict([`已在上级案件 ${state} 办理`, `acted in ${state} of the case above`])),
    ...rule.notNamedIn
      .filter((path) => parties.personsIn(path).some((person) => behind.includes(person)))
      .map((path) => conflict([`为表单 ${path} 所列人员`, `named in ${path}`])),
    ...rule.notMemberOf
      .filter((path) => parties.departmentsIn(path).some((id) => departmentsBehind.includes(id)))
      .map((path) => conflict([`属于表单 ${path} 所列部门`, `of the department named in ${path}`])),
  ]
}

/** Everyone whom a rule shuts out of this case, whatever role they hold. The system is nobody. */
export function excludedBy(rule: Rule, parties: Parties): string[] {
  if (!isSeparated(rule)) return []
  const actedIn = (states: readonly string[], decisions: readonly Decision[]) =>
    decisions.filter(({ state }) => states.includes(state)).flatMap(personsOfDecision)
  return [
    ...(rule.notApplicant ? [parties.applicantPersonId, ...parties.editors] : []),
    ...actedIn(rule.distinctFrom, parties.decisions),
    ...actedIn(rule.distinctFromParent, parties.parentDecisions),
    ...rule.notNamedIn.flatMap((path) => parties.personsIn(path)),
  ].filter((personId) => personId !== '')
}
/** The departments whose members a rule shuts out. */
export const excludedDepartments = (rule: Rule, parties: Parties): string[] =>
  isSeparated(rule) ? rule.notMemberOf.flatMap((path) => parties.departmentsIn(path)) : []
