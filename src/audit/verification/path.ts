import { type AnyProcess, type Arrow, arrowsFrom } from '../../define/index.js'
import type { FindingKind } from './finding.js'

/** What an entry says of the way that it took. */
export interface Step {
  readonly sequence: number
  readonly action: string
  readonly from: string | null
  readonly to: string | null
  readonly seat: string | null
  readonly round: number
}
/** Where a case stands. */
export interface Standing {
  readonly state: string
  readonly outcome: string | null
  readonly round: number
  readonly isClosed: boolean
}
/** `sequence` null: the case itself is not where its history leads. */
export interface PathFault {
  readonly kind: FindingKind
  readonly sequence: number | null
  readonly how: string
}

/** From opening to where the case stands, along arrows of the definition only, with the state, outcome and round that this leads to. */
export function pathFaults(definition: AnyProcess, steps: readonly Step[], stands: Standing): PathFault[] {
  const faults: PathFault[] = []
  const broken = (sequence: number, how: string) => void faults.push({ kind: 'PATH_BROKEN', sequence, how })
  let state: string | null = null
  let round = 1
  for (const [index, step] of steps.entries()) {
    const { sequence, action, from, to } = step
    if (from !== state) broken(sequence, `it is from ${from}, but the case stood at ${state}`)
    if (state !== null && definition.states[state]?.type === 'final') broken(sequence, 'it comes after the end')
    if (index === 0 && (action !== 'OPEN' || to !== definition.initial)) broken(sequence, `the case began with ${action} to ${to}`)
    if (step.round !== round) broken(sequence, `it is of round ${step.round}, not ${round}`)
    if (index > 0) {
      const taken = arrowsTaken(definition, step)
      if (taken.length === 0) broken(sequence, `no arrow leads from ${from} by ${action} to ${to}`)
      if (taken.some(({ startsRound }) => startsRound)) round++
    }
    state = to
  }
  return [...faults, ...standingFaults(definition, stands, { state, round })]
}

function standingFaults(definition: AnyProcess, stands: Standing, led: { readonly state: string | null; readonly round: number }): PathFault[] {
  const step = definition.states[led.state ?? '']
  const outcome = step?.type === 'final' ? step.outcome : null
  const compared: readonly [what: string, stands: unknown, led: unknown][] = [
    ['state', stands.state, led.state],
    ['outcome', stands.outcome, outcome],
    ['round', stands.round, led.round],
    ['closing', stands.isClosed, outcome !== null],
  ]
  return compared
    .filter(([, is, should]) => is !== should)
    .map(([what, is, should]) => ({ kind: 'CASE_DIVERGES', sequence: null, how: `the ${what} of the case is ${is}, its history leads to ${should}` }))
}

/** The arrows that an entry may have taken. */
export function arrowsTaken(definition: AnyProcess, { action, from, to, seat }: Pick<Step, 'action' | 'from' | 'to' | 'seat'>): Arrow[] {
  if (from === null) return []
  return arrowsFrom(definition, from).filter(
    (arrow) => arrow.action === action && (arrow.vote ? (arrow.seat ?? seat) === seat : seat === null) && (arrow.target ?? from) === to,
  )
}
