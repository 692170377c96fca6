import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { arrowsOf, isAskedFor } from '../../src/define/index.js'
import { customerId, departmentId, employeeId, personId } from '../../src/organisation/ids.js'
import { dayIn, reason, stance, today, transitionsNotTaken } from '../support/complaints.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { decisionLadder, everyTerm, ladderDeeds, reminders, setFigure, termOf } from '../support/terms.js'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

type Forms = Readonly<Record<string, unknown>>
const id = 'customer-grievance-handling'
const [specialist, afterSales, supervisor, colleague, manager] = [
  'complaint-specialist-1',
  'after-sales-specialist-1',
  'complaint-supervisor-1',
  'complaint-supervisor-2',
  'cs-manager-1',
]
/** The unit at fault, and one member of each department that countersigns. */
const [unit, quality, marketing] = ['production-1', 'quality-1', 'marketing-1']

const note = (extra: object = {}) => ({
  customer: customerId('C0001'),
  no: 'BY-001',
  filledBy: employeeId('complaint-specialist-3'),
  filledOn: today,
  abstract: '外壳有划痕',
  actionNeeded: '更换外壳',
  ...extra,
})
const sheet = (extra: object = {}) => ({
  urgency: 'NORMAL',
  date: today,
  customer: customerId('C0001'),
  kind: 'GRIEVANCE',
  productModel: 'A型打印机 A-100',
  quantity: '300',
  batchNo: 'P-2611',
  shippedOn: dayIn(-9),
  shippingNo: 'CH-77',
  content: '外壳有划痕',
  responsibleUnit: departmentId('PRODUCTION'),
  countersignDepartments: ['QUALITY', 'MARKETING'].map(departmentId),
  ...extra,
})
const owner = employeeId('production-2')
const measure = (extra: object = {}) => ({ measure: { measure: '隔离库存', owner, ...extra } })
const analysis = (extra: object = {}) => ({ analysis: { cause: '包装过薄', defectiveQuantity: '3', defectRate: '1', owner, ...extra } })
const prevention = (extra: object = {}) => ({ prevention: { measures: '加厚包装', owner, ...extra } })
const opinion = { countersignOpinion: stance('同意') }
const disposition = { disposition: { opinion: '更换外壳并致歉' } }
const escalation = (extra: object = {}) => ({
  escalation: { complaintType: 'GOODS', phone: '13900000011', promisedDeadline: dayIn(10), reason: '客户要求索赔', ...extra },
})
const followedUp = (extra: object = {}) => ({ note: note({ followUpDone: '已更换并电话确认', ...extra }) })

const opened = (login = specialist, extra: object = {}) => house.open(login, id, note(extra))
async function further(before: Promise<DrivenCase>, login: string, action: string, forms: Forms = {}): Promise<DrivenCase> {
  const it = await before
  await it.act(login, action, forms)
  return it
}
/** What the sheet says, and what differs from the plain case. */
interface Plot {
  readonly sheet?: object
  readonly classifier?: string
  readonly unit?: string
  readonly owners?: string
  readonly noted?: Promise<DrivenCase>
}
const owned = ({ owners }: Plot) => (owners === undefined ? {} : { owner: employeeId(owners) })
/** Brings a new grievance to a state. `lastOpinion`: one of the two departments has signed. */
const stages = {
  noted: (_plot: Plot = {}) => opened(),
  emergencyAction: (plot: Plot = {}) => further(plot.noted ?? opened(), plot.classifier ?? specialist, 'CLASSIFY', { sheet: sheet(plot.sheet) }),
  causeAnalysis: (plot: Plot = {}) => further(stages.emergencyAction(plot), plot.unit ?? unit, 'MEASURE_TAKEN', measure(owned(plot))),
  prevention: (plot: Plot = {}) => further(stages.causeAnalysis(plot), plot.unit ?? unit, 'SUBMIT_ANALYSIS', analysis(owned(plot))),
  countersigning: (plot: Plot = {}) => further(stages.prevention(plot), plot.unit ?? unit, 'SUBMIT_PREVENTION', prevention(owned(plot))),
  lastOpinion: (plot: Plot = {}) => further(stages.countersigning(plot), marketing, 'GIVE_OPINION', opinion),
  disposition: (plot: Plot = {}) => further(stages.lastOpinion(plot), quality, 'GIVE_OPINION', opinion),
  followUp: (plot: Plot = {}) => further(stages.disposition(plot), supervisor, 'DECIDE', disposition),
}
type Stage = keyof typeof stages
/** From the unit's first step on to the disposition, with these papers and people. */
async function answered(it: DrivenCase, papers: Forms = {}, by: (action: string) => string = () => unit): Promise<DrivenCase> {
  for (const [action, forms] of Object.entries({ MEASURE_TAKEN: measure, SUBMIT_ANALYSIS: analysis, SUBMIT_PREVENTION: prevention }))
    await it.act(by(action), action, forms(papers[action] as object))
  for (const login of [marketing, quality]) await it.act(login, 'GIVE_OPINION', opinion)
  return it
}
const classified = (before: Promise<DrivenCase>, forms: Forms = {}) => further(before, specialist, 'CLASSIFY', { sheet: sheet(), ...forms })
const stateOf = (stage: Stage) => (stage === 'lastOpinion' ? 'countersigning' : stage)

/** Puts somebody on the staff; with `person`, a second account of somebody who is there already. */
async function hire(login: string, roles: readonly string[], department: string | null = null, person = login): Promise<string> {
  await house.owner.query('insert into employee (id, number, login, name, person_id, department_id) values ($1, $2, $2, $2, $3, $4)', [
    employeeId(login),
    login,
    personId(person),
    department && departmentId(department),
  ])
  for (const role of roles)
    await house.owner.query('insert into role_assignment (id, employee_id, role) values (gen_random_uuid(), $1, $2)', [employeeId(login), role])
  return login
}
const openVoices = async (it: DrivenCase) =>
  (await house.pool.query(`select seat from task where case_id = $1 and status = 'OPEN' order by seat`, [it.id])).rows.map(({ seat }) => seat)
const codes = async (refused: Promise<readonly string[]>) => [...new Set(await refused)]

const lanes = [specialist, afterSales, unit, quality, marketing, supervisor, manager, 'payment-run']
/** The table of page 6. `lastOpinion` is where the last opinion leads on: ALL_OPINIONS_IN is what the engine does by itself. */
const table: readonly (readonly [from: Stage, action: string, who: readonly string[], to: string, forms: Forms])[] = [
  ['noted', 'CLASSIFY', [specialist, afterSales], 'emergencyAction', { sheet: sheet() }],
  ['emergencyAction', 'MEASURE_TAKEN', [unit], 'causeAnalysis', measure()],
  ['causeAnalysis', 'SUBMIT_ANALYSIS', [unit], 'prevention', analysis()],
  ['prevention', 'SUBMIT_PREVENTION', [unit], 'countersigning', prevention()],
  ['countersigning', 'GIVE_OPINION', [quality, marketing], 'countersigning', opinion],
  ['lastOpinion', 'GIVE_OPINION', [quality], 'disposition', opinion],
  ['disposition', 'DECIDE', [supervisor], 'followUp', disposition],
  ['disposition', 'RETURN', [supervisor], 'causeAnalysis', reason('原因不清')],
  ['disposition', 'ESCALATE_TO_COMPLAINT', [supervisor], 'escalated', escalation()],
  ['followUp', 'FOLLOW_UP_DONE', [specialist], 'closed', followedUp()],
]
/** A department hears of a case with its first task. */
const hears: Readonly<Record<string, Stage>> = { [unit]: 'emergencyAction', [quality]: 'countersigning', [marketing]: 'countersigning' }
const knows = (login: string, at: Stage) => {
  const places = Object.keys(stages)
  return places.indexOf(at) >= places.indexOf(hears[login] ?? 'noted')
}

test('customer-grievance-handling: the table above is the table of the process', () => {
  // COUNT is the system's, for a voice that is taken away.
  const drawn = arrowsOf(house.processes.current.get(id)!.definition)
    .filter(isAskedFor)
    .filter(({ action }) => action !== 'COUNT')
  expect(new Set(table.map(([from, action, , to]) => `${stateOf(from)} ${action} ${to}`))).toEqual(
    new Set(drawn.map(({ from, action, target }) => `${from} ${action} ${target ?? from}`)),
  )
})

test.each(table)('customer-grievance-handling: %s, %s by %j leads to %s, and nobody else may do it', async (from, action, who, to, forms) => {
  const it = await stages[from]()
  for (const other of lanes.filter((login) => !who.includes(login))) {
    // Whoever has voted is told so.
    const expected = !knows(other, from) ? 'NOT_FOUND' : from === 'lastOpinion' && other === marketing ? 'SOD_CONFLICT' : 'NOT_AUTHORISED'
    expect([other, (await it.refused(other, action, forms))[0]]).toEqual([other, expected])
  }
  const [actor] = who
  expect(await it.act(actor!, action, forms)).toBe(to)
  expect((await it.history()).at(-1)).toMatchObject({ action, from: stateOf(from), to, actor: employeeId(actor!) })
  for (const login of who.slice(1)) expect(await (await stages[from]()).act(login, action, forms)).toBe(to)
})

test('customer-grievance-handling: the whole way to closed, with every line of the sheet on record and nothing after it', async () => {
  const it = await further(stages.followUp(), specialist, 'FOLLOW_UP_DONE', followedUp())
  expect(await it.record()).toMatchObject({ state: 'closed', outcome: 'completed', round: 1, customerId: customerId('C0001') })
  expect((await it.history()).map(({ action }) => action)).toEqual(
    'OPEN CLASSIFY MEASURE_TAKEN SUBMIT_ANALYSIS SUBMIT_PREVENTION GIVE_OPINION GIVE_OPINION DECIDE FOLLOW_UP_DONE'.split(' '),
  )
  expect(await it.form('sheet')).toEqual(sheet())
  expect({ measure: await it.form('measure') }).toEqual(measure())
  expect({ analysis: await it.form('analysis') }).toEqual(analysis())
  expect({ prevention: await it.form('prevention') }).toEqual(prevention())
  expect({ disposition: await it.form('disposition') }).toEqual(disposition)
  expect({ note: await it.form('note') }).toEqual(followedUp())
  const roles = (await it.record()).decisions.map(({ role, seat }) => (seat ? [role, seat] : [role]))
  expect(roles).toEqual([
    ['COMPLAINT_SPECIALIST'],
    ['RESPONSIBLE_DEPT'],
    ['RESPONSIBLE_DEPT'],
    ['RESPONSIBLE_DEPT'],
    ['COUNTERSIGN_DEPT', departmentId('MARKETING')],
    ['COUNTERSIGN_DEPT', departmentId('QUALITY')],
    ['COMPLAINT_SUPERVISOR'],
    ['COMPLAINT_SPECIALIST'],
  ])
  for (const [, action, [login], , forms] of table) expect(await it.refused(login!, action, forms)).toEqual(['ACTION_UNAVAILABLE'])
})

test('customer-grievance-handling: both kinds of specialist note a grievance, and nobody else', async () => {
  for (const login of [specialist, afterSales]) expect(await (await opened(login)).state()).toBe('noted')
  for (const login of [supervisor, unit, manager]) expect(await codes(house.openRefused(login, id, note()))).toEqual(['NOT_AUTHORISED'])
  const { actionNeeded: _none, ...incomplete } = note()
  expect(await house.openRefused(specialist, id, incomplete)).toEqual(['FORM_INVALID', 'note.actionNeeded REQUIRED'])
})

test('customer-grievance-handling: every line of the sheet has to be filled in, and every measure has its owner', async () => {
  const noted = await stages.noted()
  expect(await noted.refused(specialist, 'CLASSIFY')).toEqual(['FORM_INVALID', 'sheet REQUIRED'])
  expect(await noted.refused(specialist, 'CLASSIFY', { sheet: sheet({ urgency: undefined, kind: undefined, responsibleUnit: undefined }) })).toEqual([
    'FORM_INVALID',
    'sheet.urgency REQUIRED',
    'sheet.kind REQUIRED',
    'sheet.responsibleUnit REQUIRED',
  ])
  const lines: readonly (readonly [Stage, string, Forms, string])[] = [
    ['emergencyAction', 'MEASURE_TAKEN', measure({ owner: undefined }), 'measure.owner'],
    ['causeAnalysis', 'SUBMIT_ANALYSIS', analysis({ owner: undefined }), 'analysis.owner'],
    ['prevention', 'SUBMIT_PREVENTION', prevention({ owner: undefined }), 'prevention.owner'],
  ]
  for (const [stage, action, forms, field] of lines)
    expect(await (await stages[stage]()).refused(unit, action, forms)).toEqual(['FORM_INVALID', `${field} REQUIRED`])
  const countersigning = await stages.countersigning()
  expect(await countersigning.refused(quality, 'GIVE_OPINION')).toEqual(['FORM_INVALID', 'countersignOpinion REQUIRED'])
  const judged = await stages.disposition()
  expect(await judged.refused(supervisor, 'DECIDE')).toEqual(['FORM_INVALID', 'disposition REQUIRED'])
  expect(await judged.refused(supervisor, 'RETURN')).toEqual(['FORM_INVALID', 'reason REQUIRED'])
})

test('customer-grievance-handling: the sheet is about the customer of the note', async () => {
  const it = await stages.noted()
  const other = { sheet: sheet({ customer: customerId('C0002') }) }
  expect(await it.refused(specialist, 'CLASSIFY', other)).toEqual(['CONDITION_UNMET'])
  expect(await it.act(specialist, 'CLASSIFY', { ...other, note: note({ customer: customerId('C0002') }) })).toBe('emergencyAction')
  expect(await it.record()).toMatchObject({ customerId: customerId('C0002') })
})

test('customer-grievance-handling: the sheet is dated between the note and today', async () => {
  const it = await opened(specialist, { filledOn: dayIn(-2) })
  for (const date of [dayIn(-3), dayIn(1)]) expect(await it.refused(specialist, 'CLASSIFY', { sheet: sheet({ date }) })).toEqual(['CONDITION_UNMET'])
  expect(await it.act(specialist, 'CLASSIFY', { sheet: sheet({ date: dayIn(-2) }) })).toBe('emergencyAction')
})

test('customer-grievance-handling: a return names quantity, batch and shipping order; a grievance need not', async () => {
  const it = await stages.noted()
  for (const missing of [{ quantity: undefined }, { quantity: '0' }, { batchNo: undefined }, { shippingNo: undefined }])
    expect(await it.refused(specialist, 'CLASSIFY', { sheet: sheet({ kind: 'RETURN', ...missing }) })).toEqual(['CONDITION_UNMET'])
  expect(await it.act(specialist, 'CLASSIFY', { sheet: sheet({ kind: 'RETURN', quantity: '0.0001' }) })).toBe('emergencyAction')
  const bare = { quantity: undefined, batchNo: undefined, shippedOn: undefined, shippingNo: undefined }
  expect(await (await stages.emergencyAction({ sheet: bare })).state()).toBe('emergencyAction')
})

test('customer-grievance-handling: others than the responsible unit countersign, one department at the least', async () => {
  const it = await stages.noted()
  for (const countersignDepartments of [undefined, [], [departmentId('PRODUCTION')], ['QUALITY', 'PRODUCTION'].map(departmentId)])
    expect(await it.refused(specialist, 'CLASSIFY', { sheet: sheet({ countersignDepartments }) })).toEqual(['CONDITION_UNMET'])
  expect(await it.act(specialist, 'CLASSIFY', { sheet: sheet({ countersignDepartments: [departmentId('QUALITY')] }) })).toBe('emergencyAction')
})

test('customer-grievance-handling: only the department that the sheet names answers, by any of its members', async () => {
  const it = await stages.emergencyAction()
  expect(await it.refused('quality-1', 'MEASURE_TAKEN', measure())).toEqual(['NOT_FOUND'])
  // The role elsewhere is no membership.
  expect(
    await codes(it.refused(await hire('responsible-elsewhere', ['RESPONSIBLE_DEPT', 'COMPLAINT_SPECIALIST'], 'GIFT'), 'MEASURE_TAKEN', measure())),
  ).toEqual(['NOT_AUTHORISED'])
  expect(await it.act('production-2', 'MEASURE_TAKEN', measure())).toBe('causeAnalysis')
  expect(await it.act('dept-manager-3', 'SUBMIT_ANALYSIS', analysis())).toBe('prevention')
})

test.each([
  ['300', '3', '1'],
  ['300', '3', '1.00'],
  ['3', '1', '33.33'],
  ['3', '2', '66.67'],
  // Exact to the fourth decimal, and the same rounded half up to the second.
  ['800', '1', '0.125'],
  ['800', '1', '0.13'],
  ['300', '0', '0'],
  ['2.5', '2.5', '100'],
])('customer-grievance-handling: of %s pieces %s defective are %s percent', async (quantity, defectiveQuantity, defectRate) => {
  const it = await stages.causeAnalysis({ sheet: { quantity } })
  expect(await it.act(unit, 'SUBMIT_ANALYSIS', analysis({ defectiveQuantity, defectRate }))).toBe('prevention')
})

test('customer-grievance-handling: no other defect rate than the quotient, and none without a quantity', async () => {
  const wrong: readonly (readonly [quantity: string | undefined, defectiveQuantity: string | undefined, defectRate: string | undefined])[] = [
    ['300', '3', '1.01'],
    ['300', '3', '0.99'],
    ['3', '1', '33.34'],
    ['3', '1', '33.32'],
    ['3', '1', '33.3301'],
    ['800', '1', '0.12'],
    ['300', '301', '100'],
    ['300', '300.0001', '100'],
    ['300', '3', undefined],
    ['300', undefined, '1'],
    ['300', undefined, undefined],
    ['0', '0', '0'],
    [undefined, '3', '1'],
    [undefined, undefined, '0'],
    [undefined, '0', undefined],
  ]
  for (const [quantity, defectiveQuantity, defectRate] of wrong) {
    const it = await stages.causeAnalysis({ sheet: { quantity } })
    const refused = await it.refused(unit, 'SUBMIT_ANALYSIS', analysis({ defectiveQuantity, defectRate }))
    expect([quantity, defectiveQuantity, defectRate, refused]).toEqual([quantity, defectiveQuantity, defectRate, ['CONDITION_UNMET']])
  }
  const it = await stages.causeAnalysis({ sheet: { quantity: undefined } })
  expect(await it.refused(unit, 'SUBMIT_ANALYSIS', analysis({ defectRate: '100.01' }))).toEqual(['FORM_INVALID', 'analysis.defectRate AMOUNT_INVALID'])
  expect(await it.act(unit, 'SUBMIT_ANALYSIS', analysis({ defectiveQuantity: undefined, defectRate: undefined }))).toBe('prevention')
})

test('customer-grievance-handling: each department that the sheet names has one voice, which any of its members raises', async () => {
  const twice = ['QUALITY', 'MARKETING', 'QUALITY', 'FINANCE'].map(departmentId)
  const it = await stages.countersigning({ sheet: { countersignDepartments: twice } })
  expect(await openVoices(it)).toEqual([...new Set(twice)].sort())
  // No member of a department that was not asked, whatever his roles.
  expect(await codes(it.refused(await hire('countersigner-elsewhere', ['COUNTERSIGN_DEPT'], 'GIFT'), 'GIVE_OPINION', opinion))).toEqual(['NOT_FOUND'])
  expect(await codes(it.refused('dept-manager-3', 'GIVE_OPINION', opinion))).toEqual(['NOT_AUTHORISED'])
  expect(await it.act('finance-3', 'GIVE_OPINION', opinion)).toBe('countersigning')
  expect(await openVoices(it)).toEqual(['QUALITY', 'MARKETING'].map(departmentId).sort())
  expect(await codes(it.refused('finance-3', 'GIVE_OPINION', opinion))).toEqual(['SOD_CONFLICT'])
  expect(await codes(it.refused('finance-1', 'GIVE_OPINION', opinion))).toEqual(['NOT_AUTHORISED'])
  expect(await it.act('dept-manager-2', 'GIVE_OPINION', opinion)).toBe('countersigning')
  expect(await it.act('quality-2', 'GIVE_OPINION', opinion)).toBe('disposition')
  expect((await it.record()).decisions.flatMap(({ seat }) => seat ?? [])).toEqual(['FINANCE', 'MARKETING', 'QUALITY'].map(departmentId))
})

test('customer-grievance-handling: while an opinion is out nobody goes on, and nobody has to count', async () => {
  const it = await stages.lastOpinion()
  expect(await it.refused(supervisor, 'DECIDE', disposition)).toEqual(['ACTION_UNAVAILABLE'])
  expect(await it.refused(supervisor, 'ALL_OPINIONS_IN')).toEqual(['ACTION_UNAVAILABLE'])
  expect(await it.act(quality, 'GIVE_OPINION', opinion)).toBe('disposition')
})

test('customer-grievance-handling: a disagreement does not block, and the supervisor reads it', async () => {
  const it = await stages.lastOpinion()
  const disagreement = stance('对策不足', 'DISAGREE')
  expect(await it.act(quality, 'GIVE_OPINION', { countersignOpinion: disagreement })).toBe('disposition')
  expect(await it.form('countersignOpinion')).toEqual(disagreement)
})

test('customer-grievance-handling: nobody who answered for the unit, prepared the case or is named in it countersigns', async () => {
  const moved = await hire('production-in-quality', [], 'QUALITY', unit)
  const preparer = await hire('specialist-in-quality', ['COMPLAINT_SPECIALIST'], 'QUALITY')
  const bars: readonly (readonly [string, Plot])[] = [
    [moved, {}],
    [preparer, { classifier: preparer }],
    ['quality-2', { owners: 'quality-2' }],
    ['quality-2', { sheet: { owner: employeeId('quality-2') } }],
    ['quality-2', { sheet: { concerned: [employeeId('quality-2')] } }],
  ]
  for (const [login, plot] of bars) {
    const it = await stages.countersigning(plot)
    expect([login, await codes(it.refused(login, 'GIVE_OPINION', opinion))]).toEqual([login, ['SOD_CONFLICT']])
    expect(await it.act(quality, 'GIVE_OPINION', opinion)).toBe('countersigning')
  }
  const own = await stages.countersigning({ noted: opened(preparer) })
  expect(await codes(own.refused(preparer, 'GIVE_OPINION', opinion))).toEqual(['SOD_CONFLICT'])
})

const judgements = { DECIDE: disposition, RETURN: reason('原因不清'), ESCALATE_TO_COMPLAINT: escalation() }
async function barred(it: DrivenCase, login: string) {
  for (const [action, forms] of Object.entries(judgements))
    expect([login, action, await codes(it.refused(login, action, forms))]).toEqual([login, action, ['SOD_CONFLICT']])
}

test('customer-grievance-handling: whoever noted, filled in or classified the grievance does not decide it', async () => {
  const both = await hire('specialist-who-supervises', ['COMPLAINT_SPECIALIST', 'COMPLAINT_SUPERVISOR'])
  await barred(await stages.disposition({ classifier: both }), both)
  await barred(await answered(await classified(opened(both))), both)
  const filledIn = await answered(await classified(opened(specialist, { filledBy: employeeId(both) })))
  await barred(filledIn, both)
  expect(await filledIn.act(supervisor, 'DECIDE', disposition)).toBe('followUp')
})

test('customer-grievance-handling: the responsible unit does not decide its own case', async () => {
  const own = { responsibleUnit: departmentId('CS-COMPLAINT') }
  const outsider = await hire('supervisor-of-another-unit', ['COMPLAINT_SUPERVISOR'], 'GIFT')
  for (const step of ['MEASURE_TAKEN', 'SUBMIT_ANALYSIS', 'SUBMIT_PREVENTION']) {
    // By what a member did for the unit, …
    const it = await answered(await stages.emergencyAction({ sheet: own }), {}, (action) => (action === step ? supervisor : 'complaint-specialist-2'))
    await barred(it, supervisor)
    // … because one belongs to it, …
    await barred(it, colleague)
    expect(await it.act(outsider, 'DECIDE', disposition)).toBe('followUp')
    // … and by the name of an owner on its papers.
    await barred(await answered(await stages.emergencyAction(), { [step]: { owner: employeeId(supervisor) } }), supervisor)
  }
  await barred(await stages.disposition({ sheet: { owner: employeeId(supervisor) } }), supervisor)
})

test('customer-grievance-handling: where all supervisors are concerned, the manager above them decides', async () => {
  const { rows } = await house.pool.query(`select employee_id as id from role_assignment where role = 'COMPLAINT_SUPERVISOR'`)
  const plot = { unit: 'complaint-specialist-2', sheet: { responsibleUnit: departmentId('CS-COMPLAINT') } }
  expect(await (await stages.disposition(plot)).refused(manager, 'DECIDE', disposition)).toEqual(['NOT_AUTHORISED'])
  const it = await stages.disposition({ ...plot, sheet: { ...plot.sheet, concerned: rows.map(({ id }) => id) } })
  for (const login of [supervisor, colleague]) await barred(it, login)
  expect(await it.act(manager, 'DECIDE', disposition)).toBe('followUp')
})

test('customer-grievance-handling: whoever countersigned does not decide', async () => {
  const it = await stages.lastOpinion({ sheet: { countersignDepartments: ['CS-COMPLAINT', 'MARKETING'].map(departmentId) } })
  expect(await it.act(supervisor, 'GIVE_OPINION', opinion)).toBe('disposition')
  await barred(it, supervisor)
  expect(await it.act(colleague, 'DECIDE', disposition)).toBe('followUp')
})

test('customer-grievance-handling: nobody classifies a grievance about himself', async () => {
  const it = await stages.noted()
  for (const login of [specialist, afterSales])
    expect(await codes(it.refused(login, 'CLASSIFY', { sheet: sheet({ concerned: [employeeId(login)] }) }))).toEqual(['SOD_CONFLICT'])
  expect(await it.act(afterSales, 'CLASSIFY', { sheet: sheet({ concerned: [employeeId(specialist)] }) })).toBe('emergencyAction')
})

test('customer-grievance-handling: a return starts a new round, in which all opinions are given again', async () => {
  const it = await further(stages.disposition(), supervisor, 'RETURN', reason('原因不清'))
  expect(await it.record()).toMatchObject({ state: 'causeAnalysis', round: 2 })
  expect((await it.record()).decisions.map(({ state }) => state)).toEqual(['noted', 'emergencyAction'])
  await it.act('production-2', 'SUBMIT_ANALYSIS', analysis({ cause: '运输挤压' }))
  await it.act('production-2', 'SUBMIT_PREVENTION', prevention())
  expect(await openVoices(it)).toEqual(['QUALITY', 'MARKETING'].map(departmentId).sort())
  await it.act(marketing, 'GIVE_OPINION', opinion)
  expect(await it.act(quality, 'GIVE_OPINION', opinion)).toBe('disposition')
  // Whoever returned it may decide it.
  expect(await it.act(supervisor, 'DECIDE', disposition)).toBe('followUp')
  const { rows } = await house.pool.query(`select count(*)::int as versions from form_version where case_id = $1 and key = 'analysis'`, [it.id])
  expect(rows).toEqual([{ versions: 2 }])
})

test('customer-grievance-handling: the follow-up is added to the note, and nothing else is changed in it', async () => {
  const it = await stages.followUp()
  for (const change of [{ followUpDone: undefined }, { actionTaken: '已致歉' }, { actionNeeded: '无' }, { customer: customerId('C0002') }])
    expect(await it.refused(specialist, 'FOLLOW_UP_DONE', followedUp(change))).toEqual(['CONDITION_UNMET'])
  expect(await it.act('complaint-specialist-2', 'FOLLOW_UP_DONE', followedUp())).toBe('closed')
  const kept = await answered(await classified(stages.noted(), { note: note({ actionTaken: '已致歉' }) }))
  await kept.act(supervisor, 'DECIDE', disposition)
  // Nor is anything left out.
  expect(await kept.refused(specialist, 'FOLLOW_UP_DONE', followedUp())).toEqual(['CONDITION_UNMET'])
  expect(await kept.act(specialist, 'FOLLOW_UP_DONE', followedUp({ actionTaken: '已致歉' }))).toBe('closed')
})

test('customer-grievance-handling: L8, an escalated grievance is a complaint with the first register filled in', async () => {
  const it = await stages.disposition()
  expect(await it.refused(supervisor, 'ESCALATE_TO_COMPLAINT', escalation({ promisedDeadline: dayIn(-1) }))).toEqual(['CONDITION_UNMET'])
  expect(await it.refused(supervisor, 'ESCALATE_TO_COMPLAINT', escalation({ phone: undefined }))).toEqual(['FORM_INVALID', 'escalation.phone REQUIRED'])
  expect(await it.act(supervisor, 'ESCALATE_TO_COMPLAINT', escalation({ promisedDeadline: today }))).toBe('escalated')
  expect((await it.record()).outcome).toBe('completed')
  const complaints = await it.children()
  expect(complaints.map(({ process }) => process)).toEqual(['complaint-handling'])
  const [complaint] = complaints
  expect(await complaint!.record()).toMatchObject({ state: 'registered', customerId: customerId('C0001'), parentId: it.id })
  expect(await complaint!.form('registration1')).toEqual({
    acceptedOn: today,
    customer: customerId('C0001'),
    complaintType: 'GOODS',
    phone: '13900000011',
    reason: '外壳有划痕',
    customerDemand: '更换外壳',
    acceptance: 'ACCEPTED',
    promisedDeadline: today,
    remark: '客户要求索赔',
  })
  expect(await (await stages.followUp()).children()).toEqual([])
})

const onward = (from: Stage) => {
  const [, action, who, , forms] = table.find(([place]) => place === from)!
  return (it: DrivenCase) => it.act(who[0]!, action, forms)
}
const step = (place: Stage, name: string, workingDays: number) => ({
  place,
  name,
  of: () => stages[place](),
  term: { workingDays, from: today },
  hears: ['COMPLAINT_SUPERVISOR'] as const,
  ladder: reminders,
  leave: onward(place),
})
everyTerm(() => house, id, [
  {
    ...step('disposition', 'GRIEVANCE_DUE', 10),
    place: '',
    leave: (it) => it.act(supervisor, 'ESCALATE_TO_COMPLAINT', escalation()),
  },
  step('emergencyAction', 'MEASURE_DUE', 3),
  step('causeAnalysis', 'ANALYSIS_DUE', 5),
  step('prevention', 'PREVENTION_DUE', 7),
  {
    ...step('countersigning', 'OPINIONS_DUE', 2),
    term: { workingDays: 2 },
    leave: async (it) => {
      for (const login of [marketing, quality]) await it.act(login, 'GIVE_OPINION', opinion)
    },
  },
  { ...step('disposition', 'DECISION_DUE', 2), term: { workingDays: 2 }, hears: [], ladder: decisionLadder },
])
test('customer-grievance-handling: an urgent grievance is due sooner, the emergency measure first, and a return gives no more time', async () => {
  const urgent = { sheet: { urgency: 'URGENT', date: today } }
  const from = { from: today }
  const it = await stages.emergencyAction(urgent)
  expect(await termOf(it, 'MEASURE_DUE')).toEqual({ workingDays: 1, ...from })
  expect(await termOf(it, 'GRIEVANCE_DUE')).toEqual({ workingDays: 5, ...from })
  expect(await termOf(await stages.prevention(urgent), 'PREVENTION_DUE')).toEqual({ workingDays: 4, ...from })
  const returned = await stages.disposition(urgent)
  await returned.act(supervisor, 'RETURN', reason('原因不清'))
  expect(await termOf(returned, 'ANALYSIS_DUE')).toEqual({ workingDays: 2, ...from })
  const { rows } = await house.pool.query(
    'select c.due_at = t.due_at as same from service_case c join timer t on t.case_id = c.id where c.id = $1 and t.name = $2 and rung is null',
    [it.id, 'GRIEVANCE_DUE'],
  )
  expect(rows).toEqual([{ same: true }])
})
test('customer-grievance-handling: nothing runs before the sheet, and an organisation has figures of its own', async () => {
  expect(await (await stages.noted()).timers()).toEqual([])
  await setFigure(house, id, 'measureDays', 6)
  expect(await termOf(await stages.emergencyAction(), 'MEASURE_DUE')).toEqual({ workingDays: 6, from: today })
  await house.owner.query('delete from process_setting where process = $1', [id])
})
test('customer-grievance-handling: what lies before the supervisor may be decided above, by nobody who is shut out', async () => {
  const it = await stages.disposition()
  expect(await codes(it.refused(manager, 'DECIDE', disposition))).toEqual(['NOT_AUTHORISED'])
  expect(await it.expire('DECISION_DUE', 2)).toBe('FIRED')
  expect(await ladderDeeds(it)).toEqual([{ action: 'RAISE', term: 'DECISION_DUE', share: '1.5', role: 'CS_MANAGER' }])
  expect(await it.act(manager, 'DECIDE', disposition)).toBe('followUp')
  const own = await further(stages.lastOpinion({ sheet: { concerned: [employeeId(manager)] } }), quality, 'GIVE_OPINION', opinion)
  await own.expire('DECISION_DUE', 2)
  expect(await codes(own.refused(manager, 'DECIDE', disposition))).toEqual(['SOD_CONFLICT'])
})

test('customer-grievance-handling: every transition of page 6 was taken', async () => {
  expect((await transitionsNotTaken(house, id)).filter((transition) => !transition.includes(' COUNT '))).toEqual([])
})
test('customer-grievance-handling: nothing went wrong behind the door', () => expect(house.reported).toEqual([]))
