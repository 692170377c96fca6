import { randomUUID } from 'node:crypto'
import { expect } from '@jest/globals'
import { departmentId } from '../../src/organisation/ids.js'
import type { DrivenCase, House } from './house.js'
import { at, type ReadingRoom } from './readers.js'

export const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date())

/** A cancellation whose refund is to be paid: balance (S1), payee (S2) and account (S3) stand in its settlement. */
export async function refunding(house: House): Promise<DrivenCase> {
  const customer = randomUUID()
  await house.owner.query(`insert into customer (id, code, kind, name, status) values ($1, $2, 'LEGAL_PERSON', '待注销客户', 'ACTIVE')`, [
    customer,
    customer.slice(0, 8),
  ])
  const it = await house.open('info-specialist-1', 'customer-account-cancellation', { customer, reason: '不再合作', balance: '100' })
  const settlement = {
    ...{ receivables: '0', prepayments: '100', rebatesDue: '0', alreadyRefunded: '0', netBalance: '100' },
    ...{ payee: '钱卫东', bank: '农业银行', account, statement: 'S-1' },
  }
  await it.act('info-specialist-1', 'SUBMIT')
  await it.act('info-supervisor-1', 'APPROVE')
  await it.act('cs-manager-1', 'APPROVE')
  await it.act('general-manager-1', 'RATIFY')
  await it.act('info-specialist-1', 'SUBMIT_SETTLEMENT', { settlement })
  await it.act('finance-1', 'BALANCE_CONFIRMED', { balanceCheck: { bookBalance: '100', difference: '0', bookStatement: 'B-1' } })
  await it.act('cs-manager-1', 'APPROVE')
  await it.act('general-manager-1', 'RATIFY')
  return it
}
/** On from there to the end. */
export async function closed(it: DrivenCase): Promise<void> {
  await it.act('finance-2', 'REFUND_DONE', { refund: { amount: '100', refundedToDate: '100', paidOn: today, channel: '银行转账', voucher: 'V-1' } })
  const handOver = { handedOverAt: `${today}T10:00:00+08:00`, handedOverTo: '钱卫东', accountStatement: 'S-2', closingLetter: 'L-1', refundProof: 'V-1' }
  await it.act('info-specialist-1', 'HAND_OVER', { handOver })
  await it.act('info-specialist-1', 'RECORD_SIGNATURE', { receipt: { signedBy: '钱卫东', signedOn: today, signedReceipt: 'R-1' } })
  await it.act('info-specialist-1', 'CLOSE_ACCOUNT', { closing: { closedOn: today, notified: [departmentId('FINANCE')] } })
}

export const [account, last4] = ['6222021234567890', '****7890']
export const settlementFields = 'settlement { netBalance payee payeePlain account accountPlain(purpose: "核对退款") hasSensitiveProfile }'
/** What somebody is shown of the settlement, or the codes of the errors: balance, payee masked and plain, account masked and plain. */
export async function settlementFor(room: ReadingRoom, login: string, it: DrivenCase): Promise<unknown[]> {
  const answer = await room.read(login, it, settlementFields)
  expect([login, at(answer, 'case', 'forms', 'settlement', 'hasSensitiveProfile')]).toEqual([login, true])
  return ['netBalance', 'payee', 'payeePlain', 'account', 'accountPlain'].map((field) => at(answer, 'case', 'forms', 'settlement', field))
}
