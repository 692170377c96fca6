import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { verificationStream } from '../../src/audit/chain.js'
import { rotated } from '../../src/audit/keyring.js'
import { newestRuns } from '../../src/persistence/queries/verification-queries.js'
import { mealInReview } from '../support/cases.js'
import { Forger } from '../support/forger.js'
import { type House, openHouse } from '../support/house.js'
import { testKeys } from '../support/keys.js'
import { adoptRoles, checkpointed, logged, ProofFile, recorded, verified, verifiedWithin } from '../support/proof.js'

let house: House
const file = new ProofFile()
beforeAll(async () => {
  house = await openHouse()
  await adoptRoles(house)
  await mealInReview(house)
  await logged(house)
})
afterAll(() => house.close())

test('a history that nobody touched is clean, in full and from the last clean run on', async () => {
  await checkpointed(house.owner, file)
  const full = await verified(house, file)
  expect(full.findings).toEqual([])
  expect(full).toMatchObject({ mode: 'full', count: 0, cases: 1, notReplayed: 0 })
  await recorded(house, full)
  const meal = await mealInReview(house)
  await meal.refused('relations-specialist-3', 'APPROVE')
  await logged(house)
  await checkpointed(house.owner, file)
  const next = await verified(house, file, { mode: 'incremental' })
  expect(next.findings).toEqual([])
  // The run itself, the case, and the refusal beside it.
  expect(next).toMatchObject({ mode: 'incremental', entries: 5, cases: 1, size: full.size + 5 })
  expect((await verified(house, file)).findings).toEqual([])
})

test('only a run that is signed says when the history was looked at last', async () => {
  const { last } = await newestRuns(house.owner, testKeys)
  await house.owner.query('begin')
  try {
    await house.owner.query(
      `insert into audit_entry (stream, sequence, process, action, result, occurred_at, recorded_at, content, previous_hash, hash, mac, mac_key)
       select stream, sequence + place, process, action, result, occurred_at, now() + interval '1 year', case place when 1 then content else replace(content, '"findings":"0"', '"findings": "0"') end,
         previous_hash, hash, mac, mac_key from audit_entry cross join generate_series(1, 2) as place where stream = $1 order by sequence desc limit 2`,
      [verificationStream],
    )
    const runs = await newestRuns(house.owner, testKeys)
    expect(runs.last).toMatchObject({ startedAt: last!.startedAt, findings: 0 })
    expect(runs.last!.ageMs).toBeGreaterThanOrEqual(last!.ageMs)
    expect(await newestRuns(house.owner, rotated({ ...testKeys, mac: [] }, 'mac', new Date()))).toEqual({ last: undefined, clean: undefined })
  } finally {
    await house.owner.query('rollback')
  }
})

test.each([
  ['a column is gone', 'alter table audit_entry drop column mac', 'SHAPE_CHANGED'],
  ['a table is gone', 'drop table log_block', 'SHAPE_CHANGED'],
  ['texts are no JSON', `update audit_entry set content = 'x' || content`, 'CONTENT_UNREADABLE'],
  ['texts are JSON of another kind', `update audit_entry set content = '[1]'`, 'CONTENT_UNREADABLE'],
  ['moments are none', `update audit_entry set recorded_at = 'infinity'`, 'COLUMN_WRONG'],
  ['decisions are none', `update service_case set decisions = '{"a": [null]}', round = 99`, 'CASE_DIVERGES'],
  ['a form was handed in by another', `update form_version set submitted_by_id = (select id from employee where login = 'cs-director-1')`, 'FORM_WRONG'],
  ['a form was handed in earlier', `update form_version set submitted_at = submitted_at - interval '1 day'`, 'FORM_WRONG'],
  ['a form is another one', `update form_version set form = 'F-0'`, 'FORM_WRONG'],
  ['keys are those of nobody', `update subject_key set wrapped = 'x.y'`, 'SEALED_WRONG'],
  ['roles are unknown', `update role_assignment set role = 'EMPEROR', valid_from = '-infinity', valid_to = 'infinity'`, 'ROLE_UNRECORDED'],
  [
    'positions are nothing',
    'alter table audit_entry drop constraint audit_entry_position_key; update log_leaf set hash = decode(repeat($$00$$, 3), $$hex$$)',
    'LEAF_WRONG',
  ],
] as const)('whatever stands in the database is a finding and no error: %s', async (_name, sql, kind) => {
  await house.owner.query(`begin; set local timezone = 'UTC'`)
  try {
    // The triggers of a table that is gone cannot be switched on again.
    if (sql.startsWith('drop')) await house.owner.query(sql)
    else await new Forger(house.owner).unguarded(() => house.owner.query(sql))
    const report = await verifiedWithin(house, house.owner, file)
    expect(Object.keys(report.counts)).toContain(kind)
    for (const { message } of report.findings) expect(message.length).toBeGreaterThan(20)
  } finally {
    await house.owner.query('rollback')
  }
})
