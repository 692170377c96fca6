import type { EntityManager } from '@mikro-orm/postgresql'
import DataLoader from 'dataloader'
import type pg from 'pg'
import { caseStream } from '../audit/chain.js'
import type { Keyring } from '../audit/keyring.js'
import type { Actor, CaseContext, Role } from '../define/index.js'
import { arrowsFrom } from '../define/index.js'
import type { Ask, CaseRecord } from '../engine/case-record.js'
import type { ShutOut, Staffing } from '../engine/case-store.js'
import type { Obstacle } from '../engine/erasure-store.js'
import { contextOf } from '../engine/judgement.js'
import { openCasesAskedBy } from '../engine/open.js'
import type { Processes } from '../engine/processes.js'
import type { Timer } from '../engine/timer.js'
import { actorsOf, type Limits, limitsOf } from '../persistence/actors.js'
import { casesById } from '../persistence/case-rows.js'
import { told } from '../persistence/command-store.js'
import {
  AskEntity,
  type AskRow,
  AuditEntryEntity,
  type AuditEntryRow,
  CaseEntity,
  type CaseRow,
  ContactEntity,
  type ContactRow,
  CustomerEntity,
  type CustomerRow,
  DepartmentEntity,
  type DepartmentRow,
  EmployeeEntity,
  type EmployeeRow,
  TaskEntity,
  type TaskRow,
} from '../persistence/entities.js'
import { obstaclesOf } from '../persistence/erasures.js'
import { type FormVersion, formVersionsOf } from '../persistence/form-versions.js'
import { type Inclusion, inclusionsOf } from '../persistence/merkle-log.js'
import { type InPlaceOf, inPlaceOfOthers } from '../persistence/proxies.js'
import { childIdsOf, revokedBy, similarTo, visibleAmong } from '../persistence/queries/case-queries.js'
import { type ErasureRow, type HoldRow, holdsOn, newestErasures } from '../persistence/queries/erasure-queries.js'
import { candidateIdsOf, type OfferRow, offersOf, pendingApprovalsOf, taskIdsOf } from '../persistence/queries/task-queries.js'
import { type Post, staffOf } from '../persistence/staffing.js'
import { surroundingsOf } from '../persistence/surroundings.js'
import { timersOfCases } from '../persistence/timers.js'
import { accessLoaders } from './access-loaders.js'

/** What a request reads one by one and the database answers in one go. Absent rows are null. */
export type Loaders = ReturnType<typeof loadersFor>

/** A case as it stands, with all that a judgement looks at. */
export interface Judged {
  readonly record: CaseRecord
  readonly asks: readonly Ask[]
  readonly context: CaseContext
}
interface Sources {
  readonly pool: pg.Pool
  readonly keys: Keyring
  readonly em: EntityManager
  readonly processes: Processes
  readonly viewer: Actor | null
}

const inOrder = <T>(keys: readonly string[], rows: readonly T[], keyOf: (row: T) => string): (T | null)[] => {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]))
  return keys.map((key) => byKey.get(key) ?? null)
}
const grouped = (find: (ids: readonly string[]) => Promise<Map<string, string[]>>) =>
  new DataLoader<string, readonly string[]>(async (ids) => {
    const groups = await find(ids)
    return ids.map((id) => groups.get(id) ?? [])
  })

/** Tasks, whom they are offered to and what was asked around them. */
function taskLoaders({ pool, em, viewer }: Omit<Sources, 'processes' | 'keys'>) {
  return {
    task: new DataLoader<string, TaskRow | null>(async (ids) => inOrder(ids, await em.find(TaskEntity, { id: { $in: [...ids] } }), ({ id }) => id)),
    taskIds: grouped((ids) => taskIdsOf(pool, ids)),
    offers: new DataLoader<string, readonly OfferRow[]>(async (ids) => {
      const rows = await offersOf(pool, ids)
      return ids.map((id) => rows.filter(({ taskId }) => taskId === id))
    }),
    candidateIds: grouped((ids) => candidateIdsOf(pool, ids)),
    /** What was asked around each task: its own question, or those at its place. */
    asks: new DataLoader<TaskRow, readonly AskRow[], string>(
      async (tasks) => {
        const rows = await em.find(AskEntity, { caseId: { $in: tasks.map(({ caseId }) => caseId) } }, { orderBy: { askedAt: 'asc', id: 'asc' } })
        return tasks.map((task) =>
          rows.filter((ask) =>
            task.askId
              ? ask.id === task.askId
              : ask.caseId === task.caseId && ask.state === task.state && (ask.seat ?? null) === (task.seat ?? null) && ask.askedAt >= task.openedAt,
          ),
        )
      },
      { cacheKeyFn: ({ id }) => id },
    ),
    /** The viewer's own draft for each task. */
    draft: new DataLoader<string, { action: string; content: string; savedAt: Date } | null>(async (ids) => {
      const { rows } = await pool.query('select task_id, action, content, saved_at as "savedAt" from task_draft where task_id = any($1) and employee_id = $2', [
        ids,
        viewer?.employeeId ?? null,
      ])
      return inOrder(ids, rows, ({ task_id }) => task_id)
    }),
  }
}

/** What was done and handed in, and what the viewer may read of it. */
function historyLoaders({ pool, keys, em }: Omit<Sources, 'processes' | 'viewer'>) {
  return {
    entry: new DataLoader<string, AuditEntryRow | null>(async (ids) =>
      inOrder(ids, await em.find(AuditEntryEntity, { position: { $in: [...ids] } }), ({ position }) => position),
    ),
    /** What was done in each case, in the order of its sequence. */
    doneEntries: new DataLoader<string, readonly AuditEntryRow[]>(async (ids) => {
      const rows = await em.find(AuditEntryEntity, { stream: { $in: ids.map(caseStream) } }, { orderBy: { sequence: 'asc' } })
      return ids.map((id) => rows.filter(({ caseId }) => caseId === id))
    }),
    /** By the number of an entry: that it is in the log of the history. */
    inclusion: new DataLoader<string, Inclusion | null>((positions) => inclusionsOf(pool, positions)),
    /** The newest version of every form of each case. */
    newestForms: new DataLoader<string, readonly FormVersion[]>(async (ids) => {
      const rows = await formVersionsOf(pool, keys, ids, { newest: true })
      return ids.map((id) => rows.filter(({ caseId }) => caseId === id))
    }),
    formVersions: new DataLoader<string, readonly FormVersion[]>(async (ids) => {
      const rows = await formVersionsOf(pool, keys, ids)
      return ids.map((id) => rows.filter(({ caseId }) => caseId === id))
    }),
  }
}

export function loadersFor({ pool, keys, em, processes, viewer }: Sources) {
  return {
    /** How many hold a role, and how many of them a case does not shut out. */
    staff: new DataLoader<Post, NonNullable<Staffing[Role]>, string>((posts) => staffOf(pool, posts), { cacheKeyFn: JSON.stringify }),
    employee: new DataLoader<string, EmployeeRow | null>(async (ids) => inOrder(ids, await em.find(EmployeeEntity, { id: { $in: [...ids] } }), ({ id }) => id)),
    department: new DataLoader<string, DepartmentRow | null>(async (ids) =>
      inOrder(ids, await em.find(DepartmentEntity, { id: { $in: [...ids] } }), ({ id }) => id),
    ),
    customer: new DataLoader<string, CustomerRow | null>(async (ids) => inOrder(ids, await em.find(CustomerEntity, { id: { $in: [...ids] } }), ({ id }) => id)),
    contacts: new DataLoader<string, readonly ContactRow[]>(async (ids) => {
      const rows = await em.find(ContactEntity, { customerId: { $in: [...ids] } }, { orderBy: { name: 'asc' } })
      return ids.map((id) => rows.filter(({ customerId }) => customerId === id))
    }),
    /** Only cases that the viewer may see. */
    case: new DataLoader<string, CaseRow | null>(async (ids) => {
      const visible = viewer ? await visibleAmong(pool, processes, viewer, ids) : new Set<string>()
      return inOrder(ids, await em.find(CaseEntity, { id: { $in: [...visible] } }), ({ id }) => id)
    }),
    /** The terms of each case, in the order in which they are due. */
    timers: new DataLoader<string, readonly Timer[]>(async (ids) => {
      const timers = await timersOfCases(pool, ids)
      return ids.map((id) => timers.get(id) ?? [])
    }),
    childIds: grouped((ids) => childIdsOf(pool, ids)),
    revokedBy: grouped((ids) => revokedBy(pool, ids)),
    similar: grouped((ids) => similarTo(pool, ids)),
    pendingApprovals: grouped((ids) => pendingApprovalsOf(pool, ids)),
    /** The newest request of each customer to be forgotten, and what stands in its way. */
    erasure: new DataLoader<string, ErasureRow | null>(async (ids) => inOrder(ids, await newestErasures(pool, ids), ({ customerId }) => customerId)),
    obstacles: new DataLoader<string, readonly Obstacle[]>(async (ids) => {
      const found = await obstaclesOf(pool, ids)
      return ids.map((id) => found.get(id) ?? [])
    }),
    holds: new DataLoader<string, readonly HoldRow[]>(async (ids) => {
      const rows = await holdsOn(pool, ids)
      return ids.map((id) => rows.filter(({ caseId }) => caseId === id))
    }),
    ...taskLoaders({ pool, em, viewer }),
    ...historyLoaders({ pool, keys, em }),
    ...accessLoaders(pool, viewer),
    /** What the judgement of each case looks at, as of now, with its record. */
    judged: new DataLoader<string, Judged | null>(async (ids) => {
      const records = await casesById(pool, ids)
      const guards = records.flatMap((record) =>
        arrowsFrom(processes.at(record.process, record.definitionVersion)!.definition, record.state).map(({ guard }) => guard),
      )
      const around = await surroundingsOf(pool, keys, records, { openCases: openCasesAskedBy(guards), ...told(processes) })
      const now = new Date().toISOString()
      return inOrder(
        ids,
        records.map((record) => {
          const own = around.get(record.id)!
          return { record, asks: own.asks, context: contextOf(processes.at(record.process, record.definitionVersion)!, record, own, now) }
        }),
        ({ record }) => record.id,
      )
    }),
    roles: new DataLoader<string, Omit<Actor, 'limits'> | null>(async (ids) => {
      const actors = await actorsOf(pool, ids)
      return ids.map((id) => actors.get(id) ?? null)
    }),
    /** The limits of roles that hold now, whoever asks, by process. */
    roleLimits: new DataLoader<string, readonly { role: string; amount: string; cumulative: string | null }[]>(async (ids) => {
      const { rows } = await pool.query(
        'select process, role, amount::text, cumulative::text from authority_limit where process = any($1) and employee_id is null and valid_from <= now() and (valid_to is null or valid_to > now()) order by role',
        [ids],
      )
      return ids.map((id) => rows.filter(({ process }) => process === id))
    }),
    /** The viewer's limits, by process. */
    limits: new DataLoader<string, Limits>(async (ids) => {
      const limits = viewer ? await limitsOf(pool, ids, viewer.employeeId) : new Map()
      return ids.map((process) => limits.get(process) ?? { limits: {} })
    }),
    /** The viewer in the place of everybody whose proxy he is now, by process. */
    principals: new DataLoader<string, readonly InPlaceOf[]>(async (ids) => (viewer ? inPlaceOfOthers(pool, viewer, ids) : ids.map(() => []))),
  }
}

/** The staff of one case, counted together with that of others. */
export const staffingBy =
  ({ staff }: Loaders) =>
  async (roles: readonly Role[], shutOut: ShutOut): Promise<Staffing> =>
    Object.fromEntries(await Promise.all(roles.map(async (role) => [role, await staff.load({ role, shutOut })] as const)))

/** After a command nothing counts that was loaded before it. */
export function forget({ em, loaders }: { readonly em: EntityManager; readonly loaders: Loaders }): void {
  em.clear()
  for (const loader of Object.values(loaders)) loader.clearAll()
}
