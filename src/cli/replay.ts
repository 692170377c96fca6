import { parseArgs } from 'node:util'
import pg from 'pg'
import { configFrom } from '../config.js'
import { doorOf } from '../engine/door.js'
import { keysFrom } from '../key-file.js'
import { commandStoreOf } from '../persistence/command-store.js'
import { openDatabase } from '../persistence/database.js'
import { refuseForeignKeys } from '../persistence/key-fault.js'
import { poolOf } from '../persistence/pool.js'
import { loadProcesses } from '../registry.js'
import { withCast } from '../replay/bindings.js'
import { type Ending, replay } from '../replay/replay.js'
import { Tally, textOf } from '../replay/report.js'
import { LogUnreadable, type Trace, tracesIn } from '../replay/xes.js'

const usage = `Usage: npm run replay -- FILE.xes[.gz] [--limit N] [--json]

Replays a recorded approval history through the expense process and reports where it deviates.
  --limit N  only the first N cases
  --json     the report as JSON on standard output (npm run --silent adds nothing to it); progress goes to standard error
Run again after an interruption: it continues and does nothing twice.
`
class UsageFault extends Error {}

interface Asked {
  readonly file: string
  readonly limit: number | undefined
  readonly json: boolean
}
function askedFor(args: readonly string[]): Asked | null {
  const { values, positionals } = parse(args)
  if (values.help) return null
  const [file, ...more] = positionals
  if (file === undefined || more.length > 0) throw new UsageFault('name one file')
  if (values.limit !== undefined && !/^[1-9]\d{0,8}$/.test(values.limit)) throw new UsageFault(`--limit takes a whole number from 1, not ${values.limit}`)
  return { file, limit: values.limit === undefined ? undefined : Number(values.limit), json: values.json }
}
function parse(args: readonly string[]) {
  try {
    const options = { limit: { type: 'string' }, json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } } as const
    return parseArgs({ args: [...args], allowPositionals: true, options })
  } catch (error) {
    throw new UsageFault((error as Error).message)
  }
}

const say = (line: string) => void process.stderr.write(`${line}\n`)
const report = (error: unknown) => say(error instanceof Error ? error.message : String(error))

/** Reads the first case before any database is touched: a file that cannot be read at all says so at once. */
async function begun(traces: AsyncGenerator<Trace, void>): Promise<AsyncGenerator<Trace, void>> {
  const first = await traces.next()
  return (async function* () {
    if (!first.done) yield first.value
    yield* traces
  })()
}

/** Opens the database, replays, prints; whatever happens, connections are closed and a cluster of our own is stopped. */
async function run({ file, limit, json }: Asked, signal: AbortSignal): Promise<void> {
  const traces = await begun(tracesIn(file))
  const processes = await loadProcesses()
  const config = configFrom(process.env)
  const database = await openDatabase(config)
  const owner = new pg.Client({ connectionString: database.ownerUrl, application_name: 'countersign-replay' }).on('error', report)
  const pool = poolOf(database.appUrl, report)
  const keys = await keysFrom(config.keyFile)
  const store = commandStoreOf(pool, processes, keys)
  const door = doorOf({ store, processes, report })
  try {
    await refuseForeignKeys(pool, keys)
    await owner.connect()
    const tally = new Tally()
    const progress = setInterval(() => say(tally.line()), 2000)
    const counting = { onEvent: () => void tally.events++, onEnding: (ending: Ending) => tally.add(ending) }
    await withCast(owner, store, () => replay(traces, { door, db: pool, limit, signal, ...counting })).finally(() => clearInterval(progress))
    say(tally.line())
    if (signal.aborted) say('Stopped before the end; run again to continue')
    else process.stdout.write(json ? `${JSON.stringify(tally.report(), null, 2)}\n` : textOf(tally.report(), tally.withoutAmount))
  } finally {
    await pool.end()
    await owner.end()
    await database.stop()
  }
}

/** Exit codes: 0 replayed (deviations are a finding, not a failure), 1 failed, 2 asked wrongly or for a file that is none, 130 interrupted. */
async function main(): Promise<number> {
  const interrupted = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort())
  try {
    const asked = askedFor(process.argv.slice(2))
    if (asked === null) process.stdout.write(usage)
    else await run(asked, interrupted.signal)
    return interrupted.signal.aborted ? 130 : 0
  } catch (error) {
    report(error)
    if (error instanceof UsageFault) say(`\n${usage}`)
    return error instanceof UsageFault || error instanceof LogUnreadable ? 2 : 1
  }
}

process.exitCode = await main()
