import { type Authority, applicant, clock, type Decision, isSeparated, lastDone, lastToAct, rulesOf, system, voter } from './authority.js'
import { everybody, type Mode, tally, type Vote, votesOn } from './ballot.js'
import { all, type Condition, type Facts, fact, factOr } from './condition.js'
import type { AnyProcess, AnyTransition, Countersign, Voters } from './process.js'
import { deadlinesIn, isCountersign, isFinal, stepIn } from './process.js'

/** One arrow out of a state, complete: a seat of a countersign, a withdrawal and a take-back are arrows too. */
export interface Arrow extends AnyTransition {
  readonly from: string
  readonly action: string
  readonly by: Authority
  readonly seat?: string
  /** The target must have been asked for: a return has several, a resubmission two ways. */
  readonly aim?: string
  readonly vote?: Vote
  /** 拿回: the last decision is as if it had not been taken. */
  readonly undoes?: true
  /** 直接返回审批人: what had lapsed with the return counts again. */
  readonly restores?: true
}
type AnyCountersign = Countersign<any, string, string>

/** One or several, as a list. */
export const listOf = <T>(given: T | readonly T[] | undefined): readonly T[] => (given === undefined ? [] : Array.isArray(given) ? given : [given as T])

const known = new WeakMap<AnyProcess, Map<string, readonly Arrow[]>>()
/** Every arrow out of a state, in the order in which the machine tries them. */
export function arrowsFrom(definition: AnyProcess, state: string): readonly Arrow[] {
  const ofProcess = known.get(definition) ?? new Map<string, readonly Arrow[]>()
  known.set(definition, ofProcess)
  const arrows = ofProcess.get(state) ?? drawnFrom(definition, state)
  ofProcess.set(state, arrows)
  return arrows
}
function drawnFrom(definition: AnyProcess, state: string): readonly Arrow[] {
  const step = definition.states[state]
  if (!step || isFinal(step)) return []
  const written = writtenIn(definition, state)
  const drawn = written.flatMap((move) => [...aimed(definition, move)])
  return [
    ...(isCountersign(step) ? votesOf(definition, state, step) : []),
    ...drawn,
    ...withdrawals(definition, state),
    ...takeBacks(definition, state),
    ...clockArrows(definition, state),
  ]
}
/** 到期: what the clock does when a term of the state or of the whole case is over. */
const clockArrows = (definition: AnyProcess, state: string): readonly Arrow[] =>
  [state, ''].flatMap((place) =>
    Object.entries(deadlinesIn(definition, place)).map(
      ([action, { label: _label, due: _due, ladder: _ladder, repeats: _repeats, statutory: _statutory, ...move }]) => ({
        ...move,
        from: state,
        action,
        by: clock,
      }),
    ),
  )

/** The arrows as the author wrote them under `on`. */
function writtenIn(definition: AnyProcess, state: string): readonly Arrow[] {
  const step = stepIn(definition, state)
  if (!step || isFinal(step)) return []
  const assignee = isCountersign(step) ? anyVoice(step) : step.assignee
  return Object.entries(step.on ?? {}).flatMap(([action, given]) =>
    listOf<AnyTransition>(given).map((move) => ({ ...move, from: state, action, by: move.by ?? assignee })),
  )
}

/** A return to a choice of states is one arrow each; a resubmission may go straight back as well. */
function aimed(definition: AnyProcess, move: Arrow): readonly Arrow[] {
  if (move.returnsTo)
    return move.returnsTo.map((target) => ({
      ...move,
      target,
      aim: target,
      startsRound: true,
      guard: guarded(move, visited(target), nothingExecutedSince(target)),
    }))
  const kept = move.startsRound && move.target !== undefined && executesAnything(definition)
  const straight = move.resubmits
    ? statesThatReturnTo(definition, move.from).map((target) => ({
        ...move,
        target,
        aim: target,
        restores: true as const,
        guard: guarded(move, unchangedSince(target)),
      }))
    : []
  return [...straight, kept ? { ...move, guard: guarded(move, nothingExecutedSince(move.target!)) } : move]
}
const guarded = ({ guard }: Arrow, ...more: readonly Condition[]): Condition =>
  guard === undefined && more.length === 1 ? more[0]! : all(...listOf(guard), ...more)
const executesAnything = (definition: AnyProcess) =>
  Object.keys(definition.states).some((state) => writtenIn(definition, state).some(({ executes }) => executes))
const statesThatReturnTo = (definition: AnyProcess, state: string): readonly string[] =>
  Object.keys(definition.states).filter((from) =>
    writtenIn(definition, from).some(
      ({ target, startsRound, returnsTo }) => from !== state && ((startsRound && target === state) || returnsTo?.includes(state)),
    ),
  )

const visited = (target: string): Condition =>
  factOr('RETURN_TARGET_UNREACHABLE', [`曾到过 ${target}`, `the case has been in ${target}`], ({ decisions }) =>
    decisions.some(({ state }) => state === target),
  )
const nothingExecutedSince = (target: string): Condition =>
  factOr('EFFECT_ALREADY_EXECUTED', [`${target} 之后无已执行事项`, `nothing was carried out since ${target}`], ({ decisions }) =>
    sinceEntered(decisions, target).every(({ executed }) => !executed),
  )
const unchangedSince = (target: string): Condition =>
  fact(
    [`由 ${target} 退回且内容未变更`, `returned by ${target}, with nothing material changed`],
    ({ returned, contentDigest }: Facts) => returned !== null && returned.from === target && returned.contentDigest === contentDigest,
  )
/** What was decided since the case last came to a state from another one. */
export function sinceEntered(decisions: readonly Decision[], target: string): readonly Decision[] {
  const entered = decisions.findLastIndex(({ state, to }) => to === target && state !== target)
  return decisions.slice(entered + 1)
}

/** 撤回. */
function withdrawals({ withdrawal }: AnyProcess, state: string): readonly Arrow[] {
  if (!withdrawal?.from.includes(state)) return []
  const { to, until, form } = withdrawal
  const guard = until === 'FIRST_APPROVAL' ? nobodyApproved : undefined
  return [{ from: state, action: 'WITHDRAW', by: applicant, target: to, form, startsRound: true, ...(guard && { guard }) }]
}
const nobodyApproved: Condition = fact(['尚无人审批', 'nobody has decided yet'], ({ decisions }) => decisions.every(({ approves }) => !approves))

/** 拿回: out of the state that an act led to, back to where it was done. */
function takeBacks(definition: AnyProcess, state: string): readonly Arrow[] {
  return Object.keys(definition.states)
    .filter((from) => from !== state && writtenIn(definition, from).some(({ target, retractable }) => retractable && target === state))
    .map((from) => ({ from: state, action: 'TAKE_BACK', by: lastToAct(from), target: from, undoes: true, guard: nothingFollowed }))
}
const nothingFollowed: Condition = fact(
  ['后续任务尚未签收或办理，且未超时限', 'what follows is neither claimed nor done, and the time has not run out'],
  ({ claimed, decisions, at, settings }) => {
    const last = lastDone(decisions)
    return !claimed && last !== undefined && Date.parse(at) - Date.parse(last.at) <= (settings['takeBackHours'] ?? takeBackHours) * 3_600_000
  },
)
const takeBackHours = 24

/** Who may end a countersign for all: whoever has a voice that has not been raised. */
const anyVoice = (step: AnyCountersign): Authority =>
  step.voters ? authorityOfVoters(step.voters) : { kind: 'anyOf', rules: Object.values(step.seats ?? {}).map(({ by }) => by) }
const authorityOfVoters = (voters: Voters): Authority => ('everyone' in voters ? voter(voters.everyone, voters) : voter(voters.as, voters))
export const modeOf = (step: AnyCountersign): Mode => step.mode ?? everybody

/** Whoever holds two seats signs each of them on its own; where votes are counted a person has one. */
const oneVoiceEach = (by: Authority, state: string): Authority => ({
  kind: 'anyOf',
  rules: rulesOf(by).map((rule) => (isSeparated(rule) ? { ...rule, distinctFrom: [...rule.distinctFrom, state] } : rule)),
})

/** A vote passes the countersign, fails it, or leaves it open: three arrows for each event and named seat. */
function votesOf({ owner }: AnyProcess, state: string, step: AnyCountersign): readonly Arrow[] {
  const voices: readonly { seat?: string; by: Authority }[] = step.voters
    ? [{ by: authorityOfVoters(step.voters) }]
    : Object.entries(step.seats ?? {}).map(([seat, { by }]) => ({ seat, by: modeOf(step).kind === 'all' ? by : oneVoiceEach(by, state) }))
  // Where all abstain the owner of the process has a voice.
  const asked = step.abstain && !step.voters ? [...voices, { by: voter(owner) }] : voices
  const kinds: readonly { action: string; form: string; vote: Vote }[] = [
    { action: step.sign, form: step.form, vote: 'APPROVE' },
    ...(step.against ? [{ action: step.against.event, form: step.against.form, vote: 'REJECT' as const }] : []),
    ...(step.abstain ? [{ action: step.abstain.event, form: step.abstain.form, vote: 'ABSTAIN' as const }] : []),
  ]
  const cast = kinds.flatMap(({ vote, ...kind }) =>
    asked.flatMap((voice) => outcomes(step, vote).map((outcome) => ({ from: state, ...kind, ...voice, vote, ...outcome }))),
  )
  // A drawn voice that is taken away may decide it: the system counts.
  if (!step.voters) return cast
  return [
    ...cast,
    ...outcomes(step, null)
      .filter(({ target }) => target !== undefined)
      .map((outcome) => ({ from: state, action: 'COUNT', by: system, ...outcome })),
  ]
}
function outcomes(step: AnyCountersign, vote: Vote | null): readonly { target?: string; guard: Condition }[] {
  const then = (result: 'passed' | 'failed' | 'open') => decides(modeOf(step), vote, result)
  return [
    { target: step.onDone, guard: then('passed') },
    ...(step.against ? [{ target: step.against.target, guard: then('failed') }] : []),
    { guard: then('open') },
  ]
}
const words = {
  passed: ['会签通过', 'the countersign passes'],
  failed: ['会签未通过', 'the countersign fails'],
  open: ['会签未定', 'the countersign stays open'],
} as const
const decides = (mode: Mode, vote: Vote | null, result: 'passed' | 'failed' | 'open'): Condition =>
  fact(words[result], ({ ballot, decisions }) => {
    if (ballot === null) return false
    const cast = votesOn(ballot, decisions).map((decision) => decision.vote!)
    return tally(mode, ballot.seats.length, vote === null ? cast : [...cast, vote]) === result
  })

/** The events of a countersign's votes. */
export const voteEvents = ({ sign, against, abstain }: AnyCountersign): readonly string[] => [
  sign,
  ...(against ? [against.event] : []),
  ...(abstain ? [abstain.event] : []),
]

/** What people and machines may ask for: everything but what the clock does. */
export const isAskedFor = ({ by }: Pick<Arrow, 'by'>): boolean => by.kind !== 'clock'
/** Every arrow of a process. */
export const arrowsOf = (definition: AnyProcess): readonly Arrow[] => Object.keys(definition.states).flatMap((state) => arrowsFrom(definition, state))
/** The states that an arrow can lead to. */
export const targetsFrom = (definition: AnyProcess, state: string): readonly string[] =>
  arrowsFrom(definition, state).flatMap(({ target }) => (target === undefined ? [] : [target]))
/** The states that can be reached from one, itself included. */
export function reachableFrom(definition: AnyProcess, start: string): ReadonlySet<string> {
  const seen = new Set<string>()
  const visit = (state: string) => {
    if (seen.has(state)) return
    seen.add(state)
    targetsFrom(definition, state).forEach(visit)
  }
  visit(start)
  return seen
}
