import { Migration } from '@mikro-orm/migrations'

/** What the delivery queue looks up besides its lanes: summaries that are due, and what was settled long ago. Its rows change twice: they get room for it. */
export class Migration20261122000006_delivery_indexes extends Migration {
  override up(): void {
    this.addSql(`create index delivery_digest_due on delivery (not_before) where status = 'DIGEST'`)
    this.addSql(`create index delivery_settled on delivery (settled_at) where status in ('SENT', 'DROPPED')`)
    this.addSql('alter table delivery set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05)')
  }
  override down(): void {
    this.addSql('drop index delivery_digest_due, delivery_settled')
    this.addSql('alter table delivery reset (fillfactor, autovacuum_vacuum_scale_factor)')
  }
}
