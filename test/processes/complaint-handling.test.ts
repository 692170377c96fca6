import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { departmentId, employeeId } from '../../src/organisation/ids.js'
import { classified, investigated, onTo, onward, type Plot, planned, sign, signAll } from '../support/complaint-road.js'
import * as paper from '../support/complaints.js'
import { people, reason, type SeatOfFive, signatories } from '../support/complaints.js'
import { type DrivenCase, type House, openHouse } from '../support/house.js'
import { decisionLadder, everyTerm, ladderDeeds, reminders, running, setFigure, termOf } from '../support/terms.js'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const { handler, visitor, colleague, supervisor, executor, confirmer, manager, deputy, generalManager } = people

const at = async (state: string, plot: Plot = {}): Promise<DrivenCase> =>
  onTo(await house.open(handler, 'complaint-handling', paper.registration1(plot.registration as never)), state, plot)
/** Not our fault: from the verdict to the explanation. */
const explaining = async (): Promise<DrivenCase> => {
  const it = await at('causeVerdict')
  await it.act('complaint-supervisor-2', 'CAUSE_NOT_OWN', { opinion: { opinion: '客户使用不当' } })
  return it
}

/** The code that names the failure; where several rules or branches stand in the way, each adds its reason. */
const nameOf = ([code]: readonly string[]) => code
const actions = async (it: DrivenCase) => (await it.history()).map(({ action }) => action)
/** Every version of a form, oldest first. */
const versionsOf = async (it: DrivenCase, key: string): Promise<Record<string, unknown>[]> => {
  const { rows } = await house.pool.query('select content from form_version where case_id = $1 and key = $2 order by version', [it.id, key])
  return rows.map(({ content }) => JSON.parse(content))
}
const openTasks = async (it: DrivenCase): Promise<{ state: string; seat: string | null; departments: string[] | null }[]> => {
  const { rows } = await house.pool.query(
    `select state, seat, department_ids as departments from task join task_offer on task_id = id and place = 0 where case_id = $1 and status = 'OPEN' order by seat`,
    [it.id],
  )
  return rows
}
const linksOf = async (it: DrivenCase, action: string): Promise<object[]> => {
  const { rows } = await house.pool.query(
    `select content::jsonb -> 'links' as links from audit_entry where stream = $1 and action = $2 order by sequence desc limit 1`,
    [`case:${it.id}`, action],
  )
  return rows[0].links
}

describe('the acceptance tests of page 2', () => {
  test('complaint-handling 1: a specialist may not issue the notice, and the attempt is on record', async () => {
    const it = await at('registered')
    expect(await it.refused(handler, 'ISSUE_NOTICE', { notice: paper.notice() })).toEqual(['NOT_AUTHORISED', 'ACTION_UNAVAILABLE'])
    const { rows } = await house.pool.query(`select actor_id, result, content::jsonb -> 'reasons' -> 0 ->> 'code' as code from audit_entry where stream = $1`, [
      `attempts:${it.id}`,
    ])
    expect(rows).toEqual([{ actor_id: employeeId(handler), result: 'REFUSED', code: 'NOT_AUTHORISED' }])
    expect(await actions(it)).toEqual(['OPEN'])
  })

  test('complaint-handling 1: nor when the notice waits to be issued', async () => {
    const it = await at('noticeReview')
    expect(await it.refused(handler, 'ISSUE_NOTICE', { notice: paper.notice() })).toEqual(['NOT_AUTHORISED'])
    expect(await it.act(supervisor, 'ISSUE_NOTICE', { notice: paper.notice() })).toBe('investigating')
  })

  test("complaint-handling 2: within the manager's limit no instruction is asked for", async () => {
    const it = await at('managerApproval', { amount: '10000' })
    expect(await it.refused(manager, 'APPROVE_AND_ESCALATE')).toEqual(['CONDITION_UNMET'])
    expect(await it.act(manager, 'APPROVE', { opinion: { opinion: '同意' } })).toBe('negotiating')
    expect((await it.history()).some(({ from }) => from === 'deputyGmInstruction' || from === 'gmInstruction')).toBe(false)
  })

  test('complaint-handling 3: above the limit the manager may only escalate', async () => {
    const it = await at('managerApproval', { amount: '10000.01' })
    expect(await it.refused(manager, 'APPROVE')).toEqual(['LIMIT_EXCEEDED'])
    expect(await it.act(manager, 'APPROVE_AND_ESCALATE')).toBe('deputyGmInstruction')
  })

  test('complaint-handling 4: while one seat is open the countersign does not end', async () => {
    const it = await at('countersigning')
    const [last, ...others] = Object.entries(signatories).reverse() as [SeatOfFive, string][]
    for (const [seat, login] of others) expect(await sign(it, seat, login)).toBe('countersigning')
    expect(await it.refused(manager, 'APPROVE')).toEqual(['ACTION_UNAVAILABLE'])
    expect(await openTasks(it)).toMatchObject([{ state: 'countersigning', seat: last![0] }])
    expect(await sign(it, ...last!)).toBe('managerApproval')
    expect(await openTasks(it)).toMatchObject([{ state: 'managerApproval', seat: null }])
  })

  test('complaint-handling 5: whoever handled the case may not make the visit', async () => {
    const it = await at('returnVisiting')
    expect(nameOf(await it.refused(handler, 'VISIT_SATISFIED', { visitRecord: paper.visitRecord(true, handler) }))).toBe('SOD_CONFLICT')
    expect(await it.act(visitor, 'VISIT_SATISFIED', { visitRecord: paper.visitRecord(true) })).toBe('improving')
  })

  test('complaint-handling 6: a dissatisfied visit investigates again, and the old plan is kept', async () => {
    const it = await at('returnVisiting', { amount: '800' })
    expect(await it.act(visitor, 'VISIT_DISSATISFIED', { visitRecord: paper.visitRecord(false) })).toBe('investigating')
    expect((await it.record()).round).toBe(2)
    await onTo(it, 'countersigning', { amount: '900' })
    expect((await versionsOf(it, 'remedy')).map(({ claimAmount }) => claimAmount)).toEqual(['800', '900'])
    expect(await versionsOf(it, 'handlingForm')).toHaveLength(2)
  })

  test('complaint-handling 7: a case without a recorded visit may not be closed', async () => {
    const it = await explaining()
    await it.act(manager, 'NEGOTIATION_FAILED', reason('客户拒绝'))
    await it.act(manager, 'SETTLED_OR_JUDGED', { litigation: paper.litigation(false) })
    await onTo(it, 'reportReview')
    expect(await it.refused(manager, 'CLOSE_CASE', paper.closing)).toEqual(['CONDITION_UNMET'])
    await visitBy('care-specialist-1', (await it.children('complaint-return-visit'))[0]!, true)
    expect(await it.act(manager, 'CLOSE_CASE', paper.closing)).toBe('closed')
  })

  test('complaint-handling 8: the promised term is stored, and once past it makes the case overdue and leaves the state', async () => {
    const onTime = await at('registered')
    expect(await dueOf(onTime)).toEqual({ due: paper.dayIn(10), overdue: false, state: 'registered' })
    const late = await at('investigating', { registration: { promisedDeadline: paper.dayIn(-1) } })
    expect(await dueOf(late)).toEqual({ due: paper.dayIn(-1), overdue: true, state: 'investigating' })
    expect(await late.act(handler, 'SUBMIT_INVESTIGATION', investigated({}))).toBe('causeVerdict')
  })

  test('complaint-handling 9: not our fault and the customer refuses: litigation', async () => {
    const it = await explaining()
    expect(await it.refused(handler, 'NEGOTIATION_FAILED', reason('客户拒绝'))).toEqual(['NOT_AUTHORISED'])
    expect(await it.act(manager, 'NEGOTIATION_FAILED', reason('客户拒绝'))).toBe('litigation')
  })
})
/** The stored term as a day in Shanghai: it ends with that day. */
const dueOf = async (it: DrivenCase) => {
  const { rows } = await house.pool.query(
    `select to_char((due_at - interval '1 second') at time zone 'Asia/Shanghai', 'YYYY-MM-DD') as due, outcome is null and due_at < now() as overdue, state from service_case where id = $1`,
    [it.id],
  )
  return rows[0]
}
/** The whole of a return visit, and its review. */
async function visitBy(login: string, visit: DrivenCase, satisfied: boolean): Promise<string> {
  await visit.act(login, 'START_VISIT', { plan: { channel: 'PHONE' } })
  await visit.act(login, 'CONTACTED')
  await visit.act(login, 'SUBMIT_RECORD', { visitRecord: paper.visitRecord(satisfied, login) })
  return visit.act(supervisor, satisfied ? 'CONFIRM' : 'REOPEN')
}

describe('the other transitions of page 2 and their guards', () => {
  test('a registration that is not accepted, or without a promised term, may not be classified', async () => {
    const it = await at('registered', { registration: { acceptance: 'REJECTED', rejectionReason: '非本公司产品', promisedDeadline: undefined } })
    expect(await it.refused(handler, 'CLASSIFY', classified({}))).toEqual(['CONDITION_UNMET'])
    expect(await it.act(handler, 'CLASSIFY', { ...classified({}), registration1: paper.registration1() })).toBe('noticeReview')
  })

  test('the supervisor declines a complaint, with the reason', async () => {
    const it = await at('registered')
    expect(await it.refused(handler, 'DECLINE_ACCEPTANCE', reason('非本公司产品'))).toEqual(['NOT_AUTHORISED'])
    expect(await it.refused(supervisor, 'DECLINE_ACCEPTANCE')).toEqual(['FORM_INVALID', 'reason REQUIRED'])
    expect(await it.act(supervisor, 'DECLINE_ACCEPTANCE', reason('非本公司产品'))).toBe('notAccepted')
    expect((await it.record()).outcome).toBe('rejected')
    expect(await openTasks(it)).toEqual([])
  })

  test('a customer withdraws, with the proof of it', async () => {
    const it = await at('registered')
    expect(await it.refused(handler, 'WITHDRAW_BY_CUSTOMER', { statement: { ...paper.statement('撤诉'), evidence: '' } })).toEqual([
      'FORM_INVALID',
      'statement.evidence REQUIRED',
    ])
    expect(await it.act(handler, 'WITHDRAW_BY_CUSTOMER', { statement: paper.statement('撤诉') })).toBe('withdrawn')
  })

  test('no notice goes out without the department and the number', async () => {
    const it = await at('noticeReview')
    const { problemDepartment: _department, ...unaddressed } = paper.notice()
    const { documentNo: _number, ...unnumbered } = paper.notice()
    expect(await it.refused(supervisor, 'ISSUE_NOTICE', { notice: unaddressed })).toEqual(['CONDITION_UNMET'])
    expect(await it.refused(supervisor, 'ISSUE_NOTICE', { notice: unnumbered })).toEqual(['CONDITION_UNMET'])
    expect(await it.act(supervisor, 'ISSUE_NOTICE', { notice: paper.notice() })).toBe('investigating')
    const [tracking] = await it.children('complaint-case-tracking')
    expect(await linksOf(it, 'ISSUE_NOTICE')).toEqual([{ process: 'complaint-case-tracking', caseId: tracking!.id }])
  })

  test('a notice goes back to be classified again', async () => {
    const it = await at('noticeReview')
    expect(await it.act(supervisor, 'RETURN', reason('分类有误'))).toBe('registered')
    expect((await it.record()).round).toBe(2)
    expect(await it.act(handler, 'CLASSIFY', classified({ type: 'SERVICE' }))).toBe('noticeReview')
    expect((await versionsOf(it, 'classification')).map(({ complaintType }) => complaintType)).toEqual(['GOODS', 'SERVICE'])
  })

  test('a supervisor who takes the case over handles it from then on; one who has not may not', async () => {
    const usual = await at('investigating')
    expect(await usual.refused(supervisor, 'SUBMIT_INVESTIGATION', investigated({}))).toEqual(['CONDITION_UNMET'])
    const it = await at('noticeReview')
    expect(await it.refused(supervisor, 'TAKE_OVER', { takeover: { ground: 'BORED' } })).toEqual(['FORM_INVALID', 'takeover.ground CHOICE_UNKNOWN'])
    expect(await it.act(supervisor, 'TAKE_OVER', { takeover: { ground: 'SPECIAL_CUSTOMER' } })).toBe('investigating')
    const record = paper.record({ handler: employeeId(supervisor), handlingSupervisor: employeeId('complaint-supervisor-2') })
    expect(await it.act(supervisor, 'SUBMIT_INVESTIGATION', { survey: paper.survey, record })).toBe('causeVerdict')
    expect(await it.act(supervisor, 'CAUSE_OWN', { liability: paper.liability('100') })).toBe('planDrafting')
    expect(await it.act(supervisor, 'SUBMIT_PLAN', planned({}))).toBe('countersigning')
  })

  test('handler, handling supervisor and verifier are three people', async () => {
    const it = await at('investigating')
    const named = (verifier: string | undefined) => ({ survey: paper.survey, record: paper.record({ verifier: verifier && employeeId(verifier) }) })
    expect(await it.refused(handler, 'SUBMIT_INVESTIGATION', named(supervisor))).toEqual(['CONDITION_UNMET'])
    expect(await it.refused(handler, 'SUBMIT_INVESTIGATION', named(undefined))).toEqual(['CONDITION_UNMET'])
    expect(nameOf(await it.refused(handler, 'SUBMIT_INVESTIGATION', named(handler)))).toBe('SOD_CONFLICT')
  })

  test('whoever is complained of may not handle the case', async () => {
    const it = await at('registered')
    await it.act(handler, 'CLASSIFY', {
      ...classified({}),
      classification: paper.classification({ complainedOf: [employeeId(colleague), employeeId('complaint-supervisor-2')] }),
    })
    expect(await it.refused('complaint-supervisor-2', 'ISSUE_NOTICE', { notice: paper.notice() })).toEqual(['SOD_CONFLICT'])
    await it.act(supervisor, 'ISSUE_NOTICE', { notice: paper.notice() })
    expect(nameOf(await it.refused(colleague, 'SUBMIT_INVESTIGATION', investigated({})))).toBe('SOD_CONFLICT')
  })

  test('shares that do not add up to 100% settle no liability', async () => {
    const it = await at('causeVerdict')
    expect(await it.refused(handler, 'CAUSE_OWN', { liability: paper.liability('70', '29.99') })).toEqual(['CONDITION_UNMET'])
    expect(await it.act(handler, 'CAUSE_OWN', { liability: paper.liability('70', '30.00') })).toBe('planDrafting')
  })

  test('the supervisor whom the record names as handler may not confirm that the fault is elsewhere', async () => {
    const it = await at('investigating')
    const record = paper.record({ handler: employeeId(supervisor), handlingSupervisor: employeeId('complaint-supervisor-2') })
    await it.act(handler, 'SUBMIT_INVESTIGATION', { survey: paper.survey, record })
    expect(await it.refused(supervisor, 'CAUSE_NOT_OWN')).toEqual(['SOD_CONFLICT'])
    expect(await it.act('complaint-supervisor-2', 'CAUSE_NOT_OWN')).toBe('explaining')
  })

  test('evidence that does not suffice is looked for again', async () => {
    const it = await at('causeVerdict')
    expect(await it.act(supervisor, 'INSUFFICIENT_EVIDENCE', reason('缺检测报告'))).toBe('investigating')
    expect((await it.record()).round).toBe(2)
  })

  const instruction = { opinion: { opinion: '按方案执行' } }
  test('each of the three deciders returns the plan', async () => {
    const it = await at('managerApproval', { amount: '200000' })
    expect(await it.act(manager, 'RETURN', reason('方案不可行'))).toBe('planDrafting')
    await onTo(it, 'managerApproval', { amount: '200000' })
    await it.act(manager, 'APPROVE_AND_ESCALATE')
    expect(await it.act(deputy, 'RETURN', reason('金额过高'))).toBe('planDrafting')
    await onTo(it, 'managerApproval', { amount: '200000' })
    await it.act(manager, 'APPROVE_AND_ESCALATE')
    await it.act(deputy, 'APPROVE_AND_ESCALATE', instruction)
    expect(await it.act(generalManager, 'RETURN', reason('重拟'))).toBe('planDrafting')
    expect((await it.record()).round).toBe(4)
  })

  test('the deputy general manager decides up to a limit, the general manager without one', async () => {
    const within = await at('managerApproval', { amount: '100000' })
    await within.act(manager, 'APPROVE_AND_ESCALATE')
    expect(await within.refused(deputy, 'APPROVE_AND_ESCALATE', instruction)).toEqual(['CONDITION_UNMET'])
    // 批示 is in writing.
    expect(await within.refused(deputy, 'APPROVE')).toEqual(['CONDITION_UNMET'])
    expect(await within.act(deputy, 'APPROVE', instruction)).toBe('negotiating')
    const above = await at('managerApproval', { amount: '100000.01' })
    await above.act(manager, 'APPROVE_AND_ESCALATE')
    expect(await above.refused(deputy, 'APPROVE', instruction)).toEqual(['LIMIT_EXCEEDED'])
    expect(await above.act(deputy, 'APPROVE_AND_ESCALATE', instruction)).toBe('gmInstruction')
    expect(await above.refused(generalManager, 'APPROVE')).toEqual(['CONDITION_UNMET'])
    expect(await above.act(generalManager, 'APPROVE', instruction)).toBe('negotiating')
  })

  test.each([{ urgency: 'CRITICAL' }, { severity: 'SERIOUS' }] as const)('%j goes above the manager whatever it costs', async (plot) => {
    const it = await at('managerApproval', { amount: '0', ...plot })
    expect(await it.refused(manager, 'APPROVE')).toEqual(['CONDITION_UNMET'])
    expect(await it.act(manager, 'APPROVE_AND_ESCALATE')).toBe('deputyGmInstruction')
  })

  test.each([
    ['the loss', { remedy: paper.remedy('0', { lossAmount: '10001' }) }],
    ['the compensation of the plan', { remedy: paper.remedy('0'), solution: paper.solution({ compensation: '10001' }) }],
  ])('%s counts against the limit too', async (_what, forms) => {
    const it = await at('planDrafting')
    await it.act(handler, 'SUBMIT_PLAN', { ...planned({}), ...forms })
    await onTo(it, 'managerApproval')
    expect(await it.refused(manager, 'APPROVE')).toEqual(['LIMIT_EXCEEDED'])
  })

  test('what the customer accepts is on record, with the final measure', async () => {
    const it = await at('negotiating')
    expect(nameOf(await it.refused(handler, 'CUSTOMER_ACCEPTS', { ...paper.agreed, record: paper.record() }))).toBe('CONDITION_UNMET')
    expect(await it.act(handler, 'CUSTOMER_ACCEPTS', paper.agreed)).toBe('executing')
  })

  test('a negotiation that fails goes to court, and what the court leaves to do is executed', async () => {
    const it = await at('negotiating')
    expect(await it.act(manager, 'NEGOTIATION_FAILED', reason('协商未果'))).toBe('litigation')
    expect(await it.act(manager, 'SETTLED_OR_JUDGED', { litigation: paper.litigation(true) })).toBe('executing')
  })

  test('an explanation that the customer accepts ends in a visit; new evidence reopens the investigation', async () => {
    const it = await explaining()
    expect(await it.act(handler, 'NEW_EVIDENCE', { statement: paper.statement('提供检测报告') })).toBe('investigating')
    expect((await it.record()).round).toBe(2)
    await onTo(it, 'causeVerdict')
    await it.act('complaint-supervisor-2', 'CAUSE_NOT_OWN')
    expect(await it.act(handler, 'CUSTOMER_ACCEPTS', { statement: paper.statement('接受说明') })).toBe('returnVisiting')
    expect(await it.children('complaint-return-visit')).toHaveLength(1)
  })

  test('the execution is reported with its measures by the department, and confirmed by somebody else', async () => {
    const it = await at('executing', { department: 'BUSINESS' })
    const notice = paper.notice({ problemDepartment: departmentId('BUSINESS') })
    expect(await it.refused('business-dept-1', 'REPORT_EXECUTION', { notice })).toEqual(['CONDITION_UNMET'])
    expect(nameOf(await it.refused(executor, 'REPORT_EXECUTION', { notice: { ...notice, ...paper.measures } }))).toBe('NOT_AUTHORISED')
    await it.act('business-dept-1', 'REPORT_EXECUTION', { notice: { ...notice, ...paper.measures } })
    expect(await it.refused('business-dept-1', 'CONFIRM_EXECUTION', { notice: { ...notice, ...paper.observation } })).toEqual(['SOD_CONFLICT'])
    expect(await it.refused('business-dept-2', 'CONFIRM_EXECUTION', { notice: { ...notice, ...paper.measures } })).toEqual(['CONDITION_UNMET'])
    expect(await it.act('business-dept-2', 'CONFIRM_EXECUTION', { notice: { ...notice, ...paper.observation } })).toBe('returnVisiting')
  })

  test('a defective execution is done again in the same round', async () => {
    const it = await at('executionConfirming')
    expect(await it.act(confirmer, 'EXECUTION_DEFECTIVE', reason('新机仍有异响'))).toBe('executing')
    expect((await it.record()).round).toBe(1)
    await onTo(it, 'returnVisiting')
  })

  test('a customer counts as unreachable after three attempts', async () => {
    const it = await at('returnVisiting')
    const handIn = (attempts: number, satisfied?: boolean) => ({ visitRecord: paper.visitRecord(satisfied), unreachable: paper.unreachable(attempts) })
    expect(await it.refused(visitor, 'VISIT_UNREACHABLE', handIn(2))).toEqual(['CONDITION_UNMET'])
    expect(await it.refused(visitor, 'VISIT_UNREACHABLE', handIn(3, true))).toEqual(['CONDITION_UNMET'])
    expect(await it.refused(visitor, 'VISIT_SATISFIED', { visitRecord: paper.visitRecord(false) })).toEqual(['CONDITION_UNMET'])
    expect(await it.refused(visitor, 'VISIT_DISSATISFIED', { visitRecord: paper.visitRecord(true) })).toEqual(['CONDITION_UNMET'])
    expect(await it.act(visitor, 'VISIT_UNREACHABLE', handIn(3))).toBe('improving')
  })

  test('a call-centre agent may make the visit', async () => {
    const it = await at('returnVisiting')
    expect(await it.act('call-center-agent-1', 'VISIT_SATISFIED', { visitRecord: paper.visitRecord(true, 'call-center-agent-1') })).toBe('improving')
  })

  test('no improvement needs its reason, an improvement its measures', async () => {
    const it = await at('improving')
    expect(await it.refused(supervisor, 'NO_IMPROVEMENT_NEEDED')).toEqual(['FORM_INVALID', 'reason REQUIRED'])
    expect(await it.refused(supervisor, 'CONFIRM_IMPROVEMENT', { improvement: { measures: [] } })).toEqual(['FORM_INVALID', 'improvement.measures REQUIRED'])
    expect(await it.act(supervisor, 'NO_IMPROVEMENT_NEEDED', reason('偶发'))).toBe('reporting')
  })

  test('a report is complete before it is read, and may be sent back', async () => {
    const it = await at('reporting')
    expect(await it.refused(handler, 'SUBMIT_REPORT', { ...paper.summedUp, analysis: paper.analysis() })).toEqual(['CONDITION_UNMET'])
    expect(await it.refused(handler, 'SUBMIT_REPORT', { ...paper.summedUp, report: paper.report({ closedOn: paper.dayIn(-2) }) })).toEqual(['CONDITION_UNMET'])
    expect(await it.act(handler, 'SUBMIT_REPORT', paper.summedUp)).toBe('reportReview')
    expect(await it.act(manager, 'RETURN', reason('缺检讨'))).toBe('reporting')
    await onTo(it, 'closed')
    expect(await it.record()).toMatchObject({ state: 'closed', outcome: 'completed' })
    expect(await openTasks(it)).toEqual([])
  })
})

describe('rounds', () => {
  test('a refused plan starts round 2, a dissatisfied visit round 3; every version is kept', async () => {
    const it = await at('negotiating', { amount: '500' })
    await it.act(handler, 'CUSTOMER_REJECTS', { record: paper.record(), statement: paper.statement('不同意') })
    expect(await it.record()).toMatchObject({ state: 'planDrafting', round: 2 })
    await onTo(it, 'returnVisiting', { amount: '600' })
    await it.act(visitor, 'VISIT_DISSATISFIED', { visitRecord: paper.visitRecord(false) })
    expect(await it.record()).toMatchObject({ state: 'investigating', round: 3 })
    await onTo(it, 'closed', { amount: '700' })
    expect((await versionsOf(it, 'remedy')).map(({ claimAmount }) => claimAmount)).toEqual(['500', '600', '700'])
    expect((await versionsOf(it, 'statement')).map(({ statement }) => statement)).toEqual(['不同意', '同意换新', '同意换新'])
    expect((await versionsOf(it, 'visitRecord')).map(({ satisfied }) => satisfied)).toEqual([false, true])
    expect(await versionsOf(it, 'countersignOpinion')).toHaveLength(15)
  })

  test('the decisions of an old round lapse: its seats sign again, its drafter may draft again, and what came before stands', async () => {
    const it = await at('negotiating')
    await it.act(handler, 'CUSTOMER_REJECTS', { record: paper.record(), statement: paper.statement('不同意') })
    const { decisions } = await it.record()
    expect([...new Set(decisions.map(({ state }) => state))]).toEqual(['registered', 'noticeReview', 'investigating', 'causeVerdict'])
    await it.act(colleague, 'SUBMIT_PLAN', planned({}))
    expect((await openTasks(it)).map(({ seat }) => seat)).toEqual(['CUSTOMER_DEPT', 'FINANCE', 'MARKETING', 'PRODUCTION', 'QUALITY'])
    await onTo(it, 'negotiating')
  })

  test('whoever handled an earlier round still may not visit: the record names him', async () => {
    const it = await at('returnVisiting')
    await it.act(visitor, 'VISIT_DISSATISFIED', { visitRecord: paper.visitRecord(false) })
    await it.act(executor, 'SUBMIT_INVESTIGATION', investigated({}))
    await it.act(colleague, 'CAUSE_OWN', { liability: paper.liability('100') })
    await it.act(colleague, 'SUBMIT_PLAN', planned({}))
    await onTo(it, 'negotiating')
    await it.act(colleague, 'CUSTOMER_ACCEPTS', paper.agreed)
    await onTo(it, 'returnVisiting')
    for (const login of [handler, colleague]) {
      expect(nameOf(await it.refused(login, 'VISIT_SATISFIED', { visitRecord: paper.visitRecord(true, login) }))).toBe('SOD_CONFLICT')
    }
    expect(await it.act(visitor, 'VISIT_SATISFIED', { visitRecord: paper.visitRecord(true) })).toBe('improving')
  })

  test('a refusal in the fifth round leaves only the court', async () => {
    const it = await at('negotiating')
    for (const round of [2, 3, 4, 5]) {
      await it.act(handler, 'CUSTOMER_REJECTS', { record: paper.record(), statement: paper.statement('不同意') })
      expect((await it.record()).round).toBe(round)
      await onTo(it, 'negotiating')
    }
    expect(await it.refused(handler, 'CUSTOMER_REJECTS', { record: paper.record(), statement: paper.statement('不同意') })).toEqual(['CONDITION_UNMET'])
    expect(await it.act(manager, 'NEGOTIATION_FAILED', reason('协商未果'))).toBe('litigation')
  })
})

describe('countersigning', () => {
  const mine = { countersignOpinion: paper.stance('同意') }

  test('one person with two seats signs each of them on its own', async () => {
    const it = await at('countersigning')
    expect(await sign(it, 'QUALITY', 'finance-3')).toBe('countersigning')
    expect((await openTasks(it)).map(({ seat }) => seat)).toEqual(['CUSTOMER_DEPT', 'FINANCE', 'MARKETING', 'PRODUCTION'])
    expect(await sign(it, 'FINANCE', 'finance-3')).toBe('countersigning')
    for (const seat of ['CUSTOMER_DEPT', 'MARKETING', 'PRODUCTION'] as const) await sign(it, seat, signatories[seat])
    expect(await it.state()).toBe('managerApproval')
    const signed = (await it.record()).decisions.filter(({ state }) => state === 'countersigning').map(({ seat, role }) => [seat, role])
    expect(signed.slice(0, 2)).toEqual([
      ['QUALITY', 'QUALITY'],
      ['FINANCE', 'FINANCE'],
    ])
  })

  test('nobody signs for a department of which he holds no seat', async () => {
    const it = await at('countersigning')
    expect(await it.refused('marketing-1', 'GIVE_OPINION', mine, { seat: 'FINANCE' })).toEqual(['NOT_AUTHORISED'])
    expect(await it.refused('technician-1', 'GIVE_OPINION', mine, { seat: 'QUALITY' })).toEqual(['NOT_FOUND'])
    expect(await it.refused(handler, 'GIVE_OPINION', mine, { seat: 'QUALITY' })).toEqual(['NOT_AUTHORISED'])
  })

  test('a seat signs once, has to be named, and must be one of those printed', async () => {
    const it = await at('countersigning')
    await sign(it, 'FINANCE', 'finance-1')
    expect(await it.refused('finance-2', 'GIVE_OPINION', mine, { seat: 'FINANCE' })).toEqual(['SEAT_TAKEN'])
    expect(await it.refused('marketing-1', 'GIVE_OPINION', mine)).toEqual(['SEAT_REQUIRED'])
    expect(await it.refused('marketing-1', 'GIVE_OPINION', mine, { seat: 'LEGAL' })).toEqual(['SEAT_TAKEN'])
  })

  test('whoever drafted the plan signs no seat of it', async () => {
    const it = await at('noticeReview', { department: 'CS-COMPLAINT', type: 'SERVICE' })
    await onTo(it, 'countersigning', { department: 'CS-COMPLAINT', type: 'SERVICE' })
    expect(await it.refused(handler, 'GIVE_OPINION', mine, { seat: 'RESPONSIBLE_DEPT' })).toEqual(['SOD_CONFLICT'])
    expect(await sign(it, 'RESPONSIBLE_DEPT', colleague)).toBe('countersigning')
  })

  test('a disagreement does not block, and the manager reads it', async () => {
    const it = await at('countersigning')
    await it.act('finance-1', 'GIVE_OPINION', { countersignOpinion: paper.stance('费用过高', 'DISAGREE') }, { seat: 'FINANCE' })
    for (const seat of ['CUSTOMER_DEPT', 'MARKETING', 'PRODUCTION', 'QUALITY'] as const) await sign(it, seat, signatories[seat])
    expect(await it.state()).toBe('managerApproval')
    expect((await versionsOf(it, 'countersignOpinion'))[0]).toEqual({ stance: 'DISAGREE', opinion: '费用过高' })
  })

  test('a service complaint asks the customer department and the department at fault, and finance where money is at stake', async () => {
    const free = await at('countersigning', { type: 'SERVICE', department: 'CREATIVE', amount: '0' })
    expect((await openTasks(free)).map(({ seat }) => seat)).toEqual(['CUSTOMER_DEPT', 'RESPONSIBLE_DEPT'])
    expect(await free.refused('finance-1', 'GIVE_OPINION', mine, { seat: 'FINANCE' })).toEqual(['SEAT_TAKEN'])
    await sign(free, 'RESPONSIBLE_DEPT', 'project-leader-1')
    expect(await sign(free, 'CUSTOMER_DEPT', 'customer-dept-1')).toBe('managerApproval')
    const paid = await at('countersigning', { type: 'SERVICE', department: 'CREATIVE', amount: '0.01' })
    expect((await openTasks(paid)).map(({ seat }) => seat)).toEqual(['CUSTOMER_DEPT', 'FINANCE', 'RESPONSIBLE_DEPT'])
    await sign(paid, 'RESPONSIBLE_DEPT', 'project-leader-1')
    await sign(paid, 'CUSTOMER_DEPT', 'customer-dept-1')
    expect(await sign(paid, 'FINANCE', 'finance-1')).toBe('managerApproval')
  })
})

describe('the department that the notice names', () => {
  test('only its members report the investigation, besides the specialists', async () => {
    const it = await at('investigating', { department: 'PRODUCTION' })
    expect(nameOf(await it.refused('marketing-1', 'SUBMIT_INVESTIGATION', investigated({})))).toBe('NOT_AUTHORISED')
    expect(nameOf(await it.refused('business-dept-3', 'SUBMIT_INVESTIGATION', investigated({})))).toBe('NOT_AUTHORISED')
    expect(await it.act('production-2', 'SUBMIT_INVESTIGATION', investigated({}))).toBe('causeVerdict')
    expect((await it.record()).decisions.at(-1)).toMatchObject({ action: 'SUBMIT_INVESTIGATION', role: 'RESPONSIBLE_DEPT' })
  })

  test('the verifier does not report what he verifies', async () => {
    const it = await at('causeVerdict')
    await it.act(supervisor, 'INSUFFICIENT_EVIDENCE', reason('缺检测报告'))
    await it.act(handler, 'SUBMIT_INVESTIGATION', { survey: paper.survey, record: paper.record({ verifier: employeeId('production-2') }) })
    await it.act(supervisor, 'INSUFFICIENT_EVIDENCE', reason('仍缺检测报告'))
    expect(nameOf(await it.refused('production-2', 'SUBMIT_INVESTIGATION', investigated({})))).toBe('SOD_CONFLICT')
  })

  test('another department is named by the supervisor alone, and from then on it is that one', async () => {
    const it = await at('investigating', { department: 'PRODUCTION' })
    const forms = { notice: paper.notice({ problemDepartment: departmentId('QUALITY') }), ...reason('属检验漏检') }
    expect(await it.refused(handler, 'REASSIGN_DEPT', forms)).toEqual(['NOT_AUTHORISED'])
    const { problemDepartment: _none, ...unaddressed } = paper.notice()
    expect(await it.refused(supervisor, 'REASSIGN_DEPT', { ...forms, notice: unaddressed })).toEqual(['CONDITION_UNMET'])
    expect(await it.act(supervisor, 'REASSIGN_DEPT', forms)).toBe('investigating')
    expect(await versionsOf(it, 'notice')).toHaveLength(3)
    expect(nameOf(await it.refused('production-1', 'SUBMIT_INVESTIGATION', investigated({})))).toBe('NOT_AUTHORISED')
    expect(await it.act('quality-1', 'SUBMIT_INVESTIGATION', investigated({}))).toBe('causeVerdict')
  })

  test('the open task follows the department', async () => {
    const it = await at('investigating', { department: 'PRODUCTION' })
    expect(await openTasks(it)).toEqual([{ state: 'investigating', seat: null, departments: [departmentId('PRODUCTION')] }])
    await it.act(supervisor, 'REASSIGN_DEPT', { notice: paper.notice({ problemDepartment: departmentId('GIFT') }), ...reason('属礼品问题') })
    expect(await openTasks(it)).toEqual([{ state: 'investigating', seat: null, departments: [departmentId('GIFT')] }])
  })
})

describe('links', () => {
  test('L5: the visit is a case of its own, told whom it must not be made by, and its end moves the complaint', async () => {
    const it = await at('returnVisiting')
    const [visit] = await it.children('complaint-return-visit')
    expect(visit!.process).toBe('complaint-return-visit')
    expect(await visit!.form('task')).toEqual({ customer: paper.customer, handlers: [employeeId(handler), employeeId(people.verifier)] })
    expect(await visitBy('care-specialist-1', visit!, true)).toBe('satisfied')
    expect(await it.state()).toBe('improving')
    expect((await it.history()).at(-1)).toMatchObject({ action: 'VISIT_SATISFIED', from: 'returnVisiting', to: 'improving', actor: null })
  })

  test('L5: a dissatisfied visit sends the complaint back, and the next round has a visit of its own', async () => {
    const it = await at('returnVisiting')
    expect(await visitBy('care-specialist-1', (await it.children('complaint-return-visit'))[0]!, false)).toBe('reopened')
    expect(await it.record()).toMatchObject({ state: 'investigating', round: 2 })
    await onTo(it, 'returnVisiting')
    const visits = await it.children('complaint-return-visit')
    expect(visits).toHaveLength(2)
    expect(await visitBy('care-specialist-2', visits[1]!, true)).toBe('satisfied')
    expect(await it.state()).toBe('improving')
  })

  test('L5: a visit that reaches nobody lets the complaint go on', async () => {
    const it = await at('returnVisiting')
    const [visit] = await it.children('complaint-return-visit')
    for (let attempt = 0; attempt < 3; attempt++) {
      await visit!.act('care-specialist-1', 'START_VISIT', { plan: { channel: 'PHONE' } })
      await visit!.act('care-specialist-1', 'ATTEMPT_FAILED', { attempt: { attempts: paper.attempts(attempt + 1) } })
    }
    await visit!.act('care-specialist-1', 'START_VISIT', { plan: { channel: 'LETTER' } })
    expect(await visit!.act('care-specialist-1', 'GIVE_UP', { letter: { sentOn: paper.today } })).toBe('unreachable')
    expect((await it.history()).at(-1)).toMatchObject({ action: 'VISIT_UNREACHABLE', to: 'improving', actor: null })
  })

  test.each([
    ['VISIT_SATISFIED', { visitRecord: paper.visitRecord(true) }, 'satisfied'],
    ['VISIT_DISSATISFIED', { visitRecord: paper.visitRecord(false) }, 'reopened'],
    ['VISIT_UNREACHABLE', { visitRecord: paper.visitRecord(undefined), unreachable: paper.unreachable(3) }, 'unreachable'],
  ] as const)('L5: %s recorded in the complaint itself settles the open visit', async (action, forms, end) => {
    const it = await at('returnVisiting')
    const [visit] = await it.children('complaint-return-visit')
    await visit!.act('care-specialist-1', 'START_VISIT', { plan: { channel: 'PHONE' } })
    await it.act(visitor, action, forms)
    expect(await visit!.state()).toBe(end)
    expect((await visit!.history()).at(-1)).toMatchObject({ action: 'SETTLED_IN_CASE', actor: null })
    expect(await openTasks(visit!)).toEqual([])
    // The complaint knows already, and is not told a second time.
    expect((await actions(it)).filter((done) => done.startsWith('VISIT_'))).toEqual([action])
  })

  test('whoever handled the complaint may not make its visit, nor the verifier whom the record names', async () => {
    const it = await at('negotiating')
    await it.act(handler, 'CUSTOMER_ACCEPTS', {
      ...paper.agreed,
      record: paper.record({ finalMeasure: '更换新机', verifier: employeeId('care-specialist-1') }),
    })
    await onTo(it, 'returnVisiting')
    const [visit] = await it.children('complaint-return-visit')
    for (const login of [handler, 'care-specialist-1'])
      expect(nameOf(await visit!.refused(login, 'START_VISIT', { plan: { channel: 'PHONE' } }))).toBe('SOD_CONFLICT')
    expect(await visit!.act(visitor, 'START_VISIT', { plan: { channel: 'PHONE' } })).toBe('contacting')
  })

  test.each([
    ['EXCHANGE', 'product-return-exchange'],
    ['REPAIR', 'product-repair'],
  ])('L4: the plan %s names the process that is not available yet, and is executed all the same', async (disposition, process) => {
    const it = await at('executing', { disposition })
    expect(await linksOf(it, 'CUSTOMER_ACCEPTS')).toEqual([{ process, refused: 'PROCESS_UNAVAILABLE' }])
    await onTo(it, 'executionConfirming')
  })
})

describe('all of it', () => {
  test('every transition of page 2 was taken', async () => {
    expect(await paper.transitionsNotTaken(house, 'complaint-handling')).toEqual([])
  })
  test('nothing went wrong behind the door', () => expect(house.reported).toEqual([]))
})

/** Above the manager, and above the deputy general manager as well. */
const instructed = async (amount: string): Promise<DrivenCase> => {
  const it = await at('managerApproval', { amount })
  await it.act(manager, 'APPROVE_AND_ESCALATE')
  if (Number(amount) > 100_000) await it.act(deputy, 'APPROVE_AND_ESCALATE', { opinion: { opinion: '请批示' } })
  return it
}
const withdrawn = (it: DrivenCase) => it.act(handler, 'WITHDRAW_BY_CUSTOMER', { statement: paper.statement('撤诉') })
const returned = (login: string) => (it: DrivenCase) => it.act(login, 'RETURN', reason('请补充'))
const oneOf = (state: string) => ({ place: state, of: () => at(state), leave: onward(state) })
const both = ['COMPLAINT_SUPERVISOR', 'CS_MANAGER'] as const
everyTerm(() => house, 'complaint-handling', [
  {
    place: '',
    name: 'DEADLINE_NEAR',
    of: () => at('registered'),
    term: { workingDays: -2, from: paper.dayIn(10) },
    hears: ['COMPLAINT_SUPERVISOR'],
    ladder: [],
    leave: withdrawn,
  },
  {
    place: '',
    name: 'DEADLINE_OVERDUE',
    of: () => at('registered'),
    term: { on: paper.dayIn(10) },
    hears: both,
    ladder: ['0.5 REMIND', '0.8 REMIND', '1 RAISE'],
    leave: withdrawn,
  },
  { ...oneOf('noticeReview'), name: 'DECISION_DUE', term: { workingDays: 2 }, hears: [], ladder: decisionLadder },
  { ...oneOf('investigating'), name: 'INVESTIGATION_DUE', term: { workingDays: 7 }, hears: ['COMPLAINT_SUPERVISOR'], ladder: reminders },
  { ...oneOf('countersigning'), name: 'OPINIONS_DUE', term: { workingDays: 2 }, hears: ['COMPLAINT_SUPERVISOR'], ladder: reminders },
  { ...oneOf('managerApproval'), name: 'DECISION_DUE', term: { workingDays: 2 }, hears: [], ladder: decisionLadder },
  {
    place: 'deputyGmInstruction',
    name: 'DECISION_DUE',
    of: () => instructed('10000.01'),
    term: { workingDays: 2 },
    hears: [],
    ladder: decisionLadder,
    leave: returned(deputy),
  },
  {
    place: 'gmInstruction',
    name: 'DECISION_DUE',
    of: () => instructed('100000.01'),
    term: { workingDays: 2 },
    hears: [],
    ladder: reminders,
    leave: returned(generalManager),
  },
  { ...oneOf('reportReview'), name: 'DECISION_DUE', term: { workingDays: 2 }, hears: [], ladder: decisionLadder, leave: returned(manager) },
])

describe('the terms of a complaint', () => {
  test('complaint-handling 8: the tracking of the case hears of a broken promise, and of nothing that is merely near', () => {
    const { after = {} } = house.processes.current.get('complaint-handling')!.definition
    expect([after['DEADLINE_NEAR']!.tells, after['DEADLINE_OVERDUE']!.tells]).toEqual([
      undefined,
      [{ to: 'complaint-case-tracking', event: 'DEADLINE_OVERDUE' }],
    ])
  })
  test('complaint-handling 8: in any state the promise may break, also in litigation, and the case goes on', async () => {
    for (const it of [await at('investigating'), await at('countersigning')]) {
      const state = await it.state()
      expect(await it.expire('DEADLINE_OVERDUE')).toBe('FIRED')
      expect(await it.state()).toBe(state)
    }
    const it = await explaining()
    await it.act(manager, 'NEGOTIATION_FAILED', reason('客户拒绝'))
    expect(await running(it, 'litigation')).toEqual([])
    expect(await it.expire('DEADLINE_OVERDUE')).toBe('FIRED')
    expect(await it.act(manager, 'SETTLED_OR_JUDGED', { litigation: paper.litigation(true) })).toBe('executing')
  })
  test('a promise that is already broken is not told as near, and another promise is a term of its own', async () => {
    const late = await at('registered', { registration: { promisedDeadline: paper.dayIn(-1) } })
    expect(await late.expire('DEADLINE_NEAR')).toBe('SKIPPED')
    expect(await late.expire('DEADLINE_OVERDUE')).toBe('FIRED')
    await late.act(handler, 'CLASSIFY', { ...classified({}), registration1: paper.registration1({ promisedDeadline: paper.dayIn(5) }) })
    expect(await termOf(late, 'DEADLINE_OVERDUE')).toEqual({ on: paper.dayIn(5) })
    expect(await termOf(late, 'DEADLINE_NEAR')).toEqual({ workingDays: -2, from: paper.dayIn(5) })
  })
  test('where nothing is promised yet the usual term runs, and there is no day to be near', async () => {
    const it = await at('registered', { registration: { promisedDeadline: undefined } })
    expect(await termOf(it, 'DEADLINE_OVERDUE')).toEqual({ workingDays: 7, from: paper.today })
    expect(await termOf(it, 'DEADLINE_NEAR')).toBeUndefined()
    expect((await dueOf(it)).due).not.toBeNull()
    await it.act(handler, 'CLASSIFY', { ...classified({}), registration1: paper.registration1() })
    expect(await termOf(it, 'DEADLINE_OVERDUE')).toEqual({ on: paper.dayIn(10) })
  })
  test.each([
    ['CRITICAL', 1],
    ['URGENT', 3],
    ['NORMAL', 7],
  ] as const)('the urgency of a complaint gives the term of its investigation: %s, %i working days', async (urgency, workingDays) => {
    expect(await termOf(await at('investigating', { urgency }), 'INVESTIGATION_DUE')).toEqual({ workingDays })
  })
  test('an organisation has figures of its own', async () => {
    await setFigure(house, 'complaint-handling', 'decisionDays', 4)
    expect(await termOf(await at('noticeReview'), 'DECISION_DUE')).toEqual({ workingDays: 4 })
    await house.owner.query(`delete from process_setting where process = 'complaint-handling'`)
  })

  test('a notice that lies is reminded of, put back into its pool, and may be issued by the post above, which could not before', async () => {
    const it = await at('noticeReview')
    const issue = { notice: paper.notice() }
    await it.handle(supervisor, 'CLAIM')
    expect(await it.refused('complaint-supervisor-2', 'ISSUE_NOTICE', issue)).toEqual(['CLAIM_CONFLICT'])
    expect(await it.refused(manager, 'ISSUE_NOTICE', issue)).toEqual(['NOT_AUTHORISED'])
    for (const rung of [0, 1, 2]) expect(await it.expire('DECISION_DUE', rung)).toBe('FIRED')
    expect(await ladderDeeds(it)).toEqual([
      { action: 'REMIND', term: 'DECISION_DUE', share: '0.5' },
      { action: 'REASSIGN', term: 'DECISION_DUE', share: '1' },
      { action: 'RAISE', term: 'DECISION_DUE', share: '1.5', role: 'CS_MANAGER' },
    ])
    expect(await it.act(manager, 'ISSUE_NOTICE', issue)).toBe('investigating')
  })
  test('who is raised is bound by separation of duties as ever', async () => {
    const it = await onTo(await house.open(handler, 'complaint-handling', paper.registration1()), 'registered')
    await it.act(handler, 'CLASSIFY', {
      ...classified({}),
      classification: paper.classification({ complainedOf: [employeeId(manager)] }),
    })
    await it.expire('DECISION_DUE', 2)
    expect(await it.refused(manager, 'ISSUE_NOTICE', { notice: paper.notice() })).toEqual(['SOD_CONFLICT'])
    expect(await it.act('cs-manager-2', 'ISSUE_NOTICE', { notice: paper.notice() })).toBe('investigating')
  })
  test('what was raised in one state gives no right in the next', async () => {
    const it = await at('noticeReview')
    await it.expire('DECISION_DUE', 2)
    await it.act(manager, 'ISSUE_NOTICE', { notice: paper.notice() })
    expect(nameOf(await it.refused(manager, 'SUBMIT_INVESTIGATION', investigated({})))).toBe('NOT_AUTHORISED')
  })
  test('departments are reminded of their opinions, and nobody gives them in their place', async () => {
    const it = await at('countersigning')
    expect([await it.expire('OPINIONS_DUE', 0), await it.expire('OPINIONS_DUE')]).toEqual(['FIRED', 'FIRED'])
    expect((await ladderDeeds(it)).map(({ action }) => action)).toEqual(['REMIND', 'REMIND', 'REMIND', 'REMIND', 'REMIND'])
    expect(nameOf(await it.refused(manager, 'GIVE_OPINION', { countersignOpinion: paper.stance('同意') }, { seat: 'QUALITY' }))).toBe('NOT_AUTHORISED')
    await signAll(it)
    expect(await it.state()).toBe('managerApproval')
  })
})
