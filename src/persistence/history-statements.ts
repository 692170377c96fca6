/** ISO 8601 in UTC with microseconds; null for what is no moment. */
export const instant = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

/** An entry under the alias `a`, every column as text where the driver would lose something. */
export const entryColumns = `a.position::text, a.stream, a.sequence, a.case_id as "caseId", a.process, a.action, a.result, a.actor_id as "actorId",
  a.on_behalf_of_id as "onBehalfOfId", a.role_used as "roleUsed", a.from_state as "fromState", a.to_state as "toState", a.occurred_at::text as "occurredAt",
  a.recorded_at::text as "recordedAt", a.content, a.previous_hash as "previousHash", a.hash, a.mac, a.mac_key as "macKey", a.aside, a.aside_salt as "asideSalt",
  a.grant_id as "grantId", a.customer_id as "customerId", a.amount::text, a.reason_codes as "reasonCodes"`

/** What was left behind by entries that are not there. */
export const looseEnds = `
select e.stream, e.sequence, null as position, 'the event ' || e.position || ' tells of it, and it is not there' as how
  from event e where not exists (select from audit_entry a where a.stream = e.stream and a.sequence = e.sequence)
union all
select o.stream, o.sequence, o.position::text, 'it waits for its place in the log, and it is not there'
  from outbox o where not exists (select from audit_entry a where a.position = o.position and a.hash = o.hash)
union all
select 'case:' || c.id, i.sequence, null, 'a key was spent on it, and it is not there'
  from idempotency i join service_case c on c.id = i.case_id where i.sequence > c.version
union all
select 'case:' || c.id, greatest(t.opened_sequence, t.closed_sequence), null, 'a task was opened or closed with it, and it is not there'
  from task t join service_case c on c.id = t.case_id where greatest(t.opened_sequence, t.closed_sequence) > c.version
limit 1000`

export const orphans = `
select 'CASE_WITHOUT_ENTRIES' as kind, 'case:' || id as stream, null::int as sequence, null as position, 'the case has no history' as how
  from service_case c where not exists (select from audit_entry a where a.stream = 'case:' || c.id)
union all
select 'FORM_UNRECORDED', 'case:' || case_id, sequence, null, 'version ' || version || ' of the form ' || key || ' is of a case that is not there'
  from form_version f where not exists (select from service_case c where c.id = f.case_id)
limit 1000`
