import { choice, date, decimal, form, paragraph, percent, phone, reference, references, signature, text } from '../../../src/define/index.js'
import { complaintType3 } from '../complaint-reception/forms.js'

export const grievanceUrgency = { NORMAL: ['普通件', 'Normal'], URGENT: ['急件', 'Urgent'] } as const
export const grievanceKind = { GRIEVANCE: ['抱怨', 'Grievance'], RETURN: ['退货', 'Return'] } as const

/** 客户抱怨表 (002 6.14). Filled in twice: the grievance at first, the follow-up at the end. */
@form('grievance-form', '客户抱怨表', 'Customer grievance note')
export class GrievanceForm {
  @reference('Customer', '客户', 'Customer') customer!: string
  @text('编号', 'No.') no!: string
  @reference('Employee', '填表人', 'Filled by') filledBy!: string
  @date('填写日期', 'Filled on') filledOn!: string
  @paragraph('抱怨摘要', 'Abstract') abstract!: string
  @paragraph('已采取行动', 'Action taken', { optional: true }) actionTaken?: string
  @paragraph('所需行动', 'Action needed') actionNeeded!: string
  @paragraph('已进行跟进行动', 'Follow-up done', { optional: true }) followUpDone?: string
}

/**
 * 客户抱怨处理表 (002 6.15): the head, and the first line of its table 项目 × (内容, 责任单位, 负责人). The other four lines are
 * papers of their own, since others write them: so none can be overwritten, and their owners can be kept from judging.
 */
@form('grievance-handling', '客户抱怨处理表', 'Grievance disposition sheet')
export class GrievanceHandling {
  @choice('件别', 'Urgency', grievanceUrgency) urgency!: keyof typeof grievanceUrgency
  @date('日期', 'Date') date!: string
  @reference('Customer', '客户名称', 'Customer') customer!: string
  @choice('类别', 'Kind', grievanceKind) kind!: keyof typeof grievanceKind
  @text('品名型号', 'Product and model') productModel!: string
  @decimal('数量', 'Quantity', { optional: true }) quantity?: string
  @text('交货批号', 'Delivery batch No.', { optional: true }) batchNo?: string
  @date('出货日期', 'Shipped on', { optional: true }) shippedOn?: string
  @text('出货单No.', 'Shipping order No.', { optional: true }) shippingNo?: string
  @paragraph('抱怨内容', 'Content of the grievance') content!: string
  /** One for the case: it answers every line of the table. */
  @reference('Department', '责任单位', 'Responsible unit') responsibleUnit!: string
  @reference('Employee', '负责人', 'Owner', { optional: true }) owner?: string
  /** Not printed: whoever of the responsible unit might be asked to judge, and whoever the grievance is about. */
  @references('Employee', '涉事人员', 'People concerned', { optional: true }) concerned?: string[]
  @references('Department', '会签部门', 'Countersigning departments', { optional: true }) countersignDepartments?: string[]
  @paragraph('备注', 'Remark', { optional: true }) remark?: string
  @signature(['noted'], '制表', 'Prepared by') preparedBy?: never
  @signature(['countersigning'], '会签部门签署', 'Countersigned') countersigned?: never
  @signature(['disposition'], '抱怨处理意见签署', 'Disposition signed') dispositionSigned?: never
}

/** 公司应急措施: the second line of the sheet. */
@form('grievance-emergency-measure', '公司应急措施', 'Emergency measure')
export class GrievanceEmergencyMeasure {
  @paragraph('公司应急措施', 'Emergency measure') measure!: string
  @reference('Employee', '负责人', 'Owner') owner!: string
}

/** 抱怨原因与不良率分析: the third line. */
@form('grievance-analysis', '抱怨原因与不良率分析', 'Cause and defect-rate analysis')
export class GrievanceAnalysis {
  @paragraph('抱怨原因', 'Cause') cause!: string
  @decimal('不良数量', 'Defective quantity', { optional: true }) defectiveQuantity?: string
  @percent('不良率', 'Defect rate', { optional: true }) defectRate?: string
  @reference('Employee', '负责人', 'Owner') owner!: string
}

/** 防止再发对策: the fourth line. */
@form('grievance-prevention', '防止再发对策', 'Recurrence prevention')
export class GrievancePrevention {
  @paragraph('防止再发对策', 'Measures') measures!: string
  @reference('Employee', '负责人', 'Owner') owner!: string
}

/** 抱怨处理意见: the last line, and who carries it out. */
@form('grievance-disposition', '抱怨处理意见', 'Disposition')
export class GrievanceDisposition {
  @paragraph('抱怨处理意见', 'Disposition') opinion!: string
  @reference('Employee', '负责人', 'Owner', { optional: true }) owner?: string
}

/** 转投诉: what 客户投诉登记表一 asks for and no paper of the grievance says. */
@form('grievance-escalation', '转投诉', 'Escalation to a complaint')
export class GrievanceEscalation {
  @choice('投诉类型', 'Complaint type', complaintType3, { name: 'ComplaintType3' }) complaintType!: keyof typeof complaintType3
  @phone('客户电话', 'Phone of the customer', { sensitivity: 'S2' }) phone!: string
  @date('承诺办理期限', 'Promised deadline') promisedDeadline!: string
  @paragraph('转投诉理由', 'Reason') reason!: string
}
