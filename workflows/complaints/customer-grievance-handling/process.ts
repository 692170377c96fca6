import { all, anyOf, approver, compareDecimals, type DataOf, defineProcess, fact, type Link, memberOf, role } from '../../../src/define/index.js'
import { decisionDays, decisionDue, Reason, reminders, usualHandling } from '../../common.js'
import { CountersignOpinion } from '../complaint-handling/forms.js'
import {
  GrievanceAnalysis,
  GrievanceDisposition,
  GrievanceEmergencyMeasure,
  GrievanceEscalation,
  GrievanceForm,
  GrievanceHandling,
  GrievancePrevention,
} from './forms.js'

const forms = {
  note: GrievanceForm,
  sheet: GrievanceHandling,
  measure: GrievanceEmergencyMeasure,
  analysis: GrievanceAnalysis,
  prevention: GrievancePrevention,
  countersignOpinion: CountersignOpinion,
  disposition: GrievanceDisposition,
  escalation: GrievanceEscalation,
  reason: Reason,
}
type Data = DataOf<typeof forms>

const sameCustomer = fact<Data>(
  ['处理表与抱怨表为同一客户', 'note and sheet are about the same customer'],
  ({ data: { note, sheet } }) => note !== undefined && note.customer === sheet?.customer,
  ['note', 'sheet'],
)
/** The terms are counted from the date of the sheet: it is neither older than the grievance nor still to come. */
const datedSoundly = fact<Data>(
  ['处理表日期不早于抱怨表、不晚于今天', 'the sheet is dated between the note and today'],
  ({ data: { note, sheet }, today }) => note !== undefined && sheet !== undefined && note.filledOn <= sheet.date && sheet.date <= today,
  ['note', 'sheet'],
)
const returnNamed = fact<Data>(
  ['退货须填数量、交货批号及出货单No.', 'a return names quantity, batch and shipping order'],
  ({ data: { sheet } }) => sheet?.kind !== 'RETURN' || (hasQuantity(sheet) && sheet.batchNo !== undefined && sheet.shippingNo !== undefined),
  ['sheet'],
)
/** 责任单位 does not judge its own case. */
const countersignedByOthers = fact<Data>(
  ['已选会签部门，且不含责任单位', 'there are countersigning departments, and none is the responsible unit'],
  ({ data: { sheet } }) => {
    const departments = sheet?.countersignDepartments ?? []
    return departments.length > 0 && departments.every((department) => department !== sheet?.responsibleUnit)
  },
  ['sheet'],
)
const hasQuantity = ({ quantity }: GrievanceHandling) => quantity !== undefined && compareDecimals(quantity, '0') > 0

const defectRateFits = fact<Data>(
  ['不良率 = 不良数量÷数量；无数量则无不良率', 'the defect rate is the defective quantity over the quantity; without a quantity there is none'],
  ({ data: { sheet, analysis } }) => {
    if (sheet === undefined || analysis === undefined) return false
    const { defectiveQuantity, defectRate } = analysis
    if (!hasQuantity(sheet)) return defectiveQuantity === undefined && defectRate === undefined
    return defectiveQuantity !== undefined && defectRate !== undefined && isShare(defectRate, defectiveQuantity, sheet.quantity!)
  },
  ['sheet', 'analysis'],
)
/** Is `rate` percent what `part` is of `whole`: exactly, or rounded to two decimals? */
function isShare(rate: string, part: string, whole: string): boolean {
  if (compareDecimals(part, whole) > 0) return false
  const [rated, parts, wholes] = [tenThousandths(rate), tenThousandths(part), tenThousandths(whole)]
  const difference = 1_000_000n * parts - rated * wholes
  const half = 50n * wholes
  return difference === 0n || (rated % 100n === 0n && -half <= difference && difference < half)
}
/** A decimal of a form has at most four places. */
function tenThousandths(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.padEnd(4, '0'))
}

const followUpAdded = fact<Data>(
  ['已填跟进行动，抱怨表其余内容不变', 'the follow-up is written down, and nothing else in the note has changed'],
  ({ before, data: { note } }) => note?.followUpDone !== undefined && changedIn(before.note, note).every((field) => field === 'followUpDone'),
  ['note'],
)
function changedIn(before: GrievanceForm | undefined, now: GrievanceForm): string[] {
  const [old, fresh] = [{ ...before } as Record<string, unknown>, { ...now } as Record<string, unknown>]
  return Object.keys({ ...old, ...fresh }).filter((field) => old[field] !== fresh[field])
}
const promiseToCome = fact<Data>(
  ['承诺办理期限不早于今天', 'the promised deadline is not in the past'],
  ({ data: { escalation }, today }) => escalation !== undefined && escalation.promisedDeadline >= today,
  ['escalation'],
)

/** 急件 is due sooner. The terms run from the date of the sheet, so that a return gives no more time. */
const settings = {
  urgentMeasureDays: { label: ['急件应急措施期限（工作日）', 'Working days for the emergency measure, urgent'], value: 1 },
  measureDays: { label: ['应急措施期限（工作日）', 'Working days for the emergency measure'], value: 3 },
  urgentAnalysisDays: { label: ['急件分析期限（工作日）', 'Working days for the analysis, urgent'], value: 2 },
  analysisDays: { label: ['分析期限（工作日）', 'Working days for the analysis'], value: 5 },
  urgentPreventionDays: { label: ['急件防止再发对策期限（工作日）', 'Working days for the prevention, urgent'], value: 4 },
  preventionDays: { label: ['防止再发对策期限（工作日）', 'Working days for the prevention'], value: 7 },
  urgentGrievanceDays: { label: ['急件办结期限（工作日）', 'Working days for the whole grievance, urgent'], value: 5 },
  grievanceDays: { label: ['办结期限（工作日）', 'Working days for the whole grievance'], value: 10 },
  opinionDays: { label: ['会签期限（工作日）', 'Working days for the countersigning opinions'], value: 2 },
  decisionDays,
} as const
const term =
  (urgent: keyof typeof settings, normal: keyof typeof settings) =>
  ({ sheet }: Data) =>
    sheet && { workingDays: sheet.urgency === 'URGENT' ? urgent : normal, from: sheet.date }
const caseDue = term('urgentGrievanceDays', 'grievanceDays')
/** A department answers for itself, and nobody in its place: it is reminded, and the supervisor hears of it. */
const heard = { ladder: reminders, notifies: ['COMPLAINT_SUPERVISOR'] } as const

const concerned = { notNamedIn: ['sheet.concerned'] }
const classifier = anyOf(role('COMPLAINT_SPECIALIST', concerned), role('AFTER_SALES_SPECIALIST', concerned))
const responsible = memberOf('RESPONSIBLE_DEPT', 'sheet.responsibleUnit')
/** Neither whoever prepared the case or answered for it, nor whoever its papers name: deeds lapse with their round, names stand while their paper does. */
const prepared = ['noted', 'emergencyAction', 'causeAnalysis', 'prevention']
const named = ['note.filledBy', 'sheet.owner', 'sheet.concerned', 'measure.owner', 'analysis.owner', 'prevention.owner']
const judge = approver('COMPLAINT_SUPERVISOR', { distinctFrom: [...prepared, 'countersigning'], notNamedIn: named, notMemberOf: ['sheet.responsibleUnit'] })

/** L8: 客户投诉登记表一 from the note, the sheet and what the supervisor adds; accepted, since the supervisor has decided so. */
const complaint: Link<Data> = {
  process: 'complaint-handling',
  forms: ({ data: { note, sheet, escalation }, today }) => ({
    registration1: {
      acceptedOn: today,
      customer: sheet?.customer,
      complaintType: escalation?.complaintType,
      phone: escalation?.phone,
      reason: note?.abstract,
      customerDemand: note?.actionNeeded,
      acceptance: 'ACCEPTED',
      promisedDeadline: escalation?.promisedDeadline,
      remark: escalation?.reason,
    },
  }),
  essential: true,
}

export default defineProcess({
  id: 'customer-grievance-handling',
  version: 1,
  title: ['客户抱怨处理', 'Customer grievance handling'],
  source: 'catalogue page 6; 002 ch6 十四, 十五 (forms); ch5 二2',
  forms,
  startedBy: anyOf(role('AFTER_SALES_SPECIALIST'), role('COMPLAINT_SPECIALIST')),
  startsWith: 'note',
  customerOf: ({ note }) => note?.customer,
  dueOf: caseDue,
  after: { GRIEVANCE_DUE: { label: ['抱怨办结期限', 'The grievance is due'], due: caseDue, ...heard } },
  events: {
    CLASSIFY: ['分类', 'Classify'],
    MEASURE_TAKEN: ['已采取应急措施', 'Emergency measure taken'],
    SUBMIT_ANALYSIS: ['提交原因与不良率分析', 'Submit the analysis'],
    SUBMIT_PREVENTION: ['提交防止再发对策', 'Submit the prevention'],
    DECIDE: ['签署处理意见', 'Decide'],
    ESCALATE_TO_COMPLAINT: ['升级为投诉', 'Escalate to a complaint'],
    FOLLOW_UP_DONE: ['跟进完成', 'Follow-up done'],
  },
  settings,
  owner: 'CS_MANAGER',
  handling: usualHandling,
  // What is countersigned and decided is the whole sheet; whoever wrote a line of it does neither.
  material: ['note', 'sheet', 'measure', 'analysis', 'prevention'],
  initial: 'noted',
  states: {
    noted: {
      label: ['已记录', 'Noted'],
      assignee: classifier,
      on: {
        // Whoever classifies chooses who countersigns: the responsible unit has no say in it.
        CLASSIFY: {
          target: 'emergencyAction',
          form: 'sheet',
          revises: 'note',
          guard: all(sameCustomer, datedSoundly, returnNamed, countersignedByOthers),
        },
      },
    },
    emergencyAction: {
      label: ['应急措施', 'Emergency measure'],
      assignee: responsible,
      on: { MEASURE_TAKEN: { target: 'causeAnalysis', form: 'measure' } },
      after: { MEASURE_DUE: { label: ['应急措施期限', 'The emergency measure is due'], due: term('urgentMeasureDays', 'measureDays'), ...heard } },
    },
    causeAnalysis: {
      label: ['原因与不良率分析', 'Cause and defect-rate analysis'],
      assignee: responsible,
      on: { SUBMIT_ANALYSIS: { target: 'prevention', form: 'analysis', guard: defectRateFits } },
      after: { ANALYSIS_DUE: { label: ['分析期限', 'The analysis is due'], due: term('urgentAnalysisDays', 'analysisDays'), ...heard } },
    },
    prevention: {
      label: ['防止再发对策', 'Recurrence prevention'],
      assignee: responsible,
      on: { SUBMIT_PREVENTION: { target: 'countersigning', form: 'prevention' } },
      after: { PREVENTION_DUE: { label: ['防止再发对策期限', 'The prevention is due'], due: term('urgentPreventionDays', 'preventionDays'), ...heard } },
    },
    countersigning: {
      type: 'countersign',
      label: ['会签', 'Countersigning'],
      voters: { departments: 'sheet.countersignDepartments', as: 'COUNTERSIGN_DEPT', distinctFrom: prepared, notNamedIn: named },
      sign: 'GIVE_OPINION',
      form: 'countersignOpinion',
      // ALL_OPINIONS_IN of the page is no act of anybody: the last opinion leads on by itself. A disagreement does not block, the supervisor reads it.
      onDone: 'disposition',
      after: { OPINIONS_DUE: { label: ['会签期限', 'The opinions are due'], due: { workingDays: 'opinionDays' }, ...heard } },
    },
    disposition: {
      label: ['处理意见', 'Disposition'],
      assignee: judge,
      on: {
        DECIDE: { target: 'followUp', form: 'disposition' },
        RETURN: { target: 'causeAnalysis', form: 'reason', startsRound: true },
        ESCALATE_TO_COMPLAINT: { target: 'escalated', form: 'escalation', guard: promiseToCome, opens: [complaint] },
      },
      after: { DECISION_DUE: decisionDue },
    },
    followUp: {
      label: ['跟进', 'Follow-up'],
      assignee: role('COMPLAINT_SPECIALIST'),
      on: { FOLLOW_UP_DONE: { target: 'closed', form: 'note', guard: followUpAdded } },
    },
    closed: { type: 'final', label: ['办结', 'Closed'], outcome: 'completed' },
    escalated: { type: 'final', label: ['转投诉', 'Escalated to a complaint'], outcome: 'completed' },
  },
})
