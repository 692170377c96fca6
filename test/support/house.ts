import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { CaseRecord } from '../../src/engine/case-store.js'
import { type Door, doorOf } from '../../src/engine/door.js'
import type { Processes } from '../../src/engine/processes.js'
import { Refused } from '../../src/engine/refused.js'
import { employeeId } from '../../src/organisation/ids.js'
import { casesById } from '../../src/persistence/case-rows.js'
import { commandStoreOf } from '../../src/persistence/command-store.js'
import { poolOf } from '../../src/persistence/pool.js'
import { loadProcesses } from '../../src/registry.js'

type Forms = Readonly<Record<string, unknown>>
export interface ActOptions {
  readonly seat?: string
  readonly expectedVersion?: number
  readonly key?: string
  /** When it happened, where the test needs another day than today (ISO 8601). */
  readonly occurredAt?: string
}

/** A house of its own for a test file: a fresh database with the demonstration organisation, and the one door to it. */
export interface House {
  readonly door: Door
  readonly processes: Processes
  readonly pool: pg.Pool
  /** The owner's connection: for what no application may do. */
  readonly owner: pg.Client
  readonly ownerUrl: string
  readonly appUrl: string
  /** What could not be recorded or broke; a test that expects nothing of the kind may look. */
  readonly reported: unknown[]
  open(login: string, process: string, form: Forms, options?: ActOptions): Promise<DrivenCase>
  /** The codes with which an opening is refused. Fails the test when it is not. */
  openRefused(login: string, process: string, form: Forms): Promise<readonly string[]>
  /** A case by its id, as one that a link opened. */
  caseOf(id: string): Promise<DrivenCase>
  close(): Promise<void>
}

export async function openHouse(): Promise<House> {
  const name = `house_${randomUUID().replaceAll('-', '').slice(0, 16)}`
  const [ownerUrl, appUrl] = await cloneTemplate(name)
  const reported: unknown[] = []
  const report = (error: unknown) => void reported.push(error)
  const pool = poolOf(appUrl, report)
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  const processes = await loadProcesses()
  const door = doorOf({ store: commandStoreOf(pool, processes), processes, report })
  const house: House = {
    door,
    processes,
    pool,
    owner,
    ownerUrl,
    appUrl,
    reported,
    async open(login, process, form, options = {}) {
      const { caseId } = await door.open({ ...requestBy(login, options), process, form })
      return house.caseOf(caseId)
    },
    openRefused: (login, process, form) => codesOf(door.open({ ...requestBy(login, {}), process, form })),
    caseOf: async (id) => new DrivenCase(house, id, (await recordOf(pool, id)).process),
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
  async record(): Promise<CaseRecord> {
    return recordOf(this.house.pool, this.id)
  }
  async state(): Promise<string> {
    return (await this.record()).state
  }
  /** What was done, in order: action, from, to. */
  async history(): Promise<readonly { sequence: number; action: string; from: string | null; to: string; actor: string | null }[]> {
    const { rows } = await this.house.pool.query(
      `select sequence, action, from_state as "from", to_state as "to", actor_id as actor from audit_entry where stream = $1 order by sequence`,
      [`case:${this.id}`],
    )
    return rows
  }
  /** The newest content of a form. */
  async form(key: string): Promise<Record<string, unknown> | undefined> {
    const { rows } = await this.house.pool.query('select content from form_version where case_id = $1 and key = $2 order by version desc limit 1', [
      this.id,
      key,
    ])
    return rows[0] && JSON.parse(rows[0].content)
  }
  /** The cases that this one opened, by process. */
  async children(process?: string): Promise<DrivenCase[]> {
    const { rows } = await this.house.pool.query(
      'select id, process from service_case where parent_id = $1 and ($2::text is null or process = $2) order by opened_at',
      [this.id, process ?? null],
    )
    return rows.map((row) => new DrivenCase(this.house, row.id, row.process))
  }
  #decide(login: string, action: string, forms: Forms, options: ActOptions) {
    const { seat, expectedVersion } = options
    return this.house.door.decide({
      ...requestBy(login, options),
      caseId: this.id,
      process: this.process,
      action,
      forms,
      ...(seat !== undefined && { seat }),
      ...(expectedVersion !== undefined && { expectedVersion }),
    })
  }
  async #traces(): Promise<{ changes: string; refusals: number }> {
    const { rows } = await this.house.pool.query(
      `select (select count(*) from audit_entry where case_id = $1 and result <> 'DONE')::int as refusals,
         concat_ws('|', (select version || head_hash || state from service_case where id = $1), (select count(*) from audit_entry where stream = 'case:' || $1),
           (select count(*) from form_version where case_id = $1), (select string_agg(status, ',' order by id) from task where case_id = $1), (select count(*) from service_case)) as changes`,
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
async function recordOf(pool: pg.Pool, id: string): Promise<CaseRecord> {
  const [record] = await casesById(pool, [id])
  if (!record) throw new Error(`there is no case ${id}`)
  return record
}

async function cloneTemplate(name: string): Promise<[ownerUrl: string, appUrl: string]> {
  const named = (url: string, database: string) => Object.assign(new URL(url), { pathname: `/${database}` }).href
  const maintenance = new pg.Client({ connectionString: named(process.env['TEST_OWNER_URL']!, 'postgres') })
  await maintenance.connect()
  // Two files must not clone at once: a template in use cannot be copied.
  await maintenance.query('select pg_advisory_lock(1)')
  await maintenance.query(`create database ${name} template template_house`)
  await maintenance.end()
  return [named(process.env['TEST_OWNER_URL']!, name), named(process.env['TEST_APP_URL']!, name)]
}
