import { all, anyOf, type DataOf, defineProcess, type Facts, fact, role, system } from '../../../src/define/index.js'
import { dayOf, Opinion, Reason, reminders } from '../../common.js'
import { ComplaintRegistration1 } from '../complaint-reception/forms.js'
import { atDifferentTimes, attemptSettings, attemptsUsed, countTogether, enoughAttempts, inOrder } from './attempts.js'
import { ReturnVisitAttempt, ReturnVisitLetter, ReturnVisitPlan, ReturnVisitRecord, ReturnVisitTask, type UnreachedAttempt } from './forms.js'

const forms = {
  task: ReturnVisitTask,
  plan: ReturnVisitPlan,
  attempt: ReturnVisitAttempt,
  letter: ReturnVisitLetter,
  visitRecord: ReturnVisitRecord,
  registration1: ComplaintRegistration1,
  opinion: Opinion,
  reason: Reason,
}
type Data = DataOf<typeof forms>

const onSheet = ({ attempt }: Data) => attempt?.attempts ?? []
const attemptsLeft = fact<Data>(['联系次数未用完', 'attempts are left'], ({ before, settings }) => !attemptsUsed(onSheet(before), settings))
const enough = fact<Data>(['联系次数已用完', 'all attempts are used'], ({ data, settings }) => enoughAttempts(onSheet(data), settings))
/** What is written down stays: a line is added, or a new sheet begun once the days of the old one are over. */
const attemptAdded = fact<Data>(
  ['在原记录上新增一次联系，逾期则另起记录', 'one attempt is added to the sheet, or begins a new one when its days are over'],
  ({ before, data, settings, at }) => {
    const [old, now] = [onSheet(before), onSheet(data)]
    const last = now.at(-1)
    if (last === undefined || Date.parse(last.attemptedAt) > Date.parse(at)) return false
    const kept = countTogether([...old, last], settings) ? old : []
    return now.length === kept.length + 1 && kept.every((line, index) => isSameLine(line, now[index]!)) && inOrder([...old, last])
  },
  ['attempt'],
)
const isSameLine = (one: UnreachedAttempt, other: UnreachedAttempt) =>
  one.attemptedAt === other.attemptedAt && one.channel === other.channel && one.note === other.note
const anotherTimeOfDay = fact<Data>(
  ['各次联系不在同一时段（上午、下午、晚间）', 'at a time of day (before noon, afternoon, evening) that was not tried yet'],
  ({ data, settings }) => atDifferentTimes(onSheet(data), settings),
  ['attempt'],
)

const recordComplete = fact<Data>(
  ['回访记录完整', 'the return-visit record is complete'],
  ({ data: { visitRecord } }) => visitRecord?.satisfied !== undefined && visitRecord.resultFedBack !== undefined && visitRecord.customerOpinion !== undefined,
  ['visitRecord'],
)
const satisfied = fact<Data>(['客户满意', 'the customer is satisfied'], ({ data }) => data.visitRecord?.satisfied === true)
const dissatisfied = fact<Data>(['客户不满意', 'the customer is dissatisfied'], ({ data }) => data.visitRecord?.satisfied === false)

/** The complaint that waits for this visit investigates again itself; any other is over, and a new one is opened. */
const parentWaits = fact<Data>(
  ['投诉案件等待回访', 'the complaint waits for the visit'],
  ({ parent }) => parent?.process === 'complaint-handling' && parent.state === 'returnVisiting',
)
const registrationOf = ({ data, parent }: Facts<Data>) => data.registration1 ?? (parent?.data['registration1'] as ComplaintRegistration1 | undefined)
const registrationKnown = fact<Data>(['有投诉登记表一', 'complaint registration form I is at hand'], (facts) => registrationOf(facts) !== undefined, [
  'registration1',
])

/** Those who handled the complaint, in complaint-handling or at its reception: by what they did there, and by what its papers say. */
const independent = {
  distinctFromParent: [
    ...['registered', 'investigating', 'causeVerdict', 'planDrafting', 'negotiating', 'explaining'],
    ...['recording', 'analysing', 'planCommunicating'],
  ],
  notNamedIn: ['task.handlers'],
}
const visitor = anyOf(role('SERVICE_CENTER', independent), role('COMPLAINT_SPECIALIST', independent))
/** A supervisor also acts in `investigating` and `causeVerdict` without handling the case: whoever did handle it is named in the task. */
const reviewer = role('COMPLAINT_SUPERVISOR', {
  distinctFrom: ['contacting', 'recording'],
  distinctFromParent: ['planDrafting', 'negotiating', 'explaining', 'recording', 'analysing', 'planCommunicating'],
  notNamedIn: ['task.handlers'],
})

/** The visit was recorded in the complaint itself. Empty 是否满意: nobody was reached. The complaint knows, so it is not told back. */
const recordedInCase = (answer: boolean | undefined, zh: string, en: string) =>
  fact<Data>([`投诉案件中的回访结果为${zh}`, `the complaint records the visit as ${en}`], ({ parent }) => {
    const record = parent?.data['visitRecord'] as ReturnVisitRecord | undefined
    return record !== undefined && record.satisfied === answer
  })
const settledInCase = [
  { target: 'satisfied', by: system, guard: recordedInCase(true, '满意', 'satisfied') },
  { target: 'reopened', by: system, guard: recordedInCase(false, '不满意', 'dissatisfied') },
  { target: 'unreachable', by: system, guard: recordedInCase(undefined, '无法联系', 'unreachable') },
] as const

export default defineProcess({
  id: 'complaint-return-visit',
  version: 1,
  title: ['客户投诉回访', 'Complaint return visit (100%)'],
  source: 'catalogue page 3; 000 第5篇 3(1)–(4); 002 ch6 二5; 001 第十四条; 003 客户投诉管理人员8',
  forms,
  startedBy: anyOf(system, role('COMPLAINT_SPECIALIST')),
  startsWith: 'task',
  customerOf: ({ task }) => task?.customer,
  dueOf: ({ task }) => task?.dueOn,
  events: {
    START_VISIT: ['开始回访', 'Start the visit'],
    CONTACTED: ['已联系上', 'Contacted'],
    ATTEMPT_FAILED: ['未联系上', 'Attempt failed'],
    GIVE_UP: ['无法联系', 'Give up'],
    SUBMIT_RECORD: ['提交回访记录', 'Submit the record'],
    REOPEN: ['重新处理', 'Reopen'],
    SETTLED_IN_CASE: ['已在投诉案件中回访', 'Visit recorded in the complaint'],
  },
  settings: { ...attemptSettings, visitDays: { label: ['回访期限（工作日）', 'Working days for the visit'], value: 3 } },
  owner: 'CS_MANAGER',
  initial: 'due',
  states: {
    due: {
      label: ['待回访', 'Due'],
      assignee: visitor,
      on: { START_VISIT: { target: 'contacting', form: 'plan' }, SETTLED_IN_CASE: settledInCase },
      after: {
        VISIT_DUE: {
          label: ['回访期限', 'The visit is due'],
          due: ({ task, attempt }) => (attempt ? undefined : (task?.dueOn ?? { workingDays: 'visitDays' })),
          ladder: reminders,
          notifies: ['COMPLAINT_SUPERVISOR'],
        },
        // The clock gives nobody up: the supervisor hears that the days for another attempt are over.
        RETRY_DUE: {
          label: ['再次联系期限', 'Another attempt is due'],
          due: ({ attempt }) => attempt && { days: 'attemptDays', from: dayOf(attempt.attempts[0]!.attemptedAt) },
          ladder: reminders,
          notifies: ['COMPLAINT_SUPERVISOR'],
        },
      },
    },
    contacting: {
      label: ['联系中', 'Contacting'],
      assignee: visitor,
      on: {
        CONTACTED: { target: 'recording' },
        ATTEMPT_FAILED: { target: 'due', form: 'attempt', guard: all(attemptsLeft, attemptAdded, anotherTimeOfDay) },
        GIVE_UP: { target: 'unreachable', form: 'letter', guard: enough, tells: [{ to: 'parent', event: 'VISIT_UNREACHABLE' }] },
        SETTLED_IN_CASE: settledInCase,
      },
    },
    recording: {
      label: ['填写记录', 'Recording'],
      assignee: visitor,
      on: { SUBMIT_RECORD: { target: 'review', form: 'visitRecord', guard: recordComplete }, SETTLED_IN_CASE: settledInCase },
    },
    review: {
      label: ['审阅', 'Review'],
      assignee: reviewer,
      on: {
        CONFIRM: { target: 'satisfied', form: 'opinion', guard: satisfied, tells: [{ to: 'parent', event: 'VISIT_SATISFIED' }] },
        REOPEN: [
          { target: 'reopened', form: 'opinion', guard: all(dissatisfied, parentWaits), tells: [{ to: 'parent', event: 'VISIT_DISSATISFIED' }] },
          {
            target: 'reopened',
            form: 'opinion',
            revises: 'registration1',
            guard: all(dissatisfied, registrationKnown),
            opens: [{ process: 'complaint-handling', forms: (facts) => ({ registration1: registrationOf(facts) }), essential: true }],
          },
        ],
        RETURN: { target: 'recording', form: 'reason', startsRound: true },
        SETTLED_IN_CASE: settledInCase,
      },
    },
    satisfied: { type: 'final', label: ['满意办结', 'Satisfied'], outcome: 'completed' },
    reopened: { type: 'final', label: ['重新处理', 'Reopened'], outcome: 'completed' },
    unreachable: { type: 'final', label: ['无法联系', 'Unreachable'], outcome: 'completed' },
  },
})
