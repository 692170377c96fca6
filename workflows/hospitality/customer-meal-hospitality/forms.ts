import {
  choice,
  date,
  datetime,
  flag,
  form,
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

/** One set for budget and spending: lodging stands only on the report, other only on the application (page 10, rules). */
export const expenseItems = {
  MEETING: ['会议', 'Meeting'],
  MEAL: ['用餐', 'Meal'],
  TRANSPORT: ['交通', 'Transport'],
  GIFT: ['礼品', 'Gift'],
  LODGING: ['住宿', 'Lodging'],
  OTHER: ['其他', 'Other'],
} as const

export class HospitalityBudgetLine {
  @choice('项目', 'Item', expenseItems, { name: 'HospitalityItem' }) item!: keyof typeof expenseItems
  @money('金额', 'Amount') amount!: string
}

/** 客户招待申请表 (002 3.17). `budgetTotal` is the printed 合计; the machine holds it against the lines. 口头批准 is not printed (page 10, emergency). */
@form('hospitality-application', '客户招待申请表', 'Customer hospitality application')
export class HospitalityApplication {
  @reference('Employee', '申请人', 'Applicant') applicant!: string
  @reference('Department', '部门', 'Department') department!: string
  @date('申请日期', 'Apply date') applyDate!: string
  @reference('Customer', '客户名称', 'Customer') customer!: string
  @text('宴请场所', 'Venue') venue!: string
  @date('宴请日期', 'Banquet date') banquetDate!: string
  @texts('客户方面同席人员', 'Customer guests', { sensitivity: 'S2' }) customerGuests!: string[]
  @references('Employee', '本公司同席人员', 'Company guests') companyGuests!: string[]
  @rows(() => HospitalityBudgetLine, '招待费用预算', 'Budget') budget!: HospitalityBudgetLine[]
  @money('合计', 'Budget total') budgetTotal!: string
  @reference('Employee', '招待事宜安排人员', 'Arranger', { optional: true }) arranger?: string
  @money('实际支出额', 'Actual spend', { optional: true }) actualSpend?: string
  @paragraph('招待目的', 'Purpose') purpose!: string
  @paragraph('费用说明', 'Expense note', { optional: true }) expenseNote?: string
  @paragraph('注意事项', 'Cautions', { optional: true }) cautions?: string
  @reference('Employee', '口头批准人', 'Oral approval by', { optional: true }) oralApprovalBy?: string
  @datetime('口头批准时间', 'Oral approval at', { optional: true }) oralApprovedAt?: string
  @signature(['managerReview'], '客户服务部经理审核', 'CS manager review') csManagerReview?: never
  @signature(['gmApproval'], '总经理审核', 'General manager review') generalManagerReview?: never
  @signature(['financeBudgetReview'], '财务部审核', 'Finance review') financeReview?: never
}

/** Who arranges the meal, named when customer service takes the application in (form 3.17, 招待事宜安排人员). */
@form('hospitality-arrangement', '招待事宜安排', 'Hospitality arrangement')
export class HospitalityArrangement {
  @reference('Employee', '招待事宜安排人员', 'Arranger') arranger!: string
}

/** 客户招待用餐申请/用餐计划 (002 3.24): the plan that customer service makes once the meal is approved. */
@form('meal-plan', '用餐计划', 'Meal plan')
export class MealPlan {
  @text('用餐地点', 'Venue') venue!: string
  @datetime('用餐时间', 'Meal time') mealAt!: string
  @paragraph('用餐标准与菜单', 'Menu and standard') menu!: string
  @money('计划费用', 'Planned cost') plannedCost!: string
  @text('预订信息', 'Booking', { optional: true }) booking?: string
}

@form('meal-attendance', '用餐情况', 'Meal attendance')
export class MealAttendance {
  @date('用餐日期', 'Held on') heldOn!: string
  @texts('实际出席人员', 'Attendees', { sensitivity: 'S2' }) attendees!: string[]
}

export class HospitalityExpenseLine {
  @choice('项目', 'Item', expenseItems, { name: 'HospitalityItem' }) item!: keyof typeof expenseItems
  @money('金额', 'Amount') amount!: string
  @text('备注', 'Remark', { optional: true }) remark?: string
}

/** 客户招待报告表 (002 3.18). */
@form('hospitality-report', '客户招待报告表', 'Customer hospitality report')
export class HospitalityReport {
  @ownCase('招待申请', 'Application') application?: never
  @reference('Customer', '客户名称', 'Customer') customer!: string
  @date('招待日期', 'Hospitality date') hospitalityDate!: string
  @reference('Employee', '报告人', 'Reporter') reporter!: string
  @paragraph('招待目的', 'Purpose') purpose!: string
  @text('招待地点', 'Place') place!: string
  @datetime('报告时间', 'Reported at') reportedAt!: string
  @texts('客户同席人员', 'Customer guests', { sensitivity: 'S2' }) customerGuests!: string[]
  @references('Employee', '本公司同席人员', 'Company guests') companyGuests!: string[]
  @rows(() => HospitalityExpenseLine, '支出费用报告', 'Expenses') expenses!: HospitalityExpenseLine[]
  @money('合计', 'Expense total') expenseTotal!: string
  @paragraph('想要搜集的信息', 'Information sought', { optional: true }) informationSought?: string
  @paragraph('注意事项', 'Cautions', { optional: true }) cautions?: string
  @paragraph('接待效果', 'Effect') effect!: string
  @paragraph('如何用于今后的活动', 'Future use', { optional: true }) futureUse?: string
  @signature(['reportManagerReview'], '客户服务部经理审核', 'CS manager review') csManagerReview?: never
  @signature(['reportGmReview'], '总经理审核', 'General manager review') generalManagerReview?: never
  @signature(['reportFinanceReview'], '财务部审核', 'Finance review') financeReview?: never
}

/** What finance looked at: the money still free in the budget (page 10, step 7), the vouchers (step 16). */
@form('budget-check', '预算核查', 'Budget check')
export class BudgetCheck {
  @money('可用预算', 'Available budget') availableBudget!: string
}
@form('voucher-check', '凭证核对', 'Voucher check')
export class VoucherCheck {
  @flag('凭证相符', 'Vouchers match') vouchersMatch!: boolean
}
