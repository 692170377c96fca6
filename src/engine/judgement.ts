import type { Actor, Arrow, Authority, Ballot, CaseContext, Claim, Facts, Parties, Reason, Role } from '../define/index.js'
import {
  arrowsFrom,
  arrowsOf,
  deadlinesIn,
  isCountersign,
  isFinal,
  judge,
  labelOfEvent,
  listOf,
  modeOf,
  openSeats,
  personsBehind,
  reason,
  roleOfRule,
  rulesOf,
  stepIn,
  unmet,
  voiceOf,
  votesOn,
} from '../define/index.js'
import type { Ask, CaseRecord, Surroundings } from './case-record.js'
import { contentDigestOf, materialForms } from './content.js'
import type { LoadedProcess } from './processes.js'

/** The organisation lives by the calendar of Shanghai: a day begins there. */
const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' })
const dayOf = (instant: string): string => calendar.format(new Date(instant))

/** Gathers what the machine looks at. `at`: the moment of the act, ISO 8601; `data`: the forms with those just handed in. */
export function contextOf(loaded: LoadedProcess, record: CaseRecord, around: Surroundings, at: string, data = around.data): CaseContext {
  const facts: Facts = {
    data,
    before: around.data,
    at,
    today: dayOf(at),
    customerId: record.customerId,
    round: record.round,
    decisions: record.decisions,
    children: around.children,
    parent: around.parent,
    openCases: around.openCases,
    settings: around.settings,
    committedBefore: around.committedBefore,
    named: around.named,
    ballot: record.handling.ballot ?? null,
    returned: record.handling.returned ?? null,
    contentDigest: contentDigestOf(loaded, data, around.contentSalt),
    claimed: around.claims.length > 0,
  }
  return { facts, parties: partiesOf(loaded, record, around, data), claims: around.claims, work: workOf(loaded, record, around) }
}
const pausing: readonly Ask['kind'][] = ['OPINION', 'SIGN_BEFORE', 'ANSWER']
function workOf({ definition }: LoadedProcess, { handling }: CaseRecord, { asks }: Surroundings): NonNullable<CaseContext['work']> {
  const asked = (seat: string | null) => asks.filter((ask) => ask.seat === seat)
  return {
    givers: (seat) => handling.givers?.[seat ?? ''] ?? [],
    isSuspended: (seat) =>
      (handling.held !== undefined && handling.held !== null && handling.held.seat === seat) ||
      asked(seat).some(({ kind, status }) => status === 'OPEN' && pausing.includes(kind)),
    isVetoed: (seat) => definition.addedSigners === 'BINDING' && asked(seat).some(({ kind, status }) => kind === 'SIGN_BEFORE' && status === 'REJECTED'),
  }
}
function partiesOf(loaded: LoadedProcess, record: CaseRecord, around: Surroundings, data: Surroundings['data']): Parties {
  const named = (path: string): readonly string[] => {
    const [key = '', field = '', column] = path.split('.')
    const values = listOf<any>(data[key]?.[field])
    return column === undefined ? values.map(String) : values.flatMap((row) => row[column] ?? [])
  }
  const person = (id: string) => around.personOf[id] ?? id
  const ballot = record.handling.ballot
  return {
    raised: record.handling.raised ?? [],
    raisedFrom: rolesOfTask(loaded, record),
    applicantPersonId: record.applicantPersonId,
    decisions: record.decisions,
    parentDecisions: around.parent?.decisions ?? [],
    departmentsIn: named,
    personsIn: (path) => named(path).map(person),
    editors: materialForms(loaded.definition)
      .flatMap((form) => around.editorOf[form] ?? [])
      .map(person),
    voices: openVoices(loaded, record),
    voted: ballot ? votesOn(ballot, record.decisions).flatMap(({ personId, principalId }) => (principalId ? [personId, principalId] : [personId])) : [],
  }
}

const rolesOfTask = ({ definition }: LoadedProcess, { state }: CaseRecord): readonly Role[] => {
  const step = stepIn(definition, state)
  return !step || isFinal(step) || isCountersign(step) ? [] : rulesOf(step.assignee).map(roleOfRule)
}

/** The voices of the present countersign that may be raised now; none in other states. */
export function openVoices({ definition }: Pick<LoadedProcess, 'definition'>, { state, handling, decisions }: CaseRecord): Ballot['seats'] {
  const step = definition.states[state]
  if (!step || !isCountersign(step) || !handling.ballot) return []
  return openSeats(handling.ballot, modeOf(step), decisions).filter(({ key }) => key !== handling.held?.seat)
}

/** What a judgement leaves open: conditions about forms that the act would hand in, and which seat it would take. */
export type LeftOpen = 'nothing' | 'forms' | 'forms and seat'

export interface Act {
  readonly action: string
  readonly actor: Actor
  readonly seat?: string | undefined
  readonly to?: string | undefined
}

/** Every reason why this actor may not do this now; empty when the act may be done. */
export function reasonsAgainst({ definition }: LoadedProcess, record: CaseRecord, context: CaseContext, act: Act, open: LeftOpen = 'nothing'): Reason[] {
  if (record.outcome !== null || isFinal(definition.states[record.state]!))
    return [...expired(definition, context, act.action), reason('ACTION_UNAVAILABLE', ['案件已办结', 'the case is closed'])]
  const here = arrowsFrom(definition, record.state).filter(({ action }) => action === act.action)
  if (here.length === 0) return outOfState(definition, context, act)
  const seats = seatReasons(context, here, act, open)
  if (seats) return seats
  const branches = here.filter(({ seat }) => seat === undefined || seat === act.seat || (act.seat === undefined && isOpenSeat(context, seat)))
  const aimed = branches.filter(({ aim }) => aim === act.to)
  if (aimed.length === 0) return [reason('RETURN_TARGET_UNREACHABLE', act.to === undefined ? undefined : [act.to, act.to])]
  const verdicts = aimed.map((arrow) => againstArrow(definition, arrow, context, act.actor, open !== 'nothing'))
  return verdicts.some((reasons) => reasons.length === 0) ? [] : distinct(nearest(verdicts))
}
const isOpenSeat = ({ parties }: CaseContext, seat: string): boolean => parties.voices.some(({ key }) => key === seat)

/** The act exists elsewhere: say so, and say as well when this person could not do it anywhere. */
function outOfState(definition: LoadedProcess['definition'], context: CaseContext, { action, actor }: Act): Reason[] {
  const elsewhere = arrowsOf(definition).filter((arrow) => arrow.action === action)
  const verdicts = elsewhere.map(({ by }) => judge(by, actor, context.parties))
  const roleless = verdicts.flatMap((verdict) => (verdict.allowed ? [] : verdict.reasons)).filter(({ code }) => code === 'NOT_AUTHORISED')
  // Who has a voice is drawn on entering: outside, the role is all there is to go by.
  const isDrawn = elsewhere.some(({ by }) => rulesOf(by).some((rule) => rule.kind === 'voter' && actor.roles.includes(rule.role)))
  const barred =
    elsewhere.length > 0 && !isDrawn && verdicts.every((verdict) => !verdict.allowed && verdict.reasons.every(({ code }) => code === 'NOT_AUTHORISED'))
  return distinct([...(barred ? roleless : []), ...expired(definition, context, action), reason('ACTION_UNAVAILABLE')])
}
/** 超时: the clock was quicker, and the case has left the state in which this could be done. */
export function expired(
  definition: LoadedProcess['definition'],
  { facts: { decisions } }: { facts: Pick<CaseContext['facts'], 'decisions'> },
  action: string,
): Reason[] {
  const last = decisions.at(-1)
  if (last?.role !== 'SYSTEM' || last.state === last.to || !(last.action in deadlinesIn(definition, last.state))) return []
  return arrowsFrom(definition, last.state).some((arrow) => arrow.action === action) ? [reason('TASK_EXPIRED', labelOfEvent(definition, last.action))] : []
}
function seatReasons(context: CaseContext, here: readonly Arrow[], { seat }: Act, open: LeftOpen): Reason[] | undefined {
  if (here[0]?.seat === undefined || (seat === undefined && context.parties.voices.some(({ kind }) => kind === 'role'))) return undefined
  if (seat === undefined) return open === 'forms and seat' ? undefined : [reason('SEAT_REQUIRED')]
  return isOpenSeat(context, seat) ? undefined : [reason('SEAT_TAKEN', [seat, seat])]
}
function againstArrow(definition: LoadedProcess['definition'], arrow: Arrow, context: CaseContext, actor: Actor, formsOpen: boolean): Reason[] {
  const { facts, parties } = context
  const verdict = judge(authorityNow(definition, arrow, parties), actor, parties)
  const handedIn = formsOpen ? [arrow.form ?? [], arrow.revises ?? []].flat() : []
  return [
    ...(verdict.allowed ? againstTask(definition, arrow, context, actor) : [...lostTask(context, arrow, actor), ...verdict.reasons]),
    ...(arrow.guard === undefined ? [] : unmet(arrow.guard, facts, actor, handedIn)),
  ]
}
/** A seat that has signed, or need not sign, gives no right to end the countersign for the others. */
function authorityNow(definition: LoadedProcess['definition'], { from, action, vote, by }: Arrow, { voices }: Parties): Authority {
  const step = stepIn(definition, from)!
  if (!isCountersign(step) || !step.seats || vote) return by
  const moves = listOf(step.on?.[action])
  const open = Object.entries(step.seats).flatMap(([seat, { by: signer }]) => (voices.some(({ key }) => key === seat) ? [signer] : []))
  return moves.length === 0 || moves.some((move) => move.by) || open.length === 0 ? by : { kind: 'anyOf', rules: open }
}
/** A claim is no authority: whoever has lost the role has lost the task. */
const lostTask = ({ claims = [] }: CaseContext, { from, seat }: Arrow, { employeeId }: Actor): Reason[] =>
  claims.some((claim) => claim.state === from && (seat === undefined || claim.seat === seat) && claim.claimedById === employeeId)
    ? [reason('NOT_ELIGIBLE')]
    : []

/** What keeps the task of an arrow from being done, though this person may do such a thing. */
function againstTask(definition: LoadedProcess['definition'], arrow: Arrow, context: CaseContext, actor: Actor): Reason[] {
  if (!isOfTask(definition, arrow)) return []
  const seat = arrow.seat ?? (arrow.vote ? (seatOf(actor, context) ?? null) : null)
  const work = context.work
  const gaveAway = work?.givers(seat).some((person) => personsBehind(actor).includes(person))
  return [
    ...(heldByAnother(context, arrow.from, seat, arrow.by, actor) ? [reason('CLAIM_CONFLICT')] : []),
    ...(gaveAway ? [reason('NOT_AUTHORISED', ['任务已转办', 'the task was given away'])] : []),
    ...(work?.isSuspended(seat) ? [reason('TASK_SUSPENDED')] : []),
    ...(work?.isVetoed(seat) && leadsOn(definition, arrow) ? [reason('CONDITION_UNMET', ['前加签人不同意', 'a signer before rejects'])] : []),
  ]
}
/** Is this what the task of the state is about, and not a right of somebody else beside it? */
export function isOfTask(definition: LoadedProcess['definition'], arrow: Arrow): boolean {
  const step = stepIn(definition, arrow.from)!
  return arrow.vote !== undefined || (!isFinal(step) && !isCountersign(step) && arrow.by === step.assignee)
}
/** Towards the end that the applicant wants: no return, no refusal. */
export function leadsOn(definition: LoadedProcess['definition'], arrow: Arrow): boolean {
  const target = arrow.target === undefined ? undefined : definition.states[arrow.target]
  return !arrow.startsRound && arrow.vote !== 'REJECT' && !(target && isFinal(target) && target.outcome !== 'completed')
}
/** The key of the voice that this person would raise. */
export const seatOf = (actor: Actor, { parties }: CaseContext): string | undefined => voiceOf(actor, parties)?.key

/** The claim that keeps this person from a task: somebody else's, who may still do it under the same authority. */
export const heldByAnother = (
  { claims = [], parties }: CaseContext,
  state: string,
  seat: string | null,
  by: Authority,
  { employeeId, onBehalfOf }: Actor,
): Claim | undefined =>
  claims.find(
    (claim) =>
      claim.state === state &&
      claim.seat === seat &&
      claim.holder &&
      claim.holder.employeeId !== employeeId &&
      claim.holder.employeeId !== onBehalfOf?.employeeId &&
      judge(by, claim.holder, parties).allowed,
  )
/** Of several branches the one that the person may take, or comes nearest to: the one with the fewest reasons against it. */
function nearest(verdicts: readonly Reason[][]): Reason[] {
  const without = (...codes: Reason['code'][]) => verdicts.filter((reasons) => !reasons.some(({ code }) => codes.includes(code)))
  const candidates = [without('NOT_AUTHORISED', 'SOD_CONFLICT'), without('NOT_AUTHORISED'), verdicts].find((some) => some.length > 0) ?? []
  return [...candidates].sort((one, other) => one.length - other.length)[0] ?? []
}
function distinct(reasons: readonly Reason[]): Reason[] {
  return [...new Map(reasons.map((one) => [`${one.code} ${one.message[1]}`, one])).values()]
}
