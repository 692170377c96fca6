import { PgBoss } from 'pg-boss'
import type { Wake } from './command-store.js'
import type { Querier } from './pool.js'

/** Terms that are due: one job each, which says nothing but which term to look at. */
export const deadlineQueue = 'deadline'
export interface DeadlineJob {
  readonly timerId: string
}

const schema = 'pgboss'
/** A server that dies with a job in its hands is relieved after this and one look of another, which comes every few seconds. */
const leaseSeconds = 20
const lookSeconds = 5

/** Makes the tables of the job queue, as the owner of the database. */
export async function setUpJobs(ownerUrl: string): Promise<void> {
  const boss = new PgBoss({ connectionString: ownerUrl, schema, supervise: false, schedule: false, max: 1 })
  await boss.start()
  try {
    await boss.createQueue(deadlineQueue, {
      expireInSeconds: leaseSeconds,
      retryLimit: 1000,
      retryDelay: 1,
      retryBackoff: true,
      retryDelayMax: 30,
      deleteAfterSeconds: 3600,
      retentionSeconds: 10 * 365 * 86_400,
    })
  } finally {
    await boss.stop({ graceful: false })
  }
}
/** What the application may do with the queue: everything but change its shape. */
export const jobGrants = (role: string): string => `grant usage on schema ${schema} to ${role};
grant select, insert, update, delete on all tables in schema ${schema} to ${role};
grant execute on all functions in schema ${schema} to ${role};`

/** The queue as the application uses it; it holds up to three connections of its own. `report`: told of what goes wrong behind it. */
export async function openJobs(appUrl: string, report: (error: unknown) => void): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: appUrl,
    schema,
    migrate: false,
    createSchema: false,
    schedule: false,
    superviseIntervalSeconds: lookSeconds,
    monitorIntervalSeconds: lookSeconds,
    maintenanceIntervalSeconds: 600,
    max: 3,
  })
  boss.on('error', report)
  await boss.start()
  return boss
}

/**
 * After the clock of the database was set back, the queue has looked after its jobs in the future, and would not look again until then:
 * whoever died with a job in his hands would not be relieved. Stamps that lie ahead are taken back.
 */
export async function followClock(db: Querier): Promise<void> {
  await db.query(
    `with ahead as (update ${schema}.queue set monitor_claim_on = null, monitor_on = null, maintain_on = null
        where greatest(monitor_claim_on, monitor_on, maintain_on) > now() + interval '2 seconds' returning name)
     update ${schema}.job j set started_on = now() from ahead where j.name = ahead.name and j.state = 'active' and j.started_on > now()`,
  )
}

/** The earlier the higher, in steps of ten seconds; what lies centuries ahead is all the same. */
const priorityOf = (dueAt: string): number => -Math.min(2_147_483_647, Math.max(0, Math.floor(Date.parse(dueAt) / 10_000)))

/** Puts one job a term into the queue, with the act that the term comes from. The earlier it is due, the sooner the queue gives it out. */
export const wakeBy =
  (boss: PgBoss): Wake =>
  async (db, timers) => {
    if (timers.length === 0) return
    const jobs = timers.map(({ id, dueAt }) => ({
      data: { timerId: id } satisfies DeadlineJob,
      startAfter: dueAt,
      priority: priorityOf(dueAt),
    }))
    await boss.insert(deadlineQueue, jobs, { db: { executeSql: (text, values) => db.query(text, values as unknown[]) } })
  }
