import { above, all, applicant, approver, compareDecimals, type DataOf, defineProcess, fact, not, role, sumOf, within } from '../../../src/define/index.js'
import { Opinion, Reason, reminders, usualHandling } from '../../common.js'
import type { GiftPlan } from '../gift-plan-approval/forms.js'
import { GiftApplication, type GiftCount, GiftHandOver, GiftIssueSlip, GiftStockCheck, GiftStockMovement } from './forms.js'

const forms = {
  application: GiftApplication,
  stockCheck: GiftStockCheck,
  issueSlip: GiftIssueSlip,
  handOver: GiftHandOver,
  stockMovement: GiftStockMovement,
  opinion: Opinion,
  reason: Reason,
}
type Data = DataOf<typeof forms>
type Lines = readonly Pick<GiftCount, 'giftName' | 'quantity'>[]

const countOf = (lines: Lines, gift: string) => lines.filter(({ giftName }) => giftName === gift).reduce((count, { quantity }) => count + quantity, 0)
/** Gift by gift, at least as many. */
const covers = (lines: Lines, needed: Lines) => needed.every(({ giftName }) => countOf(lines, giftName) >= countOf(needed, giftName))
const asAppliedFor = ({ application }: Data, lines: Lines | undefined) =>
  application !== undefined && lines !== undefined && covers(lines, application.rows) && covers(application.rows, lines)

/** A case belongs to one customer: the closing of an account looks for open gifts (L30). */
const oneCustomer = fact<Data>(
  ['同一申请的馈赠对象为同一客户', 'every row is for the same customer'],
  ({ data: { application } }) => new Set(application?.rows.map(({ customer }) => customer)).size === 1,
  ['application'],
)
/** 馈赠额: of all rows. */
const value = ({ application }: Data) => application && sumOf(application.rows.map((row) => row.value))
const recipient = ({ application }: Data) => application?.rows[0]?.customer
const given = ({ application }: Data) => application?.giftDate
const lineOf = ({ application }: Data) =>
  application?.giftPlan !== undefined && application.planLine !== undefined ? `gift-plan:${application.giftPlan}:${application.planLine}` : undefined
/** L24: the plan is in force, its line is for this customer and gift, and what is left of its budget covers the application. */
const planHasRoom = fact<Data>(
  ['所属计划有效，该行客户与礼品一致且预算有余', 'the plan is in force, and its line is for this customer and gift and has room'],
  ({ data: { application }, named, committedBefore }) => {
    if (application?.giftPlan === undefined) return application !== undefined && application.planLine === undefined
    const plan = named[application.giftPlan]
    const line = (plan?.data['plan'] as GiftPlan | undefined)?.rows.find(({ lineNo }) => lineNo === application.planLine)
    if (plan?.process !== 'gift-plan-approval' || plan.outcome !== 'completed' || line === undefined) return false
    const fits = application.rows.every(({ customer, giftName }) => customer === line.customer && giftName === line.giftName)
    return fits && compareDecimals(sumOf([committedBefore[1], value({ application })]), line.budgetValue) <= 0
  },
  ['application'],
)
const inStock = fact<Data>(
  ['每种礼品库存不少于申请数量', 'the stock covers the quantity of every gift'],
  ({ data: { application, stockCheck } }) => application !== undefined && stockCheck !== undefined && covers(stockCheck.onHand, application.rows),
  ['stockCheck'],
)
const recipientsOutside = fact<Data>(['收受人员均非本公司员工', 'no recipient is an employee'], ({ data }) => data.stockCheck?.recipientsOutside === true, [
  'stockCheck',
])
const issuable = all(inStock, recipientsOutside)
const signatures = ['deptHeadSignature', 'custodianSignature', 'officeDirectorSignature', 'deputyManagerSignature']
const allSigned = fact<Data>(['四级签署齐全', 'all four signatures are present'], ({ decisions }) =>
  signatures.every((box) => decisions.some(({ state, action }) => state === box && (action === 'SIGN' || action === 'SIGN_AND_ESCALATE'))),
)
const issuedAsApplied = fact<Data>(
  ['发放的礼品与申请一致', 'the gifts issued are those applied for'],
  ({ data }) => asAppliedFor(data, data.issueSlip?.issued),
  ['issueSlip'],
)
const movedAsApplied = fact<Data>(
  ['登记的礼品与申请一致', 'the gifts booked are those applied for'],
  ({ data }) => asAppliedFor(data, data.stockMovement?.moved),
  ['stockMovement'],
)
/** 实际收受人员 = 礼品收受人员: nobody else, and nobody left out. */
const givenToRecipients = fact<Data>(
  ['实际收受人员与申请的礼品收受人员一致', 'the actual recipients are those of the application'],
  ({ data: { application, handOver } }) => {
    const named = new Set(application?.rows.map(({ recipient }) => recipient))
    const actual = new Set(handOver?.actualRecipients)
    return named.size > 0 && named.size === actual.size && [...named].every((recipient) => actual.has(recipient))
  },
  ['handOver'],
)

// Five boxes, five persons. Whoever takes the gift out of the store to give it is never its custodian.
const departmentHead = approver('DEPT_HEAD', { distinctFrom: ['draft'] })
const custodian = approver('GIFT_CUSTODIAN', {
  distinctFrom: ['draft', 'deptHeadSignature', 'officeDirectorSignature', 'deputyManagerSignature', 'issued'],
  notNamedIn: ['issueSlip.receivedBy'],
})
const officeDirector = approver('OFFICE_DIRECTOR', { distinctFrom: ['draft', 'deptHeadSignature', 'custodianSignature'] })
const deputyManager = approver('DEPUTY_MANAGER', { distinctFrom: ['draft', 'deptHeadSignature', 'custodianSignature', 'officeDirectorSignature'] })
const generalManager = approver('GENERAL_MANAGER', { distinctFrom: ['draft', ...signatures] })
const giver = role('RELATIONS_SPECIALIST', { distinctFrom: ['custodianSignature', 'approvedToIssue'] })

/** The gift is in somebody's hands, or ought to be: both who keeps the store and who gives it hear of it. */
const heard = { ladder: reminders, notifies: ['GIFT_CUSTODIAN', 'RELATIONS_SPECIALIST'] } as const

export default defineProcess({
  id: 'gift-giving-application',
  version: 1,
  title: ['礼品馈赠申请', 'Gift-giving application and issue'],
  source: 'catalogue page 13; 002 ch3 二十 (form with five signature boxes), flowchart 3.22 box 馈赠礼品',
  forms,
  startedBy: role('RELATIONS_SPECIALIST'),
  startsWith: 'application',
  customerOf: ({ application }) => application?.rows[0]?.customer,
  events: {
    SIGN_AND_ESCALATE: ['签署并上报', 'Sign and escalate'],
    ISSUE: ['发放礼品', 'Issue the gift'],
    CONFIRM_GIVEN: ['确认已馈赠', 'Confirm that it was given'],
    RETURN_TO_STOCK: ['退库', 'Return to stock'],
    BOOK_OUT: ['登记销账', 'Book out'],
  },
  settings: {
    givingDays: { label: ['馈赠或退库期限（馈赠日期后，工作日）', 'Working days after the gift date to give the gift or return it'], value: 3 },
    bookOutDays: { label: ['登记销账期限（工作日）', 'Working days to book the gift out'], value: 3 },
  },
  owner: 'CS_MANAGER',
  handling: usualHandling,
  amountOf: value,
  commitments: [
    { account: 'gifts', counterparty: recipient, day: given, period: 'YEAR', usedFrom: ['approvedToIssue', 'issued', 'given'] },
    // L24: every application that names the same line of a plan draws on its budget.
    { account: lineOf, counterparty: recipient, day: given, period: 'ALL', usedFrom: ['approvedToIssue', 'issued', 'given'] },
  ],
  withdrawal: {
    from: ['deptHeadSignature', 'custodianSignature', 'officeDirectorSignature', 'deputyManagerSignature'],
    to: 'draft',
    until: 'FIRST_APPROVAL',
    form: 'reason',
  },
  initial: 'draft',
  states: {
    draft: {
      label: ['填写', 'Drafting the application'],
      assignee: applicant,
      on: { SUBMIT: { target: 'deptHeadSignature', revises: 'application', guard: all(oneCustomer, planHasRoom), resubmits: true } },
    },
    deptHeadSignature: {
      label: ['部门主管', 'Department head'],
      assignee: departmentHead,
      on: {
        SIGN: { target: 'custodianSignature', form: 'opinion' },
        RETURN: { target: 'draft', form: 'reason', startsRound: true },
        REJECT: { target: 'rejected', form: 'reason' },
      },
    },
    custodianSignature: {
      label: ['礼品管理人员', 'Gift custodian'],
      assignee: custodian,
      on: {
        SIGN: { target: 'officeDirectorSignature', form: ['opinion', 'stockCheck'], guard: issuable },
        // The custodian returns what the store cannot issue; whether a gift is fitting is for the others to say.
        RETURN: {
          target: 'draft',
          form: ['reason', 'stockCheck'],
          guard: not(issuable, ['库存不足或收受人员为本公司员工', 'out of stock, or a recipient is an employee']),
          startsRound: true,
        },
      },
    },
    officeDirectorSignature: {
      label: ['办公室主任', 'Office director'],
      assignee: officeDirector,
      on: {
        SIGN: { target: 'deputyManagerSignature', form: 'opinion' },
        RETURN: { target: 'draft', form: 'reason', startsRound: true },
        REJECT: { target: 'rejected', form: 'reason' },
      },
    },
    deputyManagerSignature: {
      label: ['副经理', 'Deputy manager'],
      assignee: deputyManager,
      on: {
        SIGN: { target: 'approvedToIssue', form: 'opinion', guard: within('DEPUTY_MANAGER', value) },
        SIGN_AND_ESCALATE: { target: 'gmApproval', form: 'opinion', guard: above('DEPUTY_MANAGER', value) },
        RETURN: { target: 'draft', form: 'reason', startsRound: true },
        REJECT: { target: 'rejected', form: 'reason' },
      },
    },
    // [P] of page 13 and authority b.2: a gift, or a year of gifts for one customer, above what the deputy manager may grant.
    gmApproval: {
      label: ['总经理审批', 'General manager approval'],
      assignee: generalManager,
      on: {
        APPROVE: { target: 'approvedToIssue', form: 'opinion' },
        RETURN: { target: 'draft', form: 'reason', startsRound: true },
        REJECT: { target: 'rejected', form: 'reason' },
      },
    },
    approvedToIssue: {
      label: ['待发放', 'Approved, to be issued'],
      assignee: custodian,
      on: { ISSUE: { target: 'issued', form: 'issueSlip', guard: all(allSigned, issuedAsApplied), executes: true } },
      after: { ISSUE_DUE: { label: ['馈赠日期到期，礼品未发放', 'The gift date has come and the gift is not issued'], due: given, ...heard } },
    },
    issued: {
      label: ['已发放', 'Issued'],
      assignee: giver,
      on: {
        CONFIRM_GIVEN: { target: 'given', form: 'handOver', guard: givenToRecipients },
        RETURN_TO_STOCK: { target: 'returnedToStock', by: custodian, form: ['reason', 'stockMovement'], guard: movedAsApplied },
      },
      // 未送出: what was not given by then goes back to the store.
      after: {
        GIVING_DUE: {
          label: ['馈赠或退库到期', 'The gift has to be given or returned'],
          due: (data) => ({ workingDays: 'givingDays', from: given(data) }),
          ...heard,
        },
      },
    },
    given: {
      label: ['已馈赠', 'Given'],
      assignee: custodian,
      on: { BOOK_OUT: { target: 'closed', form: 'stockMovement', guard: movedAsApplied } },
      after: { BOOK_OUT_DUE: { label: ['登记销账到期', 'The gift has to be booked out'], due: { workingDays: 'bookOutDays' }, ...heard } },
    },
    closed: { type: 'final', label: ['办结', 'Closed'], outcome: 'completed' },
    rejected: { type: 'final', label: ['否决', 'Rejected'], outcome: 'rejected' },
    returnedToStock: { type: 'final', label: ['退库', 'Returned to stock'], outcome: 'cancelled' },
  },
})
