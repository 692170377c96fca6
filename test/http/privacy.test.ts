import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { changesBetween } from '../../src/engine/content.js'
import { customerId, employeeId } from '../../src/organisation/ids.js'
import { onTo } from '../support/complaint-road.js'
import { registration1 } from '../support/complaints.js'
import { codeOf, dataOf } from '../support/http.js'
import { faultsIn } from '../support/invariants.js'
import { at, faultPaths, type ReadingRoom, readingRoom } from '../support/readers.js'
import { account, closed, last4, refunding, settlementFields, settlementFor, today } from '../support/refunds.js'
import { settled, subscribe } from '../support/subscriber.js'

let room: ReadingRoom
beforeAll(async () => {
  room = await readingRoom()
}, 60_000)
afterAll(async () => {
  expect(await faultsIn(room.http.house.pool, room.http.house.processes)).toEqual([])
  expect([room.http.logged, room.http.house.reported]).toEqual([[], []])
  await room.http.close()
})

const complaint = (extra: object = {}) =>
  room.http.house.open('complaint-specialist-1', 'complaint-handling', registration1({ phone: '13812341234', ...extra }))

const no = 'NOT_AUTHORISED'

describe('who sees which level', () => {
  test('a cancellation whose refund is to be paid, and once it is closed: S1, S2 masked and plain, S3 masked and plain', async () => {
    const it = await refunding(room.http.house)
    const table = async (rows: Readonly<Record<string, readonly unknown[]>>) => {
      for (const [login, expected] of Object.entries(rows)) expect([login, ...(await settlementFor(room, login, it))]).toEqual([login, ...expected])
    }
    await table({
      'info-specialist-1': ['100', '钱*', '钱卫东', last4, account],
      'info-specialist-2': [null, '钱*', no, null, no],
      'info-supervisor-1': ['100', '钱*', '钱卫东', last4, no],
      'info-supervisor-2': ['100', '钱*', '钱卫东', null, no],
      'cs-manager-1': ['100', '钱*', '钱卫东', last4, no],
      'cs-manager-2': ['100', '钱*', '钱卫东', last4, no],
      'general-manager-1': ['100', '钱*', '钱卫东', last4, no],
      'finance-1': ['100', '钱*', '钱卫东', last4, account],
      'finance-2': ['100', '钱*', '钱卫东', last4, account],
      'auditor-1': ['100', '钱*', '钱卫东', last4, account],
    })
    await closed(it)
    await table({
      'info-specialist-1': ['100', '钱*', '钱卫东', last4, account],
      'info-specialist-2': [null, '钱*', no, null, no],
      'info-supervisor-1': ['100', '钱*', '钱卫东', last4, no],
      'cs-manager-2': ['100', '钱*', '钱卫东', last4, no],
      'general-manager-1': ['100', '钱*', no, last4, no],
      'finance-1': ['100', '钱*', no, last4, no],
      'auditor-1': ['100', '钱*', '钱卫东', last4, account],
    })
    expect(codeOf(await room.read('sales-rep-1', it, settlementFields))).toBe('NOT_FOUND')
  }, 30_000)

  test('a complaint: whoever may take the open task reads the phone, and no more once the case has moved on', async () => {
    const it = await complaint()
    const phoneFor = async (login: string) => {
      const answer = await room.read(login, it, 'registration1 { phone phonePlain customerAddress reason }')
      expect(faultPaths(answer).length).toBeLessThanOrEqual(1)
      return [login, ...['phone', 'phonePlain', 'reason'].map((field) => at(answer, 'case', 'forms', 'registration1', field))]
    }
    const [mask, plain, cause] = ['138****1234', '13812341234', '新机三天后无法开机']
    for (const login of ['complaint-specialist-1', 'complaint-specialist-2', 'cs-manager-3', 'auditor-1'])
      expect(await phoneFor(login)).toEqual([login, mask, plain, cause])
    for (const login of ['complaint-supervisor-2', 'production-1', 'general-manager-1']) expect(await phoneFor(login)).toEqual([login, mask, no, cause])
    await onTo(it, 'noticeReview')
    for (const login of ['complaint-specialist-1', 'complaint-supervisor-2']) expect(await phoneFor(login)).toEqual([login, mask, plain, cause])
    for (const login of ['complaint-specialist-2', 'production-1']) expect(await phoneFor(login)).toEqual([login, mask, no, cause])
    // By its versions, and by any other way to the case, the same.
    const query = `query ($id: ID!, $number: String!) { node(id: $id) { ... on ComplaintHandling { formVersions { content { ... on ComplaintRegistration1 { phone phonePlain } } } } }
      caseByNumber(number: $number) { tasks { case { ... on ComplaintHandling { forms { registration1 { phone phonePlain } } } } } } }`
    const stranger = await (await room.http.as('production-1'))(query, { id: it.id, number: (await it.record()).number })
    expect(stranger.json!.errors!.length).toBeGreaterThan(1)
    expect(new Set(stranger.json!.errors!.map(({ extensions: { code } }) => code))).toEqual(new Set([no]))
    expect(stranger.text).toContain(mask)
    expect(stranger.text).not.toContain(plain)
    const proxy = await room.http.house.proxy('complaint-supervisor-1', 'complaint-specialist-3')
    expect(await phoneFor('complaint-specialist-3')).toEqual(['complaint-specialist-3', mask, plain, cause])
    await room.http.house.administer('complaint-supervisor-1', { action: 'REVOKE_PROXY', employeeId: employeeId('complaint-supervisor-1'), grantId: proxy })
    expect(await phoneFor('complaint-specialist-3')).toEqual(['complaint-specialist-3', mask, no, cause])
  }, 20_000)

  test('a credit investigation: grades and limits for those who handle it and above, nothing for others of the process', async () => {
    const { house } = room.http
    const it = await house.open('survey-supervisor-1', 'customer-credit-investigation', { customer: customerId('C0024'), purpose: 'OTHER' })
    await it.act('survey-supervisor-1', 'SELECT_AGENCY', { agency: { inHouse: true } })
    await it.act('survey-supervisor-1', 'SELECT_METHOD', { method: { method: '实地走访' } })
    await it.act('survey-supervisor-1', 'DEFINE_CONTENT', { content: { items: ['资产'] } })
    const survey = {
      ...{ companyNo: customerId('C0024'), companyAddress: '江苏省海州市', principalName: '钱卫东', businessItems: '机械', operationForm: 'COMPANY' },
      ...{ paymentAttitude: 'NORMAL', creditGrade: 'A', creditSaleLimit: '50000', creditScore: '82' },
    }
    await it.act('survey-specialist-1', 'SUBMIT_FINDINGS', { creditSurvey: survey })
    const seen = async (login: string) => {
      const answer = await room.read(login, it, 'creditSurvey { paymentAttitude creditGrade creditSaleLimit principalName businessItems }')
      return [login, ...Object.values(dataOf(answer).case.forms.creditSurvey)]
    }
    for (const login of ['survey-specialist-1', 'survey-supervisor-1', 'survey-supervisor-2', 'cs-manager-2', 'auditor-1'])
      expect(await seen(login)).toEqual([login, 'NORMAL', 'A', '50000', '钱*', '机械'])
    await it.act('survey-specialist-1', 'SUBMIT_ANALYSIS', { creditSurvey: survey, summary: { asOf: today } })
    for (const login of ['survey-specialist-2', 'general-manager-1']) expect(await seen(login)).toEqual([login, null, null, null, '钱*', '机械'])
    await room.newEntries('cs-manager-2')
    await seen('cs-manager-2')
    expect(await room.newEntries('cs-manager-2')).toEqual([])
    await room.newEntries('auditor-1')
    await seen('auditor-1')
    const details = {
      case: (await it.record()).number,
      form: 'creditSurvey',
      version: '2',
      fields: 'creditGrade, creditSaleLimit, paymentAttitude',
      level: 'S1',
    }
    expect(await room.newEntries('auditor-1')).toEqual([{ caseId: it.id, details }])
  }, 20_000)

  test('what an approver is told of changed content is masked', () => {
    const definition = room.http.house.processes.current.get('gift-giving-application')!.definition
    const line = (recipient: string) => ({ application: { giftDate: today, rows: [{ giftName: '茶叶', recipient, quantity: 1 }] } })
    expect(changesBetween(definition, line('张三'), line('李四'))).toEqual([{ path: 'application.rows[0].recipient', before: '张*', after: '李*' }])
    expect(changesBetween(definition, line('张三'), line('张五'))).toEqual([{ path: 'application.rows[0].recipient', before: '张*', after: '张*' }])
    expect(changesBetween(definition, line('张三'), line('张三'))).toEqual([])
  })

  test('a process tells which of its fields show a mask, and where the value is', async () => {
    const desk = await room.http.as('info-specialist-1')
    const { process } = dataOf(
      await desk('{ process(id: "customer-account-cancellation") { forms { key fields { name sensitivity masked plainField type } } } }'),
    )
    const { fields } = process.forms.find(({ key }: any) => key === 'settlement')
    const told = (name: string) => fields.find((field: any) => field.name === name)
    expect(told('account')).toEqual({ name: 'account', sensitivity: 'S3', masked: true, plainField: 'accountPlain', type: 'String' })
    expect(told('payee')).toMatchObject({ sensitivity: 'S2', masked: true, plainField: 'payeePlain' })
    expect(told('netBalance')).toMatchObject({ sensitivity: 'S1', masked: false, plainField: null })
    expect(told('bank')).toMatchObject({ sensitivity: null, masked: false, plainField: null })
  })
})

describe('on record', () => {
  test('a plain reading is one entry a request and form version, whatever the number of fields; what shows only masks writes none', async () => {
    const it = await complaint({ customerAddress: '江苏省海州市解放路1号' })
    const before = await room.countEntries()
    const page = `{ cases(first: 10) { edges { node { id number ... on ComplaintHandling { forms { registration1 { phone customerAddress } } formVersions { content { __typename } }
      history(first: 10, includeRefusals: true) { edges { node { action forms { key version } } } } } } } } inbox(first: 20) { edges { node { id case { number } } } } }`
    dataOf(await (await room.http.as('complaint-specialist-1'))(page))
    expect(at(await room.read('complaint-specialist-1', it, 'registration1 { customerAddress }'), 'case', 'forms', 'registration1')).toEqual({
      customerAddress: '江苏省海州市***',
    })
    expect(await room.countEntries()).toBe(before)
    await room.newEntries('complaint-specialist-1')
    const both = await room.read('complaint-specialist-1', it, 'registration1 { phonePlain again: phonePlain customerAddressPlain }')
    expect(dataOf(both).case.forms.registration1).toEqual({
      phonePlain: '13812341234',
      again: '13812341234',
      customerAddressPlain: '江苏省海州市解放路1号',
    })
    const details = { case: (await it.record()).number, form: 'registration1', version: '1', fields: 'customerAddress, phone', level: 'S2' }
    expect(await room.newEntries('complaint-specialist-1')).toEqual([{ caseId: it.id, details }])
    expect(await room.countEntries()).toBe(before + 1)
    await room.read('production-1', it, 'registration1 { phonePlain }')
    const { rows } = await room.http.house.pool.query(
      `select result, reason_codes, actor_id from audit_entry where process = 'access' order by position desc limit 1`,
    )
    expect([await room.countEntries(), rows[0]]).toEqual([
      before + 2,
      { result: 'REFUSED', reason_codes: ['NOT_AUTHORISED'], actor_id: employeeId('production-1') },
    ])
    const none = await complaint()
    expect(at(await room.read('complaint-specialist-1', none, 'registration1 { customerAddressPlain }'), 'case', 'forms', 'registration1')).toEqual({
      customerAddressPlain: null,
    })
    expect(await room.countEntries()).toBe(before + 2)
  })

  test('S3 says what for: beside the hashed text, and not without', async () => {
    const it = await refunding(room.http.house)
    await room.newEntries('finance-2')
    expect((await settlementFor(room, 'finance-2', it))[4]).toBe(account)
    const place = { case: (await it.record()).number, form: 'settlement', version: '1' }
    const entries = await room.newEntries('finance-2')
    expect(entries).toHaveLength(2)
    expect(entries).toEqual(
      expect.arrayContaining([
        { caseId: it.id, details: { ...place, fields: 'account', level: 'S3' }, purpose: '核对退款' },
        { caseId: it.id, details: { ...place, fields: 'payee', level: 'S2' } },
      ]),
    )
    const blank = await room.read('finance-2', it, 'settlement { accountPlain(purpose: "  ") }')
    expect(at(blank, 'case', 'forms', 'settlement', 'accountPlain')).toBe('INPUT_INVALID')
    expect(await room.newEntries('finance-2')).toEqual([])
    const { rows } = await room.http.house.pool.query(`select content, aside::text as aside from audit_entry where process = 'access'`)
    expect(rows.filter(({ content, aside }) => `${content}${aside}`.includes(account))).toEqual([])
  }, 20_000)

  test('who has read what only the auditor learns, whose own readings are there too', async () => {
    const it = await complaint()
    await room.read('complaint-specialist-1', it, 'registration1 { phonePlain }')
    await room.read('auditor-1', it, 'registration1 { phonePlain }')
    const history = async (login: string) => {
      const ask = await room.http.as(login)
      const query = `query ($id: ID!) { case(id: $id) { history(first: 100, includeRefusals: true) { edges { node { action } } } }
        auditTrail(first: 100, filter: { caseId: $id }) { totalCount edges { node { action actionLabel actor { login } details { name value } } } } }`
      const data = dataOf(await ask(query, { id: it.id }))
      return [data.case.history, data.auditTrail].map(({ edges }: any) => edges.filter(({ node }: any) => node.action === 'READ_PERSONAL'))
    }
    expect(await history('cs-manager-1')).toEqual([[], []])
    expect(await history('complaint-specialist-1')).toEqual([[], []])
    const [own, trail] = await history('auditor-1')
    expect(own).toHaveLength(2)
    expect(trail!.map(({ node }: any) => [node.actor.login, node.actionLabel])).toEqual([
      ['auditor-1', '读取个人或保密信息'],
      ['complaint-specialist-1', '读取个人或保密信息'],
    ])
    const access = (login: string) => room.http.as(login).then((ask) => ask('{ auditTrail(filter: { processes: ["access"] }) { totalCount } }'))
    expect(dataOf(await access('cs-manager-1')).auditTrail.totalCount).toBe(0)
    expect(dataOf(await access('auditor-1')).auditTrail.totalCount).toBeGreaterThan(1)
  })

  test('what a subscriber reads is on record like any other', async () => {
    const it = await complaint()
    await room.newEntries('complaint-specialist-1')
    const fields = 'cursor id case { ... on ComplaintHandling { forms { registration1 { phonePlain } } } }'
    const listening = await subscribe(room.http, 'complaint-specialist-1', 'caseEvents', { id: it.id }, { fields })
    await settled(room.http)
    await onTo(it, 'noticeReview')
    const [event] = await listening.count(1)
    await listening.stop()
    expect(event!['case'].forms.registration1.phonePlain).toBe('13812341234')
    const [entry] = await room.newEntries('complaint-specialist-1')
    expect(entry).toMatchObject({ caseId: it.id, details: { fields: 'phone', level: 'S2' } })
  })

  test('what cannot be put on record is not given out', async () => {
    const it = await complaint()
    const { owner } = room.http.house
    await owner.query(`create function no_room() returns trigger language plpgsql as $$ begin raise exception 'no room' using errcode = 'disk_full'; end $$`)
    await owner.query(`create trigger no_room before insert on audit_entry for each row when (new.process = 'access') execute function no_room()`)
    const answer = await room.read('complaint-specialist-1', it, 'registration1 { phone phonePlain }')
    expect(at(answer, 'case', 'forms', 'registration1', 'phonePlain')).toBe('BUSY')
    expect(answer.text).not.toContain('13812341234')
    expect(answer.json!.data.case.forms.registration1.phone).toBe('138****1234')
    await owner.query('drop trigger no_room on audit_entry')
    expect(at(await room.read('complaint-specialist-1', it, 'registration1 { phonePlain }'), 'case', 'forms', 'registration1', 'phonePlain')).toBe(
      '13812341234',
    )
  })

  test('of erased values nothing is left to read, and nothing goes on record', async () => {
    const it = await refunding(room.http.house)
    await room.http.house.owner.query(
      'update subject_key set wrapped = null, destroyed_at = clock_timestamp() where customer_id = (select customer_id from service_case where id = $1)',
      [it.id],
    )
    await room.newEntries('finance-2')
    const answer = dataOf(await room.read('finance-2', it, settlementFields)).case.forms.settlement
    expect(answer).toEqual({ netBalance: '100', payee: null, payeePlain: null, account: null, accountPlain: null, hasSensitiveProfile: false })
    expect(await room.newEntries('finance-2')).toEqual([])
  }, 20_000)
})

test('a customer’s people: masked for everybody, in plain for whoever handles an open case of the customer and by office', async () => {
  const it = await complaint()
  const { customerId: customer } = await it.record()
  const contactFor = async (login: string) => {
    const ask = await room.http.as(login)
    const answer = await ask('query ($id: ID!) { customer(id: $id) { code name contacts { id post name phone email namePlain phonePlain emailPlain } } }', {
      id: customer,
    })
    return {
      contact: answer.json!.data.customer.contacts[0],
      row: ['namePlain', 'phonePlain', 'emailPlain'].map((field) => at(answer, 'customer', 'contacts', 0, field)),
    }
  }
  const { rows } = await room.http.house.pool.query('select * from contact where customer_id = $1 order by name limit 1', [customer])
  const [{ id, name, phone, email }] = rows
  for (const login of ['complaint-specialist-1', 'cs-manager-3', 'cs-director-1', 'info-supervisor-1', 'auditor-1']) {
    await room.newEntries(login)
    const { contact, row } = await contactFor(login)
    expect([login, ...row]).toEqual([login, name, phone, email])
    expect(contact).toMatchObject({ name: `${name[0]}*`, phone: `${phone.slice(0, 3)}****${phone.slice(-4)}`, email: `${email[0]}***@example.com` })
    const [entry, ...more] = await room.newEntries(login)
    expect(more).toEqual([])
    expect(entry).toMatchObject({ caseId: null, details: { customer: 'C0001', level: 'S2' } })
    for (const field of ['name', 'phone', 'email']) expect(entry!.details['fields']).toContain(`${id}.${field}`)
  }
  for (const login of ['sales-rep-1', 'finance-2', 'organisation-administrator-1'])
    expect([login, ...(await contactFor(login)).row]).toEqual([login, no, no, no])
})
