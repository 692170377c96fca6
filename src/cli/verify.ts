import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { Report } from '../audit/verification/verify.js'
import { configFrom } from '../config.js'
import { runVerification } from '../jobs/verification-run.js'
import { keysIn } from '../key-file.js'
import { commandStoreOf } from '../persistence/command-store.js'
import { openDatabase } from '../persistence/database.js'
import { publish } from '../persistence/events.js'
import { keyFault } from '../persistence/key-fault.js'
import { poolOf } from '../persistence/pool.js'
import { loadProcesses } from '../registry.js'

const usage = `Usage: npm run verify -- [--incremental] [--json] [--checkpoints FILE]...

Re-reads and recomputes the history, says which entry is wrong and how, and records that it did.
  --incremental       only what is new since the last run that found nothing
  --checkpoints FILE  checkpoints that an auditor kept; may be given again and again
  --json              the report as JSON on standard output (npm run --silent adds nothing to it)
Exit codes: 0 nothing is wrong, 1 something is, or it could not be verified, 2 asked wrongly.
`
class UsageFault extends Error {}

interface Asked {
  readonly mode: Report['mode']
  readonly json: boolean
  readonly copies: readonly string[]
}
function askedFor(args: readonly string[]): Asked | null {
  const { values } = parse(args)
  return values.help ? null : { mode: values.incremental ? 'incremental' : 'full', json: values.json, copies: values.checkpoints }
}
function parse(args: readonly string[]) {
  try {
    const flag = { type: 'boolean', default: false } as const
    const options = {
      incremental: flag,
      json: flag,
      checkpoints: { type: 'string', multiple: true, default: [] as string[] },
      help: { type: 'boolean', short: 'h', default: false },
    } as const
    return parseArgs({ args: [...args], options })
  } catch (error) {
    throw new UsageFault((error as Error).message)
  }
}

const say = (line: string) => void process.stderr.write(`${line}\n`)
const report = (error: unknown) => say(error instanceof Error ? error.message : String(error))

async function run({ mode, json, copies }: Asked): Promise<Report> {
  const processes = await loadProcesses()
  const config = configFrom(process.env)
  const keys = await keysIn(config.keyFile)
  const database = await openDatabase(config)
  const pool = poolOf(database.appUrl, report)
  try {
    // What a server wrote before it ended has no place in the log yet.
    while (await publish(pool));
    const store = commandStoreOf(pool, processes, keys)
    const { proofDirectory } = config
    // An entry that is signed with foreign keys would be wrong for good, and no server would start behind it.
    const fault = await keyFault(pool, keys)
    if (fault) say(`${fault}: this run does not go on record. Does KEY_FILE name the key file of this history?`)
    const run = { appUrl: database.appUrl, store, processes, keys, proofDirectory, copies, mode, requestId: randomUUID() }
    const found = await runVerification({ ...run, goesOnRecord: fault === null })
    process.stdout.write(json ? jsonOf(found) : textOf(found))
    return found
  } finally {
    await pool.end()
    await database.stop()
  }
}

/** How many findings are printed. */
const printedMax = 300

function jsonOf({ root, frontier: _frontier, findings, ...told }: Report): string {
  return `${JSON.stringify({ ...told, root: root.toString('hex'), clean: told.count === 0, findings: findings.slice(0, printedMax) }, null, 2)}\n`
}
function textOf({ mode, startedAt, tookMs, entries, cases, notReplayed, size, root, count, counts, findings }: Report): string {
  const lines = findings.slice(0, printedMax).map(({ kind, message }) => `${kind}  ${message}`)
  if (count > lines.length) lines.push(`and ${count - lines.length} more`)
  const kinds = Object.entries(counts).map(([kind, times]) => `${times} ${kind}`)
  return [
    ...lines,
    ...(lines.length > 0 ? [''] : []),
    `${mode === 'full' ? 'Full' : 'Incremental'} verification of ${startedAt}: ${entries} entries, ${cases} cases, log of ${size} (root ${root.toString('hex')}), ${tookMs} ms`,
    ...(notReplayed > 0 ? [`${notReplayed} cases could not be replayed: their definitions are not known here, or they are broken`] : []),
    count === 0 ? 'Nothing is wrong.' : `${count} findings: ${kinds.join(', ')}`,
    '',
  ].join('\n')
}

async function main(): Promise<number> {
  try {
    const asked = askedFor(process.argv.slice(2))
    if (asked === null) {
      process.stdout.write(usage)
      return 0
    }
    return (await run(asked)).count === 0 ? 0 : 1
  } catch (error) {
    report(error)
    if (error instanceof UsageFault) say(`\n${usage}`)
    return error instanceof UsageFault ? 2 : 1
  }
}

process.exitCode = await main()
