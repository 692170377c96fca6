import { Field, Float, ID, ObjectType, registerEnumType } from 'type-graphql'
import type { ExportRow } from '../persistence/exports.js'
import { DateTime } from './scalars.js'

export enum ExportFormatType {
  JSONL = 'JSONL',
  CSV = 'CSV',
  XES = 'XES',
  OCEL = 'OCEL',
  BUNDLE = 'BUNDLE',
}
registerEnumType(ExportFormatType, {
  name: 'ExportFormat',
  description:
    'JSON 行、表格、过程挖掘日志（IEEE 1849 XES、OCEL 2.0）、审计包（可脱离本系统核验） / JSON lines, a sheet, event logs for process mining (IEEE 1849 XES, OCEL 2.0 JSON), a bundle that is checked elsewhere',
})
export enum ExportStatus {
  READY = 'READY',
  FINISHED = 'FINISHED',
  EXPIRED = 'EXPIRED',
}
registerEnumType(ExportStatus, { name: 'ExportStatus', description: '可下载、已完整下载、已过期 / To be fetched, fetched to its end, too late' })

@ObjectType('Export', {
  description: '历史导出：申请后一小时内凭本人令牌下载 / A part of the history, to be fetched within an hour with the same person’s token',
})
export class ExportType {
  constructor(readonly row: ExportRow) {}
  @Field(() => ID) get id(): string {
    return this.row.id
  }
  @Field(() => ExportFormatType) get format(): string {
    return this.row.format
  }
  @Field(() => ExportStatus) get status(): ExportStatus {
    if (this.row.expired) return ExportStatus.EXPIRED
    return this.row.handed ? ExportStatus.FINISHED : ExportStatus.READY
  }
  @Field(() => String, { description: '下载地址（GET，Authorization: Bearer …） / Where to fetch it (GET, Authorization: Bearer …)' }) get url(): string {
    return `/exports/${this.row.id}`
  }
  @Field(() => String, { description: '清单地址，完整下载后可取 / Where its manifest is, once it was fetched to its end' }) get manifest(): string {
    return `/exports/${this.row.id}/manifest`
  }
  @Field(() => String) get purpose(): string {
    return this.row.purpose
  }
  @Field(() => DateTime) get requestedAt(): Date {
    return this.row.requestedAt
  }
  @Field(() => DateTime) get expiresAt(): Date {
    return this.row.expiresAt
  }
  @Field(() => DateTime, { nullable: true }) get finishedAt(): Date | null {
    return this.row.handed?.finishedAt ?? null
  }
  @Field(() => Float, { nullable: true, description: '条目数，完整下载后可知 / How many entries, once it was fetched to its end' }) get entries():
    | number
    | null {
    return this.row.handed?.entries ?? null
  }
  @Field(() => Float, { nullable: true }) get bytes(): number | null {
    return this.row.handed?.bytes ?? null
  }
  @Field(() => String, { nullable: true, description: '文件的 SHA-256 / SHA-256 of the file (hex)' }) get digest(): string | null {
    return this.row.handed?.sha256 ?? null
  }
}
