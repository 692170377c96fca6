import { type Actor, type Reason, reason } from '../define/index.js'
import { organisation } from './administer.js'
import type { EntryFacts } from './case-record.js'
import { entryWith, under } from './entry.js'
import type { Processes } from './processes.js'

/** Why somebody may not take the history of these processes out of the house, or of all when none are named (null). Empty: he may. */
export function againstExport(processes: Processes, roles: Actor['roles'], named: readonly string[] | null): readonly Reason[] {
  if (roles.includes('AUDITOR')) return []
  if (named === null || named.length === 0)
    return [reason('NOT_AUTHORISED', ['仅审计员可导出全部；流程负责人请指定流程', 'all of it only the auditor; the owner of a process names the process'])]
  const isOwner = (id: string) => roles.includes(processes.current.get(id)?.definition.owner ?? 'AUDITOR')
  return named.every(isOwner) ? [] : [reason('NOT_AUTHORISED', ['仅审计员或流程负责人', 'only the auditor, or the owner of the process'])]
}

export type ExportAct = 'EXPORT_REQUESTED' | 'EXPORT_STARTED' | 'EXPORT_FINISHED' | 'EXPORT_BROKEN_OFF'

/** What the history says of an export: among what the person has read, under the process that it is of, if it is of one. */
export function exportEntry(
  processes: Processes,
  action: ExportAct,
  facts: Pick<EntryFacts, 'actor' | 'requestId' | 'idempotencyKey'> & {
    readonly process: string | null
    readonly details: Readonly<Record<string, string>>
    readonly reasons?: readonly Reason[]
  },
): EntryFacts {
  const { process, reasons = [], ...rest } = facts
  const loaded = process === null ? undefined : processes.current.get(process)
  const definition = loaded ? under(loaded) : { process: organisation, definitionVersion: 1, definitionHash: '' }
  return entryWith({ ...rest, ...definition, action, reasons, result: reasons.length > 0 ? 'REFUSED' : 'DONE' })
}
