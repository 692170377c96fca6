import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { arrowsOf, isAskedFor } from '../../src/define/index.js'
import { customerId, employeeId } from '../../src/organisation/ids.js'
import { actorsOf } from '../../src/persistence/actors.js'
import { findInbox } from '../../src/persistence/queries/task-queries.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { everyTerm, reminders } from '../support/terms.js'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

type Forms = Readonly<Record<string, unknown>>
const process = 'prospect-development'
const day = (days: number) => new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(Date.now() + days * 86_400_000)
const [manager, director] = ['account-manager-1', 'account-director-1']
const customer = customerId('C0001')

const profile = { marketSituation: '竞争激烈', profile: '有品牌规划、具规模潜力的企业' }
const target = { prospect: { customer, grounds: '正在筹备新品牌' } }
const contact = (extra: object = {}) => ({
  followedAt: `${day(0)}T02:00:00.000Z`,
  channel: 'PHONE',
  person: '钱卫东',
  content: '介绍公司',
  nextAction: '寄资料',
  ...extra,
})
const lead = (extra: object = {}) => ({
  lead: { companyName: '恒远机械', products: '轴承', channel: 'PHONE', followUps: [contact()], qualified: true, ...extra },
})
const blocks = { businessStatus: '稳定增长', projectInfo: '企业形象设计', contactName: '钱卫东', contactPhone: '13800000001' }
const talk = { channel: 'PHONE', person: '钱卫东', content: '约见面谈' }
const appointed = (meetingDate = day(2)) => ({ appointment: { ...talk, meetingDate, meetingTime: '10:00', place: '客户会议室' } })
const postponed = (nextDate = day(1)) => ({ postponement: { ...talk, nextDate } })
const minutes = (extra: object = {}) => ({
  minutes: {
    customer,
    heldAt: `${day(0)}T02:00:00.000Z`,
    participants: ['钱卫东'],
    recordingConsent: true,
    projectName: '企业形象设计',
    projectContent: 'VI手册',
    needs: '新品牌形象',
    progress: '正在比选',
    nextSteps: [{ item: '形象分析', dueOn: day(5) }],
    ...extra,
  },
})
const question = { question: { question: '设计费用如何计算？' } }
const answer = { answer: { answer: '按项目报价', expert: '周老师' } }
const reason = { reason: { reason: '不合要求' } }
const urgent = lead({ ...blocks, urgency: 'URGENT' })
const toFollow = lead({ ...blocks, urgency: 'TO_FOLLOW' })

const opened = () => house.open(manager, process, profile)
async function further(before: Promise<DrivenCase>, login: string, action: string, forms: Forms = {}): Promise<DrivenCase> {
  const it = await before
  await it.act(login, action, forms)
  return it
}
/** Brings a new case to a state; `…Asked` with a question that waits for its answer. */
const stages = {
  targeting: opened,
  screening: () => further(opened(), manager, 'SET_TARGET', target),
  infoCollecting: () => further(stages.screening(), manager, 'PASS', lead()),
  appointing: () => further(stages.infoCollecting(), manager, 'INFO_READY', lead(blocks)),
  interviewing: () => further(stages.appointing(), manager, 'APPOINTED', appointed()),
  followUpDecision: () => further(stages.interviewing(), manager, 'RECORD_INTERVIEW', minutes()),
  tracking: () => further(stages.followUpDecision(), manager, 'KEEP_TRACKING', toFollow),
  interviewingAsked: () => further(stages.interviewing(), manager, 'ASK_EXPERT', question),
  followUpDecisionAsked: () => further(stages.interviewingAsked(), manager, 'RECORD_INTERVIEW', minutes()),
  trackingAsked: () => further(stages.followUpDecisionAsked(), manager, 'KEEP_TRACKING'),
}
type Stage = keyof typeof stages

const lanes = [manager, director, 'payment-run']
/** The table of page 9, and the answers to ASK_EXPERT. */
const table: readonly (readonly [from: Stage, action: string, login: string, to: string, forms?: Forms])[] = [
  ['targeting', 'SET_TARGET', manager, 'screening', target],
  ['screening', 'PASS', manager, 'infoCollecting', lead()],
  ['screening', 'FAIL', manager, 'dropped', { ...lead({ qualified: false }), ...reason }],
  ['infoCollecting', 'INFO_READY', manager, 'appointing', lead(blocks)],
  ['appointing', 'APPOINTED', manager, 'interviewing', appointed()],
  ['appointing', 'POSTPONED', manager, 'appointing', postponed()],
  ['interviewing', 'RECORD_INTERVIEW', manager, 'followUpDecision', minutes()],
  ['interviewing', 'ASK_EXPERT', manager, 'interviewing', question],
  ['followUpDecision', 'URGENT_NEED', manager, 'proposalTriggered', urgent],
  ['followUpDecision', 'KEEP_TRACKING', manager, 'tracking', toFollow],
  ['tracking', 'RE_INTERVIEW', manager, 'interviewing', lead({ ...blocks, decisionMaker: '孙莉' })],
  ['tracking', 'DROP', manager, 'dropped', reason],
  ['interviewingAsked', 'ANSWER_EXPERT', director, 'interviewing', answer],
  ['followUpDecisionAsked', 'ANSWER_EXPERT', director, 'followUpDecision', answer],
  ['trackingAsked', 'ANSWER_EXPERT', director, 'tracking', answer],
]
const stateAt = (stage: Stage) => stage.replace('Asked', '')
const inboxOf = async (login: string) => {
  const viewer = { ...(await actorsOf(house.pool, [employeeId(login)])).get(employeeId(login))!, limits: {} }
  return (await findInbox(house.pool, viewer, { first: 100 })).items
}
async function openTask(it: DrivenCase): Promise<{ id: string; due: Date | null }> {
  const { rows } = await house.pool.query(`select id, due_at as due from task where case_id = $1 and status = 'OPEN'`, [it.id])
  expect(rows).toHaveLength(1)
  return rows[0]
}
async function newestLinks(it: DrivenCase) {
  const { rows } = await house.pool.query(`select content::jsonb -> 'links' as links from audit_entry where stream = $1 order by sequence desc limit 1`, [
    `case:${it.id}`,
  ])
  return rows[0].links
}

test('prospect-development: the table above is the table of the process', () => {
  const drawn = arrowsOf(house.processes.current.get(process)!.definition)
    .filter(isAskedFor)
    .map(({ from, action, target: to }) => `${from} ${action} ${to ?? from}`)
  expect(new Set(table.map(([from, action, , to]) => `${stateAt(from)} ${action} ${to}`))).toEqual(new Set(drawn))
})

test.each(table)('prospect-development: %s, %s by %s leads to %s, and nobody else may do it', async (from, action, login, to, forms = {}) => {
  const it = await stages[from]()
  for (const other of lanes.filter((name) => name !== login)) expect([other, (await it.refused(other, action, forms))[0]]).toEqual([other, 'NOT_AUTHORISED'])
  expect(await it.refused('relations-specialist-1', action, forms)).toEqual(['NOT_FOUND'])
  expect(await it.act(login, action, forms)).toBe(to)
  const { action: last, from: left, to: entered, actor } = (await it.history()).at(-1)!
  expect([last, left, entered, actor]).toEqual([action, stateAt(from), to, employeeId(login)])
})

test('prospect-development: from a profile of the market to a proposal, by whichever account manager is there', async () => {
  const it = await opened()
  expect((await it.record()).customerId).toBeNull()
  await it.act('account-manager-2', 'SET_TARGET', target)
  expect((await it.record()).customerId).toBe(customer)
  await it.act(manager, 'PASS', lead())
  await it.act(manager, 'INFO_READY', lead(blocks))
  await it.act(manager, 'POSTPONED', postponed())
  await it.act(manager, 'APPOINTED', appointed())
  await it.act(manager, 'RECORD_INTERVIEW', minutes())
  await it.act(manager, 'KEEP_TRACKING', toFollow)
  const tracked = lead({ ...blocks, decisionMaker: '孙莉', followUps: [contact(), contact({ channel: 'MEETING', person: '孙莉', content: '了解决策过程' })] })
  await it.act(manager, 'RE_INTERVIEW', tracked)
  await it.act(manager, 'RECORD_INTERVIEW', { ...minutes(), ...urgent })
  expect(await it.act(manager, 'URGENT_NEED')).toBe('proposalTriggered')
  expect(await it.record()).toMatchObject({ outcome: 'completed', customerId: customer })
  for (const [, action, login, , forms] of table) expect(await it.refused(login, action, forms)).toEqual(['ACTION_UNAVAILABLE'])
})

test('prospect-development: a process for the proposal does not exist yet, and the need is on record without it (L17)', async () => {
  const it = await further(stages.followUpDecision(), manager, 'URGENT_NEED', urgent)
  expect(await newestLinks(it)).toEqual([{ process: 'project-proposal', refused: 'PROCESS_UNAVAILABLE' }])
  const urgentArrow = arrowsOf(house.processes.current.get(process)!.definition).find(({ action }) => action === 'URGENT_NEED')!
  const copied = urgentArrow.opens![0]!.forms({ data: { minutes: await it.form('minutes'), lead: await it.form('lead') } } as never)
  expect(copied).toEqual(minutes())
})

test('prospect-development: a target is a customer, named with its grounds', async () => {
  const it = await stages.targeting()
  expect(await it.refused(manager, 'SET_TARGET')).toEqual(['FORM_INVALID', 'prospect REQUIRED'])
  expect(await it.refused(manager, 'SET_TARGET', { prospect: { customer: randomUUID(), grounds: '有潜力' } })).toEqual([
    'FORM_INVALID',
    'prospect.customer NOT_FOUND',
  ])
  expect(await it.act(manager, 'SET_TARGET', { ...target, profile: { profile: '注重品牌的企业' } })).toBe('screening')
})

test('prospect-development: only who meets the requirement passes the screening, and only a reason fails it', async () => {
  const it = await stages.screening()
  for (const answered of [{ qualified: false }, { qualified: undefined }])
    expect(await it.refused(manager, 'PASS', lead(answered))).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(manager, 'FAIL', lead())).toEqual(['FORM_INVALID', 'reason REQUIRED'])
  await it.act(manager, 'FAIL', { ...lead({ qualified: false }), ...reason })
  expect(await it.record()).toMatchObject({ state: 'dropped', outcome: 'cancelled' })
})

test('prospect-development: a contact is recorded with its channel, its person and its content', async () => {
  const it = await stages.screening()
  expect(await it.refused(manager, 'PASS', lead({ followUps: [] }))).toEqual(['FORM_INVALID', 'lead.followUps REQUIRED'])
  expect(await it.refused(manager, 'PASS', lead({ followUps: [{ followedAt: contact().followedAt }] }))).toEqual([
    'FORM_INVALID',
    ...['channel', 'person', 'content'].map((name) => `lead.followUps[0].${name} REQUIRED`),
  ])
  await it.act(manager, 'PASS', lead())
  expect((await it.form('lead'))!['followUps']).toEqual([contact()])
  const calling = await stages.appointing()
  const missing = ['channel', 'person', 'content']
  expect(await calling.refused(manager, 'APPOINTED', { appointment: { meetingDate: day(2) } })).toEqual([
    'FORM_INVALID',
    ...missing.map((name) => `appointment.${name} REQUIRED`),
  ])
  expect(await calling.refused(manager, 'POSTPONED', { postponement: { nextDate: day(2) } })).toEqual([
    'FORM_INVALID',
    ...missing.map((name) => `postponement.${name} REQUIRED`),
  ])
})

test('prospect-development: what people are like is not collected', async () => {
  const it = await stages.screening()
  expect(await it.refused(manager, 'PASS', lead({ contactPersonalInfo: '喜好钓鱼' }))).toEqual(['FORM_INVALID', 'lead.contactPersonalInfo NOT_COLLECTED'])
})

test('prospect-development: company, project and person are all known before an appointment is made', async () => {
  const it = await stages.infoCollecting()
  expect(await it.refused(manager, 'INFO_READY')).toEqual(['CONDITION_UNMET', 'CONDITION_UNMET', 'CONDITION_UNMET'])
  for (const name of Object.keys(blocks))
    expect([name, await it.refused(manager, 'INFO_READY', lead({ ...blocks, [name]: undefined }))]).toEqual([name, ['CONDITION_UNMET']])
  for (const name of ['businessStatus', 'projectInfo', 'contactName'])
    expect([name, await it.refused(manager, 'INFO_READY', lead({ ...blocks, [name]: ' ' }))]).toEqual([name, ['CONDITION_UNMET']])
  expect(await it.act(manager, 'INFO_READY', lead(blocks))).toBe('appointing')
  // Whoever learnt all of it while screening hands in nothing more.
  const known = await further(stages.screening(), manager, 'PASS', lead(blocks))
  expect(await known.act(manager, 'INFO_READY')).toBe('appointing')
})

test('prospect-development: a date is agreed, and not one that has passed', async () => {
  const it = await stages.appointing()
  expect(await it.refused(manager, 'APPOINTED')).toEqual(['FORM_INVALID', 'appointment REQUIRED'])
  expect(await it.refused(manager, 'APPOINTED', { appointment: talk })).toEqual(['FORM_INVALID', 'appointment.meetingDate REQUIRED'])
  expect(await it.refused(manager, 'APPOINTED', appointed(day(-1)))).toEqual(['CONDITION_UNMET'])
  expect(await it.act(manager, 'APPOINTED', appointed(day(0)))).toBe('interviewing')
})

test('prospect-development: whoever postpones is offered the next date, and that is when the task is due', async () => {
  const it = await stages.appointing()
  expect((await openTask(it)).due).toBeNull()
  expect(await it.refused(manager, 'POSTPONED', postponed(day(-1)))).toEqual(['CONDITION_UNMET'])
  for (const next of [day(0), day(1), day(2)]) {
    expect(await it.act(manager, 'POSTPONED', postponed(next))).toBe('appointing')
    expect((await openTask(it)).due).toEqual(new Date(`${next}T16:00:00Z`))
  }
  expect((await it.history()).filter(({ action }) => action === 'POSTPONED')).toHaveLength(3)
})

test('prospect-development: the minutes are about the prospect, note the progress, and are recorded with consent only', async () => {
  const it = await stages.interviewing()
  expect(await it.refused(manager, 'RECORD_INTERVIEW')).toEqual(['FORM_INVALID', 'minutes REQUIRED'])
  expect(await it.refused(manager, 'RECORD_INTERVIEW', minutes({ needs: undefined }))).toEqual(['FORM_INVALID', 'minutes.needs REQUIRED'])
  for (const wrong of [{ customer: customerId('C0002') }, { progress: undefined }, { progress: ' ' }, { recordingConsent: false, recording: 'REC-1' }])
    expect([wrong, await it.refused(manager, 'RECORD_INTERVIEW', minutes(wrong))]).toEqual([wrong, ['CONDITION_UNMET']])
  expect(await it.act(manager, 'RECORD_INTERVIEW', minutes({ recordingConsent: true, recording: 'REC-1' }))).toBe('followUpDecision')
  expect(await (await stages.interviewing()).act(manager, 'RECORD_INTERVIEW', minutes({ recordingConsent: false }))).toBe('followUpDecision')
})

test('prospect-development: an urgent need goes on to a proposal, any other and none at all into tracking', async () => {
  const it = await stages.followUpDecision()
  // Nothing was learnt yet.
  expect(await it.refused(manager, 'URGENT_NEED')).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(manager, 'URGENT_NEED', toFollow)).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(manager, 'KEEP_TRACKING', urgent)).toEqual(['CONDITION_UNMET'])
  expect(await it.act(manager, 'KEEP_TRACKING')).toBe('tracking')
})

test('prospect-development: tracking ends with another interview or with a reason to drop the prospect', async () => {
  const it = await stages.tracking()
  expect(await it.refused(manager, 'RE_INTERVIEW')).toEqual(['FORM_INVALID', 'lead REQUIRED'])
  expect(await it.refused(manager, 'DROP')).toEqual(['FORM_INVALID', 'reason REQUIRED'])
  await it.act(manager, 'DROP', reason)
  expect(await it.record()).toMatchObject({ state: 'dropped', outcome: 'cancelled' })
})

test('prospect-development: a question comes up with the director as a new task, and is answered once', async () => {
  const it = await stages.interviewing()
  expect(await it.refused(director, 'ANSWER_EXPERT', answer)).toEqual(['CONDITION_UNMET'])
  const before = await openTask(it)
  expect(await it.refused(manager, 'ASK_EXPERT')).toEqual(['FORM_INVALID', 'question REQUIRED'])
  await it.act(manager, 'ASK_EXPERT', question)
  const asked = await openTask(it)
  expect(asked.id).not.toBe(before.id)
  expect(await inboxOf(director)).toContainEqual(expect.objectContaining({ id: asked.id }))
  expect(await it.refused(director, 'ANSWER_EXPERT')).toEqual(['FORM_INVALID', 'answer REQUIRED'])
  expect(await it.act(director, 'ANSWER_EXPERT', answer)).toBe('interviewing')
  expect(await it.form('answer')).toEqual(answer.answer)
  expect(await it.refused(director, 'ANSWER_EXPERT', answer)).toEqual(['CONDITION_UNMET'])
})

test('prospect-development: as many answers as questions, also after the interview and after another one', async () => {
  const it = await further(stages.trackingAsked(), director, 'ANSWER_EXPERT', answer)
  await it.act(manager, 'RE_INTERVIEW', toFollow)
  await it.act(manager, 'ASK_EXPERT', question)
  await it.act(manager, 'ASK_EXPERT', { question: { question: '能否提供案例？' } })
  await it.act(director, 'ANSWER_EXPERT', answer)
  // The account manager need not wait for the second.
  await it.act(manager, 'RECORD_INTERVIEW', minutes())
  await it.act(director, 'ANSWER_EXPERT', answer)
  expect(await it.refused(director, 'ANSWER_EXPERT', answer)).toEqual(['CONDITION_UNMET'])
})

test('prospect-development: a director who has taken the task keeps no account manager from his own acts', async () => {
  const it = await stages.interviewingAsked()
  const { id: taskId } = await openTask(it)
  await house.door.handle({ actorId: employeeId(director), requestId: 'test', taskId, idempotencyKey: '', operation: 'CLAIM' })
  expect(await it.act(manager, 'RECORD_INTERVIEW', minutes())).toBe('followUpDecision')
  expect(await it.act(director, 'ANSWER_EXPERT', answer)).toBe('followUpDecision')
})

test('prospect-development: only an account manager prospects', async () => {
  for (const login of [director, 'development-specialist-1']) expect(await house.openRefused(login, process, profile)).toEqual(['NOT_AUTHORISED'])
  expect(await house.openRefused(manager, process, {})).toEqual(['FORM_INVALID', 'profile.profile REQUIRED'])
})

const promised = { hears: ['ACCOUNT_MANAGER', 'ACCOUNT_DIRECTOR'] as const, ladder: reminders }
everyTerm(() => house, process, [
  {
    ...promised,
    place: 'appointing',
    name: 'NEXT_DATE',
    of: () => further(stages.appointing(), manager, 'POSTPONED', postponed()),
    term: { on: day(1) },
    leave: (it) => it.act(manager, 'APPOINTED', appointed()),
  },
  {
    ...promised,
    place: 'interviewing',
    name: 'MEETING_DATE',
    of: stages.interviewing,
    term: { on: day(2) },
    leave: (it) => it.act(manager, 'RECORD_INTERVIEW', minutes()),
  },
  {
    ...promised,
    place: 'tracking',
    name: 'NEXT_STEP',
    of: stages.tracking,
    term: { on: day(5) },
    leave: (it) => it.act(manager, 'DROP', reason),
  },
])
test('prospect-development: a date agreed is told once, not again for a question nor for another interview without a date', async () => {
  const it = await stages.interviewing()
  expect(await it.expire('MEETING_DATE')).toBe('FIRED')
  await it.act(manager, 'ASK_EXPERT', question)
  expect(await it.expire('MEETING_DATE')).toBe('SKIPPED')
  const again = await further(stages.tracking(), manager, 'RE_INTERVIEW', lead(blocks))
  expect(await again.expire('MEETING_DATE')).toBe('SKIPPED')
})
test('prospect-development: of several steps promised the first is due first', async () => {
  const nextSteps = [
    { item: '报价', dueOn: day(9) },
    { item: '样稿', dueOn: day(3) },
  ]
  const it = await further(further(stages.interviewing(), manager, 'RECORD_INTERVIEW', minutes({ nextSteps })), manager, 'KEEP_TRACKING', toFollow)
  expect((await it.timers()).find(({ name, rung }) => name === 'NEXT_STEP' && rung === null)!.term).toEqual({ on: day(3) })
})
