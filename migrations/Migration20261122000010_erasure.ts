import { Migration } from '@mikro-orm/migrations'

/** What a data subject may have erased, and what keeps it from being erased for a time. */
export class Migration20261122000010_erasure extends Migration {
  override up(): void {
    for (const statement of [holds, erasures, traces]) this.addSql(statement)
  }
  /** The history is never dropped by a migration: going back means restoring a backup. */
  override down(): void {
    throw new Error('this migration is not reversible: it holds the history')
  }
}

const holds = `
create table legal_hold (
  id uuid primary key,
  case_id uuid not null references service_case,
  reason text not null,
  placed_by_id uuid not null references employee,
  placed_at timestamptz not null,
  lifted_by_id uuid references employee,
  lifted_at timestamptz,
  check ((lifted_at is null) = (lifted_by_id is null))
);
create index legal_hold_case on legal_hold (case_id);`

/** \`requested_sequence\`, \`sequence\`: the entries of the organisation's history that asked for it and that did it. */
const erasures = `
create table erasure (
  id uuid primary key,
  customer_id uuid not null references customer,
  status text not null check (status in ('DEFERRED', 'DONE')),
  reason text not null,
  requested_by_id uuid not null references employee,
  requested_at timestamptz not null,
  requested_sequence integer,
  done_at timestamptz,
  sequence integer,
  keys uuid[] not null default '{}',
  check ((status = 'DONE') = (done_at is not null))
);
create unique index erasure_deferred on erasure (customer_id) where status = 'DEFERRED';
create index erasure_customer on erasure (customer_id, requested_at desc);
create index erasure_requested on erasure (requested_at desc, id desc);
create index erasure_done on erasure (sequence) where status = 'DONE';`

/** The cases about a customer: his own, and under them those that name nobody else. */
const traces = `
alter table customer add column erased_at timestamptz;
alter table service_case add column erased_at timestamptz;
create index idempotency_case on idempotency (case_id);
create function cases_about(customer uuid) returns table (id uuid, number text, outcome text, opened_at timestamptz) language sql stable as $$
  with recursive about as (
    select c.id, c.number, c.outcome, c.opened_at from service_case c where c.customer_id = customer
    union select c.id, c.number, c.outcome, c.opened_at from service_case c join about on c.parent_id = about.id where c.customer_id is null
  ) select * from about
$$;`
