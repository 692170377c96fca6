import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import canonicalize from 'canonicalize'
import type pg from 'pg'
import { accessStream } from '../audit/chain.js'
import type { ExportFormat } from '../audit/exports/formats.js'
import { type ExportManifest, manifestFormat } from '../audit/exports/manifest.js'
import type { Actor, FieldError, Reason } from '../define/index.js'
import type { CommandStore } from '../engine/case-store.js'
import { againstExport, type ExportAct, exportEntry } from '../engine/exports.js'
import type { Processes } from '../engine/processes.js'
import { Refused, refuse, refuseInput } from '../engine/refused.js'
import { isBundleFilter } from './bundle-reader.js'
import { publish } from './events.js'
import type { Handed } from './export-file.js'
import type { Querier } from './pool.js'
import { checkAuditFilter } from './queries/audit-codes.js'
import { type AuditFilter, processesNamed } from './queries/audit-filter.js'

export interface ExportRow {
  readonly id: string
  readonly requestedById: string
  readonly requestedBy: { readonly number: string; readonly name: string }
  readonly format: ExportFormat
  readonly filter: AuditFilter
  readonly purpose: string
  readonly logSize: number
  /** Asked for by an auditor or the operator: what is for auditors alone is in it. */
  readonly whole: boolean
  readonly requestedAt: Date
  readonly expiresAt: Date
  /** By the database's clock, when the row was read. */
  readonly expired: boolean
  /** Once somebody has taken it to its end: what it held. */
  readonly handed: (Handed & { readonly finishedAt: Date }) | null
}
export interface ExportRequest {
  readonly actor: Pick<Actor, 'employeeId' | 'kind' | 'roles'>
  readonly format: ExportFormat
  readonly filter: AuditFilter
  readonly purpose: string
  readonly idempotencyKey: string
  readonly requestId: string
}
interface Services {
  readonly pool: pg.Pool
  readonly store: Pick<CommandStore, 'record'>
  readonly processes: Processes
}
const validMinutes = 60

/**
 * Asks for a part of the history, which is on record before anything can be fetched. Output: the export, and whether the key had asked
 * for it before. Throws `NOT_AUTHORISED` (on record too), `INPUT_INVALID`, `IDEMPOTENCY_KEY_REUSED`, `BUSY`.
 */
export async function requestExport(services: Services, request: ExportRequest): Promise<{ readonly row: ExportRow; readonly replayed: boolean }> {
  const { pool, processes } = services
  const { actor, format, idempotencyKey, purpose } = request
  const wrong = wrongIn(request)
  if (wrong.length > 0) throw refuseInput(wrong)
  await checkAuditFilter(pool, processes, request.filter)
  const id = randomUUID()
  const details = { exportId: id, format, filter: canonicalize(plain(request.filter)) as string, purpose }
  const against = actor.kind === 'system' ? [] : againstExport(processes, actor.roles, processesNamed(processes, request.filter))
  const whole = actor.kind === 'system' || actor.roles.includes('AUDITOR')
  const asked = (reasons: readonly Reason[]) => record(services, 'EXPORT_REQUESTED', request, { process: onlyProcess(request.filter), details, reasons })
  if (against.length > 0) {
    await asked(against)
    throw new Refused(against)
  }
  const before = await byKey(pool, actor.employeeId, idempotencyKey)
  if (before) return { row: sameAs(before, request), replayed: true }
  const logSize = await loggedNow(pool)
  await asked([])
  const { rowCount } = await pool.query(
    `insert into export (id, requested_by_id, idempotency_key, format, filter, purpose, log_size, whole, requested_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp(), clock_timestamp() + make_interval(mins => ${validMinutes})) on conflict (requested_by_id, idempotency_key) do nothing`,
    [id, actor.employeeId, idempotencyKey, format, details.filter, purpose, logSize, whole],
  )
  return { row: sameAs((await byKey(pool, actor.employeeId, idempotencyKey))!, request), replayed: rowCount === 0 }
}

function wrongIn({ format, filter, purpose, idempotencyKey }: ExportRequest): FieldError[] {
  const ofCases = format === 'XES' || format === 'OCEL'
  const faults: (FieldError | false | undefined)[] = [
    format === 'BUNDLE' &&
      !isBundleFilter(filter) && {
        path: 'filter',
        code: 'VALUE_INVALID',
        message: [
          '审计包须指定一个案件、一个客户或一段记录时间，且仅此一项',
          'a bundle is of one case, one customer or one period of recording, and of nothing else',
        ],
      },
    (purpose.trim() === '' || purpose.length > 500) && { path: 'purpose', code: 'LENGTH_INVALID', message: ['须为 1–500 个字符', '1 to 500 characters'] },
    !/^[\x21-\x7e]{1,255}$/.test(idempotencyKey) && {
      path: 'idempotencyKey',
      code: 'VALUE_INVALID',
      message: ['须为 1–255 个可见 ASCII 字符', '1 to 255 printable ASCII characters, no blanks'],
    },
    ofCases &&
      filter.results?.some((result) => result !== 'DONE') && {
        path: 'filter.results',
        code: 'CHOICE_UNKNOWN',
        message: ['XES、OCEL 仅含已执行的操作', 'XES and OCEL tell what was done; attempts are in JSONL and CSV'],
      },
  ]
  return faults.filter((fault) => typeof fault === 'object')
}

type Reader = Pick<ExportRequest, 'requestId' | 'idempotencyKey'> & { readonly actor: Pick<Actor, 'employeeId' | 'kind'> }
type Told = Pick<Parameters<typeof exportEntry>[2], 'process' | 'details' | 'reasons'>

/** Writes down what happens with an export, among what the person has read. */
async function record(
  { store, processes }: Pick<Services, 'store' | 'processes'>,
  action: ExportAct,
  { actor: { employeeId, kind }, requestId, idempotencyKey }: Reader,
  told: Told,
): Promise<void> {
  const entry = exportEntry(processes, action, { ...told, actor: { id: employeeId, kind }, requestId, idempotencyKey })
  await store.record(accessStream(employeeId), null, entry)
}
/** Writes down that an export is being fetched, and how that ended. */
export const recorderOf =
  (services: Pick<Services, 'store' | 'processes'>, { id, filter }: ExportRow, by: Reader) =>
  (action: 'EXPORT_STARTED' | 'EXPORT_FINISHED' | 'EXPORT_BROKEN_OFF', handed?: Handed): Promise<void> => {
    const held = handed && { entries: String(handed.entries), bytes: String(handed.bytes), sha256: handed.sha256 }
    return record(services, action, by, { process: onlyProcess(filter), details: { exportId: id, ...held } })
  }

/** How far the log reaches once everything that is committed now stands in it. Throws `BUSY` when that takes too long. */
async function loggedNow(pool: pg.Pool): Promise<number> {
  const newest = (await pool.query('select max(seq) as seq from outbox')).rows[0].seq
  for (let tries = 0; newest !== null; tries++) {
    while (await publish(pool));
    if (!(await pool.query('select exists (select from outbox where seq <= $1) as waiting', [newest])).rows[0].waiting) break
    if (tries === triesMax) throw refuse('BUSY', { details: { retryAfterSeconds: 1 } })
    await wait(50)
  }
  return Number((await pool.query('select coalesce(max(index) + 1, 0) as size from log_leaf')).rows[0].size)
}
const triesMax = 60

/** Of which process an export is; null: of several, or of all. */
export const onlyProcess = ({ processes }: AuditFilter): string | null => (processes?.length === 1 ? processes[0]! : null)

/** As it is kept and told: what was left out is not there, times are text. */
const plain = (filter: AuditFilter): Record<string, unknown> =>
  JSON.parse(JSON.stringify(filter, (_, value: unknown) => (value === null ? undefined : value))) as Record<string, unknown>
const filterFrom = (stored: Record<string, unknown>): AuditFilter =>
  Object.fromEntries(Object.entries(stored).map(([name, value]) => [name, /^(occurred|recorded)(From|Before)$/.test(name) ? new Date(String(value)) : value]))
export const plainFilter = ({ filter }: Pick<ExportRow, 'filter'>): Readonly<Record<string, unknown>> => plain(filter)

function sameAs(row: ExportRow, { format, filter, purpose }: ExportRequest): ExportRow {
  const same = row.format === format && row.purpose === purpose && canonicalize(plain(row.filter)) === canonicalize(plain(filter))
  if (!same) throw refuse('IDEMPOTENCY_KEY_REUSED')
  return row
}

const select = `select x.id, x.requested_by_id as "requestedById", json_build_object('number', e.number, 'name', e.name) as "requestedBy", x.format, x.filter, x.purpose,
    x.log_size as "logSize", x.whole, x.requested_at as "requestedAt", x.expires_at as "expiresAt", x.expires_at < clock_timestamp() as expired, x.finished_at as "finishedAt", x.entries, x.bytes, x.sha256,
    x.first_position as "first", x.last_position as "last" from export x join employee e on e.id = x.requested_by_id`
function rowOf(row: pg.QueryResultRow | undefined): ExportRow | null {
  if (!row) return null
  const { finishedAt, entries, bytes, sha256, first, last, ...rest } = row
  const handed = finishedAt === null ? null : { finishedAt, entries: Number(entries), bytes: Number(bytes), sha256, first, last }
  return { ...rest, filter: filterFrom(rest['filter']), logSize: Number(rest['logSize']), handed } as ExportRow
}
const byKey = async (db: Querier, employeeId: string, key: string): Promise<ExportRow | null> =>
  rowOf((await db.query(`${select} where x.requested_by_id = $1 and x.idempotency_key = $2`, [employeeId, key])).rows[0])

/** An export of this person's. Null: there is none, or it is another's. */
export const exportOf = async (db: Querier, employeeId: string, id: string): Promise<ExportRow | null> =>
  rowOf((await db.query(`${select} where x.requested_by_id = $1 and x.id = $2`, [employeeId, id])).rows[0])

/** Keeps what was handed out. What stands already stays: a second reading finds the same. */
export async function keepHanded(db: Querier, id: string, { entries, bytes, sha256, first, last }: Handed): Promise<void> {
  await db.query(
    `update export set finished_at = clock_timestamp(), entries = $2, bytes = $3, sha256 = $4, first_position = $5, last_position = $6 where id = $1 and finished_at is null`,
    [id, entries, bytes, sha256, first, last],
  )
}

/** What the manifest of an export says. Throws `CONDITION_UNMET` before it was fetched to its end. */
export async function manifestOf(db: Querier, row: ExportRow): Promise<ExportManifest> {
  if (!row.handed) throw refuse('CONDITION_UNMET')
  const { entries, bytes, sha256, first, last, finishedAt } = row.handed
  const { rows } = await db.query('select note from checkpoint order by size desc limit 1')
  return {
    format: manifestFormat,
    product: 'Countersign',
    exportId: row.id,
    fileFormat: row.format,
    filter: plainFilter(row),
    purpose: row.purpose,
    requestedBy: row.requestedBy,
    requestedAt: row.requestedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    entries,
    bytes,
    sha256,
    firstPosition: first,
    lastPosition: last,
    logSize: row.logSize,
    checkpoint: rows[0]?.note ?? null,
  }
}
