import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import { type OfficeApi, openOfficeApi } from '../support/office-api.js'
import { engage, openTold, tellAll, toldPractice } from '../support/told.js'

let api: OfficeApi
beforeAll(async () => {
  api = await openOfficeApi([toldPractice])
  await engage(api.house)
})
afterAll(() => api.close())

const fields = 'channels language quietFrom quietTo digestAt'
const mine = `{ viewer { noticePreferences { ${fields} } } }`
const set = `mutation ($channels: [PersonalChannel!]!, $language: NoticeLanguage!, $quietFrom: String, $quietTo: String, $digestAt: String, $idempotencyKey: String!) {
  setNoticePreferences(channels: $channels, language: $language, quietFrom: $quietFrom, quietTo: $quietTo, digestAt: $digestAt, idempotencyKey: $idempotencyKey) { ${fields} } }`
const wish = { channels: ['DINGTALK', 'EMAIL'], language: 'en', quietFrom: '22:00', quietTo: '07:30', digestAt: '09:00' }

test('one sets one’s own, as a whole; the same key sets them once; it stands in no history', async () => {
  expect((await api.ask('asker', mine)).data.viewer.noticePreferences).toEqual({
    channels: ['EMAIL'],
    language: 'zh_CN',
    quietFrom: null,
    quietTo: null,
    digestAt: null,
  })
  expect((await api.ask('asker', set, { ...wish, idempotencyKey: 'one' })).data.setNoticePreferences).toEqual(wish)
  expect((await api.ask('asker', mine)).data.viewer.noticePreferences).toEqual(wish)
  const plain = { channels: [], language: 'zh_CN', quietFrom: null, quietTo: null, digestAt: null }
  expect((await api.ask('asker', set, plain)).data.setNoticePreferences).toEqual(plain)
  await api.ask('asker', set, { ...wish, idempotencyKey: 'one' })
  expect((await api.ask('asker', mine)).data.viewer.noticePreferences).toEqual(plain)
  expect((await api.ask('asker', set, { ...plain, idempotencyKey: 'one' })).code).toBe('IDEMPOTENCY_KEY_REUSED')
  expect((await api.house.pool.query(`select 1 from audit_entry where actor_id = $1`, [employeeId('asker')])).rows).toEqual([])
})

test('nobody sees those of another', async () => {
  await api.ask('leader-a', set, wish)
  const { data } = await api.ask('owner-a', `query ($id: ID!) { node(id: $id) { ... on Employee { login noticePreferences { language } } } }`, {
    id: employeeId('leader-a'),
  })
  expect(data.node).toEqual({ login: 'leader-a', noticePreferences: null })
  expect((await api.ask(null, set, wish)).code).toBe('UNAUTHENTICATED')
})

test.each([
  [{ quietFrom: '24:00' }, 'quietFrom'],
  [{ quietTo: '7:30' }, 'quietTo'],
  [{ digestAt: '09:00:00' }, 'digestAt'],
  [{ quietTo: null }, 'quietTo'],
  [{ quietFrom: '07:30' }, 'quietTo'],
])('what is wrong is named: %j', async (wrong, field) => {
  expect(await api.ask('asker', set, { ...wish, ...wrong })).toMatchObject({ code: 'INPUT_INVALID', fields: [field] })
})

test('the link of a message opens nothing by itself: it names the task, holds no token, and whoever follows it signs in', async () => {
  await api.ask('leader-b', set, { channels: ['EMAIL'], language: 'en' })
  const it = await openTold(api.house)
  await it.act('asker', 'SUBMIT')
  await tellAll(api.house)
  const { rows } = await api.house.pool.query(`select content ->> 'link' as link from delivery where employee_id = $1`, [employeeId('leader-b')])
  const { pathname, search, hash, username } = new URL(rows[0].link)
  expect([pathname, search, hash, username]).toEqual([`/tasks/${await it.task()}`, '', '', ''])
  expect((await api.get(pathname)).status).toBe(404)
  const id = pathname.split('/').at(-1)
  const open = 'query ($id: ID!) { node(id: $id) { id } }'
  expect((await api.ask(null, open, { id })).code).toBe('UNAUTHENTICATED')
  const approve = `mutation ($id: ID!, $idempotencyKey: String!) { toldPracticeApprove(caseId: $id, form: {}, idempotencyKey: $idempotencyKey) { id } }`
  expect((await api.ask(null, approve, { id: it.id })).code).toBe('UNAUTHENTICATED')
  // Forwarded to somebody else who signs in: what he may not see is not there for him.
  expect((await api.ask('reader', open, { id })).data?.node ?? null).toBe(null)
  expect((await api.ask('reader', approve, { id: it.id })).code).toBe('NOT_FOUND')
  expect((await api.ask('leader-a', open, { id })).data.node).toEqual({ id })
})
