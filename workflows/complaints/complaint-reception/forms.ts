import { choice, date, datetime, flag, form, integer, money, ownCase, paragraph, phone, reference, rows, signature, text } from '../../../src/define/index.js'

export const complaintType3 = { GOODS: ['商品', 'Goods'], SERVICE: ['服务', 'Service'], OTHER: ['其他', 'Other'] } as const
export const complaintAcceptance = { ACCEPTED: ['受理', 'Accepted'], REJECTED: ['不予受理', 'Rejected'] } as const
/** 受理方式, as on 投诉处理报告表 (002 6.10). */
export const complaintChannel4 = {
  LETTER: ['信件', 'Letter'],
  PHONE: ['电话', 'Phone'],
  INTERVIEW: ['采访', 'Interview'],
  IN_STORE: ['来店', 'In store'],
} as const
export const responsibleParty = { OURS: ['己方', 'Ours'], NOT_OURS: ['非己方', 'Not ours'] } as const
/** Where somebody goes who does not come to complain (page 1, NOT_A_COMPLAINT). */
export const otherBusiness = { AFTER_SALES: ['售后服务', 'After-sales service'], RECEPTION: ['客户接待', 'Customer reception'] } as const

/** 来访 (page 1, step 1). The receiver is whoever opens the case; who the visitor is may come out only when he is asked. */
@form('visitor-arrival', '来访登记', 'Visitor arrival')
export class VisitorArrival {
  @reference('Customer', '客户', 'Customer', { optional: true }) customer?: string
  @choice('受理方式', 'Channel', complaintChannel4, { name: 'ComplaintChannel4' }) channel!: keyof typeof complaintChannel4
  @datetime('到访时间', 'Arrived at') arrivedAt!: string
}

/** 陈述来访目的 (page 1, step 4), word for word. */
@form('complaint-purpose', '来访目的', 'Purpose of the visit')
export class ComplaintPurpose {
  @paragraph('客户陈述', 'As told by the customer') statement!: string
}

@form('visitor-redirection', '转其他业务', 'Redirection to other business')
export class VisitorRedirection {
  @paragraph('来访目的', 'Purpose') purpose!: string
  @choice('转往业务', 'Business', otherBusiness) business!: keyof typeof otherBusiness
}

/** 客户投诉登记表一 (002 6.3). 受理编号 is the number of the case: unique, and nobody types it. */
@form('complaint-registration-1', '客户投诉登记表一', 'Complaint registration form I')
export class ComplaintRegistration1 {
  @ownCase('受理编号', 'Acceptance No.') acceptanceNo?: never
  @date('受理日期', 'Accepted on') acceptedOn!: string
  @reference('Customer', '投诉客户', 'Customer') customer!: string
  @choice('投诉类型', 'Complaint type', complaintType3, { name: 'ComplaintType3' }) complaintType!: keyof typeof complaintType3
  @text('客户地址', 'Customer address', { optional: true, sensitivity: 'S2' }) customerAddress?: string
  @phone('电话', 'Phone', { sensitivity: 'S2' }) phone!: string
  @paragraph('投诉缘由', 'Reason') reason!: string
  @paragraph('客户要求', 'Customer demand') customerDemand!: string
  @choice('投诉受理', 'Acceptance', complaintAcceptance) acceptance!: keyof typeof complaintAcceptance
  @date('承诺办理期限', 'Promised deadline', { optional: true }) promisedDeadline?: string
  @paragraph('不予受理理由', 'Rejection reason', { optional: true }) rejectionReason?: string
  @paragraph('备注', 'Remark', { optional: true }) remark?: string
}

export class ComplaintRegistration2Row {
  @integer('序号', 'No.') no!: number
  @reference('Customer', '客户', 'Customer') customer!: string
  @phone('联系电话', 'Phone', { optional: true, sensitivity: 'S2' }) phone?: string
  @text('工作单位', 'Work unit', { optional: true, sensitivity: 'S2' }) workUnit?: string
  @text('所购商品', 'Goods') goods!: string
  @choice('投诉类型', 'Complaint type', complaintType3, { name: 'ComplaintType3' }) complaintType!: keyof typeof complaintType3
  @paragraph('投诉原因', 'Reason') reason!: string
  @paragraph('客户投诉专员意见', 'Specialist opinion') specialistOpinion!: string
}

/** 客户投诉登记表二 (002 6.4). */
@form('complaint-registration-2', '客户投诉登记表二', 'Complaint registration form II (register)')
export class ComplaintRegistration2 {
  @text('文件编号', 'File No.') fileNo!: string
  @date('记录日期', 'Recorded on') recordedOn!: string
  @rows(() => ComplaintRegistration2Row, '登记行', 'Rows') rows!: ComplaintRegistration2Row[]
}

/** 安慰客户: the conduct rules of 003, part 2, as the three answers that page 1 asks for. */
@form('complaint-comfort', '安慰客户', 'Comforting the customer')
export class ComplaintComfort {
  @flag('我方有过失', 'Company at fault') companyAtFault!: boolean
  @flag('已道歉', 'Apology given') apologyGiven!: boolean
  @flag('已上报', 'Reported upward') reportedUpward!: boolean
}

/** 分析问题 (page 1, steps 7 and 8). */
@form('complaint-assessment', '问题分析', 'Analysis of the problem')
export class ComplaintAssessment {
  @reference('Department', '拟定责任部门', 'Proposed responsible department', { optional: true }) proposedDepartment?: string
  @paragraph('拟定处理办法', 'Proposed remedy') proposedRemedy!: string
  @money('处理金额', 'Remedy amount') remedyAmount!: string
  @paragraph('能否自行处理的依据', 'Basis for handling it alone or not') basis!: string
}

/**
 * 投诉处理方案(含协商、诉讼) (002 6.16, 6.17). 权责内 and 客户满意 are answered by what is decided, never ticked:
 * by the manager here and in complaint-handling, and by what the customer says to the plan.
 */
@form('complaint-solution', '投诉处理方案(含协商、诉讼)', 'Complaint solution proposal')
export class ComplaintSolution {
  @ownCase('投诉', 'Complaint') complaint?: never
  @paragraph('查明原因', 'Cause') cause!: string
  @choice('责任方', 'Responsible party', responsibleParty) responsibleParty!: keyof typeof responsibleParty
  @paragraph('处理方案', 'Solution') solution!: string
  @money('补偿金额', 'Compensation', { optional: true }) compensation?: string
  @signature(['managerAssist', 'managerApproval'], '权责内', 'Within authority') withinAuthority?: never
  @paragraph('与客户协商情况', 'Negotiation', { optional: true }) negotiation?: string
  @signature(['planCommunicating', 'negotiating', 'explaining'], '客户满意', 'Customer satisfied') customerSatisfied?: never
  @paragraph('诉讼程序', 'Litigation', { optional: true }) litigation?: string
  @paragraph('总结评价', 'Evaluation', { optional: true }) evaluation?: string
  @paragraph('改进产品或服务', 'Improvement', { optional: true }) improvement?: string
}

/** 传达处理方案 (page 1, step 11). */
@form('plan-told', '传达处理方案', 'Plan told to the customer')
export class PlanTold {
  @paragraph('传达的方案', 'Plan told') plan!: string
  @datetime('传达时间', 'Told at') toldAt!: string
  @paragraph('客户反应', 'Customer reaction') reaction!: string
  @flag('客户满意', 'Customer satisfied') satisfied!: boolean
  @flag('需要调查', 'Investigation needed') investigationNeeded!: boolean
}

@form('visitor-departure', '送客', 'Seeing the customer off')
export class VisitorDeparture {
  @datetime('离开时间', 'Left at') departedAt!: string
}
