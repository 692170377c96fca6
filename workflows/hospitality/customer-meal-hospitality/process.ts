import {
  above,
  all,
  applicant,
  approver,
  childrenEnded,
  compareDecimals,
  coveredBy,
  type DataOf,
  defineProcess,
  either,
  fact,
  noOpenChild,
  not,
  raises,
  role,
  sameAmount,
  sumOf,
  within,
} from '../../../src/define/index.js'
import { dayOf, daysBetween, Opinion, Reason, reminders, usualHandling } from '../../common.js'
import { amounts, atMost, budget, spent, yearOfHospitality } from '../budget.js'
import { ExpenseClaim } from '../expense-reimbursement/forms.js'
import { GiftApplication } from '../gift-giving-application/forms.js'
import { reportDays, reportDue } from '../report.js'
import { BudgetCheck, HospitalityApplication, HospitalityArrangement, HospitalityReport, MealAttendance, MealPlan, VoucherCheck } from './forms.js'

const forms = {
  application: HospitalityApplication,
  arrangement: HospitalityArrangement,
  budgetCheck: BudgetCheck,
  plan: MealPlan,
  attendance: MealAttendance,
  report: HospitalityReport,
  voucherCheck: VoucherCheck,
  claim: ExpenseClaim,
  giftApplication: GiftApplication,
  opinion: Opinion,
  reason: Reason,
}
type Data = DataOf<typeof forms>

const budgetAddsUp = fact<Data>(
  ['预算明细之和等于合计', 'the budget lines add up to the total'],
  ({ data: { application } }) => application !== undefined && sameAmount(amounts(application.budget), application.budgetTotal),
  ['application'],
)
/** 提前送交: so many calendar days before the banquet. */
const inAdvance = fact<Data>(
  ['已提前送交（宴请日期前）', 'sent in advance of the banquet'],
  ({ data: { application }, today, settings }) => application !== undefined && daysBetween(today, application.banquetDate) >= (settings['leadDays'] ?? 0),
  ['application'],
)
/** 紧急: approved by word of mouth before the meal, the papers follow; they pass the same approvals as any others. */
const approvedOrally = fact<Data>(
  ['已事先口头批准', 'approved by word of mouth beforehand'],
  ({ data: { application }, at }) =>
    application?.oralApprovalBy !== undefined &&
    application.oralApprovedAt !== undefined &&
    Date.parse(application.oralApprovedAt) <= Date.parse(at) &&
    dayOf(application.oralApprovedAt) <= application.banquetDate,
  ['application'],
)
const budgetFree = fact<Data>(['预算可用', 'the budget covers it'], ({ data }) => atMost(budget(data), data.budgetCheck?.availableBudget), ['budgetCheck'])
const planWithinBudget = fact<Data>(
  ['用餐计划不超过批准的预算', 'the plan stays within the approved budget'],
  ({ data }) => atMost(data.plan?.plannedCost, budget(data)),
  ['plan'],
)
const giftBudget = ({ application }: Data) => amounts((application?.budget ?? []).filter(({ item }) => item === 'GIFT'))
const giftValue = (application: { readonly rows: readonly { readonly value: string }[] } | undefined) =>
  sumOf((application?.rows ?? []).map(({ value }) => value))
const approvedGifts = ['approvedToIssue', 'issued', 'given', 'closed']
const giftsApproved = fact<Data>(
  ['礼品预算已有获批的馈赠申请', 'gifts in the budget have an approved application'],
  ({ data, children }) =>
    compareDecimals(giftBudget(data), '0') === 0 ||
    children.some(({ process, state }) => process === 'gift-giving-application' && approvedGifts.includes(state)),
)
const giftsWithinBudget = fact<Data>(
  ['馈赠对象为招待的客户，总额不超过礼品预算', 'the gifts are for the guest, and all of them within the budget line'],
  ({ data, children }) => {
    const asked = children.filter(({ process, outcome }) => process === 'gift-giving-application' && (outcome === null || outcome === 'completed'))
    const total = sumOf([giftValue(data.giftApplication), ...asked.map((child) => giftValue(child.data['application'] as never))])
    const forGuest = data.giftApplication?.rows.every(({ customer }) => customer === data.application?.customer)
    return forGuest === true && compareDecimals(total, giftBudget(data)) <= 0
  },
  ['giftApplication'],
)
const banquetDayCame = fact<Data>(['已到宴请日期', 'the day of the banquet has come'], ({ data, today }) => today >= (data.application?.banquetDate ?? '9999'))
const reportAddsUp = fact<Data>(
  ['支出明细之和等于合计', 'the spending lines add up to the total'],
  ({ data: { report } }) => report !== undefined && sameAmount(amounts(report.expenses), report.expenseTotal),
  ['report'],
)
/** 实际 ≤ 预算, in total and for every line. */
const withinBudget = fact<Data>(['实际支出未超过预算', 'spending within the budget'], ({ data }) => atMost(spent(data), budget(data)) && everyLineWithin(data))
const vouchersMatch = fact<Data>(['凭证相符', 'the vouchers match'], ({ data }) => data.voucherCheck?.vouchersMatch === true, ['voucherCheck'])
const claimMatchesReport = fact<Data>(
  ['实际支出额等于凭证之和与报告合计', 'the claim equals its vouchers and the report'],
  ({ data: { claim, report } }) => claim !== undefined && sameAmount(amounts(claim.items), claim.total) && sameAmount(claim.total, report?.expenseTotal),
  ['claim'],
)
const paid = childrenEnded(['报销已付款', 'the claim is paid'], 'expense-reimbursement', ['paid'])
const notPaid = fact<Data>(['报销尚未付款', 'the claim is not paid yet'], ({ children }) => children.every(({ state }) => state !== 'paid'))
const settled = all<Data>(within('CS_MANAGER', spent), withinBudget)

function everyLineWithin({ application, report }: Data): boolean {
  const of = (lines: readonly { item: string; amount: string }[] | undefined, item: string) => amounts((lines ?? []).filter((line) => line.item === item))
  return (report?.expenses ?? []).every(({ item }) => atMost(of(report?.expenses, item), of(application?.budget, item)))
}

const banquetDay = ({ application }: Data) => application?.banquetDate

/** 审核: neither the applicant nor a guest of the meal, nor whoever arranges it. */
const manager = approver('CS_MANAGER', { notNamedIn: ['application.companyGuests', 'arrangement.arranger'] })
const generalManager = approver('GENERAL_MANAGER', { notNamedIn: ['application.companyGuests', 'arrangement.arranger'], distinctFrom: ['managerReview'] })
const finance = approver('FINANCE', { notNamedIn: ['application.companyGuests'] })

/** 变更: the applicant corrects the paper while it is under approval. What raises the amount goes to the manager anew, and what another customer or year bears. */
const amended = { by: applicant, form: 'application', guard: budgetAddsUp } as const
const bornByAnother = fact<Data>(
  ['改由另一客户或年度承担', 'another customer or year bears it'],
  ({ before, data }) =>
    before.application?.customer !== data.application?.customer || before.application?.banquetDate.slice(0, 4) !== data.application?.banquetDate.slice(0, 4),
  ['application'],
)
const drawsMore = either<Data>(raises(budget, ['application']), bornByAnother)

export default defineProcess({
  id: 'customer-meal-hospitality',
  version: 1,
  title: ['客户招待用餐管理流程', 'Customer hospitality and meals'],
  source: 'catalogue page 10; 002 ch3 二十四, forms 十七 and 十八',
  forms,
  startedBy: role('RELATED_DEPT'),
  startsWith: 'application',
  customerOf: ({ application }) => application?.customer,
  events: {
    REQUEST_GIFT: ['申请馈赠礼品', 'Apply for a gift'],
    FORWARD: ['受理转交', 'Take in and forward'],
    PLAN_READY: ['用餐计划完成', 'Plan ready'],
    EVENT_HELD: ['已用餐', 'Meal held'],
    SUBMIT_CLAIM: ['提交报销', 'Submit the claim'],
  },
  settings: {
    leadDays: { label: ['提前送交天数', 'Lead days before the banquet'], value: 0 },
    emergencyFormDays: { label: ['口头批准后补交申请期限（工作日）', 'Working days for the form after an oral approval'], value: 2 },
    reportDays,
  },
  owner: 'CS_MANAGER',
  handling: usualHandling,
  amountOf: budget,
  material: ['application'],
  commitments: [{ ...yearOfHospitality, usedFrom: ['mealPlanning', 'arranged', 'held'] }],
  withdrawal: { from: ['submitted', 'managerReview', 'gmApproval', 'financeBudgetReview'], to: 'draft', until: 'FIRST_APPROVAL', form: 'reason' },
  batch: ['APPROVE'],
  initial: 'draft',
  states: {
    draft: {
      label: ['填写申请', 'Drafting the application'],
      assignee: applicant,
      on: {
        SUBMIT: { target: 'submitted', revises: 'application', guard: all(budgetAddsUp, either(inAdvance, approvedOrally)), resubmits: true },
        CANCEL: { target: 'cancelled', form: 'reason' },
      },
      after: {
        FORM_DUE: {
          label: ['口头批准后补交申请到期', 'The form after an oral approval is due'],
          due: ({ application }) =>
            application?.oralApprovedAt === undefined ? undefined : { workingDays: 'emergencyFormDays', from: dayOf(application.oralApprovedAt) },
          ladder: reminders,
          notifies: ['CS_MANAGER'],
        },
      },
    },
    submitted: {
      label: ['已送交客服部', 'Sent to customer service'],
      assignee: role('RELATIONS_SPECIALIST'),
      on: {
        FORWARD: { target: 'managerReview', form: 'arrangement' },
        RETURN: { target: 'draft', form: 'reason', startsRound: true },
      },
    },
    managerReview: {
      label: ['客服部经理审核', 'Manager review'],
      assignee: manager,
      on: {
        APPROVE: { target: 'financeBudgetReview', guard: within('CS_MANAGER', budget), form: 'opinion', retractable: true },
        APPROVE_AND_ESCALATE: { target: 'gmApproval', guard: above('CS_MANAGER', budget), form: 'opinion', retractable: true },
        AMEND: amended,
        REJECT: { target: 'cancelled', form: 'reason' },
        RETURN: { target: 'draft', form: 'reason', startsRound: true },
      },
    },
    gmApproval: {
      label: ['总经理审批', 'General manager approval'],
      assignee: generalManager,
      on: {
        APPROVE: { target: 'financeBudgetReview', form: 'opinion' },
        AMEND: [
          { ...amended, guard: all(amended.guard, drawsMore), target: 'managerReview', startsRound: true },
          // 总经理审批 is not needed any more: whoever reviewed it could have approved so much alone.
          { ...amended, guard: all(amended.guard, coveredBy('managerReview', budget, ['application'])), target: 'financeBudgetReview' },
          amended,
        ],
        REJECT: { target: 'cancelled', form: 'reason' },
        RETURN: { target: 'draft', form: 'reason', startsRound: true },
      },
    },
    financeBudgetReview: {
      label: ['财务部审核（预算）', 'Finance review of the budget'],
      assignee: finance,
      on: {
        APPROVE: { target: 'mealPlanning', form: ['opinion', 'budgetCheck'], guard: budgetFree },
        AMEND: [{ ...amended, guard: all(amended.guard, drawsMore), target: 'managerReview', startsRound: true }, amended],
        RETURN: { target: 'draft', form: 'reason', startsRound: true },
      },
    },
    mealPlanning: {
      label: ['制定用餐计划', 'Planning the meal'],
      assignee: role('RELATIONS_SPECIALIST'),
      on: {
        PLAN_READY: { target: 'arranged', form: 'plan', guard: all(planWithinBudget, giftsApproved) },
        // L26: the gift of a banquet has a chain of its own, and the budget line is what it may cost.
        REQUEST_GIFT: {
          form: 'giftApplication',
          guard: giftsWithinBudget,
          opens: [{ process: 'gift-giving-application', forms: ({ data }) => ({ application: data.giftApplication }), essential: true }],
        },
        CANCEL: { target: 'cancelled', by: role('CS_MANAGER'), form: 'reason' },
      },
    },
    arranged: {
      label: ['已安排', 'Arranged'],
      assignee: applicant,
      on: {
        EVENT_HELD: { target: 'held', form: 'attendance', guard: banquetDayCame },
        CANCEL: { target: 'cancelled', by: role('CS_MANAGER'), form: 'reason' },
      },
      after: reportDue(banquetDay, ['RELATIONS_SPECIALIST', 'CS_MANAGER']),
    },
    held: {
      label: ['已用餐', 'Held'],
      assignee: applicant,
      on: { SUBMIT_REPORT: { target: 'reportManagerReview', form: 'report', guard: reportAddsUp } },
      after: reportDue(banquetDay, ['RELATIONS_SPECIALIST', 'CS_MANAGER']),
    },
    reportManagerReview: {
      label: ['报告-经理审核', 'Report: manager review'],
      assignee: manager,
      on: {
        APPROVE: { target: 'reportFinanceReview', guard: settled, form: 'opinion' },
        APPROVE_AND_ESCALATE: {
          target: 'reportGmReview',
          guard: either(above('CS_MANAGER', spent), not(withinBudget, ['实际支出超过预算', 'spending above the budget'])),
          form: 'opinion',
        },
        RETURN: { target: 'held', form: 'reason', startsRound: true },
      },
    },
    reportGmReview: {
      label: ['报告-总经理审核', 'Report: general manager review'],
      assignee: approver('GENERAL_MANAGER', { notNamedIn: ['application.companyGuests'], distinctFrom: ['reportManagerReview'] }),
      on: { APPROVE: { target: 'reportFinanceReview', form: 'opinion' }, RETURN: { target: 'held', form: 'reason', startsRound: true } },
    },
    reportFinanceReview: {
      label: ['报告-财务审核', 'Report: finance review'],
      assignee: finance,
      on: {
        APPROVE: { target: 'reimbursing', form: ['opinion', 'voucherCheck'], guard: vouchersMatch },
        RETURN: { target: 'held', form: 'reason', startsRound: true },
      },
    },
    reimbursing: {
      label: ['办理报销手续', 'Claiming reimbursement'],
      assignee: applicant,
      on: {
        SUBMIT_CLAIM: [
          // What was paid while the claim was back with the claimant is not paid again.
          { target: 'claimReview', form: 'claim', guard: all(claimMatchesReport, paid) },
          {
            target: 'claimReview',
            form: 'claim',
            guard: all(claimMatchesReport, notPaid, noOpenChild(['没有未结的报销单', 'no claim is open'], 'expense-reimbursement')),
            opens: [{ process: 'expense-reimbursement', forms: ({ data }) => ({ claim: data.claim }) }],
          },
        ],
      },
    },
    claimReview: {
      label: ['报销审核', 'Review of the claim'],
      assignee: manager,
      on: {
        APPROVE: { target: 'closed', form: 'opinion', guard: paid },
        RETURN: { target: 'reimbursing', form: 'reason', startsRound: true, guard: notPaid },
      },
    },
    closed: { type: 'final', label: ['结束', 'Closed'], outcome: 'completed' },
    cancelled: { type: 'final', label: ['取消招待用餐安排', 'Cancelled'], outcome: 'cancelled' },
  },
})
