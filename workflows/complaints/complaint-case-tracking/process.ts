import {
  all,
  anyOf,
  compareDecimals,
  type DataOf,
  defineProcess,
  either,
  type Facts,
  fact,
  memberOf,
  not,
  role,
  sameAmount,
  sumOf,
  system,
} from '../../../src/define/index.js'
import { Opinion, Reason } from '../../common.js'
import { ComplaintClosing, type ComplaintHandlingRecord } from '../complaint-handling/forms.js'
import {
  ComplaintHandlingCheck,
  ComplaintReminder,
  ComplaintReminderResponse,
  ComplaintTracking,
  ComplaintTrackingDelivery,
  ComplaintTrackingLiability,
} from './forms.js'

const forms = {
  sheet: ComplaintTracking,
  delivery: ComplaintTrackingDelivery,
  reminder: ComplaintReminder,
  response: ComplaintReminderResponse,
  check: ComplaintHandlingCheck,
  liability: ComplaintTrackingLiability,
  closing: ComplaintClosing,
  opinion: Opinion,
  reason: Reason,
}
type Data = DataOf<typeof forms>

/** 督促, by a person or by the clock. */
const reminders = ({ decisions }: Facts<Data>) => decisions.filter(({ action }) => action === 'DUN' || action === 'DEADLINE_OVERDUE').length
const reminded = (facts: Facts<Data>) => facts.settings['remindersBeforeEscalation'] ?? 2
const escalable = fact<Data>(['已达督促次数', 'reminded often enough'], (facts) => reminders(facts) >= reminded(facts))
/** The one that is just being written counts. */
const onceMore = fact<Data>(['再次督促', 'reminded again'], (facts) => reminders(facts) + 1 >= reminded(facts))
const defectsFit = fact<Data>(
  ['不良数量不超过数量', 'no more defective than delivered'],
  ({ data: { delivery } }) =>
    delivery?.defectiveQuantity === undefined || (delivery.quantity !== undefined && compareDecimals(delivery.defectiveQuantity, delivery.quantity) <= 0),
  ['delivery'],
)

/** The complaint that is tracked. */
const complaintEnded = fact<Data>(['投诉案件已结案', 'the complaint is closed'], ({ parent }) => parent?.outcome === 'completed')
const complaintDropped = fact<Data>(
  ['投诉案件已撤诉或不予受理', 'the complaint was withdrawn or not accepted'],
  ({ parent }) => parent !== null && parent.outcome !== null && parent.outcome !== 'completed',
)
const sharesAddUp = fact<Data>(
  ['责任比率合计100%', 'the shares add up to 100%'],
  ({ data }) => sameAmount(sumOf((data.liability?.shares ?? []).map(({ ratio }) => ratio)), '100'),
  ['liability'],
)
const nobodyLiable = fact<Data>(
  ['非己方原因，无责任部门', 'not our fault: no department is liable'],
  ({ data, parent }) => data.liability !== undefined && (data.liability.shares ?? []).length === 0 && parent?.data['liability'] === undefined,
  ['liability'],
)
const handlerNamed = fact<Data>(
  ['承办人与投诉处理记录一致', 'the handler is the one whom the record of the complaint names'],
  ({ data, parent }) => {
    const record = parent?.data['record'] as ComplaintHandlingRecord | undefined
    return record === undefined || data.liability?.handler === record.handler
  },
  ['liability'],
)
const numberFits = fact<Data>(
  ['结案编号与投诉案件一致', 'the closing number is that of the complaint'],
  ({ data, parent }) => (parent?.data['closing'] as ComplaintClosing | undefined)?.closingNo === data.closing?.closingNo,
  ['closing'],
)

const specialist = role('COMPLAINT_SPECIALIST')
const supervisor = role('COMPLAINT_SUPERVISOR')
/** Whoever was reminded answers: the department of the last reminder by a person, or the one that the sheet names. */
const department = anyOf(memberOf('RESPONSIBLE_DEPT', 'reminder.addressee'), memberOf('RESPONSIBLE_DEPT', 'sheet.manufacturingDept'))
/** Neither a handler, by deed or by the record, nor of a liable department. Issuing the notice, closing and watching are no handling. */
const confirmer = role('COMPLAINT_SUPERVISOR', {
  distinctFrom: ['liabilityReview'],
  distinctFromParent: ['registered', 'investigating', 'causeVerdict', 'planDrafting', 'negotiating', 'explaining'],
  notNamedIn: ['liability.handler'],
  notMemberOf: ['liability.shares.department'],
})

const stamp = { by: system }
const dun = { target: 'dunning', form: 'reminder', revises: 'delivery', by: anyOf(specialist, supervisor) } as const
const overdue = { target: 'dunning', by: system } as const
/** The supervisor hears of every term that passes, the manager as well once it has been reminded often enough. */
const reminding = {
  DUN: [
    { ...dun, guard: all<Data>(defectsFit, onceMore), notifies: ['CS_MANAGER'] },
    { ...dun, guard: defectsFit },
  ],
  DEADLINE_OVERDUE: [
    { ...overdue, guard: onceMore, notifies: ['COMPLAINT_SUPERVISOR', 'CS_MANAGER'] },
    { ...overdue, guard: not(onceMore, ['首次督促', 'reminded for the first time']), notifies: ['COMPLAINT_SUPERVISOR'] },
  ],
} as const
const ending = [
  { target: 'liabilityReview', by: system, guard: complaintEnded },
  { target: 'closed', by: system, guard: complaintDropped },
] as const
const checking = { form: 'check', by: supervisor } as const

export default defineProcess({
  id: 'complaint-case-tracking',
  version: 1,
  title: ['客户投诉案件追踪', 'Complaint case tracking and reminders'],
  source: 'catalogue page 4; 002 ch6 十二 (form), 一3, 二5/6; 003 客户维系中心经理7, 后期服务主管4',
  forms,
  startedBy: system,
  startsWith: 'sheet',
  customerOf: ({ sheet }) => sheet?.customer,
  dueOf: ({ sheet }) => sheet?.promisedDeadline,
  events: {
    STAGE_STAMP: ['登记处理时效', 'Stamp the stage'],
    DEADLINE_OVERDUE: ['超过承诺期限', 'The promised term has passed'],
    DUN: ['督促', 'Remind'],
    DEPT_RESPONDED: ['责任部门回复', 'The department answers'],
    ESCALATE: ['上报经理', 'Escalate to the manager'],
    CHECK_HANDLING: ['检查受理情况', 'Check the handling'],
    CASE_CLOSED: ['投诉结案', 'The complaint has ended'],
    ATTRIBUTE_LIABILITY: ['填写责任归属', 'Attribute the liability'],
    CONFIRM_LIABILITY: ['确认责任归属', 'Confirm the liability'],
  },
  settings: { remindersBeforeEscalation: { label: ['上报前督促次数', 'Reminders before the manager hears of it'], value: 2 } },
  owner: 'CS_MANAGER',
  initial: 'tracking',
  states: {
    tracking: {
      label: ['追踪中', 'Tracking'],
      assignee: anyOf(specialist, supervisor),
      on: { STAGE_STAMP: stamp, ...reminding, CHECK_HANDLING: checking, CASE_CLOSED: ending },
    },
    dunning: {
      label: ['督促中', 'Reminded'],
      assignee: department,
      on: {
        DEPT_RESPONDED: { target: 'tracking', form: 'response' },
        ESCALATE: { by: supervisor, form: 'reason', guard: escalable, notifies: ['CS_MANAGER'] },
        // A department that does not answer is reminded again, and the stages go on meanwhile.
        STAGE_STAMP: stamp,
        ...reminding,
        CHECK_HANDLING: checking,
        CASE_CLOSED: ending,
      },
    },
    liabilityReview: {
      label: ['责任归属确认', 'Confirming the liability'],
      assignee: anyOf(specialist, confirmer),
      on: {
        // Entered anew, so that the task goes to supervisors of none of the departments named.
        ATTRIBUTE_LIABILITY: {
          target: 'liabilityReview',
          by: specialist,
          form: 'liability',
          revises: 'delivery',
          guard: all(either(sharesAddUp, nobodyLiable), handlerNamed, defectsFit),
        },
        CONFIRM_LIABILITY: {
          target: 'closed',
          by: confirmer,
          form: ['closing', 'opinion'],
          guard: all(either(sharesAddUp, nobodyLiable), numberFits),
        },
      },
    },
    closed: { type: 'final', label: ['结案', 'Closed'], outcome: 'completed' },
  },
})
