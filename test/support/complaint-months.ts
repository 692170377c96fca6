import { departmentId, employeeId } from '../../src/organisation/ids.js'
import { onTo, type Plot } from './complaint-road.js'
import * as paper from './complaints.js'
import { people } from './complaints.js'
import type { DrivenCase, House } from './house.js'

const { handler, visitor, supervisor, colleague } = people
const october = (day: number, time = '08:00:00') => `2026-10-${String(day).padStart(2, '0')}T${time}+08:00`

/** When the act of each state was done in the first round of the reopened complaint: 12 hours a state, 24 with the customer and the visit. */
const firstRound: Readonly<Record<string, string>> = {
  registered: october(2, '20:00:00'),
  noticeReview: october(3),
  investigating: october(4),
  causeVerdict: october(4, '20:00:00'),
  planDrafting: october(5),
  countersigning: october(5, '20:00:00'),
  managerApproval: october(6),
  negotiating: october(7),
  executing: october(8),
  executionConfirming: october(8, '20:00:00'),
}
const secondRound: Readonly<Record<string, string>> = {
  investigating: october(10),
  causeVerdict: october(10, '20:00:00'),
  planDrafting: october(11),
  countersigning: october(11, '20:00:00'),
  managerApproval: october(12),
  negotiating: october(13),
  executing: october(14),
  executionConfirming: october(14, '20:00:00'),
  returnVisiting: october(15, '20:00:00'),
  improving: october(16),
  reporting: october(16, '20:00:00'),
  reportReview: october(25, '20:00:00'),
}

/** Complaints around October 2026, by what is particular about each. */
export type Month = Readonly<Record<'onTheDot' | 'overTheBorder' | 'withdrawn' | 'notAccepted' | 'before' | 'reopened' | 'after' | 'pending', DrivenCase>>
export async function complaintsOfOctober(house: House): Promise<Month> {
  const received = (occurredAt: string, promisedDeadline: string, extra: object = {}) =>
    house.open(handler, 'complaint-handling', paper.registration1({ acceptedOn: occurredAt.slice(0, 10), promisedDeadline, ...extra }), { occurredAt })
  const closedAt = async (it: DrivenCase, at: string, plot: Plot) => onTo(it, 'closed', { ...plot, when: () => at })

  const before = await received('2026-09-30T23:59:59+08:00', '2026-10-09')
  await closedAt(before, october(10, '23:59:59'), { loss: '9' })
  const onTheDot = await received(october(1, '00:00:00'), '2026-10-05')
  await closedAt(onTheDot, october(8, '00:00:00'), { loss: '100.10', disposition: 'DISCOUNT' })
  const reopened = await received(october(2), '2026-10-31', { customer: paper.customer })
  await onTo(reopened, 'returnVisiting', { loss: '50', when: (state) => firstRound[state] })
  await reopened.act(visitor, 'VISIT_DISSATISFIED', { visitRecord: paper.visitRecord(false) }, { occurredAt: october(9, '20:00:00') })
  await onTo(reopened, 'closed', { loss: '50', contents: ['QUALITY', 'SERVICE'], when: (state) => secondRound[state] })
  const withdrawn = await received(october(15), '2026-10-20')
  await withdrawn.act(handler, 'WITHDRAW_BY_CUSTOMER', { statement: paper.statement('撤诉') }, { occurredAt: october(16) })
  const notAccepted = await received(october(16), '2026-10-20')
  await notAccepted.act(supervisor, 'DECLINE_ACCEPTANCE', { reason: { reason: '非本公司产品' } }, { occurredAt: october(17) })
  const pending = await received(october(20), '2026-10-31')
  await onTo(pending, 'managerApproval', { kind: '质量问题', loss: '10', when: () => october(21) })
  const overTheBorder = await received(october(31, '23:59:59.999'), '2026-11-03')
  await closedAt(overTheBorder, '2026-11-05T08:00:00+08:00', {
    kind: '货期',
    goods: 'B型扫描仪',
    department: 'QUALITY',
    executor: 'quality-1',
    disposition: 'DISCOUNT',
    loss: '0.20',
    handler: colleague,
    contents: ['DELIVERY_TIME'],
  })
  const after = await received('2026-11-01T00:00:00+08:00', '2026-11-30')
  return { before, onTheDot, reopened, withdrawn, notAccepted, pending, overTheBorder, after }
}

/** What the tracking cases hold besides: the liability of one that was closed, the reminders of one that is pending. */
export async function trackOctober({ onTheDot, pending }: Month): Promise<{ pendingNumber: string }> {
  const [closed] = await onTheDot.children('complaint-case-tracking')
  const shares = [
    { department: departmentId('PRODUCTION'), ratio: '60' },
    { department: departmentId('QUALITY'), ratio: '40' },
  ]
  await closed!.act(handler, 'ATTRIBUTE_LIABILITY', { liability: { shares, personalPenaltyKind: '警告', handler: employeeId(handler) } })
  await closed!.act(supervisor, 'CONFIRM_LIABILITY', { closing: { closingNo: 'JA-001' } })
  const [open] = await pending.children('complaint-case-tracking')
  const delivery = { deliveryNoteNo: 'JH-9', shippedOn: '2026-09-01', productSpec: 'A型打印机 A4', quantity: '10', amount: '8000', defectiveQuantity: '2' }
  const reminder = { remindedOn: '2026-10-25', docNo: 'DB-7', addressee: departmentId('QUALITY') }
  await open!.act(handler, 'DUN', { reminder, delivery }, { occurredAt: october(25) })
  await open!.act('payment-run', 'DEADLINE_OVERDUE', {}, { occurredAt: '2026-11-01T00:00:00+08:00' })
  return { pendingNumber: (await open!.record()).number }
}
