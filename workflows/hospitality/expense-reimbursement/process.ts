import { above, anyOf, applicant, approver, type DataOf, defineProcess, fact, role, sameAmount, sumOf, system, within } from '../../../src/define/index.js'
import { Opinion, Reason } from '../../common.js'
import { ExpenseClaim } from './forms.js'

const forms = { claim: ExpenseClaim, opinion: Opinion, reason: Reason }
type Data = DataOf<typeof forms>

const total = (data: Data) => data.claim?.total
const linesAddUp = fact<Data>(
  ['明细合计等于总额', 'the items add up to the total'],
  ({ data: { claim } }) => claim !== undefined && sameAmount(sumOf(claim.items.map(({ amount }) => amount)), claim.total),
  ['claim'],
)
/** 直接主管: not the claimant, not whoever confirmed the budget. */
const supervisor = approver('SUPERVISOR', { distinctFrom: ['administrationApproved'] })
const bySupervisor = {
  APPROVE: { target: 'approved', by: supervisor, guard: within('SUPERVISOR', total), form: 'opinion' },
  APPROVE_AND_ESCALATE: { target: 'supervisorApproved', by: supervisor, guard: above('SUPERVISOR', total), form: 'opinion' },
} as const
const returnedBy = (...by: Parameters<typeof approver>[0][]) =>
  ({ target: 'returned', by: anyOf(...by.map((role) => approver(role))), form: 'reason' }) as const

export default defineProcess({
  id: 'expense-reimbursement',
  version: 1,
  title: ['费用报销', 'Expense reimbursement'],
  source: 'catalogue page 67; 002 ch3 flowcharts 3.22–3.24; routes of BPI Challenge 2020',
  forms,
  startedBy: role('EMPLOYEE'),
  startsWith: 'claim',
  events: {
    SAVE: ['保存', 'Save'],
    PRE_APPROVE: ['预审通过', 'Pre-approve'],
    CHECK: ['财务初审通过', 'Pass the finance check'],
    CONFIRM_BUDGET: ['确认预算', 'Confirm the budget'],
    ACKNOWLEDGE_RETURN: ['确认退回', 'Acknowledge the return'],
    REQUEST_PAYMENT: ['请款', 'Request payment'],
    PAYMENT_HANDLED: ['付款完成', 'Payment handled'],
  },
  owner: 'FINANCE',
  initial: 'draft',
  states: {
    draft: {
      label: ['填写报销单', 'Drafting the claim'],
      assignee: applicant,
      on: {
        SAVE: { revises: 'claim' },
        SUBMIT: { target: 'submitted', revises: 'claim', guard: linesAddUp },
        ABANDON: { target: 'abandoned', form: 'reason' },
      },
    },
    submitted: {
      label: ['已提交', 'Submitted'],
      assignee: anyOf(approver('PRE_APPROVER'), approver('ADMINISTRATION'), supervisor),
      on: {
        PRE_APPROVE: { target: 'preApproved', by: approver('PRE_APPROVER'), form: 'opinion' },
        CHECK: { target: 'administrationApproved', by: approver('ADMINISTRATION'), form: 'opinion' },
        ...bySupervisor,
        RETURN: returnedBy('PRE_APPROVER', 'ADMINISTRATION', 'SUPERVISOR'),
      },
    },
    preApproved: {
      label: ['已预审', 'Pre-approved'],
      assignee: supervisor,
      on: { ...bySupervisor, RETURN: returnedBy('SUPERVISOR') },
    },
    administrationApproved: {
      label: ['财务初审通过', 'Finance check passed'],
      assignee: anyOf(approver('BUDGET_OWNER'), supervisor),
      on: {
        CONFIRM_BUDGET: { target: 'budgetApproved', by: approver('BUDGET_OWNER'), form: 'opinion' },
        ...bySupervisor,
        RETURN: returnedBy('BUDGET_OWNER', 'SUPERVISOR'),
      },
    },
    budgetApproved: {
      label: ['预算确认', 'Budget confirmed'],
      assignee: supervisor,
      on: { ...bySupervisor, RETURN: returnedBy('SUPERVISOR') },
    },
    supervisorApproved: {
      label: ['主管同意（超权限）', 'Supervisor agreed (above authority)'],
      assignee: approver('DIRECTOR', { distinctFrom: ['submitted', 'preApproved', 'administrationApproved', 'budgetApproved'] }),
      on: { APPROVE: { target: 'approved', form: 'opinion' }, RETURN: { target: 'returned', form: 'reason' } },
    },
    approved: { label: ['已批准', 'Approved'], assignee: system, on: { REQUEST_PAYMENT: { target: 'paymentRequested' } } },
    returned: { label: ['已退回', 'Returned'], assignee: applicant, on: { ACKNOWLEDGE_RETURN: { target: 'draft', startsRound: true } } },
    paymentRequested: { label: ['已请款', 'Payment requested'], assignee: system, on: { PAYMENT_HANDLED: { target: 'paid' } } },
    paid: { type: 'final', label: ['已付款', 'Paid'], outcome: 'completed' },
    abandoned: { type: 'final', label: ['放弃报销', 'Abandoned'], outcome: 'withdrawn' },
  },
})
