import { type Deadline, fact, type Role } from '../../src/define/index.js'
import { reminders } from '../common.js'

/** Working days for the report on what was spent on a customer. No page gives a figure. */
export const reportDays = { label: ['报告期限（招待后，工作日）', 'Working days for the report'], value: 3 } as const

/** The states from the event to its report have one term: told once a round, wherever the case then stands. */
const notToldYet = fact<any>(['本轮尚未提醒', 'not told in this round'], ({ decisions, round }) =>
  decisions.every((done) => done.action !== 'REPORT_DUE' || done.round !== round),
)
/** 日期已过而无报告: counted from the day of the event (`YYYY-MM-DD`); a report that was returned has the same time once more. */
export const reportDue = <Data extends { readonly report?: object }>(heldOn: (data: Data) => string | undefined, notifies: readonly Role[]) =>
  ({
    REPORT_DUE: {
      label: ['招待报告到期', 'The report is due'],
      due: (data: Data) => (data.report ? { workingDays: 'reportDays' } : { workingDays: 'reportDays', from: heldOn(data) }),
      guard: notToldYet,
      ladder: reminders,
      notifies,
    },
  }) as const satisfies Readonly<Record<string, Deadline<Data, string>>>
