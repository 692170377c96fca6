import type { Actor, Arrow, Authority, CaseContext, Claim, Facts, Parties, Reason } from '../define/index.js'
import { arrowsFrom, arrowsOf, isFinal, judge, reason, unmet } from '../define/index.js'
import type { CaseRecord, StateValue, Surroundings } from './case-store.js'
import type { LoadedProcess } from './processes.js'

/** The organisation lives by the calendar of Shanghai: a day begins there. */
const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' })
const dayOf = (instant: string): string => calendar.format(new Date(instant))

/** Gathers what the machine looks at. `at`: the moment of the act, ISO 8601. */
export function contextOf(record: CaseRecord, around: Surroundings, at: string): CaseContext {
  const facts: Facts = {
    data: around.data,
    at,
    today: dayOf(at),
    customerId: record.customerId,
    round: record.round,
    decisions: record.decisions,
    children: around.children,
    parent: around.parent,
    openCases: around.openCases,
    settings: around.settings,
  }
  const named = (path: string): readonly string[] => {
    const [key = '', field = ''] = path.split('.')
    const value = around.data[key]?.[field]
    return value === undefined ? [] : Array.isArray(value) ? value : [String(value)]
  }
  const parties: Parties = {
    applicantPersonId: record.applicantPersonId,
    decisions: record.decisions,
    parentDecisions: around.parent?.decisions ?? [],
    departmentsIn: named,
    personsIn: (path) => named(path).map((id) => around.personOf[id] ?? id),
  }
  return { facts, parties, claims: around.claims }
}

/** The name of the state that a value stands for. */
export const stateNameOf = (value: StateValue): string => (typeof value === 'string' ? value : Object.keys(value)[0]!)
/** The seats that still have to sign. */
export const openSeatsOf = (value: StateValue): readonly string[] =>
  typeof value === 'string'
    ? []
    : Object.entries(Object.values(value)[0]!)
        .filter(([, region]) => region === 'open')
        .map(([seat]) => seat)

/** What a judgement leaves open: conditions about forms that the act would hand in, and which seat it would take. */
export type LeftOpen = 'nothing' | 'forms' | 'forms and seat'

/** Every reason why this actor may not do this now; empty when the act may be done. */
export function reasonsAgainst(
  { definition }: LoadedProcess,
  record: CaseRecord,
  context: CaseContext,
  act: { action: string; actor: Actor; seat?: string | undefined },
  open: LeftOpen = 'nothing',
): Reason[] {
  if (record.outcome !== null || isFinal(definition.states[record.state]!)) return [reason('ACTION_UNAVAILABLE', ['案件已办结', 'the case is closed'])]
  const here = arrowsFrom(definition, record.state).filter(({ action }) => action === act.action)
  if (here.length === 0) return outOfState(definition, context, act)
  const seats = seatReasons(record, here, act, open)
  if (seats) return seats
  const branches = here.filter(
    (arrow) => arrow.seat === undefined || arrow.seat === act.seat || (act.seat === undefined && openSeatsOf(record.value).includes(arrow.seat)),
  )
  const verdicts = branches.map((arrow) => againstArrow(arrow, context, act.actor, open !== 'nothing'))
  return verdicts.some((reasons) => reasons.length === 0) ? [] : distinct(nearest(verdicts))
}

/** The act exists elsewhere: say so, and say as well when this person could not do it anywhere. */
function outOfState(definition: LoadedProcess['definition'], context: CaseContext, { action, actor }: { action: string; actor: Actor }): Reason[] {
  const elsewhere = arrowsOf(definition).filter((arrow) => arrow.action === action)
  const verdicts = elsewhere.map(({ by }) => judge(by, actor, context.parties))
  const roleless = verdicts.flatMap((verdict) => (verdict.allowed ? [] : verdict.reasons)).filter(({ code }) => code === 'NOT_AUTHORISED')
  const barred = elsewhere.length > 0 && verdicts.every((verdict) => !verdict.allowed && verdict.reasons.every(({ code }) => code === 'NOT_AUTHORISED'))
  return distinct([...(barred ? roleless : []), reason('ACTION_UNAVAILABLE')])
}
function seatReasons(record: CaseRecord, here: readonly Arrow[], { seat }: { seat?: string | undefined }, open: LeftOpen): Reason[] | undefined {
  if (here[0]?.seat === undefined) return undefined
  if (seat === undefined) return open === 'forms and seat' ? undefined : [reason('SEAT_REQUIRED')]
  return openSeatsOf(record.value).includes(seat) ? undefined : [reason('SEAT_TAKEN', [seat, seat])]
}
function againstArrow(arrow: Arrow, context: CaseContext, actor: Actor, formsOpen: boolean): Reason[] {
  const { facts, parties } = context
  const verdict = judge(arrow.by, actor, parties)
  const handedIn = formsOpen ? [arrow.form ?? [], arrow.revises ?? []].flat() : []
  const open = arrow.guard === undefined || arrow.guard.about.some((form) => handedIn.includes(form))
  const claimed = heldByAnother(context, arrow.from, arrow.seat ?? null, arrow.by, actor)
  return [
    ...(verdict.allowed ? [] : verdict.reasons),
    ...(claimed ? [reason('CLAIM_CONFLICT')] : []),
    ...(open || arrow.guard === undefined ? [] : unmet(arrow.guard, facts, actor)),
  ]
}
/** The claim that keeps this person from a task: somebody else's, who may still do it under the same authority. */
export const heldByAnother = (
  { claims = [], parties }: CaseContext,
  state: string,
  seat: string | null,
  by: Authority,
  { employeeId }: Actor,
): Claim | undefined =>
  claims.find(
    (claim) =>
      claim.state === state && claim.seat === seat && claim.holder && claim.holder.employeeId !== employeeId && judge(by, claim.holder, parties).allowed,
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
