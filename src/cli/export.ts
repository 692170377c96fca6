import { createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { type ExportFormat, exportFormats } from '../audit/exports/formats.js'
import { signedManifest } from '../audit/exports/manifest.js'
import { verifierKeysOf } from '../audit/note.js'
import { configFrom } from '../config.js'
import { Refused } from '../engine/refused.js'
import { systemAccount } from '../engine/system-account.js'
import { checkpointFileOf } from '../jobs/checkpoint-file.js'
import { seal } from '../jobs/sealing.js'
import { keysIn } from '../key-file.js'
import { commandStoreOf } from '../persistence/command-store.js'
import { openDatabase } from '../persistence/database.js'
import { exportFile } from '../persistence/export-file.js'
import { exportOf, keepHanded, manifestOf, recorderOf, requestExport } from '../persistence/exports.js'
import { refuseForeignKeys } from '../persistence/key-fault.js'
import { poolOf } from '../persistence/pool.js'
import type { AuditFilter } from '../persistence/queries/audit-filter.js'
import { loadProcesses } from '../registry.js'

const usage = `Usage: npm run export -- --format jsonl|csv|xes|ocel|bundle --out FILE --purpose TEXT [--process ID] [--case NUMBER] [--from TIME] [--before TIME]

Writes the audit history, or a part of it, to FILE, and what it holds, signed, to FILE.manifest.json. It is on record that it was done.
  --process ID    only of this process; may be said again for another
  --case NUMBER   only of this case
  --from TIME     recorded from then on (ISO 8601, as 2026-01-01T00:00:00Z)
  --before TIME   recorded before then
A bundle is of one case or one period, and is checked elsewhere with nothing but Node: node src/audit/check-bundle.mjs FILE
`
class UsageFault extends Error {}

interface Asked {
  readonly format: ExportFormat
  readonly out: string
  readonly purpose: string
  readonly filter: AuditFilter
}
function askedFor(args: readonly string[]): Asked | null {
  const { values } = parse(args)
  if (values.help) return null
  const format = values.format?.toUpperCase() ?? ''
  if (!Object.hasOwn(exportFormats, format)) throw new UsageFault('--format takes jsonl, csv, xes, ocel or bundle')
  if (!values.out) throw new UsageFault('--out names the file to write')
  if (!values.purpose) throw new UsageFault('--purpose says what it is for; it is on record')
  const filter = {
    processes: values.process,
    caseNumber: values.case,
    recordedFrom: timeIn('from', values.from),
    recordedBefore: timeIn('before', values.before),
  }
  return { format: format as ExportFormat, out: values.out, purpose: values.purpose, filter }
}
function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    const options = {
      format: text,
      out: text,
      purpose: text,
      process: { type: 'string', multiple: true },
      case: text,
      from: text,
      before: text,
      help: { type: 'boolean', short: 'h' },
    } as const
    return parseArgs({ args: [...args], options })
  } catch (error) {
    throw new UsageFault((error as Error).message)
  }
}
function timeIn(name: string, given: string | undefined): Date | undefined {
  const time = given === undefined ? undefined : new Date(given)
  if (time && Number.isNaN(time.valueOf())) throw new UsageFault(`--${name} takes a time as 2026-01-01T00:00:00Z, not ${given}`)
  return time
}

const say = (line: string) => void process.stderr.write(`${line}\n`)
const report = (error: unknown) => say(error instanceof Error ? error.message : String(error))

/** Opens the database, writes the two files, says what is in them; whatever happens, connections are closed and a cluster of our own is stopped. */
async function run({ format, out, purpose, filter }: Asked): Promise<void> {
  const processes = await loadProcesses()
  const config = configFrom(process.env)
  const keys = await keysIn(config.keyFile)
  const database = await openDatabase(config)
  const pool = poolOf(database.appUrl, report)
  const services = { pool, processes, store: commandStoreOf(pool, processes, keys) }
  const request = { requestId: `export:${process.pid}`, idempotencyKey: `export:${process.pid}:${Date.now()}` }
  const actor = { ...systemAccount, kind: 'system', roles: [] } as const
  try {
    await refuseForeignKeys(pool, keys)
    const { row } = await requestExport(services, { ...request, actor, format, filter, purpose })
    const record = recorderOf(services, row, { ...request, actor })
    // Where no server is running, nobody else signs, or takes outside what was signed.
    if (format === 'BUNDLE' && (await seal(pool, keys, 0))) {
      const mirror = checkpointFileOf({ pool, keys: async () => keys, directory: config.proofDirectory, reached: () => {}, report })
      while (await mirror().catch(report));
    }
    const file = exportFile(format, { ...row, db: pool, processes, verifierKeys: verifierKeysOf(keys) })
    await record('EXPORT_STARTED')
    try {
      await pipeline(file.pieces, createWriteStream(out, { mode: 0o600 }))
    } catch (error) {
      await record('EXPORT_BROKEN_OFF', file.handed())
      throw error
    }
    await keepHanded(pool, row.id, file.handed())
    await record('EXPORT_FINISHED', file.handed())
    const manifest = await manifestOf(pool, (await exportOf(pool, actor.employeeId, row.id))!)
    await writeFile(`${out}.manifest.json`, signedManifest(keys, manifest), { mode: 0o600 })
    say(`${out}: ${manifest.entries} entries, ${manifest.bytes} bytes, SHA-256 ${manifest.sha256}`)
  } finally {
    await pool.end()
    await database.stop()
  }
}

/** Exit codes: 0 written, 1 failed, 2 asked wrongly. */
async function main(): Promise<number> {
  try {
    const asked = askedFor(process.argv.slice(2))
    if (asked === null) process.stdout.write(usage)
    else await run(asked)
    return 0
  } catch (error) {
    report(error instanceof Refused ? (error.reasons[0]?.message[1] ?? error) : error)
    if (error instanceof UsageFault) say(`\n${usage}`)
    return error instanceof UsageFault ? 2 : 1
  }
}

process.exitCode = await main()
