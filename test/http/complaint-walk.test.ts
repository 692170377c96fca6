import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { genesis, hashOf } from '../../src/audit/chain.js'
import { departmentId, employeeId } from '../../src/organisation/ids.js'
import * as paper from '../support/complaints.js'
import { people, signatories } from '../support/complaints.js'
import { openServer, RemoteCase, type TestServer } from '../support/server.js'

/**
 * One complaint over HTTP by its own people, from the visitor at the door to the closed case: a plan refused by the
 * customer (round 2), a visit that finds him dissatisfied (round 3), and then the end. The tests follow one another.
 */
let server: TestServer
beforeAll(async () => {
  server = await openServer()
})
afterAll(() => server.close())

const { handler, visitor, colleague, supervisor, verifier, manager, deputy } = people
/** The business department is at fault here, so that only a second member of it may confirm what the first did. */
const executor = 'business-dept-1'
const confirmer = 'business-dept-2'
const centre = 'care-specialist-1'
const notice = (extra: object = {}) => paper.notice({ problemDepartment: departmentId('BUSINESS'), ...extra })

let reception: RemoteCase
let complaint: RemoteCase
const round = async () => (await complaint.read(supervisor, 'round')).round
const visits = async (): Promise<RemoteCase[]> => {
  const { children } = await complaint.read(supervisor, 'children { id process { id } }')
  return children
    .filter((child: { process: { id: string } }) => child.process.id === 'complaint-return-visit')
    .map(({ id }: { id: string }) => new RemoteCase(server, id))
}
const sign = (login: string, seat: string) => complaint.act(login, 'GIVE_OPINION', paper.stance('同意'), seat)
/** From the investigation to the plan, by the handler. */
const draft = async (amount: string) => {
  await complaint.act(handler, 'SUBMIT_INVESTIGATION', { survey: paper.survey, record: paper.record() })
  await complaint.act(handler, 'CAUSE_OWN', paper.liability('100'))
  return complaint.act(handler, 'SUBMIT_PLAN', paper.plan(amount))
}
const signAll = async () => {
  for (const [seat, login] of Object.entries(signatories)) await sign(login, seat)
}
/** From the approval to the visit: what the customer accepts is executed and confirmed. */
const carryOut = async () => {
  await complaint.act(manager, 'APPROVE', { opinion: '同意' })
  await complaint.act(handler, 'CUSTOMER_ACCEPTS', paper.agreed)
}

describe('reception', () => {
  test('only a specialist opens the record, and only somebody signed in asks at all', async () => {
    const open = 'mutation ($form: VisitorArrivalInput!) { complaintReceptionOpen(form: $form, idempotencyKey: "k") { id } }'
    const nobody = await server.client.gql(open, { form: paper.arrival })
    expect(nobody.errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED'])
    const wrong = await (await server.client.as(manager)).gql(open, { form: paper.arrival })
    expect(wrong.errors?.map(({ extensions }) => extensions.code)).toEqual(['NOT_AUTHORISED'])
    reception = await RemoteCase.open(server, handler, 'complaintReceptionOpen', 'VisitorArrivalInput', paper.arrival)
    expect(await reception.told(handler)).toEqual({ GREET_VISITOR: true })
    expect(await reception.told(supervisor)).toEqual({ GREET_VISITOR: ['NOT_AUTHORISED'] })
  })

  test('the visitor is heard and the complaint registered; what the customer refuses becomes a case', async () => {
    expect(await reception.act(handler, 'GREET_VISITOR')).toBe('inquiring')
    expect(await reception.told(handler)).toEqual({ RECORD_PURPOSE: true, NOT_A_COMPLAINT: true })
    expect(await reception.refused(handler, 'NOT_A_COMPLAINT', { purpose: '问路', business: 'AFTER_SALES' })).toEqual(['PROCESS_UNAVAILABLE'])
    await reception.act(handler, 'RECORD_PURPOSE', { statement: '打印机坏了，我要换新' })
    await reception.act(handler, 'REGISTER_ACCEPTED', { registration1: paper.registration1(), registration2: paper.registration2 })
    await reception.act(handler, 'CUSTOMER_CALMED', paper.comfort(true))
    expect(await reception.refused(handler, 'SELF_HANDLE', paper.assessment('3000'))).toEqual(['LIMIT_EXCEEDED'])
    expect(await reception.act(handler, 'REQUEST_ASSISTANCE', paper.assessment('3000'))).toBe('managerAssist')
    expect(await reception.told(handler)).toEqual({ PROPOSE_SOLUTION: ['NOT_AUTHORISED'], ESCALATE: ['NOT_AUTHORISED'] })
    await reception.act(manager, 'PROPOSE_SOLUTION', { solution: paper.solution({ compensation: '3000' }) })
    await reception.act(handler, 'OPEN_CASE', paper.told(false))
    expect(await reception.act(handler, 'SEE_OFF', paper.departure)).toBe('caseOpened')
    const { children, outcome, status } = await reception.read(handler, 'outcome status children { id state process { id } parent { id } }')
    expect({ outcome, status }).toEqual({ outcome: 'COMPLETED', status: 'CLOSED' })
    expect(children).toEqual([{ id: expect.any(String), state: 'registered', process: { id: 'complaint-handling' }, parent: { id: reception.id } }])
    complaint = new RemoteCase(server, children[0].id)
  })

  test('the register came with it', async () => {
    const { forms, customer, dueAt } = await complaint.read(
      handler,
      '... on ComplaintHandling { forms { registration1 { reason phone phonePlain promisedDeadline } registration2 { rows { goods } } } } customer { code } dueAt',
    )
    expect(forms).toEqual({
      registration1: { reason: '新机三天后无法开机', phone: '139****0011', phonePlain: '13900000011', promisedDeadline: paper.dayIn(10) },
      registration2: { rows: [{ goods: 'A型打印机' }] },
    })
    expect(customer).toEqual({ code: 'C0001' })
    expect(dueAt).toBe(`${paper.dayIn(10)}T16:00:00.000Z`)
  })
})

describe('round 1', () => {
  test('the specialist classifies, the supervisor issues the notice', async () => {
    expect(await complaint.told(handler)).toEqual({ CLASSIFY: true, WITHDRAW_BY_CUSTOMER: true, DECLINE_ACCEPTANCE: ['NOT_AUTHORISED'] })
    expect(await complaint.told(supervisor)).toEqual({ CLASSIFY: ['NOT_AUTHORISED'], WITHDRAW_BY_CUSTOMER: ['NOT_AUTHORISED'], DECLINE_ACCEPTANCE: true })
    expect(await complaint.act(handler, 'CLASSIFY', { classification: paper.classification(), notice: notice() })).toBe('noticeReview')
    expect(await complaint.told(handler)).toEqual({ ISSUE_NOTICE: ['NOT_AUTHORISED'], TAKE_OVER: ['NOT_AUTHORISED'], RETURN: ['NOT_AUTHORISED'] })
    expect(await complaint.refused(handler, 'ISSUE_NOTICE', { notice: notice() })).toEqual(['NOT_AUTHORISED'])
    expect(await complaint.told(supervisor)).toEqual({ ISSUE_NOTICE: true, TAKE_OVER: true, RETURN: true })
    expect(await complaint.act(supervisor, 'ISSUE_NOTICE', { notice: notice(), opinion: { opinion: '请业务部配合' } })).toBe('investigating')
  })

  test('the investigation is for the department of the notice and the specialists', async () => {
    expect((await complaint.told(executor))['SUBMIT_INVESTIGATION']).toBe(true)
    expect((await complaint.told(colleague))['SUBMIT_INVESTIGATION']).toBe(true)
    expect((await complaint.told('production-1'))['SUBMIT_INVESTIGATION']).toContain('NOT_AUTHORISED')
    expect((await complaint.told(handler))['REASSIGN_DEPT']).toEqual(['NOT_AUTHORISED'])
    expect(await draft('50000')).toBe('countersigning')
  })

  test('a seat has to be named', async () => {
    expect((await complaint.offers('finance-3')).find(({ action }) => action === 'GIVE_OPINION')).toMatchObject({
      requiresSeat: true,
      mutation: 'complaintHandlingGiveOpinion',
    })
    expect(await complaint.refused('finance-3', 'GIVE_OPINION', paper.stance('同意'))).toEqual(['SEAT_REQUIRED'])
  })

  test('five seats sign: one person has two of them and signs twice, one has none and signs nowhere', async () => {
    expect(await complaint.told('finance-3')).toEqual({ GIVE_OPINION: ['FINANCE', 'QUALITY'] })
    expect(await complaint.told('marketing-1')).toEqual({ GIVE_OPINION: ['MARKETING'] })
    expect(await complaint.told(supervisor)).toEqual({ GIVE_OPINION: ['NOT_AUTHORISED'] })
    expect(await complaint.refused(supervisor, 'GIVE_OPINION', paper.stance('同意'), 'MARKETING')).toEqual(['NOT_AUTHORISED'])
    expect(await sign('finance-3', 'QUALITY')).toBe('countersigning')
    expect(await complaint.told('finance-3')).toEqual({ GIVE_OPINION: ['FINANCE'] })
    expect(await complaint.told('quality-1')).toEqual({ GIVE_OPINION: expect.not.arrayContaining(['QUALITY']) })
    expect(await complaint.refused('quality-1', 'GIVE_OPINION', paper.stance('同意'), 'QUALITY')).toEqual(['SEAT_TAKEN'])
    expect(await sign('finance-3', 'FINANCE')).toBe('countersigning')
    await sign('customer-dept-1', 'CUSTOMER_DEPT')
    await sign('marketing-1', 'MARKETING')
    expect((await complaint.read(manager, 'tasks { status seat }')).tasks.filter(({ status }: { status: string }) => status === 'OPEN')).toEqual([
      { status: 'OPEN', seat: 'PRODUCTION' },
    ])
    expect(await sign('production-1', 'PRODUCTION')).toBe('managerApproval')
  })

  test('who signs too late is told that the countersign is over, and where the case stands', async () => {
    const { errors } = await (await complaint.as('marketing-1')).gql(
      'mutation ($id: ID!, $form: CountersignOpinionInput!) { complaintHandlingGiveOpinion(caseId: $id, form: $form, seat: MARKETING, idempotencyKey: "late") { id } }',
      { id: complaint.id, form: paper.stance('同意') },
    )
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'ACTION_UNAVAILABLE', state: 'managerApproval' })
  })

  test('above his limit the manager escalates, and the deputy general manager decides', async () => {
    expect(await complaint.told(manager)).toEqual({ APPROVE: ['LIMIT_EXCEEDED'], APPROVE_AND_ESCALATE: true, RETURN: true })
    expect(await complaint.told(handler)).toMatchObject({ APPROVE: expect.arrayContaining(['NOT_AUTHORISED']) })
    expect(await complaint.refused(manager, 'APPROVE', { opinion: '同意' })).toEqual(['LIMIT_EXCEEDED'])
    expect(await complaint.act(manager, 'APPROVE_AND_ESCALATE', { opinion: '请批示' })).toBe('deputyGmInstruction')
    expect(await complaint.told(deputy)).toEqual({ APPROVE: true, APPROVE_AND_ESCALATE: ['CONDITION_UNMET'], RETURN: true })
    expect(await complaint.told(manager)).toMatchObject({ RETURN: ['NOT_AUTHORISED'] })
    expect(await complaint.act(deputy, 'APPROVE', { opinion: '同意' })).toBe('negotiating')
  })

  test('the customer refuses: round 2', async () => {
    expect(await complaint.told(handler)).toMatchObject({ CUSTOMER_ACCEPTS: true, CUSTOMER_REJECTS: true, NEGOTIATION_FAILED: ['NOT_AUTHORISED'] })
    expect(await complaint.told(manager)).toMatchObject({ NEGOTIATION_FAILED: true, CUSTOMER_REJECTS: expect.arrayContaining(['NOT_AUTHORISED']) })
    expect(await complaint.act(handler, 'CUSTOMER_REJECTS', { record: paper.record(), statement: paper.statement('不同意') })).toBe('planDrafting')
    expect(await round()).toBe(2)
  })
})

describe('round 2', () => {
  test('planned, signed and approved anew, accepted this time', async () => {
    expect(await complaint.told(handler)).toEqual({ SUBMIT_PLAN: true })
    expect(await complaint.act(handler, 'SUBMIT_PLAN', paper.plan('8000'))).toBe('countersigning')
    expect(await complaint.told('finance-3')).toEqual({ GIVE_OPINION: ['FINANCE', 'QUALITY'] })
    await signAll()
    expect(await complaint.told(manager)).toEqual({ APPROVE: true, APPROVE_AND_ESCALATE: ['CONDITION_UNMET'], RETURN: true })
    await carryOut()
    expect((await complaint.read(handler, 'state')).state).toBe('executing')
  })

  test('executed by one, confirmed by another', async () => {
    expect(await complaint.told(executor)).toEqual({ REPORT_EXECUTION: true })
    expect(await complaint.told('production-1')).toEqual({ REPORT_EXECUTION: ['NOT_AUTHORISED'] })
    expect(await complaint.act(executor, 'REPORT_EXECUTION', notice(paper.measures))).toBe('executionConfirming')
    expect(await complaint.told(executor)).toEqual({ CONFIRM_EXECUTION: ['SOD_CONFLICT'], EXECUTION_DEFECTIVE: ['SOD_CONFLICT'] })
    expect(await complaint.refused(executor, 'CONFIRM_EXECUTION', { notice: notice(paper.observation) })).toEqual(['SOD_CONFLICT'])
    expect(await complaint.told(confirmer)).toEqual({ CONFIRM_EXECUTION: true, EXECUTION_DEFECTIVE: true })
    expect(await complaint.act(confirmer, 'CONFIRM_EXECUTION', { notice: notice(paper.observation), opinion: { opinion: '属实' } })).toBe('returnVisiting')
  })

  test('the visit finds the customer dissatisfied: round 3', async () => {
    const told = await complaint.told(handler)
    for (const result of ['VISIT_SATISFIED', 'VISIT_DISSATISFIED', 'VISIT_UNREACHABLE']) expect(told[result]).toContain('SOD_CONFLICT')
    expect(await complaint.told(visitor)).toEqual({ VISIT_SATISFIED: true, VISIT_DISSATISFIED: true, VISIT_UNREACHABLE: true })
    const [visit] = await visits()
    expect((await visit!.told(handler))['START_VISIT']).toContain('SOD_CONFLICT')
    expect(await visit!.told(centre)).toEqual({ START_VISIT: true })
    await visit!.act(centre, 'START_VISIT', { channel: 'PHONE' })
    await visit!.act(centre, 'CONTACTED')
    await visit!.act(centre, 'SUBMIT_RECORD', paper.visitRecord(false, centre))
    expect(await visit!.told(supervisor)).toEqual({ CONFIRM: ['CONDITION_UNMET'], REOPEN: true, RETURN: true })
    expect(await visit!.act(supervisor, 'REOPEN')).toBe('reopened')
    expect(await complaint.read(supervisor, 'state round')).toEqual({ state: 'investigating', round: 3 })
  })
})

describe('round 3', () => {
  test('investigated, planned, signed, approved, executed and confirmed once more', async () => {
    await draft('9000')
    await signAll()
    await carryOut()
    await complaint.act(executor, 'REPORT_EXECUTION', notice(paper.measures))
    expect(await complaint.act(confirmer, 'CONFIRM_EXECUTION', { notice: notice(paper.observation) })).toBe('returnVisiting')
    expect(await visits()).toHaveLength(2)
  })

  test('a colleague records the visit in the complaint itself, which settles the open one', async () => {
    expect(await complaint.act(visitor, 'VISIT_SATISFIED', paper.visitRecord(true))).toBe('improving')
    const states = await Promise.all((await visits()).map(async (visit) => (await visit.read(supervisor, 'state')).state))
    expect(states).toEqual(['reopened', 'satisfied'])
  })

  test('improved, reported and closed by who may', async () => {
    expect(await complaint.told(handler)).toEqual({ CONFIRM_IMPROVEMENT: ['NOT_AUTHORISED'], NO_IMPROVEMENT_NEEDED: ['NOT_AUTHORISED'] })
    await complaint.act(supervisor, 'CONFIRM_IMPROVEMENT', { improvement: paper.improvement })
    expect(await complaint.act(handler, 'SUBMIT_REPORT', paper.summedUp)).toBe('reportReview')
    expect(await complaint.told(handler)).toEqual({ CLOSE_CASE: ['NOT_AUTHORISED'], RETURN: ['NOT_AUTHORISED'] })
    expect(await complaint.told(manager)).toEqual({ CLOSE_CASE: true, RETURN: true })
    expect(await complaint.act(manager, 'CLOSE_CASE', paper.closing)).toBe('closed')
    expect(await complaint.read(manager, 'status outcome round overdue availableActions { action }')).toEqual({
      status: 'CLOSED',
      outcome: 'COMPLETED',
      round: 3,
      overdue: false,
      availableActions: [],
    })
  })
})

describe('what is left of it', () => {
  const entries = async (login: string, fields: string, options = '') => {
    const { history } = await complaint.read(login, `version history(first: 100${options}) { totalCount edges { node { ${fields} } } }`)
    return history.edges.map(({ node }: { node: object }) => node)
  }

  test('the history counts from 1 without a gap up to the version of the case', async () => {
    const sequences = (await entries(manager, 'sequence result')).map(({ sequence }: { sequence: number }) => sequence)
    expect(sequences).toEqual(sequences.map((_: number, index: number) => index + 1))
    expect((await complaint.read(manager, 'version')).version).toBe(sequences.length)
  })

  test('every entry is chained to the one before it, and its hash covers what it says', async () => {
    const shown = await entries(manager, 'sequence hash previousHash action')
    const { rows } = await server.house.pool.query('select sequence, content, previous_hash, hash from audit_entry where stream = $1 order by sequence', [
      `case:${complaint.id}`,
    ])
    expect(rows).toHaveLength(shown.length)
    let previous = genesis
    for (const [index, { sequence, content, hash }] of rows.entries()) {
      expect(shown[index]).toMatchObject({ sequence, hash: hashOf(content, previous), previousHash: previous, action: JSON.parse(content).action })
      previous = hash
    }
    expect((await server.house.pool.query('select head_hash from service_case where id = $1', [complaint.id])).rows).toEqual([{ head_hash: previous }])
  })

  test('who did what, as what, with which words: the deputy, the seats, and the system for what the visit told', async () => {
    const all = await entries(manager, 'action seat round from to actor { id } roleUsed { id } comment')
    expect(all.find(({ from }: { from: string }) => from === 'deputyGmInstruction')).toEqual({
      action: 'APPROVE',
      seat: null,
      round: 1,
      from: 'deputyGmInstruction',
      to: 'negotiating',
      actor: { id: employeeId(deputy) },
      roleUsed: { id: 'DEPUTY_GENERAL_MANAGER' },
      comment: '同意',
    })
    const signed = all.filter(({ action, round }: { action: string; round: number }) => action === 'GIVE_OPINION' && round === 1)
    expect(signed.map(({ seat, actor, roleUsed }: { seat: string; actor: { id: string }; roleUsed: { id: string } }) => [seat, actor.id, roleUsed.id])).toEqual(
      [
        ['QUALITY', employeeId('finance-3'), 'QUALITY'],
        ['FINANCE', employeeId('finance-3'), 'FINANCE'],
        ['CUSTOMER_DEPT', employeeId('customer-dept-1'), 'CUSTOMER_DEPT'],
        ['MARKETING', employeeId('marketing-1'), 'MARKETING'],
        ['PRODUCTION', employeeId('production-1'), 'PRODUCTION'],
      ],
    )
    expect(all.find(({ action }: { action: string }) => action === 'VISIT_DISSATISFIED')).toMatchObject({
      actor: null,
      roleUsed: { id: 'SYSTEM' },
      round: 2,
      to: 'investigating',
    })
  })

  test('refusals are there only for who asks for them', async () => {
    const done = await entries(manager, 'result')
    expect(new Set(done.map(({ result }: { result: string }) => result))).toEqual(new Set(['DONE']))
    const all = await entries(manager, 'result action actor { id } reasons { code }', ', includeRefusals: true')
    const refused = all.filter(({ result }: { result: string }) => result !== 'DONE')
    expect(
      refused.map(({ action, actor, reasons }: { action: string; actor: { id: string }; reasons: { code: string }[] }) => [action, actor.id, reasons[0]!.code]),
    ).toEqual([
      ['ISSUE_NOTICE', employeeId(handler), 'NOT_AUTHORISED'],
      ['GIVE_OPINION', employeeId('finance-3'), 'SEAT_REQUIRED'],
      ['GIVE_OPINION', employeeId(supervisor), 'NOT_AUTHORISED'],
      ['GIVE_OPINION', employeeId('quality-1'), 'SEAT_TAKEN'],
      ['GIVE_OPINION', employeeId('marketing-1'), 'ACTION_UNAVAILABLE'],
      ['APPROVE', employeeId(manager), 'LIMIT_EXCEEDED'],
      ['CONFIRM_EXECUTION', employeeId(executor), 'SOD_CONFLICT'],
    ])
    expect(all).toHaveLength(done.length + refused.length)
  })

  test('every version of every form is kept, with the entry that brought it', async () => {
    const { formVersions, version } = await complaint.read(
      manager,
      'version ... on ComplaintHandling { formVersions { key version sequence digest content { ... on ComplaintRemedy { claimAmount } } submittedBy { id } } }',
    )
    const remedies = formVersions.filter(({ key }: { key: string }) => key === 'remedy')
    expect(
      remedies.map(({ version, content, submittedBy }: { version: number; content: object; submittedBy: { id: string } }) => ({
        version,
        ...content,
        by: submittedBy.id,
      })),
    ).toEqual([
      { version: 1, claimAmount: '50000', by: employeeId(handler) },
      { version: 2, claimAmount: '8000', by: employeeId(handler) },
      { version: 3, claimAmount: '9000', by: employeeId(handler) },
    ])
    expect(formVersions.filter(({ key }: { key: string }) => key === 'countersignOpinion')).toHaveLength(15)
    expect(formVersions.filter(({ key }: { key: string }) => key === 'notice').map(({ version }: { version: number }) => version)).toEqual([1, 2, 3, 4, 5, 6])
    const submit = (await entries(manager, 'sequence action forms { key version digest }'))
      .filter(({ action }: { action: string }) => action === 'SUBMIT_PLAN')
      .at(-1)
    expect(submit.forms.map(({ key }: { key: string }) => key).sort()).toEqual(['analysis', 'handlingForm', 'remedy', 'solution'])
    expect(formVersions).toContainEqual(expect.objectContaining({ key: 'remedy', sequence: submit.sequence, digest: remedies[2].digest }))
    expect(Math.max(...formVersions.map(({ sequence }: { sequence: number }) => sequence))).toBe(version)
  })

  test('the boxes of the countersigned form are filled in by whoever signed last', async () => {
    const { forms } = await complaint.read(
      manager,
      '... on ComplaintHandling { forms { handlingForm { financeOpinion { employee { id } opinion round } deputyGmInstruction { employee { id } round } gmInstruction { round } } } }',
    )
    expect(forms.handlingForm).toEqual({
      financeOpinion: { employee: { id: employeeId('finance-1') }, opinion: '同意', round: 3 },
      deputyGmInstruction: { employee: { id: employeeId(deputy) }, round: 1 },
      gmInstruction: null,
    })
  })

  test('no task is left open', async () => {
    const { tasks } = await complaint.read(manager, 'tasks { status state seat assignee { id } closedAt }')
    expect(tasks.filter(({ status, closedAt }: { status: string; closedAt: string | null }) => status === 'OPEN' || closedAt === null)).toEqual([])
    const seats = tasks.filter(({ seat }: { seat: string | null }) => seat !== null)
    expect(seats).toHaveLength(15)
    expect(new Set(seats.map(({ status }: { status: string }) => status))).toEqual(new Set(['COMPLETED']))
  })

  test('labels come in the language that is asked for, codes never change', async () => {
    const fields = 'state stateLabel process { title } history(first: 2) { edges { node { action actionLabel } } }'
    expect(await complaint.read(manager, fields, 'zh-CN')).toEqual({
      state: 'closed',
      stateLabel: '结案',
      process: { title: '客户投诉处理流程' },
      history: { edges: [{ node: { action: 'OPEN', actionLabel: '发起' } }, { node: { action: 'CLASSIFY', actionLabel: '分类并起草通知单' } }] },
    })
    expect(await complaint.read(manager, fields, 'en')).toEqual({
      state: 'closed',
      stateLabel: 'Closed',
      process: { title: 'Complaint handling (case)' },
      history: { edges: [{ node: { action: 'OPEN', actionLabel: 'Open' } }, { node: { action: 'CLASSIFY', actionLabel: 'Classify and draft the notice' } }] },
    })
  })

  test('who has nothing to do with complaints does not learn that there was one', async () => {
    const { data, errors } = await (await server.client.as(verifier)).gql('query ($id: ID!) { case(id: $id) { id } }', { id: complaint.id })
    expect(data).toBeNull()
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND'])
  })

  test('nothing went wrong behind the door', () => {
    expect(server.house.reported).toEqual([])
    expect(server.logged).toEqual([])
  })
})
