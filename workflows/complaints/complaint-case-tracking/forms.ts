import { date, decimal, form, money, paragraph, percent, reference, rows, text } from '../../../src/define/index.js'

/** 客户投诉案件追踪表 (002 6.12), as copied from the complaint when its notice is issued. Everything that time brings is computed from the histories. */
@form('complaint-tracking', '客户投诉案件追踪表', 'Complaint case tracking sheet')
export class ComplaintTracking {
  @date('填写日期', 'Filled on') filledOn!: string
  @date('受理日期', 'Accepted on') acceptedOn!: string
  @text('字号', 'Document No.', { optional: true }) docNo?: string
  @reference('Customer', '客户', 'Customer') customer!: string
  @paragraph('客户投诉内容', 'Content') content!: string
  @reference('Department', '制造部门', 'Manufacturing department', { optional: true }) manufacturingDept?: string
  @date('承诺期限', 'Promised deadline', { optional: true }) promisedDeadline?: string
}

/** What the sheet prints of the goods and no paper of the complaint has; whoever presses the case adds it once it is known. */
@form('complaint-tracking-delivery', '交货情况', 'Delivery')
export class ComplaintTrackingDelivery {
  @text('交货单编号', 'Delivery note No.', { optional: true }) deliveryNoteNo?: string
  @text('品名规格', 'Product and specification', { optional: true }) productSpec?: string
  @date('交运日期', 'Shipped on', { optional: true }) shippedOn?: string
  @decimal('数量', 'Quantity', { optional: true }) quantity?: string
  @money('金额', 'Amount', { optional: true }) amount?: string
  @decimal('不良数量', 'Defective quantity', { optional: true }) defectiveQuantity?: string
}

/** 督促记录(日期文号): a reminder by a person. Those of the clock are read from the history: their day, and the case number with a running number. */
@form('complaint-reminder', '督促记录', 'Reminder')
export class ComplaintReminder {
  @date('日期', 'Reminded on') remindedOn!: string
  @text('文号', 'Document No.') docNo!: string
  @reference('Department', '督促对象', 'Addressee') addressee!: string
  @paragraph('说明', 'Note', { optional: true }) note?: string
}

/** What the department that was reminded answers. */
@form('complaint-reminder-response', '督促回复', 'Answer to the reminder')
export class ComplaintReminderResponse {
  @paragraph('回复', 'Answer') response!: string
  @date('预计完成日期', 'Expected on', { optional: true }) expectedOn?: string
}

/** 检查受理情况 (page 4, step 4; duty 3 of the supervisor). */
@form('complaint-handling-check', '受理情况检查', 'Check of the handling')
export class ComplaintHandlingCheck {
  @paragraph('检查情况', 'Findings') findings!: string
}

export class ComplaintTrackingLiabilityShare {
  @reference('Department', '部门', 'Department') department!: string
  @percent('比率', 'Ratio') ratio!: string
}
/** 责任归属 (page 4, step 5). `handler`: 承办人, who does not confirm it. No share where the fault was not ours. */
@form('complaint-tracking-liability', '责任归属', 'Liability')
export class ComplaintTrackingLiability {
  @rows(() => ComplaintTrackingLiabilityShare, '责任归属', 'Liabilities', { optional: true }) shares?: ComplaintTrackingLiabilityShare[]
  @text('个人惩处类别', 'Personal penalty kind', { optional: true, sensitivity: 'S2' }) personalPenaltyKind?: string
  @reference('Employee', '承办人', 'Handler') handler!: string
}
