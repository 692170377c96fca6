import type { Actor } from '../../define/index.js'
import type { Processes } from '../../engine/processes.js'
import { refuse } from '../../engine/refused.js'
import { isTimeout, type Querier } from '../pool.js'
import { checkAuditFilter } from './audit-codes.js'
import { type AuditFilter, askedFor, auditFrom, notForAuditorsAlone, processesNamed, type Ways } from './audit-filter.js'
import { sight } from './audit-sight.js'
import { Conditions, type Page, type PageRequest, readPage } from './page.js'

/** Beyond these nobody counts. */
export const auditCountMax = 10_000

/**
 * Entries that the filter names, newest first unless told otherwise, as far as the viewer may see them: auditors all, others those of
 * their cases. Throws `INPUT_INVALID` for a filter that is not right, or that cannot be answered in the time that one statement has.
 */
export async function findEntries(
  db: Querier,
  processes: Processes,
  viewer: Actor,
  filter: AuditFilter,
  request: PageRequest & { readonly oldestFirst?: boolean },
): Promise<Page> {
  await checkAuditFilter(db, processes, filter)
  const conditions = new Conditions()
  const accounts = filter.actorKind === 'SYSTEM' ? await serviceIds(db) : undefined
  const named = processesNamed(processes, filter)
  const sees = viewer.roles.includes('AUDITOR') ? null : await sight(db, processes, viewer, named)
  // Where sight goes process by process, the filter need not do so again.
  const asked = sees ? [sees, ...askedFor(processes, { ...filter, processes: null, family: null }, accounts)] : askedFor(processes, filter, accounts)
  if (sees) conditions.and(notForAuditorsAlone)
  if (sees && named) conditions.and('a.process = any(?::text[])', named)
  const either = readWayByWay(conditions, asked)
  const source = { from: auditFrom, key: 'a.recorded_at', id: 'a.position', idIs: 'number', conditions, either, countedTo: auditCountMax + 1 } as const
  const page = await inTime(() => readPage(db, { ...source, ascending: request.oldestFirst ?? false }, request))
  return { ...page, total: () => inTime(page.total) }
}

const serviceIds = async (db: Querier): Promise<string[]> => (await db.query(`select id from employee where kind = 'SERVICE'`)).rows.map(({ id }) => id)

/** Each part costs a little to plan. */
const partsMax = 64
/** Every way of one condition with every way of the next, as long as these are not too many; what goes beyond is asked in each part. */
function readWayByWay(conditions: Conditions, asked: readonly Ways[]): string[] {
  let parts = ['true']
  for (const ways of asked)
    if (ways.length < 2 || parts.length * ways.length > partsMax) conditions.andAny(ways)
    else {
      const bound = ways.map((way) => conditions.bind(...way))
      parts = parts.flatMap((part) => bound.map((way) => `${part} and ${way}`))
    }
  return parts
}

async function inTime<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isTimeout(error)) throw error
    const message = ['条件过宽，请缩小范围，例如限定时间', 'asks for too much at once; narrow it down, as to a period'] as const
    throw refuse('INPUT_INVALID', { fields: [{ path: 'filter', code: 'TOO_WIDE', message }] })
  }
}

/** The history of one case in the order of its sequence; with `refusals`, what stands beside it in the order of time: attempts, work and, for the auditor, readings. */
export function findHistory(db: Querier, caseId: string, { roles }: Actor, refusals: boolean, request: PageRequest): Promise<Page> {
  const conditions = new Conditions().and('a.case_id = ?', caseId)
  if (!refusals) conditions.and('a.stream = ?', `case:${caseId}`)
  else if (!roles.includes('AUDITOR')) conditions.and(notForAuditorsAlone)
  return readPage(db, { from: 'audit_entry a', key: 'a.recorded_at', id: 'a.position', idIs: 'number', conditions, ascending: true }, request)
}
