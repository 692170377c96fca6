import { expect } from '@jest/globals'
import { attemptStream, organisationStream } from '../../src/audit/chain.js'
import type { BesideCommand } from '../../src/engine/commands.js'
import type { Operation } from '../../src/engine/handling/operations.js'
import type { OrganisationChange } from '../../src/engine/organisation-change.js'
import { Refused } from '../../src/engine/refused.js'
import { employeeId } from '../../src/organisation/ids.js'
import type { ActOptions, DrivenCase, House, WhichTask, Work } from './house.js'

/** Attempts at what one may not do: each is refused with exactly these codes, changes nothing, and is on record with whoever tried. */

type Forms = Readonly<Record<string, unknown>>
interface Attempt extends ActOptions {
  readonly forms?: Forms
  /** What the history says, where the person is told no more than that there is no such case. */
  readonly onRecord?: readonly string[]
}

/** The newest refusal: of a case, or of an opening or a change of the organisation. */
export async function lastAttempt({ pool }: House, caseId: string | null) {
  const { rows } = await pool.query('select action, actor_id as actor, content from audit_entry where stream = $1 order by sequence desc limit 1', [
    attemptStream(caseId),
  ])
  const [{ action, actor, content }] = rows
  return { action, actor, codes: JSON.parse(content).reasons.map(({ code }: { code: string }) => code) }
}

/** A decision. */
export async function barred(it: DrivenCase, login: string, action: string, codes: readonly string[], { forms = {}, onRecord, ...options }: Attempt = {}) {
  expect(await it.refused(login, action, forms, options)).toEqual(codes)
  expect(await lastAttempt(it.house, it.id)).toEqual({ action, actor: employeeId(login), codes: onRecord ?? codes })
}
/** Work on a task. */
export async function barredFrom(
  it: DrivenCase,
  login: string,
  operation: Operation,
  codes: readonly string[],
  work: Work = {},
  which: WhichTask | string = {},
  onRecord = codes,
) {
  expect(await it.handleRefused(login, operation, work, which)).toEqual(codes)
  expect(await lastAttempt(it.house, it.id)).toEqual({ action: operation, actor: employeeId(login), codes: onRecord })
}
/** A change of the organisation. */
export async function barredChange(house: House, login: string, change: OrganisationChange, codes: readonly string[], told = codes) {
  const before = await organisationOf(house)
  expect(await house.administerRefused(login, change)).toEqual(told)
  expect(await organisationOf(house)).toEqual(before)
  expect(await lastAttempt(house, null)).toEqual({ action: change.action, actor: employeeId(login), codes })
}
/** The opening of a case. */
export async function barredOpening(house: House, login: string, process: string, form: Forms, codes: readonly string[]) {
  const count = async () => (await house.pool.query('select count(*)::int as n from service_case')).rows[0].n
  const before = await count()
  expect(await house.openRefused(login, process, form)).toEqual(codes)
  expect(await count()).toBe(before)
  expect(await lastAttempt(house, null)).toEqual({ action: 'OPEN', actor: employeeId(login), codes })
}
/** A copy or a revocation. */
export async function barredBeside(it: DrivenCase, login: string, what: BesideCommand['what'], codes: readonly string[]) {
  const { house, id } = it
  const stands = async () => [await it.record(), (await house.pool.query('select count(*)::int as n from service_case')).rows[0].n]
  const before = await stands()
  const attempt = house.door.revoke({ actorId: employeeId(login), requestId: 'test', idempotencyKey: crypto.randomUUID(), caseId: id, what, text: '理由' })
  expect(await attempt.then(() => 'done', codesOf)).toEqual(codes)
  expect(await stands()).toEqual(before)
  expect(await lastAttempt(house, id)).toEqual({ action: what, actor: employeeId(login), codes })
}

const codesOf = (error: unknown): readonly string[] => {
  if (error instanceof Refused) return error.reasons.map(({ code }) => code)
  throw error
}
async function organisationOf({ owner }: House): Promise<unknown> {
  const { rows } = await owner.query(
    `select (select md5(string_agg(e::text, '' order by id)) from employee e) as people, (select md5(string_agg(r::text, '' order by id)) from role_assignment r) as roles,
       (select md5(string_agg(l::text, '' order by id)) from authority_limit l) as limits, (select md5(string_agg(g::text, '' order by id)) from proxy_grant g) as proxies,
       (select count(*) from audit_entry where stream = $1) as changes`,
    [organisationStream],
  )
  return rows[0]
}

/** A grant of a proxy, from now on for a day, that names people by their logins. */
export const proxyGrant = (principal: string, proxy: string): OrganisationChange => ({
  action: 'GRANT_PROXY',
  employeeId: employeeId(principal),
  proxyId: employeeId(proxy),
  processes: [],
  amountCap: null,
  validFrom: null,
  validTo: new Date(Date.now() + 86_400_000).toISOString(),
  reason: '休假',
})
