import { customerId, departmentId, employeeId } from '../../src/organisation/ids.js'
import type { DrivenCase, House } from './house.js'

const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date())
const customer = customerId('C0001')
const at = `${today}T10:00:00+08:00`

export const claim = (total = '900') => ({ source: 'OTHER', sourceRecord: '出差', items: [{ item: '餐费', amount: total }], total })
const guests = { customerGuests: ['孙莉'], companyGuests: [employeeId('technician-1')] }
const gift = { customer, recipient: '孙莉', giftName: '茶叶', quantity: 2, value: '300' }
const gifts = [{ giftName: '茶叶', quantity: 2 }]

/** A right paper for every form that these processes ask for, by process and key. */
export const papers: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  'expense-reimbursement': { claim: claim(), opinion: { opinion: '同意' }, reason: { reason: '凭证不齐' } },
  'gift-giving-application': {
    application: { applyingDepartment: departmentId('CS-RELATIONS'), giftDepartment: departmentId('GIFT'), giftDate: today, rows: [gift] },
    stockCheck: { onHand: [{ giftName: '茶叶', quantity: 9 }], recipientsOutside: true },
    issueSlip: { issueNumber: 'F-1', issuedOn: today, issued: gifts, receivedBy: employeeId('relations-specialist-2') },
    handOver: { givenOn: today, actualRecipients: ['孙莉'] },
    stockMovement: { bookedOn: today, moved: gifts },
    opinion: {},
    reason: { reason: '理由' },
  },
  'customer-meal-hospitality': {
    application: {
      applicant: employeeId('relations-specialist-3'),
      department: departmentId('CS-RELATIONS'),
      applyDate: today,
      customer,
      venue: '江畔酒楼',
      banquetDate: today,
      ...guests,
      budget: [{ item: 'MEAL', amount: '1000' }],
      budgetTotal: '1000',
      purpose: '答谢',
    },
    arrangement: { arranger: employeeId('relations-specialist-1') },
    budgetCheck: { availableBudget: '5000' },
    plan: { venue: '江畔酒楼', mealAt: at, menu: '标准餐', plannedCost: '1000' },
    attendance: { heldOn: today, attendees: ['孙莉'] },
    report: {
      customer,
      hospitalityDate: today,
      reporter: employeeId('relations-specialist-3'),
      purpose: '答谢',
      place: '江畔酒楼',
      reportedAt: at,
      ...guests,
      expenses: [{ item: 'MEAL', amount: '900' }],
      expenseTotal: '900',
      effect: '良好',
    },
    voucherCheck: { vouchersMatch: true },
    claim: claim(),
    opinion: {},
    reason: { reason: '理由' },
  },
}

const notice = {
  filledOn: today,
  customer,
  handlingDepartment: departmentId('CS-COMPLAINT'),
  content: '漏水',
  problemDepartment: departmentId('PRODUCTION'),
  documentNo: 'T-1',
  promisedDeadline: today,
  customerWish: 'REFUND',
}
const record = {
  complaintType: 'GOODS',
  date: today,
  handler: employeeId('complaint-specialist-1'),
  handlingSupervisor: employeeId('complaint-supervisor-1'),
  verifier: employeeId('complaint-specialist-3'),
  complainantName: '孙莉',
  subjectGoods: '阀门',
  otherPartyOpinion: '更换',
  ourOpinion: '更换',
  findings: '裂纹',
  judgement: '己方',
  cause: '铸造',
  severity: 'ORDINARY',
}
const statement = { statement: '接受', evidenceKind: 'LETTER', evidence: 'L-1' }
const visitRecord = {
  kind: 'COMPLAINT',
  channel: 'PHONE',
  customer,
  sourceRecord: 'T-1',
  visitedAt: at,
  resultFedBack: '已更换',
  customerOpinion: '满意',
  satisfied: true,
  visitor: employeeId('complaint-specialist-2'),
}
export const visitPapers = { plan: { channel: 'PHONE' }, visitRecord }

/** A complaint about goods whose cause is to be judged, handled by the first specialist under the first supervisor. */
async function complaintBeforeVerdict(house: House): Promise<DrivenCase> {
  const registration1 = {
    acceptedOn: today,
    customer,
    complaintType: 'GOODS',
    phone: '13800000000',
    reason: '漏水',
    customerDemand: '更换',
    acceptance: 'ACCEPTED',
    promisedDeadline: today,
  }
  const it = await house.open('complaint-specialist-1', 'complaint-handling', registration1)
  await it.act('complaint-specialist-1', 'CLASSIFY', { classification: { complaintType: 'GOODS', urgency: 'NORMAL' }, notice })
  await it.act('complaint-supervisor-1', 'ISSUE_NOTICE', { notice })
  const survey = { complaintKind: '品质', filledOn: today, rows: [{ abstract: '漏水', cause: '铸造', handling: '检查' }] }
  await it.act('complaint-specialist-1', 'SUBMIT_INVESTIGATION', { survey, record })
  return it
}
/** A complaint that waits for its return visit, and that visit. */
export async function complaintInVisit(house: House): Promise<{ complaint: DrivenCase; visit: DrivenCase }> {
  const complaint = await complaintBeforeVerdict(house)
  await complaint.act('complaint-supervisor-2', 'CAUSE_NOT_OWN')
  await complaint.act('complaint-specialist-1', 'CUSTOMER_ACCEPTS', { statement })
  const [visit] = await complaint.children('complaint-return-visit')
  return { complaint, visit: visit! }
}
/** A complaint whose plan five departments have to countersign. */
export async function complaintToCountersign(house: House): Promise<DrivenCase> {
  const it = await complaintBeforeVerdict(house)
  await it.act('complaint-specialist-1', 'CAUSE_OWN', { liability: { shares: [{ department: departmentId('PRODUCTION'), ratio: '100' }] } })
  await it.act('complaint-specialist-1', 'SUBMIT_PLAN', {
    handlingForm: { customer, goods: '阀门', complaintType: 'GOODS', content: '漏水', grounds: '裂纹', customerDemand: '更换', handlerOpinion: '更换' },
    analysis: { expectedDifficulties: '无', strategy: '更换' },
    solution: { cause: '铸造', responsibleParty: 'OURS', solution: '更换', compensation: '100' },
    remedy: { disposition: 'OTHER', claimAmount: '100', lossAmount: '100' },
  })
  return it
}
