import { type Deadline, type Due, type Facts, fact, type Notice } from '../../src/define/index.js'

/** Working days ahead of a promised day on which its nearness is told. No page gives a figure. */
export const nearDays = { label: ['承诺期限临近提醒（工作日）', 'Working days of warning before the promised day'], value: 2 } as const

/**
 * 承诺办理期限: near, and over. The case stays where it is; what was promised to the customer is the business of the supervisor, what was broken also
 * of the manager. `promised`: the day, `YYYY-MM-DD`; `due`: when the whole case has to end, where nothing need have been promised.
 */
export function promisedTerm<Data>(promised: (data: Data) => string | undefined, due: Due<Data> = promised, tells: readonly Notice[] = []) {
  const toCome = fact<Data>(['承诺期限未到', 'the promised day has not passed'], ({ data, today }: Facts<Data>) => today <= (promised(data) ?? ''))
  return {
    DEADLINE_NEAR: {
      label: ['承诺办理期限将至', 'The promised deadline is near'],
      due: (data: Data) => ({ workingDays: 'nearDays', before: promised(data) }),
      guard: toCome,
      notifies: ['COMPLAINT_SUPERVISOR'],
    },
    DEADLINE_OVERDUE: {
      label: ['承诺办理期限已过', 'The promised deadline is over'],
      due,
      // Early enough to catch up, and again while there is still time to tell the customer; once it is broken, whoever stands above may step in.
      ladder: [
        { at: 0.5, do: 'REMIND' },
        { at: 0.8, do: 'REMIND' },
        { at: 1, do: 'RAISE' },
      ],
      notifies: ['COMPLAINT_SUPERVISOR', 'CS_MANAGER'],
      ...(tells.length > 0 && { tells }),
    },
  } as const satisfies Readonly<Record<string, Deadline<Data, string>>>
}
