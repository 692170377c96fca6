import { date, form, integer, money, paragraph, reference, rows, signature, text } from '../../../src/define/index.js'

/** One gift planned for one customer. `lineNo` is ours: a gift application names the line that it draws on. `budgetValue` is that of the whole line. */
export class GiftPlanLine {
  @integer('行号', 'Line No.', { min: 1 }) lineNo!: number
  @reference('Customer', '客户名称', 'Customer') customer!: string
  @text('从事行业', 'Industry', { optional: true }) industry?: string
  @text('负责人', 'Principal', { optional: true, sensitivity: 'S2' }) principal?: string
  @paragraph('合作现状', 'Cooperation status', { optional: true }) cooperationStatus?: string
  @paragraph('馈赠目的', 'Purpose') purpose!: string
  @text('礼品名称', 'Gift name') giftName!: string
  @integer('礼品数量', 'Quantity', { min: 1 }) quantity!: number
  @money('预算价值', 'Budget value', { min: '0.01' }) budgetValue!: string
  @text('备注', 'Remark', { optional: true }) remark?: string
}

/** 礼品馈赠计划表 (002 3.19), with its three signature boxes. */
@form('gift-plan', '礼品馈赠计划表', 'Gift plan')
export class GiftPlan {
  @date('填写日期', 'Filled on') filledOn!: string
  @rows(() => GiftPlanLine, '计划行', 'Rows') rows!: GiftPlanLine[]
  @signature(['draft'], '填表人', 'Filled in by') filledInBy?: never
  @signature(['supervisorSignature'], '主管', 'Supervisor') supervisor?: never
  @signature(['managerSignature'], '经理', 'Manager') manager?: never
}
