import { type Actor, type Arrow, type CaseContext, reason } from '../define/index.js'
import type { CaseRecord, EntryFacts, FormSubmission } from './case-record.js'
import type { CommandTransaction } from './case-store.js'
import { fillInAll } from './forms-handed-in.js'
import { begin } from './open.js'
import type { LoadedProcess, Processes } from './processes.js'
import { Refused } from './refused.js'

interface Origin {
  readonly parent: CaseRecord
  readonly context: CaseContext
  readonly actor: Actor
  readonly command: Parameters<typeof begin>[2]['command']
}

/**
 * Opens the child cases of an arrow. A process that does not exist yet is refused with `PROCESS_UNAVAILABLE`:
 * the act with it when the link is essential, otherwise only the link, and the entry says so.
 */
export async function linksOf(processes: Processes, tx: CommandTransaction, arrow: Arrow, origin: Origin): Promise<EntryFacts['links']> {
  refuseWithoutEssential(processes, arrow, origin)
  const children: { process: string; child: LoadedProcess | undefined; forms: readonly FormSubmission[] }[] = []
  // All forms before the first child: whatever is refused is refused before anything is written.
  for (const { process, forms } of arrow.opens ?? []) {
    const child = processes.current.get(process)
    children.push({ process, child, forms: child ? await formsOf(tx, child, forms(origin.context.facts)) : [] })
  }
  const links: EntryFacts['links'][number][] = []
  for (const { process, child, forms } of children)
    links.push(child ? { process, caseId: (await openChild(tx, child, forms, origin)).id } : { process, refused: 'PROCESS_UNAVAILABLE' })
  return links
}

/** Before anything is written: without a child that the act cannot do without, there is no act. */
function refuseWithoutEssential(processes: Processes, arrow: Arrow, { parent: { state, version } }: Origin): void {
  const missing = (arrow.opens ?? []).filter(({ process, essential }) => essential && !processes.current.has(process))
  if (missing.length > 0) {
    const reasons = missing.map(({ process }) => reason('PROCESS_UNAVAILABLE', [process, process]))
    throw new Refused(reasons, { details: { state, version } })
  }
}

const formsOf = (tx: CommandTransaction, { definition }: LoadedProcess, forms: Readonly<Record<string, object | undefined>>): Promise<FormSubmission[]> =>
  fillInAll(tx, definition, Object.fromEntries(Object.entries(forms).filter(([, values]) => values !== undefined)))

const openChild = (tx: CommandTransaction, child: LoadedProcess, forms: readonly FormSubmission[], origin: Origin): Promise<CaseRecord> =>
  begin(tx, child, {
    actor: origin.actor,
    parent: origin.parent,
    forms,
    command: origin.command,
    roleUsed: null,
    causedBy: { caseId: origin.parent.id, sequence: origin.parent.version },
  })
