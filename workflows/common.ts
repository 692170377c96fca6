import { fact, form, paragraph, type Rung } from '../src/define/index.js'

/** What an approval carries: an opinion, which may be empty. */
@form('opinion', '意见', 'Opinion')
export class Opinion {
  @paragraph('意见', 'Opinion', { optional: true }) opinion?: string
}

/** What a return, a refusal or a cancellation carries: the reason, which may not be empty. */
@form('reason', '理由', 'Reason')
export class Reason {
  @paragraph('理由', 'Reason') reason!: string
}

/** 批示: an instruction is in writing. */
export const inWriting = fact<{ readonly opinion?: Opinion }>(
  ['批示须填写意见', 'the instruction is in writing'],
  ({ data }) => data.opinion?.opinion !== undefined,
  ['opinion'],
)

/** What the holder of an approval may do with it besides deciding, where the page names nothing else. */
export const usualHandling = ['TRANSFER', 'DELEGATE', 'ADD_SIGNER', 'ASK'] as const

/** What is done for a task at half its term and at its end, where only whoever has it can do it. */
export const reminders = [
  { at: 0.5, do: 'REMIND' },
  { at: 1, do: 'REMIND' },
] as const satisfies readonly Rung[]

// Half of the term is left after the reminder. Once it is over the task goes back to everybody who may; half a term later a post above may decide as well.
export const decisionLadder = [
  { at: 0.5, do: 'REMIND' },
  { at: 1, do: 'REASSIGN' },
  { at: 1.5, do: 'RAISE' },
] as const satisfies readonly Rung[]

/** 审批期限: how long a decision may lie. No page gives a figure. */
export const decisionDays = { label: ['审批期限（工作日）', 'Working days for a decision'], value: 2 } as const
export const decisionDue = { label: ['审批期限', 'The decision is due'], due: { workingDays: 'decisionDays' }, ladder: decisionLadder } as const

/** The day (`YYYY-MM-DD`) and the hour in Shanghai, which keeps no summer time. `instant`: ISO 8601. */
const inShanghai = (instant: string): string => new Date(Date.parse(instant) + 8 * 3_600_000).toISOString()
export const dayOf = (instant: string): string => inShanghai(instant).slice(0, 10)
export const hourOf = (instant: string): number => Number(inShanghai(instant).slice(11, 13))
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
