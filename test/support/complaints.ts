import { arrowsOf, isAskedFor } from '../../src/define/index.js'
import { customerId, departmentId, employeeId } from '../../src/organisation/ids.js'
import type { House } from './house.js'

/** Papers of the complaint processes, filled in soundly; a test overwrites what it is about. */
type Extra = Readonly<Record<string, unknown>>

/** A day in Shanghai, as `YYYY-MM-DD`. */
export const dayIn = (days: number): string => new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(Date.now() + days * 86_400_000)
export const today = dayIn(0)
const now = new Date().toISOString()

export const customer = customerId('C0001')
export const people = {
  handler: 'complaint-specialist-1',
  visitor: 'complaint-specialist-2',
  colleague: 'complaint-specialist-3',
  supervisor: 'complaint-supervisor-1',
  /** 查证人: somebody whom the processes give no act. */
  verifier: 'service-quality-inspector-1',
  executor: 'production-1',
  confirmer: 'business-dept-1',
  manager: 'cs-manager-1',
  deputy: 'deputy-general-manager-1',
  generalManager: 'general-manager-1',
} as const
/** Who signs which seat; finance and quality have one person in common, `finance-3`. */
export const signatories = {
  CUSTOMER_DEPT: 'customer-dept-1',
  MARKETING: 'marketing-1',
  PRODUCTION: 'production-1',
  QUALITY: 'quality-1',
  FINANCE: 'finance-1',
} as const
export type SeatOfFive = keyof typeof signatories

export const opinion = (text: string) => ({ opinion: { opinion: text } })
export const reason = (text: string) => ({ reason: { reason: text } })

export const arrival = { customer, channel: 'IN_STORE', arrivedAt: now }
export const registration1 = (extra: Extra = {}) => ({
  acceptedOn: today,
  customer,
  complaintType: 'GOODS',
  phone: '13900000011',
  reason: '新机三天后无法开机',
  customerDemand: '更换新机',
  acceptance: 'ACCEPTED',
  promisedDeadline: dayIn(10),
  ...extra,
})
export const registration2 = {
  fileNo: 'TS-2026-01',
  recordedOn: today,
  rows: [{ no: 1, customer, goods: 'A型打印机', complaintType: 'GOODS', reason: '无法开机', specialistOpinion: '转生产部查明' }],
}
export const classification = (extra: Extra = {}) => ({ complaintType: 'GOODS', urgency: 'NORMAL', ...extra })
/** The first issue of the notice; the department is the production department. */
export const notice = (extra: Extra = {}) => ({
  documentNo: 'TZ-001',
  filledOn: today,
  customer,
  handlingDepartment: departmentId('CS-COMPLAINT'),
  content: '新机无法开机',
  problemDepartment: departmentId('PRODUCTION'),
  promisedDeadline: dayIn(10),
  customerWish: 'REPLACE_NEW',
  ...extra,
})
export const measures = { companyCountermeasure: '更换同型号新机', implementationPoints: '三日内送达并调试' }
export const observation = { ...measures, salesDeptObservation: '已更换，运转正常', actualDeadline: today }
export const survey = {
  complaintKind: '品质',
  filledOn: today,
  rows: [{ abstract: '无法开机', cause: '电源板虚焊', handling: '拆检并复测', workImprovement: '加严老化测试' }],
}
export const record = (extra: Extra = {}) => ({
  complaintType: 'GOODS',
  date: today,
  handler: employeeId(people.handler),
  handlingSupervisor: employeeId(people.supervisor),
  verifier: employeeId(people.verifier),
  complainantName: '孙莉',
  subjectGoods: 'A型打印机',
  otherPartyOpinion: '要求换新',
  ourOpinion: '同意换新',
  findings: '电源板虚焊',
  judgement: '我方责任',
  cause: '焊接不良',
  severity: 'ORDINARY',
  ...extra,
})
export const liability = (...ratios: string[]) => ({
  shares: ratios.map((ratio, index) => ({ department: departmentId(index === 0 ? 'PRODUCTION' : 'QUALITY'), ratio })),
})
export const handlingForm = (extra: Extra = {}) => ({
  customer,
  goods: 'A型打印机',
  complaintType: 'GOODS',
  content: '无法开机',
  grounds: '质量问题',
  customerDemand: '更换新机',
  handlerOpinion: '建议换新',
  ...extra,
})
export const analysis = (extra: Extra = {}) => ({ expectedDifficulties: '库存不足', strategy: '先行调拨', ...extra })
export const solution = (extra: Extra = {}) => ({ cause: '焊接不良', responsibleParty: 'OURS', solution: '更换新机并致歉', ...extra })
export const remedy = (amount: string, extra: Extra = {}) => ({ disposition: 'OTHER', claimAmount: amount, lossAmount: '0', ...extra })
export const plan = (amount: string, extra: Extra = {}) => ({
  handlingForm: handlingForm(),
  analysis: analysis(),
  solution: solution(),
  remedy: remedy(amount, extra),
})
export const stance = (text: string, given: 'AGREE' | 'DISAGREE' | 'AMEND' = 'AGREE') => ({ stance: given, opinion: text })
export const statement = (text: string) => ({ statement: text, evidenceKind: 'RECORDING', evidence: 'REC-20261121-01' })
export const agreed = { record: record({ finalMeasure: '更换新机' }), statement: statement('同意换新') }
export const visitRecord = (satisfied: boolean | undefined, visitor: string = people.visitor) => ({
  kind: 'COMPLAINT',
  channel: 'PHONE',
  customer,
  sourceRecord: '投诉案件',
  visitedAt: now,
  visitor: employeeId(visitor),
  ...(satisfied !== undefined && { satisfied, resultFedBack: '已告知处理结果', customerOpinion: satisfied ? '满意' : '机器又坏了' }),
})
/** A call that reached nobody; `time` of day in Shanghai, yesterday unless told. */
export const attempted = (time: string, day = dayIn(-1)) => ({ attemptedAt: `${day}T${time}:00+08:00`, channel: 'PHONE', note: '无人接听' })
/** The sheet of so many of them, each at another time of day. */
export const attempts = (count: number) => ['09:30', '15:00', '19:30'].slice(0, count).map((time) => attempted(time))
export const unreachable = (count: number) => ({
  attempts: attempts(count),
  letterSentOn: today,
})
export const improvement = {
  measures: [{ department: departmentId('PRODUCTION'), measure: '加严老化测试', reportedBy: employeeId(people.executor), reportedOn: today }],
}
export const report = (extra: Extra = {}) => ({
  reportDate: today,
  addressee: employeeId(people.manager),
  receivedOn: today,
  closedOn: today,
  acceptedAt: now,
  receivedBy: employeeId(people.handler),
  channel: 'IN_STORE',
  contents: ['QUALITY'],
  urgency: 'NORMAL',
  handler: employeeId(people.handler),
  promisedOn: dayIn(10),
  actualOn: today,
  handlingContent: '更换新机',
  cause: ['NEGLIGENCE'],
  ...extra,
})
export const summedUp = { report: report(), analysis: analysis({ expectationMet: true, mainMeasures: '更换新机' }) }
export const litigation = (obligationRemains: boolean) => ({ court: '区人民法院', result: '调解结案', decidedOn: today, obligationRemains })
export const closing = { closing: { closingNo: 'JA-001' }, ...opinion('同意结案') }

/** Reception only. */
export const comfort = (companyAtFault: boolean, apologyGiven = companyAtFault) => ({ companyAtFault, apologyGiven, reportedUpward: true })
export const assessment = (remedyAmount: string) => ({ proposedRemedy: '赠送耗材', remedyAmount, basis: '小额补偿' })
export const told = (satisfied: boolean, investigationNeeded = false) => ({
  plan: '赠送耗材',
  toldAt: now,
  reaction: satisfied ? '接受' : '不接受',
  satisfied,
  investigationNeeded,
})
export const departure = { departedAt: now }

/** The transitions of a process that somebody may ask for and that no case of the house has taken: from, event and target. */
export async function transitionsNotTaken({ pool, processes }: House, process: string): Promise<string[]> {
  const { definition } = processes.current.get(process)!
  const printed = arrowsOf(definition)
    .filter(isAskedFor)
    .map(({ from, action, target }) => `${from} ${action} ${target ?? from}`)
  const { rows } = await pool.query(
    `select distinct concat_ws(' ', from_state, action, to_state) as taken from audit_entry where process = $1 and result = 'DONE'`,
    [process],
  )
  const taken = new Set(rows.map((row) => row.taken))
  return [...new Set(printed)].filter((transition) => !taken.has(transition))
}
