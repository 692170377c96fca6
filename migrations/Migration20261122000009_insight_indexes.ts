import { Migration } from '@mikro-orm/migrations'

/** Refusals of a process in a period: few among many entries, and wide ones. */
export class Migration20261122000009_insight_indexes extends Migration {
  override up(): void {
    this.addSql(`create index audit_entry_refused on audit_entry (process, recorded_at) where result <> 'DONE'`)
  }
  override down(): void {
    this.addSql('drop index audit_entry_refused')
  }
}
