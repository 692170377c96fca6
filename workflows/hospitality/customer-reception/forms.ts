import {
  choice,
  date,
  datetime,
  flag,
  form,
  integer,
  money,
  ownCase,
  paragraph,
  reference,
  references,
  rows,
  signature,
  text,
  texts,
} from '../../../src/define/index.js'

/** Receptions of key accounts belong to 客户服务部经理 (002 ch1 五9). */
export const receptionGrades = { ORDINARY: ['一般接待', 'Ordinary'], KEY_ACCOUNT: ['大客户接待', 'Key account'] } as const

/** 接待事宜 (page 11, step 1). The visitors are named as soon as they are known. */
@form('reception-matters', '接待事宜', 'Reception matters')
export class ReceptionMatters {
  @reference('Customer', '来访客户', 'Customer') customer!: string
  @integer('来访人数', 'Number of guests', { min: 1 }) guestCount!: number
  @texts('来访人员', 'Visitors', { optional: true, sensitivity: 'S2' }) visitors?: string[]
  @datetime('来访时间', 'Visit at') visitAt!: string
  @paragraph('来访目的', 'Purpose') purpose!: string
  @choice('接待级别', 'Grade', receptionGrades) grade!: keyof typeof receptionGrades
}

/** 接待申请与接待计划 (002 3.23, named in the flowchart), without what {@link ReceptionMatters} says. The money is applied for on 客户招待申请表. */
@form('reception-application', '接待申请与接待计划', 'Reception application and plan')
export class ReceptionPlan {
  @paragraph('接待日程', 'Agenda') agenda!: string
  @text('接待地点', 'Place') place!: string
  @reference('Employee', '接待人员', 'Receptionist') receptionist!: string
  @references('Employee', '陪同人员', 'Companions', { optional: true }) companions?: string[]
  @paragraph('接待准备', 'Preparation', { optional: true }) preparation?: string
  @paragraph('接待礼品', 'Gifts', { optional: true }) gifts?: string
  @money('接待费用预算', 'Budget') budget!: string
  @signature(['planApproval', 'supervisorReview', 'managerApproval'], '审批结果', 'Decision') decision?: never
}

/** 接待款项支持 (page 11, step 8). */
@form('reception-advance', '接待款项', 'Reception advance')
export class ReceptionAdvance {
  @money('预支金额', 'Amount advanced') amount!: string
  @date('支付日期', 'Released on') releasedOn!: string
}
@form('reception-advance-return', '退还接待款项', 'Return of the reception advance')
export class ReceptionAdvanceReturn {
  @money('退还金额', 'Amount returned') amount!: string
  @date('退还日期', 'Returned on') returnedOn!: string
}

export class ReceptionChecklistItem {
  @text('准备事项', 'Item') item!: string
  @flag('已完成', 'Done') done!: boolean
}
/** 做接待准备 (page 11, step 9). */
@form('reception-checklist', '接待准备清单', 'Reception checklist')
export class ReceptionChecklist {
  @rows(() => ReceptionChecklistItem, '准备事项', 'Items') items!: ReceptionChecklistItem[]
}

/** 客户来访 (page 11, step 10). */
@form('reception-arrival', '客户到访', 'Arrival of the customer')
export class ReceptionArrival {
  @datetime('到访时间', 'Arrived at') arrivedAt!: string
}

/** 实施接待 (page 11, step 13). */
@form('reception-record', '接待记录', 'Reception record')
export class ReceptionRecord {
  @paragraph('会谈内容', 'Talks') talks!: string
  @paragraph('客户提出的要求', 'Requests raised', { optional: true }) requestsRaised?: string
}

/** 接待工作报告 (002 3.23, named in the flowchart). 实际费用 is the total of 客户招待报告表; satisfaction: duty ch3 二5. */
@form('reception-report', '接待工作报告', 'Reception report')
export class ReceptionReport {
  @ownCase('接待', 'Reception') reception?: never
  @paragraph('接待陈述', 'Statement') customerStatement!: string
  @paragraph('接待结果', 'Outcome') outcome!: string
  @paragraph('客户满意程度与评价', 'Satisfaction of the customer') satisfaction!: string
  @paragraph('后续事项', 'Follow-up', { optional: true }) followUp?: string
  @signature(['debriefing'], '听取汇报', 'Heard by') heardBy?: never
}

/** 预支款项与报销核对 (page 11, rules): what the spending leaves of the advance, or what it lacks. */
@form('reception-settlement', '接待费用结算', 'Reception settlement')
export class ReceptionSettlement {
  @money('应退还金额', 'To be paid back') payBack!: string
  @money('应补付金额', 'To be paid out') payOut!: string
  @paragraph('超出预算说明', 'Why the budget was exceeded', { optional: true }) overspendNote?: string
}
