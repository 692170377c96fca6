import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { type AnyProcess, type Label, machineOf, type Term } from '../../src/define/index.js'
import type { CaseRecord, TaskKind } from '../../src/engine/case-record.js'
import { type Door, doorOf } from '../../src/engine/door.js'
import type { Operation } from '../../src/engine/handling/operations.js'
import type { OrganisationChange } from '../../src/engine/organisation-change.js'
import { collect, load, type Processes } from '../../src/engine/processes.js'
import { Refused } from '../../src/engine/refused.js'
import { departmentId, employeeId, personId } from '../../src/organisation/ids.js'
import { casesById, newestForms } from '../../src/persistence/case-rows.js'
import { commandStoreOf } from '../../src/persistence/command-store.js'
import { poolOf, prepared, type Querier } from '../../src/persistence/pool.js'
import { loadProcesses } from '../../src/registry.js'
import { testKeys } from './keys.js'

type Forms = Readonly<Record<string, unknown>>
export interface ActOptions {
  readonly seat?: string
  readonly expectedVersion?: number
  readonly key?: string
  /** When it happened, where the test needs another day than today (ISO 8601). */
  readonly occurredAt?: string
  readonly expectedDigest?: string
  /** The login in whose place it is done. */
  readonly onBehalfOf?: string
  /** The state that a return goes to. */
  readonly to?: string
  readonly straightBack?: true
}
/** What is done with a task; people by their logins. */
export interface Work {
  readonly people?: readonly string[]
  readonly text?: string
  readonly position?: 'BEFORE' | 'AFTER' | 'PARALLEL'
  readonly approves?: boolean
  readonly key?: string
}
/** Which of the tasks of a case: the open one that decides unless told. */
export interface WhichTask {
  readonly seat?: string
  readonly kind?: TaskKind
  /** Whom it is offered to by name. */
  readonly of?: string
}

/** A house of its own for a test file: a fresh database with the demonstration organisation, and the one door to it. */
export interface House {
  readonly door: Door
  readonly processes: Processes
  readonly pool: pg.Pool
  /** The same, for statements that are asked again and again. */
  readonly statements: Querier
  /** The owner's connection: for what no application may do. */
  readonly owner: pg.Client
  readonly ownerUrl: string
  readonly appUrl: string
  /** What could not be recorded or broke; a test that expects nothing of the kind may look. */
  readonly reported: unknown[]
  open(login: string, process: string, form: Forms, options?: ActOptions): Promise<DrivenCase>
  /** The codes with which an opening is refused. Fails the test when it is not. */
  openRefused(login: string, process: string, form: Forms): Promise<readonly string[]>
  /** Puts somebody on the staff, or gives more roles to whoever is; with `person`, a second account of somebody. Output: the login. */
  hire(login: string, roles: readonly string[], options?: { person?: string; department?: string }): Promise<string>
  /** Takes the role away by SQL, at once. */
  dismiss(login: string, role: string): Promise<void>
  /** A change of the organisation, through the door. Output: the id of what was changed. */
  administer(login: string, change: OrganisationChange): Promise<string>
  administerRefused(login: string, change: OrganisationChange): Promise<readonly string[]>
  /** 代理: from now on, for a day unless told. Output: the id of the grant. */
  proxy(
    principal: string,
    proxy: string,
    extra?: { by?: string; processes?: string[]; amountCap?: string; validFrom?: string; validTo?: string },
  ): Promise<string>
  /** A case by its id, as one that a link opened. */
  caseOf(id: string): Promise<DrivenCase>
  close(): Promise<void>
}

// As in a server: the runner keeps a hundred frames of every error, and thousands of acts are refused here.
Error.stackTraceLimit = 10

/** Read once a test file. */
let ours: Promise<Processes> | undefined
/** The endpoints of tests are on this machine. */
export const onlyLocal = (url: string): Label | null => (/^http:\/\/127\.0\.0\.1[:/]/.test(url) ? null : ['不允许的地址', 'not an allowed address'])

/** The addresses of a database, as its owner and as the application reach it. */
type Addresses = readonly [ownerUrl: string, appUrl: string]

/** `also`: processes of the test's own, beside those of the product. `at`: a database that is there already. */
export async function openHouse(also: readonly AnyProcess[] = [], at?: Addresses): Promise<House> {
  const [ownerUrl, appUrl] = at ?? (await cloneTemplate(`house_${randomUUID().replaceAll('-', '').slice(0, 16)}`))
  const reported: unknown[] = []
  const report = (error: unknown) => void reported.push(error)
  const pool = poolOf(appUrl, report)
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  ours ??= loadProcesses()
  const processes = collect([...(await ours).current.values(), ...also.map((definition) => load(definition, machineOf(definition)))])
  const door = doorOf({ store: commandStoreOf(pool, processes, testKeys), processes, report, addressFault: onlyLocal })
  const house: House = {
    door,
    processes,
    pool,
    statements: prepared(pool),
    owner,
    ownerUrl,
    appUrl,
    reported,
    async open(login, process, form, options = {}) {
      const { caseId } = await door.open({ ...requestBy(login, options), process, form })
      return house.caseOf(caseId)
    },
    openRefused: (login, process, form) => codesOf(door.open({ ...requestBy(login, {}), process, form })),
    async hire(login, roles, { person = login, department } = {}) {
      await owner.query(`insert into employee (id, number, login, name, person_id, department_id) values ($1, $2, $2, $2, $3, $4) on conflict do nothing`, [
        employeeId(login),
        login,
        personId(person),
        department ? departmentId(department) : null,
      ])
      for (const role of roles)
        await owner.query('insert into role_assignment (id, employee_id, role) values (gen_random_uuid(), $1, $2)', [employeeId(login), role])
      return login
    },
    async dismiss(login, role) {
      await owner.query('update role_assignment set valid_to = greatest(valid_from, clock_timestamp()) where employee_id = $1 and role = $2', [
        employeeId(login),
        role,
      ])
    },
    administer: async (login, change) => (await door.administer({ ...requestBy(login, {}), change })).caseId,
    administerRefused: (login, change) => codesOf(door.administer({ ...requestBy(login, {}), change })),
    proxy: (principal, proxy, { by = principal, processes: scope = [], amountCap, validFrom, validTo } = {}) =>
      house.administer(by, {
        action: 'GRANT_PROXY',
        employeeId: employeeId(principal),
        proxyId: employeeId(proxy),
        processes: scope,
        amountCap: amountCap ?? null,
        validFrom: validFrom ?? null,
        validTo: validTo ?? new Date(Date.now() + 86_400_000).toISOString(),
        reason: '休假',
      }),
    caseOf: async (id) => new DrivenCase(house, id, (await recordOf(house.statements, id)).process),
    async close() {
      await pool.end()
      await owner.end()
    },
  }
  return house
}

/** One case under test: acts go through the door, answers come from the database. */
export class DrivenCase {
  constructor(
    readonly house: House,
    readonly id: string,
    readonly process: string,
  ) {}
  /** Does an act and returns the state that it leads to. Throws what the door throws. */
  async act(login: string, action: string, forms: Forms = {}, options: ActOptions = {}): Promise<string> {
    await this.#decide(login, action, forms, options)
    return this.state()
  }
  /** The codes with which an act is refused. Fails when it is done, when anything changed, or when the refusal is not on record. */
  async refused(login: string, action: string, forms: Forms = {}, options: ActOptions = {}): Promise<readonly string[]> {
    const before = await this.#traces()
    const codes = await codesOf(this.#decide(login, action, forms, options))
    const after = await this.#traces()
    if (after.changes !== before.changes) throw new Error(`${action} was refused and yet changed the case`)
    if (after.refusals !== before.refusals + 1) throw new Error(`the refusal of ${action} is not on record`)
    return codes
  }
  /** An open task of the case. Fails when there is none, or more than one. */
  async task({ seat, kind = 'DECIDE', of }: WhichTask = {}): Promise<string> {
    const { rows } = await this.house.statements.query(
      `select id from task t where case_id = $1 and status in ('OPEN', 'SUSPENDED') and kind = $2 and ($3::text is null or seat = $3)
         and ($4::uuid is null or exists (select from task_offer o where o.task_id = t.id and o.person_id = $4))`,
      [this.id, kind, seat ?? null, of ? personId(of) : null],
    )
    if (rows.length !== 1) throw new Error(`${rows.length} open tasks, not one`)
    return rows[0].id
  }
  /** Every task of the case, in the order in which they were opened. */
  async tasks(): Promise<
    readonly { id: string; state: string; seat: string | null; kind: string; status: string; round: number; closed_sequence: number | null }[]
  > {
    return (
      await this.house.statements.query('select id, state, seat, kind, status, round, closed_sequence from task where case_id = $1 order by opened_at, id', [
        this.id,
      ])
    ).rows
  }
  /** Does something with a task besides deciding it. Throws what the door throws. */
  async handle(login: string, operation: Operation, work: Work = {}, which: WhichTask | string = {}): Promise<void> {
    await this.#handle(login, operation, work, typeof which === 'string' ? which : await this.task(which))
  }
  /** The codes with which that is refused. Fails when it is done, when anything changed, or when the refusal is not on record. */
  async handleRefused(login: string, operation: Operation, work: Work = {}, which: WhichTask | string = {}): Promise<readonly string[]> {
    const task = typeof which === 'string' ? which : await this.task(which)
    const before = await this.#traces()
    const codes = await codesOf(this.#handle(login, operation, work, task))
    const after = await this.#traces()
    if (after.changes !== before.changes) throw new Error(`${operation} was refused and yet changed the case`)
    if (after.refusals !== before.refusals + 1) throw new Error(`the refusal of ${operation} is not on record`)
    return codes
  }
  #handle(login: string, operation: Operation, { people, text = '理由', position, approves, key }: Work, taskId: string) {
    return this.house.door.handle({
      ...requestBy(login, { ...(key !== undefined && { key }) }),
      taskId,
      operation,
      text,
      ...(people && { employeeIds: people.map(employeeId) }),
      ...(position && { position }),
      ...(approves !== undefined && { approves }),
    })
  }
  /** The terms of the case, in the order in which they are due; rungs of a ladder have a number. */
  async timers(): Promise<
    readonly { id: string; name: string; place: string; rung: number | null; status: string; dueAt: string; term: Term; provisional: boolean }[]
  > {
    const { rows } = await this.house.pool.query('select * from timer where case_id = $1 order by due_at, id', [this.id])
    return rows.map(({ due_at, ...row }) => ({ ...row, dueAt: due_at.toISOString() }))
  }
  /** Lets a term run out: it is due now, and the clock says so. Output: what became of it. */
  async expire(name: string, rung: number | null = null): Promise<string> {
    const timer = (await this.timers()).find((one) => one.name === name && one.rung === rung && ['PENDING', 'PAUSED'].includes(one.status))
    if (!timer) throw new Error(`${name} does not run`)
    await this.house.owner.query('update timer set due_at = least(due_at, clock_timestamp()) where id = $1', [timer.id])
    return (await this.house.door.fire({ timerId: timer.id, requestId: randomUUID() })).result
  }
  async record(): Promise<CaseRecord> {
    return recordOf(this.house.statements, this.id)
  }
  async state(): Promise<string> {
    return (await this.record()).state
  }
  /** What was done, in order: action, from, to. */
  async history(): Promise<readonly { sequence: number; action: string; from: string | null; to: string; actor: string | null }[]> {
    const { rows } = await this.house.statements.query(
      `select sequence, action, from_state as "from", to_state as "to", actor_id as actor from audit_entry where stream = $1 order by sequence`,
      [`case:${this.id}`],
    )
    return rows
  }
  /** The newest content of a form. */
  async form(key: string): Promise<Record<string, unknown> | undefined> {
    return (await newestForms(this.house.statements, testKeys, [this.id])).get(this.id)![key]
  }
  /** The cases that this one opened, by process. */
  async children(process?: string): Promise<DrivenCase[]> {
    const { rows } = await this.house.statements.query(
      'select id, process from service_case where parent_id = $1 and ($2::text is null or process = $2) order by opened_at',
      [this.id, process ?? null],
    )
    return rows.map((row) => new DrivenCase(this.house, row.id, row.process))
  }
  #decide(login: string, action: string, forms: Forms, options: ActOptions) {
    const { seat, expectedVersion, expectedDigest, onBehalfOf, to, straightBack } = options
    return this.house.door.decide({
      ...requestBy(login, options),
      caseId: this.id,
      process: this.process,
      action,
      forms,
      ...(seat !== undefined && { seat }),
      ...(expectedVersion !== undefined && { expectedVersion }),
      ...(expectedDigest !== undefined && { expectedDigest }),
      ...(onBehalfOf !== undefined && { onBehalfOfId: employeeId(onBehalfOf) }),
      ...(to !== undefined && { to }),
      ...(straightBack && { straightBack }),
    })
  }
  async #traces(): Promise<{ changes: string; refusals: number }> {
    const { rows } = await this.house.statements.query(
      `select (select count(*) from audit_entry where case_id = $1 and result <> 'DONE')::int as refusals,
         concat_ws('|', (select version || head_hash || state from service_case where id = $1), (select count(*) from audit_entry where stream = 'case:' || $1),
           (select count(*) from form_version where case_id = $1), (select string_agg(status || coalesce(claimed_by_id::text, ''), ',' order by id) from task where case_id = $1),
           (select handling::text from service_case where id = $1), (select string_agg(status, ',' order by id) from ask where case_id = $1),
           (select string_agg(account || amount || status, ',' order by account) from commitment where case_id = $1), (select count(*) from service_case)) as changes`,
      [this.id],
    )
    return rows[0]
  }
}

const requestBy = (login: string, { key, occurredAt }: ActOptions) => ({
  actorId: employeeId(login),
  idempotencyKey: key ?? randomUUID(),
  requestId: 'test',
  ...(occurredAt !== undefined && { occurredAt }),
})

async function codesOf(attempt: Promise<unknown>): Promise<readonly string[]> {
  try {
    await attempt
  } catch (error) {
    if (error instanceof Refused) return [...error.reasons.map(({ code }) => code), ...error.fields.map(({ path, code }) => `${path} ${code}`)]
    throw error
  }
  throw new Error('it was not refused')
}
async function recordOf(db: Querier, id: string): Promise<CaseRecord> {
  const [record] = await casesById(db, [id])
  if (!record) throw new Error(`there is no case ${id}`)
  return record
}

async function cloneTemplate(name: string): Promise<Addresses> {
  const named = (url: string, database: string) => Object.assign(new URL(url), { pathname: `/${database}` }).href
  const maintenance = new pg.Client({ connectionString: named(process.env['TEST_OWNER_URL']!, 'postgres') })
  await maintenance.connect()
  // Two files must not clone at once: a template in use cannot be copied.
  await maintenance.query('select pg_advisory_lock(1)')
  await maintenance.query(`create database ${name} template template_house`)
  await maintenance.end()
  return [named(process.env['TEST_OWNER_URL']!, name), named(process.env['TEST_APP_URL']!, name)]
}
