import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { NoticePreferences } from '../../src/engine/organisation-change.js'
import { sendDigests } from '../../src/jobs/digests.js'
import { tellNext } from '../../src/jobs/notices.js'
import { nextAt } from '../../src/jobs/times-of-day.js'
import { times } from '../support/acts.js'
import { type House, openHouse } from '../support/house.js'
import { drainAll, openPostOffice, type PostOffice, publishAll } from '../support/post-office.js'
import { endpointAt } from '../support/queue.js'
import { engage, inReview, openTold, post, requestOf, tellAll, toldPractice } from '../support/told.js'

let house: House
let office: PostOffice
beforeAll(async () => {
  house = await openHouse([toldPractice])
  office = await openPostOffice()
  await engage(house)
})
beforeEach(async () => {
  await tellAll(house)
  await house.owner.query('delete from delivery')
  await house.owner.query('update endpoint set active = false')
  await house.owner.query('delete from notice_preference')
  office.arrived.length = 0
})
afterAll(async () => {
  await office.close()
  await house.close()
})

const usual: NoticePreferences = { channels: ['EMAIL'], language: 'zh-CN', quietFrom: null, quietTo: null, digestAt: null }
const prefer = (login: string, wish: Partial<NoticePreferences>) => house.door.setNoticePreferences({ ...requestOf(login), preferences: { ...usual, ...wish } })
const submit = async () => {
  const it = await openTold(house)
  await it.act('asker', 'SUBMIT')
  return it
}
const delivered = async () => {
  await tellAll(house)
  await drainAll(house.pool, office)
  return office.arrived
}
/** Now and some minutes from now, as the clock in Shanghai shows it (`HH:MM`). */
const clock = (minutes: number) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: post.zone, hour: '2-digit', minute: '2-digit' }).format(Date.now() + minutes * 60_000)
const rowsOf = async (login: string) =>
  (
    await house.pool.query(
      `select d.status, d.not_before, d.channel, d.content from delivery d join employee e on e.id = d.employee_id where e.login = $1 order by d.seq`,
      [login],
    )
  ).rows

test('by mail and in Chinese unless one said otherwise: title, number, who, what, state; no form content; the link names the task alone', async () => {
  await prefer('leader-b', { language: 'en' })
  const it = await submit()
  const { number } = await it.record()
  const arrived = (await delivered()).toSorted((a, b) => (a.to < b.to ? -1 : 1))
  expect(arrived.map(({ to }) => to)).toEqual(['/mail/leader-a@example.com', '/mail/leader-b@example.com'])
  const link = `https://office.example.com/tasks/${await it.task()}`
  expect(arrived[0]!.message).toEqual({
    id: expect.any(String),
    at: expect.stringMatching(/^\d{4}-.*Z$/),
    subject: `[会签] 待您办理：知会练习 ${number}`,
    text: `待您办理\n流程：知会练习\n编号：${number}\n操作：asker · 提交\n状态：审批`,
    link,
    mobiles: [],
    body: null,
  })
  expect(arrived[1]!.message).toMatchObject({
    subject: `[Countersign] Waiting for you: Notices practice ${number}`,
    text: `Waiting for you\nProcess: Notices practice\nNumber: ${number}\nAct: asker · Submit\nState: Review`,
    link,
  })
  expect(JSON.stringify(arrived)).not.toContain('秘密内容')
})

test('when it is due, as the clock of the zone shows it', async () => {
  const it = await submit()
  await house.owner.query(`update task set due_at = '2026-12-01T10:30:00Z' where id = $1`, [await it.task()])
  expect((await delivered())[0]!.message.text).toMatch(/\n时限：2026-12-01 18:30 \(Asia\/Shanghai\)$/)
})

test('without a public address there is no link; without an address of one’s own, or without any channel, no message', async () => {
  await house.owner.query(`update employee set email = null where login = 'leader-a'`)
  await prefer('hearer-a', { channels: [] })
  const it = await submit()
  await it.act('leader-b', 'APPROVE')
  await publishAll(house.pool)
  while (await tellNext(house.pool, house.processes, { ...post, publicUrl: null }));
  const { rows } = await house.pool.query(`select e.login, d.content -> 'link' as link from delivery d join employee e on e.id = d.employee_id order by 1`)
  expect(rows).toEqual(['voter-a', 'voter-b'].map((login) => ({ login, link: null })))
  await house.owner.query(`update employee set email = 'leader-a@example.com' where login = 'leader-a'`)
})

test('in a group of the organisation: by the robot of the process before the one for all, with the mobile of whoever is meant', async () => {
  await endpointAt(house, office, '/all', 'DINGTALK')
  await endpointAt(house, office, '/practice', 'DINGTALK', ['told-practice'])
  await endpointAt(house, office, '/other', 'WECOM', ['complaint-handling'])
  await prefer('leader-a', { channels: ['DINGTALK', 'WECOM', 'EMAIL'] })
  await submit()
  const arrived = await delivered()
  expect(arrived.map(({ to, message }) => [to, message.mobiles]).sort()).toEqual([
    ['/mail/leader-a@example.com', []],
    ['/mail/leader-b@example.com', []],
    ['/practice', ['13800000000']],
  ])
})

test('quiet hours put a message off to their end, a reminder too', async () => {
  const [quietFrom, quietTo] = [clock(-60), clock(120)]
  await prefer('leader-a', { quietFrom, quietTo })
  const it = await submit()
  await tellAll(house)
  await it.handle('asker', 'REMIND')
  expect((await delivered()).map(({ to }) => to)).toEqual(['/mail/leader-b@example.com', '/mail/leader-b@example.com'])
  const end = nextAt(new Date(), quietTo, post.zone)
  expect((await rowsOf('leader-a')).map(({ status, not_before }) => ({ status, not_before }))).toEqual(times(2, () => ({ status: 'PENDING', not_before: end })))
})

test('a summary: everything of the day in one message, what is due first before the rest, at its time and once, whichever server sends it', async () => {
  await prefer('leader-a', { digestAt: clock(60) })
  const cases = [await submit(), await submit(), await submit()]
  const due = ['2026-12-03T10:00:00Z', null, '2026-12-01T10:00:00Z']
  for (const [index, it] of cases.entries()) await house.owner.query('update task set due_at = $2 where id = $1', [await it.task(), due[index]])
  expect((await delivered()).every(({ to }) => to === '/mail/leader-b@example.com')).toBe(true)
  expect((await rowsOf('leader-a')).map(({ status }) => status)).toEqual(['DIGEST', 'DIGEST', 'DIGEST'])
  await sendDigests(house.pool)
  expect((await rowsOf('leader-a')).map(({ status }) => status)).toEqual(['DIGEST', 'DIGEST', 'DIGEST'])
  await house.owner.query(`update delivery set not_before = now() - interval '1 second' where status = 'DIGEST'`)
  await Promise.all(times(4, () => sendDigests(house.pool)))
  await sendDigests(house.pool)
  expect((await rowsOf('leader-a')).map(({ status }) => status)).toEqual(['DROPPED', 'DROPPED', 'DROPPED', 'PENDING'])
  office.arrived.length = 0
  const [summary, ...others] = await delivered()
  expect(others).toEqual([])
  expect(summary!.message.subject).toBe('[会签] 今日汇总：3 项')
  const numbers = await Promise.all([cases[2]!, cases[0]!, cases[1]!].map(async (it) => (await it.record()).number))
  expect(summary!.message.text.match(/TP-\d{4}-\d{6}/g)).toEqual(numbers)
})

test('a summary lists fifty and says how many there are besides', async () => {
  await prefer('leader-a', { digestAt: clock(60), language: 'en' })
  await submit()
  await tellAll(house)
  await house.owner.query(
    `insert into delivery (case_id, channel, employee_id, lane, content, status, not_before)
     select case_id, channel, employee_id, lane, content, status, not_before from delivery, generate_series(1, 59) where status = 'DIGEST'`,
  )
  await house.owner.query(`update delivery set not_before = now() where status = 'DIGEST'`)
  await sendDigests(house.pool)
  const { content } = (await rowsOf('leader-a')).at(-1)
  expect(content.subject).toBe('[Countersign] Summary of the day: 60 items')
  expect(content.text.match(/Waiting for you/g)).toHaveLength(50)
  expect(content.text).toMatch(/\nand 10 more$/)
})

test('four servers at once: every event is told once', async () => {
  for (let round = 0; round < 5; round++) await submit()
  await publishAll(house.pool)
  await Promise.all(times(4, () => tellNext(house.pool, house.processes, post)))
  while (await tellNext(house.pool, house.processes, post));
  const { rows } = await house.pool.query('select count(*)::int as n, count(distinct (event_position, employee_id))::int as once from delivery')
  expect(rows[0]).toEqual({ n: 10, once: 10 })
})

test('when telling fails half-way nothing is told, and next time everything', async () => {
  await inReview(house)
  await house.owner.query('delete from delivery')
  await submit()
  await publishAll(house.pool)
  await house.owner.query(`alter table event_reader add constraint stuck check (position < 0) not valid`)
  await expect(tellNext(house.pool, house.processes, post)).rejects.toThrow()
  expect((await house.pool.query('select 1 from delivery')).rows).toEqual([])
  await house.owner.query(`alter table event_reader drop constraint stuck`)
  await tellNext(house.pool, house.processes, post)
  expect((await house.pool.query('select 1 from delivery')).rows).toHaveLength(2)
})
