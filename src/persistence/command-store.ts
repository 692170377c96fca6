import type pg from 'pg'
import { attemptStream, workStream } from '../audit/chain.js'
import type { Keyring } from '../audit/keyring.js'
import type { CaseRecord, FormSubmission, Surroundings } from '../engine/case-record.js'
import type { CommandStore, CommandTransaction } from '../engine/case-store.js'
import { drawnBy } from '../engine/commitment.js'
import type { Processes } from '../engine/processes.js'
import { Refused, refuse } from '../engine/refused.js'
import type { Timer, TimerChange } from '../engine/timer.js'
import { lockedActor } from './actors.js'
import { newestCalendar } from './calendars.js'
import { ancestorsOf, isInvolved, lockedCase, missing, openChildrenOf, paperVersions, personsOf, relatives } from './case-rows.js'
import { insertCase, insertForms, offerTask, openTask, type Paper, sealForms, writeBeside, writeChange } from './case-writes.js'
import { lockedCommittedBefore, release } from './commitments.js'
import { erasureOn } from './erasures.js'
import { organisationOn } from './organisation-transaction.js'
import { inTransaction, isLostRace, isOutage, type Querier } from './pool.js'
import { actorForPrincipal, wasProxyIn } from './proxies.js'
import { holders, staffing } from './staffing.js'
import { openForms, type Subject } from './subject-keys.js'
import { settingsOf, surroundingsOf } from './surroundings.js'
import { caseOfTimer, moveTasks, settleTimer, timersOf, writeTimers } from './timers.js'
import { askOn, closeTask, copyTo, openTasksOf, remindersOf, saveDraft, settleAsk, taskOf } from './work-writes.js'

type Work = Pick<
  CommandTransaction,
  | 'task'
  | 'openTasks'
  | 'setHolder'
  | 'setHandling'
  | 'suspend'
  | 'closeTask'
  | 'openTask'
  | 'ask'
  | 'settleAsk'
  | 'remindersOf'
  | 'remind'
  | 'copy'
  | 'copiesOf'
  | 'saveDraft'
  | 'revocationOf'
>

type Terms = Pick<CommandTransaction, 'calendar' | 'settings' | 'timers' | 'caseOfTimer' | 'setTimers' | 'setDue' | 'settleTimer' | 'setPaused' | 'offer'>
/** Has the clock look at these terms when they are due; in the act's own transaction. */
export type Wake = (db: Querier, timers: readonly Timer[]) => Promise<void>

const triesMax = 3

/** The store of the one door: the only writer of cases, tasks, forms and history. */
export function commandStoreOf(pool: pg.Pool, processes: Processes, keys: Keyring, wake: Wake = async () => {}): CommandStore {
  const run = async <T>(work: (db: Querier) => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await inTransaction(pool, work)
      } catch (error) {
        if (error instanceof Refused) throw error
        if (!isLostRace(error) && !isOutage(error)) throw error
        if (attempt === triesMax) throw refuse('BUSY', { details: { retryAfterSeconds: 1 } })
        await new Promise((resolve) => setTimeout(resolve, attempt * 20 * (0.5 + Math.random())))
      }
    }
  }
  return {
    transact: (work) => run((db) => work(transactionOn({ pool, processes, keys, wake }, db))),
    recordRefusal: (caseId, given) =>
      run(async (db) => {
        const known = caseId !== null && (await db.query('select 1 from service_case where id = $1', [caseId])).rowCount === 1
        const entry = { ...given, actor: { ...given.actor, kind: await kindOf(db, given.actor.id) } }
        if (caseId === null || known) await writeBeside(db, keys, { stream: attemptStream(caseId), caseId }, entry, () => clock(db))
      }),
    record: (stream, caseId, entry) => run((db) => writeBeside(db, keys, { stream, caseId }, entry, () => clock(db))),
  }
}

const kindOf = async (db: Querier, employeeId: string): Promise<'employee' | 'system'> =>
  (await db.query('select kind from employee where id = $1', [employeeId])).rows[0]?.kind === 'SERVICE' ? 'system' : 'employee'

/** The database's clock with microseconds; taken after the locks, so that it never runs backwards along a case. */
async function clock(db: Querier): Promise<string> {
  const { rows } = await db.query(`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now`)
  return rows[0].now
}

interface Store {
  readonly pool: pg.Pool
  readonly processes: Processes
  readonly keys: Keyring
  readonly wake: Wake
}
function transactionOn(store: Store, db: Querier): CommandTransaction {
  const { processes, keys, wake } = store
  let taken: Promise<string> | undefined
  /** One moment for the whole command. */
  const now = () => (taken ??= clock(db))
  return {
    async claimKey({ actorId, key, requestHash }) {
      const taken = await db.query('insert into idempotency (actor_id, key, request_hash) values ($1, $2, $3) on conflict do nothing', [
        actorId,
        key,
        requestHash,
      ])
      if (taken.rowCount === 1) return null
      const { rows } = await db.query('select request_hash, case_id, sequence from idempotency where actor_id = $1 and key = $2', [actorId, key])
      return { requestHash: rows[0].request_hash, receipt: { caseId: rows[0].case_id, sequence: rows[0].sequence } }
    },
    keep: async ({ actorId, key }, { caseId, sequence }) => {
      await db.query('update idempotency set case_id = $3, sequence = $4 where actor_id = $1 and key = $2', [actorId, key, caseId, sequence])
    },
    async lockCase(id) {
      const alone = await lockedCase(db, id, 'nothing above')
      if (alone) return alone
      // The whole line, the uppermost first, always: whoever passes word up or down holds what it needs, and nobody waits in a circle.
      for (const above of await ancestorsOf(db, id)) await lockedCase(db, above)
      return lockedCase(db, id)
    },
    actor: (employeeId, process) => lockedActor(db, employeeId, process),
    actorFor: (actor, principalId, process, amount) => actorForPrincipal(db, actor, principalId, process, amount),
    wasProxyIn: (caseId, actor, principalId) => wasProxyIn(db, caseId, actor, principalId),
    staffing: (roles, excluded) => staffing(db, roles, excluded),
    holders: (role, excluded) => holders(db, role, excluded),
    committedBefore: (caseId, drawn) => lockedCommittedBefore(db, caseId, drawn),
    now,
    async surroundings(record, { openCases }) {
      // Nobody opens a case of this customer (a key-share lock on the same row) while the open ones are counted.
      if (openCases.length > 0 && record.customerId) await db.query('select 1 from customer where id = $1 for update', [record.customerId])
      return (await surroundingsOf(db, keys, [record], { openCases, ...told(processes) })).get(record.id)!
    },
    personsOf: (ids) => personsOf(db, ids),
    relatives: (ids) => relatives(db, keys, ids),
    paperVersions: (caseId, papers) => paperVersions(db, keys, caseId, papers),
    missing: (references) => missing(db, references),
    isInvolved: (caseId, actor) => isInvolved(db, caseId, actor),
    openChildren: (parentId, process) => openChildrenOf(db, parentId, process),
    caseOfTask: async (taskId) => (await db.query('select case_id from task where id = $1', [taskId])).rows[0]?.case_id ?? null,
    ...workOn(db, now),
    releaseCommitment: async (caseId) => release(db, caseId, await now()),
    recordWork: async (caseId, entry, late) => void (await writeBeside(db, keys, { stream: workStream(caseId), caseId }, entry, late ? () => clock(db) : now)),
    newCase: async (draft) => insertCase(db, draft, await now()),
    addForms: async (of, sequence, employeeId, forms) => {
      if (forms.length === 0) return []
      return insertForms(db, keys, subjectOf(of), { sequence, employeeId: employeeId || null, now: await now() }, papersOf(processes, of, forms))
    },
    sealForms: (of, forms) => sealForms(db, keys, subjectOf(of), papersOf(processes, of, forms)),
    openForms: (forms) => openForms(db, keys, forms),
    setCustomerStatus: async (customerId, status) => {
      await db.query('update customer set status = $2 where id = $1', [customerId, status])
    },
    save: async (change) => {
      const saved = await writeChange(db, keys, change, await now())
      if (change.timers) await wake(db, running(change.timers))
      return saved
    },
    ...organisationOn(store, db, now),
    ...termsOn(store, db, now),
    ...erasureOn(db),
  }
}

const subjectOf = ({ id, customerId }: CaseRecord): Subject => ({ caseId: id, customerId })
const papersOf = (processes: Processes, { process, definitionVersion }: CaseRecord, forms: readonly FormSubmission[]): Paper[] => {
  const classes = processes.at(process, definitionVersion)!.definition.forms
  return forms.map((form) => ({ ...form, cls: classes[form.key]! }))
}

/** The terms of a case. */
function termsOn({ pool, processes, wake }: Store, db: Querier, now: () => Promise<string>): Terms {
  let calendar: ReturnType<typeof newestCalendar> | undefined
  return {
    // One calendar for the whole command, as one moment.
    calendar: () => (calendar ??= newestCalendar(pool, db)),
    settings: (process) => settingsOf(db, process, defaultsOf(processes, process)),
    timers: (caseId) => timersOf(db, caseId),
    caseOfTimer: (timerId) => caseOfTimer(db, timerId),
    setTimers: async (caseId, change) => {
      await writeTimers(db, caseId, change, await now())
      await moveTasks(db, caseId)
      await wake(db, running(change))
    },
    setDue: async (caseId, dueAt) => {
      await db.query('update service_case set due_at = $2 where id = $1', [caseId, dueAt])
    },
    settleTimer: async (timerId, status, lateMs) => settleTimer(db, timerId, status, lateMs, await now()),
    setPaused: async (caseId, since) => {
      await db.query('update service_case set paused_at = $2, updated_at = $3 where id = $1', [caseId, since, await now()])
    },
    offer: (taskId, offers) => offerTask(db, taskId, offers),
  }
}
const running = ({ move, add }: TimerChange): readonly Timer[] => [...move, ...add].filter(({ status }) => status === 'PENDING')

/** What goes on around the tasks of a case. */
function workOn(db: Querier, now: () => Promise<string>): Work {
  return {
    task: (taskId) => taskOf(db, taskId),
    openTasks: (caseId) => openTasksOf(db, caseId),
    setHolder: async (taskId, employeeId) => {
      await db.query('update task set claimed_by_id = $2, claimed_at = case when $2::uuid is null then null else $3::timestamptz end where id = $1', [
        taskId,
        employeeId,
        await now(),
      ])
    },
    setHandling: async (caseId, handling) => {
      await db.query('update service_case set handling = $2, updated_at = $3 where id = $1', [caseId, JSON.stringify(handling), await now()])
    },
    suspend: async (taskId, suspended) => {
      await db.query(`update task set status = $2 where id = $1 and status in ('OPEN', 'SUSPENDED')`, [taskId, suspended ? 'SUSPENDED' : 'OPEN'])
    },
    closeTask: async (taskId, completedById, atVersion) => closeTask(db, taskId, completedById, atVersion, await now()),
    openTask: async (of, task) => openTask(db, of, task, await now()),
    ask: async (of, asks) => askOn(db, of, asks, await now()),
    settleAsk: async (id, status, answer) => settleAsk(db, id, status, answer, await now()),
    remindersOf: async (taskId) => remindersOf(db, taskId, await now()),
    remind: async (taskId, employeeId) => {
      await db.query('insert into task_reminder (task_id, by_id, reminded_at) values ($1, $2, $3)', [taskId, employeeId, await now()])
    },
    copy: async (caseId, from, to, text) => copyTo(db, caseId, from, to, text, await now()),
    copiesOf: async (caseId) => (await db.query('select count(*)::int as copies from case_copy where case_id = $1', [caseId])).rows[0].copies,
    saveDraft: async (taskId, employeeId, draft) => saveDraft(db, taskId, employeeId, draft, await now()),
    revocationOf: async (caseId) =>
      (await db.query(`select id from service_case where revokes_id = $1 and (outcome is null or outcome = 'completed') limit 1`, [caseId])).rows[0]?.id ??
      null,
  }
}

/** What the definitions say about cases. */
export const told = (processes: Processes) => ({
  settings: (process: string) => defaultsOf(processes, process),
  accounts: (record: CaseRecord, data: Surroundings['data']) => {
    const loaded = processes.at(record.process, record.definitionVersion)
    return loaded ? drawnBy(loaded, data).map((draws) => draws?.account ?? null) : []
  },
})

/** The figures that a process declares, before the organisation's own. */
const defaultsOf = (processes: Processes, process: string): Record<string, number> =>
  Object.fromEntries(Object.entries(processes.current.get(process)?.definition.settings ?? {}).map(([key, { value }]) => [key, value]))
