import { randomUUID } from 'node:crypto'
import { caseStream, chain, commit, genesis, isTold } from '../audit/chain.js'
import { type Keyring, keyInUse } from '../audit/keyring.js'
import { seal } from '../audit/personal.js'
import { type FormClass, parted } from '../define/index.js'
import type { CaseChange, CaseDraft, CaseRecord, EntryFacts, FormReceipt, FormSubmission, HeldForm, NewTask, Offer } from '../engine/case-record.js'
import { commitTo } from './commitments.js'
import type { Querier } from './pool.js'
import { type Subject, subjectKeyFor } from './subject-keys.js'
import { endOfState, moveTasks, writeTimers } from './timers.js'

export async function insertCase(db: Querier, draft: CaseDraft, now: string): Promise<CaseRecord> {
  const id = randomUUID()
  const prefix = draft.process
    .split('-')
    .map((word) => word[0]!.toUpperCase())
    .join('')
  const { rows } = await db.query(
    `insert into service_case (id, number, process, definition_version, definition_hash, state, version, round, decisions, handling,
       applicant_id, applicant_person_id, customer_id, parent_id, revokes_id, head_hash, opened_at, updated_at, entered_at)
     values ($1, $2 || '-' || to_char($16::timestamptz at time zone 'Asia/Shanghai', 'YYYY') || '-' || lpad(nextval('case_number_seq')::text, 6, '0'),
       $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $17, $16, $16, $16) returning number`,
    [
      id,
      prefix,
      draft.process,
      draft.definitionVersion,
      draft.definitionHash,
      draft.state,
      draft.version,
      draft.round,
      JSON.stringify(draft.decisions),
      JSON.stringify(draft.handling),
      draft.applicantId,
      draft.applicantPersonId,
      draft.customerId,
      draft.parentId,
      draft.revokesId,
      now,
      genesis,
    ],
  )
  return { ...draft, id, number: rows[0].number, openedAt: now, closedAt: null, enteredAt: now, enteredSequence: 1, pausedAt: null, headHash: genesis }
}

/** A form that was handed in, with the class that says which of its fields are personal. */
export type Paper = FormSubmission & { readonly cls: FormClass }
/** New versions of forms; nothing is overwritten. What is personal is sealed with the key of its subject. */
export async function insertForms(
  db: Querier,
  keys: Keyring,
  subject: Subject,
  { sequence, employeeId, now }: { readonly sequence: number; readonly employeeId: string | null; readonly now: string },
  papers: readonly Paper[],
): Promise<FormReceipt[]> {
  const receipts: FormReceipt[] = []
  for (const paper of papers) {
    const { key, formId } = paper
    const { open, sealed, subjectId } = await sealedPaper(db, keys, subject, paper)
    const { content, salt, digest } = commit(open, sealed?.personalDigest ?? null)
    const { rows } = await db.query(
      `insert into form_version (case_id, key, version, form, content, salt, digest, sequence, submitted_by_id, submitted_at, sealed, personal_digest, subject_id)
       select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 from form_version where case_id = $1 and key = $2 returning version`,
      [subject.caseId, key, formId, content, salt, digest, sequence, employeeId, now, sealed?.sealed ?? null, sealed?.personalDigest ?? null, subjectId],
    )
    receipts.push({ key, form: formId, version: rows[0].version, digest })
  }
  return receipts
}

async function sealedPaper(db: Querier, keys: Keyring, subject: Subject, { cls, values }: Paper) {
  const { open, personal } = parted(cls, values)
  const of = personal && (await subjectKeyFor(db, keys, subject))
  return { open, sealed: of && seal(of.key, personal), subjectId: of?.id ?? null }
}
/** Forms that wait with a decision. */
export async function sealForms(db: Querier, keys: Keyring, subject: Subject, papers: readonly Paper[]): Promise<HeldForm[]> {
  const forms: HeldForm[] = []
  for (const paper of papers) {
    const { open, sealed, subjectId } = await sealedPaper(db, keys, subject, paper)
    forms.push({ key: paper.key, formId: paper.formId, values: open, sealed: sealed?.sealed ?? null, subjectId })
  }
  return forms
}

/** Case, tasks, history: what one act leaves behind. Output: the case with its new head. */
export async function writeChange(db: Querier, keys: Keyring, change: CaseChange, now: string): Promise<CaseRecord> {
  const { next, dueAt, entry, tasks, participantPersonIds, commitments, timers } = change
  const { hash } = await appendEntry(
    db,
    keys,
    { ...entry, customerId: next.customerId },
    {
      stream: caseStream(next.id),
      sequence: next.version,
      caseId: next.id,
      recordedAt: now,
      previousHash: next.headHash,
    },
  )
  const closing = tasks.close === null ? 'none' : tasks.close === 'all' ? 'all' : 'seat'
  await db.query(
    `with moved as (
       update service_case set state = $2, handling = $3, outcome = $4, version = $5, round = $6, decisions = $7, customer_id = $8, head_hash = $9, updated_at = $10,
         closed_at = case when $4::text is null then null else $10::timestamptz end, due_at = $11, entered_at = $17, entered_sequence = $18 where id = $1),
     took_part as (insert into case_participant (case_id, person_id) select $1, unnest($12::uuid[]) on conflict do nothing),
     settled as (update ask set live = false, status = case when status in ('OPEN', 'WAITING') then 'WITHDRAWN' else status end
       where case_id = $1 and live and $16 = 'all')
     update task set closed_sequence = $5, closed_at = $10,
       status = case when state = $13 and seat is not distinct from $14 and kind = 'DECIDE' then 'COMPLETED' else 'SUPERSEDED' end,
       completed_by_id = case when state = $13 and seat is not distinct from $14 and kind = 'DECIDE' then $15::uuid end
     where case_id = $1 and status in ('OPEN', 'SUSPENDED') and ($16 = 'all' or $16 = 'seat' and seat is not distinct from $14)`,
    [
      next.id,
      next.state,
      JSON.stringify(next.handling),
      next.outcome,
      next.version,
      next.round,
      JSON.stringify(next.decisions),
      next.customerId,
      hash,
      now,
      dueAt,
      participantPersonIds,
      tasks.done.state,
      tasks.done.seat,
      entry.actor.id || null,
      closing,
      next.enteredAt,
      next.enteredSequence,
    ],
  )
  if (timers) await writeTimers(db, next.id, timers, now)
  // A form may have moved the terms of a state that the case stays in.
  if (timers && tasks.close !== 'all' && timers.cancel.length + timers.move.length + timers.add.length > 0) await moveTasks(db, next.id)
  for (const task of tasks.open) await openTask(db, next, task, now)
  for (const commitment of commitments) await commitTo(db, next.id, commitment, now)
  return { ...next, headHash: hash, closedAt: next.outcome === null ? null : now }
}

export async function openTask(db: Querier, { id, version, round }: CaseRecord, task: NewTask, now: string): Promise<void> {
  await db.query(
    `with opened as (
       insert into task (id, case_id, state, seat, round, status, opened_sequence, opened_at, due_at, kind, ask_id) values ($1, $2, $3, $4, $5, case when $11 then 'SUSPENDED' else 'OPEN' end, $6, $7, ${endOfState('$2', '$3')}, $8, $9))
     insert into task_offer (task_id, place, role, level, stands_in_for, department_ids, person_id, excluded_person_ids, excluded_department_ids)
     select $1, place, role, level, "standsInFor", "departmentIds", "personId", "excludedPersonIds", "excludedDepartmentIds"
       from jsonb_to_recordset($10) as offer(place integer, ${offerColumns})`,
    [
      randomUUID(),
      id,
      task.state,
      task.seat,
      round,
      version,
      now,
      task.kind ?? 'DECIDE',
      task.askId ?? null,
      JSON.stringify(task.offers.map((offer, place) => ({ place, ...offer }))),
      task.suspended ?? false,
    ],
  )
}
/** More who may do a task, after those whom it was offered to. */
export async function offerTask(db: Querier, taskId: string, offers: readonly Offer[]): Promise<void> {
  await db.query(
    `insert into task_offer (task_id, place, role, level, stands_in_for, department_ids, person_id, excluded_person_ids, excluded_department_ids)
     select $1, place + (select coalesce(max(place), -1) + 1 from task_offer where task_id = $1), role, level, "standsInFor", "departmentIds", "personId", "excludedPersonIds", "excludedDepartmentIds"
       from jsonb_to_recordset($2) as offer(place integer, ${offerColumns})`,
    [taskId, JSON.stringify(offers.map((offer, place) => ({ place, ...offer })))],
  )
}
const offerColumns = `role text, level integer, "standsInFor" text, "departmentIds" uuid[], "personId" uuid, "excludedPersonIds" uuid[], "excludedDepartmentIds" uuid[]`

/** An entry on a chain beside the cases: a refusal, or a change of the organisation. `now` is asked once the chain is locked. Output: its sequence there. */
export async function writeBeside(
  db: Querier,
  keys: Keyring,
  at: { readonly stream: string; readonly caseId: string | null },
  entry: EntryFacts,
  now: () => Promise<string>,
): Promise<number> {
  const { stream, caseId } = at
  await db.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [stream])
  const { rows } = await db.query(
    `select (select sequence from audit_entry where stream = $1 order by sequence desc limit 1) as sequence,
            (select hash from audit_entry where stream = $1 order by sequence desc limit 1) as hash,
            (select customer_id from service_case where id = $2) as "customerId"`,
    [stream, caseId],
  )
  const [{ sequence: before, hash: previousHash, customerId }] = rows
  const sequence = (before ?? 0) + 1
  const known = { ...entry, customerId: entry.customerId ?? customerId }
  await appendEntry(db, keys, known, { stream, sequence, caseId, recordedAt: await now(), previousHash: previousHash ?? genesis })
  return sequence
}

/** The one statement that writes history. The entry waits in the outbox for its place in the log, and for whoever is to be told. */
async function appendEntry(db: Querier, keys: Keyring, entry: EntryFacts, at: Parameters<typeof chain>[1]): Promise<{ hash: string }> {
  const { content, previousHash, hash, mac, macKey, asideSalt } = chain(entry, at, keyInUse(keys.mac))
  await db.query(
    `with entry as (
       insert into audit_entry (stream, sequence, case_id, process, action, result, actor_id, on_behalf_of_id, role_used, from_state, to_state, occurred_at,
         recorded_at, content, previous_hash, hash, mac, mac_key, aside, aside_salt, grant_id, customer_id, amount, reason_codes)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24) returning position)
     insert into outbox (stream, sequence, case_id, written_at, position, hash, told) select $1, $2, $3, $13, position, $16, $25 from entry`,
    [
      at.stream,
      at.sequence,
      at.caseId,
      entry.process,
      entry.action,
      entry.result,
      entry.actor.id || null,
      entry.onBehalfOfId,
      entry.roleUsed,
      entry.from,
      entry.to,
      entry.occurredAt ?? at.recordedAt,
      at.recordedAt,
      content,
      previousHash,
      hash,
      mac,
      macKey,
      asideSalt === null ? null : JSON.stringify(entry.aside),
      asideSalt,
      entry.grantId,
      entry.customerId,
      entry.amount,
      entry.reasons.length === 0 ? null : [...new Set(entry.reasons.map(({ code }) => code))],
      entry.result === 'DONE' && isTold(at.stream),
    ],
  )
  return { hash }
}
