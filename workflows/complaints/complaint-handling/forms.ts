import {
  choice,
  choices,
  date,
  datetime,
  decimal,
  file,
  flag,
  form,
  integer,
  money,
  ownCase,
  paragraph,
  percent,
  phone,
  reference,
  references,
  rows,
  signature,
  text,
} from '../../../src/define/index.js'
import { complaintChannel4, complaintType3 } from '../complaint-reception/forms.js'

export const urgency3 = { CRITICAL: ['特急', 'Critical'], URGENT: ['急', 'Urgent'], NORMAL: ['普通', 'Normal'] } as const
export const complaintSeverity = { MINOR: ['轻微', 'Minor'], ORDINARY: ['一般', 'Ordinary'], SERIOUS: ['严重', 'Serious'] } as const
export const complaintSubject6 = {
  QUALITY: ['品质', 'Quality'],
  QUANTITY: ['数量', 'Quantity'],
  DELIVERY_TIME: ['货期', 'Delivery time'],
  ATTITUDE: ['态度', 'Attitude'],
  SERVICE: ['服务', 'Service'],
  OTHER: ['其他', 'Other'],
} as const
export const complaintCause = {
  SERIOUS: ['严重原因', 'Serious'],
  ACCIDENTAL: ['偶发原因', 'Accidental'],
  NEGLIGENCE: ['疏忽大意', 'Negligence'],
  FORCE_MAJEURE: ['不可抗拒原因', 'Force majeure'],
} as const
export const customerWish5 = {
  REPLACE_NEW: ['更换新品', 'Replace new'],
  REFUND: ['退款', 'Refund'],
  DISCOUNT: ['打折扣', 'Discount'],
  REPLACE_ON_SITE: ['至客户处更换', 'Replace on site'],
  OTHER: ['其他', 'Other'],
} as const
/** 处理方式, as on 客户投诉统计表 (002 6.6). */
export const complaintDisposition5 = {
  RETURN: ['退货', 'Return'],
  EXCHANGE: ['换货', 'Exchange'],
  DISCOUNT: ['折扣', 'Discount'],
  REPAIR: ['维修', 'Repair'],
  OTHER: ['其他', 'Other'],
} as const
export const takeoverGround = { SPECIAL_CUSTOMER: ['特殊客户', 'Special customer'], EMERGENCY: ['突发性事件', 'Emergency'] } as const
export const countersignStance = { AGREE: ['同意', 'Agree'], DISAGREE: ['不同意', 'Disagree'], AMEND: ['修改后同意', 'Amend'] } as const
/** A customer has no login: staff record what the customer says, with the proof (catalogue 0.3). */
export const customerEvidence = {
  SIGNATURE: ['签字', 'Signature'],
  RECORDING: ['录音', 'Recording'],
  LETTER: ['信函', 'Letter'],
  OTHER: ['其他', 'Other'],
} as const

/** 分类 (page 2, step 4): what the notice and the register do not print. Nobody complained of may handle the case. */
@form('complaint-classification', '投诉分类', 'Complaint classification')
export class ComplaintClassification {
  @choice('投诉类型', 'Complaint type', complaintType3, { name: 'ComplaintType3' }) complaintType!: keyof typeof complaintType3
  @choice('紧急程度', 'Urgency', urgency3, { name: 'Urgency3' }) urgency!: keyof typeof urgency3
  @references('Employee', '被投诉人', 'Persons complained of', { optional: true }) complainedOf?: string[]
}

/** 客户投诉处理通知单 (002 6.11). Filled in twice: the complaint and the term at first, the measures and what came of them at the end. */
@form('complaint-notice', '客户投诉处理通知单', 'Complaint handling notice')
export class ComplaintNotice {
  @text('发文号', 'Document No.', { optional: true }) documentNo?: string
  @date('填写日期', 'Filled on') filledOn!: string
  @ownCase('投诉编号', 'Complaint') complaint?: never
  @reference('Customer', '客户', 'Customer') customer!: string
  @reference('Department', '经办主管部门', 'Handling department') handlingDepartment!: string
  @paragraph('投诉内容', 'Content') content!: string
  @text('订单编号', 'Order No.', { optional: true }) orderNo?: string
  @reference('Department', '问题发生部门', 'Problem department', { optional: true }) problemDepartment?: string
  @date('订购日期', 'Ordered on', { optional: true }) orderedOn?: string
  @date('生产日期', 'Produced on', { optional: true }) producedOn?: string
  @integer('客户要求—索赔个数', 'Claim count', { optional: true }) claimCount?: number
  @money('客户要求—索赔金额', 'Claim amount', { optional: true }) claimAmount?: string
  @date('承诺处理期限', 'Promised deadline') promisedDeadline!: string
  @date('实际处理期限', 'Actual deadline', { optional: true }) actualDeadline?: string
  @paragraph('调查结果', 'Investigation result', { optional: true }) investigationResult?: string
  @choice('客户希望', 'Customer wish', customerWish5, { name: 'CustomerWish5' }) customerWish!: keyof typeof customerWish5
  @paragraph('公司对策', 'Company countermeasure', { optional: true }) companyCountermeasure?: string
  @paragraph('营业部观察结果', 'Sales dept observation', { optional: true }) salesDeptObservation?: string
  @paragraph('公司对策实施要领', 'Implementation points', { optional: true }) implementationPoints?: string
  @signature(['executionConfirming'], '对策实施确认', 'Implementation confirmed') implementationConfirmed?: never
}

/** 特殊客户, 突发性事件: the two grounds on which the supervisor takes a case over (duties 5 and 10). */
@form('complaint-takeover', '主管接办', 'Takeover by the supervisor')
export class ComplaintTakeover {
  @choice('接办理由', 'Ground', takeoverGround) ground!: keyof typeof takeoverGround
  @paragraph('说明', 'Note', { optional: true }) note?: string
}

export class ComplaintInvestigationRow {
  /** The sheet has room for several complaints; left empty it is this one. */
  @reference('Case', '受理案件—编号', 'Complaint', { optional: true }) complaint?: string
  @paragraph('受理案件—摘要', 'Abstract') abstract!: string
  @paragraph('发生原因', 'Cause') cause!: string
  @paragraph('处理经过', 'Handling') handling!: string
  @paragraph('建议—对策', 'Countermeasure', { optional: true }) countermeasure?: string
  @paragraph('建议—工作改进', 'Work improvement', { optional: true }) workImprovement?: string
}

/** 客户投诉调查表 (002 6.5). */
@form('complaint-investigation', '客户投诉调查表', 'Complaint investigation form')
export class ComplaintInvestigation {
  @text('投诉种类', 'Complaint kind') complaintKind!: string
  @date('填写日期', 'Filled on') filledOn!: string
  @rows(() => ComplaintInvestigationRow, '受理案件行', 'Rows') rows!: ComplaintInvestigationRow[]
}

/** 投诉处理记录表 (002 6.8). 情节程度 is a choice, because the limits ask for it; 最后对策 is known once the customer agrees. */
@form('complaint-handling-record', '投诉处理记录表', 'Complaint handling record')
export class ComplaintHandlingRecord {
  @ownCase('投诉编号', 'Complaint') complaint?: never
  @choice('投诉类型', 'Complaint type', complaintType3, { name: 'ComplaintType3' }) complaintType!: keyof typeof complaintType3
  @date('日期', 'Date') date!: string
  @reference('Employee', '承办人', 'Handler') handler!: string
  @reference('Employee', '承办主管', 'Handling supervisor') handlingSupervisor!: string
  @reference('Employee', '查证人', 'Verifier', { optional: true }) verifier?: string
  @text('投诉者—姓名', 'Complainant name', { sensitivity: 'S2' }) complainantName!: string
  @text('投诉者—公司名称', 'Complainant company', { optional: true }) complainantCompany?: string
  @text('投诉者—地址', 'Complainant address', { optional: true, sensitivity: 'S2' }) complainantAddress?: string
  @phone('投诉者—电话', 'Complainant phone', { optional: true, sensitivity: 'S2' }) complainantPhone?: string
  @text('投诉标的—品名', 'Subject goods') subjectGoods!: string
  @money('投诉标的—金额', 'Subject amount', { optional: true }) subjectAmount?: string
  @text('投诉标的—项目', 'Subject item', { optional: true }) subjectItem?: string
  @text('投诉标的—其他', 'Subject other', { optional: true }) subjectOther?: string
  @paragraph('双方意见—对方意见', 'Other party opinion') otherPartyOpinion!: string
  @paragraph('双方意见—本方意见', 'Our opinion') ourOpinion!: string
  @paragraph('调查—调查项目与结果', 'Findings') findings!: string
  @paragraph('调查—调查判定', 'Judgement') judgement!: string
  @paragraph('最后对策', 'Final measure', { optional: true }) finalMeasure?: string
  @paragraph('产生原因', 'Cause') cause!: string
  @choice('情节程度', 'Severity', complaintSeverity) severity!: keyof typeof complaintSeverity
  @paragraph('备注', 'Remark', { optional: true }) remark?: string
}

/** 客户投诉调查报告 (002 6.2 职责4; 003 part 3). */
@form('complaint-investigation-report', '客户投诉调查报告', 'Complaint investigation report')
export class ComplaintInvestigationReport {
  @ownCase('投诉', 'Complaint') complaint?: never
  @paragraph('调查事实', 'Facts') facts!: string
  @paragraph('原因', 'Cause') cause!: string
  @paragraph('建议', 'Suggestions', { optional: true }) suggestions?: string
  @references('Department', '分发部门', 'Distribution') distribution!: string[]
}

export class ComplaintLiabilityShare {
  @reference('Department', '部门', 'Department') department!: string
  @percent('比率', 'Ratio') ratio!: string
}
/** 责任归属 (page 2, step 7): departments and their shares. */
@form('complaint-liability', '责任归属', 'Liability')
export class ComplaintLiability {
  @rows(() => ComplaintLiabilityShare, '责任归属', 'Liabilities') shares!: ComplaintLiabilityShare[]
}

/** 客户投诉分析表 (002 6.7). Written with the plan, completed with the report: only then is it known whether the customer's wish was met. */
@form('complaint-analysis', '客户投诉分析表', 'Complaint analysis (per case)')
export class ComplaintAnalysis {
  @ownCase('投诉', 'Complaint') complaint?: never
  @reference('Customer', '客户名称', 'Customer', { optional: true }) customer?: string
  @date('受理日期', 'Accepted on', { optional: true }) acceptedOn?: string
  @text('投诉种类', 'Complaint kind', { optional: true }) complaintKind?: string
  @date('承诺期限', 'Promised deadline', { optional: true }) promisedDeadline?: string
  @paragraph('投诉缘由', 'Reason', { optional: true }) reason?: string
  @paragraph('客户要求', 'Customer demand', { optional: true }) customerDemand?: string
  @paragraph('在处理中可能遇到的困难', 'Expected difficulties') expectedDifficulties!: string
  @paragraph('应对策略', 'Strategy') strategy!: string
  @flag('顾客期望是否达成', 'Expectation met', { optional: true }) expectationMet?: boolean
  @paragraph('采取主要措施', 'Main measures', { optional: true }) mainMeasures?: string
  @signature(['noticeReview', 'improving'], '客户投诉主管建议', 'Supervisor suggestion') supervisorSuggestion?: never
  @paragraph('客户投诉专员建议', 'Specialist suggestion', { optional: true }) specialistSuggestion?: string
}

/** 客户投诉处理表 (002 6.9). */
@form('complaint-handling-form', '客户投诉处理表', 'Complaint handling form (department opinions)')
export class ComplaintHandlingForm {
  @ownCase('投诉编号', 'Complaint') complaint?: never
  @reference('Customer', '客户', 'Customer') customer!: string
  @text('商品名称', 'Goods') goods!: string
  @date('购货日期', 'Purchased on', { optional: true }) purchasedOn?: string
  @choice('投诉类型', 'Complaint type', complaintType3, { name: 'ComplaintType3' }) complaintType!: keyof typeof complaintType3
  @paragraph('投诉内容', 'Content') content!: string
  @paragraph('投诉理由', 'Grounds') grounds!: string
  @paragraph('投诉者情况', 'Complainant info', { optional: true, sensitivity: 'S2' }) complainantInfo?: string
  @paragraph('客户要求', 'Customer demand') customerDemand!: string
  @decimal('数量', 'Quantity', { optional: true }) quantity?: string
  @paragraph('经办人意见', 'Handler opinion') handlerOpinion!: string
  @signature(['countersigning.CUSTOMER_DEPT'], '客户部门意见', 'Customer dept opinion') customerDeptOpinion?: never
  @signature(['countersigning.MARKETING'], '营销部门意见', 'Marketing opinion') marketingOpinion?: never
  @signature(['countersigning.PRODUCTION'], '生产部门意见', 'Production opinion') productionOpinion?: never
  @signature(['countersigning.QUALITY'], '质检部门意见', 'QA opinion') qaOpinion?: never
  @signature(['countersigning.FINANCE'], '财务部门意见', 'Finance opinion') financeOpinion?: never
  @signature(['deputyGmInstruction'], '副总经理批示', 'Deputy GM instruction') deputyGmInstruction?: never
  @signature(['gmInstruction'], '总经理批示', 'GM instruction') gmInstruction?: never
}

/** 处理方式 and 损失/索赔金额 (page 2, step 8), which no printed form of the plan has. */
@form('complaint-remedy', '处理方式与金额', 'Disposition and amounts')
export class ComplaintRemedy {
  @choice('处理方式', 'Disposition', complaintDisposition5, { name: 'ComplaintDisposition5' }) disposition!: keyof typeof complaintDisposition5
  @money('索赔金额', 'Claim amount') claimAmount!: string
  @money('损失金额', 'Loss amount') lossAmount!: string
}

/** 会签意见: a disagreement does not block, but the manager reads it. */
@form('countersign-opinion', '会签意见', 'Countersigning opinion')
export class CountersignOpinion {
  @choice('态度', 'Stance', countersignStance) stance!: keyof typeof countersignStance
  @paragraph('意见', 'Opinion') opinion!: string
}

/** What the customer said, and the proof that it was said. */
@form('customer-statement', '客户表态记录', 'Statement of the customer')
export class CustomerStatement {
  @paragraph('客户表态', 'Statement') statement!: string
  @choice('凭据种类', 'Kind of evidence', customerEvidence) evidenceKind!: keyof typeof customerEvidence
  @file('凭据', 'Evidence') evidence!: string
}

export class ComplaintImprovementMeasure {
  @reference('Department', '责任部门', 'Department') department!: string
  @paragraph('工作改进', 'Improvement') measure!: string
  @date('期限', 'Due on', { optional: true }) dueOn?: string
  @reference('Employee', '报告人', 'Reported by') reportedBy!: string
  @date('报告日期', 'Reported on') reportedOn!: string
}
/** 改进产品或服务 (page 2, step 18): what the departments reported. */
@form('complaint-improvement', '改进产品或服务', 'Improvement of product or service')
export class ComplaintImprovement {
  @rows(() => ComplaintImprovementMeasure, '改进措施', 'Measures') measures!: ComplaintImprovementMeasure[]
}

/** 投诉处理报告表 (002 6.10). */
@form('complaint-handling-report', '投诉处理报告表', 'Complaint handling report')
export class ComplaintHandlingReport {
  @date('报告日期', 'Report date') reportDate!: string
  @reference('Employee', '经理(收件)', 'Addressee') addressee!: string
  @ownCase('投诉', 'Complaint') complaint?: never
  @date('接到投诉日', 'Received on') receivedOn!: string
  @date('案件办结日', 'Closed on') closedOn!: string
  @datetime('投诉受理日(上午/下午 时分)', 'Accepted at') acceptedAt!: string
  @reference('Employee', '投诉受理者', 'Received by') receivedBy!: string
  @choice('受理方式', 'Channel', complaintChannel4, { name: 'ComplaintChannel4' }) channel!: keyof typeof complaintChannel4
  @choices('投诉内容', 'Contents', complaintSubject6, { name: 'ComplaintSubject6' }) contents!: (keyof typeof complaintSubject6)[]
  @text('投诉见证人', 'Witness', { optional: true, sensitivity: 'S2' }) witness?: string
  @choice('处理紧急程度', 'Urgency', urgency3, { name: 'Urgency3' }) urgency!: keyof typeof urgency3
  @reference('Employee', '承办人', 'Handler') handler!: string
  @date('承诺办理日', 'Promised on') promisedOn!: string
  @date('实际办理日', 'Actual on') actualOn!: string
  @paragraph('处理内容', 'Handling content') handlingContent!: string
  @money('费用', 'Cost', { optional: true }) cost?: string
  @paragraph('保障', 'Guarantee', { optional: true }) guarantee?: string
  @paragraph('原因调查会议', 'Cause meeting', { optional: true }) causeMeeting?: string
  @references('Employee', '原因调查人员', 'Cause investigators', { optional: true }) causeInvestigators?: string[]
  @choices('原因', 'Cause', complaintCause) cause!: (keyof typeof complaintCause)[]
  @paragraph('记载事项', 'Notes', { optional: true }) notes?: string
  @paragraph('检讨', 'Review', { optional: true }) review?: string
}

/** 诉讼程序 (page 2, step 20). */
@form('complaint-litigation', '诉讼结果', 'Result of the litigation')
export class ComplaintLitigation {
  @text('法院', 'Court') court!: string
  @text('代理律师', 'Counsel', { optional: true }) counsel?: string
  @paragraph('结果', 'Result') result!: string
  @date('结案日期', 'Decided on') decidedOn!: string
  @flag('仍有履行义务', 'An obligation remains') obligationRemains!: boolean
}

@form('complaint-closing', '结案', 'Closing')
export class ComplaintClosing {
  @text('结案编号', 'Closing No.') closingNo!: string
}
