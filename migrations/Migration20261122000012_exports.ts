import { Migration } from '@mikro-orm/migrations'

/**
 * Who asked for which part of the history, and what was handed out. `log_size`: the export tells of the first so many leaves of the log.
 * `whole`: what is for auditors alone is in it.
 */
export class Migration20261122000012_exports extends Migration {
  override up(): void {
    this.addSql(`
create table export (
  id uuid primary key,
  requested_by_id uuid not null references employee,
  idempotency_key text not null,
  format text not null check (format in ('JSONL', 'CSV', 'XES', 'OCEL', 'BUNDLE')),
  filter jsonb not null,
  whole boolean not null,
  purpose text not null,
  log_size bigint not null,
  requested_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > requested_at),
  finished_at timestamptz,
  entries bigint,
  bytes bigint,
  sha256 text,
  first_position bigint,
  last_position bigint,
  unique (requested_by_id, idempotency_key),
  check ((finished_at is null) = (sha256 is null) and (finished_at is null) = (entries is null) and (finished_at is null) = (bytes is null))
)`)
  }
  override down(): void {
    this.addSql('drop table export')
  }
}
