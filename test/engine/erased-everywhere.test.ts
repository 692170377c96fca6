import { expect, test } from '@jest/globals'
import { collectedFieldsOf, type FormClass, isPersonal, rowFieldsOf } from '../../src/define/index.js'
import { customerId, employeeId } from '../../src/organisation/ids.js'
import { insertForms, type Paper } from '../../src/persistence/case-writes.js'
import { formVersionsOf } from '../../src/persistence/form-versions.js'
import { mealApplicant } from '../support/cases.js'
import { close, commitmentFaults, erase, mealFor, tablesWith } from '../support/erasures.js'
import { type House, openHouse } from '../support/house.js'
import { testKeys } from '../support/keys.js'

const code = 'C0030'
const number = '13987650123'
const occurrences = (value: unknown): number => JSON.stringify(value).split(number).length - 1
const inEvery = (cls: FormClass) =>
  Object.fromEntries(
    rowFieldsOf(cls)
      .filter(isPersonal)
      .map(({ name }) => [name, number]),
  )

/** The number in every personal field of every form of the product, in rows as well. */
function papersWithIt({ processes }: House): Paper[] {
  const classes = [...processes.current.values()].flatMap(({ definition }) => Object.entries(definition.forms) as [string, FormClass][])
  return classes.map(([key, cls], index) => {
    const rows = collectedFieldsOf(cls).flatMap(({ name, rows }) => (rows ? [[name, [inEvery(rows())]]] : []))
    return { key: `${key}${index}`, formId: key, values: { ...Object.fromEntries(rows), ...inEvery(cls) }, cls }
  })
}

test('a number in every personal field, contact and draft is nowhere in the database afterwards', async () => {
  const house = await openHouse()
  const meal = await mealFor(house, code, number)
  const papers = papersWithIt(house)
  const count = occurrences(papers.map(({ values }) => values))
  await house.owner.query('update contact set name = $2, phone = $2, email = $2, post = $2 where customer_id = $1', [customerId(code), number])
  await house.owner.query('update customer set name = $2 where id = $1', [customerId(code), number])
  await house.door.saveDraft({
    actorId: employeeId(mealApplicant),
    idempotencyKey: 'draft-with-the-number',
    requestId: 'test',
    taskId: await meal.task(),
    draft: { action: 'SUBMIT', content: JSON.stringify({ phone: number }) },
  })
  await close(meal)
  const now = new Date().toISOString()
  await insertForms(house.pool, testKeys, { caseId: meal.id, customerId: customerId(code) }, { sequence: 1, employeeId: null, now }, papers)
  const readable = async () => occurrences((await formVersionsOf(house.pool, testKeys, [meal.id])).map(({ values }) => values))
  const guessable = async () =>
    (
      await house.pool.query(
        'select content_salt as salt, array(select distinct request_hash from idempotency where case_id = c.id) as hashes from service_case c where id = $1',
        [meal.id],
      )
    ).rows[0]
  expect([count > 40, await readable(), await tablesWith(house, number)]).toEqual([true, count + 1, ['contact', 'customer', 'task_draft']])
  const before = await guessable()
  expect(before.hashes).toHaveLength(3)
  await erase(house, code)
  expect([await tablesWith(house, number), await readable()]).toEqual([[], 0])
  const after = await guessable()
  expect([after.hashes, after.salt === before.salt]).toEqual([['erased'], false])
  expect(await commitmentFaults(house)).toEqual([])
  await house.close()
})
