import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { employeeId } from '../../src/organisation/ids.js'
import { mealApplicant, mealForm } from '../support/cases.js'
import { type House, openHouse } from '../support/house.js'
import { drainAll, openPostOffice, type PostOffice } from '../support/post-office.js'
import { endpointAt } from '../support/queue.js'
import { tellAll } from '../support/told.js'

let house: House
let office: PostOffice
beforeAll(async () => {
  house = await openHouse()
  office = await openPostOffice()
})
afterAll(async () => {
  await office.close()
  await house.close()
})

test('a webhook hears of every act and of the work on tasks, in order, as ids and codes; one that names a process of that alone', async () => {
  const all = await endpointAt(house, office, '/all')
  await endpointAt(house, office, '/other', 'WEBHOOK', ['complaint-handling'])
  await endpointAt(house, office, '/meals', 'WEBHOOK', ['customer-meal-hospitality'])
  const meal = await house.open(mealApplicant, 'customer-meal-hospitality', mealForm())
  const draft = await meal.task()
  await meal.act(mealApplicant, 'SUBMIT')
  const submitted = await meal.task()
  await meal.act('relations-specialist-1', 'FORWARD', { arrangement: { arranger: employeeId('relations-specialist-1') } })
  const review = await meal.task()
  await meal.handle('cs-manager-1', 'DELEGATE', { people: ['cs-manager-3'], text: '秘密问题' })
  const asked = await meal.task({ kind: 'ADVISE' })
  await house.administer('organisation-administrator-1', { action: 'GRANT_ROLE', employeeId: employeeId('cs-manager-3'), role: 'DEPT_HEAD' })
  await tellAll(house)
  await drainAll(house.pool, office)
  const bodies = (path: string) => office.arrived.filter(({ to }) => to === path).map(({ message }) => message.body as any)
  const { number } = await meal.record()
  const { rows: events } = await house.pool.query('select id, position::int as position from event order by position')
  expect(bodies('/other')).toEqual([])
  expect(bodies('/meals')).toHaveLength(4)
  const told = bodies('/all').toSorted((a, b) => a.position - b.position)
  expect(told.map(({ id, position }) => ({ id, position }))).toEqual(events)
  expect(told[2]).toEqual({
    type: 'case.acted',
    id: events[2].id,
    position: 3,
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    case: { id: meal.id, number, process: 'customer-meal-hospitality', state: 'managerReview' },
    entry: {
      sequence: 3,
      action: 'FORWARD',
      result: 'DONE',
      from: 'submitted',
      to: 'managerReview',
      actorId: employeeId('relations-specialist-1'),
      onBehalfOfId: null,
      roleUsed: 'RELATIONS_SPECIALIST',
    },
    tasks: { opened: [review], closed: [submitted] },
  })
  expect(told.map(({ type, entry, tasks, case: of }) => [type, entry.action, tasks, of?.id])).toEqual([
    ['case.acted', 'OPEN', { opened: [draft], closed: [] }, meal.id],
    ['case.acted', 'SUBMIT', { opened: [submitted], closed: [draft] }, meal.id],
    ['case.acted', 'FORWARD', { opened: [review], closed: [submitted] }, meal.id],
    ['task.worked', 'DELEGATE', { opened: [asked], closed: [] }, meal.id],
    ['organisation.changed', 'GRANT_ROLE', { opened: [], closed: [] }, undefined],
  ])
  for (const hidden of ['秘密问题', '江畔酒楼', '孙莉', '答谢']) expect(JSON.stringify(office.arrived)).not.toContain(hidden)
  const { rows: lanes } = await house.pool.query('select distinct lane from delivery where endpoint_id = $1 order by 1', [all])
  expect(lanes.map(({ lane }) => lane).sort()).toEqual([`${all}:${meal.id}`, `${all}:organisation`].sort())
})
