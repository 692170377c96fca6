import {
  above,
  all,
  anyOf,
  approver,
  type Condition,
  childrenEnded,
  type DataOf,
  defineProcess,
  either,
  fact,
  noOpenChild,
  not,
  role,
  sameAmount,
  sumOf,
  within,
} from '../../../src/define/index.js'
import { dayOf, Opinion, Reason, usualHandling } from '../../common.js'
import { ComplaintPurpose, VisitorDeparture } from '../../complaints/complaint-reception/forms.js'
import { amounts, atMost, budget, spent, yearOfHospitality } from '../budget.js'
import { HospitalityApplication, HospitalityReport } from '../customer-meal-hospitality/forms.js'
import { ExpenseClaim } from '../expense-reimbursement/forms.js'
import { GiftApplication } from '../gift-giving-application/forms.js'
import { reportDays, reportDue } from '../report.js'
import {
  ReceptionAdvance,
  ReceptionAdvanceReturn,
  ReceptionArrival,
  ReceptionChecklist,
  ReceptionMatters,
  ReceptionPlan,
  ReceptionRecord,
  ReceptionReport,
  ReceptionSettlement,
} from './forms.js'

const forms = {
  matters: ReceptionMatters,
  plan: ReceptionPlan,
  application: HospitalityApplication,
  advance: ReceptionAdvance,
  advanceReturn: ReceptionAdvanceReturn,
  checklist: ReceptionChecklist,
  mealApplication: HospitalityApplication,
  giftApplication: GiftApplication,
  arrival: ReceptionArrival,
  record: ReceptionRecord,
  complaint: ComplaintPurpose,
  departure: VisitorDeparture,
  receptionReport: ReceptionReport,
  report: HospitalityReport,
  claim: ExpenseClaim,
  settlement: ReceptionSettlement,
  opinion: Opinion,
  reason: Reason,
}
type Data = DataOf<typeof forms>

// A case that came from a redirected visitor begins without a paper.
const mattersSet = fact<Data>(['接待事宜已确定', 'the matters of the reception are settled'], ({ data }) => data.matters !== undefined, ['matters'])
const ordinary = fact<Data>(['非大客户接待', 'not the reception of a key account'], ({ data }) => data.matters?.grade === 'ORDINARY')
const forVisitor = (key: 'application' | 'mealApplication' | 'report') =>
  fact<Data>(['客户为来访客户', 'for the visiting customer'], ({ data }) => data[key] !== undefined && data[key].customer === data.matters?.customer, [key])
const giftsForVisitor = fact<Data>(
  ['馈赠对象为来访客户', 'the gifts are for the visiting customer'],
  ({ data: { giftApplication, matters } }) => giftApplication?.rows.every(({ customer }) => customer === matters?.customer) === true,
  ['giftApplication'],
)
const budgetSet = fact<Data>(
  ['已列预算，明细之和等于合计', 'the budget is set, and its lines add up to the total'],
  ({ data: { application } }) => application !== undefined && sameAmount(amounts(application.budget), application.budgetTotal),
  ['application'],
)
const applicationApproved = fact<Data>(['接待申请已批准', 'the application is approved'], ({ decisions }) =>
  decisions.some(({ state, action }) => ['supervisorReview', 'managerApproval'].includes(state) && action === 'APPROVE'),
)
const advanceWithinApproved = fact<Data>(
  ['预支金额不超过批准的预算', 'the advance stays within the approved budget'],
  ({ data }) => atMost(data.advance?.amount, budget(data)),
  ['advance'],
)
const checklistDone = fact<Data>(
  ['准备事项均已完成', 'everything on the checklist is done'],
  ({ data }) => data.checklist?.items.every(({ done }) => done) === true,
  ['checklist'],
)
// What the preparation has cost already is an expense claim of its own.
const advanceReturned = fact<Data>(
  ['预支款项已全额退还', 'the whole advance is returned'],
  ({ data: { advance, advanceReturn } }) => sameAmount(advanceReturn?.amount, advance?.amount),
  ['advanceReturn'],
)
const reportAddsUp = fact<Data>(
  ['支出明细之和等于合计', 'the spending lines add up to the total'],
  ({ data: { report } }) => report !== undefined && sameAmount(amounts(report.expenses), report.expenseTotal),
  ['report'],
)
const claimMatchesReport = fact<Data>(
  ['报销总额等于凭证之和与报告合计', 'the claim equals its vouchers and the report'],
  ({ data: { claim, report } }) => claim !== undefined && sameAmount(amounts(claim.items), claim.total) && sameAmount(claim.total, report?.expenseTotal),
  ['claim'],
)
const claimStatesAdvance = fact<Data>(
  ['报销单所列已支款项等于预支金额', 'the claim states the advance'],
  ({ data: { claim, advance } }) => sameAmount(claim?.advanceAmount ?? '0', advance?.amount),
  ['claim'],
)
/** 实际 + 应退还 = 预支 + 应补付, and never both. */
const advanceSettled = fact<Data>(
  ['应退还或应补付金额等于预支与实际之差', 'what is paid back or out is the difference between advance and spending'],
  ({ data: { advance, report, settlement } }) => {
    if (!advance || !report || !settlement) return false
    const { payBack, payOut } = settlement
    return [payBack, payOut].some((amount) => sameAmount(amount, '0')) && sameAmount(sumOf([report.expenseTotal, payBack]), sumOf([advance.amount, payOut]))
  },
  ['settlement'],
)
const overspendExplained = fact<Data>(
  ['实际未超预算或已说明', 'within the budget, or explained'],
  ({ data }) => atMost(spent(data), budget(data)) || data.settlement?.overspendNote !== undefined,
  ['settlement'],
)
const reconciled = all(advanceSettled, overspendExplained)
const claimRight = all(claimMatchesReport, claimStatesAdvance)
const nothingSpent = fact<Data>(['没有支出', 'nothing was spent'], ({ data }) => sameAmount(spent(data), '0'))
const claimPaid = childrenEnded(['报销已付款', 'the claim is paid'], 'expense-reimbursement', ['paid'])
const notPaid = fact<Data>(['报销尚未付款', 'the claim is not paid yet'], ({ children }) =>
  children.every(({ process, state }) => process !== 'expense-reimbursement' || state !== 'paid'),
)

const specialist = role('RELATIONS_SPECIALIST')
/** 接待人 ≠ 审批人: by what they did, and by what the papers say. */
const receiver = {
  states: ['arranging', 'planning', 'applying', 'preparing', 'receiving', 'seeingOff', 'reporting', 'claiming'],
  named: ['plan.receptionist', 'application.applicant'],
}
const supervisor = approver('RELATIONS_SUPERVISOR', { distinctFrom: receiver.states, notNamedIn: receiver.named })
/** Above the supervisor, and not whoever released the money. */
const fromAbove = { distinctFrom: [...receiver.states, 'planApproval', 'supervisorReview', 'funding', 'debriefing'], notNamedIn: receiver.named }
const csManager = approver('CS_MANAGER', fromAbove)
const relationsManager = approver('RELATIONS_MANAGER', fromAbove)
const finance = approver('FINANCE', { distinctFrom: [...receiver.states, 'planApproval', 'supervisorReview', 'managerApproval'], notNamedIn: receiver.named })

/** Either manager; the reception of a key account belongs to the CS manager. */
const byManager = <const M extends { readonly target: string; readonly guard?: Condition<Data> }>(move: M) =>
  [
    { ...move, by: csManager },
    { ...move, by: relationsManager, guard: move.guard ? all(ordinary, move.guard) : ordinary },
  ] as const

/** From the arrival on; a visit that never came is cancelled. */
const afterVisit = reportDue<Data>(({ matters }) => matters && dayOf(matters.visitAt), ['RELATIONS_SPECIALIST', 'RELATIONS_SUPERVISOR'])

/** L25: what is eaten and given during the visit has cases, budgets and approvals of its own. */
const extras = {
  REQUEST_MEAL: {
    form: 'mealApplication',
    guard: forVisitor('mealApplication'),
    opens: [{ process: 'customer-meal-hospitality', forms: ({ data }: { data: Data }) => ({ application: data.mealApplication }), essential: true }],
  },
  REQUEST_GIFT: {
    form: 'giftApplication',
    guard: giftsForVisitor,
    opens: [{ process: 'gift-giving-application', forms: ({ data }: { data: Data }) => ({ application: data.giftApplication }), essential: true }],
  },
} as const

export default defineProcess({
  id: 'customer-reception',
  version: 1,
  title: ['客户接待管理流程', 'Customer reception (visit to the company)'],
  source: 'catalogue page 11; 002 ch3 二十三 (flowchart), forms 十七 and 十八, duties ch3 一6 and 二4/5, ch1 五9; 003 客户关系管理人员2',
  forms,
  startedBy: specialist,
  startsWith: 'matters',
  customerOf: ({ matters }) => matters?.customer,
  events: {
    SET_MATTERS: ['确定接待事宜', 'Settle the matters'],
    SUBMIT_PLAN: ['提交接待计划', 'Submit the plan'],
    FUNDS_RELEASED: ['接待款项已支付', 'Funds released'],
    REQUEST_MEAL: ['申请招待用餐', 'Apply for a meal'],
    REQUEST_GIFT: ['申请馈赠礼品', 'Apply for a gift'],
    CUSTOMER_ARRIVED: ['客户到访', 'Customer arrived'],
    VISIT_CANCELLED: ['来访取消', 'Visit cancelled'],
    RAISE_COMPLAINT: ['客户提出投诉', 'Customer complains'],
    RECEPTION_DONE: ['接待完毕', 'Reception done'],
    CUSTOMER_LEFT: ['客户离开', 'Customer left'],
    ACCEPT_REPORT: ['接受汇报', 'Accept the report'],
    SUBMIT_CLAIM: ['提交报销', 'Submit the claim'],
  },
  settings: { reportDays },
  owner: 'CS_MANAGER',
  handling: usualHandling,
  amountOf: budget,
  commitments: [{ ...yearOfHospitality, usedFrom: ['funding', 'preparing', 'receiving', 'seeingOff', 'reporting', 'debriefing', 'claiming', 'claimApproval'] }],
  initial: 'arranging',
  states: {
    arranging: {
      label: ['确定接待事宜', 'Settling the matters'],
      assignee: specialist,
      on: { SET_MATTERS: { target: 'planning', revises: 'matters', guard: mattersSet } },
    },
    planning: {
      label: ['制定接待计划', 'Planning the reception'],
      assignee: specialist,
      on: { SUBMIT_PLAN: { target: 'planApproval', form: 'plan' } },
    },
    planApproval: {
      label: ['计划审批', 'Approval of the plan'],
      assignee: supervisor,
      on: {
        APPROVE: { target: 'applying', form: 'opinion' },
        RETURN: { target: 'planning', form: 'reason', startsRound: true },
      },
    },
    applying: {
      label: ['提出接待申请', 'Applying for the reception'],
      assignee: specialist,
      on: { SUBMIT: { target: 'supervisorReview', form: 'application', guard: all(budgetSet, forVisitor('application')) } },
    },
    supervisorReview: {
      label: ['主管审核', 'Supervisor review'],
      assignee: supervisor,
      on: {
        APPROVE: { target: 'funding', form: 'opinion', guard: all(within('RELATIONS_SUPERVISOR', budget), ordinary) },
        APPROVE_AND_ESCALATE: {
          target: 'managerApproval',
          form: 'opinion',
          guard: either(above('RELATIONS_SUPERVISOR', budget), not(ordinary, ['大客户接待', 'the reception of a key account'])),
        },
        RETURN: { target: 'applying', form: 'reason', startsRound: true },
      },
    },
    managerApproval: {
      label: ['经理审批', 'Manager approval'],
      assignee: anyOf(csManager, relationsManager),
      on: {
        APPROVE: byManager({ target: 'funding', form: 'opinion' }),
        RETURN: byManager({ target: 'planning', form: 'reason', startsRound: true }),
        REJECT: byManager({ target: 'cancelled', form: 'reason' }),
      },
    },
    funding: {
      label: ['接待款项支持', 'Providing the funds'],
      assignee: finance,
      on: { FUNDS_RELEASED: { target: 'preparing', form: 'advance', guard: all(applicationApproved, advanceWithinApproved) } },
    },
    preparing: {
      label: ['做接待准备', 'Preparing'],
      assignee: specialist,
      on: {
        ...extras,
        CUSTOMER_ARRIVED: { target: 'receiving', form: ['checklist', 'arrival'], guard: checklistDone },
        VISIT_CANCELLED: { target: 'cancelled', form: ['reason', 'advanceReturn'], guard: advanceReturned },
      },
    },
    receiving: {
      label: ['迎接与接待', 'Greeting and receiving'],
      assignee: specialist,
      on: {
        ...extras,
        RAISE_COMPLAINT: {
          form: 'complaint',
          opens: [
            {
              process: 'complaint-reception',
              forms: ({ data: { matters, arrival, complaint } }) => ({
                arrival: { customer: matters?.customer, channel: 'IN_STORE', arrivedAt: arrival?.arrivedAt },
                purpose: complaint,
              }),
              essential: true,
            },
          ],
        },
        RECEPTION_DONE: { target: 'seeingOff', form: 'record' },
      },
      after: afterVisit,
    },
    seeingOff: {
      label: ['礼送客户', 'Seeing the customer off'],
      assignee: specialist,
      on: { CUSTOMER_LEFT: { target: 'reporting', form: 'departure' } },
      after: afterVisit,
    },
    reporting: {
      label: ['接待工作报告', 'Reporting'],
      assignee: specialist,
      on: { SUBMIT_REPORT: { target: 'debriefing', form: ['receptionReport', 'report'], guard: all(reportAddsUp, forVisitor('report')) } },
      after: afterVisit,
    },
    debriefing: {
      label: ['听取汇报', 'Hearing the report'],
      assignee: supervisor,
      on: {
        ACCEPT_REPORT: { target: 'claiming', form: 'opinion' },
        RETURN: { target: 'reporting', form: 'reason', startsRound: true },
      },
    },
    claiming: {
      label: ['费用报销', 'Claiming expenses'],
      assignee: specialist,
      on: {
        SUBMIT_CLAIM: [
          {
            target: 'claimApproval',
            form: ['claim', 'settlement'],
            guard: all(claimRight, reconciled, notPaid, noOpenChild(['没有未结的报销单', 'no claim is open'], 'expense-reimbursement')),
            // L27: a case of its own, with the advance on the claim, so that finance pays no more than the difference.
            opens: [{ process: 'expense-reimbursement', forms: ({ data }) => ({ claim: data.claim }), essential: true }],
          },
          // Nothing (more) to claim: only the advance is left to settle.
          { target: 'claimApproval', form: 'settlement', guard: all(reconciled, either(nothingSpent, all(claimPaid, claimRight))) },
        ],
      },
    },
    claimApproval: {
      label: ['报销审批', 'Approval of the claim'],
      assignee: anyOf(csManager, relationsManager),
      on: {
        APPROVE: byManager({ target: 'closed', form: 'opinion', guard: either(claimPaid, nothingSpent) }),
        RETURN: byManager({ target: 'claiming', form: 'reason', startsRound: true, guard: notPaid }),
      },
    },
    closed: { type: 'final', label: ['结束', 'Closed'], outcome: 'completed' },
    cancelled: { type: 'final', label: ['取消', 'Cancelled'], outcome: 'cancelled' },
  },
})
