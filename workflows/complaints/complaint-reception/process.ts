import { above, approver, type DataOf, defineProcess, either, type Facts, fact, not, role, within } from '../../../src/define/index.js'
import { Opinion, Reason, usualHandling } from '../../common.js'
import { nearDays, promisedTerm } from '../promise.js'
import {
  ComplaintAssessment,
  ComplaintComfort,
  ComplaintPurpose,
  ComplaintRegistration1,
  ComplaintRegistration2,
  ComplaintSolution,
  PlanTold,
  VisitorArrival,
  VisitorDeparture,
  VisitorRedirection,
} from './forms.js'

const forms = {
  arrival: VisitorArrival,
  purpose: ComplaintPurpose,
  redirection: VisitorRedirection,
  registration1: ComplaintRegistration1,
  registration2: ComplaintRegistration2,
  comfort: ComplaintComfort,
  assessment: ComplaintAssessment,
  solution: ComplaintSolution,
  communication: PlanTold,
  departure: VisitorDeparture,
  opinion: Opinion,
  reason: Reason,
}
type Data = DataOf<typeof forms>

/** 承诺办理期限: what was accepted was promised for a day; a refusal promises nothing. */
const promised = ({ registration1 }: Data) => (registration1?.acceptance === 'ACCEPTED' ? registration1.promisedDeadline : undefined)
const remedyAmount = ({ assessment }: Data) => assessment?.remedyAmount
/** A plan that pays nothing costs nothing. */
const compensation = ({ solution }: Data) => solution && (solution.compensation ?? '0')

const accepted = fact<Data>(
  ['已受理并填写承诺办理期限', 'accepted, with the promised deadline'],
  ({ data: { registration1 } }) => registration1?.acceptance === 'ACCEPTED' && registration1.promisedDeadline !== undefined,
  ['registration1'],
)
const declined = fact<Data>(
  ['不予受理并填写理由', 'not accepted, with the reason'],
  ({ data: { registration1 } }) => registration1?.acceptance === 'REJECTED' && registration1.rejectionReason !== undefined,
  ['registration1'],
)
/** 003, part 2: apologise at once when the company is at fault, and only then. */
const apologyFits = fact<Data>(
  ['我方有过失时道歉，无过失不道歉', 'an apology exactly when the company is at fault'],
  ({ data: { comfort } }) => comfort !== undefined && comfort.apologyGiven === comfort.companyAtFault,
  ['comfort'],
)
const satisfied = fact<Data>(['客户满意', 'the customer is satisfied'], ({ data }) => data.communication?.satisfied === true, ['communication'])
const investigationNeeded = fact<Data>(['需要调查', 'an investigation is needed'], ({ data }) => data.communication?.investigationNeeded === true, [
  'communication',
])
const goesTo = (business: VisitorRedirection['business'], zh: string, en: string) =>
  fact<Data>([`转往${zh}`, `redirected to ${en}`], ({ data }) => data.redirection?.business === business, ['redirection'])

/** How the visit ends: by the last thing said to the customer, the plan or the refusal. */
const lastSaid = ({ decisions }: Facts<Data>) => decisions.findLast(({ state }) => state === 'planCommunicating' || state === 'declineReview')?.action
const endsWith = (action: string, zh: string, en: string) => fact<Data>([`结果为${zh}`, `the outcome is ${en}`], (facts) => lastSaid(facts) === action)

export default defineProcess({
  id: 'complaint-reception',
  version: 1,
  title: ['客户投诉接待流程', 'Complaint reception (visiting complainant)'],
  source: 'catalogue page 1; 002 ch6 十六, forms 三 and 四; 001 第十二条; 003 第二篇',
  forms,
  startedBy: role('COMPLAINT_SPECIALIST'),
  startsWith: 'arrival',
  customerOf: ({ registration1, arrival }) => registration1?.customer ?? arrival?.customer,
  dueOf: promised,
  after: promisedTerm(promised),
  events: {
    GREET_VISITOR: ['礼貌迎接', 'Greet the visitor'],
    RECORD_PURPOSE: ['记录来访目的', 'Record the purpose'],
    NOT_A_COMPLAINT: ['非投诉，转其他业务', 'Not a complaint'],
    REGISTER_ACCEPTED: ['登记并受理', 'Register and accept'],
    REGISTER_DECLINED: ['登记并不予受理', 'Register and decline'],
    CONFIRM_DECLINE: ['确认不予受理', 'Confirm the refusal'],
    OVERRULE_DECLINE: ['改为受理', 'Overrule the refusal'],
    CUSTOMER_CALMED: ['客户已安抚', 'Customer calmed'],
    SELF_HANDLE: ['自行处理', 'Handle it alone'],
    REQUEST_ASSISTANCE: ['请求协助', 'Request assistance'],
    PROPOSE_SOLUTION: ['提出处理方案', 'Propose a solution'],
    ESCALATE: ['上报审批', 'Escalate'],
    CUSTOMER_SATISFIED: ['客户满意', 'Customer satisfied'],
    OPEN_CASE: ['转入处理流程', 'Open a complaint case'],
    SEE_OFF: ['送客', 'See the customer off'],
  },
  settings: { nearDays },
  owner: 'CS_MANAGER',
  handling: usualHandling,
  initial: 'received',
  states: {
    received: {
      label: ['来访', 'Visitor received'],
      assignee: role('COMPLAINT_SPECIALIST'),
      on: { GREET_VISITOR: { target: 'inquiring' } },
    },
    inquiring: {
      label: ['探询目的', 'Asking the purpose'],
      assignee: role('COMPLAINT_SPECIALIST'),
      on: {
        RECORD_PURPOSE: { target: 'recording', form: 'purpose' },
        // Without the other business the redirection would lead nowhere: the links are essential.
        NOT_A_COMPLAINT: [
          {
            target: 'redirected',
            form: 'redirection',
            guard: goesTo('AFTER_SALES', '售后服务', 'after-sales service'),
            opens: [{ process: 'after-sales-service-request', forms: () => ({}), essential: true }],
          },
          {
            target: 'redirected',
            form: 'redirection',
            guard: goesTo('RECEPTION', '客户接待', 'customer reception'),
            opens: [{ process: 'customer-reception', forms: () => ({}), essential: true }],
          },
        ],
      },
    },
    recording: {
      label: ['倾听记录', 'Listening and recording'],
      assignee: role('COMPLAINT_SPECIALIST'),
      on: {
        REGISTER_ACCEPTED: { target: 'comforting', form: ['registration1', 'registration2'], guard: accepted },
        REGISTER_DECLINED: { target: 'declineReview', form: 'registration1', revises: 'registration2', guard: declined },
      },
    },
    declineReview: {
      label: ['不予受理复核', 'Review of the refusal'],
      // 接待人 ≠ 复核人: not whoever opened the case, nor whoever registered the complaint.
      assignee: approver('COMPLAINT_SUPERVISOR', { distinctFrom: ['recording'] }),
      on: {
        CONFIRM_DECLINE: { target: 'departing', form: 'opinion' },
        OVERRULE_DECLINE: { target: 'comforting', form: ['registration1', 'opinion'], guard: accepted },
      },
    },
    comforting: {
      label: ['安慰客户', 'Comforting the customer'],
      assignee: role('COMPLAINT_SPECIALIST'),
      on: { CUSTOMER_CALMED: { target: 'analysing', form: 'comfort', guard: apologyFits } },
    },
    analysing: {
      label: ['分析问题', 'Analysing the problem'],
      assignee: role('COMPLAINT_SPECIALIST'),
      on: {
        SELF_HANDLE: { target: 'planCommunicating', form: 'assessment', guard: within('COMPLAINT_SPECIALIST', remedyAmount, ['assessment']) },
        REQUEST_ASSISTANCE: { target: 'managerAssist', form: 'assessment' },
      },
    },
    managerAssist: {
      label: ['协助处理', 'Manager assisting'],
      assignee: role('CS_MANAGER'),
      on: {
        PROPOSE_SOLUTION: { target: 'planCommunicating', form: ['solution', 'opinion'], guard: within('CS_MANAGER', compensation, ['solution']) },
        ESCALATE: { target: 'directorApproval', form: ['solution', 'opinion'], guard: above('CS_MANAGER', compensation, ['solution']) },
      },
    },
    directorApproval: {
      label: ['总监审批', 'Director approval'],
      assignee: approver('CS_DIRECTOR', { distinctFrom: ['managerAssist'] }),
      on: {
        APPROVE: { target: 'planCommunicating', form: 'opinion' },
        RETURN: { target: 'managerAssist', form: 'reason', startsRound: true },
      },
    },
    planCommunicating: {
      label: ['传达处理方案', 'Telling the customer the plan'],
      assignee: role('COMPLAINT_SPECIALIST'),
      on: {
        CUSTOMER_SATISFIED: { target: 'departing', form: 'communication', guard: satisfied },
        OPEN_CASE: {
          target: 'departing',
          form: 'communication',
          guard: either(not(satisfied, ['客户不满意', 'the customer is not satisfied']), investigationNeeded),
        },
      },
    },
    departing: {
      label: ['送客', 'Seeing the customer off'],
      assignee: role('COMPLAINT_SPECIALIST'),
      on: {
        SEE_OFF: [
          {
            target: 'resolvedOnSite',
            form: 'departure',
            guard: endsWith('CUSTOMER_SATISFIED', '当场办结', 'settled on the spot'),
            // 回访率 100%: what was settled on the spot is visited too.
            opens: [{ process: 'complaint-return-visit', forms: ({ data }) => ({ task: { customer: data.registration1?.customer } }), essential: true }],
          },
          {
            target: 'caseOpened',
            form: 'departure',
            guard: endsWith('OPEN_CASE', '转入处理流程', 'a complaint case'),
            opens: [
              {
                process: 'complaint-handling',
                forms: ({ data: { registration1, registration2 } }) => ({ registration1, registration2 }),
                essential: true,
              },
            ],
          },
          { target: 'notAccepted', form: 'departure', guard: endsWith('CONFIRM_DECLINE', '不予受理', 'not accepted') },
        ],
      },
    },
    resolvedOnSite: { type: 'final', label: ['当场办结', 'Resolved on the spot'], outcome: 'completed' },
    caseOpened: { type: 'final', label: ['转入处理流程', 'Complaint case opened'], outcome: 'completed' },
    notAccepted: { type: 'final', label: ['不予受理', 'Not accepted'], outcome: 'rejected' },
    redirected: { type: 'final', label: ['转其他业务', 'Redirected to other business'], outcome: 'cancelled' },
  },
})
