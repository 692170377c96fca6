import { date, datetime, file, form, money, paragraph, reference, references, signature, text } from '../../../src/define/index.js'

/** An account balance from our side: negative when the customer owes us. */
const lowest = '-99999999999'

/**
 * 客户注销申请 (002 7.18, no printed form). The balance is the one known when applying; refund, receipt and closing
 * come later and are proven by papers of their own.
 */
@form('deregistration-application', '客户注销申请(含余额结算、退款、销户)', 'Customer deregistration application')
export class DeregistrationApplication {
  @reference('Customer', '客户', 'Customer') customer!: string
  @paragraph('注销原因', 'Reason') reason!: string
  @money('账款余额', 'Balance', { sensitivity: 'S1', min: lowest }) balance!: string
  @money('退款金额', 'Refund amount', { optional: true }) refundAmount?: string
  @text('退款账户', 'Refund account', { optional: true, sensitivity: 'S3' }) refundAccount?: string
  @date('客户签收日期', 'Customer signed on', { optional: true }) customerSignedOn?: string
  @date('销户日期', 'Closed on', { optional: true }) closedOn?: string
  @signature(['draft'], '客户信息专员', 'Customer-information specialist') infoSpecialist?: never
  @signature(['supervisorApproval'], '客户信息主管', 'Customer-information supervisor') infoSupervisor?: never
  @signature(['managerApproval'], '客户服务经理', 'Customer-service manager') csManager?: never
  @signature(['gmRatification'], '总经理', 'General manager') generalManager?: never
  @signature(['financeReconciliation', 'refunding'], '财务部', 'Finance') finance?: never
  @signature(['customerSigning'], '客户（签收由专员登记）', 'Customer (recorded by the specialist)') customerSignature?: never
}

/**
 * 账款余额结算申请表 (page 14, step 5). Receivables, prepayments and rebates are those of the whole account; what this
 * case has refunded already is taken off, so that after a dispute only the difference is settled.
 */
@form('balance-settlement-application', '账款余额结算申请表', 'Balance settlement application')
export class BalanceSettlementApplication {
  @money('应收账款', 'Receivables', { sensitivity: 'S1' }) receivables!: string
  @money('预收账款（退款前）', 'Prepayments, before refunds', { sensitivity: 'S1' }) prepayments!: string
  @money('应付返利（退款前）', 'Rebates due, before refunds', { sensitivity: 'S1' }) rebatesDue!: string
  @money('本案已退款', 'Already refunded in this case', { sensitivity: 'S1' }) alreadyRefunded!: string
  @money('应结余额', 'Net balance', { sensitivity: 'S1', min: lowest }) netBalance!: string
  @text('收款人', 'Payee', { optional: true, sensitivity: 'S2' }) payee?: string
  @text('开户银行', 'Bank', { optional: true }) bank?: string
  @text('收款账号', 'Account', { optional: true, sensitivity: 'S3', max: 50 }) account?: string
  @file('余额对账单', 'Balance statement') statement!: string
  @signature(['financeReconciliation'], '财务部核对', 'Finance check') financeCheck?: never
  @signature(['settlementManagerApproval'], '客户服务部经理审批', 'CS manager approval') csManagerApproval?: never
  @signature(['settlementGmRatification'], '总经理核准', 'General manager ratification') generalManagerRatification?: never
}

/** 核对余额 (page 14, step 6): the books against the settlement; the difference is books less settlement. */
@form('balance-check', '余额核对', 'Balance check')
export class BalanceCheck {
  @money('账面余额', 'Balance on the books', { sensitivity: 'S1', min: lowest }) bookBalance!: string
  @money('差额', 'Difference', { sensitivity: 'S1', min: lowest }) difference!: string
  @file('账面对账单', 'Statement from the books') bookStatement!: string
}

/** 催收欠款 ended one of two ways (page 14, state `collecting`): the customer paid, or the debt is given up. */
@form('debt-clearance', '欠款结清记录', 'Debt clearance')
export class DebtClearance {
  @money('收到金额', 'Amount received', { min: '0.01' }) received!: string
  @money('结清后余额', 'Balance afterwards', { sensitivity: 'S1', min: lowest }) balance!: string
  @date('收款日期', 'Received on') receivedOn!: string
  @file('收款凭证', 'Voucher') voucher!: string
}
@form('debt-write-off', '欠款核销单', 'Debt write-off')
export class DebtWriteOff {
  @money('核销金额', 'Amount written off', { min: '0.01' }) amount!: string
  @paragraph('核销理由', 'Grounds') grounds!: string
  @file('核销凭证', 'Voucher') voucher!: string
}

/** 办理退款 (page 14, step 9). The running total is what a later settlement starts from. */
@form('refund-voucher', '退款凭证', 'Refund voucher')
export class RefundVoucher {
  @money('退款金额', 'Amount', { min: '0.01' }) amount!: string
  @money('本案累计退款', 'Refunded to date in this case') refundedToDate!: string
  @date('退款日期', 'Paid on') paidOn!: string
  @text('退款方式', 'Channel') channel!: string
  @file('凭证', 'Voucher') voucher!: string
  @text('银行流水号', 'Bank reference', { optional: true, max: 100 }) bankReference?: string
}

/** 转交 (page 14, step 10). There is a proof of refund only when something was refunded. */
@form('cancellation-hand-over', '注销资料转交单', 'Cancellation hand-over')
export class CancellationHandOver {
  @datetime('转交时间', 'Handed over at') handedOverAt!: string
  @text('转交对象', 'Handed over to', { sensitivity: 'S2' }) handedOverTo!: string
  @file('退款证明', 'Proof of refund', { optional: true }) refundProof?: string
  @file('账户对账单', 'Account statement') accountStatement!: string
  @file('销户函', 'Closing letter') closingLetter!: string
}

/** 客户签收单 (page 14, step 11): the customer has no login, so the signed paper is the evidence. */
@form('customer-receipt', '客户签收单', 'Customer receipt')
export class CustomerReceipt {
  @text('签收人', 'Signed by', { sensitivity: 'S2' }) signedBy!: string
  @date('签收日期', 'Signed on') signedOn!: string
  @file('签收单', 'Signed receipt') signedReceipt!: string
}

/** 销户 (page 14, step 12). */
@form('account-closing', '销户记录', 'Account closing')
export class AccountClosing {
  @date('销户日期', 'Closed on') closedOn!: string
  @references('Department', '已通知部门', 'Departments notified') notified!: string[]
}
