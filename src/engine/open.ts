import { type Actor, judge, noCaseYet, openCasesAsked } from '../define/index.js'
import type { CaseRecord, EntryFacts, FormSubmission, Surroundings } from './case-record.js'
import type { CommandTransaction, Receipt } from './case-store.js'
import type { OpenCommand } from './commands.js'
import { clocksOf } from './deadlines.js'
import { entryWith, under } from './entry.js'
import { refuseErased } from './erasure.js'
import { fillInAll, idsNamedIn } from './forms-handed-in.js'
import { contextOf } from './judgement.js'
import type { LoadedProcess, Processes } from './processes.js'
import { Refused, refuse } from './refused.js'
import { systemAccount } from './system-account.js'
import { tasksFor } from './tasks.js'

/** Form in, first case and entry 1. Throws `NOT_AUTHORISED`, `FORM_INVALID`, `PROCESS_UNAVAILABLE`. */
export async function open(processes: Processes, tx: CommandTransaction, command: OpenCommand): Promise<Receipt> {
  const loaded = processes.current.get(command.process)
  if (!loaded) throw refuse('PROCESS_UNAVAILABLE')
  const actor = await tx.actor(command.actorId, command.process)
  if (!actor) throw refuse('UNAUTHENTICATED')
  const verdict = judge(loaded.definition.startedBy, actor, noCaseYet(actor.personId))
  if (!verdict.allowed) throw new Refused(verdict.reasons)
  const forms = await fillInAll(tx, loaded.definition, { [loaded.definition.startsWith]: command.form ?? {} })
  const begun = await begin(tx, loaded, { actor, parent: null, forms, command, roleUsed: verdict.role, causedBy: null })
  return { caseId: begun.id, sequence: begun.version }
}

interface Beginning {
  readonly actor: Actor
  readonly parent: CaseRecord | null
  /** 撤销: the completed case that this one revokes. */
  readonly revokesId?: string
  readonly forms: readonly FormSubmission[]
  readonly command: Pick<OpenCommand, 'idempotencyKey' | 'requestId' | 'occurredAt'>
  readonly roleUsed: EntryFacts['roleUsed']
  readonly causedBy: EntryFacts['causedBy']
}

/** Writes a new case with its first entry, forms and tasks. The caller has judged that it may be opened. */
export async function begin(
  tx: CommandTransaction,
  loaded: LoadedProcess,
  { actor, parent, revokesId, forms, command, roleUsed, causedBy }: Beginning,
): Promise<CaseRecord> {
  const { definition, fingerprint } = loaded
  const data = Object.fromEntries(forms.map(({ key, values }) => [key, values]))
  // What the clock or word of another case brings about has no applicant but the system.
  const applicant = actor.employeeId === '' ? systemAccount : actor
  const customerId = definition.customerOf?.(data) ?? parent?.customerId ?? null
  if (customerId !== parent?.customerId) await refuseErased(tx, customerId)
  const record = await tx.newCase({
    process: definition.id,
    definitionVersion: definition.version,
    definitionHash: fingerprint,
    state: definition.initial,
    outcome: null,
    version: 1,
    round: 1,
    decisions: [],
    handling: {},
    applicantId: applicant.employeeId,
    applicantPersonId: applicant.personId,
    customerId,
    parentId: parent?.id ?? null,
    revokesId: revokesId ?? null,
  })
  const receipts = await tx.addForms(record, 1, actor.employeeId, forms)
  const around: Surroundings = {
    data,
    children: [],
    parent: parent && { ...parent, data: {} },
    openCases: {},
    settings: await tx.settings(definition.id),
    claims: [],
    asks: [],
    personOf: await tx.personsOf(idsNamedIn(data)),
    editorOf: {},
    contentSalt: '',
    committedBefore: [],
    named: {},
  }
  const context = contextOf(loaded, record, around, await tx.now())
  const { number, applicantId, applicantPersonId, parentId } = record
  return tx.save({
    next: record,
    ...(await clocksOf(tx, definition, record, around)),
    participantPersonIds: [applicant.personId],
    commitments: [],
    tasks: { close: null, done: { state: '', seat: null }, open: tasksFor(definition, record.state, context) },
    entry: entryWith({
      ...under(loaded),
      action: 'OPEN',
      to: record.state,
      aside: actor.name === undefined ? {} : { signedName: actor.name },
      actor: { id: actor.employeeId, kind: actor.kind },
      roleUsed,
      amount: definition.amountOf?.(data) ?? null,
      forms: receipts,
      effect: { opened: { number, applicantId, applicantPersonId, customerId, parentId, revokesId: record.revokesId } },
      causedBy,
      occurredAt: command.occurredAt ?? null,
      requestId: command.requestId,
      idempotencyKey: command.idempotencyKey,
    }),
  })
}

/** The processes whose open cases any guard of the definition asks about. */
export const openCasesAskedBy = (guards: readonly (Parameters<typeof openCasesAsked>[0] | undefined)[]): readonly string[] => [
  ...new Set(guards.flatMap((guard) => (guard ? openCasesAsked(guard) : []))),
]
