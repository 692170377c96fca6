import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { customerId, employeeId } from '../../src/organisation/ids.js'
import { codeOf, dataOf } from '../support/http.js'
import { faultsIn } from '../support/invariants.js'
import { type ReadingRoom, readingRoom } from '../support/readers.js'
import { account, last4, refunding, settlementFor } from '../support/refunds.js'

let room: ReadingRoom
beforeAll(async () => {
  room = await readingRoom()
}, 60_000)
afterAll(async () => {
  expect(await faultsIn(room.http.house.pool, room.http.house.processes)).toEqual([])
  expect([room.http.logged, room.http.house.reported]).toEqual([[], []])
  await room.http.close()
})

const no = 'NOT_AUTHORISED'
const day = () => new Date(Date.now() + 86_400_000).toISOString()
const key = () => randomUUID()
const mutate = async (login: string, mutation: string, variables: Record<string, unknown>) => {
  const types: Record<string, string> = { validTo: 'DateTime!', purpose: 'String!', key: 'String!', customerId: 'ID', caseId: 'ID' }
  const given = { key: key(), ...variables }
  const names = Object.keys(given)
  const declared = names.map((name) => `$${name}: ${types[name] ?? 'ID!'}`).join(', ')
  const passed = names.map((name) => `${name === 'key' ? 'idempotencyKey' : name}: $${name}`).join(', ')
  const fields = 'id status purpose reader { login } grantedBy { login } approvedBy { login } revokedBy { login } customer { id } case { id }'
  return (await room.http.as(login))(`mutation (${declared}) { ${mutation}(${passed}) { ${fields} } }`, given)
}
const propose = (login: string, extra: Record<string, unknown>) =>
  mutate(login, 'grantSensitiveAccess', { employeeId: employeeId('info-specialist-2'), purpose: '核对退款账号', validTo: day(), ...extra })
const approve = (login: string, grantId: string, extra = {}) => mutate(login, 'approveSensitiveAccess', { grantId, ...extra })
const revoke = (login: string, grantId: string) => mutate(login, 'revokeSensitiveAccess', { grantId })

test('a grant holds from its approval by another person until it is revoked or ends', async () => {
  const it = await refunding(room.http.house)
  const accountFor = async () => (await settlementFor(room, 'info-specialist-2', it)).slice(3)
  const { id, ...proposed } = dataOf(await propose('info-supervisor-1', { caseId: it.id })).grantSensitiveAccess
  expect(proposed).toMatchObject({ status: 'PENDING', purpose: '核对退款账号', reader: { login: 'info-specialist-2' }, approvedBy: null, customer: null })
  expect(await accountFor()).toEqual([null, no])
  const once = { key: key() }
  expect(dataOf(await approve('cs-manager-2', id, once)).approveSensitiveAccess).toMatchObject({ status: 'ACTIVE', approvedBy: { login: 'cs-manager-2' } })
  const again = await approve('cs-manager-2', id, once)
  expect([again.headers['idempotency-replayed'], dataOf(again).approveSensitiveAccess.status]).toEqual(['true', 'ACTIVE'])
  expect(codeOf(await approve('cs-manager-3', id))).toBe('CONDITION_UNMET')
  await room.newEntries('info-specialist-2')
  expect(await accountFor()).toEqual([last4, account])
  expect(await room.newEntries('info-specialist-2')).toMatchObject([{ caseId: it.id, details: { fields: 'account', level: 'S3' }, purpose: '核对退款' }])
  expect((await settlementFor(room, 'info-specialist-3', it)).slice(3)).toEqual([null, no])
  const other = await refunding(room.http.house)
  expect((await settlementFor(room, 'info-specialist-2', other)).slice(3)).toEqual([null, no])
  expect(dataOf(await revoke('info-supervisor-2', id)).revokeSensitiveAccess).toMatchObject({ status: 'REVOKED', revokedBy: { login: 'info-supervisor-2' } })
  expect(await accountFor()).toEqual([null, no])
  expect(codeOf(await revoke('info-supervisor-1', id))).toBe('CONDITION_UNMET')
  expect(codeOf(await approve('cs-manager-1', id))).toBe('CONDITION_UNMET')
}, 30_000)

test('a grant for a customer ends with its time', async () => {
  const it = await refunding(room.http.house)
  const { customerId: customer } = await it.record()
  const { id } = dataOf(await propose('info-supervisor-1', { customerId: customer })).grantSensitiveAccess
  await approve('cs-manager-1', id)
  expect((await settlementFor(room, 'info-specialist-2', it))[4]).toBe(account)
  await room.http.house.owner.query(`update sensitive_access set valid_to = clock_timestamp() where id = $1`, [id])
  expect((await settlementFor(room, 'info-specialist-2', it))[4]).toBe(no)
  const ask = await room.http.as('auditor-1')
  const { sensitiveAccess } = dataOf(await ask('{ sensitiveAccess(first: 1) { totalCount edges { node { id status customer { id } } } } }'))
  expect(sensitiveAccess.edges).toEqual([{ node: { id, status: 'EXPIRED', customer: { id: customer } } }])
  const late = dataOf(await propose('info-supervisor-1', { customerId: customer })).grantSensitiveAccess.id
  await room.http.house.owner.query(`update sensitive_access set valid_to = clock_timestamp() where id = $1`, [late])
  expect(codeOf(await approve('cs-manager-1', late))).toBe('CONDITION_UNMET')
}, 20_000)

test('nobody grants himself, nobody approves what he proposed or is to read, and others may do neither', async () => {
  const customer = customerId('C0002')
  const both = await room.http.house.hire('two-hats', ['INFO_SUPERVISOR', 'CS_MANAGER'])
  expect(codeOf(await propose('cs-manager-1', { customerId: customer }))).toBe('NOT_AUTHORISED')
  expect(codeOf(await propose('auditor-1', { customerId: customer }))).toBe('NOT_AUTHORISED')
  expect(codeOf(await propose('info-supervisor-1', { customerId: customer, employeeId: employeeId('info-supervisor-1') }))).toBe('SOD_CONFLICT')
  const own = dataOf(await propose(both, { customerId: customer })).grantSensitiveAccess.id
  expect(codeOf(await approve(both, own))).toBe('SOD_CONFLICT')
  expect(codeOf(await approve('info-supervisor-1', own))).toBe('NOT_AUTHORISED')
  const forManager = dataOf(await propose('info-supervisor-1', { customerId: customer, employeeId: employeeId('cs-manager-2') })).grantSensitiveAccess.id
  expect(codeOf(await approve('cs-manager-2', forManager))).toBe('SOD_CONFLICT')
  expect(dataOf(await approve('cs-manager-3', forManager)).approveSensitiveAccess.status).toBe('ACTIVE')
  expect(codeOf(await revoke('info-specialist-1', own))).toBe('NOT_AUTHORISED')
  expect(codeOf(await approve('cs-manager-1', randomUUID()))).toBe('NOT_FOUND')
  expect(codeOf(await (await room.http.as('info-specialist-1'))('{ sensitiveAccess { totalCount } }'))).toBe('NOT_AUTHORISED')
})

test('what is asked for wrongly is named', async () => {
  const customer = customerId('C0002')
  const fields = async (extra: Record<string, unknown>) => {
    const { json } = await propose('info-supervisor-1', extra)
    return (json!.errors?.[0]?.extensions.fields ?? []).map(({ path }) => path)
  }
  expect(await fields({ customerId: customer, purpose: ' ' })).toEqual(['purpose'])
  expect(await fields({ customerId: customer, purpose: '长'.repeat(201) })).toEqual(['purpose'])
  expect(await fields({ customerId: customer, validTo: new Date(Date.now() - 1000).toISOString() })).toEqual(['validTo'])
  expect(await fields({})).toEqual(['customerId'])
  expect(codeOf(await propose('info-supervisor-1', { customerId: randomUUID() }))).toBe('NOT_FOUND')
  expect(codeOf(await propose('info-supervisor-1', { customerId: customer, employeeId: randomUUID() }))).toBe('NOT_FOUND')
})

test('every step is in the history of the organisation, refusals too; the purpose stands beside the hashed text', async () => {
  const { rows } = await room.http.house.pool.query(
    `select action, result, role_used as role, count(*)::int as entries, bool_or(content like '%核对退款账号%') as told, bool_and(aside ->> 'text' is not null) as beside
       from audit_entry where process = 'organisation' and action like '%SENSITIVE%' group by 1, 2, 3 order by 1, 2`,
  )
  expect(rows.map(({ action, result, role }) => [action, result, role])).toEqual([
    ['APPROVE_SENSITIVE_ACCESS', 'DONE', 'CS_MANAGER'],
    ['APPROVE_SENSITIVE_ACCESS', 'REFUSED', null],
    ['GRANT_SENSITIVE_ACCESS', 'DONE', 'INFO_SUPERVISOR'],
    ['GRANT_SENSITIVE_ACCESS', 'REFUSED', null],
    ['REVOKE_SENSITIVE_ACCESS', 'DONE', 'INFO_SUPERVISOR'],
    ['REVOKE_SENSITIVE_ACCESS', 'REFUSED', null],
  ])
  expect(rows.some(({ told }) => told)).toBe(false)
  expect(rows.filter(({ action }) => action === 'GRANT_SENSITIVE_ACCESS').every(({ beside }) => beside)).toBe(true)
})
