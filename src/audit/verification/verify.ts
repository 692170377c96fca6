import type { Processes } from '../../engine/processes.js'
import { organisationStream } from '../chain.js'
import type { Keyring } from '../keyring.js'
import { Frontier } from '../merkle.js'
import { CaseBatches } from './case-batches.js'
import { type CheckpointFile, checkCheckpoints, checkRoots } from './checkpoint-check.js'
import { checkEntry, skewMs } from './entry-check.js'
import { Erasures } from './erasures.js'
import { type Finding, type FindingKind, Findings, nowhere } from './finding.js'
import type { PersonalCheck } from './form-check.js'
import { checkGuards } from './guards.js'
import type { History, Stretch } from './history.js'
import { beginningOf } from './log-beginning.js'
import { LogCheck } from './log-check.js'
import { RoleRecords } from './offices.js'
import { type CleanRun, lastCleanRun } from './run-record.js'
import { checkLink, type Link } from './stream-check.js'
import { toldIn } from './told.js'

export interface Verification {
  readonly history: History
  readonly processes: Processes
  readonly keys: Keyring
  readonly commitmentOf: PersonalCheck['commitmentOf']
  /** Read before the history is. */
  readonly files: readonly CheckpointFile[]
  readonly mode: 'full' | 'incremental'
}
/** What a run came to. */
export interface Report {
  /** `full` as well where there is no clean run to go on from. */
  readonly mode: 'full' | 'incremental'
  /** By the clock of the database, ISO 8601. */
  readonly startedAt: string
  readonly tookMs: number
  /** How many entries were read. */
  readonly entries: number
  readonly cases: number
  /** Closed cases whose definition this server does not have any more: everything but their way was checked. */
  readonly notReplayed: number
  readonly size: number
  readonly root: Buffer
  readonly frontier: readonly Buffer[]
  readonly count: number
  readonly counts: Readonly<Partial<Record<FindingKind, number>>>
  /** As many as are kept of each kind. */
  readonly findings: readonly Finding[]
}

/** Re-reads and recomputes the history. Whatever stands in the database, it is a finding and not an error. */
export async function verify(given: Verification): Promise<Report> {
  const began = performance.now()
  const { history, keys } = given
  const findings = new Findings()
  const startedAt = await history.now()
  const since = given.mode === 'incremental' ? await readable('earlier runs', findings, () => lastCleanRun(history, keys)) : null
  await readable('its own description', findings, async () => checkGuards(await history.catalogue(), findings))
  const read = await readable('the entries, the cases or the roles', findings, () => checkEntries(given, since, findings))
  const log = await readable('the log or its checkpoints', findings, () => checkLog(given, since, startedAt, findings))
  const rows = await readable('the cases', findings, () => history.cases(findings.caseIds))
  const numbers = new Map(rows?.map(({ id, number }) => [id, number]))
  return {
    mode: since ? 'incremental' : 'full',
    startedAt,
    ...(read ?? { entries: 0, cases: 0, notReplayed: 0 }),
    size: log?.size ?? 0,
    root: log?.root() ?? new Frontier().root(),
    frontier: log?.roots ?? [],
    count: findings.count,
    counts: findings.counts,
    findings: findings.told(numbers),
    tookMs: Math.round(performance.now() - began),
  }
}

/** A table or a column that is gone, or holds what it cannot, is a finding; a database that is away is an error. */
async function readable<T>(what: string, findings: Findings, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: string }
    const isOfTheData = error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError || /^(22|42|25P02)/.test(code ?? '')
    if (!isOfTheData) throw error
    findings.add('UNREADABLE', nowhere, `The database cannot be read any further for ${what}: ${message}`)
    return null
  }
}

/** Every entry, stream and case; or those that new leaves touch. */
async function checkEntries({ history, processes, keys, commitmentOf }: Verification, since: CleanRun | null, findings: Findings) {
  const deeds = (await history.deeds(organisationStream, ['GRANT_ROLE', 'ADOPT_ROLE', 'REVOKE_ROLE', 'ERASE_CUSTOMER'])).flatMap(
    ({ content }) => toldIn(content) ?? [],
  )
  const offices = new RoleRecords(deeds).check(await history.assignments(), findings)
  const erasures = new Erasures(deeds)
  const cases = new CaseBatches(history, { processes, offices, personOf: await history.persons(), commitmentOf, isErasureRecorded: erasures.has }, findings)
  const stretches = since ? await touched(history, since) : undefined
  let entries = 0
  let before: Link | null = null
  for await (const rows of history.entries(stretches)) {
    entries += rows.length
    for (const row of rows) {
      if (before?.stream !== row.stream) before = row.sequence > 1 ? await verifiedBefore(history, row.stream, stretches) : null
      const told = checkEntry(row, keys, findings)
      checkLink(before, row, told, findings)
      before = row
      cases.add(row, told)
    }
    await cases.flush()
  }
  await cases.end()
  if (!since) {
    for (const { kind, how, ...at } of await history.orphans()) findings.add(kind, at, how)
    for (const { how, ...at } of await history.looseEnds()) findings.add('EVENT_UNRECORDED', at, how)
  }
  return { entries, cases: cases.count, notReplayed: cases.notReplayed }
}

/** Cases are read whole; of every other stream what is new. */
async function touched(history: History, { size }: CleanRun): Promise<readonly Stretch[]> {
  const streams = await history.streamsSince(size)
  const cases = streams.filter(({ stream }) => stream.startsWith('case:')).map(({ stream }) => ({ stream, after: 0 }))
  return [...cases, ...streams.filter(({ stream }) => !stream.startsWith('case:')).map(({ stream, first }) => ({ stream, after: first - 1 }))]
}
async function verifiedBefore(history: History, stream: string, stretches: readonly Stretch[] | undefined): Promise<Link | null> {
  const after = stretches?.find((one) => one.stream === stream)?.after ?? 0
  return after === 0 ? null : history.link(stream, after)
}

/** The log from its beginning, or from the size of the clean run; checkpoints of the table and of the files. */
async function checkLog({ history, keys, files }: Verification, since: CleanRun | null, startedAt: string, findings: Findings): Promise<Frontier> {
  const signed = checkCheckpoints(await history.checkpoints(), files, keys, startedAt, findings)
  const beginning = since?.frontier ?? new Frontier()
  if (since && !(await beginningOf(history, since.size)).equals(since.root))
    findings.add('ROOT_WRONG', nowhere, `The first ${since.size} entries of the log are not those of the run of ${since.recordedAt}`)
  const log = new LogCheck(
    beginning,
    signed.map(({ size }) => size),
    since ? [] : await history.blocks(),
    findings,
  )
  for await (const rows of history.leaves(beginning.size)) for (const row of rows) log.add(row)
  log.end()
  checkRoots(signed, log.roots, log.frontier.size, findings)
  const settled = new Date(Date.parse(startedAt) - skewMs).toISOString()
  for (const at of await history.unlogged(settled, beginning.size)) findings.add('LEAF_MISSING', at, 'it is not in the log')
  return log.frontier
}
