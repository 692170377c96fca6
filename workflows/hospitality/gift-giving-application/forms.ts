import { date, file, flag, form, integer, money, reference, rows, signature, text, texts } from '../../../src/define/index.js'

export class GiftApplicationLine {
  @reference('Customer', '馈赠对象', 'Customer') customer!: string
  @text('礼品收受人员', 'Recipient', { sensitivity: 'S2' }) recipient!: string
  @text('礼品名称', 'Gift name') giftName!: string
  @integer('数量', 'Quantity', { min: 1 }) quantity!: number
  @money('价值', 'Value', { min: '0.01' }) value!: string
  @text('备注', 'Remark', { optional: true }) remark?: string
}

/** 礼品馈赠申请表 (002 3.20), with its five signature boxes in print order. */
@form('gift-application', '礼品馈赠申请表', 'Gift application')
export class GiftApplication {
  @reference('Department', '礼品馈赠申请部门', 'Applying department') applyingDepartment!: string
  @reference('Department', '礼品管理部门', 'Gift department') giftDepartment!: string
  @date('馈赠日期', 'Gift date') giftDate!: string
  @rows(() => GiftApplicationLine, '礼品行', 'Rows') rows!: GiftApplicationLine[]
  @reference('Case', '所属礼品计划', 'Gift plan', { optional: true }) giftPlan?: string
  @integer('计划行号', 'Line of the plan', { min: 1, optional: true }) planLine?: number
  @signature(['draft'], '填表人', 'Filled in by') filledInBy?: never
  @signature(['deptHeadSignature'], '部门主管', 'Department head') departmentHead?: never
  @signature(['custodianSignature'], '礼品管理人员', 'Gift custodian') giftCustodian?: never
  @signature(['officeDirectorSignature'], '办公室主任', 'Office director') officeDirector?: never
  @signature(['deputyManagerSignature'], '副经理', 'Deputy manager') deputyManager?: never
}

/** So many of one gift: on the shelf, over the counter, in the stock book. */
export class GiftCount {
  @text('礼品名称', 'Gift name') giftName!: string
  @integer('数量', 'Quantity') quantity!: number
}

/** What the custodian looked at before signing (page 13, step 3; the recipients: its rules). */
@form('gift-stock-check', '礼品库存核查', 'Gift stock check')
export class GiftStockCheck {
  @rows(() => GiftCount, '现有库存', 'On hand') onHand!: GiftCount[]
  @flag('收受人员均非本公司员工', 'No recipient is an employee') recipientsOutside!: boolean
}

/** 发放礼品 (page 13, step 6). `receivedBy` stands for the receiver's signature. */
@form('gift-issue-slip', '礼品发放单', 'Gift issue slip')
export class GiftIssueSlip {
  @text('发放单号', 'Issue number', { max: 50 }) issueNumber!: string
  @date('发放日期', 'Issued on') issuedOn!: string
  @rows(() => GiftCount, '发放礼品', 'Gifts issued') issued!: GiftCount[]
  @reference('Employee', '领用人', 'Received by') receivedBy!: string
}

/** 馈赠礼品 (page 13, step 7). */
@form('gift-hand-over', '礼品馈赠记录', 'Gift hand-over')
export class GiftHandOver {
  @date('实际馈赠日期', 'Given on') givenOn!: string
  @texts('实际收受人员', 'Actual recipients', { sensitivity: 'S2' }) actualRecipients!: string[]
  @text('见证人', 'Witness', { optional: true, sensitivity: 'S2' }) witness?: string
  @file('馈赠凭证', 'Evidence', { optional: true }) evidence?: string
}

/** 登记销账, or back into the store (page 13, step 8 and 退库). */
@form('gift-stock-movement', '礼品库存变动登记', 'Gift stock movement')
export class GiftStockMovement {
  @date('登记日期', 'Booked on') bookedOn!: string
  @rows(() => GiftCount, '变动礼品', 'Gifts moved') moved!: GiftCount[]
}
