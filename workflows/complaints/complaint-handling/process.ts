import {
  above,
  all,
  anyOf,
  approver,
  type Condition,
  childrenEnded,
  compareDecimals,
  type DataOf,
  defineProcess,
  either,
  fact,
  type Label,
  type Link,
  largestOf,
  memberOf,
  noOpenChild,
  not,
  role,
  sameAmount,
  sumOf,
  system,
  within,
} from '../../../src/define/index.js'
import { decisionDays, decisionDue, inWriting, Opinion, Reason, reminders, usualHandling } from '../../common.js'
import { ComplaintRegistration1, ComplaintRegistration2, ComplaintSolution } from '../complaint-reception/forms.js'
import { attemptSettings, enoughAttempts } from '../complaint-return-visit/attempts.js'
import { ReturnVisitRecord, ReturnVisitUnreachable } from '../complaint-return-visit/forms.js'
import { nearDays, promisedTerm } from '../promise.js'
import {
  ComplaintAnalysis,
  ComplaintClassification,
  ComplaintClosing,
  ComplaintHandlingForm,
  ComplaintHandlingRecord,
  ComplaintHandlingReport,
  ComplaintImprovement,
  ComplaintInvestigation,
  ComplaintInvestigationReport,
  ComplaintLiability,
  ComplaintLitigation,
  ComplaintNotice,
  ComplaintRemedy,
  ComplaintTakeover,
  CountersignOpinion,
  CustomerStatement,
} from './forms.js'

const forms = {
  registration1: ComplaintRegistration1,
  registration2: ComplaintRegistration2,
  classification: ComplaintClassification,
  notice: ComplaintNotice,
  takeover: ComplaintTakeover,
  survey: ComplaintInvestigation,
  record: ComplaintHandlingRecord,
  investigationReport: ComplaintInvestigationReport,
  liability: ComplaintLiability,
  handlingForm: ComplaintHandlingForm,
  analysis: ComplaintAnalysis,
  solution: ComplaintSolution,
  remedy: ComplaintRemedy,
  countersignOpinion: CountersignOpinion,
  statement: CustomerStatement,
  visitRecord: ReturnVisitRecord,
  unreachable: ReturnVisitUnreachable,
  improvement: ComplaintImprovement,
  report: ComplaintHandlingReport,
  litigation: ComplaintLitigation,
  closing: ComplaintClosing,
  opinion: Opinion,
  reason: Reason,
}
type Data = DataOf<typeof forms>

const promised = ({ registration1, notice }: Data) => registration1?.promisedDeadline ?? notice?.promisedDeadline
const daysFor = { CRITICAL: 'criticalDays', URGENT: 'urgentDays', NORMAL: 'normalDays' } as const
/** 特急, 急 or 普通; what nobody has classified yet is ordinary. */
const usualDays = ({ classification }: Data) => daysFor[classification?.urgency ?? 'NORMAL']
/** Where nothing has been promised yet, the usual term runs from the day of acceptance. */
const caseDue = (data: Data) => promised(data) ?? { workingDays: usualDays(data), from: data.registration1?.acceptedOn }

/** max(索赔金额, 损失金额), and what the plan itself would pay: none of the three may slip past a limit. */
const amountAtStake = ({ remedy, notice, solution }: Data) =>
  remedy && largestOf([remedy.claimAmount, remedy.lossAmount, notice?.claimAmount, solution?.compensation])
/** 特急, or 情节程度 严重: above the manager's authority whatever the amount. */
const grave = fact<Data>(
  ['特急或情节严重', 'critical or serious'],
  ({ data: { classification, record } }) => classification?.urgency === 'CRITICAL' || record?.severity === 'SERIOUS',
)
const registerComplete = fact<Data>(
  ['登记完整（受理并填写承诺办理期限）', 'the register is complete: accepted, with the promised deadline'],
  ({ data: { registration1 } }) => registration1?.acceptance === 'ACCEPTED' && registration1.promisedDeadline !== undefined,
  ['registration1'],
)
const departmentNamed = fact<Data>(['已确定问题发生部门', 'the responsible department is named'], ({ data }) => data.notice?.problemDepartment !== undefined, [
  'notice',
])
const noticeNumbered = fact<Data>(['已填发文号', 'the notice has its document number'], ({ data }) => data.notice?.documentNo !== undefined, ['notice'])
/** 承办人, 承办主管 and 查证人 are three boxes for three people. */
const threePeople = fact<Data>(
  ['承办人、承办主管与查证人各为一人', 'handler, handling supervisor and verifier are three people'],
  ({ data: { record } }) => record?.verifier !== undefined && new Set([record.handler, record.handlingSupervisor, record.verifier]).size === 3,
  ['record'],
)
const sharesAddUp = fact<Data>(
  ['责任比率合计100%', 'the shares add up to 100%'],
  ({ data }) => sameAmount(sumOf((data.liability?.shares ?? []).map(({ ratio }) => ratio)), '100'),
  ['liability'],
)
const termsAgreed = fact<Data>(['已记录最后对策', 'the final measure is on record'], ({ data }) => data.record?.finalMeasure !== undefined, ['record'])
const roundsLeft = fact<Data>(['协商轮次未用完', 'rounds are left'], ({ round, settings }) => round < (settings['maxRounds'] ?? 5))
const goodsComeBack = fact<Data>(['处理方式为退货或换货', 'the goods are returned or exchanged'], ({ data }) =>
  ['RETURN', 'EXCHANGE'].includes(data.remedy?.disposition ?? ''),
)
const goodsAreRepaired = fact<Data>(['处理方式为维修', 'the goods are repaired'], ({ data }) => data.remedy?.disposition === 'REPAIR')
const measuresWritten = fact<Data>(
  ['已填公司对策及实施要领', 'the countermeasure and its points are written down'],
  ({ data: { notice } }) => notice?.companyCountermeasure !== undefined && notice.implementationPoints !== undefined,
  ['notice'],
)
const observed = fact<Data>(
  ['已填营业部观察结果及实际处理期限', 'the observation and the actual term are written down'],
  ({ data: { notice } }) => notice?.salesDeptObservation !== undefined && notice.actualDeadline !== undefined,
  ['notice'],
)
const analysisComplete = fact<Data>(
  ['投诉分析表已填完', 'the analysis sheet is complete'],
  ({ data: { analysis } }) => analysis?.expectationMet !== undefined && analysis.mainMeasures !== undefined,
  ['analysis'],
)
const reportDatesFit = fact<Data>(
  ['案件办结日不早于接到投诉日', 'not closed before it was received'],
  ({ data: { report } }) => report !== undefined && report.closedOn >= report.receivedOn,
  ['report'],
)
const obligationRemains = fact<Data>(['仍有履行义务', 'an obligation remains'], ({ data }) => data.litigation?.obligationRemains === true, ['litigation'])

/** 回访: its three results, recorded here by a visitor or told by the return visit that was opened for it. */
const visitEnded = (label: Label, state?: string) => childrenEnded(label, 'complaint-return-visit', state === undefined ? undefined : [state])
const recordSays = (satisfied: boolean, label: Label) =>
  fact<Data>(
    label,
    ({ data: { visitRecord } }) => visitRecord?.satisfied === satisfied && visitRecord.resultFedBack !== undefined && visitRecord.customerOpinion !== undefined,
    ['visitRecord'],
  )
const nobodyReached = fact<Data>(
  ['联系次数已用完，且未问到是否满意', 'all attempts are used, and nobody could be asked'],
  ({ data: { visitRecord, unreachable }, settings }) =>
    visitRecord !== undefined && visitRecord.satisfied === undefined && enoughAttempts(unreachable?.attempts ?? [], settings),
  ['visitRecord', 'unreachable'],
)
const visitRecorded = either<Data>(
  fact(['本案已记录回访', 'a return visit is recorded in the case'], ({ decisions }) => decisions.some(({ state }) => state === 'returnVisiting')),
  visitEnded(['回访已办结', 'the return visit has ended']),
)

/** All five for goods; for a service complaint the customer department, the department at fault, and finance when money is at stake. */
const goods = fact<Data>(['商品投诉', 'a goods complaint'], ({ data }) => data.classification?.complaintType === 'GOODS')
const moneyAtStake = fact<Data>(['涉及金额', 'money is at stake'], ({ data }) => compareDecimals(amountAtStake(data) ?? '0', '0') > 0)
const departmentAnswers = fact<Data>(
  ['服务投诉且已确定问题发生部门', 'a service complaint whose department is named'],
  ({ data }) => data.classification?.complaintType !== 'GOODS' && data.notice?.problemDepartment !== undefined,
)

/** 被投诉人 may not handle the complaint. */
const impartial = { notNamedIn: ['classification.complainedOf'] }
/** 承办人 ≠ 查证人: whoever the record names as verifier handles nothing. */
const unverified = { notNamedIn: ['classification.complainedOf', 'record.verifier'] }
const specialist = role('COMPLAINT_SPECIALIST', unverified)
const supervisor = role('COMPLAINT_SUPERVISOR', impartial)
/** 承办主管 ≠ 承办人: neither whoever opened the case nor whoever classified it. */
const noticeReviewer = approver('COMPLAINT_SUPERVISOR', { distinctFrom: ['registered'], ...impartial })
/** The supervisor who agrees that the fault lies elsewhere did not handle or verify the case. */
const confirmer = role('COMPLAINT_SUPERVISOR', { notNamedIn: ['classification.complainedOf', 'record.handler', 'record.verifier'] })
const responsible = memberOf('RESPONSIBLE_DEPT', 'notice.problemDepartment', impartial)
/** 承办人 ≠ 查证人 ≠ 回访人 ≠ 结案人. By what they did, and by what the record says: deeds lapse with their round, the record stays. */
const handled = ['registered', 'investigating', 'causeVerdict', 'planDrafting']
const named = ['record.handler', 'record.verifier']
const independent = { distinctFrom: [...handled, 'negotiating', 'explaining'], notNamedIn: named }
const visitor = anyOf(approver('COMPLAINT_SPECIALIST', independent), approver('CALL_CENTER_AGENT', independent))
/** The manager may have declared a negotiation failed, which is no handling. */
const closer = approver('CS_MANAGER', { distinctFrom: [...handled, 'returnVisiting', 'reporting'], notNamedIn: named })
/** A department signs for itself, and not its own plan; whoever holds two seats signs each of them on its own. */
const department = (of: 'CUSTOMER_DEPT' | 'MARKETING' | 'PRODUCTION' | 'QUALITY' | 'FINANCE') => role(of, { distinctFrom: ['planDrafting'] })

interface Move {
  readonly target?: string
  readonly guard?: Condition<Data>
  readonly form?: string | readonly string[]
}
/** TAKE_OVER makes the supervisor the handler: what handlers do, the supervisor may then do too. */
const takenOver = fact<Data>(['主管已接办', 'the supervisor has taken the case over'], ({ decisions }) =>
  decisions.some(({ action }) => action === 'TAKE_OVER'),
)
const byHandler = <const M extends Move>(move: M) =>
  [move, { ...move, by: role('COMPLAINT_SUPERVISOR', unverified), guard: move.guard ? all<Data>(takenOver, move.guard) : takenOver }] as const
/** 退货, 换货 and 维修 are processes of their own; the other dispositions need none. */
const withDisposition = <const M extends Move & { readonly guard: Condition<Data> }>(move: M) =>
  [
    { ...move, guard: all<Data>(move.guard, goodsComeBack), opens: [{ process: 'product-return-exchange', forms: () => ({}) }] },
    { ...move, guard: all<Data>(move.guard, goodsAreRepaired), opens: [{ process: 'product-repair', forms: () => ({}) }] },
    move,
  ] as const
/** 回访率 100%. The visit is told whom it must not be made by. */
const returnVisit: Link<Data> = {
  process: 'complaint-return-visit',
  forms: ({ data: { registration1, record } }) => ({
    task: { customer: registration1?.customer, handlers: [record?.handler, record?.verifier].filter((person) => person !== undefined) },
  }),
}
/** 追踪: the head of its sheet is what is known when the notice goes out. */
const tracking: Link<Data> = {
  process: 'complaint-case-tracking',
  forms: ({ data: { registration1, registration2, notice }, today }) => ({
    sheet: {
      filledOn: today,
      acceptedOn: registration1?.acceptedOn,
      docNo: notice?.documentNo,
      customer: registration1?.customer,
      content: notice?.content,
      manufacturingDept: notice?.problemDepartment,
      promisedDeadline: registration1?.promisedDeadline ?? notice?.promisedDeadline,
    },
    delivery: registration2 && { productSpec: registration2.rows[0]?.goods },
  }),
}
/** A visitor who records the visit here ends the return visit that is still open for it. */
const endOpenVisit = [{ to: 'complaint-return-visit', event: 'SETTLED_IN_CASE' }]

export default defineProcess({
  id: 'complaint-handling',
  version: 1,
  title: ['客户投诉处理流程', 'Complaint handling (case)'],
  source: 'catalogue page 2; 002 ch6 十七, forms 三–十二, duties ch6 一/二; 001 第十二–十四条; 003 第三篇; 000 第5篇',
  forms,
  startedBy: anyOf(role('COMPLAINT_SPECIALIST'), role('CALL_CENTER_AGENT')),
  startsWith: 'registration1',
  customerOf: ({ registration1 }) => registration1?.customer,
  dueOf: caseDue,
  after: promisedTerm(promised, caseDue, [{ to: 'complaint-case-tracking', event: 'DEADLINE_OVERDUE' }]),
  events: {
    CLASSIFY: ['分类并起草通知单', 'Classify and draft the notice'],
    DECLINE_ACCEPTANCE: ['不予受理', 'Decline acceptance'],
    WITHDRAW_BY_CUSTOMER: ['客户撤诉', 'Withdrawn by the customer'],
    ISSUE_NOTICE: ['签发通知单', 'Issue the notice'],
    TAKE_OVER: ['主管接办', 'Take over'],
    SUBMIT_INVESTIGATION: ['提交调查结果', 'Submit the investigation'],
    REASSIGN_DEPT: ['改派处理部门', 'Reassign the department'],
    CAUSE_OWN: ['己方原因', 'Own fault'],
    CAUSE_NOT_OWN: ['非己方原因', 'Not our fault'],
    INSUFFICIENT_EVIDENCE: ['证据不足', 'Insufficient evidence'],
    SUBMIT_PLAN: ['提出处理方案', 'Submit the plan'],
    CUSTOMER_ACCEPTS: ['客户接受', 'Customer accepts'],
    CUSTOMER_REJECTS: ['客户不接受', 'Customer rejects'],
    NEGOTIATION_FAILED: ['协商不成', 'Negotiation failed'],
    NEW_EVIDENCE: ['出现新证据', 'New evidence'],
    REPORT_EXECUTION: ['报告执行情况', 'Report the execution'],
    CONFIRM_EXECUTION: ['确认对策实施', 'Confirm the execution'],
    EXECUTION_DEFECTIVE: ['对策实施不合格', 'Execution defective'],
    VISIT_SATISFIED: ['回访满意', 'Visit: satisfied'],
    VISIT_DISSATISFIED: ['回访不满意', 'Visit: dissatisfied'],
    VISIT_UNREACHABLE: ['回访无法联系', 'Visit: unreachable'],
    CONFIRM_IMPROVEMENT: ['确认改进', 'Confirm the improvement'],
    NO_IMPROVEMENT_NEEDED: ['无须改进', 'No improvement needed'],
    CLOSE_CASE: ['结案', 'Close the case'],
    SETTLED_OR_JUDGED: ['和解或判决', 'Settled or judged'],
  },
  settings: {
    maxRounds: { label: ['最多协商轮次', 'Rounds before negotiation ends'], value: 5 },
    ...attemptSettings,
    nearDays,
    decisionDays,
    criticalDays: { label: ['特急件期限（工作日）', 'Working days for a critical complaint'], value: 1 },
    urgentDays: { label: ['急件期限（工作日）', 'Working days for an urgent complaint'], value: 3 },
    normalDays: { label: ['普通件期限（工作日）', 'Working days for an ordinary complaint'], value: 7 },
    opinionDays: { label: ['会签期限（工作日）', 'Working days for the countersigning opinions'], value: 2 },
  },
  tells: {
    onMove: [{ to: 'complaint-case-tracking', event: 'STAGE_STAMP' }],
    onEnd: [{ to: 'complaint-case-tracking', event: 'CASE_CLOSED' }],
  },
  owner: 'CS_MANAGER',
  handling: usualHandling,
  initial: 'registered',
  states: {
    registered: {
      label: ['已登记', 'Registered'],
      assignee: specialist,
      on: {
        CLASSIFY: { target: 'noticeReview', form: ['classification', 'notice'], revises: ['registration1', 'registration2'], guard: registerComplete },
        // 理由 is what the form of the act asks for.
        DECLINE_ACCEPTANCE: { target: 'notAccepted', by: approver('COMPLAINT_SUPERVISOR'), form: 'reason', revises: 'registration1' },
        WITHDRAW_BY_CUSTOMER: { target: 'withdrawn', form: 'statement' },
      },
    },
    noticeReview: {
      label: ['通知单审核', 'Review of the notice'],
      assignee: noticeReviewer,
      on: {
        ISSUE_NOTICE: {
          target: 'investigating',
          form: ['notice', 'opinion'],
          guard: all(departmentNamed, noticeNumbered),
          opens: [tracking],
        },
        // The form knows no other ground than the two of the duties, so that no guard is left to add.
        TAKE_OVER: { target: 'investigating', form: 'takeover', revises: 'notice' },
        RETURN: { target: 'registered', form: 'reason', startsRound: true },
      },
      after: { DECISION_DUE: decisionDue },
    },
    investigating: {
      label: ['查明原因和责任方', 'Establishing cause and responsible party'],
      assignee: anyOf(memberOf('RESPONSIBLE_DEPT', 'notice.problemDepartment', unverified), specialist),
      on: {
        SUBMIT_INVESTIGATION: byHandler({ target: 'causeVerdict', form: ['survey', 'record'], revises: 'investigationReport', guard: threePeople }),
        // Entered anew, so that the task goes to the new department.
        REASSIGN_DEPT: { target: 'investigating', by: supervisor, form: ['notice', 'reason'], guard: departmentNamed },
      },
      // 立即调查 (001 第十三条): it begins at once, and has to be done by the urgency of the complaint.
      after: {
        INVESTIGATION_DUE: {
          label: ['调查期限', 'The investigation is due'],
          due: (data) => ({ workingDays: usualDays(data) }),
          ladder: reminders,
          notifies: ['COMPLAINT_SUPERVISOR'],
        },
      },
    },
    causeVerdict: {
      label: ['责任判定', 'Verdict on the cause'],
      assignee: specialist,
      on: {
        CAUSE_OWN: byHandler({ target: 'planDrafting', form: 'liability', guard: sharesAddUp }),
        CAUSE_NOT_OWN: { target: 'explaining', by: confirmer, form: 'opinion' },
        INSUFFICIENT_EVIDENCE: { target: 'investigating', by: supervisor, form: 'reason', startsRound: true },
      },
    },
    planDrafting: {
      label: ['提出处理方案', 'Drafting the plan'],
      assignee: specialist,
      // 处理方式 and 金额 are required fields of the remedy.
      on: { SUBMIT_PLAN: byHandler({ target: 'countersigning', form: ['handlingForm', 'analysis', 'solution', 'remedy'] }) },
    },
    countersigning: {
      type: 'countersign',
      label: ['相关部门会签', 'Countersigning'],
      sign: 'GIVE_OPINION',
      form: 'countersignOpinion',
      seats: {
        CUSTOMER_DEPT: { label: ['客户部门', 'Customer department'], by: department('CUSTOMER_DEPT') },
        MARKETING: { label: ['营销部门', 'Marketing'], by: department('MARKETING'), when: goods },
        PRODUCTION: { label: ['生产部门', 'Production'], by: department('PRODUCTION'), when: goods },
        QUALITY: { label: ['质检部门', 'Quality inspection'], by: department('QUALITY'), when: goods },
        FINANCE: { label: ['财务部门', 'Finance'], by: department('FINANCE'), when: either(goods, moneyAtStake) },
        // The form prints no line for it: its opinion stands in the history of the case.
        RESPONSIBLE_DEPT: {
          label: ['责任部门', 'Responsible department'],
          by: memberOf('RESPONSIBLE_DEPT', 'notice.problemDepartment', { distinctFrom: ['planDrafting'], ...impartial }),
          when: departmentAnswers,
        },
      },
      onDone: 'managerApproval',
      // Nobody signs in the place of a department: it is reminded, and the supervisor hears of it.
      after: {
        OPINIONS_DUE: {
          label: ['会签期限', 'The opinions are due'],
          due: { workingDays: 'opinionDays' },
          ladder: reminders,
          notifies: ['COMPLAINT_SUPERVISOR'],
        },
      },
    },
    managerApproval: {
      label: ['客服经理审批', 'CS manager approval'],
      assignee: approver('CS_MANAGER', { distinctFrom: ['planDrafting'], ...impartial }),
      on: {
        APPROVE: {
          target: 'negotiating',
          guard: all(within('CS_MANAGER', amountAtStake), not(grave, ['非特急且情节不严重', 'neither critical nor serious'])),
          form: 'opinion',
        },
        APPROVE_AND_ESCALATE: { target: 'deputyGmInstruction', guard: either(above('CS_MANAGER', amountAtStake), grave), form: 'opinion' },
        RETURN: { target: 'planDrafting', form: 'reason', startsRound: true },
      },
      after: { DECISION_DUE: decisionDue },
    },
    deputyGmInstruction: {
      label: ['副总经理批示', 'Deputy GM instruction'],
      assignee: approver('DEPUTY_GENERAL_MANAGER', { distinctFrom: ['planDrafting', 'managerApproval'] }),
      on: {
        APPROVE: { target: 'negotiating', guard: all(within('DEPUTY_GENERAL_MANAGER', amountAtStake), inWriting), form: 'opinion' },
        APPROVE_AND_ESCALATE: { target: 'gmInstruction', guard: all(above('DEPUTY_GENERAL_MANAGER', amountAtStake), inWriting), form: 'opinion' },
        RETURN: { target: 'planDrafting', form: 'reason', startsRound: true },
      },
      after: { DECISION_DUE: decisionDue },
    },
    gmInstruction: {
      label: ['总经理批示', 'GM instruction'],
      assignee: approver('GENERAL_MANAGER', { distinctFrom: ['planDrafting', 'managerApproval', 'deputyGmInstruction'] }),
      on: {
        APPROVE: { target: 'negotiating', guard: inWriting, form: 'opinion' },
        RETURN: { target: 'planDrafting', form: 'reason', startsRound: true },
      },
      // Nobody stands above.
      after: { DECISION_DUE: { ...decisionDue, ladder: reminders } },
    },
    negotiating: {
      label: ['与客户协商', 'Negotiating with the customer'],
      assignee: specialist,
      on: {
        CUSTOMER_ACCEPTS: withDisposition({
          target: 'executing',
          form: ['record', 'statement'],
          revises: 'solution',
          guard: all(threePeople, termsAgreed),
        }).flatMap(byHandler),
        CUSTOMER_REJECTS: byHandler({
          target: 'planDrafting',
          form: ['record', 'statement'],
          revises: 'solution',
          guard: all(threePeople, roundsLeft),
          startsRound: true,
        }),
        NEGOTIATION_FAILED: { target: 'litigation', by: role('CS_MANAGER'), form: 'reason' },
      },
    },
    explaining: {
      label: ['非己方原因说明', 'Explaining that the fault is not ours'],
      assignee: specialist,
      on: {
        CUSTOMER_ACCEPTS: byHandler({ target: 'returnVisiting', form: 'statement', opens: [returnVisit] }),
        NEW_EVIDENCE: byHandler({ target: 'investigating', form: 'statement', startsRound: true }),
        NEGOTIATION_FAILED: { target: 'litigation', by: role('CS_MANAGER'), form: 'reason' },
      },
    },
    executing: {
      label: ['按方案执行', 'Executing the plan'],
      assignee: responsible,
      on: {
        REPORT_EXECUTION: byHandler({
          target: 'executionConfirming',
          form: 'notice',
          guard: all(
            noOpenChild(['退换货已办结', 'no return or exchange is open'], 'product-return-exchange'),
            noOpenChild(['维修已办结', 'no repair is open'], 'product-repair'),
            measuresWritten,
          ),
        }),
      },
    },
    executionConfirming: {
      label: ['对策实施确认', 'Confirming the execution'],
      // 实施人 ≠ 确认人.
      assignee: role('BUSINESS_DEPT', { distinctFrom: ['executing'] }),
      on: {
        CONFIRM_EXECUTION: { target: 'returnVisiting', form: ['notice', 'opinion'], guard: observed, opens: [returnVisit] },
        // No new round: what was agreed with the customer stands, and so does who handled the case.
        EXECUTION_DEFECTIVE: { target: 'executing', form: 'reason' },
      },
    },
    returnVisiting: {
      label: ['回访', 'Return visit'],
      assignee: visitor,
      on: {
        VISIT_SATISFIED: [
          { target: 'improving', form: 'visitRecord', guard: recordSays(true, ['客户满意', 'the customer is satisfied']), tells: endOpenVisit },
          { target: 'improving', by: system, guard: visitEnded(['回访结果为满意', 'the return visit ended satisfied'], 'satisfied') },
        ],
        VISIT_DISSATISFIED: [
          {
            target: 'investigating',
            form: 'visitRecord',
            guard: recordSays(false, ['客户不满意', 'the customer is dissatisfied']),
            tells: endOpenVisit,
            startsRound: true,
          },
          {
            target: 'investigating',
            by: system,
            guard: visitEnded(['回访结果为不满意', 'the return visit ended dissatisfied'], 'reopened'),
            startsRound: true,
          },
        ],
        VISIT_UNREACHABLE: [
          { target: 'improving', form: ['visitRecord', 'unreachable'], guard: nobodyReached, tells: endOpenVisit },
          { target: 'improving', by: system, guard: visitEnded(['回访无法联系', 'the return visit ended unreachable'], 'unreachable') },
        ],
      },
    },
    improving: {
      label: ['改进产品或服务', 'Improving product or service'],
      assignee: role('COMPLAINT_SUPERVISOR'),
      on: {
        CONFIRM_IMPROVEMENT: { target: 'reporting', form: ['improvement', 'opinion'], revises: ['survey', 'solution'] },
        NO_IMPROVEMENT_NEEDED: { target: 'reporting', form: 'reason' },
      },
    },
    reporting: {
      label: ['总结评价', 'Summing up'],
      assignee: specialist,
      on: {
        SUBMIT_REPORT: byHandler({ target: 'reportReview', form: ['report', 'analysis'], revises: 'solution', guard: all(analysisComplete, reportDatesFit) }),
      },
    },
    reportReview: {
      label: ['报告审阅', 'Review of the report'],
      assignee: closer,
      on: {
        CLOSE_CASE: { target: 'closed', form: ['closing', 'opinion'], guard: visitRecorded },
        RETURN: { target: 'reporting', form: 'reason', startsRound: true },
      },
      after: { DECISION_DUE: decisionDue },
    },
    litigation: {
      label: ['诉讼程序', 'Litigation'],
      assignee: role('CS_MANAGER'),
      on: {
        SETTLED_OR_JUDGED: [
          { target: 'executing', form: 'litigation', revises: 'solution', guard: obligationRemains },
          {
            target: 'reporting',
            form: 'litigation',
            revises: 'solution',
            guard: not(obligationRemains, ['无履行义务', 'no obligation remains']),
            // This way passes no returnVisiting, and yet no case is closed without a visit.
            opens: [returnVisit],
          },
        ],
      },
    },
    closed: { type: 'final', label: ['结案', 'Closed'], outcome: 'completed' },
    notAccepted: { type: 'final', label: ['不予受理', 'Not accepted'], outcome: 'rejected' },
    withdrawn: { type: 'final', label: ['客户撤诉', 'Withdrawn by the customer'], outcome: 'withdrawn' },
  },
})
