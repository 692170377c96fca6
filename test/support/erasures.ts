import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { digestOf } from '../../src/audit/chain.js'
import { customerId } from '../../src/organisation/ids.js'
import { erasuresDue } from '../../src/persistence/queries/erasure-queries.js'
import { paperColumns, sealedDigest, withSubjectKey } from '../../src/persistence/subject-keys.js'
import { mealApplicant, mealForm } from './cases.js'
import type { DrivenCase, House } from './house.js'
import { testKeys } from './keys.js'

/** 客户信息主管 */
export const keeper = 'info-supervisor-1'
export const manager = 'cs-manager-1'

/** An open case about a customer, with a guest's name that is personal. */
export const mealFor = (house: House, code: string, guest = '孙莉'): Promise<DrivenCase> =>
  house.open(mealApplicant, 'customer-meal-hospitality', mealForm({ customer: customerId(code), customerGuests: [guest] }))
export const close = (meal: DrivenCase): Promise<string> => meal.act(mealApplicant, 'CANCEL', { reason: { reason: '取消' } })
/** The same, closed. */
export async function pastMealFor(house: House, code: string, guest?: string): Promise<DrivenCase> {
  const meal = await mealFor(house, code, guest)
  await close(meal)
  return meal
}
export const hold = (house: House, { id }: DrivenCase, by = keeper): Promise<string> =>
  house.administer(by, { action: 'PLACE_HOLD', caseId: id, reason: '诉讼' })
export const lift = (house: House, holdId: string, by = keeper): Promise<string> => house.administer(by, { action: 'LIFT_HOLD', holdId, reason: '结案' })
export const erase = (house: House, code: string, by = keeper): Promise<string> =>
  house.administer(by, { action: 'ERASE_CUSTOMER', customerId: customerId(code), reason: '本人申请' })
/** What the servers do every few seconds. Output: how many were done. */
export async function eraseDue(house: House): Promise<number> {
  const done = await Promise.all((await erasuresDue(house.pool, 100)).map((erasureId) => house.door.eraseDeferred({ erasureId, requestId: 'test' })))
  return done.filter(Boolean).length
}

export const statusOf = async (house: House, erasureId: string): Promise<string> =>
  (await house.pool.query('select status from erasure where id = $1', [erasureId])).rows[0].status
/** How many of the forms about a customer have personal values, and how many of those can still be read. */
export async function sealedOf(house: House, code: string): Promise<{ sealed: number; readable: number }> {
  const { rows } = await house.pool.query(
    `select count(*)::int as sealed, count(k.wrapped)::int as readable from form_version f join subject_key k on k.id = f.subject_id
      where f.case_id in (select id from cases_about($1))`,
    [customerId(code)],
  )
  return rows[0]
}
/** What the history of the organisation says of an action, oldest first. */
export async function entriesOf(house: House, action: string): Promise<any[]> {
  const { rows } = await house.pool.query(`select content, aside from audit_entry where stream = 'organisation' and action = $1 order by sequence`, [action])
  return rows.map(({ content, aside }) => ({ ...JSON.parse(content), aside }))
}

/** A sentence for every form whose digest or commitment does not fit; what was erased cannot be opened, and that is no fault. */
export async function commitmentFaults(house: House): Promise<string[]> {
  const { rows } = await house.pool.query(
    `select f.case_id, f.key, f.version, f.salt, f.digest, f.personal_digest, ${paperColumns} from form_version f ${withSubjectKey}`,
  )
  return rows.flatMap(({ case_id, key, version, salt, digest, personal_digest, ...paper }) => {
    const opened = sealedDigest(testKeys, paper)
    const fits = digestOf(paper.content, salt, personal_digest) === digest && (opened === null || opened === personal_digest)
    return fits ? [] : [`${case_id} ${key} ${version} is not what was committed to`]
  })
}

/** Every table, the queue's included, in which a text stands anywhere. */
export async function tablesWith(house: House, text: string): Promise<string[]> {
  const { rows: tables } = await house.owner.query(
    `select schemaname, tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1, 2`,
  )
  const found: string[] = []
  for (const { schemaname, tablename } of tables) {
    const { rowCount } = await house.owner.query(`select 1 from "${schemaname}"."${tablename}" t where strpos(t::text, $1) > 0 limit 1`, [text])
    if (rowCount) found.push(tablename)
  }
  return found
}

/** A backup: the database as it is now, under another name. Nobody may be connected to it. Output: the addresses of the copy. */
export async function backupOf({ ownerUrl, appUrl }: Pick<House, 'ownerUrl' | 'appUrl'>): Promise<readonly [string, string]> {
  const name = `backup_${randomUUID().replaceAll('-', '').slice(0, 16)}`
  const named = (url: string, database: string) => Object.assign(new URL(url), { pathname: `/${database}` }).href
  const maintenance = new pg.Client({ connectionString: named(ownerUrl, 'postgres') })
  await maintenance.connect()
  await maintenance.query(`create database ${name} template "${new URL(ownerUrl).pathname.slice(1)}"`)
  await maintenance.end()
  return [named(ownerUrl, name), named(appUrl, name)]
}
