import { expect } from '@jest/globals'
import type { Life, Row, Visit } from './insight-lives.js'

/** A period in seconds since 1970. */
export interface Span {
  readonly from: number
  readonly before: number
}
interface Decision {
  readonly state: string
  readonly actor: string
  readonly role: string
  readonly openedAt: number
  readonly claimedAt: number | null
  readonly closedAt: number
}

const isIn = ({ from, before }: Span, moment: number | null | undefined): boolean => moment != null && moment >= from && moment < before
/** As the database interpolates: between the neighbours of the place. */
function percentile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1)
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!]
  return low + (high - low) * (place - Math.floor(place))
}
function durations(given: readonly number[]) {
  const sorted = [...given].sort((a, b) => a - b)
  const at = (share: number) => (sorted.length === 0 ? null : expect.closeTo(percentile(sorted, share), 2))
  return { count: sorted.length, medianSeconds: at(0.5), p90Seconds: at(0.9) }
}
const closedIn = (lives: readonly Life[], span: Span) => lives.filter(({ record }) => isIn(span, record['closed_at']))
const cycleOf = ({ record }: Life): number => record['closed_at'] - record['opened_at']

export function casesByHand(lives: readonly Life[], span: Span) {
  const closed = closedIn(lives, span)
  const outcomes = [...Map.groupBy(closed, ({ record }) => record['outcome'])].map(([outcome, group]) => ({
    outcome,
    count: group.length,
    cycleTime: durations(group.map(cycleOf)),
  }))
  return {
    opened: lives.filter(({ record }) => isIn(span, record['opened_at'])).length,
    closed: closed.length,
    open: lives.filter(({ record }) => record['opened_at'] < span.before && !(record['closed_at'] < span.before && record['closed_at'] !== null)).length,
    cycleTime: durations(closed.map(cycleOf)),
    outcomes: outcomes.sort((a, b) => b.count - a.count || (a.outcome < b.outcome ? -1 : 1)),
  }
}

/** The claim that stands on a task at the end of a visit: by whom and since when. */
function claimIn({ work }: Life, { by, end }: Visit): Row | null {
  const during = work.filter(({ recorded_at, result }) => result === 'DONE' && recorded_at >= by['recorded_at'] && !(end && recorded_at > end['recorded_at']))
  const last = during.filter(({ action }) => action === 'CLAIM' || action === 'RELEASE').at(-1)
  return last?.['action'] === 'CLAIM' ? last : null
}
/** What was decided, read from the history: an act that ends a visit or gives a voice, unless it is the applicant's right beside the task. */
function decisionsOf(life: Life): Decision[] {
  return life.visits.flatMap((visit) => {
    const claim = claimIn(life, visit)
    const until = visit.end?.['sequence'] ?? Number.POSITIVE_INFINITY
    const voices = life.entries.filter((entry) => entry['action'] === 'SIGN' && entry['sequence'] > visit.by['sequence'] && entry['sequence'] <= until)
    // What ends a vote for all is no voice: it does the task of no seat.
    const last = visit.end && visit.end['action'] !== 'WITHDRAW' && visit.end['actor_id'] && visit.state !== 'voting' ? [visit.end] : []
    return [...voices, ...last].map((entry) => ({
      state: visit.state,
      actor: entry['actor_id'],
      role: entry['role_used'],
      openedAt: visit.by['recorded_at'],
      claimedAt: claim && claim['actor_id'] === entry['actor_id'] ? claim['recorded_at'] : null,
      closedAt: entry['recorded_at'],
    }))
  })
}

export function statesByHand(lives: readonly Life[], kinds: Map<string, Row>, span: Span) {
  const visits = lives.flatMap((life) => life.visits)
  const claimed = lives.flatMap((life) =>
    life.visits.flatMap((visit) => {
      const claim = claimIn(life, visit)
      return claim ? [{ state: visit.state, at: claim['recorded_at'], waited: claim['recorded_at'] - visit.by['recorded_at'], sequence: visit.by }] : []
    }),
  )
  const unclaimed = lives
    .flatMap((life) => life.visits.flatMap((visit) => (claimIn(life, visit) ? [] : decisionsOf({ ...life, visits: [visit] }))))
    .filter(({ actor }) => kinds.get(actor)!['kind'] === 'EMPLOYEE')
    .map(({ state, closedAt, openedAt }) => ({ state, at: closedAt, waited: closedAt - openedAt }))
  const waits = [...claimed, ...unclaimed].filter(({ at }) => isIn(span, at))
  const entered = visits.filter(({ by }) => isIn(span, by['recorded_at']))
  const left = visits.filter(({ end }) => isIn(span, end?.['recorded_at']))
  const states = [...new Set([...entered, ...left, ...waits].map(({ state }) => state))].sort()
  const mine = <T extends { state: string }>(rows: readonly T[], state: string) => rows.filter((row) => row.state === state)
  return states.map((state) => ({
    state,
    visits: mine(entered, state).length,
    timeInState: durations(mine(left, state).map(({ by, end }) => end!['recorded_at'] - by['recorded_at'])),
    waitingTime: durations(mine(waits, state).map(({ waited }) => waited)),
  }))
}

export function reworkByHand(lives: readonly Life[], span: Span) {
  const acts = lives.flatMap(({ record, entries }) => {
    const rounds = [...entries.map(({ content }) => JSON.parse(content).round as number), record['round']]
    return entries
      .filter((entry, index) => rounds[index + 1]! > rounds[index]! && isIn(span, entry['recorded_at']))
      .map((entry) => ({ ...entry, id: record['id'] }) as Row)
  })
  const loops = [...Map.groupBy(acts, (act) => [act['from_state'], act['to_state'], act['action'], act['actor_id'] === null].join())].map(([, group]) => ({
    from: group[0]!['from_state'],
    to: group[0]!['to_state'],
    action: group[0]!['action'],
    bySystem: group[0]!['actor_id'] === null,
    count: group.length,
    cases: new Set(group.map(({ id }) => id)).size,
  }))
  const closed = closedIn(lives, span)
  return { closed: closed.length, straight: closed.filter(({ record }) => record['round'] === 1).length, loops }
}

export function refusalsByHand(lives: readonly Life[], openings: readonly Row[], kinds: Map<string, Row>, span: Span) {
  const found = [...openings, ...lives.flatMap(({ refused }) => refused)].filter(({ recorded_at }) => isIn(span, recorded_at))
  const told = found.flatMap((entry) =>
    [...new Set(JSON.parse(entry['content']).reasons.map(({ code }: any) => code) as string[])].map((code) => ({ code, entry })),
  )
  return [...Map.groupBy(told, ({ code }) => code)].map(([code, group]) => ({
    code,
    count: group.length,
    people: new Set(group.map(({ entry }) => kinds.get(entry['actor_id'])!).flatMap(({ kind, person_id }) => (kind === 'EMPLOYEE' ? [person_id] : []))).size,
  }))
}

export function termsByHand(lives: readonly Life[], span: Span, now: number) {
  const runs = lives.flatMap((life) =>
    life.timers.map((timer) => {
      const visit = life.visits.find(({ by }) => by['sequence'] === timer['entered'])
      const ended: number | null = timer['place'] === '' ? life.record['closed_at'] : (visit!.end?.['recorded_at'] ?? null)
      const inTime = ended !== null && ended <= timer['due_at'] && timer['status'] !== 'FIRED'
      const takenAway = timer['status'] === 'CANCELLED' && timer['settled_at'] !== ended && timer['settled_at'] <= timer['due_at']
      const [fate, at] =
        timer['status'] === 'SKIPPED' || takenAway
          ? ['lapsed', timer['settled_at']]
          : inTime
            ? ['met', ended]
            : timer['status'] !== 'PAUSED' && timer['due_at'] < now
              ? ['missed', timer['due_at']]
              : ['running', Number.POSITIVE_INFINITY]
      return { timer, fate, at: at as number, ended }
    }),
  )
  const begun = runs.filter(({ timer, at }) => timer['starts_at'] < span.before && at >= span.from)
  return [...Map.groupBy(begun, ({ timer }) => `${timer['place']} ${timer['name']}`)].map(([, group]) => {
    const count = (fate: string) => group.filter((run) => run.fate === fate && isIn(span, run.at)).length
    const late = group.filter(({ fate, at, ended }) => fate === 'missed' && isIn(span, at) && ended !== null && ended < span.before)
    return {
      event: group[0]!.timer['name'],
      place: group[0]!.timer['place'],
      met: count('met'),
      missed: count('missed'),
      lapsed: count('lapsed'),
      running: group.filter(({ at }) => at >= span.before).length,
      lateness: durations(late.map(({ timer, ended }) => ended! - timer['due_at'])),
    }
  })
}

export function workloadByHand(lives: readonly Life[], kinds: Map<string, Row>, span: Span) {
  const made = lives.flatMap(decisionsOf).filter(({ closedAt }) => isIn(span, closedAt))
  const human = made.filter(({ actor }) => kinds.get(actor)!['kind'] === 'EMPLOYEE')
  const measured = (group: readonly Decision[]) => ({
    decided: group.length,
    decisionTime: durations(group.map(({ openedAt, closedAt }) => closedAt - openedAt)),
    handlingTime: durations(group.flatMap(({ claimedAt, closedAt }) => (claimedAt === null ? [] : [closedAt - claimedAt]))),
  })
  return {
    byRole: [...Map.groupBy(human, ({ role }) => role)].map(([role, group]) => ({ role, ...measured(group) })),
    byPerson: [...Map.groupBy(human, ({ actor }) => actor)].map(([employeeId, group]) => ({ employeeId, ...measured(group) })),
    bySystem: made.length - human.length,
  }
}

export function variantsByHand(lives: readonly Life[], span: Span) {
  const closed = closedIn(lives, span)
  const pathOf = ({ entries }: Life) => entries.map(({ action, to_state }) => `${action} ${to_state}`).join(', ')
  return [...Map.groupBy(closed, pathOf)].map(([path, group]) => ({
    path,
    count: group.length,
    share: expect.closeTo(group.length / closed.length, 6),
    medianCycleSeconds: durations(group.map(cycleOf)).medianSeconds,
  }))
}
