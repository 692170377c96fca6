import { all, applicant, approver, type DataOf, defineProcess, fact, not, role } from '../../../src/define/index.js'
import { Opinion, Reason } from '../../common.js'
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
  signatures.every((box) => decisions.some(({ state, action }) => state === box && action === 'SIGN')),
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
const giver = role('RELATIONS_SPECIALIST', { distinctFrom: ['custodianSignature', 'approvedToIssue'] })

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
    ISSUE: ['发放礼品', 'Issue the gift'],
    CONFIRM_GIVEN: ['确认已馈赠', 'Confirm that it was given'],
    RETURN_TO_STOCK: ['退库', 'Return to stock'],
    BOOK_OUT: ['登记销账', 'Book out'],
  },
  initial: 'draft',
  states: {
    draft: {
      label: ['填写', 'Drafting the application'],
      assignee: applicant,
      on: { SUBMIT: { target: 'deptHeadSignature', revises: 'application', guard: oneCustomer } },
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
        SIGN: { target: 'approvedToIssue', form: 'opinion' },
        RETURN: { target: 'draft', form: 'reason', startsRound: true },
        REJECT: { target: 'rejected', form: 'reason' },
      },
    },
    approvedToIssue: {
      label: ['待发放', 'Approved, to be issued'],
      assignee: custodian,
      on: { ISSUE: { target: 'issued', form: 'issueSlip', guard: all(allSigned, issuedAsApplied) } },
    },
    issued: {
      label: ['已发放', 'Issued'],
      assignee: giver,
      on: {
        CONFIRM_GIVEN: { target: 'given', form: 'handOver', guard: givenToRecipients },
        RETURN_TO_STOCK: { target: 'returnedToStock', by: custodian, form: ['reason', 'stockMovement'], guard: movedAsApplied },
      },
    },
    given: {
      label: ['已馈赠', 'Given'],
      assignee: custodian,
      on: { BOOK_OUT: { target: 'closed', form: 'stockMovement', guard: movedAsApplied } },
    },
    closed: { type: 'final', label: ['办结', 'Closed'], outcome: 'completed' },
    rejected: { type: 'final', label: ['否决', 'Rejected'], outcome: 'rejected' },
    returnedToStock: { type: 'final', label: ['退库', 'Returned to stock'], outcome: 'cancelled' },
  },
})
