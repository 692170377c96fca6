import { type Actor, type Arrow, type CaseContext, reason } from '../define/index.js'
import type { CaseRecord, CommandTransaction, EntryFacts } from './case-store.js'
import { fillInAll } from './forms-handed-in.js'
import { begin } from './open.js'
import type { Processes } from './processes.js'
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
  const links: EntryFacts['links'][number][] = []
  for (const { process, forms, essential } of arrow.opens ?? []) {
    const child = processes.current.get(process)
    if (!child && essential)
      throw new Refused([reason('PROCESS_UNAVAILABLE', [process, process])], { details: { state: origin.parent.state, version: origin.parent.version } })
    if (!child) {
      links.push({ process, refused: 'PROCESS_UNAVAILABLE' })
      continue
    }
    const copied = Object.fromEntries(Object.entries(forms(origin.context.facts)).filter(([, values]) => values !== undefined))
    const begun = await begin(tx, child, {
      actor: origin.actor,
      parent: origin.parent,
      forms: await fillInAll(tx, child.definition, copied),
      command: origin.command,
      roleUsed: null,
      causedBy: { caseId: origin.parent.id, sequence: origin.parent.version },
    })
    links.push({ process, caseId: begun.id })
  }
  return links
}
