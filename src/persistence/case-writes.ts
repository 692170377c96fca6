import { randomUUID } from 'node:crypto'
import { caseStream, chain, commit, genesis } from '../audit/chain.js'
import type { CaseChange, CaseDraft, CaseRecord, EntryFacts, FormReceipt, FormSubmission, NewTask, Offer } from '../engine/case-record.js'
import { commitTo } from './commitments.js'
import type { Querier } from './pool.js'
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

/** New versions of forms; nothing is overwritten. */
export async function insertForms(
  db: Querier,
  caseId: string,
  sequence: number,
  employeeId: string | null,
  now: string,
  forms: readonly FormSubmission[],
): Promise<FormReceipt[]> {
  const receipts: FormReceipt[] = []
  for (const { key, formId, values } of forms) {
    const { content, salt, digest } = commit(values)
    const { rows } = await db.query(
      `insert into form_version (case_id, key, version, form, content, salt, digest, sequence, submitted_by_id, submitted_at)
       select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6, $7, $8, $9 from form_version where case_id = $1 and key = $2 returning version`,
      [caseId, key, formId, content, salt, digest, sequence, employeeId, now],
    )
    receipts.push({ key, form: formId, version: rows[0].version, digest })
  }
  return receipts
}

/** Case, tasks, history: what one act leaves behind. Output: the case with its new head. */
export async function writeChange(db: Querier, change: CaseChange, now: string): Promise<CaseRecord> {
  const { next, dueAt, entry, tasks, participantPersonIds, commitments, timers } = change
  const { hash } = await appendEntry(db, entry, {
    stream: caseStream(next.id),
    sequence: next.version,
    caseId: next.id,
    recordedAt: now,
    previousHash: next.headHash,
  })
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
export async function writeBeside(db: Querier, stream: string, caseId: string | null, entry: EntryFacts, now: () => Promise<string>): Promise<number> {
  await db.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [stream])
  const { rows } = await db.query('select sequence, hash from audit_entry where stream = $1 order by sequence desc limit 1', [stream])
  const sequence = (rows[0]?.sequence ?? 0) + 1
  await appendEntry(db, entry, { stream, sequence, caseId, recordedAt: await now(), previousHash: rows[0]?.hash ?? genesis })
  return sequence
}

async function appendEntry(db: Querier, entry: EntryFacts, at: Parameters<typeof chain>[1]): Promise<{ hash: string }> {
  const { content, previousHash, hash, asideSalt } = chain(entry, at)
  // What was done waits in the outbox from here on: word of it goes out once this transaction is committed.
  const told = entry.result === 'DONE' ? `with told as (insert into outbox (stream, sequence, case_id, written_at) values ($1, $2, $3, $13)) ` : ''
  await db.query(
    `${told}insert into audit_entry (stream, sequence, case_id, process, action, result, actor_id, on_behalf_of_id, role_used, from_state, to_state, occurred_at, recorded_at, content, previous_hash, hash, aside, aside_salt, grant_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
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
      asideSalt === null ? null : JSON.stringify(entry.aside),
      asideSalt,
      entry.grantId,
    ],
  )
  return { hash }
}
