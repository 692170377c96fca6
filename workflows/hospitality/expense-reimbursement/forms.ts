import { choice, file, form, money, rows, text } from '../../../src/define/index.js'

export const expenseSources = {
  VISIT: ['拜访', 'Visit'],
  RECEPTION: ['接待', 'Reception'],
  HOSPITALITY_MEAL: ['招待用餐', 'Hospitality meal'],
  OTHER: ['其他', 'Other'],
} as const

export class ExpenseClaimItem {
  @text('项目', 'Item') item!: string
  @money('金额', 'Amount', { min: '0.01' }) amount!: string
  @file('发票', 'Invoice', { optional: true }) invoice?: string
}

/** 费用报销 (002 3.22–3.24, named in the flowcharts). `sourceRecord`: the number of the visit, reception or meal. */
@form('expense-claim', '费用报销', 'Expense claim')
export class ExpenseClaim {
  @choice('来源业务', 'Source', expenseSources) source!: keyof typeof expenseSources
  @text('来源单据', 'Source record') sourceRecord!: string
  @rows(() => ExpenseClaimItem, '费用明细', 'Items') items!: ExpenseClaimItem[]
  @money('合计', 'Total') total!: string
  @money('已支款项', 'Advance amount', { optional: true }) advanceAmount?: string
}
