import {
  all,
  applicant,
  approver,
  compareDecimals,
  type DataOf,
  defineProcess,
  fact,
  largestOf,
  noOpenCases,
  not,
  role,
  sameAmount,
  sumOf,
} from '../../../src/define/index.js'
import { dayOf, Opinion, Reason, reminders, usualHandling } from '../../common.js'
import {
  AccountClosing,
  BalanceCheck,
  BalanceSettlementApplication,
  CancellationHandOver,
  CustomerReceipt,
  DebtClearance,
  DebtWriteOff,
  DeregistrationApplication,
  RefundVoucher,
} from './forms.js'

const forms = {
  application: DeregistrationApplication,
  settlement: BalanceSettlementApplication,
  balanceCheck: BalanceCheck,
  clearance: DebtClearance,
  writeOff: DebtWriteOff,
  refund: RefundVoucher,
  handOver: CancellationHandOver,
  receipt: CustomerReceipt,
  closing: AccountClosing,
  opinion: Opinion,
  reason: Reason,
}
type Data = DataOf<typeof forms>

/** The sign of the balance of the newest settlement; undefined while there is none. */
const sign = ({ settlement }: Data) => settlement && compareDecimals(settlement.netBalance, '0')
const refundedToDate = ({ refund }: Data) => refund?.refundedToDate ?? '0'
/** Nothing is left: the refunds to date are what the settlement came to, whether that needed another refund or not. */
const isSettled = (data: Data) =>
  data.settlement !== undefined && sameAmount(refundedToDate(data), sumOf([data.settlement.alreadyRefunded, data.settlement.netBalance]))

const nothingOpen = noOpenCases(
  ['没有妨碍注销的未结事项', 'nothing open stands in the way'],
  // Contracts live in customer development. A second cancellation would refund the same balance twice.
  [
    'complaint-reception',
    'complaint-handling',
    'after-sales-service-request',
    'customer-development',
    'customer-meal-hospitality',
    'gift-giving-application',
    'customer-account-cancellation',
  ],
)
const refundWithinBalance = fact<Data>(
  ['退款金额不超过账款余额', 'the refund does not exceed the balance'],
  ({ data: { application } }) => compareDecimals(application?.refundAmount ?? '0', largestOf([application?.balance, '0']) ?? '0') <= 0,
  ['application'],
)
/** Only a SUBMIT made the customer CLOSING, and only a RETURN leads back here. */
const submittedBefore = fact<Data>(['曾经提交', 'submitted before'], ({ round }) => round > 1)

/** A customer made CLOSING by an earlier SUBMIT must not be forgotten for another. */
const sameCustomer = fact<Data>(
  ['退回后不得更换客户', 'a returned application stays with its customer'],
  ({ data: { application }, customerId, round }) => round === 1 || application?.customer === customerId,
  ['application'],
)

const settlementAddsUp = fact<Data>(
  ['余额 = 预收 + 返利 − 应收 − 已退款', 'the balance is prepayments and rebates less receivables and refunds'],
  ({ data: { settlement } }) =>
    settlement !== undefined &&
    sameAmount(sumOf([settlement.netBalance, settlement.receivables, settlement.alreadyRefunded]), sumOf([settlement.prepayments, settlement.rebatesDue])),
  ['settlement'],
)
/** After a dispute only the difference to what was refunded is settled. */
const refundsCounted = fact<Data>(
  ['已退款与退款凭证一致', 'the refunds taken off are those of the vouchers'],
  ({ data }) => sameAmount(data.settlement?.alreadyRefunded, refundedToDate(data)),
  ['settlement'],
)
const payeeKnown = fact<Data>(
  ['有应退余额时已填收款人、开户行和账号', 'payee, bank and account are given where a refund is due'],
  ({ data: { settlement }, data }) => sign(data) !== 1 || [settlement?.payee, settlement?.bank, settlement?.account].every((part) => part !== undefined),
  ['settlement'],
)

const differenceRight = fact<Data>(
  ['差额 = 账面余额 − 结算余额', 'the difference is books less settlement'],
  ({ data: { settlement, balanceCheck } }) => sameAmount(sumOf([settlement?.netBalance, balanceCheck?.difference]), balanceCheck?.bookBalance),
  ['balanceCheck'],
)
const booksAgree = fact<Data>(['账面与结算一致', 'the books equal the settlement'], ({ data }) => sameAmount(data.balanceCheck?.difference, '0'), [
  'balanceCheck',
])
const balancePositive = fact<Data>(['余额大于零', 'balance above zero'], ({ data }) => sign(data) === 1)
const balanceZero = fact<Data>(['余额为零', 'balance zero'], ({ data }) => sign(data) === 0)
const customerOwes = fact<Data>(['余额小于零', 'balance below zero'], ({ data }) => sign(data) === -1)

const debtPaid = fact<Data>(
  ['收款后余额为零', 'what was received brings the balance to zero'],
  ({ data: { settlement, clearance } }) =>
    sameAmount(clearance?.balance, '0') && sameAmount(sumOf([settlement?.netBalance, clearance?.received]), clearance?.balance),
  ['clearance'],
)
const withinDebt = fact<Data>(
  ['核销金额不超过欠款', 'no more is written off than is owed'],
  ({ data: { settlement, writeOff } }) =>
    settlement !== undefined && writeOff !== undefined && compareDecimals(sumOf([settlement.netBalance, writeOff.amount]), '0') <= 0,
  ['writeOff'],
)

const refundAsRatified = fact<Data>(
  ['退款金额等于核准余额', 'the refund equals the ratified balance'],
  ({ data: { settlement, refund } }) => sameAmount(refund?.amount, settlement?.netBalance),
  ['refund'],
)
const runningTotalRight = fact<Data>(['累计退款 = 已退款 + 本次退款', 'the refunds to date are the earlier ones and this one'], ({ data }) => isSettled(data), [
  'refund',
])
const proofOfRefund = fact<Data>(
  ['有退款时附退款证明', 'the proof of a refund is handed over'],
  ({ data }) => sign(data) === 0 || data.handOver?.refundProof !== undefined,
  ['handOver'],
)
const receiptPresent = fact<Data>(
  ['客户已签收', 'the receipt is present'],
  ({ data, decisions }) => data.receipt !== undefined && decisions.some(({ state, action }) => state === 'customerSigning' && action === 'RECORD_SIGNATURE'),
)

const balanceSettled = fact<Data>(['余额已结清', 'the balance is settled'], ({ data }) => isSettled(data))

const applicationStates = ['draft', 'supervisorApproval', 'managerApproval', 'gmRatification']
const settlementStates = ['settlementDraft', 'financeReconciliation', 'settlementManagerApproval', 'settlementGmRatification']
const specialist = role('INFO_SPECIALIST')
// 财务部 carries out and approves no application; whoever asked for, checked or approved a settlement does not pay it.
const finance = approver('FINANCE', { distinctFrom: [...applicationStates, 'settlementDraft'] })
const payer = approver('FINANCE', { distinctFrom: [...applicationStates, ...settlementStates] })

/** 转交: the days in which the customer has to sign run from there. */
const sinceHandOver = (days: 'receiptDays' | 'receiptOverdueDays') => (data: Data) =>
  data.handOver && { workingDays: days, from: dayOf(data.handOver.handedOverAt) }

export default defineProcess({
  id: 'customer-account-cancellation',
  version: 1,
  title: ['客户注销管理流程', 'Customer account cancellation'],
  source: 'catalogue page 14; 002 ch7 十八 (flowchart), form 7.18',
  forms,
  startedBy: specialist,
  startsWith: 'application',
  customerOf: ({ application }) => application?.customer,
  events: {
    SUBMIT_SETTLEMENT: ['申请账款余额结算', 'Apply for settlement'],
    BALANCE_CONFIRMED: ['余额相符', 'Confirm the balance'],
    BALANCE_MISMATCH: ['余额不符', 'Report a mismatch'],
    CUSTOMER_OWES: ['客户欠款', 'Report that the customer owes'],
    DEBT_CLEARED: ['欠款已结清', 'Report the debt cleared'],
    WRITE_OFF_APPROVED: ['批准核销', 'Approve the write-off'],
    REFUND_DONE: ['退款完成', 'Report the refund done'],
    HAND_OVER: ['转交客户', 'Hand over to the customer'],
    RECORD_SIGNATURE: ['登记客户签收', 'Record the signed receipt'],
    CUSTOMER_DISPUTES: ['客户有异议', 'Record that the customer disputes'],
    CLOSE_ACCOUNT: ['销户', 'Close the account'],
  },
  settings: {
    refundDays: { label: ['退款期限（核准后，工作日）', 'Working days from ratification to the refund'], value: 5 },
    receiptDays: { label: ['客户签收期限（转交后，工作日）', 'Working days from the hand-over to the receipt'], value: 5 },
    receiptOverdueDays: {
      label: ['未签收上报经理期限（转交后，工作日）', 'Working days from the hand-over until the manager hears of a missing receipt'],
      value: 10,
    },
  },
  owner: 'CS_MANAGER',
  handling: usualHandling,
  initial: 'draft',
  states: {
    draft: {
      label: ['起草申请', 'Drafting the application'],
      assignee: applicant,
      on: {
        SUBMIT: { target: 'supervisorApproval', revises: 'application', guard: all(nothingOpen, refundWithinBalance, sameCustomer), customerStatus: 'CLOSING' },
        // A draft that was never submitted has changed nothing about the customer, and takes nothing back.
        CANCEL: [
          { target: 'cancelled', form: 'reason', guard: submittedBefore, customerStatus: 'ACTIVE' },
          { target: 'cancelled', form: 'reason' },
        ],
      },
    },
    supervisorApproval: {
      label: ['主管审批', 'Supervisor approval'],
      assignee: approver('INFO_SUPERVISOR', { distinctFrom: ['draft'] }),
      on: { APPROVE: { target: 'managerApproval', form: 'opinion' }, RETURN: { target: 'draft', form: 'reason', startsRound: true } },
    },
    managerApproval: {
      label: ['经理审批', 'Manager approval'],
      assignee: approver('CS_MANAGER', { distinctFrom: ['draft', 'supervisorApproval'] }),
      on: {
        APPROVE: { target: 'gmRatification', form: 'opinion' },
        RETURN: { target: 'draft', form: 'reason', startsRound: true },
        REJECT: { target: 'rejected', form: 'reason', customerStatus: 'ACTIVE' },
      },
    },
    gmRatification: {
      label: ['总经理核准', 'General manager ratification'],
      assignee: approver('GENERAL_MANAGER', { distinctFrom: ['draft', 'supervisorApproval', 'managerApproval'] }),
      on: {
        RATIFY: { target: 'settlementDraft', form: 'opinion' },
        RETURN: { target: 'draft', form: 'reason', startsRound: true },
        REJECT: { target: 'rejected', form: 'reason', customerStatus: 'ACTIVE' },
      },
    },
    // From here on a return leads back to this state at most: the approvals of the application stay valid.
    settlementDraft: {
      label: ['申请账款余额结算', 'Applying for settlement of the balance'],
      assignee: specialist,
      on: { SUBMIT_SETTLEMENT: { target: 'financeReconciliation', form: 'settlement', guard: all(settlementAddsUp, refundsCounted, payeeKnown) } },
    },
    financeReconciliation: {
      label: ['财务核对', 'Finance reconciliation'],
      assignee: finance,
      on: {
        BALANCE_CONFIRMED: {
          target: 'settlementManagerApproval',
          form: ['opinion', 'balanceCheck'],
          guard: all(differenceRight, booksAgree, not(customerOwes, ['余额不小于零', 'balance not below zero'])),
        },
        BALANCE_MISMATCH: {
          target: 'settlementDraft',
          form: ['reason', 'balanceCheck'],
          guard: all(differenceRight, not(booksAgree, ['账面与结算不一致', 'the books differ from the settlement'])),
          startsRound: true,
        },
        CUSTOMER_OWES: { target: 'collecting', form: 'balanceCheck', guard: all(differenceRight, booksAgree, customerOwes) },
      },
    },
    collecting: {
      label: ['催收欠款', 'Collecting the debt'],
      assignee: finance,
      on: {
        DEBT_CLEARED: { target: 'settlementDraft', form: 'clearance', guard: debtPaid, startsRound: true },
        WRITE_OFF_APPROVED: {
          target: 'settlementDraft',
          by: approver('GENERAL_MANAGER', { distinctFrom: ['settlementDraft', 'financeReconciliation'] }),
          form: ['opinion', 'writeOff'],
          guard: withinDebt,
          startsRound: true,
        },
      },
    },
    settlementManagerApproval: {
      label: ['结算审批', 'Settlement approval'],
      assignee: approver('CS_MANAGER', { distinctFrom: ['settlementDraft', 'financeReconciliation'] }),
      on: { APPROVE: { target: 'settlementGmRatification', form: 'opinion' }, RETURN: { target: 'settlementDraft', form: 'reason', startsRound: true } },
    },
    settlementGmRatification: {
      label: ['结算核准', 'Settlement ratification'],
      assignee: approver('GENERAL_MANAGER', { distinctFrom: ['settlementDraft', 'financeReconciliation', 'settlementManagerApproval'] }),
      on: {
        RATIFY: [
          { target: 'refunding', form: 'opinion', guard: balancePositive },
          { target: 'handingOver', form: 'opinion', guard: balanceZero },
        ],
        RETURN: { target: 'settlementDraft', form: 'reason', startsRound: true },
      },
    },
    refunding: {
      label: ['办理退款', 'Refunding'],
      assignee: payer,
      on: { REFUND_DONE: { target: 'handingOver', form: 'refund', guard: all(refundAsRatified, runningTotalRight) } },
      after: {
        REFUND_DUE: {
          label: ['退款到期', 'The refund is due'],
          due: { workingDays: 'refundDays' },
          // Whoever keeps the task does not keep the money: at the end it is open to the other payers.
          ladder: [
            { at: 0.5, do: 'REMIND' },
            { at: 1, do: 'REASSIGN' },
          ],
          notifies: ['FINANCE', 'CS_MANAGER'],
        },
      },
    },
    handingOver: {
      label: ['转交', 'Handing over'],
      assignee: role('INFO_SPECIALIST', { distinctFrom: ['refunding'] }),
      on: { HAND_OVER: { target: 'customerSigning', form: 'handOver', guard: proofOfRefund } },
    },
    customerSigning: {
      label: ['客户签收', 'Customer signs for receipt'],
      assignee: specialist,
      on: {
        RECORD_SIGNATURE: { target: 'closingAccount', form: 'receipt' },
        CUSTOMER_DISPUTES: { target: 'settlementDraft', form: 'reason', startsRound: true },
      },
      after: {
        RECEIPT_DUE: {
          label: ['客户签收到期', 'The receipt is due'],
          due: sinceHandOver('receiptDays'),
          ladder: reminders,
          notifies: ['INFO_SPECIALIST', 'INFO_SUPERVISOR'],
        },
        // The manager hears of it, and may see to the customer himself.
        RECEIPT_OVERDUE: {
          label: ['客户逾期未签收', 'The receipt is overdue'],
          due: sinceHandOver('receiptOverdueDays'),
          ladder: [{ at: 1, do: 'WIDEN', to: 'CS_MANAGER' }],
          notifies: ['CS_MANAGER'],
        },
      },
    },
    closingAccount: {
      label: ['销户', 'Closing the account'],
      assignee: specialist,
      on: {
        CLOSE_ACCOUNT: {
          target: 'closed',
          form: 'closing',
          guard: all(receiptPresent, balanceSettled),
          customerStatus: 'CLOSED',
          opens: [{ process: 'customer-archive-management', forms: ({ data: { application, closing } }) => ({ application, closing }) }],
        },
      },
    },
    closed: { type: 'final', label: ['已销户', 'Closed'], outcome: 'completed' },
    rejected: { type: 'final', label: ['否决', 'Rejected'], outcome: 'rejected' },
    cancelled: { type: 'final', label: ['撤销申请', 'Cancelled'], outcome: 'withdrawn' },
  },
})
