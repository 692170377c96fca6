import { applicant, approver, type DataOf, defineProcess, fact, role } from '../../../src/define/index.js'
import { Opinion, Reason, usualHandling } from '../../common.js'
import { GiftPlan } from './forms.js'

const forms = { plan: GiftPlan, opinion: Opinion, reason: Reason }
type Data = DataOf<typeof forms>

/** A number names one line: what a gift application draws on must not be in doubt. */
const linesDistinct = fact<Data>(
  ['行号不重复', 'no two lines have the same number'],
  ({ data: { plan } }) => plan !== undefined && new Set(plan.rows.map(({ lineNo }) => lineNo)).size === plan.rows.length,
  ['plan'],
)

// 填表人 ≠ 主管 ≠ 经理: three boxes, three persons.
const supervisor = approver('RELATIONS_SUPERVISOR')
const manager = approver('CS_MANAGER', { distinctFrom: ['supervisorSignature'] })

/** A plan names many customers, so that its case belongs to none of them. */
export default defineProcess({
  id: 'gift-plan-approval',
  version: 1,
  title: ['礼品馈赠计划', 'Gift-giving plan'],
  source: 'catalogue page 12; 002 ch3 十九 (form with signature line 经理/主管/填表人)',
  forms,
  startedBy: role('RELATIONS_SPECIALIST'),
  startsWith: 'plan',
  owner: 'CS_MANAGER',
  handling: usualHandling,
  withdrawal: { from: ['supervisorSignature', 'managerSignature'], to: 'draft', until: 'FIRST_APPROVAL', form: 'reason' },
  // A plan in force may be taken back by those who put it in force; gifts that draw on it look for that.
  revocable: { days: 30 },
  initial: 'draft',
  states: {
    draft: {
      label: ['填写', 'Drafting the plan'],
      assignee: applicant,
      // Every line is valued: the form takes no other.
      on: { SUBMIT: { target: 'supervisorSignature', revises: 'plan', guard: linesDistinct, resubmits: true } },
    },
    supervisorSignature: {
      label: ['主管签署', 'Signature of the supervisor'],
      assignee: supervisor,
      on: {
        SIGN: { target: 'managerSignature', form: 'opinion' },
        RETURN: { target: 'draft', form: 'reason', startsRound: true },
      },
    },
    managerSignature: {
      label: ['经理签署', 'Signature of the manager'],
      assignee: manager,
      on: {
        // 预算价值 reserved: from here on the lines stand as they are, for gift applications to draw on.
        SIGN: { target: 'approved', form: 'opinion' },
        RETURN: { target: 'draft', form: 'reason', startsRound: true },
        REJECT: { target: 'rejected', form: 'reason' },
      },
    },
    approved: { type: 'final', label: ['计划生效', 'Plan in force'], outcome: 'completed' },
    rejected: { type: 'final', label: ['否决', 'Rejected'], outcome: 'rejected' },
  },
})
